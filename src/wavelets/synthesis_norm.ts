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

/** By wavelet, then by level and filter. */
const knownNorms = new WeakMap<Wavelet, Map<string, number>>();

function lineNorm(wavelet: Wavelet, level: number, highPass: boolean): number {
  let known = knownNorms.get(wavelet);
  if (!known) knownNorms.set(wavelet, known = new Map());
  const key = `${level} ${highPass}`;
  let norm = known.get(key);
  if (norm === undefined) known.set(key, norm = computedNorm(wavelet, level, highPass));
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
