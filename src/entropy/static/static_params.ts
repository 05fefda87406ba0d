/** Rules that the static section encoder and decoder share. */

import type { BandShape } from "../bands.ts";
import type { FrequencyTable } from "../rans/frequency_table.ts";
import { U8_PROBABILITY_BITS, U8_PROBABILITY_TOTAL } from "../rans/rans_params.ts";

/**
 * A band whose table expects at least this many nonzero coefficients gets an interleaved stream of its own: below,
 * the four states' 8 bytes would cost more than 0.1%.
 */
const INTERLEAVED_NONZERO_COUNT = 16384;

/**
 * Whether any band of a section could get its own interleaved stream; then the section opens with a length.
 *
 * @param bands The section's bands.
 * @returns True when they hold that many coefficients.
 */
export function mayInterleave(bands: readonly BandShape[]): boolean {
  return bands.some((band) => band.width * band.height >= INTERLEAVED_NONZERO_COUNT);
}

/**
 * Whether a band gets its own interleaved stream.
 *
 * @param count Coefficients of the band.
 * @param table The band's table.
 * @returns True when the table expects enough nonzero coefficients.
 */
export function interleaves(count: number, table: FrequencyTable): boolean {
  const nonzeroSlots = U8_PROBABILITY_TOTAL - table.frequencies[0];
  // count < 2^29 and slots ≤ 2^12: exact.
  return Math.floor((count * nonzeroSlots) / 2 ** U8_PROBABILITY_BITS) >= INTERLEAVED_NONZERO_COUNT;
}
