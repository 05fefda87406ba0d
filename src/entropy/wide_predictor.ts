/**
 * Predicts samples from their neighbours, for planes that no wavelet took apart: two linear predictors that learn as
 * they go, at different speeds, blended by how well each did lately. In the manner of normalised least mean squares
 * (B. Widrow and M. E. Hoff, 1960); arithmetic our own, in integers.
 *
 * Taps are differences of neighbours, doubled to stay whole where the mean of W and N is one side; they and the order in
 * which they come are listed in docs/WIDE.md. Differences, because values themselves are so alike that learning is slow;
 * past errors, because what blurred or resampled pictures hold is noise that was filtered.
 */

import { NOWHERE, type WideBand } from "./wide_band.ts";

const NEAR_TAPS = 9;
const CHANNEL_TAPS = 6;
const FAR_TAPS = 8;
const ERROR_TAPS = 6;
const FIRST_CHANNEL_TAP = NEAR_TAPS;
const FIRST_FAR_TAP = FIRST_CHANNEL_TAP + 2 * CHANNEL_TAPS;
const FIRST_ERROR_TAP = FIRST_FAR_TAP + FAR_TAPS;
const TAPS = FIRST_ERROR_TAP + ERROR_TAPS;
/** Columns of zeros on each side of a row of errors. */
const ERROR_MARGIN = 2;
/** Channel classes: 0, 1, 2 and beyond. */
const CHANNELS = 3;
/** Learning rates, in 2^−13 of the normalised step. */
const RATES: readonly number[] = [60, 400];
/** Added to the taps' energy, so that flat places do not teach much. */
const LEAST_ENERGY = 88;
/** Weights are in 2^−16; predictions in 1/16 of a sample of taps that are doubled. */
const PREDICTION_DIVISOR = 2 ** 13;
/** First weights: of 2 NW − W − N and of NE − N. */
const START_WEIGHTS: readonly number[] = [0, -13_107, 13_107];
// Limits that keep every sum below 2^53 whatever a damaged stream says; real pictures stay far inside.
const TAP_LIMIT = 2 ** 17;
const WEIGHT_LIMIT = 2 ** 20;
const CHANGE_LIMIT = 2 ** 22;
const ERROR_LIMIT = 2 ** 15;
/** A predictor's blending weight is this over 1 plus the square of its recent error. */
const BLEND_UNIT = 2 ** 28;
/** Recent errors are sums of 32, each forgetting 1/32 a sample. */
const ERROR_WINDOW_SHIFT = 5;

