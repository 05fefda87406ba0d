/**
 * Tables of the subband coder: magnitudes as tokens, and classes of neighbouring energy.
 *
 * | magnitude | token | extra bits |
 * |---|---|---|
 * | 0 … 4 | 0 … 4 | 0 |
 * | 5, 6 | 5 | 1 |
 * | 7, 8 | 6 | 1 |
 * | 9 … 12 | 7 | 2 |
 * | 13 … 16 | 8 | 2 |
 * | 17 … 24 | 9 | 3 |
 * | up to 2^30 | 5 + 2 (k − 2) + h | k − 1 |
 *
 * where, for magnitudes from 5, k is the place of the leading one of m − 1 and h the bit below it.
 */

import { log2Fixed, risingTable } from "../fixed_log2.ts";

/** Magnitudes up to this are tokens of their own. */
const PLAIN_TOKENS = 4;
/** Tokens that magnitudes up to 2^31 can have. */
export const TOKEN_COUNT = 64;

/** Energies are clipped to this where they serve as context. */
export const ENERGY_CLIP = 16383;
/** Classes of {@linkcode FINE_CLASS}: four an octave. */
export const FINE_CLASSES = 57;
/** Classes of {@linkcode COARSE_CLASS}: one an octave and a half. */
export const COARSE_CLASSES = 10;

/** `FINE_CLASS[e]`: 4 log2(1 + e), floored. */
export const FINE_CLASS: Uint8Array = risingTable(
  new Uint8Array(ENERGY_CLIP + 1),
  (e) => log2Fixed(1 + e, 2),
);

/** `COARSE_CLASS[e]`: 2/3 log2(1 + e), floored. */
export const COARSE_CLASS: Uint8Array = risingTable(
  new Uint8Array(ENERGY_CLIP + 1),
  (e) => coarseOfFine(FINE_CLASS[e]),
);

/**
 * The coarse class that a fine one lies in.
 *
 * @param fine 0 … 56.
 * @returns 0 … 9.
 */
export function coarseOfFine(fine: number): number {
  return Math.floor(fine / 6);
}

/** Token of a magnitude, 0 … 2^31 − 1. */
export function tokenOf(magnitude: number): number {
  if (magnitude <= PLAIN_TOKENS) return magnitude;
  const below = magnitude - 1;
  const place = 31 - Math.clz32(below);
  return 5 + 2 * (place - 2) + ((below >>> (place - 1)) & 1);
}

/** Number of bits that a token leaves open. */
export function extraBitsOf(token: number): number {
  return token <= PLAIN_TOKENS ? 0 : ((token - 5) >> 1) + 1;
}

/** Smallest magnitude of a token. */
export function firstMagnitudeOf(token: number): number {
  if (token <= PLAIN_TOKENS) return token;
  const extra = extraBitsOf(token);
  return ((2 + ((token - 5) & 1)) << extra) + 1;
}
