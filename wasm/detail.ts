// The coder of latents' detail bands in AssemblyScript, for models with a context net: a part of the mixing model's module, since it
// works on the same counters and weights (src/entropy/mixing/mixing_wasm.ts).
//
// Works on the memory that src/entropy/mixing/mixing_block.ts and src/entropy/latent/detail_block.ts lay out. Decisions, values and
// errors equal those of src/entropy/latent/high_pass_coder.ts, and costs those of level_costs.ts: see there for what contexts mean.
//
// Planes are those of src/entropy/plane.ts with their margins; an address of 0 stands for one that is not there. Names begin with the
// plane: own, c1 … c3 the channels before, p the parent, h and v the HL and LH siblings, low LL; M are magnitudes, S signed values,
// S1 … S3 those of the channels before.

const PLANE_MARGIN: i32 = 3;
const MAGNITUDE_CLIP: i32 = 4095;
const SIGNED_CLIP: i32 = 3;
const SIGNED_SCALE: i32 = 64;
const UNARY_LIMIT: i32 = 20;
const DETAIL_STEPS: i32 = 13;
const STEP_CLASSES: i32 = 6;
const SIGN_FEATURES: i32 = 36;
const FEATURE_BYTES: usize = 144;
const SIGN_LIST: usize = FEATURES + 2 * FEATURE_BYTES;
const UNIT_BYTES: usize = 64;
const UNIT_SUM_BYTES: usize = 128;
const MOST_TAIL_BITS: i32 = 31;
const FAIR: i32 = 32768;
const MOST_LEVEL: i64 = 1 << 30;
const UNITS_PER_STEP: i32 = 64;
const NEVER: i64 = 1 << 52;
const WAY_COUNT: i32 = 4;

/** Mode in which decisions go nowhere and the model learns from them. */
const LEARN: i32 = 2;

const FINE_STATUS: i32 = 0;
const TOO_LARGE: i32 = 1;
const ENDLESS: i32 = 2;
const WRONG_PARITY: i32 = 3;

let status: i32 = 0;
let refused: i64 = 0;

// ---- State of the band --------------------------------------------------------------------------------------------------

let orientation: i32 = 0;
let bandClass: i32 = 0;
let shapeClass: i32 = 0;
let edgeClass: i32 = 0;
let isTrellis: bool = false;
let width: i32 = 0;
let stride: i32 = 0;
let ownM: usize = 0;
let ownS: usize = 0;
let ownLevels: usize = 0;
let c1M: usize = 0;
let c2M: usize = 0;
let c3M: usize = 0;
let c1S: usize = 0;
let c2S: usize = 0;
let c3S: usize = 0;
let pWidth: i32 = 0;
let pHeight: i32 = 0;
let pM: usize = 0;
let pS: usize = 0;
let pS1: usize = 0;
let pS2: usize = 0;
let pS3: usize = 0;
let hWidth: i32 = 0;
let hHeight: i32 = 0;
let hM: usize = 0;
let hS: usize = 0;
let hS1: usize = 0;
let hS2: usize = 0;
let hS3: usize = 0;
let vWidth: i32 = 0;
let vHeight: i32 = 0;
let vM: usize = 0;
let vS: usize = 0;
let vS1: usize = 0;
let vS2: usize = 0;
let vS3: usize = 0;
let lowWidth: i32 = 0;
let lowHeight: i32 = 0;
let low: usize = 0;
let trellisState: i32 = 0;
let magnitudeSum: f64 = 0;

// ---- State of the place -------------------------------------------------------------------------------------------------

let quantiser: i32 = 0;
let column: i32 = 0;
let row: i32 = 0;
let index: i32 = 0;
let pIndex: i32 = 0;
let hIndex: i32 = 0;
let vIndex: i32 = 0;
let lowIndex: i32 = 0;
let nearEnergy: i32 = 0;
let siblingClass: i32 = 0;
let channelClass: i32 = 0;
let placeClass: i32 = 0;
let totalClass: i32 = 0;
let signLogit: i32 = 0;
/** How well the sign agreed with its prediction; 0 until it is known. */
let agreement: i32 = 0;

// ---- Planes -------------------------------------------------------------------------------------------------------------

// @ts-ignore: decorator
@inline
function mag(plane: usize, at: i32): i32 {
  return load<u16>(plane + (<usize>at << 1));
}

// @ts-ignore: decorator
@inline
function sig(plane: usize, at: i32): i32 {
  return load<i8>(plane + <usize>at);
}

// @ts-ignore: decorator
@inline
function lowAt(at: i32): i32 {
  return load<i32>(low + (<usize>at << 2));
}

// @ts-ignore: decorator
@inline
function strideOf(planeWidth: i32): i32 {
  return planeWidth + 2 * PLANE_MARGIN;
}

