import type { PictureLike } from "../../../world.ts";
import { GRAPHICS_BLOCK_PIXELS } from "./graphics_blocks.ts";

/** Which of a block's pixels and of the blocks around, by their light, is paper: most of a page is. */
const PAPER_RANK_OF_PIXELS = 0.6, PAPER_RANK_OF_BLOCKS = 0.7;
/** Of a block, every second pixel of every second row is looked at. */
const STRIDE = 2;

/** Light of each pixel, 0 to 255. */
export function lightOf({ data, width, height }: PictureLike): Uint8Array {
  const light = new Uint8Array(width * height);
  for (let i = 0, from = 0; i < light.length; i++, from += 4) {
    light[i] = (2 * data[from] + 5 * data[from + 1] + data[from + 2]) >> 3;
  }
  return light;
}

/**
 * Light of the paper in each block of a page: of most of its pixels and of most of the blocks around it, so that neither ink nor
 * grain changes it, and then smoothed.
 */
export function paperOfBlocks(light: Uint8Array, width: number, height: number): Uint8Array {
  const side = GRAPHICS_BLOCK_PIXELS, columns = Math.ceil(width / side), rows = Math.ceil(height / side);
  const own = new Uint8Array(columns * rows), values = new Uint8Array((side / STRIDE) ** 2);
  for (let block = 0; block < own.length; block++) {
    const left = block % columns * side, top = Math.floor(block / columns) * side;
    let count = 0;
    for (let y = top; y < Math.min(height, top + side); y += STRIDE) {
      for (let x = left; x < Math.min(width, left + side); x += STRIDE) {
        values[count++] = light[y * width + x];
      }
    }
    own[block] = ranked(values.subarray(0, count), PAPER_RANK_OF_PIXELS);
  }
  const ranks = overNeighbours(own, columns, rows, (around) => ranked(around, PAPER_RANK_OF_BLOCKS));
  return overNeighbours(ranks, columns, rows, (around) => around.reduce((a, b) => a + b) / around.length);
}

/** The value that such a share of the values is below; sorts them. */
function ranked(values: Uint8Array, rank: number): number {
  return values.sort()[Math.floor(rank * (values.length - 1))];
}

/** What a function makes of each block and its up to eight neighbours. */
function overNeighbours(
  blocks: Uint8Array,
  columns: number,
  rows: number,
  valueOf: (values: Uint8Array) => number,
): Uint8Array {
  const values = new Uint8Array(9);
  return blocks.map((_, block) => {
    const column = block % columns, row = Math.floor(block / columns);
    let count = 0;
    for (let y = Math.max(0, row - 1); y <= Math.min(rows - 1, row + 1); y++) {
      for (let x = Math.max(0, column - 1); x <= Math.min(columns - 1, column + 1); x++) {
        values[count++] = blocks[y * columns + x];
      }
    }
    return Math.round(valueOf(values.subarray(0, count)));
  });
}

/** Light of the paper at each pixel, interpolated between the middles of blocks. */
export function paperOfPixels(blocks: Uint8Array, width: number, height: number): Uint8Array {
  const side = GRAPHICS_BLOCK_PIXELS, columns = Math.ceil(width / side), rows = Math.ceil(height / side);
  const paper = new Uint8Array(width * height),
    across = placesAlong(width, columns),
    down = placesAlong(height, rows);
  const blended = new Float64Array(columns + 1);
  for (let y = 0, i = 0; y < height; y++) {
    const above = Math.floor(down[y]), below = Math.min(rows - 1, above + 1), share = down[y] - above;
    for (let column = 0; column < columns; column++) {
      const first = blocks[above * columns + column];
      blended[column] = first + (blocks[below * columns + column] - first) * share;
    }
    blended[columns] = blended[columns - 1];
    for (let x = 0; x < width; x++, i++) {
      const column = Math.floor(across[x]);
      paper[i] = blended[column] + (blended[column + 1] - blended[column]) * (across[x] - column) + 0.5;
    }
  }
  return paper;
}

/** Where pixels lie between the middles of blocks, in blocks. */
function placesAlong(pixels: number, blocks: number): Float64Array {
  return Float64Array.from(
    { length: pixels },
    (_, pixel) => Math.min(blocks - 1, Math.max(0, (pixel + 0.5) / GRAPHICS_BLOCK_PIXELS - 0.5)),
  );
}
