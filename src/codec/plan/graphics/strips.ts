import { firstRowOfStrip } from "../../../entropy/lossless/strips.ts";
import type { PictureLike } from "../../../world.ts";

/** Smaller pictures are coded in less time than it takes to say that they need not be. */
const LEAST_PIXELS = 2 ** 20;
/** Number of strips, and the share of the rows that all strips together are. */
const STRIPS = 16, SHARE = 1 / 8;

/** Whole rows of a picture that stand for it. */
export interface Strips {
  /** The rows, strip below strip. */
  readonly sample: PictureLike;
  /** Pixels of the picture per pixel of the sample. */
  readonly scale: number;
}

/**
 * Strips of rows from all parts of a large picture: what they take as graphics tells about how many bytes all of it takes.
 *
 * @param picture 8 bits per sample.
 * @returns `undefined` for pictures of less than 2²⁰ pixels, and for those of few rows.
 */
export function stripsOf({ data, width, height }: PictureLike): Strips | undefined {
  const rows = Math.floor(SHARE * height / STRIPS);
  if (width * height < LEAST_PIXELS || rows === 0) return undefined;
  const rowLength = 4 * width, samples = new Uint8ClampedArray(STRIPS * rows * rowLength);
  for (let strip = 0; strip < STRIPS; strip++) {
    const from = firstRowOfStrip(strip, STRIPS, height, rows) * rowLength;
    samples.set(data.subarray(from, from + rows * rowLength), strip * rows * rowLength);
  }
  return { sample: { data: samples, width, height: STRIPS * rows }, scale: height / (STRIPS * rows) };
}
