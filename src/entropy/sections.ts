/** Coefficients to section bytes and back, by either coder. */

import { type BandShape, checkBands, coefficientCount, sectionBands, sectionCount } from "./bands.ts";
import type { ContextPrior } from "./prior.ts";
import { EntropyError, type EntropyErrorCode } from "./errors.ts";
import { ContextDecoder, ContextEncoder } from "./context_sections.ts";
import { StaticDecoder } from "./static_decode.ts";
import { StaticEncoder } from "./static_encode.ts";
import { WideDecoder, WideEncoder } from "./wide_sections.ts";
import { checkMagnitude } from "./symbols.ts";

/**
 * `static`: one table a band, fast. `context`: adaptive context mixing. `trellis`: the same over values of a trellis, in half
 * steps, smallest for latents. `wide`: likewise adaptive, for the large coefficients of pixels.
 */
export type EntropyMode = "static" | "context" | "wide" | "trellis";

/** Id of the static coder in a section header. */
export const CODER_STATIC = 0;
/** Id of the context coder in a section header. */
export const CODER_CONTEXT = 1;
/** Id of the wide coder in a section header. */
export const CODER_WIDE = 2;
/** Id of the context coder over values of a trellis in a section header. */
export const CODER_TRELLIS = 3;

/** The mode that each coder's id stands for. */
export const MODE_OF_CODER: ReadonlyMap<number, EntropyMode> = new Map([
  [CODER_STATIC, "static"],
  [CODER_CONTEXT, "context"],
  [CODER_WIDE, "wide"],
  [CODER_TRELLIS, "trellis"],
]);

/** Options of {@linkcode encodeSections} and {@linkcode decodeSections}. */
export interface EntropyOptions {
  /** Which coder. */
  readonly mode: EntropyMode;
  /** What the context coder starts from; the same on both sides. The static coder ignores it. */
  readonly prior?: ContextPrior;
  /** How hard the wide coder's encoder thinks about samples, 1 … 9; 5 by default. */
  readonly effort?: number;
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
 * @throws {EntropyError} `ENTROPY_BAD_BANDS`, `ENTROPY_RANGE`, `ENTROPY_BAD_MODE`, `ENTROPY_UNVERIFIED`.
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
      "ENTROPY_BAD_BANDS",
      `Cannot encode because coefficients and bands differ in size: value is ${coefficients.length}, ` +
        `limit ${expected}; pass the bands of these coefficients`,
    );
  }
  for (let i = 0; i < coefficients.length; i++) checkMagnitude(coefficients[i]);
  const encoder = makeEncoder(options, bands);
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
      "ENTROPY_UNVERIFIED",
      `Cannot encode because coefficient ${i}, read back, differs: value is ${coded[i]}, limit ${
        wanted[i]
      }; please report this picture`,
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
 * @throws {EntropyError} With the section's index, when one is damaged; `ENTROPY_BAD_BANDS`, `ENTROPY_BAD_MODE`.
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
      "ENTROPY_BAD_BANDS",
      `Cannot decode because there are too many sections: value is ${sections.length}, limit ${expected}; ` +
        "pass the bands of these sections",
    );
  }
  const decoder = makeDecoder(options, bands);
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
  const code: EntropyErrorCode = cause.code === "ENTROPY_TRUNCATED" ? "ENTROPY_TRUNCATED" : "ENTROPY_CORRUPT";
  const message = `Cannot decode section ${section} because it is damaged: ${cause.message}`;
  return new EntropyError(code, message, { section, cause });
}

interface SectionEncoder {
  encodeSection(coefficients: Int32Array, bands: readonly BandShape[]): Uint8Array;
  release?(): void;
}

interface SectionDecoder {
  decodeSection(bytes: Uint8Array, coefficients: Int32Array, bands: readonly BandShape[]): void;
  release?(): void;
}

function makeEncoder(options: EntropyOptions, bands: readonly BandShape[]): SectionEncoder {
  if (options.mode === "static") return new StaticEncoder();
  if (options.mode === "wide") return new WideEncoder(options.effort);
  if (options.mode === "context") return new ContextEncoder(bands, options.prior);
  if (options.mode === "trellis") return new ContextEncoder(bands, options.prior, true);
  throw badMode(options.mode);
}

function makeDecoder(options: EntropyOptions, bands: readonly BandShape[]): SectionDecoder {
  if (options.mode === "static") return new StaticDecoder();
  if (options.mode === "wide") return new WideDecoder();
  if (options.mode === "context") return new ContextDecoder(bands, options.prior);
  if (options.mode === "trellis") return new ContextDecoder(bands, options.prior, true);
  throw badMode(options.mode);
}

function badMode(mode: unknown): EntropyError {
  return new EntropyError(
    "ENTROPY_BAD_MODE",
    `Cannot use the entropy mode because it is not known: value is ${mode}, limit static, context, wide or trellis; use "context"`,
  );
}
