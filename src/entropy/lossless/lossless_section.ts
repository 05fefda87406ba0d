/** Sections of planes that no wavelet took apart: by the predictor, or by the coder of graphics where that is smaller. */

import type { BandShape } from "../bands.ts";
import { EntropyError } from "../errors.ts";
import { hasAlphaPlane, SPLIT_MARK, splitPlanes } from "./alpha_split.ts";
import {
  clearValue,
  decodeGraphicsSection,
  encodeGraphicsSection,
  GRAPHICS_MARK,
  mayBeGraphics,
} from "./graphics_section.ts";
import { decodePaletteSection, encodePaletteSection, PALETTE_MARK } from "./palette_section.ts";
import { joinSections, separateSections } from "./section_parts.ts";
import { decodeSamples, encodeSamples, sampleLevel } from "./samples.ts";
import { firstRowOfStrip } from "./strips.ts";

/** From this effort on both coders are always tried: the coder of graphics is smaller on some photographs, too. */
const BOTH_FROM_EFFORT = 9;
/** Low bits of the first byte: which coder's section it is. */
const MARK_BITS = 31;

/**
 * Encodes planes of one size. The last of two or four is alpha: it and the colours are one section of the coder of graphics or
 * two sections, whichever is smaller.
 *
 * @param values Channel by channel, row by row; magnitudes already checked.
 * @param bands The planes.
 * @param effort 1 … 9.
 * @returns The section's bytes.
 */
export function encodeLosslessSection(
  values: Int32Array,
  bands: readonly BandShape[],
  effort: number,
): Uint8Array {
  const { width, height } = bands[0];
  if (width * height === 0) return new Uint8Array(0);
  const isTried = effort >= BOTH_FROM_EFFORT || (mayBeGraphics(values, bands) && isWorthIt(values, bands));
  const graphics = isTried ? encodeGraphicsSection(values, bands) : undefined;
  if (graphics && effort < BOTH_FROM_EFFORT && isMuchSmaller(graphics, values, bands)) return graphics;
  const others = hasAlphaPlane(bands) ? [encodeSplit(values, bands, effort)] : [
    encodePaletteSection(values, bands, sampleLevel(effort)),
    encodeSamples(values, bands, sampleLevel(effort)),
  ];
  const sections = [graphics, ...others].filter((section) => section !== undefined);
  return sections.reduce((least, section) => section.length < least.length ? section : least);
}

/**
 * Decodes {@linkcode encodeLosslessSection}'s section.
 *
 * @param bytes The section's bytes.
 * @param values Written, channel by channel.
 * @param bands The planes.
 * @throws {EntropyError} `entropy-corrupt` when the bytes are damaged.
 */
export function decodeLosslessSection(
  bytes: Uint8Array,
  values: Int32Array,
  bands: readonly BandShape[],
): void {
  const mark = bytes.length > 0 ? bytes[0] & MARK_BITS : 0;
  if (mark === GRAPHICS_MARK) return decodeGraphicsSection(bytes, values, bands);
  if (bytes[0] === PALETTE_MARK) return decodePaletteSection(bytes, values, bands);
  if (mark === SPLIT_MARK) return decodeSplit(bytes, values, bands);
  decodeSamples(bytes, values, bands);
}

/**
 * Whether the predictor has coded all planes of a section.
 *
 * @param section Of {@linkcode encodeLosslessSection}.
 */
export function isPredicted(section: Uint8Array): boolean {
  if (section[0] === PALETTE_MARK) return false; // what places mean is not the predictor's
  const mark = section.length > 0 ? section[0] & MARK_BITS : 0;
  return mark === SPLIT_MARK ? separateSections(section).every(isPredicted) : mark !== GRAPHICS_MARK;
}

/** Strips of rows are a sample of so many pixels of a larger picture. */
const SAMPLE_STRIPS = 8, SAMPLE_PIXELS = 32_768;
/** What the sample may take as graphics, in bytes of the fast predictor: photographs take 0.85 and more, drawn pictures 0.55 and less. */
const SAMPLE_MARGIN = 0.75;

/** A sample that the fast predictor codes in at most so many bytes is blank: it does not tell what the rest is. */
const BLANK_BYTES = 64;

/** Whether a sample of a large picture is smaller as graphics: the coder takes 30 seconds per megapixel of grain. */
function isWorthIt(values: Int32Array, bands: readonly BandShape[]): boolean {
  const { width, height } = bands[0], rows = Math.ceil(SAMPLE_PIXELS / SAMPLE_STRIPS / width);
  if (height < 4 * SAMPLE_STRIPS * rows) return true;
  const size = rows * width, count = SAMPLE_STRIPS * size, sample = new Int32Array(bands.length * count);
  bands.forEach(({ offset }, i) => {
    for (let strip = 0; strip < SAMPLE_STRIPS; strip++) {
      const first = offset + firstRowOfStrip(strip, SAMPLE_STRIPS, height, rows) * width;
      sample.set(values.subarray(first, first + size), i * count + strip * size);
    }
  });
  const sampled = bands.map((band, i) => ({ ...band, height: SAMPLE_STRIPS * rows, offset: i * count }));
  if (hasAlphaPlane(bands)) hideClearColours(sample, sampled); // noise there says nothing of what is drawn
  const graphics = encodeGraphicsSection(sample, sampled);
  if (graphics === undefined) return false;
  const others = encodeSamples(sample, sampled, sampleLevel(1)).length;
  return others <= BLANK_BYTES || graphics.length <= SAMPLE_MARGIN * others;
}

/** Makes the colours 0 that cannot be seen. */
function hideClearColours(values: Int32Array, bands: readonly BandShape[]): void {
  const clear = clearValue(values, bands), alpha = bands[bands.length - 1];
  for (const { offset } of bands.slice(0, -1)) {
    for (let i = 0; i < alpha.width * alpha.height; i++) {
      if (values[alpha.offset + i] === clear) values[offset + i] = 0;
    }
  }
}

/** How many times smaller than the fast predictor's sections those of the best one are at most: 2.1 were seen. */
const PREDICTOR_MARGIN = 3;

/** Whether no predictor can be smaller, by what the fast one makes of the colours. */
function isMuchSmaller(graphics: Uint8Array, values: Int32Array, bands: readonly BandShape[]): boolean {
  const colours = hasAlphaPlane(bands) ? splitPlanes(values, bands)[0] : { values, bands };
  return PREDICTOR_MARGIN * graphics.length <
    encodeSamples(colours.values, colours.bands, sampleLevel(1)).length;
}

/** Encodes colours and alpha, the last plane, as sections of their own. */
export function encodeSplit(values: Int32Array, bands: readonly BandShape[], effort: number): Uint8Array {
  const [colours, alpha] = splitPlanes(values, bands).map((part) =>
    encodeLosslessSection(part.values, part.bands, effort)
  );
  return joinSections(SPLIT_MARK, colours, alpha);
}

function decodeSplit(bytes: Uint8Array, values: Int32Array, bands: readonly BandShape[]): void {
  if (!hasAlphaPlane(bands) || bytes[0] !== SPLIT_MARK) {
    throw new EntropyError(
      "entropy-corrupt",
      `Cannot decode ${bands.length} planes as colours and alpha: there must be 2 or 4 and a section that starts with ` +
        `${SPLIT_MARK} (got ${bytes[0]}). Fetch the section again.`,
    );
  }
  const sections = separateSections(bytes);
  splitPlanes(values, bands).forEach((part, i) =>
    decodeLosslessSection(sections[i], part.values, part.bands)
  );
}
