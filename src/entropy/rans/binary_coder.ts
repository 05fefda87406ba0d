/** Where binary decisions go to or come from. One model walk serves encoder, decoder and cost estimate alike. */

import { BIT_COST, PROBABILITY_BITS } from "../mixing/context_tables.ts";
import { DecisionReader } from "./rans_single_decode.ts";
import { DecisionRecorder } from "./rans_single_encode.ts";

/** Codes one decision at a time. The outcome 0 owns the slots [0, 65536 − p1), the outcome 1 the rest. */
export interface BinaryCoder {
  /** What it does with decisions that are made elsewhere; absent for coders that must see each by itself. */
  readonly kind?: "decoding" | "encoding" | "learning";
  /**
   * Codes a decision.
   *
   * @param bit The outcome, 0 or 1; a decoder ignores it.
   * @param probability Probability of 1, 32 … 65504.
   * @returns The outcome; a decoder's own.
   */
  code(bit: number, probability: number): number;
}

/** Records decisions for the backward rANS pass. */
export class EncodingCoder implements BinaryCoder {
  /** See {@linkcode BinaryCoder.kind}. */
  readonly kind = "encoding";
  #recorder: DecisionRecorder = new DecisionRecorder(PROBABILITY_BITS);

  /** See {@linkcode BinaryCoder.code}. */
  code(bit: number, probability: number): number {
    if (bit === 0) this.#recorder.push(0, 65536 - probability);
    else this.#recorder.push(65536 - probability, probability);
    return bit;
  }

  /**
   * Records decisions that were made elsewhere.
   *
   * @param decisions Each is `frequency << 16 | start`.
   */
  append(decisions: Uint32Array): void {
    this.#recorder.append(decisions);
  }

  /** What was recorded, each `frequency << 16 | start`. */
  get decisions(): Uint32Array {
    return this.#recorder.decisions;
  }

  /**
   * Ends the section.
   *
   * @returns Its bytes.
   */
  finish(): Uint8Array {
    return this.#recorder.finish();
  }
}

/** Takes decisions from a section's bytes. */
export class DecodingCoder implements BinaryCoder {
  /** See {@linkcode BinaryCoder.kind}. */
  readonly kind = "decoding";
  #reader: DecisionReader;

  /** @param bytes The section's bytes. */
  constructor(bytes: Uint8Array) {
    this.#reader = new DecisionReader(bytes, PROBABILITY_BITS);
  }

  /** See {@linkcode BinaryCoder.code}. */
  code(_bit: number, probability: number): number {
    const zeroSlots = 65536 - probability;
    if (this.#reader.peek() < zeroSlots) {
      this.#reader.advance(0, zeroSlots);
      return 0;
    }
    this.#reader.advance(zeroSlots, probability);
    return 1;
  }

  /** What reads the bytes, for a decoder that goes on elsewhere. */
  get reader(): DecisionReader {
    return this.#reader;
  }

  /** Checks the end state; throws `EntropyError`. */
  finish(): void {
    this.#reader.finish();
  }
}

/** Takes decisions that are only to be learned from. */
export class LearningCoder implements BinaryCoder {
  /** See {@linkcode BinaryCoder.kind}. */
  readonly kind = "learning";

  /** See {@linkcode BinaryCoder.code}. */
  code(bit: number, _probability: number): number {
    return bit;
  }
}

/** Adds up what decisions would cost. */
export class CostCoder implements BinaryCoder {
  /** Cost since the last reset, in 1/256 bit. */
  cost = 0;

  /** See {@linkcode BinaryCoder.code}. */
  code(bit: number, probability: number): number {
    this.cost += BIT_COST[(bit === 0 ? 65536 - probability : probability) >> 4];
    return bit;
  }
}