// @ts-ignore: decorator
@inline
function indexIn(x: i32, y: i32, planeWidth: i32, planeHeight: i32): i32 {
  const inside = x < planeWidth ? x : planeWidth - 1, below = y < planeHeight ? y : planeHeight - 1;
  return (below + PLANE_MARGIN) * strideOf(planeWidth) + inside + PLANE_MARGIN;
}

// @ts-ignore: decorator
@inline
function energyClass(magnitude: i32): i32 {
  return load<u8>(ENERGY_CLASS + <usize>(magnitude < MAGNITUDE_CLIP ? magnitude : MAGNITUDE_CLIP));
}

// @ts-ignore: decorator
@inline
function upTo3(value: i32): i32 {
  return value < 3 ? value : 3;
}

// @ts-ignore: decorator
@inline
function crossOf(plane: usize, at: i32, planeStride: i32): i32 {
  return mag(plane, at - 1) + mag(plane, at + 1) + mag(plane, at - planeStride) + mag(plane, at + planeStride);
}

/** How far the LL band bends along a direction. */
// @ts-ignore: decorator
@inline
function curve(at: i32, towards: i32): i64 {
  return abs(<i64>lowAt(at + towards) - 2 * <i64>lowAt(at) + <i64>lowAt(at - towards));
}

/** Looks around the place (x, y). */
function lookAround(x: i32, y: i32): void {
  const at = (y + PLANE_MARGIN) * stride + x + PLANE_MARGIN;
  column = x;
  row = y;
  index = at;
  const w = mag(ownM, at - 1), n = mag(ownM, at - stride);
  const nw = mag(ownM, at - stride - 1), ne = mag(ownM, at - stride + 1);
  const ww = mag(ownM, at - 2), nn = mag(ownM, at - 2 * stride);
  const isHorizontal = orientation == 1;
  const along = isHorizontal ? n : w, across = isHorizontal ? w : n;
  const near = orientation == 3 ? 3 * (w + n) + nw + ne : 4 * along + 2 * across + nw + ne;
  nearEnergy = near;

  let parentCentre = 0, parentCross = 0;
  if (pM != 0) {
    pIndex = indexIn(x >> 1, y >> 1, pWidth, pHeight);
    parentCentre = mag(pM, pIndex);
    parentCross = crossOf(pM, pIndex, strideOf(pWidth));
  } else if (low != 0) {
    lowIndex = indexIn(x, y, lowWidth, lowHeight);
    const curveX = curve(lowIndex, 1), curveY = curve(lowIndex, strideOf(lowWidth));
    const bend = isHorizontal ? curveX : orientation == 2 ? curveY : (curveX + curveY) >> 1;
    const clipped = <i32>min<i64>(bend, MAGNITUDE_CLIP);
    parentCentre = clipped >> 3;
    parentCross = clipped >> 1;
  }
  let siblingNear = 0, siblingFar = 0, crossNear = 0, crossFar = 0;
  if (hM != 0) {
    const i = hIndex = indexIn(x, y, hWidth, hHeight), s = strideOf(hWidth);
    siblingNear = mag(hM, i) + mag(hM, i + s);
    siblingFar = mag(hM, i - 1) + mag(hM, i + 1) + mag(hM, i - s) + mag(hM, i + s + 1) + mag(hM, i + s - 1);
  }
  if (vM != 0) {
    const i = vIndex = indexIn(x, y, vWidth, vHeight), s = strideOf(vWidth);
    crossNear = mag(vM, i) + mag(vM, i + 1);
    crossFar = mag(vM, i - 1) + mag(vM, i - s) + mag(vM, i + s);
  }
  let c1 = 0, c1Cross = 0, c2 = 0, c3 = 0, olderCross = 0;
  if (c1M != 0) {
    c1 = mag(c1M, at);
    c1Cross = crossOf(c1M, at, stride);
  }
  if (c2M != 0) {
    c2 = mag(c2M, at);
    olderCross = crossOf(c2M, at, stride);
  }
  if (c3M != 0) {
    c3 = mag(c3M, at);
    olderCross += crossOf(c3M, at, stride);
  }

  const parentEnergy = 2 * parentCentre + parentCross;
  const siblingEnergy = 2 * (siblingNear + crossNear) + siblingFar + crossFar;
  const along2 = isHorizontal ? nn : ww, across2 = isHorizontal ? ww : nn;
  const total = orientation == 3
    ? (4 * (w + n) + 2 * (nw + ne) + ww + nn + 5 * c1 + c2 + c3 + 3 * (siblingNear + crossNear) + siblingFar + crossFar +
      parentCentre + (parentCross >> 1)) >> 1
    : (9 * along + 4 * across + 2 * (nw + ne) + 3 * along2 + 2 * across2 + 6 * c1 + c2 + c3 + 2 * siblingNear + siblingFar +
      parentCentre + parentCross) >> 1;

  const nearHalf = energyClass(near) >> 1;
  const nearClass = nearHalf < 7 ? nearHalf : 7;
  const parentHalf = energyClass(parentEnergy) >> 1;
  siblingClass = (isHorizontal ? parentHalf : energyClass(siblingEnergy) >> 1) * 8 + nearClass;
  const channelEnergy = 3 * c1 + 2 * c2 + 2 * c3 + ((c1Cross + olderCross) >> 1);
  channelClass = (c1M != 0 ? energyClass(channelEnergy) >> 1 : parentHalf) * 8 + nearClass;
  placeClass = c1M != 0
    ? (upTo3(c1) * 4 + upTo3(c2)) * 4 + upTo3(c3)
    : (upTo3(parentCentre) * 4 + upTo3(ww)) * 4 + upTo3(nn);
  totalClass = energyClass(total) * 4 + upTo3(c1);
}

