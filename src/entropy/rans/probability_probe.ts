import type { BinaryCoder } from "./binary_coder.ts";

/** Takes the probability of a decision. */
export class ProbabilityProbe implements BinaryCoder {
  /** That of 1 in the last decision, 32 … 65504. */
  probability = 0;

  /** See {@linkcode BinaryCoder.code}. */
  code(bit: number, probability: number): number {
    this.probability = probability;
    return bit;
  }
}
