/**
 * Tables by which the coder of samples turns what predictors say into logits: their errors are taken to have logistic
 * distributions. Logits and natural logarithms are in 1/256. docs/specification/6-lossless-predictor.md says where they are used.
 */

import { log2Fixed } from "../fixed_log2.ts";
import { SQUASH, SQUASH_LIMIT } from "../mixing/context_tables.ts";

/** ln 2 in 1/65536. */
const LN_2 = 45426;

/** `SOFT[x + 3072]`: 256 ln(1 + e^(x/256)). */
export const SOFT: Int32Array = Int32Array.from({ length: 2 * SQUASH_LIMIT }, (_, place) => {
  const x = place - SQUASH_LIMIT;
  return Math.max(0, x) + logarithm(65536) - logarithm(65536 - squash(-Math.abs(x)));
});

/** `STEP_LOG[x]`: 256 ln(e^(x/256) − 1) of 1 … 2047; of larger numbers it is the number itself. 0 stands for no number. */
export const STEP_LOG: Int32Array = Int32Array.from(
  { length: 2048 },
  (_, x) => x === 0 ? 0 : x + logarithm(2 * squash(x) - 65536) - logarithm(squash(x)),
);

function squash(logit: number): number {
  return SQUASH[logit + SQUASH_LIMIT];
}

/** 256 ln of a positive integer, rounded down. */
function logarithm(value: number): number {
  return Math.floor(log2Fixed(value, 14) * LN_2 / 2 ** 22);
}