/** Energy of the causal neighbours two places away. */
// @ts-ignore: decorator
@inline
function farEnergy(): i32 {
  const at = index, s = stride;
  const ww = mag(ownM, at - 2), nn = mag(ownM, at - 2 * s);
  const twoAway = orientation == 1 ? 2 * nn + ww : 2 * ww + nn;
  return twoAway + mag(ownM, at - 2 * s - 1) + mag(ownM, at - 2 * s + 1) + mag(ownM, at - s - 2) + mag(ownM, at - s + 2);
}

// ---- The net ------------------------------------------------------------------------------------------------------------

// @ts-ignore: decorator
@inline
function pairUnits(sum: v128, inputs: v128, weights: usize): v128 {
  return i32x4.add(sum, i32x4.dot_i16x8_s(inputs, v128.load(weights)));
}

// @ts-ignore: decorator
@inline
function storeUnits(at: usize, a: v128, b: v128): void {
  const narrowed = i16x8.narrow_i32x4_s(i32x4.shr_s(a, 4), i32x4.shr_s(b, 4));
  v128.store(at, i16x8.max_s(i16x8.splat(0), i16x8.min_s(i16x8.splat(2047), narrowed)));
}

/** Finishes the units of the place, of its sums and the two pairs of magnitudes to its left. */
function finishUnits(sums: usize): void {
  let s0 = v128.load(sums), s1 = v128.load(sums, 16), s2 = v128.load(sums, 32), s3 = v128.load(sums, 48);
  let s4 = v128.load(sums, 64), s5 = v128.load(sums, 80), s6 = v128.load(sums, 96), s7 = v128.load(sums, 112);
  const left = ownLevels + <usize>index;
  for (let k: usize = 0; k < 2; k++) {
    const both = <u32>load<u8>(left - 2 * k - 1) | (<u32>load<u8>(left - 2 * k - 2) << 16);
    if (both == 0) continue;
    const inputs = i32x4.splat(both), w = SERIAL_PAIRS + k * UNIT_SUM_BYTES;
    s0 = pairUnits(s0, inputs, w);
    s1 = pairUnits(s1, inputs, w + 16);
    s2 = pairUnits(s2, inputs, w + 32);
    s3 = pairUnits(s3, inputs, w + 48);
    s4 = pairUnits(s4, inputs, w + 64);
    s5 = pairUnits(s5, inputs, w + 80);
    s6 = pairUnits(s6, inputs, w + 96);
    s7 = pairUnits(s7, inputs, w + 112);
  }
  storeUnits(UNITS, s0, s1);
  storeUnits(UNITS + 16, s2, s3);
  storeUnits(UNITS + 32, s4, s5);
  storeUnits(UNITS + 48, s6, s7);
}

// @ts-ignore: decorator
@inline
function netLogit(number: i32): i32 {
  const weights = OUTPUTS + <usize>number * UNIT_BYTES;
  const a = i32x4.add(
    i32x4.dot_i16x8_s(v128.load(UNITS), v128.load(weights)),
    i32x4.dot_i16x8_s(v128.load(UNITS, 16), v128.load(weights, 16)),
  );
  const b = i32x4.add(
    i32x4.dot_i16x8_s(v128.load(UNITS, 32), v128.load(weights, 32)),
    i32x4.dot_i16x8_s(v128.load(UNITS, 48), v128.load(weights, 48)),
  );
  const value = (total(i32x4.add(a, b)) + load<i32>(OUTPUT_BIASES + (<usize>number << 2))) >> 10;
  return clamped(value, -LOGIT_LIMIT, LOGIT_LIMIT);
}

// ---- Decisions ----------------------------------------------------------------------------------------------------------

// @ts-ignore: decorator
@inline
function setContext(i: usize, counter: i32): void {
  store<i32>(CONTEXTS + (i << 2), counter);
}

// @ts-ignore: decorator
@inline
function counterAddress(number: i32): usize {
  return COUNTERS + (<usize>number << 2);
}

