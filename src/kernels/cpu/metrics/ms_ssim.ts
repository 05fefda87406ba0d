import type { PictureInput } from "../../../core/mod.ts";
import { channelPair, poolPair } from "./channels.ts";
import { comparable } from "./samples.ts";
import { type SsimMeans, ssimMeans, WINDOW_TAPS } from "./ssim_window.ts";

/** How much each scale counts, from the pictures' own resolution down (Wang, Simoncelli, Bovik 2003). */
const SCALE_WEIGHTS: readonly number[] = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333];

/**
 * Multi-scale structural similarity, in the convention of pytorch-msssim and CompressAI: five scales made by 2×2
 * mean pooling, 11×11 Gaussian windows of σ 1.5 wholly inside the picture, peak 255; the mean over red, green and
 * blue of each channel's own product.
 *
 * The convention needs 161 pixels on the shorter side. Smaller pictures use as many scales as keep 11 pixels
 * there (at least one), with the weights scaled to the same sum; such values compare only among pictures of like
 * size.
 *
 * | shorter side, px | ≤ 20 | 21–40 | 41–80 | 81–160 | ≥ 161 |
 * |---|---|---|---|---|---|
 * | scales | 1 | 2 | 3 | 4 | 5 |
 *
 * @param source The source.
 * @param distorted The distorted picture, of the same size; samples of 16 bits and floats count as parts of 255.
 * @returns 0 to 1, higher is better; 1 for equal pictures.
 * @throws InvalidValueError ("picture-mismatch", "picture-type", "picture-size", "picture-data").
 */
export function msSsim(source: PictureInput, distorted: PictureInput): number {
  const { a, b, strides } = comparable(source, distorted);
  const scaleCount = usableScales(Math.min(a.width, a.height));
  return msSsimOfMeans([0, 1, 2].map((channel) => {
    let pair = channelPair(a, b, strides, channel);
    return Array.from({ length: scaleCount }, (_, scale) => {
      if (scale > 0) pair = poolPair(pair);
      return ssimMeans(pair);
    });
  }));
}

/**
 * The score that belongs to the means of every channel at every scale, from the pictures' own resolution down.
 *
 * @param channels Means of each channel, one a scale.
 * @returns The mean of the channels' products.
 */
export function msSsimOfMeans(channels: readonly (readonly SsimMeans[])[]): number {
  const scaleCount = channels[0].length;
  const weights = scaleWeights(scaleCount);
  let total = 0;
  for (const scales of channels) {
    // A negative factor has no real power: it counts as no similarity at all.
    total += scales.reduce((product, { ssim, contrastStructure }, scale) => {
      const factor = scale === scaleCount - 1 ? ssim : contrastStructure;
      return product * Math.max(factor, 0) ** weights[scale];
    }, 1);
  }
  return total / channels.length;
}

/**
 * MS-SSIM on a logarithmic scale, which is what curves are drawn and compared in.
 *
 * @param value MS-SSIM, 0 to 1.
 * @returns −10·log₁₀(1 − value) in decibels; Infinity for 1.
 */
export function msSsimDecibels(value: number): number {
  return -10 * Math.log10(1 - value);
}

/** Weights of the first scales, with the sum of all. */
export function scaleWeights(count: number): number[] {
  const weights = SCALE_WEIGHTS.slice(0, count);
  const ratio = SCALE_WEIGHTS.reduce((x, y) => x + y) / weights.reduce((x, y) => x + y);
  return weights.map((weight) => weight * ratio);
}

/** Scales that keep a whole window on the shorter side, at least one. */
export function usableScales(shorterSide: number): number {
  let count = 1;
  for (let side = Math.ceil(shorterSide / 2); side >= WINDOW_TAPS && count < SCALE_WEIGHTS.length; count++) {
    side = Math.ceil(side / 2);
  }
  return count;
}
