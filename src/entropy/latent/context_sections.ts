/** Sections of the context coder: one rANS stream each, one model for all of them. */

import type { BandShape } from "../bands.ts";
import type { Decoder, SectionDecoder, SectionEncoder } from "../coder.ts";
import { DecodingCoder, EncodingCoder } from "../rans/binary_coder.ts";
import { ContextModel } from "./context_model.ts";
import type { ContextPrior } from "./prior.ts";

/** Encodes the sections of one picture in order. */
export class ContextEncoder implements SectionEncoder {
  #model: ContextModel;
  #coder: EncodingCoder = new EncodingCoder();

  /**
   * @param bands All bands of the picture.
   * @param prior What the model starts from.
   * @param trellis Whether coefficients are values of a trellis.
   */
  constructor(bands: readonly BandShape[], prior?: ContextPrior, trellis = false) {
    this.#model = new ContextModel(bands, prior, { trellis });
  }

  /**
   * Encodes one section.
   *
   * @param coefficients The packed array; magnitudes already checked.
   * @param bands The section's bands.
   * @returns The section's bytes.
   */
  encodeSection(coefficients: Int32Array, bands: readonly BandShape[]): Uint8Array {
    for (const band of bands) this.#model.codeBand(coefficients, band, this.#coder);
    return this.#coder.finish();
  }

  /** Ends the picture. */
  release(): void {
    this.#model.release();
  }
}

/** Decodes the sections of one picture in order. */
export class ContextDecoder implements SectionDecoder {
  #model: ContextModel;

  /**
   * @param bands All bands of the picture.
   * @param prior What the model starts from; the encoder's.
   * @param trellis Whether coefficients are values of a trellis.
   */
  constructor(bands: readonly BandShape[], prior?: ContextPrior, trellis = false) {
    this.#model = new ContextModel(bands, prior, { trellis });
  }

  /**
   * Decodes one section into the packed array.
   *
   * @param bytes The section's bytes.
   * @param coefficients The packed array; only the section's bands are written.
   * @param bands The section's bands.
   * @throws {EntropyError} When the bytes are damaged.
   */
  decodeSection(bytes: Uint8Array, coefficients: Int32Array, bands: readonly BandShape[]): void {
    const coder = new DecodingCoder(bytes);
    for (const band of bands) this.#model.codeBand(coefficients, band, coder);
    coder.finish();
  }

  /** Ends the picture. */
  release(): void {
    this.#model.release();
  }
}

/** The decoding part of `contextCoder`. */
export const contextDecoder: Decoder = {
  id: 1,
  name: "context",
  decode: (bands, { prior }) => new ContextDecoder(bands, prior),
};

/** The decoding part of `trellisCoder`. */
export const trellisDecoder: Decoder = {
  id: 3,
  name: "trellis",
  decode: (bands, { prior }) => new ContextDecoder(bands, prior, true),
};
