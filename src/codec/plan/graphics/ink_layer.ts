import type { PictureLike } from "../../../world.ts";
import { withoutHiddenColours } from "../../streams/hidden_samples.ts";
import type { LayeredPicture } from "./graphics_layer.ts";
import { FULL_COVERAGE, type PageInk } from "./page_coverage.ts";

/** Ink has a pixel of so much coverage among its neighbours or is one: single grains of paper have less. */
const LEAST_STROKE = 0.45 * FULL_COVERAGE;
/** Inks whose samples differ by about so many levels are told apart, and papers whose light does. */
const HUE_LEVELS = 64, PAPER_LEVELS = 12;
/** So far from ink, in pixels, paper is darkened by it. */
const HALO_PIXELS = 2;

/**
 * Takes the ink out of a page: the layer holds it in few shades, below is the paper without it.
 *
 * @param picture 8 bits per sample, opaque.
 * @param ink What was found on it.
 * @param shades How many shades of ink there are, from paper's own to full ink; paper's is not in the layer.
 */
export function inkLayer(picture: PictureLike, ink: PageInk, shades: number): LayeredPicture {
  const { data, width, height } = picture;
  const classes = classesOf(picture, ink, shades), colours = meanColours(data, classes);
  const layer = new Uint8ClampedArray(data.length), open = new Uint8ClampedArray(data);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (classes[i] === 0) continue;
      layer.set(colours.get(classes[i])!, 4 * i);
      for (let row = Math.max(0, y - HALO_PIXELS); row <= Math.min(height - 1, y + HALO_PIXELS); row++) {
        const first = Math.max(0, x - HALO_PIXELS), last = Math.min(width - 1, x + HALO_PIXELS);
        for (let column = first; column <= last; column++) open[4 * (row * width + column) + 3] = 0;
      }
    }
  }
  const { data: below } = withoutHiddenColours({ data: open, width, height });
  for (let i = 3; i < below.length; i += 4) below[i] = 255;
  return { layer: { data: layer, width, height }, below: { data: below, width, height } };
}

/** Of each pixel of ink a number of its shade, of the hue of the most ink beside it, and of the light of its paper; 0 for paper. */
function classesOf(picture: PictureLike, { coverage, paper }: PageInk, shades: number): Uint32Array {
  const { data, width, height } = picture;
  return Uint32Array.from(coverage, (own, i) => {
    const shade = Math.round(own * (shades - 1) / FULL_COVERAGE);
    if (shade === 0) return 0;
    const darkest = darkestBeside(coverage, width, height, i);
    if (coverage[darkest] < LEAST_STROKE) return 0;
    const green = data[4 * darkest + 1];
    const redness = Math.round((data[4 * darkest] - green) / HUE_LEVELS) + 4;
    const blueness = Math.round((data[4 * darkest + 2] - green) / HUE_LEVELS) + 4;
    return ((redness << 4 | blueness) << 8 | Math.round(paper[i] / PAPER_LEVELS)) << 8 | shade;
  });
}

/** The pixel with the most ink among a pixel and those around it. */
function darkestBeside(coverage: Uint8Array, width: number, height: number, i: number): number {
  const x = i % width, y = (i - x) / width;
  let darkest = i;
  for (let row = Math.max(0, y - 1); row <= Math.min(height - 1, y + 1); row++) {
    const last = row * width + Math.min(width - 1, x + 1);
    for (let at = row * width + Math.max(0, x - 1); at <= last; at++) {
      if (coverage[at] > coverage[darkest]) darkest = at;
    }
  }
  return darkest;
}

/** The mean colour of the pixels of each class but 0, opaque. */
function meanColours(data: PictureLike["data"], classes: Uint32Array): Map<number, number[]> {
  const sums = new Map<number, number[]>();
  for (let i = 0; i < classes.length; i++) {
    if (classes[i] === 0) continue;
    let sum = sums.get(classes[i]);
    if (!sum) sums.set(classes[i], sum = [0, 0, 0, 0]);
    for (let channel = 0; channel < 4; channel++) sum[channel] += data[4 * i + channel];
  }
  // Alpha is 255 everywhere: its sum counts the pixels.
  return new Map(
    [...sums].map(([number, sum]) => [number, sum.map((value) => Math.round(255 * value / sum[3]))]),
  );
}
