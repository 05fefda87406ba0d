/** The mixing model's arithmetic in TypeScript: the reference, and what runs where there is no WebAssembly SIMD. */

import {
  clampLogit,
  CONFIDENCE,
  DIRECT_RATE,
  LOGIT_LIMIT,
  MIXER_RATE,
  SQUASH,
  SQUASH_LIMIT,
  STRETCH,
  WEIGHT_COUNT_LIMIT,
} from "./context_tables.ts";
import { COUNT_BITS, updatedCounter } from "./counter.ts";
import {
  DIRECT_STRIDE,
  type FeatureList,
  FIRST_COUNTER_INPUT,
  MIXER_STRIDE,
  MIXING_ADDRESSES,
  MixingBlock,
  WEIGHT_BITS,
} from "./mixing_block.ts";

/** Weights stay within ±4, so that a product with a feature stays within 27 bits; sums wrap. */
const WEIGHT_LIMIT = 4 << WEIGHT_BITS;
/** The constant input. */
const CONSTANT_INPUT = 256;

/** Computes in a block. A decision is predicted, and then, if the model is to know of it, learned from. */
export interface MixingKernel {
  /** The block. */
  readonly block: MixingBlock;
  /**
   * The direct stage's opinion.
   *
   * @param features The features.
   * @param set Direct weight set.
   * @returns A logit, −2047 … 2047.
   */
  directLogit(features: FeatureList, set: number): number;
  /**
   * The probability of 1. The block's `contexts` hold the counters' indices.
   *
   * @param contextCount How many of `contexts` are in use, at most 6.
   * @param mixerSet First mixer weight set.
   * @param secondSet Second mixer weight set, never the same.
   * @param direct What {@linkcode MixingKernel.directLogit} gave for these features and set.
   * @param features The features.
   * @param directSet The direct weight set.
   * @returns The probability, 32 … 65504.
   */
  predict(
    contextCount: number,
    mixerSet: number,
    secondSet: number,
    direct: number,
    features: FeatureList,
    directSet: number,
  ): number;
  /**
   * The same with the direct stage in it: its logit's class of 128 chooses the second set.
   *
   * @param contextCount How many of `contexts` are in use, at most 6.
   * @param mixerSet First mixer weight set.
   * @param secondSets The first of 32 second sets.
   * @param features The features.
   * @param directSet The direct weight set.
   * @returns The probability, 32 … 65504.
   */
  predictByDirect(
    contextCount: number,
    mixerSet: number,
    secondSets: number,
    features: FeatureList,
    directSet: number,
  ): number;
  /**
   * Learns from the decision that was predicted last; contexts and features are still those.
   *
   * @param outcome 0 or 1.
   */
  learn(outcome: number): void;
}

/** The mixing model in plain TypeScript. */
export class TypeScriptMixingKernel implements MixingKernel {
  readonly block: MixingBlock = new MixingBlock(new ArrayBuffer(MIXING_ADDRESSES.end));

  // The decision at hand.
  #contextCount = 0;
  #ownSet = 0;
  #ownLogit = 0;
  #secondSet = 0;
  #secondLogit = 0;
  #direct = 0;
  #directSet = 0;
  #features: FeatureList = this.block.features.detail;

  /** See {@linkcode MixingKernel.directLogit}. */
  directLogit({ values }: FeatureList, set: number): number {
    const weights = this.block.directWeights, base = set * DIRECT_STRIDE;
    let sum = 0;
    for (let k = 0; k < values.length; k++) sum = (sum + Math.imul(weights[base + k] >> 7, values[k])) | 0;
    const logit = sum >> 13;
    return logit > LOGIT_LIMIT ? LOGIT_LIMIT : logit < -LOGIT_LIMIT ? -LOGIT_LIMIT : logit;
  }

