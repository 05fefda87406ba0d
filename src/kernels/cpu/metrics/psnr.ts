import type { PictureInput } from "../../../core/mod.ts";
import { comparable } from "./samples.ts";

/**
 * The mean squared error over the red, green and blue samples of two pictures.
 *
 * @param source The source.
 * @param distorted The distorted picture, of the same size; samples of 16 bits and floats count as parts of 255.
 * @returns The error, 0 to 65025.
 * @throws InvalidValueError ("picture-mismatch", "picture-type", "picture-size", "picture-data").
 */
export function meanSquaredError(source: PictureInput, distorted: PictureInput): number {
  const { a, b, strides: [strideA, strideB] } = comparable(source, distorted);
  const pixelCount = a.width * a.height;
  let sum = 0; // of bytes whole numbers below 2^53 as long as the picture has fewer than 2^36 pixels: exact
  for (let pixel = 0, i = 0, j = 0; pixel < pixelCount; pixel++, i += strideA, j += strideB) {
    const red = a.data[i] - b.data[j];
    const green = a.data[i + 1] - b.data[j + 1];
    const blue = a.data[i + 2] - b.data[j + 2];
    sum += red * red + green * green + blue * blue;
  }
  return sum / (3 * pixelCount);
}

/**
 * Peak signal-to-noise ratio over the red, green and blue samples, peak 255.
 *
 * @example One level off everywhere
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const a = { data: Uint8Array.of(10, 20, 30), width: 1, height: 1 };
 * const b = { data: Uint8Array.of(11, 21, 31), width: 1, height: 1 };
 * assertAlmostEquals(psnr(a, b), 48.1308, 1e-4);
 * ```
 *
 * @param source The source.
 * @param distorted The distorted picture, of the same size; samples of 16 bits and floats count as parts of 255.
 * @returns Decibels, higher is better; Infinity for equal pictures.
 * @throws InvalidValueError ("picture-mismatch", "picture-type", "picture-size", "picture-data").
 */
export function psnr(source: PictureInput, distorted: PictureInput): number {
  return psnrOfError(meanSquaredError(source, distorted));
}

/**
 * The ratio that belongs to a mean squared error, peak 255.
 *
 * @param meanSquaredError The error.
 * @returns Decibels; Infinity for 0.
 */
export function psnrOfError(meanSquaredError: number): number {
  return meanSquaredError === 0 ? Infinity : 10 * Math.log10(255 * 255 / meanSquaredError);
}
