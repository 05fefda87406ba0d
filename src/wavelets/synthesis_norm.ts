// deno-doc-ignore-file private-type-ref -- other entry points of the package export these types
import type { Orientation } from "../core/mod.ts";
import type { Wavelet } from "./wavelet.ts";

/**
 * L2 norm of the basis function that one coefficient of a subband adds to the reconstruction, away from borders.
 *
 * A quantiser that divides its step by this norm spreads the error evenly over the bands (Woods & Naveen 1992).
 *
 * @param level 1 is the finest; 0, without a wavelet, gives 1.
 */
export function synthesisNorm(wavelet: Wavelet, level: number, orientation: Orientation): number {
  return lineNorm(wavelet, level, (orientation & 1) !== 0) *
    lineNorm(wavelet, level, (orientation & 2) !== 0);
}

/** By wavelet, level and filter. */
const knownNorms = new Map<string, number>();

function lineNorm(wavelet: Wavelet, level: number, highPass: boolean): number {
  const key = `${wavelet.name} ${level} ${highPass}`;
  const norm = knownNorms.get(key) ?? computedNorm(wavelet, level, highPass);
  knownNorms.set(key, norm);
  return norm;
}

function computedNorm(wavelet: Wavelet, level: number, highPass: boolean): number {
  if (level === 0) return 1;
  const { low, high } = wavelet.synthesis;
  let filter: readonly number[] = highPass ? high : low;
  for (let i = 1; i < level; i++) {
    const next = new Array<number>(2 * filter.length - 2 + low.length).fill(0);
    filter.forEach((a, n) => low.forEach((b, k) => next[2 * n + k] += a * b));
    filter = next;
  }
  return Math.hypot(...filter);
}
