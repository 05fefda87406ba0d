import { assert, assertEquals } from "@std/assert";
import { compress, inspect } from "../../../mod.ts";
import { sampleOf } from "../../../src/codec/plan/picture_sample.ts";
import { syntheticPicture } from "../../../src/cli/synthetic_picture.ts";
import { randomSource } from "../../random.ts";

const PATCH = 128;

/** Noise on the right of a column, one colour on its left. */
function half(width: number, height: number, border: number) {
  const next = randomSource(3), data = new Uint8ClampedArray(4 * width * height).fill(255);
  for (let i = 0; i < width * height; i++) {
    if (i % width >= border) data.set([255 * next(), 255 * next(), 255 * next()], 4 * i);
  }
  return { data, width, height };
}

/** The share of a picture's pixels that are white. */
function whiteShare({ data }: { data: Uint8ClampedArray | Uint8Array }): number {
  let white = 0;
  for (let i = 0; i < data.length; i += 4) {
    if (data[i] === 255 && data[i + 1] === 255 && data[i + 2] === 255) white++;
  }
  return 4 * white / data.length;
}

Deno.test("a sample holds at most an eighth of a picture, and at most twelve patches", () => {
  for (const [width, height] of [[768, 512], [1024, 1024], [4000, 3000], [393_216 / 128, 128]]) {
    const sample = sampleOf({ data: new Uint8ClampedArray(4 * width * height), width, height })!;
    const pixels = sample.width * sample.height;
    assertEquals(sample.data.length, 4 * pixels);
    assert(pixels >= 3 * PATCH ** 2 && pixels <= 12 * PATCH ** 2, `${width}×${height}: ${pixels}`);
    assert(pixels <= width * height / 8, `${width}×${height}: ${pixels}`);
  }
});

Deno.test("small pictures and pictures thinner than a patch have no sample", () => {
  for (const [width, height] of [[1, 1], [512, 512], [767, 512], [100_000, 127], [127, 100_000]]) {
    assertEquals(sampleOf({ data: new Uint8ClampedArray(4 * width * height), width, height }), undefined);
  }
});

Deno.test("flat and busy places have their shares of a sample", () => {
  for (const border of [256, 512, 768]) {
    const picture = half(1024, 1024, border), sample = sampleOf(picture)!;
    assert(Math.abs(whiteShare(sample) - border / 1024) <= 0.15, `${border}: ${whiteShare(sample)}`);
  }
});

Deno.test("sizes rise with quality where a sample chooses between models", async () => {
  const picture = syntheticPicture(768, 512), sizes: number[] = [];
  for (const quality of [30, 40, 74]) {
    const file = await compress(picture, { quality, workers: 0 });
    assertEquals(inspect(file).quality, quality);
    sizes.push(file.length);
  }
  assertEquals(sizes, sizes.toSorted((a, b) => a - b));
});

Deno.test("a number of bytes is kept where a sample chooses between models", async () => {
  const picture = syntheticPicture(768, 512);
  for (const bytes of [6000]) {
    const { length } = await compress(picture, { bytes, workers: 0 });
    assert(length <= bytes && length > 0.9 * bytes, `${length} of ${bytes}`);
  }
});

Deno.test("metadata given as an option leave the choice by a sample as it is", async () => {
  const picture = syntheticPicture(768, 512), exif = new Uint8Array(4000).map((_, i) => i * i >> 3);
  const plain = inspect(await compress(picture, { quality: 30, workers: 0 }));
  const described = inspect(await compress(picture, { quality: 30, workers: 0, metadata: { exif } }));
  assertEquals([described.model, described.step], [plain.model, plain.step]);
});
