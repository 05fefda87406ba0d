import { addUnpooled, poolPlane } from "./channels.ts";
import { scaleWeights, usableScales } from "./ms_ssim.ts";
import type { Samples8 } from "./samples.ts";
import { C1, C2, gaussianWindow } from "./ssim_window.ts";

/** Factors of a product below this count as it: at 0 a product has no slope. */
const LEAST_FACTOR = 1e-4;

/** The source's channel at one scale, and what the windows say of it. */
interface SourceScale {
  readonly width: number;
  readonly height: number;
  /** Samples, 0 to 255. */
  readonly plane: Float32Array;
  /** Mean a window. */
  readonly mean: Float32Array;
  /** Mean of the squares a window. */
  readonly square: Float32Array;
}

/** Derivatives of a scale's factor, not yet over the number of windows, by the windows' moments. */
interface ScaleSlopes {
  /** Mean of contrast and structure, of luminance too at the last scale. */
  readonly factor: number;
  /** By the mean of the shown. */
  readonly byMean: Float32Array;
  /** By the mean of its square. */
  readonly bySquare: Float32Array;
  /** By the mean of its product with the source. */
  readonly byProduct: Float32Array;
}

/**
 * MS-SSIM of pictures against one source, with its derivatives by every sample: what an encoder follows uphill. Defined as
 * `msSsim`, on samples that need not be whole.
 */
export class MsSsimGradient {
  readonly #channels: readonly (readonly SourceScale[])[];
  readonly #weights: readonly number[];

  /** @param source Compared with; what belongs to it alone is computed once. */
  constructor(source: Samples8) {
    const { width, height, data } = source, count = usableScales(Math.min(width, height));
    const stride = data.length / (width * height);
    this.#weights = scaleWeights(count);
    this.#channels = [0, 1, 2].map((channel) => {
      const plane = Float32Array.from({ length: width * height }, (_, i) => data[i * stride + channel]);
      const scales = [sourceScale(plane, width, height)];
      while (scales.length < count) {
        const { plane, width, height } = scales.at(-1)!;
        scales.push(
          sourceScale(poolPlane(plane, width, height), Math.ceil(width / 2), Math.ceil(height / 2)),
        );
      }
      return scales;
    });
  }

  /**
   * Scores a picture of the source's size.
   *
   * @param shown (H, W, 3) in [0, 1].
   * @param gradient (H, W, 3): set to the derivatives of the score by the values of `shown`.
   * @returns The score.
   */
  score(shown: Float32Array, gradient: Float32Array): number {
    let total = 0;
    for (const [channel, scales] of this.#channels.entries()) {
      const plane = new Float32Array(shown.length / 3);
      for (let i = 0; i < plane.length; i++) plane[i] = 255 * shown[3 * i + channel];
      const planes: Float32Array[] = [plane];
      for (const { width, height } of scales.slice(0, -1)) {
        planes.push(poolPlane(planes.at(-1)!, width, height));
      }
      const slopes = scales.map((scale, i) => slopesOf(scale, planes[i], i === scales.length - 1));
      const product = slopes.reduce((value, { factor }, i) => value * factor ** this.#weights[i], 1);
      let coarser: Float32Array | undefined;
      for (let i = scales.length - 1; i >= 0; i--) {
        const weight = product * this.#weights[i] / slopes[i].factor / slopes[i].byMean.length;
        const own = gradientOf(scales[i], planes[i], slopes[i], weight);
        if (coarser) addUnpooled(coarser, own, scales[i].width, scales[i].height);
        coarser = own;
      }
      for (let i = 0; i < plane.length; i++) gradient[3 * i + channel] = 255 / 3 * coarser![i];
      total += product / 3;
    }
    return total;
  }
}

function sourceScale(plane: Float32Array, width: number, height: number): SourceScale {
  const squares = plane.map((value) => value * value);
  return {
    width,
    height,
    plane,
    mean: windowMeans(plane, width, height),
    square: windowMeans(squares, width, height),
  };
}

