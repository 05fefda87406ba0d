/**
 * The adaptive binary model: a direct stage, counters, and a mixer, in 32-bit integers.
 *
 * Each decision gets its probability in three steps:
 * 1. *Direct stage*: a logistic regression on features (logarithms of neighbouring magnitudes, or signed values):
 *    `logit = Σ (weight >> 7) · feature >> 13`, weights in 2^−20.
 * 2. *Counters*: one adaptive probability a context, its logit scaled by how often the context was seen.
 * 3. *Mixer*: two logistic regressions on the direct logit, a constant 256 and the counters' logits, their weight sets
 *    chosen by different contexts; the mean of their logits is the decision's.
 * Afterwards all three learn from the outcome, with steps that shrink as they gather experience.
 *
 * In the manner of the PAQ family (M. Mahoney, Adaptive weighing of context models, 2005); arithmetic our own.
 */

import type { BinaryCoder } from "./binary_coder.ts";
import {
  CONFIDENCE,
  COUNT_LIMIT,
  COUNTER_RATE,
  DIRECT_RATE,
  LEAST_PROBABILITY,
  LOGIT_LIMIT,
  MIXER_RATE,
  SQUASH,
  SQUASH_LIMIT,
  STRETCH,
  WEIGHT_COUNT_LIMIT,
} from "./context_tables.ts";
import type { FeatureList } from "./feature_list.ts";

/** Bits of a counter below its 22-bit probability: its count. */
export const COUNT_BITS = 10;
/** Bits of a counter's probability. */
export const COUNTER_BITS = 22;
/** A counter that has seen nothing: probability one half, count 0. */
export const FRESH_COUNTER: number = (1 << (COUNTER_BITS + COUNT_BITS - 1)) | 0;
/** Fraction bits of weights. */
export const WEIGHT_BITS = 20;
/** Weights stay within ±4, so that a product with a feature stays within 27 bits; sums wrap. */
export const WEIGHT_LIMIT: number = 4 << WEIGHT_BITS;
/** Inputs of a mixer weight set: the direct logit, a constant, up to 6 counters. */
export const MIXER_STRIDE = 8;
/** Index of the first counter among a mixer's inputs. */
const FIRST_COUNTER_INPUT = 2;
/** The constant input. */
const CONSTANT_INPUT = 256;
/** Features of a direct weight set, at most. */
export const DIRECT_STRIDE = 36;

/** How many of everything a model holds. */
export interface MixingModelShape {
  /** Counters. */
  readonly counters: number;
  /** Mixer weight sets of 8 weights. */
  readonly mixerSets: number;
  /** Direct weight sets of 36 weights. */
  readonly directSets: number;
}

/** State and arithmetic of the model; what the contexts and features mean is its caller's business. */
export class MixingModel {
  /** Probability of 1 in the upper 22 bits, count in the lower 10. */
  readonly counters: Int32Array;
  /** Mixer weights, 8 a set: the direct logit's, the constant's, then the counters' in order. */
  readonly mixerWeights: Int32Array;
  /** Updates of each mixer set, up to 255. */
  readonly mixerCounts: Uint8Array;
  /** Direct weights, 36 a set. */
  readonly directWeights: Int32Array;
  /** Updates of each direct set, up to 255. */
  readonly directCounts: Uint8Array;
  /** Counter indices of the decision at hand; the caller fills them in. */
  readonly contexts: Int32Array = new Int32Array(MIXER_STRIDE - 2);
  /** Whether decisions change the model; off while costs are only asked for. */
  learning = true;
  #logits: Int32Array = new Int32Array(MIXER_STRIDE);

  /** @param shape Sizes. Everything starts fresh, all weights 0. */
  constructor(shape: MixingModelShape) {
    this.counters = new Int32Array(shape.counters).fill(FRESH_COUNTER);
    this.mixerWeights = new Int32Array(shape.mixerSets * MIXER_STRIDE);
    this.mixerCounts = new Uint8Array(shape.mixerSets);
    this.directWeights = new Int32Array(shape.directSets * DIRECT_STRIDE);
    this.directCounts = new Uint8Array(shape.directSets);
  }

  /**
   * The direct stage's opinion.
   *
   * @param features The features.
   * @param set Direct weight set.
   * @returns A logit, −2047 … 2047.
   */
  directLogit(features: FeatureList, set: number): number {
    const weights = this.directWeights;
    const base = set * DIRECT_STRIDE;
    const { numbers, values, count } = features;
    let sum = 0;
    for (let k = 0; k < count; k++) sum = (sum + Math.imul(weights[base + numbers[k]] >> 7, values[k])) | 0;
    const logit = sum >> 13;
    return logit > LOGIT_LIMIT ? LOGIT_LIMIT : logit < -LOGIT_LIMIT ? -LOGIT_LIMIT : logit;
  }

