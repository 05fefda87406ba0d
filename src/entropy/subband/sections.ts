/** Sections of the subband coder: one rANS stream each, one model for all of them. */

import type { BandShape } from "../bands.ts";
import { DecodingCoder, EncodingCoder } from "../rans/binary_coder.ts";
import { DEFAULT_EFFORT } from "../effort.ts";
import { SubbandModel } from "./model.ts";
import { decodeLosslessSection, encodeLosslessSection } from "../lossless/lossless_section.ts";

/** Encodes the sections of one picture in order. */
export class SubbandEncoder {
  readonly #model: SubbandModel = new SubbandModel();
  readonly #coder: EncodingCoder = new EncodingCoder();

  /** @param effort How hard to think about samples, 1 … 9. */
  constructor(readonly effort: number = DEFAULT_EFFORT) {}

  /**
   * Encodes one section.
   *
   * @param coefficients The packed array; magnitudes already checked.
   * @param bands The section's bands.
   * @returns The section's bytes.
   */
  encodeSection(coefficients: Int32Array, bands: readonly BandShape[]): Uint8Array {
    if (areSamples(bands)) return encodeLosslessSection(coefficients, bands, this.effort);
    for (const band of bands) this.#model.codeBand(coefficients, band, this.#coder);
    return this.#coder.finish();
  }
}

/** Decodes the sections of one picture in order. */
export class SubbandDecoder {
  readonly #model: SubbandModel = new SubbandModel();

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
    const coder = new DecodingCoder(bytes);
    for (const band of bands) this.#model.codeBand(coefficients, band, coder);
    coder.finish();
  }
}

/** Whether no wavelet took the planes apart. */
function areSamples(bands: readonly BandShape[]): boolean {
  return bands.length > 0 && bands[0].level === 0;
}
