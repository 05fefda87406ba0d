/** Planes of samples as a section of the coder of graphics. docs/specification/7-graphics-coder.md specifies the stream. */

import type { BandShape } from "../bands.ts";
import { EntropyError } from "../errors.ts";
import { hasAlphaPlane } from "./alpha_split.ts";
import { decodeGraphics, encodeGraphics, type GraphicsShape, MAX_GRAPHICS_PIXELS } from "../graphics/mod.ts";

/** First byte of a section; the predictor's sections start with a smaller number in their low five bits. */
export const GRAPHICS_MARK = 31;
/** Bytes before the stream: the mark and the bits per sample. */
const HEADER_BYTES = 2;
/** Rectangles of so few pixels are always worth a try. */
const SMALL_PIXELS = 4096;
/** Least share of pixels that all neighbours before them equal, for a try of more pixels than that: photographs have 0.18 at most. */
const LEAST_FLAT = 0.2;
/** Least share of pixels whose colour a neighbour has, for the same, and in pictures of at most so many pixels. */
const LEAST_REPEATS = 0.75, LEAST_REPEATS_OF_FEW = 0.25, FEW_PIXELS = 65_536;
/** Least number of pixels per colour, for a try of pictures that repeat less: dithered ones. */
const LEAST_PIXELS_PER_COLOUR = 64;
/** Most shades of grey for the same: photographs have about 200. */
const MOST_SHADES = 64;

/**
 * Whether the coder of graphics takes planes of this shape.
 *
 * @param bands The planes, all of one size.
 */
function canBeGraphics(bands: readonly BandShape[]): boolean {
  const { width, height } = bands[0];
  return bands.length <= 4 && width * height <= MAX_GRAPHICS_PIXELS;
}

/**
 * Channels of the coder of graphics for so many planes: it has no grey with alpha.
 *
 * @param planes 1 … 4.
 */
export function graphicsChannels(planes: number): number {
  return planes === 2 ? 4 : planes;
}

/**
 * Whether the coder of graphics is worth a try: it takes longer than the predictor and is of no use for photographs.
 *
 * @param values Channel by channel, row by row.
 * @param bands The planes, all of one size.
 */
export function mayBeGraphics(values: Int32Array, bands: readonly BandShape[]): boolean {
  const { width, height } = bands[0], pixels = width * height;
  if (!canBeGraphics(bands)) return false;
  if (pixels <= SMALL_PIXELS) return true;
  const colours = new Set<number>();
  const mostColours = Math.min(bands.length > 2 ? Infinity : MOST_SHADES, pixels / LEAST_PIXELS_PER_COLOUR);
  const clear = hasAlphaPlane(bands) ? clearValue(values, bands) : undefined;
  const alphaStart = bands[bands.length - 1].offset;
  let above = new Int32Array(width), here = new Int32Array(width), flat = 0, repeats = 0;
  for (let y = 0; y < height; y++) {
    [above, here] = [here, above];
    const first = y * width;
    here.fill(0);
    for (const { offset } of bands) addToHashes(here, values, offset + first);
    // Pixels that cannot be seen count as equal.
    if (clear !== undefined) {
      for (let x = 0; x < width; x++) if (values[alphaStart + first + x] === clear) here[x] = clear;
    }
    if (colours.size <= mostColours) { for (const hash of here) colours.add(hash); }
    const row = countRepeats(here, y > 0 ? above : undefined);
    flat += row.flat;
    repeats += row.repeats;
  }
  const leastRepeats = pixels <= FEW_PIXELS ? LEAST_REPEATS_OF_FEW : LEAST_REPEATS;
  return flat >= LEAST_FLAT * pixels || repeats >= leastRepeats * pixels || colours.size <= mostColours;
}

/** Adds a channel to the hashes of a row's colours: that two colours have one is rare and harmless. */
function addToHashes(hashes: Int32Array, values: Int32Array, from: number): void {
  for (let x = 0; x < hashes.length; x++) {
    const mixed = Math.imul(hashes[x] ^ values[from + x], 0x2c1b3c6d);
    hashes[x] = mixed ^ mixed >>> 15;
  }
}

/** How many pixels of a row have the colour of one of the four neighbours before them, and how many that of all four. */
function countRepeats(here: Int32Array, above: Int32Array | undefined): { repeats: number; flat: number } {
  let repeats = 0, flat = 0;
  for (let x = 0; x < here.length; x++) {
    const colour = here[x];
    const equal = Number(x > 0 && colour === here[x - 1]) +
      (above === undefined ? 0 : Number(colour === above[x]) + Number(x > 0 && colour === above[x - 1]) +
        Number(x + 1 < here.length && colour === above[x + 1]));
    if (equal > 0) repeats++;
    if (equal === 4) flat++;
  }
  return { repeats, flat };
}

