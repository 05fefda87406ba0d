import { assertEquals, assertRejects } from "@std/assert";
import { BitstreamError, compress, decompress, inspect, msSsim, psnr } from "../../../mod.ts";
import { readContainer, STEP_MAP_SECTION, writeContainer } from "../../../src/format/mod.ts";
import { randomSource } from "../../random.ts";

/** A smooth ramp beside noise: what is seen of errors differs most between them. */
function flatAndBusy(width: number, height: number) {
  const next = randomSource(3), data = new Uint8ClampedArray(4 * width * height).fill(255);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i += 4) {
      const value = x < width / 2 ? 60 + 90 * y / height + 6 * Math.sin(x / 5) : 120 + 90 * (next() - 0.5);
      data.fill(value, i, i + 3);
      data[i + 2] = value * 0.8;
    }
  }
  return { data, width, height };
}

const mapOf = (file: Uint8Array) => inspect(file).sections.filter(({ kind }) => kind === "step map");

Deno.test("weighted steps look better than equal ones at the same size", async () => {
  const picture = flatAndBusy(256, 192);
  const looks = await compress(picture, { model: "pixels", bpp: 0.8 });
  const equal = await compress(picture, { model: "pixels", bpp: 0.8, tune: "psnr" });
  assertEquals([mapOf(looks).length, mapOf(equal).length], [1, 0]);
  const [a, b] = [await decompress(looks), await decompress(equal)];
  assertEquals(msSsim(picture, a) > msSsim(picture, b), true);
  assertEquals(psnr(picture, a) < psnr(picture, b), true);
});

Deno.test("a target in decibels is reached by equal steps", async () => {
  const file = await compress(flatAndBusy(96, 64), { model: "pixels", psnr: 36 });
  assertEquals(mapOf(file).length, 0);
});

Deno.test("a picture in tiles, or a region of it, is as the whole one with the same steps", async () => {
  const picture = flatAndBusy(200, 150);
  const file = await compress(picture, { model: "pixels", quality: 85, tileSide: 64 });
  assertEquals(mapOf(file).length, 1);
  const whole = await decompress(file), region = { x: 60, y: 37, width: 70, height: 90 };
  const part = await decompress(file, { region });
  for (let y = 0; y < region.height; y++) {
    for (let x = 0; x < 4 * region.width; x++) {
      const there = whole.data[4 * ((y + region.y) * 200 + region.x) + x];
      const here = part.data[4 * y * region.width + x];
      assertEquals(Math.abs(here - there) <= 1, true, `row ${y}, sample ${x}: ${here}, ${there}`);
    }
  }
  const inOne = await decompress(await compress(picture, { model: "pixels", quality: 85, tileSide: 0 }));
  assertEquals(Math.abs(psnr(picture, whole) - psnr(picture, inOne)) < 0.3, true);
});

Deno.test("a preview of weighted steps needs the first section only", async () => {
  const picture = flatAndBusy(256, 192), file = await compress(picture, { model: "pixels", quality: 90 });
  const { header, sections } = readContainer(file);
  const start = writeContainer(header, sections.slice(0, 2)); // map, coarsest resolution
  const preview = await decompress(start, { partial: true });
  assertEquals(psnr(picture, preview) > 15, true);
});

Deno.test("step maps that cannot be are refused", async () => {
  const { header, sections } = readContainer(
    await compress(flatAndBusy(100, 70), { model: "pixels", quality: 85 }),
  );
  const withMap = (payload: Uint8Array) =>
    writeContainer(
      header,
      sections.map((section) => section.kind === STEP_MAP_SECTION ? { ...section, payload } : section),
    );
  const [map] = sections;
  assertEquals(map.kind, STEP_MAP_SECTION);
  for (const file of [withMap(new Uint8Array(0)), withMap(map.payload.slice(0, 2))]) {
    const error = await assertRejects(() => decompress(file), BitstreamError);
    assertEquals(error.code, "section-damaged");
  }
  const unweighted = writeContainer({ ...header, weighted: false }, sections);
  assertEquals((await assertRejects(() => decompress(unweighted), BitstreamError)).code, "section-unknown");
  const exact = readContainer(await compress(flatAndBusy(40, 30), { lossless: true }));
  const wrong = writeContainer({ ...exact.header, weighted: true }, exact.sections);
  assertEquals((await assertRejects(() => decompress(wrong), BitstreamError)).code, "file-header");
});
