/**
 * The u8 layer: what the component SymbolsU8 holds.
 *
 * | coefficient q | symbol | escapes |
 * |---|---|---|
 * | 0 | 128 | – |
 * | −127 … 127 | q + 128 = 1 … 255 | – |
 * | anything else | 0 | q is the next escape |
 */

import { EntropyError } from "./errors.ts";

/** Largest magnitude a coefficient may have: 2^30. */
export const MAX_MAGNITUDE: number = 2 ** 30;
/** The symbol that says "the value is the next escape". */
export const ESCAPE_SYMBOL = 0;
/** The symbol of coefficient 0. */
export const ZERO_SYMBOL = 128;
/** Largest magnitude that needs no escape. */
export const MAX_PLAIN_MAGNITUDE = 127;

/**
 * Refuses a decoded coefficient that no encoder codes.
 *
 * @param value The coefficient.
 * @returns The coefficient.
 * @throws {EntropyError} `entropy-corrupt` when its magnitude is over 2^30.
 */
export function checkDecoded(value: number): number {
  if (value >= -MAX_MAGNITUDE && value <= MAX_MAGNITUDE) return value;
  throw new EntropyError(
    "entropy-corrupt",
    `Cannot decode a coefficient because it is too large: value is ${value}, limit ${MAX_MAGNITUDE}; ` +
      "fetch the section again",
  );
}

/** Coefficients as bytes and the values that do not fit one. */
export interface U8Symbols {
  /** One byte a coefficient, in the coefficients' order. */
  readonly symbols: Uint8Array;
  /** The values behind the escape symbols, in order, each in [−2^30, 2^30]. */
  readonly escapes: Int32Array;
}

/**
 * Splits coefficients into u8 symbols and escapes.
 *
 * @param coefficients Quantised values in [−2^30, 2^30].
 * @returns Symbols of the same length, and the escapes.
 * @throws {EntropyError} `entropy-range` when a value is out of range.
 */
export function symbolsFromCoefficients(coefficients: Int32Array): U8Symbols {
  const symbols = new Uint8Array(coefficients.length);
  const escapes: number[] = [];
  for (let i = 0; i < coefficients.length; i++) {
    const value = coefficients[i];
    if (value >= -MAX_PLAIN_MAGNITUDE && value <= MAX_PLAIN_MAGNITUDE) {
      symbols[i] = value + ZERO_SYMBOL;
    } else {
      checkMagnitude(value);
      escapes.push(value); // symbols[i] stays ESCAPE_SYMBOL
    }
  }
  return { symbols, escapes: Int32Array.from(escapes) };
}

/**
 * Joins u8 symbols and escapes back into coefficients.
 *
 * @param symbols One byte a coefficient.
 * @param escapes One value an escape symbol, in order.
 * @returns The coefficients.
 * @throws {EntropyError} `entropy-corrupt` when the numbers of escapes differ, `entropy-range` when one is too large.
 */
export function coefficientsFromSymbols(symbols: Uint8Array, escapes: Int32Array): Int32Array {
  const coefficients = new Int32Array(symbols.length);
  let used = 0;
  for (let i = 0; i < symbols.length; i++) {
    if (symbols[i] !== ESCAPE_SYMBOL) {
      coefficients[i] = symbols[i] - ZERO_SYMBOL;
    } else if (used < escapes.length) {
      checkMagnitude(escapes[used]);
      coefficients[i] = escapes[used++];
    } else {
      used++;
    }
  }
  if (used !== escapes.length) {
    throw new EntropyError(
      "entropy-corrupt",
      `Cannot join the symbols because their escapes do not match: value is ${escapes.length}, limit ${used}; ` +
        "pass the escapes made with these symbols",
    );
  }
  return coefficients;
}

/**
 * Refuses a coefficient outside [−2^30, 2^30].
 *
 * @param value The coefficient.
 * @throws {EntropyError} `entropy-range`.
 */
export function checkMagnitude(value: number): void {
  if (value > MAX_MAGNITUDE || value < -MAX_MAGNITUDE) {
    throw new EntropyError(
      "entropy-range",
      `Cannot code a coefficient because it is too large: value is ${value}, limit ${MAX_MAGNITUDE}; ` +
        "use a coarser step",
    );
  }
}
