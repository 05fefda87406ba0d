/**
 * The model of the wide coder: pixels, or wavelet bands of pixels, whose coefficients are larger and more than a latent's.
 * LL bands code the residual against a prediction: of planes that no wavelet took apart by `SamplePredictor`, else
 * floor((2 W + 2 N − NW + NE) / 4) or the one neighbour there is.
 */

import type { BandShape } from "./bands.ts";
import { type BinaryCoder, CostCoder, DecodingCoder } from "./binary_coder.ts";
import { checkMagnitude } from "./symbols.ts";
import { type WideBand, WideBands } from "./wide_band.ts";
import { MAGNITUDE_COUNTERS, MAGNITUDE_SETS, MagnitudeCoder } from "./wide_magnitude.ts";
import { WideMixer } from "./wide_mixer.ts";
import { SamplePredictor } from "./wide_predictor.ts";
import { analyse, pyramidBands, synthesise } from "./wide_pyramid.ts";
import type { WidePlane } from "./wide_plane.ts";
import { SIGN_COUNTERS, SIGN_SETS, SignCoder } from "./wide_sign.ts";
import type { CostedModel, ValueChooser, ValueCoder } from "./value_chooser.ts";

const FAIR = 32768;
/** Samples beyond this are not transformed: coefficients must stay within 2^30. */
const TRANSFORM_LIMIT = 2 ** 24;
/** Side of the square on which an encoder tries whether bands cost less. */
const TRIAL_SIDE = 128;

/** Adaptive state of one picture; bands come in coding order. */
export class WideModel implements CostedModel, ValueCoder {
  readonly #mayTransform: boolean;
  readonly #mixer: WideMixer = new WideMixer(MAGNITUDE_COUNTERS + SIGN_COUNTERS, MAGNITUDE_SETS + SIGN_SETS);
  readonly #magnitude: MagnitudeCoder = new MagnitudeCoder(this.#mixer);
  readonly #sign: SignCoder = new SignCoder(this.#mixer, MAGNITUDE_COUNTERS, MAGNITUDE_SETS);
  readonly #bands: WideBands = new WideBands();
  readonly #predictor: SamplePredictor = new SamplePredictor();

  // The place at hand.
  #band: WideBand | undefined;
  #x = 0;
  #y = 0;
  #index = 0;
  #prediction = 0;
  #fraction = 0;
  #gradient = 0;

  /** @param mayTransform Whether planes of samples after the first may be coded as wavelet bands; false for trials. */
  constructor(mayTransform = true) {
    this.#mayTransform = mayTransform;
  }

  /** Whether decisions change the model; off while costs are only asked for. */
  get learning(): boolean {
    return this.#mixer.learning;
  }

  set learning(on: boolean) {
    this.#mixer.learning = on;
  }

