import { blurPlane } from "./truncated_cosine.ts";

/** Stabilises the contrast term where both pictures are flat. */
const C2 = 0.0009;

/** One kind of error over one plane, pooled in two ways. */
export interface PooledError {
  /** The mean. */
  readonly norm1: number;
  /** The fourth root of the mean fourth power, which the worst places dominate. */
  readonly norm4: number;
}

/** SSIMULACRA2's three kinds of error on one plane of one scale; all are 0 for equal planes. */
export interface PlaneErrors {
  /** Loss of structure: 1 − a variant of SSIM whose luminance term is 1 − (μ₁ − μ₂)². */
  readonly structure: PooledError;
  /** Edges where the source has none: ringing, blocking, banding. */
  readonly artefact: PooledError;
  /** Edges lost from the source: blurring, smearing. */
  readonly detailLost: PooledError;
}

/** A plane of the source and its blurred form, which every comparison needs. */
export interface SourcePlane {
  /** Row-major samples. */
  readonly samples: Float32Array;
  /** The same through the low-pass filter. */
  readonly mean: Float32Array;
}

/**
 * Prepares a plane of the source.
 *
 * @param samples The source's plane.
 * @param width Samples in a row.
 * @param height Rows.
 * @returns The plane with its mean.
 */
export function sourcePlane(samples: Float32Array, width: number, height: number): SourcePlane {
  const mean = new Float32Array(samples.length);
  blurPlane(samples, width, height, mean);
  return { samples, mean };
}

/**
 * Compares one plane of two pictures.
 *
 * @param source The source's plane.
 * @param distorted The distorted picture's plane.
 * @param width Samples in a row.
 * @param height Rows.
 * @returns The errors.
 */
export function planeErrors(
  { samples: source, mean: mean1 }: SourcePlane,
  distorted: Float32Array,
  width: number,
  height: number,
): PlaneErrors {
  const mean2 = new Float32Array(source.length), plane = new Float32Array(source.length);
  const squares = new Float32Array(source.length), products = new Float32Array(source.length);
  blurPlane(distorted, width, height, mean2);
  // The two variances enter only as their sum.
  for (let i = 0; i < plane.length; i++) plane[i] = source[i] * source[i] + distorted[i] * distorted[i];
  blurPlane(plane, width, height, squares);
  for (let i = 0; i < plane.length; i++) plane[i] = source[i] * distorted[i];
  blurPlane(plane, width, height, products);

  const structure = new Pool(), artefact = new Pool(), detailLost = new Pool();
  for (let i = 0; i < source.length; i++) {
    const m1 = mean1[i], m2 = mean2[i];
    const contrast = (2 * (products[i] - m1 * m2) + C2) / (squares[i] - m1 * m1 - m2 * m2 + C2);
    structure.add(Math.max(0, 1 - (1 - (m1 - m2) ** 2) * contrast));
    const edges = (1 + Math.abs(distorted[i] - m2)) / (1 + Math.abs(source[i] - m1)) - 1;
    if (edges > 0) artefact.add(edges);
    else detailLost.add(-edges);
  }
  return {
    structure: structure.over(source.length),
    artefact: artefact.over(source.length),
    detailLost: detailLost.over(source.length),
  };
}

class Pool {
  #sum = 0;
  #sumOfFourthPowers = 0;

  add(value: number): void {
    const square = value * value;
    this.#sum += value;
    this.#sumOfFourthPowers += square * square;
  }

  over(count: number): PooledError {
    return { norm1: this.#sum / count, norm4: (this.#sumOfFourthPowers / count) ** 0.25 };
  }
}
