import type { PictureLike } from "../../../world.ts";

/** Side of a block, in pixels: text and shapes are told from photographs block by block. */
export const GRAPHICS_BLOCK_PIXELS = 16;
/** Least share of a block's pixels that have the colour of a neighbour on the left or above, in graphics. */
const LEAST_REPEATS = 0.55;
/** Most colours of a block of graphics. */
const MOST_COLOURS = 64;

/** Which blocks of a picture are graphics, row by row. */
export interface GraphicsBlocks {
  /** Blocks per row. */
  readonly columns: number;
  /** Rows of blocks. */
  readonly rows: number;
  /** 1 where a block is graphics. */
  readonly isGraphics: Uint8Array;
  /** Share of the picture's blocks that are, 0 to 1. */
  readonly share: number;
}

/**
 * Finds the blocks whose colours repeat: text, shapes and flat areas.
 *
 * @param picture 8 bits per sample.
 */
export function findGraphicsBlocks({ data, width, height }: PictureLike): GraphicsBlocks {
  const pixels = new Uint32Array(width * height);
  for (let i = 0, from = 0; i < pixels.length; i++, from += 4) {
    pixels[i] = data[from] << 16 | data[from + 1] << 8 | data[from + 2];
  }
  const side = GRAPHICS_BLOCK_PIXELS, columns = Math.ceil(width / side), rows = Math.ceil(height / side);
  const isGraphics = new Uint8Array(columns * rows);
  let count = 0;
  for (let block = 0; block < isGraphics.length; block++) {
    const left = block % columns * side, top = Math.floor(block / columns) * side;
    const right = Math.min(width, left + side), bottom = Math.min(height, top + side);
    if (!isGraphicsBlock(pixels, width, left, top, right, bottom)) continue;
    isGraphics[block] = 1;
    count++;
  }
  return { columns, rows, isGraphics, share: count / isGraphics.length };
}

function isGraphicsBlock(
  pixels: Uint32Array,
  width: number,
  left: number,
  top: number,
  right: number,
  bottom: number,
): boolean {
  const colours = new Set<number>();
  let repeats = 0;
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const at = y * width + x, colour = pixels[at];
      colours.add(colour);
      const isRepeated = (x > 0 && pixels[at - 1] === colour) ||
        (y > 0 && (pixels[at - width] === colour || (x > 0 && pixels[at - width - 1] === colour) ||
          (x + 1 < width && pixels[at - width + 1] === colour)));
      if (isRepeated) repeats++;
    }
  }
  return repeats >= LEAST_REPEATS * (right - left) * (bottom - top) && colours.size <= MOST_COLOURS;
}