  /** See {@linkcode MixingKernel.predict}. */
  predict(
    contextCount: number,
    mixerSet: number,
    secondSet: number,
    direct: number,
    features: FeatureList,
    directSet: number,
  ): number {
    this.#contextCount = contextCount;
    this.#ownSet = mixerSet;
    this.#secondSet = secondSet;
    this.#direct = direct;
    this.#features = features;
    this.#directSet = directSet;
    const { counters, contexts, inputs, mixerWeights: weights } = this.block;
    inputs[0] = direct;
    inputs[1] = CONSTANT_INPUT;
    for (let i = 0; i < contextCount; i++) {
      const counter = counters[contexts[i]];
      const confidence = CONFIDENCE[counter & ((1 << COUNT_BITS) - 1)];
      inputs[FIRST_COUNTER_INPUT + i] = (STRETCH[counter >>> 20] * confidence) >> 8;
    }
    const base = mixerSet * MIXER_STRIDE, second = secondSet * MIXER_STRIDE;
    let sum = 0, secondSum = 0;
    for (let i = 0; i < FIRST_COUNTER_INPUT + contextCount; i++) {
      const input = inputs[i];
      sum = (sum + Math.imul(weights[base + i] >> 7, input)) | 0;
      secondSum = (secondSum + Math.imul(weights[second + i] >> 7, input)) | 0;
    }
    this.#ownLogit = clampLogit(sum >> 13);
    this.#secondLogit = clampLogit(secondSum >> 13);
    return SQUASH[((this.#ownLogit + this.#secondLogit) >> 1) + SQUASH_LIMIT];
  }

  /** See {@linkcode MixingKernel.predictByDirect}. */
  predictByDirect(
    contextCount: number,
    mixerSet: number,
    secondSets: number,
    features: FeatureList,
    directSet: number,
  ): number {
    const direct = this.directLogit(features, directSet);
    return this.predict(contextCount, mixerSet, secondSets + logitClass(direct), direct, features, directSet);
  }

  /** See {@linkcode MixingKernel.learn}. */
  learn(outcome: number): void {
    const { inputs, counters, contexts, mixerWeights, mixerCounts, directWeights, directCounts } = this.block;
    const ownSet = this.#ownSet, secondSet = this.#secondSet, directSet = this.#directSet;
    const { values } = this.#features;
    const target = outcome << 16;
    const inputCount = FIRST_COUNTER_INPUT + this.#contextCount;
    const ownError = scaledError(target, this.#ownLogit, MIXER_RATE[count(mixerCounts, ownSet)]);
    const secondError = scaledError(target, this.#secondLogit, MIXER_RATE[count(mixerCounts, secondSet)]);
    const directError = scaledError(target, this.#direct, DIRECT_RATE[count(directCounts, directSet)]);
    adjust(mixerWeights, ownSet * MIXER_STRIDE, inputs, inputCount, ownError);
    adjust(mixerWeights, secondSet * MIXER_STRIDE, inputs, inputCount, secondError);
    adjust(directWeights, directSet * DIRECT_STRIDE, values, values.length, directError);
    for (let i = 0; i < this.#contextCount; i++) {
      const index = contexts[i];
      counters[index] = updatedCounter(counters[index], outcome);
    }
  }
}

/**
 * Class of a direct logit.
 *
 * @param direct The logit, −2047 … 2047.
 * @returns 0 … 31.
 */
export function logitClass(direct: number): number {
  return (direct + 2048) >> 7;
}

/** Counts a set's update; gives the updates before it. */
function count(counts: Uint8Array, set: number): number {
  const before = counts[set];
  if (before < WEIGHT_COUNT_LIMIT) counts[set] = before + 1;
  return before;
}

/** How far a logit was off, times a learning rate. */
function scaledError(target: number, logit: number, rate: number): number {
  return Math.imul(target - SQUASH[logit + SQUASH_LIMIT], rate) >> 8;
}

/** Moves weights along their inputs. */
function adjust(
  weights: Int32Array,
  base: number,
  inputs: Int32Array,
  inputCount: number,
  error: number,
): void {
  for (let i = 0; i < inputCount; i++) {
    const weight = weights[base + i] + (Math.imul(inputs[i], error) >> 10);
    weights[base + i] = weight > WEIGHT_LIMIT
      ? WEIGHT_LIMIT
      : weight < -WEIGHT_LIMIT
      ? -WEIGHT_LIMIT
      : weight;
  }
}
