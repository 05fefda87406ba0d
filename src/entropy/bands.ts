/**
 * Band geometry: which coefficients belong together, and in which order they are coded.
 *
 * Coding order: the LL band of channels 0..C-1, then from the coarsest level L down to level 1 the HL, LH and HH
 * bands, each for channels 0..C-1. A *section* is a run of that order, see {@linkcode sectionCount}.
 */

import { EntropyError } from "./errors.ts";

/** 0 LL, 1 HL, 2 LH, 3 HH; the first letter is horizontal (HL = high-pass along x). */
export type Orientation = 0 | 1 | 2 | 3;

/**
 * One subband of one channel. Its coefficients are row-major at `[offset, offset + width * height)` of the packed
 * array; width and height are in coefficients and may be 0.
 */
export interface BandShape {
  /** Wavelet level: 1 is the finest; the LL bands carry the coarsest level L (0 without a wavelet). */
  readonly level: number;
  /** Which of the four filters' products this is. */
  readonly orientation: Orientation;
  /** Channel index, 0..15. */
  readonly channel: number;
  /** Index of the first coefficient in the packed array. */
  readonly offset: number;
  /** Coefficients a row. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
}

/** A number of its own for every band of a picture. */
export function bandKey(level: number, orientation: number, channel: number): number {
  return (level * 4 + orientation) * MAX_CHANNELS + channel;
}

/** Most channels a picture may have. */
export const MAX_CHANNELS = 16;
/** Most wavelet levels. */
export const MAX_LEVELS = 10;
/** Most coefficients in one packed array (256 Mi, 1 GiB of i32). */
export const MAX_COEFFICIENTS: number = 2 ** 28;

/** Size of a picture of coefficients, see {@linkcode bandLayout}. */
export interface BandLayoutOptions {
  /** Samples a row of every channel before the transform. */
  readonly width: number;
  /** Rows of every channel before the transform. */
  readonly height: number;
  /** Number of channels, 1..16. */
  readonly channels: number;
  /** Number of wavelet levels, 0..10. */
  readonly levels: number;
}

/**
 * Lays out the bands of a dyadic transform in coding order, without gaps. A split of n samples gives ⌈n/2⌉ low and
 * ⌊n/2⌋ high coefficients.
 *
 * @param options Size, channels and levels.
 * @returns The bands; the last one ends at `width * height * channels`.
 * @throws {EntropyError} `entropy-bad-bands` when a number is out of range.
 */
export function bandLayout(options: BandLayoutOptions): BandShape[] {
  const { width, height, channels, levels } = options;
  checkInteger("width", width, 0, MAX_COEFFICIENTS);
  checkInteger("height", height, 0, MAX_COEFFICIENTS);
  checkInteger("channels", channels, 1, MAX_CHANNELS);
  checkInteger("levels", levels, 0, MAX_LEVELS);
  const lowWidths = [width];
  const lowHeights = [height];
  for (let level = 1; level <= levels; level++) {
    lowWidths.push((lowWidths[level - 1] + 1) >> 1);
    lowHeights.push((lowHeights[level - 1] + 1) >> 1);
  }
  const bands: BandShape[] = [];
  let offset = 0;
  const add = (level: number, orientation: Orientation, bandWidth: number, bandHeight: number): void => {
    for (let channel = 0; channel < channels; channel++) {
      bands.push({ level, orientation, channel, offset, width: bandWidth, height: bandHeight });
      offset += bandWidth * bandHeight;
    }
  };
  add(levels, 0, lowWidths[levels], lowHeights[levels]);
  for (let level = levels; level >= 1; level--) {
    const lowWidth = lowWidths[level];
    const lowHeight = lowHeights[level];
    const highWidth = lowWidths[level - 1] - lowWidth;
    const highHeight = lowHeights[level - 1] - lowHeight;
    add(level, 1, highWidth, lowHeight);
    add(level, 2, lowWidth, highHeight);
    add(level, 3, highWidth, highHeight);
  }
  checkBands(bands);
  return bands;
}

/** Pictures of fewer coefficients are one section: a stream's end state and the container's framing cost too much. */
const SINGLE_SECTION_COEFFICIENTS = 4096;
/** At most so many of the finest levels have a section of their own; the coarser ones share the first. */
const OWN_SECTION_LEVELS = 2;

/**
 * Number of sections: the first holds the LL bands and all levels but the two finest, those follow in one each. Small
 * pictures are one section.
 *
 * @param bands Bands in coding order.
 * @returns 0 without bands, else 1 to 3.
 */
export function sectionCount(bands: readonly BandShape[]): number {
  if (bands.length === 0) return 0;
  if (coefficientCount(bands) < SINGLE_SECTION_COEFFICIENTS) return 1;
  return 1 + Math.min(OWN_SECTION_LEVELS, coarsestLevel(bands));
}

/**
 * The bands of one section, in coding order.
 *
 * @param bands All bands in coding order.
 * @param section 0 … `sectionCount(bands) - 1`, coarse to fine.
 * @returns The bands of that section; possibly all empty.
 */
export function sectionBands(bands: readonly BandShape[], section: number): BandShape[] {
  const ownLevels = sectionCount(bands) - 1;
  return bands.filter((band) =>
    (band.orientation === 0 || band.level > ownLevels ? 0 : ownLevels + 1 - band.level) === section
  );
}

/**
 * Number of coefficients of the packed array.
 *
 * @param bands Bands in coding order.
 * @returns The end of the band that ends last.
 */
export function coefficientCount(bands: readonly BandShape[]): number {
  let end = 0;
  for (const band of bands) end = Math.max(end, band.offset + band.width * band.height);
  return end;
}

/**
 * Refuses a band table that breaks the coding order or the limits.
 *
 * @param bands The table to check.
 * @throws {EntropyError} `entropy-bad-bands`.
 */
export function checkBands(bands: readonly BandShape[]): void {
  let previousKey = -1;
  let end = 0;
  for (const [index, band] of bands.entries()) {
    checkInteger("level", band.level, 0, MAX_LEVELS);
    checkInteger("orientation", band.orientation, 0, 3);
    checkInteger("channel", band.channel, 0, MAX_CHANNELS - 1);
    checkInteger("width", band.width, 0, MAX_COEFFICIENTS);
    checkInteger("height", band.height, 0, MAX_COEFFICIENTS);
    if (band.offset !== end) {
      throw bad(`band ${index} must start at ${end} (got ${band.offset}). Pack the bands without gaps`);
    }
    end += band.width * band.height;
    if (end > MAX_COEFFICIENTS) {
      throw bad(
        `they must hold at most ${MAX_COEFFICIENTS} coefficients (got ${end}). Code the picture in tiles`,
      );
    }
    const coarseness = band.orientation === 0 ? 0 : 1 + MAX_LEVELS - band.level;
    const key = (coarseness * 4 + band.orientation) * MAX_CHANNELS + band.channel;
    if (key <= previousKey) {
      throw bad(
        `band ${index} must follow in coding order (got key ${key} after ${previousKey}). Use bandLayout()`,
      );
    }
    if (band.orientation !== 0 && band.level === 0) {
      throw bad(`detail band ${index} must have level 1 or more (got 0). Use bandLayout()`);
    }
    if (band.orientation === 0 ? band.level !== bands[0].level : band.level > bands[0].level) {
      throw bad(
        `band ${index} must have at most the level ${
          bands[0].level
        } of the LL bands (got ${band.level}). Use bandLayout()`,
      );
    }
    previousKey = key;
  }
  if (bands.length > 0 && bands[0].orientation !== 0) {
    throw bad(`the first band must be LL (got orientation ${bands[0].orientation}). Use bandLayout()`);
  }
}

function coarsestLevel(bands: readonly BandShape[]): number {
  let level = 0;
  for (const band of bands) level = Math.max(level, band.level);
  return level;
}

function checkInteger(name: string, value: number, least: number, most: number): void {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw bad(`${name} must be ${least} to ${most} (got ${value}). Use bandLayout()`);
  }
}

function bad(reason: string): EntropyError {
  return new EntropyError("entropy-bad-bands", `Cannot use the bands: ${reason}.`);
}