function slopesOf(source: SourceScale, shown: Float32Array, withLuminance: boolean): ScaleSlopes {
  const { width, height, plane } = source, moment = new Float32Array(shown.length);
  const byMean = windowMeans(shown, width, height);
  for (let i = 0; i < moment.length; i++) moment[i] = shown[i] * shown[i];
  const bySquare = windowMeans(moment, width, height);
  for (let i = 0; i < moment.length; i++) moment[i] = shown[i] * plane[i];
  const byProduct = windowMeans(moment, width, height);
  let total = 0;
  // The moments of each window give way to the derivatives by them.
  for (let i = 0; i < byMean.length; i++) {
    const mean = byMean[i], sourceMean = source.mean[i];
    const covariance = byProduct[i] - mean * sourceMean;
    const variance = bySquare[i] - mean * mean, sourceVariance = source.square[i] - sourceMean * sourceMean;
    const below = variance + sourceVariance + C2, structure = (2 * covariance + C2) / below;
    let luminance = 1, ofLuminance = 0;
    if (withLuminance) {
      const belowMeans = mean * mean + sourceMean * sourceMean + C1;
      luminance = (2 * mean * sourceMean + C1) / belowMeans;
      ofLuminance = structure * 2 * (sourceMean - luminance * mean) / belowMeans;
    }
    total += luminance * structure;
    byMean[i] = ofLuminance + luminance * 2 * (structure * mean - sourceMean) / below;
    bySquare[i] = -luminance * structure / below;
    byProduct[i] = luminance * 2 / below;
  }
  return { factor: Math.max(LEAST_FACTOR, total / byMean.length), byMean, bySquare, byProduct };
}

/** From derivatives by the windows' moments to those by the samples, times `weight`. */
function gradientOf(
  { width, height, plane }: SourceScale,
  shown: Float32Array,
  { byMean, bySquare, byProduct }: ScaleSlopes,
  weight: number,
): Float32Array {
  const gradient = spreadMeans(byMean, width, height);
  const square = spreadMeans(bySquare, width, height), product = spreadMeans(byProduct, width, height);
  for (let i = 0; i < gradient.length; i++) {
    gradient[i] = weight * (gradient[i] + 2 * shown[i] * square[i] + plane[i] * product[i]);
  }
  return gradient;
}

/** Weighted means over all windows wholly inside the plane. */
function windowMeans(plane: Float32Array, width: number, height: number): Float32Array<ArrayBuffer> {
  const across = gaussianWindow(width), down = gaussianWindow(height);
  const columns = width - across.length + 1, rows = height - down.length + 1;
  const means = new Float32Array(columns * rows), line = new Float32Array(width);
  for (let y = 0; y < rows; y++) {
    line.fill(0);
    for (let k = 0; k < down.length; k++) addLine(line, plane, (y + k) * width, down[k]);
    for (let x = 0; x < columns; x++) {
      let mean = 0;
      for (let k = 0; k < across.length; k++) mean += across[k] * line[x + k];
      means[y * columns + x] = mean;
    }
  }
  return means;
}

/** The transpose of {@linkcode windowMeans}: every window's value over its samples, by their weights. */
function spreadMeans(means: Float32Array, width: number, height: number): Float32Array<ArrayBuffer> {
  const across = gaussianWindow(width), down = gaussianWindow(height);
  const columns = width - across.length + 1, rows = height - down.length + 1;
  const plane = new Float32Array(width * height);
  // A row of windows with zeros on both sides: each sample then reads as many values as there are taps.
  const margin = across.length - 1, padded = new Float32Array(columns + 2 * margin);
  const line = new Float32Array(width);
  for (let y = 0; y < rows; y++) {
    padded.set(means.subarray(y * columns, (y + 1) * columns), margin);
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let k = 0; k < across.length; k++) sum += across[k] * padded[x + k]; // the window is symmetric
      line[x] = sum;
    }
    for (let k = 0; k < down.length; k++) {
      const row = plane.subarray((y + k) * width, (y + k + 1) * width);
      addLine(row, line, 0, down[k]);
    }
  }
  return plane;
}

/** target += weight · a line of `source`. */
function addLine(target: Float32Array, source: Float32Array, start: number, weight: number): void {
  for (let x = 0; x < target.length; x++) target[x] += weight * source[start + x];
}