// The step at hand: number of its logit, weight sets, and the addresses of its counters.
let stepLogit: i32 = 0;
let stepMixer: i32 = 0;
let stepMixers: i32 = 0;
let stepAt0: usize = 0;
let stepAt1: usize = 0;
let stepAt2: usize = 0;
let stepAt3: usize = 0;

/** Turns to a step of the place's magnitude. */
// @ts-ignore: decorator
@inline
function turnToStep(step: i32): void {
  const stepClass = step > 2 ? 3 : step < 2 && quantiser == 1 ? 4 + step : step;
  const base = bandClass * STEP_CLASSES + stepClass;
  stepLogit = quantiser * DETAIL_STEPS + (step < DETAIL_STEPS - 1 ? step : DETAIL_STEPS - 1);
  stepMixer = DETAIL_MIXERS + base;
  stepMixers = LOGIT_MIXERS + stepClass * 32;
  stepAt0 = counterAddress(SIBLING_COUNTERS + base * 128 + siblingClass);
  stepAt1 = counterAddress(CHANNEL_COUNTERS + base * 128 + channelClass);
  stepAt2 = counterAddress(PLACE_COUNTERS + base * 64 + placeClass);
  stepAt3 = counterAddress(
    step < 3
      ? TOTAL_COUNTERS + (shapeClass * STEP_CLASSES + stepClass) * 128 + totalClass
      : HIGH_COUNTERS + ((min(step, 12) - 3) * 12 + edgeClass) * 32 + energyClass(nearEnergy + farEnergy()),
  );
}

// @ts-ignore: decorator
@inline
function stepFeatures(): v128 {
  return i32x4(256, netLogit(stepLogit), agreement, 0);
}

// @ts-ignore: decorator
@inline
function stepDirect(): usize {
  return DIRECT_WEIGHTS + <usize>(DETAIL_DIRECTS + stepLogit * 3 + orientation - 1) * DIRECT_SET_BYTES;
}

// @ts-ignore: decorator
@inline
function weighedBy(weights: v128, inputs: v128): v128 {
  return i32x4.mul(i32x4.shr_s(weights, 7), inputs);
}

// @ts-ignore: decorator
@inline
function directOf(weights: v128, inputs: v128): i32 {
  return clamped(total(weighedBy(weights, inputs)) >> 13, -LOGIT_LIMIT, LOGIT_LIMIT);
}

// @ts-ignore: decorator
@inline
function mixed(w0: v128, w1: v128, low: v128, high: v128): i32 {
  const sum = i32x4.add(weighedBy(w0, low), weighedBy(w1, high));
  return clamped(total(sum) >> 13, -SQUASH_LIMIT, SQUASH_LIMIT - 1);
}

// @ts-ignore: decorator
@inline
function mixerAt(set: i32): usize {
  return MIXER_WEIGHTS + <usize>set * MIXER_SET_BYTES;
}

/** The probability that the magnitude is greater than a step's: what decideStep codes with. */
function stepProbability(step: i32): i32 {
  turnToStep(step);
  const direct = directOf(v128.load(stepDirect()), stepFeatures());
  const low = i32x4(direct, CONSTANT_INPUT, inputOf(stepAt0), inputOf(stepAt1));
  const high = i32x4(inputOf(stepAt2), inputOf(stepAt3), 0, 0);
  const own = mixerAt(stepMixer), second = mixerAt(stepMixers + ((direct + 2048) >> 7));
  return squash(
    (mixed(v128.load(own), v128.load(own, 16), low, high) +
      mixed(v128.load(second), v128.load(second, 16), low, high)) >> 1,
  );
}

/** Decides whether the magnitude is greater than a step's, and learns from it: predictByDirect and learn for four counters. */
function decideStep(step: i32, bit: i32): i32 {
  turnToStep(step);
  const features = stepFeatures(), directAt = stepDirect(), d0 = v128.load(directAt);
  const direct = directOf(d0, features);
  const low = i32x4(direct, CONSTANT_INPUT, inputOf(stepAt0), inputOf(stepAt1));
  const high = i32x4(inputOf(stepAt2), inputOf(stepAt3), 0, 0);
  const secondMixer = stepMixers + ((direct + 2048) >> 7);
  const own = mixerAt(stepMixer), second = mixerAt(secondMixer);
  const a0 = v128.load(own), a1 = v128.load(own, 16), b0 = v128.load(second), b1 = v128.load(second, 16);
  const logitA = mixed(a0, a1, low, high), logitB = mixed(b0, b1, low, high);
  const outcome = code(bit, squash((logitA + logitB) >> 1));

  const target = outcome << 16;
  const errorA = i32x4.splat(scaledError(target, logitA, MIXER_COUNTS + <usize>stepMixer, MIXER_RATE));
  const errorB = i32x4.splat(scaledError(target, logitB, MIXER_COUNTS + <usize>secondMixer, MIXER_RATE));
  const errorD = i32x4.splat(scaledError(target, direct, directCount(stepLogit), DIRECT_RATE));
  v128.store(own, adjusted(a0, low, errorA));
  v128.store(own, adjusted(a1, high, errorA), 16);
  v128.store(second, adjusted(b0, low, errorB));
  v128.store(second, adjusted(b1, high, errorB), 16);
  v128.store(directAt, adjusted(d0, features, errorD));
  moveCounter(stepAt0, outcome);
  moveCounter(stepAt1, outcome);
  moveCounter(stepAt2, outcome);
  moveCounter(stepAt3, outcome);
  return outcome;
}

