/**
 * Codes the coefficients of LL bands: the residual against a prediction from the neighbours, binarised like a detail
 * coefficient. The prediction is floor((2 W + 2 N − NW + NE) / 4), where W and N serve alone at the borders.
 */

import type { BandShape } from "../bands.ts";
import type { BinaryCoder } from "../rans/binary_coder.ts";
import { COUNTERS, DIRECTS, LL_STEPS, MIXERS, UNARY_LIMIT } from "./context_layout.ts";
import { clippedMagnitude, ENERGY_CLASS, LOG_FEATURE } from "../mixing/context_tables.ts";
import { codeTail } from "./magnitude_tail.ts";
import type { FeatureList } from "../mixing/mixing_block.ts";
import { logitClass } from "../mixing/mixing_kernel.ts";
import type { MixingModel } from "../mixing/mixing_model.ts";
import { clip3, NOWHERE, ofSameSize, type Plane, signClass } from "../plane.ts";
import { checkDecoded } from "../symbols.ts";

const SIGNED_SCALE = 64;

/** Codes LL bands with one model. */
export class LowPassCoder {
  #model: MixingModel;
  #features: FeatureList;
  #signFeatures: FeatureList;
  #plane: Plane = NOWHERE;
  #channels: [Plane, Plane, Plane] = [NOWHERE, NOWHERE, NOWHERE];
  #channelClass = 0;
  #index = 0;
  #prediction = 0;
  #gradientClass = 0;
  #residualClass = 0;
  #earlierClass = 0;

  /** @param model The picture's model. */
  constructor(model: MixingModel) {
    this.#model = model;
    this.#features = model.features.low;
    this.#signFeatures = model.features.lowSign;
  }

  /**
   * Turns to a band.
   *
   * @param band Its shape.
   * @param plane Its own plane, still empty.
   * @param channels The LL planes of the previous channels, nearest first.
   */
  begin(band: BandShape, plane: Plane, channels: readonly (Plane | undefined)[]): void {
    this.#plane = plane;
    this.#channelClass = Math.min(band.channel, 3);
    for (let k = 0; k < 3; k++) this.#channels[k] = ofSameSize(channels[k], plane);
  }

