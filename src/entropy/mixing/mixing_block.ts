/**
 * The block of bytes that the mixing model works in: tables, the state of the model at hand, and what a decision is made
 * of. `wasm/mixing.ts` works on the same block; `scripts/build_wasm.ts` tells it the addresses.
 */

import {
  CONTEXT_MODEL_SHAPE,
  DETAIL_FEATURES,
  LL_FEATURES,
  LL_SIGN_FEATURES,
  NET_FEATURES,
  SIGN_FEATURES,
} from "../latent/context_layout.ts";
import { CONFIDENCE, COUNTER_RATE, DIRECT_RATE, MIXER_RATE, SQUASH, STRETCH } from "./context_tables.ts";
import { FRESH_COUNTER } from "./counter.ts";

/** Fraction bits of weights. */
export const WEIGHT_BITS = 20;
/** Inputs of a mixer weight set: the direct logit, a constant, up to 6 counters. */
export const MIXER_STRIDE = 8;
/** Index of the first counter among a mixer's inputs. */
export const FIRST_COUNTER_INPUT = 2;
/** Weights of a direct set. */
export const DIRECT_STRIDE = 36;
/** Index of the constant's weight in a mixer set. */
const CONSTANT_INDEX = 1;
/** Start of a mixer weight in a model without a prior: 0.3; the constant's weight starts at 0. */
const FRESH_MIXER_WEIGHT = 314_573;

/** Everything the model knows. */
export interface MixingState {
  /** Counters: probability of 1 in the upper 22 bits, count in the lower 10. */
  readonly counters: Int32Array;
  /** Mixer weights, 8 a set, in 2^−20: the direct logit's, the constant's, then the counters' in order. */
  readonly mixerWeights: Int32Array;
  /** Updates of each mixer set, 0..255. */
  readonly mixerCounts: Uint8Array;
  /** Direct weights, 36 a set, in 2^−20. */
  readonly directWeights: Int32Array;
  /** Updates of each direct set, 0..255. */
  readonly directCounts: Uint8Array;
}

/** Keeps a model's state while another one's is in the block. */
export interface StateKeeper {
  /** The state; out of date while it is in the block. */
  kept: MixingState;
}

/** Features of the direct stage, where a kernel finds them; their owner fills them in. */
export interface FeatureList {
  /** Values by feature number, magnitudes below 2^11; unused ones at the end stay 0. */
  readonly values: Int32Array;
  /** Address in the block. */
  readonly address: number;
  /** Features, a multiple of 4. */
  readonly length: number;
}

/** Features of each list. */
const LIST_LENGTHS = {
  detail: DETAIL_FEATURES,
  net: NET_FEATURES,
  sign: SIGN_FEATURES,
  low: LL_FEATURES,
  lowSign: LL_SIGN_FEATURES,
} as const;

/** Names of the feature lists. */
export type FeatureListName = keyof typeof LIST_LENGTHS;

const { counters, mixerSets, directSets } = CONTEXT_MODEL_SHAPE;

/** Byte addresses of all regions, and of the end. */
export const MIXING_ADDRESSES = consecutive({
  /** u16: probabilities of logits −3072 … 3071. */
  squash: SQUASH.length * 2,
  /** i16: logits of probabilities. */
  stretch: STRETCH.length * 2,
  /** u16, by count. */
  confidence: CONFIDENCE.length * 2,
  /** u16, by count. */
  counterRate: COUNTER_RATE.length * 2,
  /** u16, by count. */
  mixerRate: MIXER_RATE.length * 2,
  /** u16, by count. */
  directRate: DIRECT_RATE.length * 2,
  /** i32: the counters of the decision at hand. */
  contexts: MIXER_STRIDE * 4,
  /** i32: the inputs of its mixers. */
  inputs: MIXER_STRIDE * 4,
  /** i32: five lists. */
  features: Object.keys(LIST_LENGTHS).length * DIRECT_STRIDE * 4,
  /** i32. */
  counters: counters * 4,
  /** i32. */
  mixerWeights: mixerSets * MIXER_STRIDE * 4,
  /** u8. */
  mixerCounts: mixerSets,
  /** i32. */
  directWeights: directSets * DIRECT_STRIDE * 4,
  /** u8. */
  directCounts: directSets,
  /** Nothing: the end. */
  end: 0,
});

/**
 * What a model without a prior starts from.
 *
 * @returns A state that nobody else has.
 */
export function freshState(): MixingState {
  return {
    counters: new Int32Array(counters).fill(FRESH_COUNTER),
    mixerWeights: Int32Array.from(
      { length: mixerSets * MIXER_STRIDE },
      (_, i) => i % MIXER_STRIDE === CONSTANT_INDEX ? 0 : FRESH_MIXER_WEIGHT,
    ),
    mixerCounts: new Uint8Array(mixerSets),
    directWeights: new Int32Array(directSets * DIRECT_STRIDE),
    directCounts: new Uint8Array(directSets),
  };
}

