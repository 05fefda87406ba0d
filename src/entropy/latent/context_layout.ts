/** Where the context model keeps what: counter regions, mixer sets, direct sets. The trained prior follows it. */

import { QUANTISERS } from "./trellis.ts";

/** Magnitudes below this are coded in unary, the rest by an exp-Golomb tail. */
export const UNARY_LIMIT = 20;

/** Band classes of detail bands: 3 level classes × 3 orientations × 4 channel classes. */
const DETAIL_CLASSES = 36;
/** Steps of the detail magnitude with weights of their own: is it > 0, > 1, … > 12 and beyond. */
export const DETAIL_STEPS = 13;
/** Logits that a context net has a detail band: a step of either quantiser. */
export const NET_LOGITS: number = QUANTISERS * DETAIL_STEPS;
/** Steps with contexts of their own: > 0, > 1, > 2, > 3 and beyond, then > 0 and > 1 of quantiser 1. */
export const STEP_CLASSES = 6;
/** Steps of the LL residual's magnitude with contexts of their own. */
export const LL_STEPS = 20;
/** Channel classes: 0, 1, 2, 3 and beyond. */
const CHANNEL_CLASSES = 4;

/** Number of features of a detail magnitude. */
export const DETAIL_FEATURES = 28;
/** Number of features of a detail sign. */
export const SIGN_FEATURES = 36;
/** Features of a step where there is a net: a constant, the net's logit, the agreement of the sign. */
export const NET_FEATURES = 3;
/** Number of features of an LL residual's magnitude. */
export const LL_FEATURES = 11;
/** Number of features of an LL residual's sign. */
export const LL_SIGN_FEATURES = 8;

/** Hands out consecutive regions. */
class Regions {
  #next = 0;

  /** Gives the start of a region of `count` entries. */
  take(count: number): number {
    const start = this.#next;
    this.#next += count;
    return start;
  }

  get total(): number {
    return this.#next;
  }
}

const counters = new Regions();
const perStep = DETAIL_CLASSES * STEP_CLASSES;

/** Counter regions: the index of each region's first counter. */
export const COUNTERS = {
  /** Step class × band class, wide causal energy (32). */
  wide: counters.take(perStep * 32),
  /** … the two causal neighbours and the diagonal ones (4 × 4 × 4). */
  near: counters.take(perStep * 64),
  /** … siblings (16) × causal energy (8). */
  sibling: counters.take(perStep * 128),
  /** … earlier channels (16) × causal energy (8). */
  channel: counters.take(perStep * 128),
  /** … the same place in three earlier channels (4 × 4 × 4). */
  place: counters.take(perStep * 64),
  /** Step class × level class × orientation, total energy (32) × previous channel (4). */
  total: counters.take(STEP_CLASSES * 9 * 32 * 4),
  /** High step (10) × orientation × channel, wide causal energy (32). */
  high: counters.take(10 * 12 * 32),
  /** Sign: band class, logit class (32). */
  signLogit: counters.take(DETAIL_CLASSES * 32),
  /** Sign: band class, signs of west and north (9). */
  signNear: counters.take(DETAIL_CLASSES * 9),
  /** Sign: band class, signs of the place in three earlier channels (27). */
  signPlace: counters.take(DETAIL_CLASSES * 27),
  /** LL: channel × step, gradient (32). */
  llGradient: counters.take(CHANNEL_CLASSES * LL_STEPS * 32),
  /** LL: channel × step, causal residuals (32). */
  llResidual: counters.take(CHANNEL_CLASSES * LL_STEPS * 32),
  /** LL: step, earlier channels (32) × causal residuals (8). */
  llChannel: counters.take(LL_STEPS * 32 * 8),
  /** LL: step, gradient (32) × causal residuals (8). */
  llBoth: counters.take(LL_STEPS * 32 * 8),
  /** LL: channel × step, logit class (32). */
  llLogit: counters.take(CHANNEL_CLASSES * LL_STEPS * 32),
  /** LL sign: channel, signs of two differences (9). */
  llSign: counters.take(CHANNEL_CLASSES * 9),
  /** Tail beyond the unary part, LL and detail: number of bits (32), then the bit below the leading one (32). */
  tail: counters.take(2 * 64),
} as const;

const mixers = new Regions();

/** Mixer weight sets: the first of each kind. */
export const MIXERS = {
  /** Step class × band class. */
  detail: mixers.take(perStep),
  /** Band class. */
  sign: mixers.take(DETAIL_CLASSES),
  /** Step (20) × channel. */
  ll: mixers.take(LL_STEPS * CHANNEL_CLASSES),
  /** Channel. */
  llSign: mixers.take(CHANNEL_CLASSES),
  /** Second sets. Detail: step class, logit class (32). */
  detailLogit: mixers.take(STEP_CLASSES * 32),
  /** Sign: logit class (32). */
  signLogit: mixers.take(32),
  /** LL: class of causal residuals (32). */
  llResidual: mixers.take(32),
  /** LL sign. */
  llSignAll: mixers.take(1),
} as const;

const directs = new Regions();

/** Direct weight sets: the first of each kind. */
export const DIRECTS = {
  /** Quantiser × step (13) × orientation. */
  detail: directs.take(NET_LOGITS * 3),
  /** Band class. */
  sign: directs.take(DETAIL_CLASSES),
  /** Step (20) × channel. */
  ll: directs.take(LL_STEPS * CHANNEL_CLASSES),
  /** Channel. */
  llSign: directs.take(CHANNEL_CLASSES),
} as const;

/** Sizes of the whole model. */
export const CONTEXT_MODEL_SHAPE: {
  /** Counters. */
  readonly counters: number;
  /** Mixer weight sets. */
  readonly mixerSets: number;
  /** Direct weight sets. */
  readonly directSets: number;
} = {
  counters: counters.total,
  mixerSets: mixers.total,
  directSets: directs.total,
};
