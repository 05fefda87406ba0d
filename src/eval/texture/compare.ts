import { comparable } from "../../kernels/cpu/metrics/samples.ts";
import type { Samples8 } from "../../kernels/cpu/metrics/mod.ts";
import { meanOf } from "../mean.ts";
import { type BlockStatistics, TEXTURE_MIN_SIDE, textureStatistics } from "./statistics.ts";

export { TEXTURE_MIN_SIDE };

/** Smallest energy of a source that counts: a source without detail is not divided by 0. */
const LEAST_ENERGY = 1e-9;

/**
 * Texture error: how far the local statistics of fine detail moved. Per feature (see `textureStatistics`) it is the
 * squared Wasserstein distance between Gaussians of the blocks' means and deviations, over the energy of the source:
 *
 * ```
 * mean((m₁ − m₂)² + (s₁ − s₂)²) / mean(s₁²)
 * ```
 *
 * The result is the mean over the nine features. It tells blur and invented noise, which MS-SSIM and SSIMULACRA2
 * hardly count, and forgives detail that moved within its block.
 *
 * @param source The source, both sides at least {@linkcode TEXTURE_MIN_SIDE} pixels.
 * @param distorted The distorted picture, of the same size.
 * @returns 0 for equal pictures, about 1 where all detail is lost, without an upper bound.
 * @throws InvalidValueError ("picture-mismatch") when the pictures cannot be compared; RangeError when they are too small.
 */
export function textureError(source: Samples8, distorted: Samples8): number {
  const [before, after] = statisticsOfPair(source, distorted);
  const errors = before.map((one, feature) => {
    const other = after[feature], blocks = one.mean.length;
    let error = 0, energy = 0;
    for (let i = 0; i < blocks; i++) {
      error += (one.mean[i] - other.mean[i]) ** 2 + (one.deviation[i] - other.deviation[i]) ** 2;
      energy += one.deviation[i] ** 2;
    }
    return error / blocks / Math.max(energy / blocks, LEAST_ENERGY);
  });
  return meanOf(errors);
}

/**
 * Fine energy: the mean deviation of the finest octave over blocks, as a share of the source's.
 *
 * @param source The source, both sides at least {@linkcode TEXTURE_MIN_SIDE} pixels.
 * @param distorted The distorted picture, of the same size.
 * @returns 1 where the energy is kept, less for blur, more for noise; 1 where neither picture has any.
 * @throws InvalidValueError ("picture-mismatch") when the pictures cannot be compared; RangeError when they are too small.
 */
export function fineEnergy(source: Samples8, distorted: Samples8): number {
  const [[{ deviation: before }], [{ deviation: after }]] = statisticsOfPair(source, distorted);
  return Math.max(meanOf(after), LEAST_ENERGY) / Math.max(meanOf(before), LEAST_ENERGY);
}

/**
 * Statistics of pictures that were compared already: both metrics need them, and a source meets many files. Samples
 * may not change between two calls with the same object.
 */
const known = new WeakMap<Samples8, BlockStatistics[]>();

function statisticsOfPair(source: Samples8, distorted: Samples8): [BlockStatistics[], BlockStatistics[]] {
  const { strides } = comparable(source, distorted), { width, height } = source;
  if (Math.min(width, height) < TEXTURE_MIN_SIDE) {
    throw new RangeError(
      `Cannot compare texture as both sides must be at least ${TEXTURE_MIN_SIDE} pixels (got ${width}×${height}). ` +
        "Use a larger picture.",
    );
  }
  const of = (picture: Samples8, stride: number) => {
    const statistics = known.get(picture) ?? textureStatistics(picture, stride);
    known.set(picture, statistics);
    return statistics;
  };
  return [of(source, strides[0]), of(distorted, strides[1])];
}
