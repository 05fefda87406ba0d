/** Sections of the subband coder: one rANS stream each, one model for all of them. */

import type { BandShape } from "../bands.ts";
import type { Decoder, SectionDecoder } from "../coder.ts";
import { decodeLosslessSection } from "../lossless/lossless_section.ts";
import type { SubbandDecodingEngine } from "./subband_engine.ts";
import { subbandDecodingEngine } from "./wasm_subband_engine.ts";

/** Decodes the sections of one picture in order. */
export class SubbandDecoder implements SectionDecoder {
  #engine: SubbandDecodingEngine | undefined;

  /** @param isTrellis Whether coefficients of detail bands are values of a trellis. */
  constructor(readonly isTrellis: boolean) {}

  /**
   * Decodes one section into the packed array.
   *
   * @param bytes The section's bytes.
   * @param coefficients The packed array; only the section's bands are written.
   * @param bands The section's bands.
   * @throws {EntropyError} When the bytes are damaged.
   */
  decodeSection(bytes: Uint8Array, coefficients: Int32Array, bands: readonly BandShape[]): void {
    if (areSamples(bands)) return decodeLosslessSection(bytes, coefficients, bands);
    this.#engine ??= subbandDecodingEngine(this.isTrellis);
    this.#engine.decode(bytes, coefficients, bands);
  }

  /** Ends the picture. */
  release(): void {
    this.#engine?.release();
    this.#engine = undefined;
  }
}

/** Whether no wavelet took the planes apart. */
export function areSamples(bands: readonly BandShape[]): boolean {
  return bands.length > 0 && bands[0].level === 0;
}

/** The decoding part of `subbandCoder`. */
export const subbandDecoder: Decoder = {
  id: 2,
  name: "subband",
  decode: () => new SubbandDecoder(false),
};

/** The decoding part of `subbandTrellisCoder`. */
export const subbandTrellisDecoder: Decoder = {
  id: 4,
  name: "subband-trellis",
  decode: () => new SubbandDecoder(true),
};
