import { assert, assertEquals } from "@std/assert";
import { psnr } from "../../mod.ts";
import { syntheticPicture } from "../../src/cli/synthetic_picture.ts";
import { thumbnailBytes } from "../../src/thumbnail/thumbnail_bytes.ts";
import { thumbnailSamples } from "../../src/thumbnail/thumbnail_samples.ts";

function plain(width: number, height: number, colour: readonly number[]) {
  return {
    data: Uint8ClampedArray.from({ length: 4 * width * height }, (_, i) => colour[i % 4]),
    width,
    height,
  };
}

Deno.test("a thumbnail keeps the colour of a picture of one colour, in 6 bytes, or 7 with alpha", () => {
  for (const [width, height] of [[1, 1], [1, 900], [900, 1], [40, 30]]) {
    for (const colour of [[255, 255, 255, 255], [0, 0, 0, 255], [200, 30, 40, 255], [10, 90, 200, 128]]) {
      const source = plain(width, height, colour), bytes = thumbnailBytes(source, 24);
      assertEquals(bytes.length, colour[3] === 255 ? 6 : 7);
      const shown = thumbnailSamples(bytes, source);
      assert(
        shown.every((sample, i) => Math.abs(sample - source.data[i]) <= 2),
        `${colour} as ${shown.slice(0, 4)}`,
      );
    }
  }
});

Deno.test("a longer thumbnail is closer to the picture", () => {
  const source = syntheticPicture(192, 128);
  const scores = [6, 12, 24, 48].map((count) => {
    const bytes = thumbnailBytes(source, count);
    assert(bytes.length <= count);
    return psnr(source, { ...source, data: thumbnailSamples(bytes, source) });
  });
  assertEquals(scores, scores.toSorted((a, b) => a - b));
  assert(scores[3] > scores[0] + 3, scores.join(", "));
});

Deno.test("a thumbnail shows alpha, and the colours of clear pixels do not count", () => {
  const source = plain(60, 40, [30, 160, 60, 255]);
  for (let i = 0; i < 60 * 40; i++) if (i % 60 < 30) source.data.set([255, 0, 255, 0], 4 * i);
  const shown = thumbnailSamples(thumbnailBytes(source, 48), { width: 60, height: 40 });
  const at = (x: number, y: number) => [...shown.subarray(4 * (60 * y + x), 4 * (60 * y + x) + 4)];
  assert(at(10, 20)[3] < 40 && at(50, 20)[3] > 215);
  assert(
    at(50, 20).slice(0, 3).every((sample, i) => Math.abs(sample - [30, 160, 60][i]) <= 3),
    `${at(50, 20)}`,
  );
});

Deno.test("a part of a thumbnail has the samples of the whole", () => {
  const source = syntheticPicture(96, 64),
    bytes = thumbnailBytes(source, 24),
    part = { x: 11, y: 5, width: 30, height: 20 };
  const whole = thumbnailSamples(bytes, source), cut = thumbnailSamples(bytes, source, part);
  for (let y = 0; y < 20; y++) {
    const row = 4 * (96 * (5 + y) + 11);
    assertEquals(cut.slice(4 * 30 * y, 4 * 30 * (y + 1)), whole.slice(row, row + 4 * 30));
  }
});

Deno.test("a thumbnail of any bytes is drawn", () => {
  for (const length of [0, 1, 5, 6, 7, 8, 64, 5000]) {
    for (const byte of [0, 7, 128, 255]) {
      assertEquals(thumbnailSamples(new Uint8Array(length).fill(byte), { width: 9, height: 4 }).length, 144);
    }
  }
});
