/** Sections of the wide coder: one rANS stream each, one model for all of them. */

import type { BandShape } from "./bands.ts";
import { DecodingCoder, EncodingCoder } from "./binary_coder.ts";
import { WideModel } from "./wide_model.ts";

/** Encodes the sections of one picture in order. */
export class WideEncoder {
  readonly #model: WideModel = new WideModel();
  readonly #coder: EncodingCoder = new EncodingCoder();

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
}

/** Decodes the sections of one picture in order. */
export class WideDecoder {
  readonly #model: WideModel = new WideModel();

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
}
