import { GRAPHICS_BLOCK_PIXELS } from "./graphics_blocks.ts";
import { FULL_COVERAGE, LEAST_EDGE, LEAST_SOFT, type PageInk } from "./page_coverage.ts";

/** From this coverage on a pixel is ink rather than its edge. */
const LEAST_FULL = 0.75 * FULL_COVERAGE;
/** A pixel so much lighter than its paper is none of a page. */
const MOST_PAPER_LIGHT = 1.1;
/** Most of a block's pixels that are soft, and that are full of ink, in text. */
const MOST_SOFT_SHARE = 0.08, MOST_INK_SHARE = 0.6;
/** A block with so many figures among its eight neighbours is a figure, in so many rounds. */
const FIGURES_AROUND = 4, FIGURE_ROUNDS = 3;

/**
 * Finds the figures on a page: blocks that are parts of photographs, have areas of shades, or are full of ink.
 *
 * @param page Coverage everywhere, and paper.
 * @param light Of each pixel.
 * @returns 1 for a figure, of each block of {@linkcode GRAPHICS_BLOCK_PIXELS}, row by row.
 */
export function findFigures({ coverage, paper }: PageInk, light: Uint8Array, width: number): Uint8Array {
  const side = GRAPHICS_BLOCK_PIXELS, height = light.length / width;
  const columns = Math.ceil(width / side), rows = Math.ceil(height / side);
  let figures = new Uint8Array(columns * rows);
  for (let block = 0; block < figures.length; block++) {
    const left = block % columns * side, top = Math.floor(block / columns) * side;
    const right = Math.min(width, left + side), bottom = Math.min(height, top + side);
    let soft = 0, full = 0;
    for (let y = top; y < bottom; y++) {
      for (let x = left, i = y * width + left; x < right; x++, i++) {
        if (coverage[i] > LEAST_FULL) full++;
        else if (coverage[i] < LEAST_SOFT) soft += Number(light[i] > MOST_PAPER_LIGHT * paper[i]);
        else soft += Number(steepnessAt(coverage, width, i) < LEAST_EDGE);
      }
    }
    const pixels = (right - left) * (bottom - top);
    if (soft > MOST_SOFT_SHARE * pixels || full > MOST_INK_SHARE * pixels) figures[block] = 1;
  }
  for (let round = 0; round < FIGURE_ROUNDS; round++) {
    figures = figures.map((flag, block) =>
      flag || Number(figuresAround(figures, block, columns) >= FIGURES_AROUND)
    );
  }
  return figures;
}

/** By how much a pixel and the four beside it differ. */
function steepnessAt(coverage: Uint8Array, width: number, i: number): number {
  const own = coverage[i], left = coverage[i - 1] ?? own, right = coverage[i + 1] ?? own;
  const above = coverage[i - width] ?? own, below = coverage[i + width] ?? own;
  return Math.max(own, left, right, above, below) - Math.min(own, left, right, above, below);
}

function figuresAround(figures: Uint8Array, block: number, columns: number): number {
  const column = block % columns;
  let count = -figures[block];
  for (const row of [-columns, 0, columns]) {
    for (let x = Math.max(0, column - 1); x <= Math.min(columns - 1, column + 1); x++) {
      count += figures[block - column + row + x] ?? 0;
    }
  }
  return count;
}
