/**
 * Magnitudes beyond the unary part: exp-Golomb of order 0. With e the excess, the number of bits of e + 1 less one is
 * sent in unary, each step with a counter of its own; then the bits of e + 1 below its leading one, the first with a
 * counter, the others as fair bits.
 */

import type { BinaryCoder } from "../rans/binary_coder.ts";
import { COUNTERS } from "./context_layout.ts";
import { EntropyError } from "../errors.ts";
import type { MixingModel } from "../mixing/mixing_model.ts";

/** Most bits below the leading one: magnitudes of LL residuals reach 2^31. */
const MOST_BITS = 31;
const FAIR = 32768;

/**
 * Codes an excess.
 *
 * @param model The model.
 * @param coder Where the decisions go or come from.
 * @param kind 0 for LL residuals, 1 for detail coefficients.
 * @param excess 0 … 2^31 − 1; a decoder ignores it.
 * @returns The excess.
 * @throws {EntropyError} `entropy-corrupt` when a decoder finds an endless prefix.
 */
export function codeTail(model: MixingModel, coder: BinaryCoder, kind: number, excess: number): number {
  const base = COUNTERS.tail + kind * 64;
  const wanted = excess + 1;
  const wantedBits = excess >= 0 ? 31 - Math.clz32(wanted) : 0;
  let bits = 0;
  while (model.decideAlone(coder, bits < wantedBits ? 1 : 0, base + bits) === 1) {
    if (++bits > MOST_BITS) {
      throw tailTooLong();
    }
  }
  let value = 1;
  for (let bit = bits - 1; bit >= 0; bit--) {
    const outcome = (wanted >>> bit) & 1;
    value = value * 2 +
      (bit === bits - 1 ? model.decideAlone(coder, outcome, base + 32 + bits) : coder.code(outcome, FAIR));
  }
  return value - 1;
}

/** What a decoder throws that finds an endless prefix. */
export function tailTooLong(): EntropyError {
  return new EntropyError(
    "entropy-corrupt",
    `Cannot decode a magnitude because it is too long: value is over ${MOST_BITS} bits, limit ${MOST_BITS}; ` +
      "fetch the section again",
  );
}
