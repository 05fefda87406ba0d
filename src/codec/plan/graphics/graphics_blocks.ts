import type { PictureLike } from "../../../world.ts";

/** Side of a block, in pixels: text and shapes are told from photographs block by block. */
export const GRAPHICS_BLOCK_PIXELS = 16;
/** Least share of a block's pixels that have the colour of a neighbour on the left or above, in graphics. */
const LEAST_REPEATS = 0.55;
/** Most colours of a block of graphics, unless it lies between two blocks of graphics. */
const MOST_COLOURS = 64;
/** Least difference of a sample to its neighbour, in levels, that is an edge: ramps are no graphics. */
const LEAST_EDGE = 24;
/** Edges between neighbours that a block with strokes has at least: letters have more, the outline of a flat area fewer. */
const LEAST_EDGES_OF_STROKES = 8;

/** Colour of hidden pixels, which none has that is seen. */
const HIDDEN = 2 ** 24;

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
  /** Share of the picture's blocks that are and have strokes, 0 to 1: text and drawings have them, flat skies have none. */
  readonly strokeShare: number;
}

/**
 * Finds the blocks whose colours repeat, and that have an edge or one colour: text, shapes and flat areas. A block of many
 * colours, such as dense smoothed letters, is one of them only between two others, so that no letters of a line are left out.
 *
 * @param picture 8 bits per sample.
 */
export function findGraphicsBlocks({ data, width, height }: PictureLike): GraphicsBlocks {
  const pixels = new Uint32Array(width * height);
  for (let i = 0, from = 0; i < pixels.length; i++, from += 4) {
    pixels[i] = data[from + 3] === 0 ? HIDDEN : data[from] << 16 | data[from + 1] << 8 | data[from + 2];
  }
  const side = GRAPHICS_BLOCK_PIXELS, columns = Math.ceil(width / side), rows = Math.ceil(height / side);
  const isGraphics = new Uint8Array(columns * rows);
  const colourful: number[] = [];
  let count = 0, withStrokes = 0;
  for (let block = 0; block < isGraphics.length; block++) {
    const left = block % columns * side, top = Math.floor(block / columns) * side;
    const right = Math.min(width, left + side), bottom = Math.min(height, top + side);
    const { colours, edges } = coloursOfGraphics(pixels, width, left, top, right, bottom);
    if (colours === 0) continue;
    if (colours > MOST_COLOURS) {
      colourful.push(block);
      continue;
    }
    isGraphics[block] = 1;
    count++;
    if (edges >= LEAST_EDGES_OF_STROKES) withStrokes++;
  }
  const between = colourful.filter((block) => {
    const column = block % columns, isInner = column > 0 && column + 1 < columns;
    return (isInner && isGraphics[block - 1] + isGraphics[block + 1] === 2) ||
      isGraphics[block - columns] + isGraphics[block + columns] === 2;
  });
  for (const block of between) isGraphics[block] = 1;
  count += between.length;
  return {
    columns,
    rows,
    isGraphics,
    share: count / isGraphics.length,
    strokeShare: withStrokes / isGraphics.length,
  };
}

/** Bits per sample of the cells in which colours are counted. */
const CELL_BITS = 4;
/** Most cells with colours of a page that was scanned, and the least share of its pixels in its paper's cell and those around. */
const MOST_PAGE_CELLS = 64, LEAST_PAPER_SHARE = 0.6;

/**
 * Whether a picture may be a scanned page: most of it is paper of nearly one colour, and there are few others. Its grain keeps
 * {@linkcode findGraphicsBlocks} from finding its text.
 *
 * @param picture 8 bits per sample.
 */
export function isLikePage({ data }: PictureLike): boolean {
  const counts = new Uint32Array(2 ** (3 * CELL_BITS)), shift = 8 - CELL_BITS;
  for (let i = 0; i < data.length; i += 4) {
    counts[
      (data[i] >> shift) << 2 * CELL_BITS | (data[i + 1] >> shift) << CELL_BITS | data[i + 2] >> shift
    ]++;
  }
  let cells = 0, paper = 0;
  for (let cell = 0; cell < counts.length; cell++) {
    if (counts[cell] > 0) cells++;
    if (counts[cell] > counts[paper]) paper = cell;
  }
  if (cells > MOST_PAGE_CELLS) return false;
  let onPaper = 0;
  const mask = 2 ** CELL_BITS - 1,
    coordinate = (cell: number, axis: number) => cell >> axis * CELL_BITS & mask;
  for (let cell = 0; cell < counts.length; cell++) {
    const isNear = [0, 1, 2].every((axis) => Math.abs(coordinate(cell, axis) - coordinate(paper, axis)) <= 1);
    if (isNear) onPaper += counts[cell];
  }
  return onPaper >= LEAST_PAPER_SHARE * data.length / 4;
}

/** Colours and edges of a block whose colours repeat, and that has an edge or one colour; no colours for another block. */
function coloursOfGraphics(
  pixels: Uint32Array,
  width: number,
  left: number,
  top: number,
  right: number,
  bottom: number,
): { readonly colours: number; readonly edges: number } {
  const colours = new Set<number>();
  let repeats = 0, edges = 0;
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const at = y * width + x, colour = pixels[at];
      colours.add(colour);
      const isRepeated = (x > 0 && pixels[at - 1] === colour) ||
        (y > 0 && (pixels[at - width] === colour || (x > 0 && pixels[at - width - 1] === colour) ||
          (x + 1 < width && pixels[at - width + 1] === colour)));
      if (isRepeated) repeats++;
      if (x > left && isEdge(colour, pixels[at - 1])) edges++;
      if (y > top && isEdge(colour, pixels[at - width])) edges++;
    }
  }
  const isSmooth = colours.size > 1 && edges === 0;
  const isRepeating = repeats >= LEAST_REPEATS * (right - left) * (bottom - top);
  return { colours: isRepeating && !isSmooth ? colours.size : 0, edges };
}

function isEdge(a: number, b: number): boolean {
  if (a === HIDDEN || b === HIDDEN) return a !== b;
  const differs = (shift: number) => Math.abs((a >> shift & 255) - (b >> shift & 255)) >= LEAST_EDGE;
  return differs(0) || differs(8) || differs(16);
}
