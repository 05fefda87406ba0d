import type { PictureInput } from "../../../core/mod.ts";
import { channelPair } from "./channels.ts";
import { comparable } from "./samples.ts";
import { ssimMeans } from "./ssim_window.ts";

/**
 * Structural similarity (Wang, Bovik, Sheikh, Simoncelli 2004) at the pictures' own resolution: 11×11 Gaussian
 * window of σ 1.5, windows wholly inside the picture, mean over red, green and blue.
 *
 * On a side shorter than 11 pixels the window is cut to the largest odd length that fits.
 *
 * @param source The source.
 * @param distorted The distorted picture, of the same size; samples of 16 bits and floats count as parts of 255.
 * @returns −1 to 1, higher is better; 1 for equal pictures.
 * @throws InvalidValueError ("picture-mismatch", "picture-type", "picture-size", "picture-data").
 */
export function ssim(source: PictureInput, distorted: PictureInput): number {
  const { a, b, strides } = comparable(source, distorted);
  let total = 0;
  for (let channel = 0; channel < 3; channel++) total += ssimMeans(channelPair(a, b, strides, channel)).ssim;
  return total / 3;
}