  /**
   * Codes one decision and learns from it. `contexts` holds the counters' indices.
   *
   * @param coder Where the decision goes or comes from.
   * @param bit The outcome; a decoder ignores it.
   * @param contextCount How many of `contexts` are in use, at most 6.
   * @param mixerSet First mixer weight set.
   * @param secondSet Second mixer weight set, never the same.
   * @param direct What {@linkcode directLogit} gave for these features and set.
   * @param features The features.
   * @param directSet The direct weight set.
   * @returns The outcome.
   */
  decide(
    coder: BinaryCoder,
    bit: number,
    contextCount: number,
    mixerSet: number,
    secondSet: number,
    direct: number,
    features: FeatureList,
    directSet: number,
  ): number {
    const counters = this.counters;
    const contexts = this.contexts;
    const logits = this.#logits;
    const weights = this.mixerWeights;
    const base = mixerSet * MIXER_STRIDE;
    const second = secondSet * MIXER_STRIDE;
    logits[0] = direct;
    logits[1] = CONSTANT_INPUT;
    for (let i = 0; i < contextCount; i++) {
      const counter = counters[contexts[i]];
      logits[FIRST_COUNTER_INPUT + i] = (STRETCH[counter >>> 20] * CONFIDENCE[counter & 1023]) >> 8;
    }
    const inputs = FIRST_COUNTER_INPUT + contextCount;
    let sum = 0;
    let secondSum = 0;
    for (let i = 0; i < inputs; i++) {
      const logit = logits[i];
      sum = (sum + Math.imul(weights[base + i] >> 7, logit)) | 0;
      secondSum = (secondSum + Math.imul(weights[second + i] >> 7, logit)) | 0;
    }
    const ownLogit = clampLogit(sum >> 13);
    const secondLogit = clampLogit(secondSum >> 13);
    const probability = SQUASH[((ownLogit + secondLogit) >> 1) + SQUASH_LIMIT];
    const outcome = coder.code(bit, probability);
    if (!this.learning) return outcome;
    const target = outcome << 16;

    const mixerCount = this.mixerCounts[mixerSet];
    if (mixerCount < WEIGHT_COUNT_LIMIT) this.mixerCounts[mixerSet] = mixerCount + 1;
    const secondCount = this.mixerCounts[secondSet];
    if (secondCount < WEIGHT_COUNT_LIMIT) this.mixerCounts[secondSet] = secondCount + 1;
    const error = Math.imul(target - SQUASH[ownLogit + SQUASH_LIMIT], MIXER_RATE[mixerCount]) >> 8;
    const secondError = Math.imul(target - SQUASH[secondLogit + SQUASH_LIMIT], MIXER_RATE[secondCount]) >> 8;
    for (let i = 0; i < inputs; i++) {
      const logit = logits[i];
      weights[base + i] = clampWeight(weights[base + i] + (Math.imul(logit, error) >> 10));
      weights[second + i] = clampWeight(weights[second + i] + (Math.imul(logit, secondError) >> 10));
    }

    const directCount = this.directCounts[directSet];
    if (directCount < WEIGHT_COUNT_LIMIT) this.directCounts[directSet] = directCount + 1;
    const directError = Math.imul(target - SQUASH[direct + SQUASH_LIMIT], DIRECT_RATE[directCount]) >> 8;
    if (directError !== 0) {
      const directWeights = this.directWeights;
      const directBase = directSet * DIRECT_STRIDE;
      const { numbers, values, count } = features;
      for (let k = 0; k < count; k++) {
        const i = directBase + numbers[k];
        directWeights[i] = clampWeight(directWeights[i] + (Math.imul(values[k], directError) >> 10));
      }
    }

    for (let i = 0; i < contextCount; i++) {
      const index = contexts[i];
      counters[index] = updatedCounter(counters[index], outcome);
    }
    return outcome;
  }

  /**
   * Codes one decision with a single counter, unmixed: for rare, far-out decisions.
   *
   * @param coder Where the decision goes or comes from.
   * @param bit The outcome; a decoder ignores it.
   * @param index The counter.
   * @returns The outcome.
   */
  decideAlone(coder: BinaryCoder, bit: number, index: number): number {
    const counter = this.counters[index];
    let probability = counter >>> 16;
    if (probability < LEAST_PROBABILITY) probability = LEAST_PROBABILITY;
    else if (probability > 65536 - LEAST_PROBABILITY) probability = 65536 - LEAST_PROBABILITY;
    const outcome = coder.code(bit, probability);
    if (this.learning) this.counters[index] = updatedCounter(counter, outcome);
    return outcome;
  }
}

function clampLogit(logit: number): number {
  return logit >= SQUASH_LIMIT ? SQUASH_LIMIT - 1 : logit < -SQUASH_LIMIT ? -SQUASH_LIMIT : logit;
}

function clampWeight(weight: number): number {
  return weight > WEIGHT_LIMIT ? WEIGHT_LIMIT : weight < -WEIGHT_LIMIT ? -WEIGHT_LIMIT : weight;
}

/** Moves a counter towards the outcome by 1/(count + 1.5) of the distance, and counts. */
function updatedCounter(counter: number, outcome: number): number {
  const count = counter & 1023;
  const probability = counter >>> COUNT_BITS;
  // Distances are cut to 16 bits so that the product with a 14-bit rate stays within 31.
  const moved = outcome === 1
    ? probability + (Math.imul(((1 << COUNTER_BITS) - probability) >> 6, COUNTER_RATE[count]) >> 8)
    : probability - (Math.imul(probability >> 6, COUNTER_RATE[count]) >> 8);
  return (moved << COUNT_BITS) | (count < COUNT_LIMIT ? count + 1 : count);
}
