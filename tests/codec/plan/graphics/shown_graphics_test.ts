import { assert, assertEquals } from "@std/assert";
import { findGraphicsBlocks } from "../../../../src/codec/plan/graphics/graphics_blocks.ts";
import { showsGraphicsWell } from "../../../../src/codec/plan/graphics/shown_graphics.ts";

const WIDTH = 512, HEIGHT = 256;

/** White, with a black block of 12 × 12 pixels in the middle of each of the first blocks of 16 × 16 pixels. */
function whiteWithSquares(squares: number) {
  const data = new Uint8ClampedArray(4 * WIDTH * HEIGHT).fill(255), columns = WIDTH / 16;
  for (let square = 0; square < squares; square++) {
    const left = 16 * (square % columns) + 2, top = 16 * Math.floor(square / columns) + 2;
    for (let y = top; y < top + 12; y++) {
      for (let x = left; x < left + 12; x++) data.fill(0, 4 * (y * WIDTH + x), 4 * (y * WIDTH + x) + 3);
    }
  }
  return { data, width: WIDTH, height: HEIGHT };
}

/** The picture with an error of so many levels at every sample of its black squares. */
function withError(picture: ReturnType<typeof whiteWithSquares>, levels: number) {
  return { ...picture, data: picture.data.map((sample) => sample === 0 ? levels : sample) };
}

Deno.test("a file of flat areas is not decoded: they are always shown well", async () => {
  const picture = whiteWithSquares(0), found = findGraphicsBlocks(picture);
  assertEquals(found.share, 1);
  assert(await showsGraphicsWell(picture, found, () => Promise.reject(new Error("decoded"))));
});

Deno.test("strokes that are shown as they are need no layer", async () => {
  const picture = whiteWithSquares(100), found = findGraphicsBlocks(picture);
  assert(await showsGraphicsWell(picture, found, () => Promise.resolve(picture)));
  assert(await showsGraphicsWell(picture, found, () => Promise.resolve(withError(picture, 6))));
});

Deno.test("many blurred strokes may need a layer, few need none", async () => {
  for (const [squares, isWell] of [[100, false], [6, true]] as const) {
    const picture = whiteWithSquares(squares), found = findGraphicsBlocks(picture);
    const shown = withError(picture, 12);
    assertEquals(await showsGraphicsWell(picture, found, () => Promise.resolve(shown)), isWell);
  }
});

Deno.test("few strokes that cannot be read may need a layer", async () => {
  const picture = whiteWithSquares(6), found = findGraphicsBlocks(picture);
  assert(!await showsGraphicsWell(picture, found, () => Promise.resolve(withError(picture, 60))));
});
