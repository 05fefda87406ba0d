// The mixing model in AssemblyScript, compiled by `deno task wasm` into src/entropy/mixing/mixing_wasm.ts.
//
// Works on the block that src/entropy/mixing/mixing_block.ts lays out; SQUASH, COUNTERS and so on are its addresses, put in front
// of this file by scripts/build_wasm.ts. Results equal those of src/entropy/mixing/mixing_kernel.ts to the bit: sums wrap, so their
// order does not matter, and inputs or features of 0 change no weight.

const LOGIT_LIMIT: i32 = 2047;
const SQUASH_LIMIT: i32 = 3072;
const CONSTANT_INPUT: i32 = 256;
const COUNT_BITS: u32 = 10;
const COUNT_MASK: u32 = 1023;
const COUNT_LIMIT: u32 = 120;
const COUNTER_ONE: u32 = 1 << 22;
const SET_COUNT_LIMIT: u32 = 255;
const WEIGHT_LIMIT: i32 = 4 << 20;
const MIXER_SET_BYTES: usize = 32;
const DIRECT_SET_BYTES: usize = 144;

// The decision at hand.
let ownSet: usize = 0;
let ownLogit: i32 = 0;
let secondSet: usize = 0;
let secondLogit: i32 = 0;
let contextsEnd: usize = 0;
let direct: i32 = 0;
let directSet: usize = 0;
let features: usize = 0;
let featuresEnd: usize = 0;

// @ts-ignore: decorator
@inline
function total(sum: v128): i32 {
  const halves = i32x4.add(sum, v128.shuffle<i32>(sum, sum, 2, 3, 0, 1));
  return i32x4.extract_lane(halves, 0) + i32x4.extract_lane(halves, 1);
}

// @ts-ignore: decorator
@inline
function product(weights: usize, inputs: v128): v128 {
  return i32x4.mul(i32x4.shr_s(v128.load(weights), 7), inputs);
}

// @ts-ignore: decorator
@inline
function clamped(value: i32, least: i32, most: i32): i32 {
  return value > most ? most : value < least ? least : value;
}

// @ts-ignore: decorator
@inline
function squash(logit: i32): i32 {
  return load<u16>(SQUASH + (<usize>(logit + SQUASH_LIMIT) << 1));
}

/** `length` features, a multiple of 4. */
export function directLogit(list: usize, length: i32, set: i32): i32 {
  let weights = DIRECT_WEIGHTS + <usize>set * DIRECT_SET_BYTES;
  const end = list + (<usize>length << 2);
  let sum = i32x4.splat(0);
  for (; list < end; list += 16, weights += 16) sum = i32x4.add(sum, product(weights, v128.load(list)));
  return clamped(total(sum) >> 13, -LOGIT_LIMIT, LOGIT_LIMIT);
}

// @ts-ignore: decorator
@inline
function counterLogit(place: usize): i32 {
  return inputOf(COUNTERS + (<usize>load<u32>(CONTEXTS + (place << 2)) << 2));
}

/** What the counter at an address puts in. */
// @ts-ignore: decorator
@inline
function inputOf(at: usize): i32 {
  const counter = load<u32>(at);
  return (<i32>load<i16>(STRETCH + (<usize>(counter >> 20) << 1)) *
    <i32>load<u16>(CONFIDENCE + (<usize>(counter & COUNT_MASK) << 1))) >> 8;
}

export function predict(
  contextCount: i32,
  mixer: i32,
  secondMixer: i32,
  logit: i32,
  list: usize,
  length: i32,
  set: i32,
): i32 {
  ownSet = mixer;
  secondSet = secondMixer;
  contextsEnd = CONTEXTS + (<usize>contextCount << 2);
  direct = logit;
  directSet = set;
  features = list;
  featuresEnd = list + (<usize>length << 2);
  let low = i32x4.replace_lane(i32x4.splat(logit), 1, CONSTANT_INPUT);
  let high = i32x4.splat(0);
  low = i32x4.replace_lane(low, 2, counterLogit(0));
  low = i32x4.replace_lane(low, 3, contextCount > 1 ? counterLogit(1) : 0);
  if (contextCount > 2) high = i32x4.replace_lane(high, 0, counterLogit(2));
  if (contextCount > 3) high = i32x4.replace_lane(high, 1, counterLogit(3));
  if (contextCount > 4) high = i32x4.replace_lane(high, 2, counterLogit(4));
  if (contextCount > 5) high = i32x4.replace_lane(high, 3, counterLogit(5));
  v128.store(INPUTS, low);
  v128.store(INPUTS, high, 16);
  const own = MIXER_WEIGHTS + <usize>mixer * MIXER_SET_BYTES, second = MIXER_WEIGHTS + <usize>secondMixer * MIXER_SET_BYTES;
  const ownSum = i32x4.add(product(own, low), product(own + 16, high));
  const secondSum = i32x4.add(product(second, low), product(second + 16, high));
  ownLogit = clamped(total(ownSum) >> 13, -SQUASH_LIMIT, SQUASH_LIMIT - 1);
  secondLogit = clamped(total(secondSum) >> 13, -SQUASH_LIMIT, SQUASH_LIMIT - 1);
  return squash((ownLogit + secondLogit) >> 1);
}