  /**
   * Codes one band.
   *
   * @param coefficients The packed array; read by an encoder, written by a decoder.
   * @param shape The band.
   * @param coder Where the decisions go or come from.
   * @param choose If given, says what to code instead of the array's value (and the array is changed).
   * @throws {EntropyError} When a decoder finds a coefficient out of range.
   */
  codeBand(coefficients: Int32Array, shape: BandShape, coder: BinaryCoder, choose?: ValueChooser): void {
    const mayTransform = this.#mayTransform && shape.level === 0 && shape.channel > 0;
    if (mayTransform && this.#codeTransformed(coefficients, shape, coder, choose !== undefined)) return;
    const band = this.#band = this.#bands.begin(shape);
    let at = shape.offset;
    for (let y = 0; y < shape.height; y++) {
      for (let x = 0; x < shape.width; x++, at++) {
        this.#moveTo(band, x, y);
        const wanted = choose === undefined ? coefficients[at] : choose(this, at);
        const value = this.code(coder, wanted);
        checkMagnitude(value);
        band.plane.set(this.#index, value - this.#prediction, value);
        if (band.isSamples) this.#predictor.learn(value);
        coefficients[at] = value;
      }
    }
  }

  /** Codes whether a plane of samples is taken apart by a wavelet, and if so, its bands; says whether it was. */
  #codeTransformed(
    coefficients: Int32Array,
    shape: BandShape,
    coder: BinaryCoder,
    mustPredict: boolean,
  ): boolean {
    const { width, height, offset, channel } = shape, end = offset + width * height;
    if (width * height === 0) return false;
    const samples = coefficients.subarray(offset, end);
    const wanted = !mustPredict && !(coder instanceof DecodingCoder) && this.#bandsCostLess(samples, shape);
    if (coder.code(wanted ? 1 : 0, FAIR) === 0) return false;
    for (let c = Math.max(0, channel - 2); c < channel; c++) {
      if (!this.#bands.hasBands(c)) this.#noteBands(this.#bands.samplesOf(c).coreValues(), width, height, c);
    }
    const packed = wanted ? analyse(samples, width, height) : new Int32Array(samples.length);
    for (const band of pyramidBands(width, height)) this.codeBand(packed, { ...band, channel }, coder);
    samples.set(synthesise(packed, width, height));
    const { plane } = this.#bands.begin(shape);
    for (let y = 0, i = 0; y < height; y++) {
      for (let x = 0; x < width; x++, i++) {
        checkMagnitude(samples[i]);
        plane.set(plane.indexOf(x, y), 0, samples[i]);
      }
    }
    return true;
  }

  /** Lets the bands of a channel that was predicted be context. */
  #noteBands(samples: Int32Array, width: number, height: number, channel: number): void {
    const packed = analyse(samples, width, height);
    for (const shape of pyramidBands(width, height)) {
      const { plane, orientation } = this.#bands.begin({ ...shape, channel });
      for (let y = 0, i = shape.offset; y < shape.height; y++) {
        for (let x = 0; x < shape.width; x++, i++) {
          plane.set(plane.indexOf(x, y), orientation === 0 ? 0 : packed[i], packed[i]);
        }
      }
    }
  }

  /** Tries both on the middle of the plane, with fresh models. */
  #bandsCostLess(samples: Int32Array, { width, height, channel }: BandShape): boolean {
    if (samples.some((value) => value > TRANSFORM_LIMIT || value < -TRANSFORM_LIMIT)) return false;
    const w = Math.min(width, TRIAL_SIDE), h = Math.min(height, TRIAL_SIDE);
    const left = (width - w) >> 1, top = (height - h) >> 1;
    const predicting = new WideModel(false), transforming = new WideModel(false), cost = new CostCoder();
    const costOf = (values: Int32Array, model: WideModel, bands: readonly BandShape[]) => {
      cost.cost = 0;
      for (const band of bands) model.codeBand(values, band, cost);
      return cost.cost;
    };
    for (let c = 0; c <= channel; c++) {
      const crop = new Int32Array(w * h);
      const earlier = c < channel ? this.#bands.samplesOf(c) : undefined;
      for (let y = 0; y < h; y++) {
        for (let x = 0; x < w; x++) {
          crop[y * w + x] = earlier
            ? earlier.values[earlier.indexOf(left + x, top + y)]
            : samples[(top + y) * width + left + x];
        }
      }
      const shape = { level: 0, orientation: 0 as const, channel: c, offset: 0, width: w, height: h };
      const predicted = costOf(crop, predicting, [shape]);
      if (c < channel) {
        transforming.#noteBands(crop, w, h, c);
        continue;
      }
      const bands = pyramidBands(w, h).map((band) => ({ ...band, channel }));
      return costOf(analyse(crop, w, h), transforming, bands) < predicted;
    }
    return false;
  }

  /** See {@linkcode ValueCoder.code}; the place is the one that `codeBand` is at. */
  code(coder: BinaryCoder, value: number): number {
    const residual = value - this.#prediction, magnitude = Math.abs(residual);
    const token = this.#magnitude.codeToken(coder, magnitude);
    if (token === 0) return this.#prediction;
    const negative = this.#sign.code(
      coder,
      residual < 0 ? 1 : 0,
      this.#band!,
      this.#x,
      this.#y,
      this.#index,
      this.#magnitude.nearCoarse,
      this.#fraction,
    );
    const coded = this.#magnitude.codeRest(coder, token, magnitude);
    return this.#prediction + (negative === 1 ? -coded : coded);
  }

  #moveTo(band: WideBand, x: number, y: number): void {
    const { plane } = band;
    const index = plane.indexOf(x, y);
    this.#x = x;
    this.#y = y;
    this.#index = index;
    this.#prediction = this.#fraction = this.#gradient = 0;
    let spread = 0;
    if (band.orientation === 0) {
      this.#predict(plane, x, y, index);
      if (band.isSamples) {
        const predicted = this.#predictor.predict(band, x, y, index);
        this.#prediction = Math.floor((predicted + 8) / 16);
        this.#fraction = predicted - 16 * this.#prediction;
        spread = this.#predictor.spread;
      }
    }
    this.#magnitude.moveTo(band, x, y, index, this.#gradient, spread);
  }

  #predict(plane: WidePlane, x: number, y: number, index: number): void {
    const v = plane.values, stride = plane.stride;
    const w = v[index - 1], n = v[index - stride];
    if (x === 0 || y === 0) {
      this.#prediction = y === 0 ? w : n;
      return;
    }
    const nw = v[index - stride - 1], ne = x + 1 < plane.width ? v[index - stride + 1] : n;
    // Sums of values up to 2^30 pass 2^31, so divide instead of shifting: a power of two is exact.
    this.#prediction = Math.floor((2 * w + 2 * n - nw + ne) / 4);
    this.#gradient = Math.abs(w - nw) + Math.abs(n - nw) + Math.abs(n - ne);
  }
}