/**
 * Encodes planes of one size: a centred one, or three that are G, centred, R − G and B − G; a second or fourth is alpha,
 * centred.
 *
 * @param values Channel by channel, row by row.
 * @param bands The planes.
 * @returns The section's bytes; `undefined` where a sample has more than 16 bits or there are too many planes or pixels.
 */
export function encodeGraphicsSection(
  values: Int32Array,
  bands: readonly BandShape[],
): Uint8Array | undefined {
  if (!canBeGraphics(bands)) return undefined;
  const narrow = samplesOf(values, bands, 8), bitDepth = narrow ? 8 : 16;
  const samples = narrow ?? samplesOf(values, bands, bitDepth);
  if (!samples) return undefined;
  const coded = encodeGraphics(samples, shapeOf(bands, bitDepth));
  const section = new Uint8Array(HEADER_BYTES + coded.length);
  section[0] = GRAPHICS_MARK;
  section[1] = bitDepth;
  section.set(coded, HEADER_BYTES);
  return section;
}

/**
 * Decodes {@linkcode encodeGraphicsSection}'s section.
 *
 * @param bytes The section's bytes.
 * @param values Written, channel by channel.
 * @param bands The planes.
 * @throws {EntropyError} `entropy-corrupt` when the bytes are damaged.
 */
export function decodeGraphicsSection(
  bytes: Uint8Array,
  values: Int32Array,
  bands: readonly BandShape[],
): void {
  const { width, height } = bands[0], bitDepth = bytes[1];
  const isKnown = bytes[0] === GRAPHICS_MARK && (bitDepth === 8 || bitDepth === 16);
  if (!isKnown || !canBeGraphics(bands)) {
    throw new EntropyError(
      "entropy-corrupt",
      `Cannot decode ${bands.length} planes of ${width}×${height} samples as graphics: their section must start with ` +
        `${GRAPHICS_MARK} and 8 or 16 (got ${bytes[0]} and ${bitDepth}). Fetch the section again.`,
    );
  }
  const samples = decodeGraphics(bytes.subarray(HEADER_BYTES), shapeOf(bands, bitDepth));
  const half = 2 ** (bitDepth - 1), pixels = width * height, stride = graphicsChannels(bands.length);
  const [first, red, blue] = bands.map(({ offset }) => offset), isColour = bands.length > 2;
  for (let i = 0, at = 0; i < pixels; i++, at += stride) {
    const green = samples[isColour ? at + 1 : at];
    values[first + i] = green - half;
    if (!isColour) continue;
    values[red + i] = samples[at] - green;
    values[blue + i] = samples[at + 2] - green;
  }
  if (!hasAlphaPlane(bands)) return;
  const alpha = bands[bands.length - 1].offset;
  for (let i = 0, at = 3; i < pixels; i++, at += stride) values[alpha + i] = samples[at] - half;
}

/** What alpha is in pixels that cannot be seen: the least it can be. */
export function clearValue(values: Int32Array, bands: readonly BandShape[]): number {
  const { offset, width, height } = bands[bands.length - 1];
  let least = 0;
  for (let i = offset; i < offset + width * height; i++) least = Math.min(least, values[i]);
  return least;
}

/** Interleaved samples of so many bits; `undefined` when one has more. */
function samplesOf(
  values: Int32Array,
  bands: readonly BandShape[],
  bitDepth: number,
): Uint8Array | Uint16Array | undefined {
  const pixels = bands[0].width * bands[0].height, half = 2 ** (bitDepth - 1), most = 2 * half - 1;
  const stride = graphicsChannels(bands.length), isColour = bands.length > 2;
  const samples = bitDepth === 8 ? new Uint8Array(stride * pixels) : new Uint16Array(stride * pixels);
  const alpha = hasAlphaPlane(bands) ? bands[bands.length - 1].offset : undefined;
  let bits = 0; // of all samples; negative when one is
  for (let i = 0, at = 0; i < pixels; i++, at += stride) {
    const first = values[bands[0].offset + i] + half;
    const red = isColour ? first + values[bands[1].offset + i] : first;
    const blue = isColour ? first + values[bands[2].offset + i] : first;
    bits |= red | first | blue;
    samples[at] = red;
    if (stride === 1) continue;
    samples[at + 1] = first;
    samples[at + 2] = blue;
    if (alpha === undefined) continue;
    const opacity = values[alpha + i] + half;
    bits |= opacity;
    samples[at + 3] = opacity;
  }
  return bits >= 0 && bits <= most ? samples : undefined;
}

function shapeOf(bands: readonly BandShape[], bitDepth: number): GraphicsShape {
  const { width, height } = bands[0];
  return { width, height, channels: graphicsChannels(bands.length), bitDepth };
}
