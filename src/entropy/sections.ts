/** Coefficients to section bytes and back, by any coder. */

import { type BandShape, checkBands, coefficientCount, sectionBands, sectionCount } from "./bands.ts";
import type { CoderOptions, EntropyMode } from "./coder.ts";
import { coderNamed } from "./coders.ts";
import { decoderNamed } from "./decoders.ts";
import { EntropyError, type EntropyErrorCode } from "./errors.ts";
import { checkMagnitude } from "./symbols.ts";

/** Options of {@linkcode encodeSections} and {@linkcode decodeSections}. */
export interface EntropyOptions extends CoderOptions {
  /** Which coder. */
  readonly mode: EntropyMode;
}

/**
 * Encodes quantised coefficients, one stream a resolution, coarsest first, and checks what a decoder gets: each rANS stream
 * is read back with the intervals that were coded, values are put together again from their decisions (context, trellis and
 * wide coder, but for planes without a wavelet), and sections of the static coder are decoded.
 *
 * @param coefficients Packed array in coding order, values in [−2^30, 2^30].
 * @param bands The bands, in coding order, without gaps.
 * @param options Coder and prior.
 * @returns One byte array a section; some may be empty.
 * @throws {EntropyError} `entropy-bad-bands`, `entropy-range`, `entropy-bad-mode`, `entropy-unverified`.
 *
 * @example Round trip
 * ```ts
 * import { bandLayout, decodeSections, encodeSections } from "./mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const bands = bandLayout({ width: 2, height: 2, channels: 1, levels: 1 });
 * const sections = encodeSections(Int32Array.of(5, -1, 0, 0), bands, { mode: "static" });
 * assertEquals(decodeSections(sections, bands, { mode: "static" }), Int32Array.of(5, -1, 0, 0));
 * ```
 */
export function encodeSections(
  coefficients: Int32Array,
  bands: readonly BandShape[],
  options: EntropyOptions,
): Uint8Array[] {
  checkBands(bands);
  const expected = coefficientCount(bands);
  if (coefficients.length !== expected) {
    throw new EntropyError(
      "entropy-bad-bands",
      `Cannot encode: there must be ${expected} coefficients for these bands (got ${coefficients.length}). ` +
        "Pass the bands of these coefficients.",
    );
  }
  for (let i = 0; i < coefficients.length; i++) checkMagnitude(coefficients[i]);
  const encoder = coderNamed(options.mode).encode(bands, options);
  const sections: Uint8Array[] = [];
  // Adaptive coders write what the decisions say over what was wanted.
  const coded = coefficients.slice();
  for (let section = 0; section < sectionCount(bands); section++) {
    sections.push(encoder.encodeSection(coded, sectionBands(bands, section)));
  }
  encoder.release?.();
  checkCoded(coefficients, options.mode === "static" ? decodeSections(sections, bands, options) : coded);
  return sections;
}

function checkCoded(wanted: Int32Array, coded: Int32Array): void {
  for (let i = 0; i < wanted.length; i++) {
    if (coded[i] === wanted[i]) continue;
    throw new EntropyError(
      "entropy-unverified",
      `Cannot verify the section: coefficient ${i} must decode to ${wanted[i]} (got ${
        coded[i]
      }). Please report this bug with the source picture.`,
    );
  }
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
