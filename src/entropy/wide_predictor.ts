/**
 * Predicts samples from their neighbours, for planes that no wavelet took apart: three linear predictors that learn as
 * they go, at different speeds, blended by how well each did lately. In the manner of normalised least mean squares
 * (B. Widrow and M. E. Hoff, 1960); arithmetic our own, in integers.
 *
 * Taps are neighbours' values less the mean of W and N, doubled to stay whole: ten causal neighbours of the place, and of
 * each of the two channels before, the place itself, E, S, W, NW and NE.
 */

import { NOWHERE, type WideBand } from "./wide_band.ts";

const OWN_TAPS = 10;
const CHANNEL_TAPS = 6;
const TAPS = OWN_TAPS + 2 * CHANNEL_TAPS;
/** Channel classes: 0, 1, 2 and beyond. */
const CHANNELS = 3;
/** Learning rates, in 2^−13 of the normalised step. */
const RATES: readonly number[] = [72, 287, 721];
/** Added to the taps' energy, so that flat places do not teach much. */
const LEAST_ENERGY = 88;
/** Weights are in 2^−16; predictions in 1/16 of a sample of taps that are doubled. */
const PREDICTION_DIVISOR = 2 ** 13;
/** First weights: W, N, NW, NE. */
const START_WEIGHTS: readonly number[] = [19_661, 19_661, -13_107, 13_107];
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
  /** How far the slowest and the fastest predictor are apart, in 1/16 of a sample: how unsure the prediction is. */
  spread = 0;
  readonly #weights: readonly Int32Array[];
  readonly #taps: Int32Array = new Int32Array(TAPS);
  readonly #changes: Int32Array = new Int32Array(RATES.length);
  readonly #errors: Int32Array = new Int32Array(CHANNELS * RATES.length).fill(16 << ERROR_WINDOW_SHIFT);
  #energy = 0;
  #channel = 0;
  #doubledMean = 0;

  /** Everything starts fresh. */
  constructor() {
    this.#weights = RATES.map(() => {
      const weights = new Int32Array(CHANNELS * TAPS);
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
    const taps = this.#taps, from = this.#channel * TAPS;
    let sum = 0, total = 0, first = 0;
    for (let r = 0; r < RATES.length; r++) {
      const weights = this.#weights[r];
      let product = 0;
      for (let k = 0; k < TAPS; k++) product += weights[from + k] * taps[k];
      const change = clamp(Math.floor(product / PREDICTION_DIVISOR), CHANGE_LIMIT);
      this.#changes[r] = change;
      const error = this.#errors[this.#channel * RATES.length + r] >> 4;
      const trust = Math.max(1, Math.floor(BLEND_UNIT / (error * error + 1)));
      sum += trust * change;
      total += trust;
      if (r === 0) first = change;
      else this.spread = Math.abs(change - first);
    }
    return 8 * this.#doubledMean + Math.floor(sum / total);
  }

  /**
   * Learns from the sample at the place.
   *
   * @param value The sample.
   */
  learn(value: number): void {
    const taps = this.#taps, from = this.#channel * TAPS;
    const target = 16 * value - 8 * this.#doubledMean;
    for (let r = 0; r < RATES.length; r++) {
      const error = clamp(target - this.#changes[r], ERROR_LIMIT);
      const at = this.#channel * RATES.length + r;
      this.#errors[at] += Math.abs(error) - (this.#errors[at] >> ERROR_WINDOW_SHIFT);
      const gain = Math.floor((RATES[r] * 256 * error) / (this.#energy + LEAST_ENERGY));
      const weights = this.#weights[r];
      for (let k = 0; k < TAPS; k++) {
        weights[from + k] = clamp(weights[from + k] + Math.floor((gain * taps[k] + 128) / 256), WEIGHT_LIMIT);
      }
    }
  }

  /** Gathers the taps. A neighbour outside of the plane is replaced by the nearest one inside; see docs/WIDE.md. */
  #lookAround({ plane, earlier, earliest }: WideBand, x: number, y: number, index: number): void {
    const taps = this.#taps, v = plane.values, up = index - plane.stride, width = plane.width;
    const hasWest = x > 0, hasNorth = y > 0, hasEast = x + 1 < width;
    const w = hasWest ? v[index - 1] : v[up], n = hasNorth ? v[up] : v[index - 1];
    const nw = hasWest && hasNorth ? v[up - 1] : n, ne = hasNorth && hasEast ? v[up + 1] : n;
    const top = up - plane.stride, hasTop = y > 1;
    taps[0] = w;
    taps[1] = n;
    taps[2] = nw;
    taps[3] = ne;
    taps[4] = x > 1 ? v[index - 2] : w;
    taps[5] = hasTop ? v[top] : n;
    taps[6] = hasTop && hasEast ? v[top + 1] : ne;
    taps[7] = x > 1 && hasNorth ? v[up - 2] : nw;
    taps[8] = hasTop && hasWest ? v[top - 1] : nw;
    taps[9] = hasNorth && x + 2 < width ? v[up + 2] : ne;
    const mean = this.#doubledMean = w + n;
    for (let k = 0; k < OWN_TAPS; k++) taps[k] = clamp(2 * taps[k] - mean, TAP_LIMIT);
    taps.fill(0, OWN_TAPS);
    if (hasWest && hasNorth && hasEast && y + 1 < plane.height) {
      if (earlier !== NOWHERE) otherTaps(earlier.values, index, plane.stride, taps, OWN_TAPS);
      if (earliest !== NOWHERE) {
        otherTaps(earliest.values, index, plane.stride, taps, OWN_TAPS + CHANNEL_TAPS);
      }
    }
    let energy = 0;
    for (let k = 0; k < TAPS; k++) energy += taps[k] * taps[k];
    this.#energy = energy;
  }
}

/** Taps of a channel coded before. */
function otherTaps(values: Int32Array, index: number, stride: number, taps: Int32Array, to: number): void {
  const mean = values[index - 1] + values[index - stride];
  taps[to] = clamp(2 * values[index] - mean, TAP_LIMIT);
  taps[to + 1] = clamp(2 * values[index + 1] - mean, TAP_LIMIT);
  taps[to + 2] = clamp(2 * values[index + stride] - mean, TAP_LIMIT);
  taps[to + 3] = clamp(2 * values[index - 1] - mean, TAP_LIMIT);
  taps[to + 4] = clamp(2 * values[index - stride - 1] - mean, TAP_LIMIT);
  taps[to + 5] = clamp(2 * values[index - stride + 1] - mean, TAP_LIMIT);
}

function clamp(value: number, limit: number): number {
  return value > limit ? limit : value < -limit ? -limit : value;
}
