import { assert, assertEquals } from "@std/assert";
import { compress } from "../../../../mod.ts";
import { stripsOf } from "../../../../src/codec/plan/graphics/strips.ts";
import { mixedPicture, paste } from "./_pictures.ts";

/** More than 2²⁰ pixels of text and shapes. */
function wallOfText() {
  const width = 1056, height = 1024, data = new Uint8ClampedArray(4 * width * height).fill(255);
  const picture = { data, width, height }, text = mixedPicture(96, 64, 96);
  for (let y = 0; y < height; y += 64) for (let x = 0; x < width; x += 96) paste(picture, text, x, y);
  return picture;
}

Deno.test("small pictures and pictures of few rows have no strips", () => {
  const white = (width: number, height: number) => ({
    data: new Uint8ClampedArray(4 * width * height).fill(255),
    width,
    height,
  });
  assertEquals(stripsOf(white(1023, 1024)), undefined);
  assertEquals(stripsOf(white(2 ** 15, 64)), undefined);
});

Deno.test("strips are rows from all parts of the picture, an eighth of all rows", () => {
  const width = 1024, height = 1100, data = new Uint8ClampedArray(4 * width * height);
  for (let y = 0; y < height; y++) data.fill(y >> 3, 4 * y * width, 4 * (y + 1) * width);

  const { sample, scale } = stripsOf({ data, width, height })!;
  assertEquals(sample, { data: sample.data, width, height: 16 * 8 });
  assertEquals(scale, height / 128);
  const rows = Array.from({ length: 128 }, (_, y) => sample.data[4 * y * width]);
  assert(rows.every((row, y) => y === 0 || row >= rows[y - 1]));
  assert(rows[0] < 1100 / 128 && rows[127] >= 1100 / 8 * 15 / 16, `${rows[0]} … ${rows[127]}`);
});

Deno.test("what strips of a picture take tells what all of it takes", async () => {
  const picture = wallOfText(), { sample, scale } = stripsOf(picture)!;
  const whole = await compress(picture, { lossless: true }),
    strips = await compress(sample as typeof picture, { lossless: true });
  assert(strips.length * scale > whole.length, `${strips.length} × ${scale} > ${whole.length}`);
});
