/** What the parts of a serialised prior are, and which counters their decisions have. `wasm/prior.ts` has the same, by `deno task wasm`. */

import { WEIGHT_BITS } from "../mixing/mixing_block.ts";

/** Counts that a stored counter may have; 0 means fresh, and nothing else is stored. */
export const STORED_COUNTS: readonly number[] = [0, 1, 2, 3, 4, 6, 8, 12];
/** A stored counter logit is in units of 16/256. */
export const LOGIT_SHIFT = 4;
/** A stored weight is in units of 2^(20 − 9). */
export const WEIGHT_SHIFT: number = WEIGHT_BITS - 9;
/** The largest weight in those units. */
export const WEIGHT_UNITS: number = 4 << (WEIGHT_BITS - WEIGHT_SHIFT);
/** Counters of a weight: 16 of its bit length, one of its sign, one a bit length. */
export const NET_ARRAY_COUNTERS = 64;

/** First counter of each kind of decision in the prior's own stream. */
export const PRIOR_MODELS = {
  /** Eight for each class of the two counts before. */
  priorCountModels: 0,
  /** 256 for each count. */
  priorLogitModels: 64,
  /** Of the update counts of weight sets, as bit lengths 0..8. */
  priorSetModels: 64 + 8 * 256,
  /** Of their weights. */
  priorWeightModels: 64 + 8 * 256 + 16,
  /** Whether there is a net. */
  priorHasNet: 64 + 8 * 256 + 16 + 64,
  /** Of the net's weights. */
  priorNetModels: 64 + 8 * 256 + 16 + 64 + 1,
} as const;

/** How many counters there are. */
export const PRIOR_MODEL_COUNT = 4096;
