import { GRAPHICS_BLOCK_PIXELS } from "./graphics_blocks.ts";

/** Coverage of a pixel that is all ink. */
export const FULL_COVERAGE = 200;
/** Pixels of less coverage are paper, and those of more are ink or lie at its edge. */
export const LEAST_EDGE: number = 0.15 * FULL_COVERAGE, LEAST_SOFT: number = 0.25 * FULL_COVERAGE;

/** Pixels below this share of their paper's light are ink; this part of them is darker than what counts as full ink. */
const MOST_INK_LIGHT = 0.75, RANK_OF_FULL_INK = 0.15;
/** Resolution of shares of light. */
const LIGHT_UNITS = 256;

/** Paper and ink of a scanned page. */
export interface PageInk {
  /** Of each pixel: 0 on paper to {@linkcode FULL_COVERAGE}; 0 in figures. */
  readonly coverage: Uint8Array;
  /** Of each pixel: light of the paper below it. */
  readonly paper: Uint8Array;
}

/** Calls a function with each pixel outside of figures and with its block. */
export function forEachPixel(
  width: number,
  height: number,
  figures: Uint8Array,
  use: (i: number, block: number) => void,
): void {
  const columns = Math.ceil(width / GRAPHICS_BLOCK_PIXELS);
  for (let y = 0, i = 0; y < height; y++) {
    const row = Math.floor(y / GRAPHICS_BLOCK_PIXELS) * columns;
    for (let x = 0; x < width; x++, i++) {
      const block = row + Math.floor(x / GRAPHICS_BLOCK_PIXELS);
      if (!figures[block]) use(i, block);
    }
  }
}

/**
 * How much ink covers each pixel outside of figures: 0 to {@linkcode FULL_COVERAGE}, and 0 in figures.
 *
 * @param light Of each pixel.
 * @param paper Light of the paper at each pixel.
 * @param figures 1 for blocks that are none of the text.
 */
export function coverageOf(
  light: Uint8Array,
  paper: Uint8Array,
  width: number,
  figures: Uint8Array,
): Uint8Array {
  const counts = new Uint32Array(LIGHT_UNITS), height = light.length / width;
  let inked = 0;
  forEachPixel(width, height, figures, (i) => {
    if (light[i] >= MOST_INK_LIGHT * paper[i]) return;
    counts[Math.floor(LIGHT_UNITS * light[i] / paper[i])]++;
    inked++;
  });
  let full = 0;
  for (let below = counts[0]; below < RANK_OF_FULL_INK * inked;) below += counts[++full];
  const coverage = new Uint8Array(light.length), scale = FULL_COVERAGE / (1 - full / LIGHT_UNITS);
  forEachPixel(width, height, figures, (i) => {
    const share = scale * (1 - light[i] / Math.max(1, paper[i]));
    coverage[i] = Math.max(0, Math.min(FULL_COVERAGE, Math.round(share)));
  });
  return coverage;
}
