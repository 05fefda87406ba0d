import type { BinaryCoder } from "./binary_coder.ts";
import { BIT_COST } from "../mixing/context_tables.ts";

/** Takes the probability of a decision. */
export class ProbabilityProbe implements BinaryCoder {
  /** That of 1 in the last decision, 32 … 65504 of 65536. */
  #probability = 0;

  /** Cost of an outcome of the last decision, in 1/256 bit. */
  costOf(bit: number): number {
    return BIT_COST[(bit === 0 ? 65536 - this.#probability : this.#probability) >> 4];
  }

  /** See {@linkcode BinaryCoder.code}. */
  code(bit: number, probability: number): number {
    this.#probability = probability;
    return bit;
  }
}
