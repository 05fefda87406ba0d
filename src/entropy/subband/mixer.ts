/**
 * Mixes the opinions of adaptive counters about one decision, in 32-bit integers.
 *
 * A counter holds the probability of 1 in its upper 22 bits and how often it was used in the lower 10. Its logit, scaled
 * by experience, is an input of two weight sets, whose outputs are averaged in the logistic domain. Everything learns from
 * the outcome. In the manner of the PAQ family (M. Mahoney, Adaptive weighing of context models, 2005); arithmetic our own.
 */

import type { BinaryCoder } from "../rans/binary_coder.ts";
import { FRESH_COUNTER } from "../mixing/counter.ts";
import {
  clampLogit,
  confidences,
  counterRates,
  SQUASH,
  SQUASH_LIMIT,
  STRETCH,
} from "../mixing/context_tables.ts";

/** Counters a decision may ask. */
export const MIXER_INPUTS = 10;
/** Weights of a set: the counters' and a constant's. */
const SET_STRIDE = 11;
/** Logit of the constant input. */
export const CONSTANT_LOGIT = 256;
const COUNT_MASK = 1023;
/** Experience at which a counter stops slowing down. */
export const COUNT_LIMIT = 255;
/** By the count of a counter. */
export const COUNTER_RATE: Int32Array = counterRates(COUNT_LIMIT),
  CONFIDENCE: Int32Array = confidences(COUNT_LIMIT);
/** Updates of a weight set that are counted. */
export const SET_COUNT_LIMIT = 255;
/** Learning rate of a weight set after n updates, in 2^−26 of a weight, a logit unit and a probability unit. */
export const WEIGHT_RATE: Int32Array = Int32Array.from(
  { length: SET_COUNT_LIMIT + 1 },
  (_, n) => 14 + Math.floor(2400 / (20 + n)),
);
/** Fraction bits of weights. */
const WEIGHT_BITS = 16;
/** 0.13. */
const START_WEIGHT = 8519;
/** Largest magnitude of a weight. */
export const WEIGHT_LIMIT: number = 4 << WEIGHT_BITS;

/** State of the mixer; what contexts and sets mean is its caller's business. */
export class SubbandMixer {
  /** Counters of the decision at hand; the caller fills them in. */
  readonly contexts: Int32Array = new Int32Array(MIXER_INPUTS);
  /** Whether decisions change the mixer; off while costs are only asked for. */
  learning = true;
  readonly #counters: Int32Array;
  readonly #weights: Int32Array;
  readonly #setCounts: Uint8Array;
  readonly #logits: Int32Array = new Int32Array(SET_STRIDE);

  /**
   * @param counterCount Number of counters.
   * @param setCount Number of weight sets.
   */
  constructor(counterCount: number, setCount: number) {
    this.#counters = new Int32Array(counterCount).fill(FRESH_COUNTER);
    this.#weights = new Int32Array(setCount * SET_STRIDE);
    this.#setCounts = new Uint8Array(setCount);
    for (let set = 0; set < setCount; set++) {
      this.#weights.fill(START_WEIGHT, set * SET_STRIDE, set * SET_STRIDE + MIXER_INPUTS);
    }
    this.#logits[MIXER_INPUTS] = CONSTANT_LOGIT;
  }

  /**
   * Codes one decision with all of `contexts` and learns from it.
   *
   * @param coder Where the decision goes or comes from.
   * @param bit The outcome; a decoder ignores it.
   * @param first One weight set.
   * @param second Another.
   * @returns The outcome.
   */
  decide(coder: BinaryCoder, bit: number, first: number, second: number): number {
    const counters = this.#counters, contexts = this.contexts, logits = this.#logits, weights = this.#weights;
    const a = first * SET_STRIDE, b = second * SET_STRIDE;
    let sumA = 0, sumB = 0;
    for (let i = 0; i < MIXER_INPUTS; i++) {
      const counter = counters[contexts[i]];
      const logit = (STRETCH[counter >>> 20] * CONFIDENCE[counter & COUNT_MASK]) >> 8;
      logits[i] = logit;
      sumA = (sumA + Math.imul(weights[a + i] >> 2, logit)) | 0;
      sumB = (sumB + Math.imul(weights[b + i] >> 2, logit)) | 0;
    }
    sumA = (sumA + Math.imul(weights[a + MIXER_INPUTS] >> 2, CONSTANT_LOGIT)) >> 14;
    sumB = (sumB + Math.imul(weights[b + MIXER_INPUTS] >> 2, CONSTANT_LOGIT)) >> 14;
    const logitA = clampLogit(sumA), logitB = clampLogit(sumB);
    const outcome = coder.code(bit, SQUASH[((logitA + logitB) >> 1) + SQUASH_LIMIT]);
    if (!this.learning) return outcome;

    const target = outcome << 16;
    const errorA = this.#scaledError(target - SQUASH[logitA + SQUASH_LIMIT], first);
    const errorB = this.#scaledError(target - SQUASH[logitB + SQUASH_LIMIT], second);
    for (let i = 0; i <= MIXER_INPUTS; i++) {
      const logit = logits[i];
      weights[a + i] = clampWeight(weights[a + i] + (Math.imul(logit, errorA) >> 10));
      weights[b + i] = clampWeight(weights[b + i] + (Math.imul(logit, errorB) >> 10));
    }
    for (let i = 0; i < MIXER_INPUTS; i++) counters[contexts[i]] = updated(counters[contexts[i]], outcome);
    return outcome;
  }

  /**
   * Codes one decision with a single counter.
   *
   * @param coder Where the decision goes or comes from.
   * @param bit The outcome; a decoder ignores it.
   * @param index The counter.
   * @returns The outcome.
   */
  decideAlone(coder: BinaryCoder, bit: number, index: number): number {
    const counter = this.#counters[index];
    const outcome = coder.code(bit, SQUASH[STRETCH[counter >>> 20] + SQUASH_LIMIT]);
    if (this.learning) this.#counters[index] = updated(counter, outcome);
    return outcome;
  }

  /** The error times the set's learning rate, in 2^−16 of a weight and 1/1024 of a logit unit. */
  #scaledError(error: number, set: number): number {
    const count = this.#setCounts[set];
    if (count < SET_COUNT_LIMIT) this.#setCounts[set] = count + 1;
    return Math.imul(error, WEIGHT_RATE[count]) >> 10;
  }
}

function clampWeight(weight: number): number {
  return weight > WEIGHT_LIMIT ? WEIGHT_LIMIT : weight < -WEIGHT_LIMIT ? -WEIGHT_LIMIT : weight;
}

function updated(counter: number, outcome: number): number {
  const count = counter & COUNT_MASK, probability = counter >>> 10;
  const rate = COUNTER_RATE[count];
  const moved = outcome === 1
    ? probability + (Math.imul((0x3fffff - probability) >> 6, rate) >> 8)
    : probability - (Math.imul(probability >> 6, rate) >> 8);
  return (moved << 10) | (count < COUNT_LIMIT ? count + 1 : count);
}
