/**
 * Codes the levels of detail bands: is it zero, its sign, its magnitude in unary, an exp-Golomb tail.
 *
 * Contexts, by name: W, N, NW, NE, WW, NN are the causal neighbours; *along* is the neighbour on the side the band's
 * edges run to (N in HL bands, W elsewhere), *across* the other. C1, C2, C3 are the same place in the previous
 * channels, P the coefficient of the coarser band above this place, H and V the HL and LH bands of this level.
 *
 * Where the magnitudes lie is said by the context net, if the model has one, else by a regression on features.
 */

import type { DetailRelatives } from "./band_relatives.ts";
import type { BandShape } from "../bands.ts";
import type { BinaryCoder } from "../rans/binary_coder.ts";
import {
  COUNTERS,
  DETAIL_STEPS,
  DIRECTS,
  MIXERS,
  SIGN_FEATURES,
  STEP_CLASSES,
  UNARY_LIMIT,
} from "./context_layout.ts";
import { clippedMagnitude, ENERGY_CLASS, LOG_FEATURE } from "../mixing/context_tables.ts";
import { codeTail } from "./magnitude_tail.ts";
import type { FeatureList } from "../mixing/mixing_block.ts";
import type { MixingModel } from "../mixing/mixing_model.ts";
import type { NetKernel } from "./net_kernel.ts";
import { clip3, NOWHERE, ofSameSize, type Plane, signClass } from "../plane.ts";
import { checkDecoded } from "../symbols.ts";
import { VectorSign } from "./vector_sign.ts";

/** Signed features are values clipped to ±3, times this. */
const SIGNED_SCALE = 64;
/** Number of the feature that says how well the sign agreed with its prediction; 0 until the sign is known. */
const AGREEMENT_FEATURE = 25;
/** Number of the net's logit among the features of a step where there is a net. */
export const NET_LOGIT_FEATURE = 1;
const NET_AGREEMENT_FEATURE = 2;
/** First of the sign's features that come from the vectors of the channels. */
const FIRST_VECTOR_FEATURE = 30;

/** Codes detail bands with one model. Call {@linkcode begin}, then {@linkcode code} for each place in raster order. */
export class HighPassCoder {
  #model: MixingModel;
  #features: FeatureList;
  #signFeatures: FeatureList;
  #netFeatures: FeatureList;
  #net: NetKernel | undefined;
  #vectors: VectorSign = new VectorSign();

  // The band at hand.
  #plane: Plane = NOWHERE;
  #parent: Plane = NOWHERE;
  #low: Plane = NOWHERE;
  #horizontal: Plane = NOWHERE;
  #vertical: Plane = NOWHERE;
  #channel1: Plane = NOWHERE;
  #channel2: Plane = NOWHERE;
  #channel3: Plane = NOWHERE;
  #orientation = 1;
  #bandClass = 0;
  #shapeClass = 0;
  #edgeClass = 0;
  #hasParent = false;

  // The place at hand.
  #index = 0;
  #parentIndex = 0;
  #lowIndex = 0;
  #horizontalIndex = 0;
  #verticalIndex = 0;
  #x = 0;
  #y = 0;
  #near = 0;
  #wideClass = 0;
  #nearClass = 0;
  #siblingClass = 0;
  #channelClass = 0;
  #placeClass = 0;
  #totalClass = 0;
  #signLogit = 0;
  #netLogit = 0;
  #netQuantiser = 0;

  /** The quantiser that the place's level belongs to, see `trellis.ts`; 0 where there is one only. */
  quantiser = 0;

  /** @param model The picture's model. */
  constructor(model: MixingModel) {
    this.#model = model;
    this.#features = model.features.detail;
    this.#signFeatures = model.features.sign;
    this.#netFeatures = model.features.net;
  }