// @ts-ignore: decorator
@inline
function directCount(logit: i32): usize {
  return DIRECT_COUNTS + <usize>(DETAIL_DIRECTS + logit * 3 + orientation - 1);
}

// @ts-ignore: decorator
@inline
function signFeature(i: usize, value: i32): void {
  store<i32>(SIGN_LIST + (i << 2), value * SIGNED_SCALE);
}

// @ts-ignore: decorator
@inline
function present(plane: usize, at: i32): i32 {
  return plane == 0 ? 0 : sig(plane, at);
}

// @ts-ignore: decorator
@inline
function vectorFeature(s: usize, s1: usize, s2: usize, s3: usize, at: i32, c1: i32, c2: i32, c3: i32): i32 {
  if (s == 0) return 0;
  const own = sig(s, at);
  if (own == 0) return 0;
  const n1 = present(s1, at), n2 = present(s2, at), n3 = present(s3, at);
  return (SIGNED_SCALE * own * (n1 * c1 + n2 * c2 + n3 * c3)) / (1 + n1 * n1 + n2 * n2 + n3 * n3);
}

// @ts-ignore: decorator
@inline
function clip3(value: i32): i32 {
  return value > 3 ? 3 : value < -3 ? -3 : value;
}

// @ts-ignore: decorator
@inline
function signClass(value: i32): i32 {
  return value > 0 ? 1 : value < 0 ? 2 : 0;
}

/** What the sign of the place may depend on. */
function gatherSignFeatures(): void {
  const at = index, s = stride;
  for (let i: usize = 0; i < FEATURE_BYTES; i += 16) v128.store(SIGN_LIST + i, i32x4.splat(0));
  store<i32>(SIGN_LIST, 256);
  signFeature(1, sig(ownS, at - 1));
  signFeature(2, sig(ownS, at - s));
  signFeature(3, sig(ownS, at - s - 1));
  signFeature(4, sig(ownS, at - s + 1));
  signFeature(5, sig(ownS, at - 2));
  signFeature(6, sig(ownS, at - 2 * s));
  if (c1S != 0) {
    signFeature(7, sig(c1S, at));
    signFeature(10, sig(c1S, at + 1) - sig(c1S, at - 1));
    signFeature(11, sig(c1S, at + s) - sig(c1S, at - s));
  }
  if (c2S != 0) signFeature(8, sig(c2S, at));
  if (c3S != 0) {
    signFeature(9, sig(c3S, at));
    signFeature(12, sig(c3S, at + 1) - sig(c3S, at - 1));
    signFeature(13, sig(c3S, at + s) - sig(c3S, at - s));
  }
  if (hS != 0) {
    const i = hIndex, hs = strideOf(hWidth);
    signFeature(14, sig(hS, i));
    signFeature(15, sig(hS, i + hs));
    signFeature(16, sig(hS, i - hs));
    signFeature(17, sig(hS, i - 1));
    signFeature(18, sig(hS, i + 1));
    signFeature(19, sig(hS, i + hs - 1));
    signFeature(20, sig(hS, i + hs + 1));
  }
  if (vS != 0) {
    signFeature(21, sig(vS, vIndex));
    signFeature(22, sig(vS, vIndex + 1));
    signFeature(23, sig(vS, vIndex - 1));
  }
  if (pS != 0) {
    const i = pIndex, ps = strideOf(pWidth);
    const sideX = (column & 1) * 2 - 1, sideY = (row & 1) * 2 - 1;
    const centre = sig(pS, i);
    signFeature(24, centre);
    signFeature(25, sideX * (sig(pS, i + 1) - sig(pS, i - 1)));
    signFeature(26, sideY * (sig(pS, i + ps) - sig(pS, i - ps)));
    signFeature(27, sideX * centre);
    signFeature(28, sideY * centre);
  } else if (low != 0) {
    const i = lowIndex, towards = orientation == 1 ? 1 : strideOf(lowWidth);
    signFeature(24, clip3((lowAt(i + towards) - lowAt(i)) >> 2));
    signFeature(25, clip3((lowAt(i) - lowAt(i - towards)) >> 2));
    signFeature(26, clip3((lowAt(i + 2 * towards) - lowAt(i + towards)) >> 2));
  }
  const c1 = present(c1S, at), c2 = present(c2S, at), c3 = present(c3S, at);
  if ((c1 | c2 | c3) == 0) return;
  store<i32>(SIGN_LIST, vectorFeature(ownS, c1S, c2S, c3S, at - 1, c1, c2, c3), 120);
  store<i32>(SIGN_LIST, vectorFeature(ownS, c1S, c2S, c3S, at - s, c1, c2, c3), 124);
  store<i32>(SIGN_LIST, vectorFeature(ownS, c1S, c2S, c3S, at - s + 1, c1, c2, c3), 128);
  store<i32>(SIGN_LIST, vectorFeature(ownS, c1S, c2S, c3S, at - s - 1, c1, c2, c3), 132);
  store<i32>(SIGN_LIST, vectorFeature(pS, pS1, pS2, pS3, pIndex, c1, c2, c3), 136);
  store<i32>(
    SIGN_LIST,
    vectorFeature(hS, hS1, hS2, hS3, hIndex, c1, c2, c3) + vectorFeature(vS, vS1, vS2, vS3, vIndex, c1, c2, c3),
    140,
  );
}

