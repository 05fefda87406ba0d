/** The symbols of lengths and distances (RFC 1951, section 3.2.5). */

import { DEFLATE_LIMITS as LIMITS } from "./deflate_memory.ts";

/** Symbol that ends a block. */
export const END_OF_BLOCK = 256;
/** Literals, end of block, lengths. */
export const LITERALS_AND_LENGTHS = 286;

const EXTRA_LENGTH_BITS = [
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  1,
  1,
  1,
  1,
  2,
  2,
  2,
  2,
  3,
  3,
  3,
  3,
  4,
  4,
  4,
  4,
  5,
  5,
  5,
  5,
  0,
];

/** By length, 0 to 258: the symbol, how many extra bits follow it, and what they hold. */
export const LENGTH_SYMBOLS = new Uint16Array(LIMITS.maxMatch + 1);
export const LENGTH_EXTRA_BITS = new Uint8Array(LIMITS.maxMatch + 1);
export const LENGTH_EXTRA = new Uint8Array(LIMITS.maxMatch + 1);

let length = 3;
for (const [index, bits] of EXTRA_LENGTH_BITS.entries()) {
  // Length 258 has a symbol of its own.
  for (let extra = 0; extra < 1 << bits && length <= LIMITS.maxMatch; extra++, length++) {
    if (length === LIMITS.maxMatch && index < 28) break;
    LENGTH_SYMBOLS[length] = 257 + index;
    LENGTH_EXTRA_BITS[length] = bits;
    LENGTH_EXTRA[length] = extra;
  }
}

/** Extra bits of a distance symbol. */
export function distanceExtraBits(symbol: number): number {
  return symbol < 2 ? 0 : (symbol >> 1) - 1;
}

/** The symbol of a distance from 1 to 32768. */
export function distanceSymbol(distance: number): number {
  const d = distance - 1;
  if (d < 2) return d;
  const log = 31 - Math.clz32(d);
  return 2 * log + (d >> (log - 1) & 1);
}
