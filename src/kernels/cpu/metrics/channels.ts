import type { ScaledSamples } from "./samples.ts";
import type { PlanePair } from "./ssim_window.ts";

/**
 * Takes one channel out of two pictures.
 *
 * @param a The source.
 * @param b The distorted picture, of the same size.
 * @param strides Samples a pixel of either.
 * @param channel 0 red, 1 green, 2 blue.
 * @returns The channel's sum and difference.
 */
export function channelPair(
  a: ScaledSamples,
  b: ScaledSamples,
  strides: readonly [number, number],
  channel: number,
): PlanePair {
  const { width, height } = a;
  const sum = new Float32Array(width * height), difference = new Float32Array(width * height);
  for (
    let pixel = 0, i = channel, j = channel;
    pixel < sum.length;
    pixel++, i += strides[0], j += strides[1]
  ) {
    sum[pixel] = a.data[i] + b.data[j];
    difference[pixel] = a.data[i] - b.data[j];
  }
  return { sum, difference, width, height };
}

/**
 * Halves both sides by averaging 2×2 samples. An odd side gets one zero before its first sample, which counts in
 * the average (pytorch-msssim's `avg_pool2d(2, padding = size % 2)`).
 *
 * @param pair The channel.
 * @returns The channel at half the size, sides rounded up.
 */
export function poolPair(pair: PlanePair): PlanePair {
  const width = Math.ceil(pair.width / 2), height = Math.ceil(pair.height / 2);
  const pool = (plane: Float32Array) => poolPlane(plane, pair.width, pair.height);
  return { sum: pool(pair.sum), difference: pool(pair.difference), width, height };
}

/** {@linkcode poolPair} of one plane. */
export function poolPlane(plane: Float32Array, width: number, height: number): Float32Array {
  const pooledWidth = Math.ceil(width / 2), pooledHeight = Math.ceil(height / 2);
  const out = new Float32Array(pooledWidth * pooledHeight);
  const oddX = width % 2, oddY = height % 2;
  for (let y = 0, to = 0; y < pooledHeight; y++) {
    const lower = (2 * y + 1 - oddY) * width, upper = lower - width; // above the picture when y = 0 and odd
    for (let x = 0; x < pooledWidth; x++, to++) {
      const right = 2 * x + 1 - oddX, left = right - 1;
      let total = plane[lower + right];
      if (left >= 0) total += plane[lower + left];
      if (upper >= 0) {
        total += plane[upper + right];
        if (left >= 0) total += plane[upper + left];
      }
      out[to] = total / 4;
    }
  }
  return out;
}

/**
 * Adds to each sample's derivative what it gets from its mean: the transpose of {@linkcode poolPlane}.
 *
 * @param pooled Derivatives by the means, of half the size.
 * @param gradient Derivatives by the samples, added to.
 */
export function addUnpooled(
  pooled: Float32Array,
  gradient: Float32Array,
  width: number,
  height: number,
): void {
  const pooledWidth = Math.ceil(width / 2), oddX = width % 2, oddY = height % 2;
  for (let y = 0, to = 0; y < height; y++) {
    const row = ((y + oddY) >> 1) * pooledWidth;
    for (let x = 0; x < width; x++, to++) gradient[to] += pooled[row + ((x + oddX) >> 1)] / 4;
  }
}
