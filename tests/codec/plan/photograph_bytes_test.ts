import { assert, assertEquals } from "@std/assert";
import { compress } from "../../../mod.ts";
import { photographBytes } from "../../../src/codec/plan/photograph_bytes.ts";
import { randomSource } from "../../random.ts";
import { mixedPicture } from "./graphics/_pictures.ts";

/** Strokes up to a column, then waves with grain of each channel's own. */
function strokesAndWaves(width: number, height: number, border: number) {
  const next = randomSource(9), picture = mixedPicture(width, height, width);
  for (let i = 0; i < picture.data.length; i += 4) {
    const x = i / 4 % width, y = Math.floor(i / 4 / width);
    if (x < border) continue;
    for (let channel = 0; channel < 3; channel++) {
      picture.data[i + channel] = 110 + 60 * Math.sin(x / (13 + channel)) * Math.cos(y / 17) + 16 * next();
    }
  }
  return picture;
}

Deno.test("photographBytes() is 0 for strokes, ramps and patterns", () => {
  assertEquals(photographBytes(mixedPicture(256, 128, 256)), 0);
  for (const levelAt of [(x: number) => x, (x: number, y: number) => 40 * ((x ^ y) & 5)]) {
    const data = new Uint8ClampedArray(4 * 128 * 128).fill(255);
    for (let i = 0; i < data.length; i += 4) {
      data.fill(levelAt(i / 4 % 128, Math.floor(i / 512)), i, i + 3);
    }
    assertEquals(photographBytes({ data, width: 128, height: 128 }), 0);
  }
});

Deno.test("photographBytes() is at most 1.4 times what the lossless file of a mixed picture takes", async () => {
  const picture = strokesAndWaves(256, 128, 128), bytes = photographBytes(picture);
  const { length } = await compress(picture, { lossless: true, workers: 0 });
  assert(bytes > 0.4 * length && bytes < 1.4 * length, `${bytes} for ${length}`);
});

Deno.test("photographBytes() counts a photograph that appears twice once", () => {
  const width = 128, one = strokesAndWaves(width, 128, 0), data = new Uint8ClampedArray(2 * one.data.length);
  data.set(one.data);
  data.set(one.data, one.data.length);
  const twice = photographBytes({ data, width, height: 256 });
  assert(twice < 1.2 * photographBytes(one));
});