  /**
   * Looks around a place.
   *
   * @param x Column.
   * @param y Row.
   */
  moveTo(x: number, y: number): void {
    const plane = this.#plane;
    const stride = plane.stride;
    const index = this.#index = plane.indexInside(x, y);
    const v = plane.values;
    const m = plane.magnitudes;
    const w = v[index - 1];
    const n = v[index - stride];
    const nw = v[index - stride - 1];
    const ne = x < plane.width - 1 ? v[index - stride + 1] : n;
    let gradient: number;
    if (x === 0 || y === 0) {
      this.#prediction = y === 0 ? w : n;
      gradient = Math.abs(w) + Math.abs(n);
    } else {
      // Sums of values up to 2^30 pass 2^31, so divide instead of shifting: a power of two is exact.
      this.#prediction = Math.floor((2 * w + 2 * n - nw + ne) / 4);
      gradient = Math.abs(w - nw) + Math.abs(n - nw) + Math.abs(n - ne);
    }
    const earlier = this.#magnitudeAt(0) * 2 + this.#magnitudeAt(1) + this.#magnitudeAt(2);
    const residuals = m[index - 1] + m[index - stride] + m[index - stride - 1] + m[index - stride + 1];
    this.#gradientClass = ENERGY_CLASS[clippedMagnitude(gradient)];
    this.#residualClass = ENERGY_CLASS[clippedMagnitude(residuals)];
    this.#earlierClass = ENERGY_CLASS[clippedMagnitude(earlier)];

    const f = this.#features.values;
    f[0] = 256;
    f[1] = LOG_FEATURE[clippedMagnitude(gradient)];
    f[2] = LOG_FEATURE[m[index - 1]];
    f[3] = LOG_FEATURE[m[index - stride]];
    f[4] = LOG_FEATURE[m[index - stride - 1]];
    f[5] = LOG_FEATURE[m[index - stride + 1]];
    f[6] = LOG_FEATURE[this.#magnitudeAt(0)];
    f[7] = LOG_FEATURE[this.#magnitudeAt(1)];
    f[8] = LOG_FEATURE[this.#magnitudeAt(2)];
    f[9] = LOG_FEATURE[clippedMagnitude(residuals)];
    f[10] = x === 0 && y === 0 ? 256 : 0;

    const s = this.#signFeatures.values;
    s[0] = 256;
    s[1] = clip3(w - nw) * SIGNED_SCALE;
    s[2] = clip3(n - nw) * SIGNED_SCALE;
    s[3] = clip3(ne - n) * SIGNED_SCALE;
    s[4] = clip3(w - ne) * SIGNED_SCALE;
    s[5] = this.#signedAt(0) * SIGNED_SCALE;
    s[6] = this.#signedAt(1) * SIGNED_SCALE;
    s[7] = this.#signedAt(2) * SIGNED_SCALE;
  }

  /**
   * Codes the coefficient at the place, without noting it in the plane.
   *
   * @param coder Where the decisions go or come from.
   * @param value The coefficient; a decoder ignores it.
   * @returns The coefficient.
   * @throws {EntropyError} `entropy-corrupt` when a decoder leaves the range of coefficients.
   */
  code(coder: BinaryCoder, value: number): number {
    const residual = value - this.#prediction;
    if (this.#decideStep(coder, 0, residual !== 0 ? 1 : 0) === 0) return this.#prediction;
    const negative = this.#decideSign(coder, residual < 0 ? 1 : 0) === 1;
    const wanted = Math.abs(residual);
    let magnitude = 1;
    while (magnitude < UNARY_LIMIT && this.#decideStep(coder, magnitude, wanted > magnitude ? 1 : 0) === 1) {
      magnitude++;
    }
    if (magnitude === UNARY_LIMIT) magnitude += codeTail(this.#model, coder, 0, wanted - UNARY_LIMIT);
    return checkDecoded(this.#prediction + (negative ? -magnitude : magnitude));
  }

  /**
   * Notes the coefficient at the place for its neighbours.
   *
   * @param value The coefficient.
   */
  note(value: number): void {
    const residual = value - this.#prediction;
    this.#plane.set(this.#index, residual, Math.abs(residual));
    this.#plane.values[this.#index] = value;
  }

  #magnitudeAt(channel: number): number {
    const plane = this.#channels[channel];
    return plane === NOWHERE ? 0 : plane.magnitudes[this.#index];
  }

  #signedAt(channel: number): number {
    const plane = this.#channels[channel];
    return plane === NOWHERE ? 0 : plane.signed[this.#index];
  }

  #decideStep(coder: BinaryCoder, step: number, bit: number): number {
    const model = this.#model;
    const base = Math.min(step, LL_STEPS - 1) * 4 + this.#channelClass;
    const stepOnly = Math.min(step, LL_STEPS - 1);
    const directSet = DIRECTS.ll + base;
    const direct = model.directLogit(this.#features, directSet);
    const residualClass = this.#residualClass;
    const contexts = model.contexts;
    contexts[0] = COUNTERS.llGradient + base * 32 + this.#gradientClass;
    contexts[1] = COUNTERS.llResidual + base * 32 + residualClass;
    contexts[2] = COUNTERS.llChannel + (stepOnly * 32 + this.#earlierClass) * 8 + (residualClass >> 2);
    contexts[3] = COUNTERS.llBoth + (stepOnly * 32 + this.#gradientClass) * 8 + (residualClass >> 2);
    contexts[4] = COUNTERS.llLogit + base * 32 + logitClass(direct);
    return model.decide(
      coder,
      bit,
      5,
      MIXERS.ll + base,
      MIXERS.llResidual + residualClass,
      direct,
      this.#features,
      directSet,
    );
  }

  #decideSign(coder: BinaryCoder, bit: number): number {
    const model = this.#model;
    const s = this.#signFeatures.values;
    const directSet = DIRECTS.llSign + this.#channelClass;
    const direct = model.directLogit(this.#signFeatures, directSet);
    model.contexts[0] = COUNTERS.llSign + this.#channelClass * 9 + signClass(s[1]) * 3 + signClass(s[2]);
    const set = MIXERS.llSign + this.#channelClass;
    return model.decide(coder, bit, 1, set, MIXERS.llSignAll, direct, this.#signFeatures, directSet);
  }
}