  /**
   * Turns to a band.
   *
   * @param band Its shape.
   * @param plane Its own plane, still empty.
   * @param relatives What it may look at.
   * @param net The context net, turned to this band, if the model has one.
   */
  begin(band: BandShape, plane: Plane, relatives: DetailRelatives, net: NetKernel | undefined): void {
    const channelClass = Math.min(band.channel, 3);
    const levelClass = Math.min(band.level, 3) - 1;
    this.#orientation = band.orientation;
    this.#shapeClass = levelClass * 3 + band.orientation - 1;
    this.#edgeClass = (band.orientation - 1) * 4 + channelClass;
    this.#bandClass = this.#shapeClass * 4 + channelClass;
    this.#plane = plane;
    this.quantiser = 0;
    this.#net = net;
    this.#parent = present(relatives.parent[0]);
    this.#hasParent = this.#parent !== NOWHERE;
    this.#low = present(relatives.low);
    this.#horizontal = present(relatives.horizontal[0]);
    this.#vertical = present(relatives.vertical[0]);
    this.#channel1 = ofSameSize(relatives.channels[0], plane);
    this.#channel2 = ofSameSize(relatives.channels[1], plane);
    this.#channel3 = ofSameSize(relatives.channels[2], plane);
    this.#vectors.begin(plane, relatives);
    this.#netFeatures.values[0] = 256;
    const { values } = this.#features;
    values[0] = 256;
    values[22] = density(this.#parent);
    values[23] = density(this.#channel1);
    values[24] = density(this.#horizontal);
  }

  /**
   * Looks around a place; needed before {@linkcode code}, and enough for several costs of the same place.
   *
   * @param x Column.
   * @param y Row.
   */
  moveTo(x: number, y: number): void {
    const plane = this.#plane;
    const stride = plane.stride;
    const index = plane.indexInside(x, y);
    this.#x = x;
    this.#y = y;
    this.#index = index;
    const own = plane.magnitudes;
    const w = own[index - 1];
    const n = own[index - stride];
    const nw = own[index - stride - 1];
    const ne = own[index - stride + 1];
    const ww = own[index - 2];
    const nn = own[index - 2 * stride];
    const isHorizontal = this.#orientation === 1;
    const along = isHorizontal ? n : w;
    const across = isHorizontal ? w : n;
    const near = this.#orientation === 3 ? 3 * (w + n) + nw + ne : 4 * along + 2 * across + nw + ne;
    const along2 = isHorizontal ? nn : ww;
    const across2 = isHorizontal ? ww : nn;
    this.#near = near;

    let parentCentre = 0;
    let parentCross = 0;
    if (this.#hasParent) {
      const parent = this.#parent;
      const at = this.#parentIndex = parent.indexOf(x >> 1, y >> 1);
      const m = parent.magnitudes;
      parentCentre = m[at];
      parentCross = m[at - 1] + m[at + 1] + m[at - parent.stride] + m[at + parent.stride];
    } else if (this.#low !== NOWHERE) {
      // Without a parent, the curvature of the LL band says where detail is.
      const low = this.#low;
      const at = this.#lowIndex = low.indexOf(x, y);
      const v = low.values;
      const curveX = Math.abs(v[at + 1] - 2 * v[at] + v[at - 1]);
      const curveY = Math.abs(v[at + low.stride] - 2 * v[at] + v[at - low.stride]);
      const curve = isHorizontal
        ? curveX
        : this.#orientation === 2
        ? curveY
        : Math.floor((curveX + curveY) / 2);
      const clipped = clippedMagnitude(curve);
      parentCentre = clipped >> 3;
      parentCross = clipped >> 1;
    }

    let siblingNear = 0;
    let siblingFar = 0;
    let crossNear = 0;
    let crossFar = 0;
    if (this.#horizontal !== NOWHERE) {
      const sibling = this.#horizontal;
      const m = sibling.magnitudes;
      const s = sibling.stride;
      const at = this.#horizontalIndex = sibling.indexOf(x, y);
      siblingNear = m[at] + m[at + s];
      siblingFar = m[at - 1] + m[at + 1] + m[at - s] + m[at + s + 1] + m[at + s - 1];
    }
    if (this.#vertical !== NOWHERE) {
      const sibling = this.#vertical;
      const m = sibling.magnitudes;
      const s = sibling.stride;
      const at = this.#verticalIndex = sibling.indexOf(x, y);
      crossNear = m[at] + m[at + 1];
      crossFar = m[at - 1] + m[at - s] + m[at + s];
    }

    let c1 = 0, c1Cross = 0, c2 = 0, c3 = 0, olderCross = 0;
    if (this.#channel1 !== NOWHERE) {
      const m = this.#channel1.magnitudes;
      c1 = m[index];
      c1Cross = m[index - 1] + m[index + 1] + m[index - stride] + m[index + stride];
    }
    if (this.#channel2 !== NOWHERE) {
      const m = this.#channel2.magnitudes;
      c2 = m[index];
      olderCross = m[index - 1] + m[index + 1] + m[index - stride] + m[index + stride];
    }
    if (this.#channel3 !== NOWHERE) {
      const m = this.#channel3.magnitudes;
      c3 = m[index];
      olderCross += m[index - 1] + m[index + 1] + m[index - stride] + m[index + stride];
    }

    const parentEnergy = 2 * parentCentre + parentCross;
    const siblingEnergy = 2 * (siblingNear + crossNear) + siblingFar + crossFar;
    const placeEnergy = 3 * c1 + 2 * c2 + 2 * c3;
    // Weights near those of a linear regression of |q| on training pictures.
    const total = this.#orientation === 3
      ? (4 * (w + n) + 2 * (nw + ne) + ww + nn + 5 * c1 + c2 + c3 + 3 * (siblingNear + crossNear) +
        siblingFar +
        crossFar + parentCentre + (parentCross >> 1)) >> 1
      : (9 * along + 4 * across + 2 * (nw + ne) + 3 * along2 + 2 * across2 + 6 * c1 + c2 + c3 +
        2 * siblingNear +
        siblingFar + parentCentre + parentCross) >> 1;

    if (this.#net !== undefined) {
      if (x === 0) {
        this.#net.block.beginRow(y);
        this.#net.sumRow();
      }
      this.#netQuantiser = this.quantiser;
      this.#netLogit = this.#net.place(x, this.quantiser * DETAIL_STEPS);
    } else {
      const far = this.#farEnergy();
      const f = this.#features.values;
      f[1] = LOG_FEATURE[w];
      f[2] = LOG_FEATURE[n];
      f[3] = LOG_FEATURE[nw];
      f[4] = LOG_FEATURE[ne];
      f[5] = LOG_FEATURE[ww];
      f[6] = LOG_FEATURE[nn];
      f[7] = logFeature(far);
      f[8] = LOG_FEATURE[c1];
      f[9] = LOG_FEATURE[c2];
      f[10] = LOG_FEATURE[c3];
      f[11] = logFeature(c1Cross);
      f[12] = logFeature(olderCross);
      f[13] = LOG_FEATURE[parentCentre];
      f[14] = logFeature(parentCross);
      f[15] = logFeature(siblingNear);
      f[16] = logFeature(siblingFar);
      f[17] = logFeature(crossNear);
      f[18] = logFeature(crossFar);
      f[19] = logFeature(near);
      f[20] = logFeature(near + far);
      f[21] = logFeature(total);
      f[26] = logFeature(2 * c1 + parentCentre + 3 * along + 2 * across);
      f[27] = logFeature(4 * c1 + 2 * c2 + 2 * c3 + c1Cross + olderCross);
      this.#wideClass = energyClass(near + far);
    }

    const nearHalf = energyClass(near) >> 1;
    const nearClass = nearHalf < 7 ? nearHalf : 7;
    const parentHalf = energyClass(parentEnergy) >> 1;
    this.#nearClass = (upTo3(along) * 4 + upTo3(across)) * 4 + upTo3(nw + ne);
    this.#siblingClass = (isHorizontal ? parentHalf : energyClass(siblingEnergy) >> 1) * 8 + nearClass;
    const hasChannel = this.#channel1 !== NOWHERE;
    const channelEnergy = placeEnergy + ((c1Cross + olderCross) >> 1);
    this.#channelClass = (hasChannel ? energyClass(channelEnergy) >> 1 : parentHalf) * 8 + nearClass;
    this.#placeClass = hasChannel
      ? (upTo3(c1) * 4 + upTo3(c2)) * 4 + upTo3(c3)
      : (upTo3(parentCentre) * 4 + upTo3(ww)) * 4 + upTo3(nn);
    this.#totalClass = energyClass(total) * 4 + upTo3(c1);
  }

  /**
   * Codes the coefficient at the place, without noting it in the plane.
   *
   * @param coder Where the decisions go or come from.
   * @param value The coefficient; a decoder ignores it.
   * @returns The coefficient.
   */
  code(coder: BinaryCoder, value: number): number {
    if (this.decideZero(coder, value !== 0 ? 1 : 0) === 0) return 0;
    const negative = this.decideSign(coder, value < 0 ? 1 : 0) === 1;
    const wanted = Math.abs(value);
    let magnitude = 1;
    this.agree(negative);
    while (magnitude < UNARY_LIMIT && this.decideStep(coder, magnitude, wanted > magnitude ? 1 : 0) === 1) {
      magnitude++;
    }
    if (magnitude === UNARY_LIMIT) magnitude += this.codeTail(coder, wanted - UNARY_LIMIT);
    return checkDecoded(negative ? -magnitude : magnitude);
  }

  /**
   * Decides whether the magnitude is greater than 0.
   *
   * @param coder Where the decision goes or comes from.
   * @param bit The outcome; a decoder ignores it.
   * @returns The outcome.
   */
  decideZero(coder: BinaryCoder, bit: number): number {
    this.#setAgreement(0);
    return this.decideStep(coder, 0, bit);
  }

  /**
   * Says which sign the level has, after {@linkcode decideSign} and before the further steps: a value against its predicted
   * sign is smaller than one along with it.
   *
   * @param negative Whether it is negative.
   */
  agree(negative: boolean): void {
    this.#setAgreement(negative ? this.#signLogit : -this.#signLogit);
  }

  /**
   * Codes what exceeds the unary part, see `magnitude_tail.ts`.
   *
   * @param coder Where the decisions go or come from.
   * @param excess The excess; a decoder ignores it.
   * @returns The excess.
   */
  codeTail(coder: BinaryCoder, excess: number): number {
    return codeTail(this.#model, coder, 1, excess);
  }

  #setAgreement(logit: number): void {
    if (this.#net === undefined) this.#features.values[AGREEMENT_FEATURE] = logit;
    else this.#netFeatures.values[NET_AGREEMENT_FEATURE] = logit;
  }

  /**
   * Notes the coefficient at the place for its neighbours.
   *
   * @param value The coefficient.
   */
  note(value: number): void {
    if (value === 0) return; // planes begin with zeros
    const magnitude = Math.abs(value);
    this.#plane.set(this.#index, value, magnitude);
    this.#net?.block.note(this.#x, magnitude);
  }

  /**
   * Decides whether the magnitude is greater than a step's.
   *
   * @param coder Where the decision goes or comes from.
   * @param step The step, 0 … 19.
   * @param bit The outcome; a decoder ignores it.
   * @returns The outcome.
   */
  decideStep(coder: BinaryCoder, step: number, bit: number): number {
    const model = this.#model;
    const ownStep = step < DETAIL_STEPS - 1 ? step : DETAIL_STEPS - 1;
    const logit = this.quantiser * DETAIL_STEPS + ownStep;
    const directSet = DIRECTS.detail + logit * 3 + this.#orientation - 1;
    let features = this.#features;
    if (this.#net !== undefined) {
      features = this.#netFeatures;
      const isKnown = ownStep === 0 && this.quantiser === this.#netQuantiser;
      features.values[NET_LOGIT_FEATURE] = isKnown ? this.#netLogit : this.#net.logit(logit);
    }
    const stepClass = step > 2 ? 3 : step < 2 && this.quantiser === 1 ? 4 + step : step;
    const base = this.#bandClass * STEP_CLASSES + stepClass;
    const contexts = model.contexts;
    let count = 0;
    if (this.#net === undefined) {
      // A net knows better what these two say of causal neighbours.
      contexts[count++] = COUNTERS.wide + base * 32 + this.#wideClass;
      contexts[count++] = COUNTERS.near + base * 64 + this.#nearClass;
    }
    contexts[count++] = COUNTERS.sibling + base * 128 + this.#siblingClass;
    contexts[count++] = COUNTERS.channel + base * 128 + this.#channelClass;
    contexts[count++] = COUNTERS.place + base * 64 + this.#placeClass;
    contexts[count++] = step < 3
      ? COUNTERS.total + (this.#shapeClass * STEP_CLASSES + stepClass) * 128 + this.#totalClass
      : COUNTERS.high + ((Math.min(step, 12) - 3) * 12 + this.#edgeClass) * 32 +
        energyClass(this.#near + this.#farEnergy());
    return model.decideByDirect(
      coder,
      bit,
      count,
      MIXERS.detail + base,
      MIXERS.detailLogit + stepClass * 32,
      features,
      directSet,
    );
  }

  /** Energy of the causal neighbours two places away. */
  #farEnergy(): number {
    const { magnitudes: own, stride } = this.#plane;
    const index = this.#index;
    const ww = own[index - 2], nn = own[index - 2 * stride];
    const twoAway = this.#orientation === 1 ? 2 * nn + ww : 2 * ww + nn;
    return twoAway + own[index - 2 * stride - 1] + own[index - 2 * stride + 1] + own[index - stride - 2] +
      own[index - stride + 2];
  }

  /**
   * Decides the sign.
   *
   * @param coder Where the decision goes or comes from.
   * @param bit 1 for negative; a decoder ignores it.
   * @returns The outcome.
   */
  decideSign(coder: BinaryCoder, bit: number): number {
    const model = this.#model;
    this.#gatherSignFeatures();
    const directSet = DIRECTS.sign + this.#bandClass;
    const direct = model.directLogit(this.#signFeatures, directSet);
    this.#signLogit = direct;
    const own = this.#plane.signed;
    const index = this.#index;
    const logitClass = Math.max(0, Math.min(31, (direct + 512) >> 5));
    const contexts = model.contexts;
    contexts[0] = COUNTERS.signLogit + this.#bandClass * 32 + logitClass;
    contexts[1] = COUNTERS.signNear + this.#bandClass * 9 + signClass(own[index - 1]) * 3 +
      signClass(own[index - this.#plane.stride]);
    contexts[2] = COUNTERS.signPlace + this.#bandClass * 27 + this.#signAt(this.#channel1) * 9 +
      this.#signAt(this.#channel2) * 3 + this.#signAt(this.#channel3);
    const set = MIXERS.sign + this.#bandClass;
    return model.decide(
      coder,
      bit,
      3,
      set,
      MIXERS.signLogit + logitClass,
      direct,
      this.#signFeatures,
      directSet,
    );
  }

  #signAt(plane: Plane): number {
    return plane === NOWHERE ? 0 : signClass(plane.signed[this.#index]);
  }

  #gatherSignFeatures(): void {
    const f = this.#signFeatures.values;
    const plane = this.#plane;
    const own = plane.signed;
    const index = this.#index;
    const stride = plane.stride;
    f[0] = 256;
    f[1] = own[index - 1] * SIGNED_SCALE;
    f[2] = own[index - stride] * SIGNED_SCALE;
    f[3] = own[index - stride - 1] * SIGNED_SCALE;
    f[4] = own[index - stride + 1] * SIGNED_SCALE;
    f[5] = own[index - 2] * SIGNED_SCALE;
    f[6] = own[index - 2 * stride] * SIGNED_SCALE;
    for (let i = 7; i < SIGN_FEATURES; i++) f[i] = 0;
    if (this.#channel1 !== NOWHERE) {
      const v = this.#channel1.signed;
      f[7] = v[index] * SIGNED_SCALE;
      f[10] = (v[index + 1] - v[index - 1]) * SIGNED_SCALE;
      f[11] = (v[index + stride] - v[index - stride]) * SIGNED_SCALE;
    }
    if (this.#channel2 !== NOWHERE) f[8] = this.#channel2.signed[index] * SIGNED_SCALE;
    if (this.#channel3 !== NOWHERE) {
      const v = this.#channel3.signed;
      f[9] = v[index] * SIGNED_SCALE;
      f[12] = (v[index + 1] - v[index - 1]) * SIGNED_SCALE;
      f[13] = (v[index + stride] - v[index - stride]) * SIGNED_SCALE;
    }
    if (this.#horizontal !== NOWHERE) {
      const v = this.#horizontal.signed;
      const s = this.#horizontal.stride;
      const at = this.#horizontalIndex;
      f[14] = v[at] * SIGNED_SCALE;
      f[15] = v[at + s] * SIGNED_SCALE;
      f[16] = v[at - s] * SIGNED_SCALE;
      f[17] = v[at - 1] * SIGNED_SCALE;
      f[18] = v[at + 1] * SIGNED_SCALE;
      f[19] = v[at + s - 1] * SIGNED_SCALE;
      f[20] = v[at + s + 1] * SIGNED_SCALE;
    }
    if (this.#vertical !== NOWHERE) {
      const v = this.#vertical.signed;
      const at = this.#verticalIndex;
      f[21] = v[at] * SIGNED_SCALE;
      f[22] = v[at + 1] * SIGNED_SCALE;
      f[23] = v[at - 1] * SIGNED_SCALE;
    }
    if (this.#hasParent) {
      const v = this.#parent.signed;
      const s = this.#parent.stride;
      const at = this.#parentIndex;
      const sideX = (this.#x & 1) * 2 - 1;
      const sideY = (this.#y & 1) * 2 - 1;
      f[24] = v[at] * SIGNED_SCALE;
      f[25] = sideX * (v[at + 1] - v[at - 1]) * SIGNED_SCALE;
      f[26] = sideY * (v[at + s] - v[at - s]) * SIGNED_SCALE;
      f[27] = sideX * v[at] * SIGNED_SCALE;
      f[28] = sideY * v[at] * SIGNED_SCALE;
    } else if (this.#low !== NOWHERE) {
      const v = this.#low.values;
      const at = this.#lowIndex;
      const towards = this.#orientation === 1 ? 1 : this.#low.stride;
      f[24] = clip3((v[at + towards] - v[at]) >> 2) * SIGNED_SCALE;
      f[25] = clip3((v[at] - v[at - towards]) >> 2) * SIGNED_SCALE;
      f[26] = clip3((v[at + 2 * towards] - v[at + towards]) >> 2) * SIGNED_SCALE;
    }
    this.#vectors.gather(this.#index, this.#x, this.#y, f, FIRST_VECTOR_FEATURE);
  }
}

function present(plane: Plane | undefined): Plane {
  return plane === undefined || plane.isEmpty ? NOWHERE : plane;
}

/** Mean magnitude of a coded band as a feature: log2 of 1 + 32 times the mean, in 1/128; 0 without a band. */
function density(plane: Plane): number {
  const count = plane.width * plane.height;
  return count === 0 ? 0 : logFeature(Math.floor((plane.magnitudeSum * 16) / count));
}

function logFeature(magnitude: number): number {
  return LOG_FEATURE[clippedMagnitude(magnitude)];
}

function energyClass(magnitude: number): number {
  return ENERGY_CLASS[clippedMagnitude(magnitude)];
}

function upTo3(value: number): number {
  return value < 3 ? value : 3;
}
