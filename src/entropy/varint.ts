/** Variable-length unsigned integers: seven bits a byte, lowest first, top bit set on all but the last. */

import { EntropyError } from "./errors.ts";

/** Most bytes of a 32-bit varint. */
const MAX_VARINT_BYTES = 5;

/**
 * The bytes of a number.
 *
 * @param value 0 … 2^32 − 1.
 * @returns 1..5 bytes.
 */
export function varintBytes(value: number): number[] {
  const bytes: number[] = [];
  let rest = value >>> 0;
  while (rest > 127) {
    bytes.push((rest & 127) | 128);
    rest >>>= 7;
  }
  bytes.push(rest);
  return bytes;
}

/**
 * Reads a number, one byte a call of `nextByte`.
 *
 * @param nextByte Gives the next byte.
 * @returns 0 … 2^32 − 1.
 * @throws {EntropyError} `entropy-corrupt` when it does not end within 32 bits.
 */
export function readVarint(nextByte: () => number): number {
  let value = 0;
  for (let shift = 0; shift < 7 * MAX_VARINT_BYTES; shift += 7) {
    const byte = nextByte();
    if (shift === 28 && byte > 15) break;
    value = (value | ((byte & 127) << shift)) >>> 0;
    if (byte < 128) return value;
  }
  throw new EntropyError(
    "entropy-corrupt",
    "Cannot read a varint: it must have at most 32 bits (got more). Fetch the section again.",
  );
}

/**
 * Folds a signed number into an unsigned one: 0, −1, 1, −2 become 0, 1, 2, 3.
 *
 * @param value i32.
 * @returns u32.
 */
export function zigzag(value: number): number {
  return ((value << 1) ^ (value >> 31)) >>> 0;
}

/**
 * Undoes {@linkcode zigzag}.
 *
 * @param value u32.
 * @returns i32.
 */
export function unzigzag(value: number): number {
  return (value >>> 1) ^ -(value & 1);
}
