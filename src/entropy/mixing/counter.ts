/** Adaptive counters: a 22-bit probability of the outcome 1 above a 10-bit count of outcomes seen. */

import type { BinaryCoder } from "../rans/binary_coder.ts";
import { COUNT_LIMIT, COUNTER_RATE, LEAST_PROBABILITY } from "./context_tables.ts";

/** Bits of a counter below its probability: its count. */
export const COUNT_BITS = 10;
/** Bits of a counter's probability. */
export const COUNTER_BITS = 22;
/** A counter that has seen nothing: probability one half, count 0. */
export const FRESH_COUNTER: number = (1 << (COUNTER_BITS + COUNT_BITS - 1)) | 0;

/**
 * Moves a counter towards an outcome by 1/(count + 1.5) of the distance, and counts.
 *
 * @param counter The counter.
 * @param outcome 0 or 1.
 * @returns What it becomes.
 */
export function updatedCounter(counter: number, outcome: number): number {
  const count = counter & ((1 << COUNT_BITS) - 1);
  const probability = counter >>> COUNT_BITS;
  // Distances are cut to 16 bits so that the product with a 14-bit rate stays within 31.
  const moved = outcome === 1
    ? probability + (Math.imul(((1 << COUNTER_BITS) - probability) >> 6, COUNTER_RATE[count]) >> 8)
    : probability - (Math.imul(probability >> 6, COUNTER_RATE[count]) >> 8);
  return (moved << COUNT_BITS) | (count < COUNT_LIMIT ? count + 1 : count);
}

/** Codes decisions with one counter each, unmixed: for rare, far-out ones. */
export class LoneCounters {
  /** The counters. */
  readonly counters: Int32Array;
  /** Whether decisions change them; off while costs are only asked for. */
  learning = true;

  /** @param counters The counters. */
  constructor(counters: Int32Array) {
    this.counters = counters;
  }

  /**
   * Codes one decision.
   *
   * @param coder Where the decision goes or comes from.
   * @param bit The outcome; a decoder ignores it.
   * @param index The counter.
   * @returns The outcome.
   */
  decide(coder: BinaryCoder, bit: number, index: number): number {
    const counter = this.counters[index];
    let probability = counter >>> 16;
    if (probability < LEAST_PROBABILITY) probability = LEAST_PROBABILITY;
    else if (probability > 65536 - LEAST_PROBABILITY) probability = 65536 - LEAST_PROBABILITY;
    const outcome = coder.code(bit, probability);
    if (this.learning) this.counters[index] = updatedCounter(counter, outcome);
    return outcome;
  }
}
