/**
 * Tables by which the coder of samples turns what predictors say into logits: their errors are taken to have logistic
 * distributions. Logits and natural logarithms are in 1/256. docs/specification/6-lossless-predictor.md says where they are used.
 */

import { log2Fixed } from "../fixed_log2.ts";
import { SQUASH, SQUASH_LIMIT } from "../mixing/context_tables.ts";

/** ln 2 in 1/65536. */
const LN_2 = 45426;
/** Entries of a table; its last one serves larger numbers. */
const LENGTH = 2048;

/** `SOFT_REST[x]`: 256 ln(1 + e^(−x/256)). */
export const SOFT_REST: Uint8Array = Uint8Array.from(
  { length: LENGTH },
  (_, x) => logarithm(65536) - logarithm(65536 - squash(-x)),
);

/** `LOG_REST[x]`: −256 ln(1 − e^(−x/256)) of a positive x; 0 stands for no number. */
export const LOG_REST: Uint16Array = Uint16Array.from(
  { length: LENGTH },
  (_, x) => x === 0 ? 0 : logarithm(squash(x)) - logarithm(2 * squash(x) - 65536),
);

function squash(logit: number): number {
  return SQUASH[logit + SQUASH_LIMIT];
}

/** 256 ln of a positive integer, rounded down. */
function logarithm(value: number): number {
  return Math.floor(log2Fixed(value, 14) * LN_2 / 2 ** 22);
}