/** Adaptive state of one picture's predictors. Call {@linkcode predict}, then {@linkcode learn}, for every sample. */
export class SamplePredictor {
  /** How far the slow and the fast predictor are apart, in 1/16 of a sample: how unsure the prediction is. */
  spread = 0;
  // Whole numbers all, in doubles: their products need more than 32 bits.
  readonly #weights: readonly Float64Array[];
  readonly #taps: Float64Array = new Float64Array(TAPS);
  readonly #changes: Int32Array = new Int32Array(RATES.length);
  readonly #errors: Int32Array = new Int32Array(CHANNELS * RATES.length).fill(16 << ERROR_WINDOW_SHIFT);
  /** Errors of the row at hand and of the two above, in 1/2 of a sample. */
  #errorRows: [Int32Array, Int32Array, Int32Array] = [
    new Int32Array(0),
    new Int32Array(0),
    new Int32Array(0),
  ];
  #column = 0;
  #predicted = 0;
  #energy = 0;
  #channel = 0;
  #doubledMean = 0;

  /** Everything starts fresh. */
  constructor() {
    this.#weights = RATES.map(() => {
      const weights = new Float64Array(CHANNELS * TAPS);
      for (let channel = 0; channel < CHANNELS; channel++) weights.set(START_WEIGHTS, channel * TAPS);
      return weights;
    });
  }

  /**
   * Predicts the sample at a place.
   *
   * @param band The plane, coded up to the place.
   * @param x Column.
   * @param y Row.
   * @param index Index of the place in the band's plane.
   * @returns The prediction, in 1/16 of a sample.
   */
  predict(band: WideBand, x: number, y: number, index: number): number {
    this.#channel = Math.min(band.channel, CHANNELS - 1);
    this.#lookAround(band, x, y, index);
    const taps = this.#taps, from = this.#channel * TAPS, changes = this.#changes;
    const [slow, fast] = this.#weights;
    let slowSum = 0, fastSum = 0;
    for (let k = 0; k < TAPS; k++) {
      const tap = taps[k];
      slowSum += slow[from + k] * tap;
      fastSum += fast[from + k] * tap;
    }
    changes[0] = clamp(Math.floor(slowSum / PREDICTION_DIVISOR), CHANGE_LIMIT);
    changes[1] = clamp(Math.floor(fastSum / PREDICTION_DIVISOR), CHANGE_LIMIT);
    this.spread = Math.abs(changes[1] - changes[0]);
    let sum = 0, total = 0;
    for (let r = 0; r < RATES.length; r++) {
      const error = this.#errors[this.#channel * RATES.length + r] >> 4;
      const trust = Math.max(1, Math.floor(BLEND_UNIT / (error * error + 1)));
      sum += trust * changes[r];
      total += trust;
    }
    this.#predicted = 8 * this.#doubledMean + Math.floor(sum / total);
    return this.#predicted;
  }

  /**
   * Learns from the sample at the place.
   *
   * @param value The sample.
   */
  learn(value: number): void {
    const taps = this.#taps, from = this.#channel * TAPS;
    const missed = Math.floor((16 * value - this.#predicted) / 8);
    this.#errorRows[0][this.#column + ERROR_MARGIN] = clamp(missed, TAP_LIMIT);
    const target = 16 * value - 8 * this.#doubledMean;
    for (let r = 0; r < RATES.length; r++) {
      const error = clamp(target - this.#changes[r], ERROR_LIMIT);
      const at = this.#channel * RATES.length + r;
      this.#errors[at] += Math.abs(error) - (this.#errors[at] >> ERROR_WINDOW_SHIFT);
      const gain = Math.floor((RATES[r] * 256 * error) / (this.#energy + LEAST_ENERGY));
      if (gain === 0) continue;
      const weights = this.#weights[r];
      for (let k = 0; k < TAPS; k++) {
        weights[from + k] = clamp(weights[from + k] + Math.floor((gain * taps[k] + 128) / 256), WEIGHT_LIMIT);
      }
    }
  }

  /** Gathers the taps. A neighbour outside of the plane is replaced by one inside. */
  #lookAround({ plane, earlier, earliest }: WideBand, x: number, y: number, index: number): void {
    const { values: v, stride, width, height } = plane;
    const up = index - stride, top = up - stride, taps = this.#taps;
    const hasWest = x > 0, hasNorth = y > 0, hasTop = y > 1, hasEast = x + 1 < width;
    const w = hasWest ? v[index - 1] : v[up], n = hasNorth ? v[up] : v[index - 1];
    const nw = hasWest && hasNorth ? v[up - 1] : n, ne = hasNorth && hasEast ? v[up + 1] : n;
    const mean = this.#doubledMean = w + n;
    taps.fill(0);
    taps[0] = 2 * (w - n);
    taps[1] = 2 * nw - mean;
    taps[2] = 2 * (ne - n);
    if (x > 1) taps[3] = 2 * (v[index - 2] - w);
    if (hasTop) taps[4] = 2 * (v[top] - n);
    if (hasTop && hasEast) taps[5] = 2 * (v[top + 1] - ne);
    if (x > 1 && hasNorth) taps[6] = 2 * (v[up - 2] - nw);
    if (hasTop && hasWest) taps[7] = 2 * (v[top - 1] - nw);
    if (hasNorth && x + 2 < width) taps[8] = 2 * (v[up + 2] - ne);
    if (hasWest && hasNorth && hasEast && y + 1 < height) {
      if (earlier !== NOWHERE) channelTaps(earlier.values, index, stride, taps, FIRST_CHANNEL_TAP);
      if (earliest !== NOWHERE) {
        channelTaps(earliest.values, index, stride, taps, FIRST_CHANNEL_TAP + CHANNEL_TAPS);
      }
    }
    if (x > 2 && y > 2 && x + 3 < width) farTaps(v, index, stride, taps);
    this.#errorTaps(x, y, width);
    let energy = 0;
    for (let k = 0; k < TAPS; k++) {
      taps[k] = clamp(taps[k], TAP_LIMIT);
      energy += taps[k] * taps[k];
    }
    this.#energy = energy;
  }

  #errorTaps(x: number, y: number, width: number): void {
    if (x === 0) {
      const [row, above, top] = this.#errorRows, entries = width + 2 * ERROR_MARGIN;
      if (y === 0) {
        this.#errorRows = [new Int32Array(entries), new Int32Array(entries), new Int32Array(entries)];
      } else this.#errorRows = [top.fill(0), row, above];
    }
    this.#column = x;
    const [row, above, top] = this.#errorRows, at = x + ERROR_MARGIN, taps = this.#taps;
    taps[FIRST_ERROR_TAP] = row[at - 1];
    taps[FIRST_ERROR_TAP + 1] = above[at];
    taps[FIRST_ERROR_TAP + 2] = above[at - 1];
    taps[FIRST_ERROR_TAP + 3] = above[at + 1];
    taps[FIRST_ERROR_TAP + 4] = row[at - 2];
    taps[FIRST_ERROR_TAP + 5] = top[at];
  }
}

/** Taps of a channel coded before. */
function channelTaps(v: Int32Array, index: number, stride: number, taps: Float64Array, to: number): void {
  const w = v[index - 1], n = v[index - stride], mean = w + n;
  taps[to] = 2 * v[index] - mean;
  taps[to + 1] = 2 * (v[index + 1] - v[index]);
  taps[to + 2] = 2 * (v[index + stride] - v[index]);
  taps[to + 3] = 2 * (w - n);
  taps[to + 4] = 2 * v[index - stride - 1] - mean;
  taps[to + 5] = 2 * (v[index - stride + 1] - n);
}

/** Taps three columns or rows away, or two of both. */
function farTaps(v: Int32Array, index: number, stride: number, taps: Float64Array): void {
  const up = index - stride, top = up - stride, above = top - stride, to = FIRST_FAR_TAP;
  taps[to] = 2 * (v[index - 3] - v[index - 2]);
  taps[to + 1] = 2 * (v[above] - v[top]);
  taps[to + 2] = 2 * (v[top - 2] - v[top - 1]);
  taps[to + 3] = 2 * (v[top + 2] - v[top + 1]);
  taps[to + 4] = 2 * (v[up - 3] - v[up - 2]);
  taps[to + 5] = 2 * (v[up + 3] - v[up + 2]);
  taps[to + 6] = 2 * (v[above - 1] - v[top - 1]);
  taps[to + 7] = 2 * (v[above + 1] - v[top + 1]);
}

function clamp(value: number, limit: number): number {
  return value > limit ? limit : value < -limit ? -limit : value;
}
