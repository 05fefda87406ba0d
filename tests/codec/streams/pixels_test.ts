import { assertEquals, assertRejects } from "@std/assert";
import { BitstreamError, compress, decompress, inspect, InvalidValueError, psnr } from "../../../mod.ts";
import { syntheticPicture } from "../../../src/cli/synthetic_picture.ts";
import { readContainer, writeContainer } from "../../../src/format/mod.ts";
import { AWKWARD_SIZES, randomSource } from "../../random.ts";

function noise(width: number, height: number) {
  const next = randomSource(width * 31 + height);
  return { data: Uint8ClampedArray.from({ length: 4 * width * height }, () => next() * 256), width, height };
}

function largestError(a: Uint8ClampedArray, b: Uint8ClampedArray): number {
  return a.reduce((worst, value, i) => i % 4 === 3 ? worst : Math.max(worst, Math.abs(value - b[i])), 0);
}

Deno.test("lossless gives every sample back, at any size, also of noise", async () => {
  for (const [width, height] of AWKWARD_SIZES) {
    for (const picture of [syntheticPicture(width, height), noise(width, height)]) {
      const file = await compress(picture, { lossless: true });
      assertEquals(largestError((await decompress(file)).data, picture.data), 0);
      assertEquals(inspect(file).model, "pixels");
    }
  }
});

Deno.test("near-lossless keeps every sample within the bound, and pays for it", async () => {
  const picture = syntheticPicture(120, 77), extreme = noise(33, 20);
  let last = Infinity;
  for (const nearLossless of [0, 1, 2, 5, 20, 127]) {
    const file = await compress(picture, { nearLossless });
    assertEquals(largestError((await decompress(file)).data, picture.data) <= nearLossless, true);
    assertEquals(file.length < last, true);
    last = file.length;
    const decoded = await decompress(await compress(extreme, { nearLossless }));
    assertEquals(largestError(decoded.data, extreme.data) <= nearLossless, true);
  }
});

Deno.test("a lossless file whose pixels are not the original's is refused", async () => {
  const { header, sections } = readContainer(await compress(syntheticPicture(40, 30), { lossless: true }));
  const wrong = sections.map((section) =>
    section.kind === 0x81 ? { ...section, payload: new Uint8Array(4) } : section
  );
  const error = await assertRejects(() => decompress(writeContainer(header, wrong)), BitstreamError);
  assertEquals(error.code, "pixels-mismatch");
  const damaged = writeContainer({ ...header, stepCode: 128 }, sections);
  assertEquals((await assertRejects(() => decompress(damaged), BitstreamError)).code, "file-header");
});

Deno.test("the lossy pixel stream rises in size and PSNR with quality", async () => {
  const picture = syntheticPicture(150, 101);
  let [bytes, decibels] = [0, 0];
  for (const quality of [20, 50, 80, 90, 100]) {
    const file = await compress(picture, { quality, model: "pixels" });
    const reached = psnr(picture, await decompress(file));
    assertEquals(
      file.length > bytes && reached > decibels,
      true,
      `quality ${quality}: ${file.length}, ${reached} dB`,
    );
    [bytes, decibels] = [file.length, reached];
  }
  assertEquals(decibels > 44, true, `${decibels} dB at quality 100`);
});

Deno.test("sizes, bounds and targets that make no sense are refused", async () => {
  const picture = syntheticPicture(8, 8);
  const codeOf = async (options: object) =>
    (await assertRejects(() => compress(picture, options), InvalidValueError)).code;
  assertEquals(await codeOf({ nearLossless: -1 }), "target-range");
  assertEquals(await codeOf({ nearLossless: 1.5 }), "target-range");
  assertEquals(await codeOf({ nearLossless: 128 }), "target-range");
  assertEquals(await codeOf({ lossless: true, quality: 50 }), "target-count");
});
