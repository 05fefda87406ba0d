/**
 * Explicit tables of the static coder: the frequencies of the symbols from `low` to `high`, each rounded down to four
 * significant bits, then scaled to 4096 slots by both sides alike.
 *
 * | frequency | class | bits sent after the class | read back as |
 * |---|---|---|---|
 * | 0 | 0 | – | 0 |
 * | 1 | 1 | – | 1 |
 * | 2, 3 | 2 | 1 | 2, 3 |
 * | 8 … 15 | 4 | 3 | 8 … 15 |
 * | 16 … 31 | 5 | 3 | 16, 18, … 30 |
 * | 2048 … 4095 | 12 | 3 | 2048, 2304, … 3840 |
 */

import { type FrequencyTable, frequencyTable, normaliseCounts } from "./frequency_table.ts";
import { WRAPPED_ESCAPE } from "../static/static_model.ts";

/** Mantissa bits kept below the leading one. */
const MANTISSA_BITS = 3;

/** Sixteen values alike: a frequency's class. */
export const FREQUENCY_CLASS_TABLE: FrequencyTable = frequencyTable(
  Uint16Array.from({ length: 256 }, (_, symbol) => symbol < 16 ? 256 : 0),
);

/** One frequency in parts. */
export interface FrequencyParts {
  /** Number of bits of the frequency, 0..13. */
  readonly class: number;
  /** Number of mantissa bits sent, 0..3. */
  readonly mantissaBits: number;
  /** The mantissa bits. */
  readonly mantissa: number;
}

/**
 * Takes a frequency apart.
 *
 * @param frequency 0..4096.
 * @returns Its class and mantissa.
 */
export function splitFrequency(frequency: number): FrequencyParts {
  const bits = 32 - Math.clz32(frequency);
  const mantissaBits = mantissaBitsOf(bits);
  const mantissa = bits === 0 ? 0 : (frequency >> (bits - 1 - mantissaBits)) & ((1 << mantissaBits) - 1);
  return { class: bits, mantissaBits, mantissa };
}

/**
 * How many mantissa bits follow a class.
 *
 * @param frequencyClass 0..13.
 * @returns 0..3.
 */
export function mantissaBitsOf(frequencyClass: number): number {
  return Math.max(0, Math.min(frequencyClass - 1, MANTISSA_BITS));
}

/**
 * Puts a frequency together again, with zeros below the mantissa.
 *
 * @param frequencyClass 0..13.
 * @param mantissa Its mantissa bits.
 * @returns The rounded-down frequency.
 */
export function joinFrequency(frequencyClass: number, mantissa: number): number {
  if (frequencyClass === 0) return 0;
  const mantissaBits = mantissaBitsOf(frequencyClass);
  return ((1 << mantissaBits) | mantissa) << (frequencyClass - 1 - mantissaBits);
}

/**
 * The table that both sides make of the rounded frequencies. Zero and the escape get a slot at least, so
 * that no symbol has them all.
 *
 * @param rounded 256 rounded frequencies by wrapped symbol.
 * @returns The table.
 */
export function explicitTable(rounded: Uint16Array): FrequencyTable {
  const counts = Uint32Array.from(rounded);
  counts[0] = Math.max(1, counts[0]);
  counts[WRAPPED_ESCAPE] = Math.max(1, counts[WRAPPED_ESCAPE]);
  return frequencyTable(normaliseCounts(counts));
}
