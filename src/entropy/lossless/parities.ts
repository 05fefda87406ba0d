/** Whether places of different parities differ: cameras and chroma subsampling leave traces of two columns and two rows. */

import type { BandShape } from "../bands.ts";

/** Smaller planes say too little. */
const LEAST_SAMPLES = 4096;
/** The roughest parity must be so much rougher than the smoothest. */
const LEAST_RATIO = 1.1;

/**
 * Compares how rough the channels after the first are at places of the four parities of column and row.
 *
 * @param values Channel by channel, row by row.
 * @param bands The planes, of one size.
 * @returns Whether a predictor gains by telling parities apart.
 */
export function differByParity(values: Int32Array, bands: readonly BandShape[]): boolean {
  return bands.slice(1, 3).some(({ width, height, offset }) => {
    if (width * height < LEAST_SAMPLES) return false;
    const across = [0, 0, 0, 0], down = [0, 0, 0, 0];
    for (let y = 1; y < height - 1; y++) {
      const row = offset + y * width, end = row + width - 1;
      for (let first = 1; first <= 2; first++) {
        const parity = (first & 1) + 2 * (y & 1);
        across[parity] += roughness(values, row + first, end, 1);
        down[parity] += roughness(values, row + first, end, width);
      }
    }
    return [across, down].some((sums) => Math.max(...sums) > LEAST_RATIO * Math.min(...sums));
  });
}

/** How far every second value of a row is from the mean of those `apart` places before and after it. */
function roughness(values: Int32Array, from: number, end: number, apart: number): number {
  let sum = 0;
  for (let at = from; at < end; at += 2) {
    sum += Math.abs(2 * values[at] - values[at - apart] - values[at + apart]);
  }
  return sum;
}