/** The probability that the place's level is negative. */
function signProbability(): i32 {
  gatherSignFeatures();
  const set = SIGN_DIRECTS + bandClass;
  const logit = directLogit(SIGN_LIST, SIGN_FEATURES, set);
  signLogit = logit;
  const logitClass = max(0, min(31, (logit + 512) >> 5));
  const at = index;
  setContext(0, SIGN_LOGIT_COUNTERS + bandClass * 32 + logitClass);
  setContext(1, SIGN_NEAR_COUNTERS + bandClass * 9 + signClass(sig(ownS, at - 1)) * 3 + signClass(sig(ownS, at - stride)));
  setContext(
    2,
    SIGN_PLACE_COUNTERS + bandClass * 27 + signClass(present(c1S, at)) * 9 + signClass(present(c2S, at)) * 3 +
      signClass(present(c3S, at)),
  );
  return predict(3, SIGN_MIXERS + bandClass, SIGN_LOGIT_MIXERS + logitClass, logit, SIGN_LIST, SIGN_FEATURES, set);
}

/** Codes a decision with one counter alone. */
function decideAlone(number: i32, bit: i32): i32 {
  const at = COUNTERS + (<usize>number << 2);
  const outcome = code(bit, loneProbability(load<u32>(at)));
  moveCounter(at, outcome);
  return outcome;
}

// @ts-ignore: decorator
@inline
function loneProbability(counter: u32): i32 {
  return clamped(<i32>(counter >> 16), 32, 65504);
}

/** Codes what exceeds the unary part. */
function codeTail(excess: i64): i64 {
  const wanted = <u32>(excess + 1), wantedBits = excess >= 0 ? 31 - <i32>clz(wanted) : 0;
  let bits = 0;
  while (decideAlone(TAIL_COUNTERS + bits, i32(bits < wantedBits)) == 1) {
    if (++bits > MOST_TAIL_BITS) {
      status = ENDLESS;
      return 0;
    }
  }
  let value: i64 = 1;
  for (let bit = bits - 1; bit >= 0; bit--) {
    const outcome = <i32>(wanted >> bit) & 1;
    value = value * 2 +
      <i64>(bit == bits - 1 ? decideAlone(TAIL_COUNTERS + 32 + bits, outcome) : code(outcome, FAIR));
  }
  return value - 1;
}

/** Codes a level at the place. */
function codeLevel(wanted: i32): i32 {
  agreement = 0;
  if (decideStep(0, i32(wanted != 0)) == 0) return 0;
  const negative = code(i32(wanted < 0), signProbability());
  learn(negative);
  agreement = negative != 0 ? signLogit : -signLogit;
  const most = <i64>abs(wanted);
  let magnitude: i64 = 1;
  while (magnitude < UNARY_LIMIT && decideStep(<i32>magnitude, i32(most > magnitude)) == 1) magnitude++;
  if (magnitude == UNARY_LIMIT) magnitude += codeTail(most - UNARY_LIMIT);
  if (magnitude > MOST_LEVEL && status == FINE_STATUS) {
    status = TOO_LARGE;
    refused = negative != 0 ? -magnitude : magnitude;
    return 0;
  }
  return <i32>(negative != 0 ? -magnitude : magnitude);
}

/** Notes a level for its neighbours. */
function note(level: i32): void {
  if (level == 0) return;
  const magnitude = abs(level), clipped = magnitude < MAGNITUDE_CLIP ? magnitude : MAGNITUDE_CLIP;
  store<u16>(ownM + (<usize>index << 1), clipped);
  store<i8>(ownS + <usize>index, level > SIGNED_CLIP ? SIGNED_CLIP : level < -SIGNED_CLIP ? -SIGNED_CLIP : level);
  store<u8>(ownLevels + <usize>index, load<u8>(LEVEL_OF + <usize>clipped));
  magnitudeSum += clipped;
}

