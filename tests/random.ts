import { RandomNumbers } from "../scripts/random.ts";

/** Seeded numbers in [0, 1). */
export function randomSource(seed: number): () => number {
  const numbers = new RandomNumbers(seed);
  return () => numbers.share();
}

/** `count` floats in [-range, range). */
export function randomFloats(count: number, range: number, seed: number): Float32Array<ArrayBuffer> {
  const next = randomSource(seed);
  return Float32Array.from({ length: count }, () => (2 * next() - 1) * range);
}

/** Sizes at which transforms tend to break. */
export const AWKWARD_SIZES: readonly (readonly [width: number, height: number])[] = [
  [1, 1],
  [1, 7],
  [7, 1],
  [2, 2],
  [2, 1],
  [3, 2],
  [7, 13],
  [13, 7],
  [16, 16],
  [33, 5],
  [64, 48],
  [97, 31],
];
