import { comparableStrides, type Samples8 } from "./samples.ts";

/**
 * The mean squared error over the red, green and blue samples of two pictures.
 *
 * @param a The source.
 * @param b The distorted picture, of the same size.
 * @returns The error, 0 to 65025.
 * @throws RangeError When the pictures cannot be compared.
 */
export function meanSquaredError(a: Samples8, b: Samples8): number {
  const [strideA, strideB] = comparableStrides(a, b);
  const pixelCount = a.width * a.height;
  let sum = 0; // whole numbers below 2^53 as long as the picture has fewer than 2^36 pixels: exact
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
 * @param a The source.
 * @param b The distorted picture, of the same size.
 * @returns Decibels, higher is better; Infinity for equal pictures.
 * @throws RangeError When the pictures cannot be compared.
 */
export function psnr(a: Samples8, b: Samples8): number {
  return psnrOfError(meanSquaredError(a, b));
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
