import { channelPair } from "./channels.ts";
import { comparableStrides, type Samples8 } from "./samples.ts";
import { ssimMeans } from "./ssim_window.ts";

/**
 * Structural similarity (Wang, Bovik, Sheikh, Simoncelli 2004) at the pictures' own resolution: 11×11 Gaussian
 * window of σ 1.5, windows wholly inside the picture, mean over red, green and blue.
 *
 * On a side shorter than 11 pixels the window is cut to the largest odd length that fits.
 *
 * @param a The source.
 * @param b The distorted picture, of the same size.
 * @returns −1 to 1, higher is better; 1 for equal pictures.
 * @throws RangeError When the pictures cannot be compared.
 */
export function ssim(a: Samples8, b: Samples8): number {
  const strides = comparableStrides(a, b);
  let total = 0;
  for (let channel = 0; channel < 3; channel++) total += ssimMeans(channelPair(a, b, strides, channel)).ssim;
  return total / 3;
}
