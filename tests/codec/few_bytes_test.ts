import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  BitstreamError,
  compress,
  type CompressSettings,
  decompress,
  decompressStream,
  inspect,
  InvalidValueError,
  psnr,
} from "../../mod.ts";
import { syntheticPicture } from "../../src/cli/synthetic_picture.ts";
import { readContainer, writeContainer } from "../../src/format/mod.ts";
import { cropSamples } from "../../src/codec/samples.ts";

/** What a file may have before it shows something: its header and 120 bytes. */
const EARLY_BYTES = 26 + 120;

async function fewBytes(width: number, height: number, bytes: number, settings: CompressSettings = {}) {
  const picture = syntheticPicture(width, height);
  const file = await compress(picture, { ...settings, bytes, effort: 4, workers: 0 });
  assert(file.length <= bytes, `${file.length} of ${bytes} bytes`);
  const decoded = await decompress(file);
  assertEquals([decoded.width, decoded.height], [width, height]);
  return { picture, file, decoded, info: inspect(file) };
}

Deno.test("few bytes give a smaller coded picture, which has the better PSNR", async () => {
  const { picture, info, decoded } = await fewBytes(640, 480, 200);
  assert(info.reduction > 0);
  const whole = await compress(picture, { bytes: 200, effort: 4, content: "graphics", workers: 0 });
  assertEquals(inspect(whole).reduction, 0);
  assert(psnr(picture, decoded) > psnr(picture, await decompress(whole)));
});

Deno.test("each prefix of a file for 200 to 3000 bytes that has 120 bytes behind its header shows the whole picture", async () => {
  for (const bytes of [200, 700, 3000]) {
    const { picture, file } = await fewBytes(320, 240, bytes);
    const scores: number[] = [];
    for (let end = EARLY_BYTES; end < file.length; end += 97) {
      const shown = await decompress(file.subarray(0, end), { partial: true });
      assertEquals([shown.width, shown.height], [320, 240]);
      scores.push(psnr(picture, shown));
      assertEquals(inspect(file.subarray(0, end), { partial: true }).width, 320);
    }
    scores.push(psnr(picture, await decompress(file)));
    assertEquals(scores, scores.toSorted((a, b) => a - b), `${bytes} bytes`);
    assert(scores[0] > 12, scores.join(", "));
  }
});

Deno.test("decompressStream() shows the thumbnail first", async () => {
  const { file, info } = await fewBytes(320, 240, 3000);
  assertEquals(info.sections[0], { kind: "thumbnail", bytes: 24 });
  const chunks = Array.from(
    { length: Math.ceil(file.length / 100) },
    (_, i) => file.slice(100 * i, 100 * (i + 1)),
  );
  const shown: number[] = [];
  for await (const { bytes, width } of decompressStream(ReadableStream.from(chunks))) {
    assertEquals(width, 320);
    shown.push(bytes);
  }
  assert(shown[0] < 100 && shown.length >= 3 && shown.at(-1) === file.length, shown.join(", "));
  const atOnce: number[] = [];
  for await (const { bytes } of decompressStream(ReadableStream.from([file]))) atOnce.push(bytes);
  assertEquals(atOnce, [shown[0], file.length]);
});

Deno.test("a thumbnail alone is shown in part, within the limits of memory and of pixels", async () => {
  const { file } = await fewBytes(320, 240, 700), prefix = file.subarray(0, 70), partial = true;
  const whole = await decompress(prefix, { partial }), region = { x: 31, y: 7, width: 50, height: 20 };
  assertEquals((await decompress(prefix, { partial, region })).data, cropSamples(whole, region));
  for (const limit of [{ maxMemoryBytes: 1000 }, { maxPixels: 1000 }]) {
    await assertRejects(() => decompress(prefix, { partial, ...limit }), BitstreamError);
  }
  assertEquals((await assertRejects(() => decompress(prefix), BitstreamError)).code, "file-truncated");
});

Deno.test("a region of a reduced file has the samples of the whole picture", async () => {
  const { file, decoded, info } = await fewBytes(640, 480, 200, { model: "pixels" });
  assert(info.reduction > 0);
  for (const [x, y, width, height] of [[0, 0, 1, 1], [639, 479, 1, 1], [100, 50, 333, 77]]) {
    const region = { x, y, width, height };
    assertEquals((await decompress(file, { region })).data, cropSamples(decoded, region));
  }
});

Deno.test("thin and tiny pictures and those with alpha keep to 200 bytes", async () => {
  for (const [width, height] of [[1, 1], [1, 3000], [3000, 1], [7, 900], [64, 64]]) {
    await fewBytes(width, height, 200);
  }
  const picture = syntheticPicture(300, 200);
  for (let i = 3; i < picture.data.length; i += 4) picture.data[i] = i % 1200 < 600 ? 255 : 0;
  const file = await compress(picture, { bytes: 400, effort: 4 });
  assertEquals([file.length <= 400, inspect(file).reduction, inspect(file).alpha], [true, 0, true]);
});

Deno.test("grey pictures stay grey when they are enlarged", async () => {
  const picture = syntheticPicture(640, 480);
  for (let i = 0; i < picture.data.length; i += 4) picture.data.fill(picture.data[i], i, i + 3);
  const file = await compress(picture, { bytes: 220, effort: 4 }), { data } = await decompress(file);
  assert(inspect(file).reduction > 0 && inspect(file).grey);
  for (let i = 0; i < data.length; i += 4) assert(data[i] === data[i + 1] && data[i] === data[i + 2]);
});

Deno.test("a number of bytes below the least size fails with the least size", async () => {
  const error = await assertRejects(
    () => compress(syntheticPicture(320, 240), { bytes: 20 }),
    InvalidValueError,
  );
  assertEquals(error.code, "rate-unreachable");
});

Deno.test("a reduction of 0 or 9, with alpha, or of a lossless file is refused", async () => {
  const { file } = await fewBytes(640, 480, 200, { model: "pixels" }),
    { header, sections } = readContainer(file);
  const exact = readContainer(await compress(syntheticPicture(16, 16), { lossless: true }));
  const wrong = [
    writeContainer({ ...header, reduction: 9 }, sections),
    writeContainer({ ...header, alphaBound: 0 }, sections),
    writeContainer({ ...header, graphicsLayer: true }, sections),
    writeContainer({ ...exact.header, reduction: 1 }, exact.sections),
  ];
  for (const bytes of wrong) {
    assertEquals((await assertRejects(() => decompress(bytes), BitstreamError)).code, "file-header");
  }
});

Deno.test("metadata that take the bytes of a picture are named as the reason", async () => {
  const exif = Uint8Array.from({ length: 400 }, (_, i) => (i * i * 7 + i) % 251);
  const error = await assertRejects(
    () => compress(syntheticPicture(64, 48), { bytes: 300, metadata: { exif }, effort: 1 }),
    InvalidValueError,
    "bytes of metadata",
  );
  assertEquals(error.code, "rate-unreachable");
});
