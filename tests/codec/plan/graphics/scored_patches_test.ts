import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { compress, decompress, inspect } from "../../../../mod.ts";
import { ScoredPatches } from "../../../../src/codec/plan/graphics/scored_patches.ts";
import { findGraphicsBlocks } from "../../../../src/codec/plan/graphics/graphics_blocks.ts";
import { PictureScore } from "../../../../src/codec/plan/picture_score.ts";
import { cropSamples } from "../../../../src/codec/samples.ts";
import type { Rect } from "../../../../src/codec/tiles/tile_grid.ts";
import { mixedPicture, paste } from "./_pictures.ts";

/** Strokes on white at the left, a photograph-like texture at the right, more than 4 megapixels. */
function largePicture() {
  const width = 2304, height = 1856;
  const data = new Uint8ClampedArray(4 * width * height).fill(255), picture = { data, width, height };
  const text = mixedPicture(1152, 464, 1152), texture = mixedPicture(1152, 464, 0);
  for (let y = 0; y < height; y += 464) {
    paste(picture, text, 0, y);
    paste(picture, texture, 1152, y);
  }
  return picture;
}

Deno.test("a small picture is scored whole", async () => {
  const picture = mixedPicture(96, 64), other = mixedPicture(96, 64, 40);
  const whole = new PictureScore(picture, picture);
  const patches = new ScoredPatches(picture, whole, findGraphicsBlocks(picture)), asked: Rect[] = [];

  const score = await patches.ssimulacra2((rect) => (asked.push(rect), other));
  assertEquals(asked, [{ x: 0, y: 0, width: 96, height: 64 }]);
  assertAlmostEquals(score, whole.ssimulacra2(other), 1e-9);
});

Deno.test("of a large picture, patches of graphics and of photographs are scored", async () => {
  const picture = largePicture(), whole = new PictureScore(picture, picture), asked: Rect[] = [];
  const patches = new ScoredPatches(picture, whole, findGraphicsBlocks(picture));
  const decode = (rect: Rect) => {
    asked.push(rect);
    return { ...rect, data: cropSamples(picture, rect) as Uint8ClampedArray<ArrayBuffer> };
  };

  assertAlmostEquals(await patches.ssimulacra2(decode), 100, 1e-6);
  assert(asked.every(({ x, y, width, height }) => x + width <= 2304 && y + height <= 1856));
  assertEquals(asked.length, 6);
  assert(asked.some(({ x }) => x < 640) && asked.some(({ x }) => x >= 1152));
});

Deno.test("text in a picture of more than 4 megapixels is coded as graphics", async () => {
  const picture = largePicture(), file = await compress(picture, { quality: 50 });
  assertEquals((await inspect(file)).content, "mixed");
  const { data } = await decompress(file, { region: { x: 0, y: 1024, width: 512, height: 512 } });
  assertEquals(
    data,
    cropSamples(picture, { x: 0, y: 1024, width: 512, height: 512 }) as Uint8ClampedArray<ArrayBuffer>,
  );
});
