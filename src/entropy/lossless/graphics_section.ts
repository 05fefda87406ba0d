/** Planes of samples as a section of the coder of graphics. docs/specification/7-graphics-coder.md specifies the stream. */

import type { BandShape } from "../bands.ts";
import { EntropyError } from "../errors.ts";
import { decodeGraphics, encodeGraphics, type GraphicsShape, MAX_GRAPHICS_PIXELS } from "../graphics/mod.ts";

/** First byte of a section; the predictor's sections start with a smaller number in their low five bits. */
export const GRAPHICS_MARK = 31;
/** Bytes before the stream: the mark and the bits per sample. */
const HEADER_BYTES = 2;
/** Rectangles of so few pixels are always worth a try. */
const SMALL_PIXELS = 2 ** 12;
/** Least share of pixels whose colour a neighbour has, for a try of more pixels than that. */
const LEAST_REPEATS = 1 / 4;
/** Least number of pixels per colour, for a try of pictures that repeat less: dithered ones. */
const LEAST_PIXELS_PER_COLOUR = 64;

/**
 * Whether the coder of graphics takes planes of this shape.
 *
 * @param bands The planes, all of one size.
 */
export function canBeGraphics(bands: readonly BandShape[]): boolean {
  const { width, height } = bands[0];
  return (bands.length === 1 || bands.length === 3) && width * height <= MAX_GRAPHICS_PIXELS;
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
  const colours = new Set<number>(), mostColours = pixels / LEAST_PIXELS_PER_COLOUR;
  const colourAt = (place: number) => {
    let colour = 0;
    for (const { offset } of bands) colour = 131072 * colour + values[offset + place];
    return colour;
  };
  let repeats = 0;
  for (let y = 0, place = 0; y < height; y++) {
    for (let x = 0; x < width; x++, place++) {
      const colour = colourAt(place);
      if (colours.size <= mostColours) colours.add(colour);
      const isRepeated = (x > 0 && colour === colourAt(place - 1)) ||
        (y > 0 && (colour === colourAt(place - width) ||
          (x > 0 && colour === colourAt(place - width - 1)) ||
          (x + 1 < width && colour === colourAt(place - width + 1))));
      if (isRepeated) repeats++;
    }
  }
  return repeats >= LEAST_REPEATS * pixels || colours.size <= mostColours;
}

/**
 * Encodes planes of one size: a centred one, or three that are G, centred, R − G and B − G.
 *
 * @param values Channel by channel, row by row; at most 16 bits per sample.
 * @param bands The planes.
 * @returns The section's bytes.
 */
export function encodeGraphicsSection(values: Int32Array, bands: readonly BandShape[]): Uint8Array {
  const bitDepth = samplesOf(values, bands, 8) ? 8 : 16;
  const samples = samplesOf(values, bands, bitDepth);
  if (!samples) {
    throw new EntropyError(
      "entropy-range",
      "Cannot code samples as graphics: each must have at most 16 bits; use another coder",
    );
  }
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
        `${GRAPHICS_MARK} and 8 or 16 (got ${bytes[0]} and ${bitDepth}); fetch the section again`,
    );
  }
  const samples = decodeGraphics(bytes.subarray(HEADER_BYTES), shapeOf(bands, bitDepth));
  const half = 2 ** (bitDepth - 1), pixels = width * height;
  if (bands.length === 1) {
    for (let i = 0; i < pixels; i++) values[bands[0].offset + i] = samples[i] - half;
    return;
  }
  const [green, red, blue] = bands.map(({ offset }) => offset);
  for (let i = 0, at = 0; i < pixels; i++, at += 3) {
    values[green + i] = samples[at + 1] - half;
    values[red + i] = samples[at] - samples[at + 1];
    values[blue + i] = samples[at + 2] - samples[at + 1];
  }
}

/** Interleaved samples of so many bits; `undefined` when one has more. */
function samplesOf(
  values: Int32Array,
  bands: readonly BandShape[],
  bitDepth: number,
): Uint8Array | Uint16Array | undefined {
  const pixels = bands[0].width * bands[0].height, half = 2 ** (bitDepth - 1), most = 2 * half - 1;
  const samples = bitDepth === 8
    ? new Uint8Array(bands.length * pixels)
    : new Uint16Array(bands.length * pixels);
  let bits = 0; // of all samples; negative when one is
  for (let i = 0; i < pixels; i++) {
    const first = values[bands[0].offset + i] + half;
    if (bands.length === 1) {
      bits |= first;
      samples[i] = first;
      continue;
    }
    const red = first + values[bands[1].offset + i], blue = first + values[bands[2].offset + i];
    bits |= red | first | blue;
    samples[3 * i] = red;
    samples[3 * i + 1] = first;
    samples[3 * i + 2] = blue;
  }
  return bits >= 0 && bits <= most ? samples : undefined;
}

function shapeOf(bands: readonly BandShape[], bitDepth: number): GraphicsShape {
  const { width, height } = bands[0];
  return { width, height, channels: bands.length, bitDepth };
}
