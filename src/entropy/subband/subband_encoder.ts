/** The encoding part of the subband coder. */

import type { BandShape } from "../bands.ts";
import { DEFAULT_EFFORT, type SectionEncoder } from "../coder.ts";
import { encodeLosslessSection } from "../lossless/lossless_section.ts";
import { PROBABILITY_BITS } from "../mixing/context_tables.ts";
import { encodeDecisions } from "../rans/rans_single_encode.ts";
import { areSamples } from "./sections.ts";
import type { SubbandEngine } from "./subband_engine.ts";
import { subbandEngine } from "./wasm_subband_encoder.ts";

/** Encodes the sections of one picture in order. */
export class SubbandEncoder implements SectionEncoder {
  #engine: SubbandEngine | undefined;

  /**
   * @param isTrellis Whether coefficients of detail bands are values of a trellis.
   * @param bands All bands.
   * @param effort How hard to think about samples, 1 … 9.
   */
  constructor(
    readonly isTrellis: boolean,
    readonly bands: readonly BandShape[],
    readonly effort: number = DEFAULT_EFFORT,
  ) {}

  /**
   * Encodes one section.
   *
   * @param coefficients The packed array; magnitudes already checked.
   * @param bands The section's bands.
   * @returns The section's bytes.
   */
  encodeSection(coefficients: Int32Array, bands: readonly BandShape[]): Uint8Array {
    if (areSamples(bands)) return encodeLosslessSection(coefficients, bands, this.effort);
    this.#engine ??= subbandEngine(this.isTrellis);
    return encodeDecisions(this.#engine.record(coefficients, bands), PROBABILITY_BITS);
  }

  /** Ends the picture. */
  release(): void {
    this.#engine?.release();
    this.#engine = undefined;
  }
}
