import { cropSamples } from "../samples.ts";
import type { PictureLike } from "../../world.ts";

/** Side of a patch: nets look as far around a place. */
const PATCH_PIXELS = 128;
/** Patches at least and at most. Three are an eighth of 768 × 512 pixels. */
const FEWEST_PATCHES = 3, MOST_PATCHES = 12;
/** Of larger pictures a sample is this share, until it has the most patches. */
const SAMPLE_SHARE = 1 / 8;
/** Activity is summed over every so many rows and columns. */
const ACTIVITY_STRIDE = 2;

/**
 * A small picture that stands for a large one: patches side by side, taken at even ranks of their activity, so that flat and
 * busy places have their shares.
 *
 * @param picture RGBA, 8 bits.
 * @returns `undefined` where the sample would be more than {@linkcode SAMPLE_SHARE} of the picture.
 */
export function sampleOf({ data, width, height }: PictureLike): PictureLike | undefined {
  const columns = Math.floor(width / PATCH_PIXELS), rows = Math.floor(height / PATCH_PIXELS);
  const allowed = Math.floor(width * height * SAMPLE_SHARE / PATCH_PIXELS ** 2);
  if (allowed < FEWEST_PATCHES || columns * rows < FEWEST_PATCHES) return undefined;
  const count = Math.min(MOST_PATCHES, allowed, columns * rows);
  // What the patches do not cover is left out on all sides alike.
  const left = (width - columns * PATCH_PIXELS) >> 1, top = (height - rows * PATCH_PIXELS) >> 1;
  const patches = Array.from({ length: columns * rows }, (_, i) => {
    const x = left + i % columns * PATCH_PIXELS, y = top + Math.floor(i / columns) * PATCH_PIXELS;
    return { x, y, activity: activityOf(data, width, x, y) };
  }).sort((a, b) => a.activity - b.activity);
  const across = count <= FEWEST_PATCHES ? count : Math.ceil(Math.sqrt(count));
  const down = Math.floor(count / across);
  const sample = { width: across * PATCH_PIXELS, height: down * PATCH_PIXELS };
  const samples = new Uint8ClampedArray(4 * sample.width * sample.height);
  for (let i = 0; i < across * down; i++) {
    const rank = Math.floor(((i + 0.5) / (across * down)) * patches.length);
    const { x, y } = patches[rank];
    const patch = cropSamples({ data: data as Uint8ClampedArray<ArrayBuffer>, width, height }, {
      x,
      y,
      width: PATCH_PIXELS,
      height: PATCH_PIXELS,
    });
    const to = { x: i % across * PATCH_PIXELS, y: Math.floor(i / across) * PATCH_PIXELS };
    for (let row = 0; row < PATCH_PIXELS; row++) {
      const line = patch.subarray(4 * row * PATCH_PIXELS, 4 * (row + 1) * PATCH_PIXELS);
      samples.set(line, 4 * ((to.y + row) * sample.width + to.x));
    }
  }
  return { data: samples, ...sample };
}

/** Sum of the differences of green between neighbours in a patch. */
function activityOf(data: PictureLike["data"], width: number, x: number, y: number): number {
  let sum = 0;
  for (let row = y; row < y + PATCH_PIXELS - 1; row += ACTIVITY_STRIDE) {
    for (let column = x; column < x + PATCH_PIXELS - 1; column += ACTIVITY_STRIDE) {
      const i = 4 * (row * width + column) + 1;
      sum += Math.abs(data[i] - data[i + 4]) + Math.abs(data[i] - data[i + 4 * width]);
    }
  }
  return sum;
}
