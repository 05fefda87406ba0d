import type { Orientation, WaveletName } from "./pyramid_layout.ts";

/** Synthesis filters, low and high, of the unnormalised lifting in `kernels/`. */
const FILTERS: { readonly [W in WaveletName]: readonly [low: readonly number[], high: readonly number[]] } = {
  cdf53: [[1 / 2, 1, 1 / 2], [-1 / 8, -1 / 4, 3 / 4, -1 / 4, -1 / 8]],
  haar: [[1, 1], [-1 / 2, 1 / 2]],
  cdf97: [
    [-0.091271763, -0.057543526, 0.591271763, 1.115087052, 0.591271763, -0.057543526, -0.091271763],
    [
      0.026748757,
      0.016864118,
      -0.078223267,
      -0.266864118,
      0.602949018,
      -0.266864118,
      -0.078223267,
      0.016864118,
      0.026748757,
    ],
  ],
};

/**
 * L2 norm of the basis function that one coefficient of a subband adds to the reconstruction, away from borders.
 *
 * A quantiser that divides its step by this norm spreads the error evenly over the bands (Woods & Naveen 1992).
 *
 * @param level 1 is the finest; 0, without a wavelet, gives 1.
 */
export function synthesisNorm(wavelet: WaveletName, level: number, orientation: Orientation): number {
  return lineNorm(wavelet, level, (orientation & 1) !== 0) *
    lineNorm(wavelet, level, (orientation & 2) !== 0);
}

function lineNorm(wavelet: WaveletName, level: number, highPass: boolean): number {
  if (level === 0) return 1;
  const [low, high] = FILTERS[wavelet];
  let filter = highPass ? high : low;
  for (let i = 1; i < level; i++) {
    const next = new Array<number>(2 * filter.length - 2 + low.length).fill(0);
    filter.forEach((a, n) => low.forEach((b, k) => next[2 * n + k] += a * b));
    filter = next;
  }
  return Math.hypot(...filter);
}
