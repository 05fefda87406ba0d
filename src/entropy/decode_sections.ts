/** Section bytes to coefficients, by any coder. */

import { type BandShape, checkBands, coefficientCount, sectionBands, sectionCount } from "./bands.ts";
import type { CoderOptions, EntropyMode } from "./coder.ts";
import { decoderNamed } from "./decoders.ts";
import { EntropyError, type EntropyErrorCode } from "./errors.ts";

/** Options of `encodeSections` and {@linkcode decodeSections}. */
export interface EntropyOptions extends CoderOptions {
  /** Which coder. */
  readonly mode: EntropyMode;
}

/**
 * Decodes the sections that are there; the bands of missing ones are 0.
 *
 * @param sections Sections 0 … n − 1, n at most the number the bands ask for.
 * @param bands The bands the encoder used; the caller vouches for their size (it is what gets allocated).
 * @param options The encoder's coder and prior.
 * @returns The packed coefficients.
 * @throws {EntropyError} With the section's index, when one is damaged; `entropy-bad-bands`, `entropy-bad-mode`.
 */
export function decodeSections(
  sections: readonly Uint8Array[],
  bands: readonly BandShape[],
  options: EntropyOptions,
): Int32Array {
  checkBands(bands);
  const expected = sectionCount(bands);
  if (sections.length > expected) {
    throw new EntropyError(
      "entropy-bad-bands",
      `Cannot decode: there must be at most ${expected} sections (got ${sections.length}). ` +
        "Pass the bands of these sections.",
    );
  }
  const decoder = decoderNamed(options.mode).decode(bands, options);
  const coefficients = new Int32Array(coefficientCount(bands));
  try {
    for (const [section, bytes] of sections.entries()) {
      try {
        decoder.decodeSection(bytes, coefficients, sectionBands(bands, section));
      } catch (error) {
        if (!(error instanceof EntropyError)) throw error;
        throw damaged(section, error);
      }
    }
  } finally {
    decoder.release?.();
  }
  return coefficients;
}

/** Names the section an error belongs to. A value out of range can only come from damage here. */
function damaged(section: number, cause: EntropyError): EntropyError {
  const code: EntropyErrorCode = cause.code === "entropy-truncated" ? "entropy-truncated" : "entropy-corrupt";
  const message = `Cannot decode section ${section}, it is damaged: ${cause.message}`;
  return new EntropyError(code, message, { section, cause });
}