/** The direct stage and the prediction together, the second mixer set being the logit's class' among 32. */
export function predictByDirect(
  contextCount: i32,
  mixer: i32,
  secondMixers: i32,
  list: usize,
  length: i32,
  set: i32,
): i32 {
  const logit = directLogit(list, length, set);
  return predict(contextCount, mixer, secondMixers + ((logit + 2048) >> 7), logit, list, length, set);
}

/** Counts a set's update, and says how far its logit was off, times the learning rate by the count before. */
// @ts-ignore: decorator
@inline
function scaledError(target: i32, logit: i32, count: usize, rates: usize): i32 {
  const before = <u32>load<u8>(count);
  store<u8>(count, before + u32(before < SET_COUNT_LIMIT));
  return ((target - squash(logit)) * <i32>load<u16>(rates + (<usize>before << 1))) >> 8;
}

// @ts-ignore: decorator
@inline
function adjusted(weights: v128, inputs: v128, error: v128): v128 {
  const moved = i32x4.add(weights, i32x4.shr_s(i32x4.mul(inputs, error), 10));
  return i32x4.max_s(i32x4.min_s(moved, i32x4.splat(WEIGHT_LIMIT)), i32x4.splat(-WEIGHT_LIMIT));
}

// @ts-ignore: decorator
@inline
function adjust(weights: usize, inputs: v128, error: v128): void {
  v128.store(weights, adjusted(v128.load(weights), inputs, error));
}

/** Moves the counter at an address towards an outcome. */
// @ts-ignore: decorator
@inline
function moveCounter(at: usize, outcome: i32): void {
  const counter = load<u32>(at);
  const count = counter & COUNT_MASK, probability = counter >> COUNT_BITS;
  const rate = <u32>load<u16>(COUNTER_RATE + (<usize>count << 1));
  const moved = outcome != 0
    ? probability + ((((COUNTER_ONE - probability) >> 6) * rate) >> 8)
    : probability - (((probability >> 6) * rate) >> 8);
  store<u32>(at, (moved << COUNT_BITS) | (count + u32(count < COUNT_LIMIT)));
}

/** Learns from the decision at hand. */
export function learn(outcome: i32): void {
  const target = outcome << 16;
  const low = v128.load(INPUTS), high = v128.load(INPUTS, 16);
  const own = MIXER_WEIGHTS + ownSet * MIXER_SET_BYTES, second = MIXER_WEIGHTS + secondSet * MIXER_SET_BYTES;
  const ownError = i32x4.splat(scaledError(target, ownLogit, MIXER_COUNTS + ownSet, MIXER_RATE));
  const secondError = i32x4.splat(scaledError(target, secondLogit, MIXER_COUNTS + secondSet, MIXER_RATE));
  adjust(own, low, ownError);
  adjust(own + 16, high, ownError);
  adjust(second, low, secondError);
  adjust(second + 16, high, secondError);

  const directError = scaledError(target, direct, DIRECT_COUNTS + directSet, DIRECT_RATE);
  if (directError != 0) {
    const error = i32x4.splat(directError);
    let weights = DIRECT_WEIGHTS + directSet * DIRECT_SET_BYTES;
    const end = featuresEnd;
    for (let list = features; list < end; list += 16, weights += 16) adjust(weights, v128.load(list), error);
  }

  const end = contextsEnd;
  for (let context = CONTEXTS; context < end; context += 4) {
    moveCounter(COUNTERS + (<usize>load<u32>(context) << 2), outcome);
  }
}
