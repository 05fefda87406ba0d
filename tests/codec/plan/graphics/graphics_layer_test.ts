import { assert, assertEquals } from "@std/assert";
import { findGraphicsBlocks, isLikePage } from "../../../../src/codec/plan/graphics/graphics_blocks.ts";
import { layeredPicture } from "../../../../src/codec/plan/graphics/graphics_layer.ts";
import { snapColours } from "../../../../src/codec/plan/graphics/snap_colours.ts";
import { mixedPicture, scannedPage } from "./_pictures.ts";

Deno.test("blocks of strokes are graphics, those of a photograph are not", () => {
  const { columns, rows, isGraphics, share } = findGraphicsBlocks(mixedPicture(130, 70, 64));
  assertEquals([columns, rows], [9, 5]);
  assert([...isGraphics].every((flag, block) => (flag === 1) === (block % 9 < 4)));
  assertEquals(share, 20 / 45);
});

Deno.test("a block of many colours is graphics between two blocks of graphics, and not beside one", () => {
  const width = 80, height = 16, picture = mixedPicture(width, height, width);
  // Each stroke of three pixels gets a colour of its own in every row: more than 64 in blocks 1 and 4.
  const soften = (block: number) => {
    for (let y = 0, grey = 0; y < height; y++) {
      for (let x = 16 * block; x < 16 * block + 16; x++) {
        const shade = x % 3 === 0 ? ++grey : grey;
        picture.data.fill(y % 8 === 7 ? 255 : shade, 4 * (y * width + x), 4 * (y * width + x) + 3);
      }
    }
  };
  soften(1);
  soften(4);
  assertEquals([...findGraphicsBlocks(picture).isGraphics], [1, 1, 1, 1, 0]);
});

Deno.test("a scanned page is graphics once its grain is gone", () => {
  const page = scannedPage(96, 80);
  assert(findGraphicsBlocks(page).share < 0.5);
  assertEquals(findGraphicsBlocks(snapColours(page, 14)).share, 1);
});

Deno.test("ramps without an edge are no graphics, flat areas are", () => {
  const width = 64, data = new Uint8ClampedArray(4 * width * 32).fill(255);
  for (let i = 0; i < data.length; i += 4) {
    const x = i / 4 % width;
    data.fill(x < 32 ? 90 : 90 + Math.floor(x / 4), i, i + 3);
  }
  assertEquals([...findGraphicsBlocks({ data, width, height: 32 }).isGraphics], [1, 1, 0, 0, 1, 1, 0, 0]);
});

Deno.test("pages are told from photographs and from drawings by their paper and few colours", () => {
  assert(isLikePage(scannedPage(96, 80)));
  assert(!isLikePage(mixedPicture(96, 80, 0)));
  const grey = mixedPicture(96, 80, 0);
  for (let i = 0; i < grey.data.length; i += 4) grey.data.fill(grey.data[i], i, i + 3);
  assert(!isLikePage(grey));
});

Deno.test("a layer and what lies below are the picture, without edges of the layer below", () => {
  const picture = mixedPicture(128, 64, 64), blocks = findGraphicsBlocks(picture);
  const { layer, below } = layeredPicture(picture, picture, blocks);
  let steepest = 0;
  for (let i = 0; i < picture.data.length; i += 4) {
    const isLeft = i / 4 % 128 < 64;
    assertEquals(layer.data[i + 3], isLeft ? 255 : 0);
    assertEquals(below.data[i + 3], 255);
    const shown = isLeft ? layer : below;
    assertEquals([...shown.data.subarray(i, i + 3)], [...picture.data.subarray(i, i + 3)]);
    if (isLeft) steepest = Math.max(steepest, Math.abs(below.data[i] - below.data[i + 4]));
  }
  // Strokes of the source differ by 225 levels from their ground.
  assert(steepest < 60);
});

Deno.test("the layer reaches the edge of a photograph that lies inside blocks, not areas of its colour beyond", () => {
  // A page to column 70; then a photograph that has, from column 90 on, pixels of the page's colour.
  const width = 128, picture = mixedPicture(width, 64, 0);
  for (let i = 0; i < picture.data.length; i += 4) {
    const x = i / 4 % width;
    if (x < 70 || x >= 90) picture.data.fill(255, i, i + 3);
  }
  const isGraphics = Uint8Array.from({ length: 8 * 4 }, (_, block) => Number(block % 8 < 4));
  const { layer } = layeredPicture(picture, picture, {
    columns: 8,
    rows: 4,
    isGraphics,
    share: 0.5,
    strokeShare: 0,
  });
  for (let x = 0; x < width; x++) {
    assertEquals(layer.data[4 * (20 * width + x) + 3], x < 70 ? 255 : 0, `column ${x}`);
  }
});

Deno.test("fully transparent pixels are in no layer", () => {
  const picture = mixedPicture(64, 32, 64);
  for (let i = 3; i < picture.data.length; i += 8) picture.data[i] = 0;
  const { layer, below } = layeredPicture(picture, picture, findGraphicsBlocks(picture));
  for (let i = 3; i < layer.data.length; i += 4) {
    assertEquals(layer.data[i], picture.data[i]);
    assertEquals(below.data[i], picture.data[i]);
  }
});
