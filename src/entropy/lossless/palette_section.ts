/** Sections of colours that are few: a palette, and the place of each pixel's colour in it, as one plane. */

import { bandLayout, type BandShape } from "../bands.ts";
import { EntropyError } from "../errors.ts";
import { bestOrder, type Colour } from "./palette_order.ts";
import { decodeSamples, encodeSamples, type SampleLevel } from "./samples.ts";
import { joinSections, separateSections } from "./section_parts.ts";

/** First byte of a section. */
export const PALETTE_MARK = 62;
/** Bytes before the packet of the palette: its length minus 1. */
const LENGTH_BYTES = 2;
/** Colours of a palette at most. */
const MOST_COLOURS = 1024;
/** A palette must have so many pixels per colour at least. */
const LEAST_PIXELS_PER_COLOUR = 16;
/** Values of samples of 16 bits are less than half of it; three of them make one number of 53 bits. */
const KEY_UNIT = 131_072;
/** Least share of the pixels whose colour none of four decoded neighbours has: others are better off as graphics. */
const LEAST_NEW = 0.25;

/**
 * Encodes three planes by a palette, in whose order colours that are neighbours in the picture lie side by side: false colours
 * of measurements, toned photographs. The places are then as smooth as what was coloured.
 *
 * @param values Channel by channel, row by row.
 * @param bands The planes.
 * @param level See `encodeSamples`.
 * @returns The section's bytes; `undefined` where there are too many colours or too few changes.
 */
export function encodePaletteSection(
  values: Int32Array,
  bands: readonly BandShape[],
  level: SampleLevel,
): Uint8Array | undefined {
  if (bands.length !== 3) return undefined;
  const found = coloursOf(values, bands);
  if (!found || newShare(found.numbers, bands[0].width) < LEAST_NEW) return undefined;
  const { colours, numbers } = found, count = colours.length, middle = count >> 1;
  const order = bestOrder(colours, numbers), placeOf = new Int32Array(count), shape = paletteBands(count);
  const palette = new Int32Array(3 * count);
  order.forEach((number, place) => {
    placeOf[number] = place - middle;
    shape.forEach(({ offset }, channel) => palette[offset + place] = colours[number][channel]);
  });
  const coded = encodeSamples(palette, shape, level), head = new Uint8Array(LENGTH_BYTES + coded.length);
  head[0] = count - 1;
  head[1] = (count - 1) >> 8;
  head.set(coded, LENGTH_BYTES);
  const places = numbers.map((number) => placeOf[number]);
  return joinSections(PALETTE_MARK, head, encodeSamples(places, placeBands(bands), level));
}

/**
 * Decodes {@linkcode encodePaletteSection}'s section. A place beyond the palette means its first or last colour.
 *
 * @param bytes The section's bytes.
 * @param values Written, channel by channel.
 * @param bands The three planes.
 * @throws {EntropyError} `entropy-corrupt` when the bytes are damaged.
 */
export function decodePaletteSection(
  bytes: Uint8Array,
  values: Int32Array,
  bands: readonly BandShape[],
): void {
  const [head, tail] = separateSections(bytes);
  if (bands.length !== 3) {
    throw new EntropyError(
      "entropy-corrupt",
      `Cannot decode planes by a palette: there must be 3 (got ${bands.length}). Fetch the section again.`,
    );
  }
  const [low = 0, high = 0] = head, last = low + 256 * high, shape = paletteBands(last + 1);
  const palette = new Int32Array(3 * (last + 1)), planes = placeBands(bands), [{ width, height }] = planes;
  decodeSamples(head.subarray(LENGTH_BYTES), palette, shape);
  const places = new Int32Array(width * height);
  decodeSamples(tail, places, planes);
  const middle = (last + 1) >> 1;
  for (let i = 0; i < places.length; i++) {
    const place = Math.max(0, Math.min(last, places[i] + middle));
    for (let channel = 0; channel < 3; channel++) {
      values[bands[channel].offset + i] = palette[shape[channel].offset + place];
    }
  }
}

/** The planes of a palette of so many colours: one row of each channel. */
function paletteBands(count: number): readonly BandShape[] {
  return bandLayout({ width: count, height: 1, channels: 3, levels: 0 });
}

/** The plane of the places. */
function placeBands([{ width, height }]: readonly BandShape[]): readonly BandShape[] {
  return bandLayout({ width, height, channels: 1, levels: 0 });
}

/** The colours by first appearance, and each pixel's number among them; `undefined` for too many. */
function coloursOf(
  values: Int32Array,
  bands: readonly BandShape[],
): { readonly colours: readonly Colour[]; readonly numbers: Int32Array } | undefined {
  const [first, second, third] = bands.map(({ offset }) => offset);
  const known = new Map<number, number>(), colours: Colour[] = [];
  const numbers = new Int32Array(bands[0].width * bands[0].height);
  const most = Math.min(MOST_COLOURS, numbers.length / LEAST_PIXELS_PER_COLOUR | 0);
  for (let i = 0; i < numbers.length; i++) {
    const colour: Colour = [values[first + i], values[second + i], values[third + i]];
    if (colour.some((value) => Math.abs(value) >= KEY_UNIT / 2)) return undefined;
    const key = (colour[0] * KEY_UNIT + colour[1]) * KEY_UNIT + colour[2];
    let number = known.get(key);
    if (number === undefined) {
      if (colours.length === most) return undefined;
      number = colours.push(colour) - 1;
      known.set(key, number);
    }
    numbers[i] = number;
  }
  return { colours, numbers };
}

/** Share of the pixels whose colour none of the neighbours on the left and above has. */
function newShare(numbers: Int32Array, width: number): number {
  let count = 0;
  for (let i = 0; i < numbers.length; i++) {
    const isNew = [1, width - 1, width, width + 1].every((back) => numbers[i] !== numbers[i - back]);
    if (isNew) count++;
  }
  return count / numbers.length;
}