// ---- Costs ----------------------------------------------------------------------------------------------------------------

let signCost: i32 = -1;
let known0: i32 = 0;
let known1: i32 = 0;
let going0: i32 = 0;
let going1: i32 = 0;

// @ts-ignore: decorator
@inline
function bitCost(probability: i32): i32 {
  return load<u16>(BIT_COST + (<usize>(probability >> 4) << 1));
}

/** Bits of a level of a magnitude, in 1/256; all levels of a place have one sign. */
function levelCost(magnitude: i32, negative: bool): i32 {
  const wanted = magnitude < UNARY_LIMIT ? magnitude : UNARY_LIMIT - 1;
  const costs = TOKEN_COSTS + <usize>(quantiser * UNARY_LIMIT * 4);
  let known = quantiser == 0 ? known0 : known1, going = quantiser == 0 ? going0 : going1;
  if (known <= wanted) {
    if (known == 0) {
      agreement = 0;
      const probability = stepProbability(0);
      store<i32>(costs, bitCost(65536 - probability));
      going = bitCost(probability);
      known = 1;
    }
    if (known <= wanted) {
      if (signCost < 0) {
        const probability = signProbability();
        signCost = bitCost(negative ? probability : 65536 - probability);
      }
      if (known == 1) going += signCost;
      agreement = negative ? signLogit : -signLogit;
      for (; known <= wanted; known++) {
        const probability = stepProbability(known);
        store<i32>(costs + (<usize>known << 2), going + bitCost(65536 - probability));
        going += bitCost(probability);
      }
    }
    if (quantiser == 0) {
      known0 = known;
      going0 = going;
    } else {
      known1 = known;
      going1 = going;
    }
  }
  return magnitude < UNARY_LIMIT ? load<i32>(costs + (<usize>magnitude << 2)) : going + tailCost(magnitude - UNARY_LIMIT);
}

// @ts-ignore: decorator
@inline
function aloneCost(number: i32, bit: i32): i32 {
  const probability = loneProbability(load<u32>(COUNTERS + (<usize>number << 2)));
  return bitCost(bit != 0 ? probability : 65536 - probability);
}

function tailCost(excess: i32): i32 {
  const wanted = excess + 1, bits = 31 - clz(wanted);
  let cost = 0;
  for (let i = 0; i <= bits; i++) cost += aloneCost(TAIL_COUNTERS + i, i32(i < bits));
  if (bits > 0) cost += aloneCost(TAIL_COUNTERS + 32 + bits, (wanted >> (bits - 1)) & 1);
  return bits > 1 ? cost + (bits - 1) * bitCost(FAIR) : cost;
}

/** Offers a coefficient to the trellis search, see trellis_search.ts; gives the cheapest level of quantiser 0 by itself. */
function offer(target: i32, lambda: i64, ways: usize, levels: usize): i32 {
  const magnitude = <i64>(target < 0 ? -(<i64>target) : <i64>target), negative = target < 0;
  signCost = -1;
  known0 = known1 = going0 = going1 = 0;
  let own = 0;
  for (quantiser = 0; quantiser < 2; quantiser++) {
    let even = NEVER, odd = NEVER, evenLevel = 0, oddLevel = 0;
    const lower = <i32>((magnitude + UNITS_PER_STEP * quantiser) / (2 * UNITS_PER_STEP));
    const upper = lower > 0 || magnitude >= (quantiser == 0 ? 51 : 26) ? lower + 1 : lower;
    for (let level = max(0, lower - 1); level <= upper; level++) {
      const value = 2 * <i64>level - (level > 0 ? quantiser : 0);
      const error = magnitude - UNITS_PER_STEP * value;
      const cost = error * error * 256 + lambda * <i64>levelCost(level, negative);
      if ((level & 1) == 0) {
        if (cost < even) {
          even = cost;
          evenLevel = level;
        }
      } else if (cost < odd) {
        odd = cost;
        oddLevel = level;
      }
    }
    const skip = <usize>quantiser << 4;
    store<f64>(ways + skip, <f64>even);
    store<f64>(ways + skip, <f64>odd, 8);
    store<i32>(levels + (skip >> 1), negative ? -evenLevel : evenLevel);
    store<i32>(levels + (skip >> 1), negative ? -oddLevel : oddLevel, 4);
    if (quantiser == 0) own = even <= odd ? evenLevel : oddLevel;
  }
  quantiser = 0;
  return negative ? -own : own;
}

// ---- What the caller calls ------------------------------------------------------------------------------------------------

