import type { PictureLike } from "../../world.ts";
import { withoutHiddenColours } from "./hidden_samples.ts";

/** Passes over the faint pixels, forwards and backwards in turn: after them, colours change by less than a level. */
const PASSES = 16;

/** Larger pictures keep their colours: 16 bytes per pixel would be too much memory. */
const MOST_PIXELS = 2 ** 23;

/** How much a difference between neighbours weighs, beside one to the picture at full alpha. */
const USUAL_WEIGHT = 0.03;
/** Qualities from which on faint pixels keep their colours, and up to which the weight is the usual one. */
const EXACT_QUALITY = 90, USUAL_QUALITY = 50;

/** The weight for {@linkcode withSoftFaintColours} that suits a quality: fine steps keep edges apart by themselves. */
export function faintSmoothing(quality: number): number {
  const share = (EXACT_QUALITY - quality) / (EXACT_QUALITY - USUAL_QUALITY);
  return USUAL_WEIGHT * Math.max(0, Math.min(1, share));
}

/**
 * The picture with colours of faint pixels that come near those around them, the more the fainter they are: the black of a soft shadow
 * no longer meets a white card in a sharp edge, which lossy streams smear into the card. Pixels of full alpha keep their colours;
 * hidden pixels continue the new ones.
 *
 * Colours c with the least Σ a² · |c − s|² + weight · Σ |c − c of a neighbour|², for alpha a from 0 to 1 and the picture's colours s, by
 * Gauss and Seidel's method in a fixed order: the same on all machines.
 *
 * @param picture 8 bits per sample.
 * @param weight Of differences between neighbours; 0 changes nothing.
 * @returns Itself if no pixel is faint, or if it has more than 2^23 pixels.
 */
export function withSoftFaintColours<P extends PictureLike>(picture: P, weight: number): P {
  const isSmoothed = weight > 0 && picture.width * picture.height <= MOST_PIXELS;
  const faint = isSmoothed ? faintPixels(picture) : [];
  if (faint.length === 0) return picture;
  const { data, width } = picture, colours = Float32Array.from(data);
  for (let pass = 0; pass < PASSES; pass++) {
    for (let k = 0; k < faint.length; k++) {
      relax(picture, colours, faint[pass % 2 === 0 ? k : faint.length - 1 - k], weight, width);
    }
  }
  const soft = new Uint8ClampedArray(data);
  for (const pixel of faint) {
    for (let i = 4 * pixel; i < 4 * pixel + 3; i++) soft[i] = Math.round(colours[i]);
  }
  return withoutHiddenColours({ ...picture, data: soft });
}

/** Pixels that are seen but not opaque, in order. */
function faintPixels({ data }: PictureLike): number[] {
  const faint: number[] = [];
  for (let pixel = 0, i = 3; i < data.length; pixel++, i += 4) {
    if (data[i] > 0 && data[i] < 255) faint.push(pixel);
  }
  return faint;
}

/** Gives a pixel the colour that is best beside those of its neighbours. */
function relax(
  { data, height }: PictureLike,
  colours: Float32Array,
  pixel: number,
  weight: number,
  width: number,
): void {
  const i = 4 * pixel, column = pixel % width, own = (data[i + 3] / 255) ** 2;
  let sum = own, red = own * data[i], green = own * data[i + 1], blue = own * data[i + 2];
  const add = (from: number) => {
    if (data[from + 3] === 0) return;
    sum += weight;
    red += weight * colours[from];
    green += weight * colours[from + 1];
    blue += weight * colours[from + 2];
  };
  if (column > 0) add(i - 4);
  if (column + 1 < width) add(i + 4);
  if (pixel >= width) add(i - 4 * width);
  if (pixel < width * (height - 1)) add(i + 4 * width);
  colours[i] = red / sum;
  colours[i + 1] = green / sum;
  colours[i + 2] = blue / sum;
}
