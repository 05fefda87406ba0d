/** Coefficients to section bytes, by any coder. */

import { type BandShape, checkBands, coefficientCount, sectionBands, sectionCount } from "./bands.ts";
import { coderNamed } from "./coders.ts";
import { decodeSections, type EntropyOptions } from "./decode_sections.ts";
import { EntropyError } from "./errors.ts";
import { checkMagnitude } from "./symbols.ts";

/** Coefficients that are checked at a time. */
const CHUNK = 4096;

/**
 * Encodes quantised coefficients, one stream a resolution, coarsest first, and checks what a decoder gets: each rANS stream
 * is read back with the intervals that were coded (but for planes without a wavelet), values are put together again from their
 * decisions, and sections of the static coder are decoded.
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
  inChunks(coefficients.length, (from, to) => checkMagnitudes(coefficients, from, to));
  const encoder = coderNamed(options.mode).encode(bands, options);
  const sections: Uint8Array[] = [];
  // Adaptive coders write what the decisions say over what was wanted.
  const coded = coefficients.slice();
  for (let section = 0; section < sectionCount(bands); section++) {
    sections.push(encoder.encodeSection(coded, sectionBands(bands, section)));
  }
  encoder.release?.();
  const decoded = options.mode === "static" ? decodeSections(sections, bands, options) : coded;
  inChunks(decoded.length, (from, to) => checkCoded(coefficients, decoded, from, to));
  return sections;
}

/** Calls `check` for consecutive ranges: engines replace slow code by fast when a function is called anew. */
function inChunks(count: number, check: (from: number, to: number) => void): void {
  for (let from = 0; from < count; from += CHUNK) check(from, Math.min(count, from + CHUNK));
}

function checkMagnitudes(coefficients: Int32Array, from: number, to: number): void {
  for (let i = from; i < to; i++) checkMagnitude(coefficients[i]);
}

function checkCoded(wanted: Int32Array, coded: Int32Array, from: number, to: number): void {
  for (let i = from; i < to; i++) {
    if (coded[i] === wanted[i]) continue;
    throw new EntropyError(
      "entropy-unverified",
      `Cannot verify the section: coefficient ${i} must decode to ${wanted[i]} (got ${
        coded[i]
      }). Please report this bug with the source picture.`,
    );
  }
}