/** The block, with the state of one model at a time. */
export class MixingBlock implements MixingState {
  /** See {@linkcode MixingState}. */
  readonly counters: Int32Array;
  /** See {@linkcode MixingState}. */
  readonly mixerWeights: Int32Array;
  /** See {@linkcode MixingState}. */
  readonly mixerCounts: Uint8Array;
  /** See {@linkcode MixingState}. */
  readonly directWeights: Int32Array;
  /** See {@linkcode MixingState}. */
  readonly directCounts: Uint8Array;
  /** Counter indices of the decision at hand; the caller fills them in. */
  readonly contexts: Int32Array;
  /** Inputs of its mixers. */
  readonly inputs: Int32Array;
  /** Features by kind of decision. */
  readonly features: Readonly<Record<FeatureListName, FeatureList>>;
  #keeper: StateKeeper | undefined;

  /** @param buffer At least `MIXING_ADDRESSES.end` zeros. */
  constructor(buffer: ArrayBuffer) {
    const at = MIXING_ADDRESSES;
    new Uint16Array(buffer, at.squash).set(SQUASH);
    new Int16Array(buffer, at.stretch).set(STRETCH);
    new Uint16Array(buffer, at.confidence).set(CONFIDENCE);
    new Uint16Array(buffer, at.counterRate).set(COUNTER_RATE);
    new Uint16Array(buffer, at.mixerRate).set(MIXER_RATE);
    new Uint16Array(buffer, at.directRate).set(DIRECT_RATE);
    this.contexts = new Int32Array(buffer, at.contexts, MIXER_STRIDE - FIRST_COUNTER_INPUT);
    this.inputs = new Int32Array(buffer, at.inputs, MIXER_STRIDE);
    const list = (name: FeatureListName, index: number): FeatureList => {
      const address = at.features + index * DIRECT_STRIDE * 4;
      return {
        values: new Int32Array(buffer, address, LIST_LENGTHS[name]),
        address,
        length: (LIST_LENGTHS[name] + 3) & ~3,
      };
    };
    this.features = {
      detail: list("detail", 0),
      net: list("net", 1),
      sign: list("sign", 2),
      low: list("low", 3),
      lowSign: list("lowSign", 4),
    };
    this.counters = new Int32Array(buffer, at.counters, counters);
    this.mixerWeights = new Int32Array(buffer, at.mixerWeights, mixerSets * MIXER_STRIDE);
    this.mixerCounts = new Uint8Array(buffer, at.mixerCounts, mixerSets);
    this.directWeights = new Int32Array(buffer, at.directWeights, directSets * DIRECT_STRIDE);
    this.directCounts = new Uint8Array(buffer, at.directCounts, directSets);
  }

  /**
   * Turns to a model, and lets the one before it have its state back.
   *
   * @param keeper The model.
   */
  turnTo(keeper: StateKeeper): void {
    if (this.#keeper === keeper) return;
    if (this.#keeper) this.#keeper.kept = this.#copy();
    const { kept } = keeper;
    this.counters.set(kept.counters);
    this.mixerWeights.set(kept.mixerWeights);
    this.mixerCounts.set(kept.mixerCounts);
    this.directWeights.set(kept.directWeights);
    this.directCounts.set(kept.directCounts);
    this.#keeper = keeper;
  }

  /**
   * Forgets what a model has learned, if it is here: nobody will ask for it, so that it need not be copied.
   *
   * @param keeper The model.
   */
  release(keeper: StateKeeper): void {
    if (this.#keeper === keeper) this.#keeper = undefined;
  }

  /**
   * A model's state as it is now.
   *
   * @param keeper The model.
   * @returns A copy, or what the keeper has kept.
   */
  stateOf(keeper: StateKeeper): MixingState {
    return this.#keeper === keeper ? this.#copy() : keeper.kept;
  }

  #copy(): MixingState {
    return {
      counters: this.counters.slice(),
      mixerWeights: this.mixerWeights.slice(),
      mixerCounts: this.mixerCounts.slice(),
      directWeights: this.directWeights.slice(),
      directCounts: this.directCounts.slice(),
    };
  }
}

/**
 * Lays regions one after another.
 *
 * @param byteLengths Bytes of each region, by name.
 * @param alignment What addresses are multiples of.
 * @param first The first address, such a multiple; not 0 by default.
 * @returns The address of each region.
 */
export function consecutive<T extends Record<string, number>>(
  byteLengths: T,
  alignment = 16,
  first: number = alignment,
): Readonly<Record<keyof T, number>> {
  let next = first;
  return Object.fromEntries(
    Object.entries(byteLengths).map(([name, byteLength]) => {
      const address = next;
      next = Math.ceil((next + byteLength) / alignment) * alignment;
      return [name, address];
    }),
  ) as Record<keyof T, number>;
}