/** Turns to the band that BAND describes; see detail_block.ts for the order. */
export function beginBand(): void {
  orientation = load<i32>(BAND);
  const channel = load<i32>(BAND, 4), level = load<i32>(BAND, 8);
  isTrellis = load<i32>(BAND, 12) != 0;
  width = load<i32>(BAND, 16);
  stride = strideOf(width);
  ownM = load<u32>(BAND, 24);
  ownS = load<u32>(BAND, 28);
  ownLevels = load<u32>(BAND, 32);
  c1M = load<u32>(BAND, 36);
  c2M = load<u32>(BAND, 40);
  c3M = load<u32>(BAND, 44);
  c1S = load<u32>(BAND, 48);
  c2S = load<u32>(BAND, 52);
  c3S = load<u32>(BAND, 56);
  pWidth = load<i32>(BAND, 60);
  pHeight = load<i32>(BAND, 64);
  pM = load<u32>(BAND, 68);
  pS = load<u32>(BAND, 72);
  pS1 = load<u32>(BAND, 76);
  pS2 = load<u32>(BAND, 80);
  pS3 = load<u32>(BAND, 84);
  hWidth = load<i32>(BAND, 88);
  hHeight = load<i32>(BAND, 92);
  hM = load<u32>(BAND, 96);
  hS = load<u32>(BAND, 100);
  hS1 = load<u32>(BAND, 104);
  hS2 = load<u32>(BAND, 108);
  hS3 = load<u32>(BAND, 112);
  vWidth = load<i32>(BAND, 116);
  vHeight = load<i32>(BAND, 120);
  vM = load<u32>(BAND, 124);
  vS = load<u32>(BAND, 128);
  vS1 = load<u32>(BAND, 132);
  vS2 = load<u32>(BAND, 136);
  vS3 = load<u32>(BAND, 140);
  lowWidth = load<i32>(BAND, 144);
  lowHeight = load<i32>(BAND, 148);
  low = load<u32>(BAND, 152);
  const ownChannel = min(channel, 3), ownLevel = min(level, 3) - 1;
  shapeClass = ownLevel * 3 + orientation - 1;
  edgeClass = (orientation - 1) * 4 + ownChannel;
  bandClass = shapeClass * 4 + ownChannel;
  trellisState = quantiser = 0;
  magnitudeSum = 0;
}

/** Learns from the values that are given, which are not coded. */
export function beginLearning(): void {
  mode = LEARN;
}

/**
 * Codes `count` places of a row from column x on, whose values are in VALUES and whose sums of the net in SUMS. Gives 0, or why it
 * ended: 1 for a level out of range, 2 for an endless tail, 3 for a value that its quantiser has not.
 */
export function codePlaces(x: i32, y: i32, count: i32): i32 {
  status = FINE_STATUS;
  for (let i = 0; i < count; i++) {
    const at = VALUES + (<usize>i << 2), value = load<i32>(at);
    quantiser = isTrellis ? trellisState & 1 : 0;
    let wanted = value;
    if (isTrellis && mode != DECODE) {
      const doubled = value > 0 ? value + quantiser : value < 0 ? value - quantiser : 0;
      if ((doubled & 1) != 0) {
        status = WRONG_PARITY;
        refused = value;
        return status;
      }
      wanted = doubled >> 1;
    }
    lookAround(x + i, y);
    finishUnits(SUMS + <usize>i * UNIT_SUM_BYTES);
    const level = codeLevel(wanted);
    if (status != FINE_STATUS) return status;
    if (isTrellis) {
      const coded = 2 * <i64>level - <i64>(level > 0 ? quantiser : level < 0 ? -quantiser : 0);
      if (coded > MOST_LEVEL || coded < -MOST_LEVEL) {
        status = TOO_LARGE;
        refused = coded;
        return status;
      }
      store<i32>(at, <i32>coded);
      trellisState = load<u8>(NEXT_STATE + <usize>(2 * trellisState + (level & 1)));
    } else {
      store<i32>(at, level);
    }
    note(level);
  }
  return status;
}

/** Tells the trellis search what levels cost at as many places: coefficients are in VALUES, costs go to WAYS, levels to WAY_LEVELS. */
export function searchPlaces(x: i32, y: i32, count: i32, lambda: i32): void {
  for (let i = 0; i < count; i++) {
    lookAround(x + i, y);
    finishUnits(SUMS + <usize>i * UNIT_SUM_BYTES);
    const skip = <usize>i << 4;
    note(offer(load<i32>(VALUES + (skip >> 2)), lambda, WAYS + 2 * skip, WAY_LEVELS + skip));
  }
}

/** The sum of the band's clipped magnitudes. */
export function sumOfMagnitudes(): f64 {
  return magnitudeSum;
}

/** The value that was refused, and its quantiser. */
export function refusedValue(): f64 {
  return <f64>refused;
}
export function refusedQuantiser(): i32 {
  return quantiser;
}
