/** Where the decisions of a prior go to or come from: each has a counter, or both outcomes are as likely. */

import { COUNT_LIMIT, COUNTER_RATE, LEAST_PROBABILITY, PROBABILITY_BITS } from "../mixing/context_tables.ts";
import { COUNT_BITS, COUNTER_BITS, FRESH_COUNTER, LoneCounters } from "../mixing/counter.ts";
import { EncodingCoder } from "../rans/binary_coder.ts";
import { SINGLE_LOWER_BOUND } from "../rans/rans_params.ts";
import { checkEnd, DecisionReader, FIRST_STATE_BYTES } from "../rans/rans_single_decode.ts";

/** Probability of 1 where both outcomes are as likely. */
const EVEN_PROBABILITY = 32768;

/** Codes the decisions of a prior. */
export interface PriorCoder {
  /**
   * Codes a decision by a counter, which learns.
   *
   * @param bit The outcome; a reader ignores it.
   * @param index The counter.
   * @returns The outcome.
   */
  decide(bit: number, index: number): number;
  /** The same without a counter. */
  decideEvenly(bit: number): number;
}

/** Writes a prior's stream. */
export class PriorWriter implements PriorCoder {
  readonly #coder: EncodingCoder = new EncodingCoder();
  readonly #counters: LoneCounters;

  /** @param counterCount Number of counters. */
  constructor(counterCount: number) {
    this.#counters = new LoneCounters(new Int32Array(counterCount).fill(FRESH_COUNTER));
  }

  /** See {@linkcode PriorCoder.decide}. */
  decide(bit: number, index: number): number {
    return this.#counters.decide(this.#coder, bit, index);
  }

  /** See {@linkcode PriorCoder.decideEvenly}. */
  decideEvenly(bit: number): number {
    return this.#coder.code(bit, EVEN_PROBABILITY);
  }

  /**
   * Ends the stream.
   *
   * @returns Its bytes.
   */
  finish(): Uint8Array {
    return this.#coder.finish();
  }
}

/**
 * Reads a prior's stream. It does what `LoneCounters` and `DecodingCoder` do, in one function: a prior has a million decisions, and
 * programs read it while their code is still being compiled.
 */
export class PriorReader implements PriorCoder {
  readonly #counters: Int32Array;
  readonly #bytes: Uint8Array;
  #state: number;
  #next: number;

  /**
   * @param counterCount Number of counters.
   * @param bytes The stream.
   */
  constructor(counterCount: number, bytes: Uint8Array) {
    this.#counters = new Int32Array(counterCount).fill(FRESH_COUNTER);
    this.#bytes = bytes;
    this.#state = new DecisionReader(bytes, PROBABILITY_BITS).state;
    this.#next = Math.min(FIRST_STATE_BYTES, bytes.length);
  }

  /** See {@linkcode PriorCoder.decide}. */
  decide(_bit: number, index: number): number {
    const counters = this.#counters, counter = counters[index], state = this.#state;
    let probability = counter >>> 16;
    if (probability < LEAST_PROBABILITY) probability = LEAST_PROBABILITY;
    else if (probability > 65536 - LEAST_PROBABILITY) probability = 65536 - LEAST_PROBABILITY;
    const zeroSlots = 65536 - probability, slot = state & 65535, high = state >>> 16;
    const count = counter & ((1 << COUNT_BITS) - 1),
      fine = counter >>> COUNT_BITS,
      rate = COUNTER_RATE[count];
    let outcome = 0, x = 0, moved = 0;
    if (slot < zeroSlots) {
      x = Math.imul(zeroSlots, high) + slot | 0;
      moved = fine - (Math.imul(fine >> 6, rate) >> 8);
    } else {
      outcome = 1;
      x = Math.imul(probability, high) + slot - zeroSlots | 0;
      moved = fine + (Math.imul(((1 << COUNTER_BITS) - fine) >> 6, rate) >> 8);
    }
    counters[index] = (moved << COUNT_BITS) | (count < COUNT_LIMIT ? count + 1 : count);
    if (x < SINGLE_LOWER_BOUND) x = this.#filled(x);
    this.#state = x;
    return outcome;
  }

  /** See {@linkcode PriorCoder.decideEvenly}. */
  decideEvenly(): number {
    const state = this.#state, slot = state & 65535, outcome = slot >> 15;
    this.#state = this.#filled(Math.imul(EVEN_PROBABILITY, state >>> 16) + (slot & 32767) | 0);
    return outcome;
  }

  /** Checks the end of the stream; throws `EntropyError`. */
  finish(): void {
    checkEnd(this.#state, this.#bytes.length - this.#next);
  }

  /** The state with the bytes that it has room for. */
  #filled(state: number): number {
    while (state < SINGLE_LOWER_BOUND && this.#next < this.#bytes.length) {
      state = (state << 8) | this.#bytes[this.#next++];
    }
    return state;
  }
}
