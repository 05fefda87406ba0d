// The subband coder's part for planes of samples, in AssemblyScript, compiled by `deno task wasm` into
// src/entropy/lossless/samples_wasm.ts, once with SIMD and once without. Both give the same bytes: what is not in integers is in
// numbers of 32 bits whose operations have one order. docs/specification/6-lossless-predictor.md says what it computes; sums and
// products of integers wrap where that page says nothing else. wasm/decision_stream.ts and wasm/windows.ts come before it.
//
// The caller writes the tables to `tables()`, then per picture calls `configure`, `open`, and `encode` or `decode`.

// ---- Layout of the static state ---------------------------------------------------------------------------------------

const MARGIN: i32 = 8;
const CHANNELS: i32 = 3;
/** Counters of a context, side by side: one a step of the magnitude, the last one for zero. */
const STEPS: i32 = 16;
const ZERO_STEP: i32 = 15;
const STEPS_BYTES: i32 = STEPS * 4;
/** A decision's inputs are counters, then opinions of predictors. */
const COUNTER_INPUTS: i32 = 4;
const CLASS_BITS: i32 = 8;
/** Eight weights of 16 bits, then how often the set was used. */
const SET_BYTES: i32 = 32;
/** Steps of the magnitude that sets tell apart, and zero; sets of steps of 1 and of larger ones lie side by side. */
const STAGES: i32 = 7;
const ZERO_STAGE: i32 = 6;
const GROUP_STAGES: i32 = 16;
/** Parities of column and row: cameras and chroma subsampling make the channels after the first differ by them. */
const PHASES: i32 = 4;
/** Predictors lie side by side in vectors; those that a level lacks are 0. */
const PREDICTORS: i32 = 4;
const PREDICTOR_BYTES: usize = 16;
/** Taps of values, of misses, and of values again; fast levels have fewer. */
const TAPS: i32 = 24;
const TAP_BYTES: usize = 96;
const MISS_BYTES: usize = 32;
const FAST_BYTES: usize = 48;
const MAIN_BYTES: usize = 80;
const LIMIT: i32 = 3072;
const MOST: i32 = 1 << 30;
/** How fast the predictor that learns by steps learns: its rate, and what is added to the energy of the taps. */
const STEP_RATE: f32 = 0.00390625;
const STEP_DAMPING: f32 = 88;
/** Largest binary logarithm of a step of the magnitude. */
const MOST_BITS: i32 = 29;
const MOST_STEP_BITS: i32 = 24;
/** The scale of a logistic distribution of errors, from the sum of eight of them. */
const OPINION_SCALE: f32 = 860000.0;

/** Errors that predictors are taken to have made beyond the first row. */
const FIRST_ERROR: i32 = 32;

const SIGN_COUNTERS: i32 = COUNTER_INPUTS * CHANNELS * STEPS << CLASS_BITS;
const REST_COUNTERS: i32 = SIGN_COUNTERS + (COUNTER_INPUTS * 2 * CHANNELS << CLASS_BITS);
const COUNTERS: i32 = REST_COUNTERS + CHANNELS * 16 * 8 * 4;

const SIGN_SETS: i32 = CHANNELS * 64 * GROUP_STAGES;
const SPREAD_SETS: i32 = SIGN_SETS + 2 * CHANNELS * 16;
const SECOND_SIGN_SETS: i32 = SPREAD_SETS + CHANNELS * 256 * GROUP_STAGES;
const ALL_SETS: i32 = SECOND_SIGN_SETS + 2 * CHANNELS * 256;

/** u16 */
const SQUASH: usize = WINDOWS_END + 63 & ~63;
/** i16 */
const STRETCH: usize = SQUASH + 2 * 6144;
/** 256 ln(e^(x/256) − 1) is x less this, by x: u16. */
const LOG_REST: usize = STRETCH + 2 * 4096;
/** 256 ln(1 + e^(x/256)) is max(0, x) and this, by |x|: u8. */
const SOFT_REST: usize = LOG_REST + 2 * 2048;
const FINE: usize = SOFT_REST + 2048;
const PACE: usize = FINE + 16384;
const SET_RATE: usize = PACE + 4 * 256;
const COUNTER_AT: usize = SET_RATE + 4 * 256;
const SETS_AT: usize = COUNTER_AT + <usize>COUNTERS * 4 + 63 & ~63;
const TAPS_AT: usize = SETS_AT + <usize>(ALL_SETS * SET_BYTES) + 63 & ~63; // f32
const SCALED: usize = TAPS_AT + TAP_BYTES; // f32
const NOTED: usize = SCALED + TAP_BYTES; // i32: the same numbers
const TAP_OFFSETS: usize = NOTED + TAP_BYTES; // bytes from the place
const MEAN_LANES: usize = TAP_OFFSETS + TAP_BYTES; // four bytes a tap: places in a vector of MEANS
const MEANS: usize = MEAN_LANES + TAP_BYTES; // twice the mean of W and N, of each plane
const WEIGHTS: usize = MEANS + 16; // channel, phase, tap
const PARTS: usize = WEIGHTS + CHANNELS * PHASES * TAPS * 4 + 63 & ~63; // f32: four sums of products, of each predictor
const CHANGES: usize = PARTS + PREDICTORS * 16;
const RECENT: usize = CHANGES + PREDICTORS * 4; // f32: 1 / recent error
const USED: usize = RECENT + PREDICTORS * 4; // all bits of the predictors that there are
const TRUSTS: usize = USED + 16;
const ABOVE: usize = TRUSTS + 32; // logits of the borders of zero, then of the steps
const BELOW: usize = ABOVE + 16;
const STEP_SIZE: usize = BELOW + 16;
const STEP_LOGS: usize = STEP_SIZE + 16;
const CONTEXTS: usize = STEP_LOGS + 16; // where the counters lie
const SIGN_CONTEXTS: usize = CONTEXTS + 16;
const CONSTANT: usize = SIGN_CONTEXTS + 16; // 256 in the lane of the fourth opinion, where there is none
const LOGITS: usize = CONSTANT + 16;
/** Numbers in all lanes: loading them takes one instruction, where engines put constants together in three. */
const LANES_1: usize = LOGITS + 8 * 4 + 15 & ~15;
const LANES_10: usize = LANES_1 + 16;
const LANES_16: usize = LANES_10 + 16;
const LANES_255: usize = LANES_16 + 16;
const LANES_1023: usize = LANES_255 + 16;
const LANES_MINUS_1023: usize = LANES_1023 + 16;
const LANES_2047: usize = LANES_MINUS_1023 + 16;
const LANES_MINUS_2047: usize = LANES_2047 + 16;
const LANES_16383: usize = LANES_MINUS_2047 + 16;
const LANES_MINUS_16383: usize = LANES_16383 + 16;
const LANES_32767: usize = LANES_MINUS_16383 + 16;
const LANES_65535: usize = LANES_32767 + 16;
const LANES_3071: usize = LANES_65535 + 16;
const LANES_MINUS_3071: usize = LANES_3071 + 16;
const LANES_EIGHT: usize = LANES_MINUS_3071 + 16;
const LANES_LEAST_CHANGE: usize = LANES_EIGHT + 16;
const LANES_MOST_CHANGE: usize = LANES_LEAST_CHANGE + 16;
const LANES_ONE: usize = LANES_MOST_CHANGE + 16;
const LANES_SCALE: usize = LANES_ONE + 16;
const HEAP: usize = LANES_SCALE + 16 + 255 & ~255;

// ---- State of the picture -----------------------------------------------------------------------------------------------

let width: i32 = 0;
let height: i32 = 0;
let channels: i32 = 0;
let stride: i32 = 0;
let shift: i32 = 0;
let level: i32 = 1;
let predictors: i32 = 1;
let opinions: usize = 0;
let tapBytes: usize = 64;
let values: usize = 0;
let magnitudes: usize = 0;
let signs: usize = 0;
let missRows: usize = 0;
let errorRows: usize = 0;
let energy: f32 = 0;
let doubledMean: i32 = 0;

// ---- State of the channel and the place ----------------------------------------------------------------------------------

let channel: i32 = 0;
let kind: i32 = 0;
let entries: i32 = 0;
let plane: usize = 0;
let rowBytes: usize = 0;
let miss: usize = 0;
let missAbove: usize = 0;
let missTop: usize = 0;
let errors: usize = 0;
let errorsAbove: usize = 0;
let errorsTop: usize = 0;
let index: i32 = 0;
let at: usize = 0;
let predicted: i32 = 0;
let prediction: i32 = 0;
let phase: i32 = 0;
let fraction: i32 = 0;
let lately: i32 = 0;
let spread: i32 = 0;
let coarseNear: i32 = 0;
/** First of the sets of the class of recent errors. */
let latelySets: usize = 0;
/** The same of the second sets: of the class of all neighbours, and of how far predictors are apart. */
let spreadSets: usize = 0;
/** Binary logarithm of the first steps of the magnitude; at 0 the first decision is whether it is 0. */
let stepBits: i32 = 0;

/**
 * Where the caller writes SQUASH (6144 u16), STRETCH (4096 i16), LOG_REST (2048 u16), SOFT_REST (2048 u8) and the fine classes
 * (16384 u8).
 */
export function tables(): usize {
  return SQUASH;
}

/** Makes room for planes of `w` × `h`, once configured; gives the address of the values: channel by channel, row by row, with margins. */
export function open(w: i32, h: i32, count: i32): usize {
  width = w;
  height = h;
  channels = count;
  stride = w + 2 * MARGIN;
  const entries = <usize>stride * <usize>(h + 2 * MARGIN);
  const rowBytes = <usize>stride * 4;
  const n = <usize>count;
  values = HEAP;
  magnitudes = values + n * entries * 4;
  signs = magnitudes + n * entries * 2;
  missRows = signs + n * entries + 15 & ~15;
  errorRows = missRows + 3 * rowBytes;
  columns = errorRows + 3 * PREDICTOR_BYTES * <usize>stride;
  columnCount = min(w, MOST_COLUMNS);
  streamFrom = columns + columnBytes();
  ensure(streamFrom);
  memory.fill(values, 0, streamFrom - values);
  return values;
}

/** How far samples are shifted for learning, which predictors there are: 0 … 3, and whether a window tells parities apart. */
export function configure(scale: i32, wantedLevel: i32, parities: bool): void {
  shift = scale;
  level = wantedLevel;
  windows = level;
  predictors = 1 + windows;
  opinions = level ? <usize>predictors : 0;
  tapBytes = level == 0 ? FAST_BYTES : level == 1 ? MAIN_BYTES : TAP_BYTES;
  tellsParities = parities;
}

/** Codes all planes; gives the length of the stream, which lies at `encoded()`. */
export function encode(): i32 {
  beginEncoding();
  codeAll();
  return flush();
}

/** Decodes a stream: 0, or 1 when a value is out of range, or 2 when the end is not that of a stream. */
export function decode(byteLength: i32, firstState: u32): i32 {
  beginDecoding(byteLength, firstState);
  if (!codeAll()) return 1;
  return isAtEnd() ? 0 : 2;
}

// ---- Decisions -----------------------------------------------------------------------------------------------------------

// @ts-ignore: decorator
@inline
function squash(logit: i32): i32 {
  return <i32>load<u16>(SQUASH + (<usize>(logit + LIMIT) << 1));
}

// @ts-ignore: decorator
@inline
function stretchOf(counter: u32): usize {
  return STRETCH + (<usize>(counter >>> 20) << 1);
}

/** What a counter's count says: confidence << 16 | rate. */
// @ts-ignore: decorator
@inline
function paceOf(counter: u32): usize {
  return PACE + (<usize>(counter & 1023) << 2);
}

// @ts-ignore: decorator
@inline
function learnt(counter: u32, outcome: i32): u32 {
  const count = counter & 1023;
  const probability = <i32>(counter >>> 10);
  const rate = load<i32>(paceOf(counter)) & 0xffff;
  const moved = probability + (((outcome ? 0x3fffff : 0) - probability >> 6) * rate >> 8);
  return <u32>moved << 10 | (count < 255 ? count + 1 : count);
}

// @ts-ignore: decorator
@inline
function clamp(value: i32, limit: i32): i32 {
  return max(-limit, min(limit, value));
}

/** Where the counter of an input lies. */
// @ts-ignore: decorator
@inline
function counterOf(contexts: usize, input: usize, offset: usize): usize {
  return <usize>load<u32>(contexts + (input << 2)) + offset;
}

/** A number in all lanes: from memory, or in small modules put together. */
// @ts-ignore: decorator
@inline
function lanes(at: usize, value: i32): v128 {
  return isUnrolled ? v128.load(at) : i32x4.splat(value);
}

// @ts-ignore: decorator
@inline
function floats(at: usize, value: f32): v128 {
  return isUnrolled ? v128.load(at) : f32x4.splat(value);
}

/** Four numbers from where they lie. */
// @ts-ignore: decorator
@inline
function lanes4(a: usize, b: usize, c: usize, d: usize): v128 {
  return v128.load32_lane(d, v128.load32_lane(c, v128.load32_lane(b, v128.load32_zero(a), 1), 2), 3);
}

/**
 * weight = Clamp(weight + ((16 logit · change + 2^14) >> 15)). What is not used again is the first factor: where a processor lacks
 * AVX, V8's first compiler (15.0) multiplies the first factor by itself if the second one's register is free for the product.
 */
// @ts-ignore: decorator
@inline
function teach(set: usize, logits16: v128, change: i32): void {
  v128.store(set, i16x8.add_sat_s(v128.load(set), i16x8.q15mulr_sat_s(i16x8.splat(<i16>change), logits16)));
}

/** What four counters become. */
// @ts-ignore: decorator
@inline
function learnt4(counters: v128, paces: v128, aim: v128): v128 {
  const probability = i32x4.shr_u(counters, 10), rate = v128.and(paces, lanes(LANES_65535, 65535));
  const far = i32x4.shr_s(i32x4.sub(aim, probability), 6);
  const moved = i32x4.add(probability, i32x4.shr_s(i32x4.mul(far, rate), 8));
  const count = i32x4.min_s(
    lanes(LANES_255, 255),
    i32x4.add(v128.and(counters, lanes(LANES_1023, 1023)), lanes(LANES_1, 1)),
  );
  return v128.or(i32x4.shl(moved, 10), count);
}

/** The logit that a set's sum of products stands for. */
// @ts-ignore: decorator
@inline
function outputOf(sum: i32): i32 {
  return max(-LIMIT, min(LIMIT - 1, sum >> 14));
}

/**
 * Codes a decision with the four counters that lie `offset` bytes behind those of `contexts`, the predictors' opinions in LOGITS
 * (with SIMD in the upper half of `said`), and a set of weights; from level 2 on with a second one, too.
 */
function decide(bit: i32, contexts: usize, offset: usize, set: usize, second: usize, said: v128): i32 {
  const k0 = counterOf(contexts, 0, offset), k1 = counterOf(contexts, 1, offset);
  const k2 = counterOf(contexts, 2, offset), k3 = counterOf(contexts, 3, offset);
  const c0 = load<u32>(k0), c1 = load<u32>(k1), c2 = load<u32>(k2), c3 = load<u32>(k3);
  const paces = lanes4(paceOf(c0), paceOf(c1), paceOf(c2), paceOf(c3));
  let inputs = v128.load16_lane(stretchOf(c0), said, 0);
  inputs = v128.load16_lane(stretchOf(c1), inputs, 1);
  inputs = v128.load16_lane(stretchOf(c2), inputs, 2);
  inputs = v128.load16_lane(stretchOf(c3), inputs, 3);
  // The opinions are taken as they are: 32767 in 2^−15 leaves numbers below 2^14 unchanged.
  const logits = i16x8.q15mulr_sat_s(inputs, i16x8.narrow_i32x4_s(i32x4.shr_u(paces, 16), lanes(LANES_32767, 32767)));
  const dots = i32x4.dot_i16x8_s(v128.load(set), logits), logits16 = i16x8.shl(logits, 4);
  const halves = i32x4.add(dots, i32x4.shuffle(dots, dots, 2, 3, 0, 1));
  const output = outputOf(i32x4.extract_lane(halves, 0) + i32x4.extract_lane(halves, 1));
  let outcome: i32;
  if (level > 1) {
    const dots2 = i32x4.dot_i16x8_s(v128.load(second), logits);
    const halves2 = i32x4.add(dots2, i32x4.shuffle(dots2, dots2, 2, 3, 0, 1));
    const output2 = outputOf(i32x4.extract_lane(halves2, 0) + i32x4.extract_lane(halves2, 1));
    outcome = code(bit, squash(output + output2 >> 1));
    teach(second, logits16, changeOf(second, squash(output2), outcome));
    teach(set, logits16, changeOf(set, squash(output), outcome));
  } else {
    const p = squash(output);
    outcome = code(bit, p);
    teach(set, logits16, changeOf(set, p, outcome));
  }
  const counters = i32x4.replace_lane(i32x4.replace_lane(i32x4.replace_lane(i32x4.splat(c0), 1, c1), 2, c2), 3, c3);
  const l = learnt4(counters, paces, i32x4.splat(outcome ? 0x3fffff : 0));
  v128.store32_lane(k0, l, 0);
  v128.store32_lane(k1, l, 1);
  v128.store32_lane(k2, l, 2);
  v128.store32_lane(k3, l, 3);
  return outcome;
}

function decidePlainly(bit: i32, contexts: usize, offset: usize, set: usize, second: usize): i32 {
  for (let i: usize = 0; i < <usize>COUNTER_INPUTS; i++) {
    const counter = load<u32>(counterOf(contexts, i, offset));
    store<i32>(LOGITS + (i << 2), rounded(<i32>load<i16>(stretchOf(counter)), load<i32>(paceOf(counter)) >> 16));
  }
  const output = said(set), output2 = level > 1 ? said(second) : output, outcome = code(bit, squash(output + output2 >> 1));
  teachPlainly(set, changeOf(set, squash(output), outcome));
  if (level > 1) teachPlainly(second, changeOf(second, squash(output2), outcome));
  for (let i: usize = 0; i < <usize>COUNTER_INPUTS; i++) {
    const at = counterOf(contexts, i, offset);
    store<u32>(at, learnt(load<u32>(at), outcome));
  }
  return outcome;
}

/** What a set says of LOGITS. */
function said(set: usize): i32 {
  let sum = 0;
  for (let i: usize = 0; i < 8; i++) sum += <i32>load<i16>(set + (i << 1)) * load<i32>(LOGITS + (i << 2));
  return outputOf(sum);
}

function teachPlainly(set: usize, change: i32): void {
  for (let i: usize = 0; i < 8; i++) {
    const at = set + (i << 1), moved = <i32>load<i16>(at) + rounded(load<i32>(LOGITS + (i << 2)) << 4, change);
    store<i16>(at, <i16>max(-32768, min(32767, moved)));
  }
}

/** Codes a decision by the mean of two counters. */
function decideFast(bit: i32, contexts: usize, offset: usize): i32 {
  const at0 = counterOf(contexts, 0, offset), at1 = counterOf(contexts, 1, offset), first = load<u32>(at0), second = load<u32>(at1);
  const outcome = code(bit, max(32, min(65504, <i32>((first >>> 16) + (second >>> 16) >>> 1))));
  store<u32>(at0, learnt(first, outcome));
  store<u32>(at1, learnt(second, outcome));
  return outcome;
}

/** Product of two numbers of which the second is in 2^−15. */
// @ts-ignore: decorator
@inline
function rounded(a: i32, b: i32): i32 {
  return a * b + 0x4000 >> 15;
}

/** The error of a set times its learning rate. */
// @ts-ignore: decorator
@inline
function changeOf(set: usize, p: i32, outcome: i32): i32 {
  const uses = load<i32>(set, 16);
  if (uses < 255) store<i32>(set, uses + 1, 16);
  return ((outcome << 16) - p) * load<i32>(SET_RATE + (<usize>uses << 2)) >> 11;
}

function decideAlone(bit: i32, index: i32): i32 {
  const at = COUNTER_AT + (<usize>index << 2);
  const counter = load<u32>(at);
  const outcome = code(bit, max(32, min(65504, <i32>(counter >>> 16))));
  store<u32>(at, learnt(counter, outcome));
  return outcome;
}

function start(): void {
  for (let n = 0; n < 256; n++) {
    const at = <usize>n << 2;
    store<i32>(PACE + at, 32768 * n / (n + 1) << 16 | 32768 / (2 * n + 3));
    store<i32>(SET_RATE + at, 14 + 2400 / (20 + n));
  }
  store<u32>(COUNTER_AT, 1 << 31);
  repeat(COUNTER_AT, 4, <usize>COUNTERS * 4);
  memory.fill(SETS_AT, 0, SET_BYTES);
  for (let i: usize = 0; i < <usize>COUNTER_INPUTS; i++) store<i16>(SETS_AT + (i << 1), 1500);
  for (let i: usize = 4; i < <usize>(predictors < PREDICTORS ? 7 : 8); i++) store<i16>(SETS_AT + (i << 1), 4000);
  repeat(SETS_AT, SET_BYTES, <usize>(ALL_SETS * SET_BYTES));
  memory.fill(WEIGHTS, 0, CHANNELS * PHASES * TAPS * 4);
  for (let set: usize = 0; set < <usize>(CHANNELS * PHASES); set++) {
    // Kind 0 has NW and NE as its first taps but one, the others NE and NW.
    const northWest: usize = set / <usize>PHASES ? 8 : 4;
    store<f32>(WEIGHTS + set * TAP_BYTES + northWest, -0.2);
    store<f32>(WEIGHTS + set * TAP_BYTES + 12 - northWest, 0.2);
  }
  memory.fill(KNOWN, 0, WINDOWS_END - KNOWN);
  memory.fill(PARTS, 0, HEAP - PARTS);
  if (predictors < PREDICTORS) {
    store<i32>(CONSTANT, 256, 12);
    store<i32>(LOGITS, 256, 28);
  }
  for (let p: usize = 0; p < <usize>predictors; p++) store<i32>(USED + (p << 2), -1);
  if (ASC_FEATURE_SIMD) {
    if (isUnrolled) fillConstants();
  }
}

function fillConstants(): void {
  fillLanes(LANES_1, 1);
  fillLanes(LANES_10, 10);
  fillLanes(LANES_16, 16);
  fillLanes(LANES_255, 255);
  fillLanes(LANES_1023, 1023);
  fillLanes(LANES_MINUS_1023, -1023);
  fillLanes(LANES_2047, 2047);
  fillLanes(LANES_MINUS_2047, -2047);
  fillLanes(LANES_16383, 16383);
  fillLanes(LANES_MINUS_16383, -16383);
  fillLanes(LANES_32767, 32767);
  fillLanes(LANES_65535, 65535);
  fillLanes(LANES_3071, 3071);
  fillLanes(LANES_MINUS_3071, -3071);
  fillFloats(LANES_EIGHT, 8);
  fillFloats(LANES_LEAST_CHANGE, -67108864.0);
  fillFloats(LANES_MOST_CHANGE, 67108864.0);
  fillFloats(LANES_ONE, 1);
  fillFloats(LANES_SCALE, OPINION_SCALE);
}

function fillLanes(at: usize, value: i32): void {
  store<i32>(at, value);
  repeat(at, 4, 16);
}

function fillFloats(at: usize, value: f32): void {
  store<f32>(at, value);
  repeat(at, 4, 16);
}

/** Fills memory with copies of its first bytes. */
function repeat(at: usize, bytes: usize, end: usize): void {
  for (; bytes < end; bytes <<= 1) memory.copy(at + bytes, at, min(bytes, end - bytes));
}

// @ts-ignore: decorator
@inline
function setAt(which: i32): usize {
  return SETS_AT + <usize>(which * SET_BYTES);
}

// ---- Neighbours ------------------------------------------------------------------------------------------------------------

// @ts-ignore: decorator
@inline
function v(at: usize, dx: i32, dy: i32): i32 {
  return load<i32>(at + (<usize>(dy * stride + dx) << 2));
}

/**
 * Notes where the taps of the channel lie; those that the windowed predictors weigh come first. A tap is a byte, from the lowest one
 * on: channels before << 6 | (dx + 4) << 3 | dy + 4. docs/specification/6-lossless-predictor.md lists them.
 */
function placeTaps(): void {
  tapsAt(0, 8, kind == 0 ? 0x21132a14222b1b1c : kind == 1 ? 0x6d14132a641b2b1c : 0x14132aa4641b2b1c);
  tapsAt(12, 8, kind == 0 ? 0x0b2012323b331a0c : kind == 1 ? 0x0c5c656c12221a33 : 0x5c656c2233ad5b6d);
  tapsAt(20, 4, kind == 0 ? 0x000000003a192904 : kind == 1 ? 0x000000005d6b5b21 : 0x000000009b9ca5ac);
}

/** Notes where some taps lie: in the channel itself or so many before it. */
function tapsAt(index: i32, count: i32, taps: u64): void {
  for (let end = index + count; index < end; index++) {
    const tap = <i32>taps, at = <usize>index << 2, before = tap >> 6 & 3;
    store<i32>(TAP_OFFSETS + at, (((tap & 7) - 4) * stride + (tap >> 3 & 7) - 4 - before * entries) << 2);
    store<i32>(MEAN_LANES + at, 0x03020100 + 0x04040404 * before);
    taps >>= 8;
  }
}

/** Fills the taps of the place. */
function lookAround(x: i32, y: i32): void {
  const planeBytes = <usize>entries << 2, column = <usize>(x + MARGIN) << 2, above = missAbove + column;
  const w = v(at, -1, 0);
  doubledMean = w + (y ? v(at, 0, -1) : w);
  let mean1 = 0, mean2 = 0;
  if (channel > 0) mean1 = v(at - planeBytes, -1, 0) + v(at - planeBytes, 0, -1);
  if (channel > 1) mean2 = v(at - 2 * planeBytes, -1, 0) + v(at - 2 * planeBytes, 0, -1);
  if (ASC_FEATURE_SIMD) {
    const misses = lanes4(missTop + column, miss + column - 4, above, above - 4);
    if (isUnrolled) {
      if (kind == 0) energy = tapsOfFirst(misses);
      else if (kind == 1) energy = tapsOfSecond(misses, mean1);
      else energy = tapsOfThird(misses, mean1, mean2);
      return;
    }
    const means = i32x4.replace_lane(i32x4.replace_lane(i32x4.splat(doubledMean), 1, mean1), 2, mean2);
    let sum = noteTaps(0, tapsOf(0, means));
    sum = f32x4.add(sum, noteTaps(16, tapsOf(16, means)));
    sum = f32x4.add(sum, noteTaps(MISS_BYTES, misses));
    if (tapBytes > FAST_BYTES) {
      sum = f32x4.add(sum, noteTaps(48, tapsOf(48, means)));
      sum = f32x4.add(sum, noteTaps(64, tapsOf(64, means)));
    }
    if (tapBytes > MAIN_BYTES) sum = f32x4.add(sum, noteTaps(80, tapsOf(80, means)));
    energy = sumOf(sum);
  } else {
    store<i32>(MEANS, doubledMean);
    store<i32>(MEANS, mean1, 4);
    store<i32>(MEANS, mean2, 8);
    memory.fill(TRUSTS, 0, 16);
    for (let i: usize = 0; i < tapBytes; i += 4) {
      let tap: i32;
      if (i < MISS_BYTES || i >= MISS_BYTES + 16) {
        tap = 2 * load<i32>(at + load<i32>(TAP_OFFSETS + i)) - load<i32>(MEANS + <usize>load<u8>(MEAN_LANES + i));
      } else {
        tap = load<i32>(i == 32 ? missTop + column : i == 36 ? miss + column - 4 : i == 40 ? above : above - 4);
      }
      const noted = clamp(tap >> shift, 1023), scaled = <f32>noted, lane = TRUSTS + (i & 12);
      store<f32>(TAPS_AT + i, <f32>tap);
      store<f32>(SCALED + i, scaled);
      store<i32>(NOTED + i, noted);
      store<f32>(lane, load<f32>(lane) + scaled * scaled);
    }
    energy = sumOfFour(TRUSTS);
  }
}

/** Fills the taps of the first plane from whole rows; gives their energy. `placeTaps` says which tap is which. */
function tapsOfFirst(misses: v128): f32 {
  const row = <usize>stride << 2, n1 = at - row, n2 = n1 - row, n3 = n2 - row, n4 = n3 - row;
  const own = v128.load(at - 16), a = v128.load(n1 - 12), a2 = v128.load(n1), b = v128.load(n2 - 4);
  const mean = i32x4.splat(doubledMean);
  const v0 = pairs(i32x4.shuffle(own, a, 3, 3, 6, 6), i32x4.shuffle(a2, b, 1, 1, 5, 5));
  let sum = noteTaps(0, aboutMean(v0, mean));
  const v1 = pairs(i32x4.shuffle(own, b, 2, 2, 6, 6), i32x4.shuffle(a, v128.load32_splat(n3), 1, 1, 4, 4));
  sum = f32x4.add(sum, noteTaps(16, aboutMean(v1, mean)));
  sum = f32x4.add(sum, noteTaps(MISS_BYTES, misses));
  if (tapBytes > FAST_BYTES) {
    const v3 = i32x4.shuffle(i32x4.shuffle(own, b, 1, 1, 4, 4), a2, 0, 2, 6, 7);
    sum = f32x4.add(sum, noteTaps(48, aboutMean(v3, mean)));
    const v4 = pairs(i32x4.shuffle(b, v128.load32_splat(n2 - 8), 3, 3, 4, 4), i32x4.shuffle(v128.load32_splat(n4), a, 0, 0, 4, 4));
    sum = f32x4.add(sum, noteTaps(64, aboutMean(v4, mean)));
  }
  if (tapBytes > MAIN_BYTES) {
    sum = f32x4.add(sum, noteTaps(80, aboutMean(lanes4(at - 16, n3 + 4, n3 - 4, n2 + 12), mean)));
  }
  return sumOf(sum);
}

/** The same of the second plane. */
function tapsOfSecond(misses: v128, mean1: i32): f32 {
  const row = <usize>stride << 2, n1 = at - row, n2 = n1 - row, before = at - (<usize>entries << 2);
  const own = v128.load(at - 16), a = v128.load(n1 - 8), b = v128.load(n2 - 8), p = v128.load(before - 4), s = v128.load(before + row);
  const mean = i32x4.splat(doubledMean), other = i32x4.splat(mean1), last = i32x4.shuffle(mean, other, 0, 1, 2, 7);
  const v0 = pairs(i32x4.shuffle(own, a, 3, 3, 7, 7), i32x4.shuffle(a, p, 1, 1, 5, 5));
  let sum = noteTaps(0, aboutMean(v0, last));
  const v1 = pairs(i32x4.shuffle(b, a, 3, 3, 4, 4), i32x4.shuffle(own, s, 2, 2, 5, 5));
  sum = f32x4.add(sum, noteTaps(16, aboutMean(v1, last)));
  sum = f32x4.add(sum, noteTaps(MISS_BYTES, misses));
  if (tapBytes > FAST_BYTES) {
    const v3 = i32x4.shuffle(i32x4.shuffle(v128.load32_splat(n1 + 8), b, 0, 0, 5, 5), b, 0, 2, 6, 4);
    sum = f32x4.add(sum, noteTaps(48, aboutMean(v3, mean)));
    const v4 = pairs(i32x4.shuffle(p, s, 2, 2, 4, 4), i32x4.shuffle(p, own, 0, 0, 5, 5));
    sum = f32x4.add(sum, noteTaps(64, aboutMean(v4, i32x4.shuffle(other, mean, 0, 1, 2, 7))));
  }
  if (tapBytes > MAIN_BYTES) {
    const v5 = lanes4(n2 - row, before - row - 4, before - row + 4, before + row - 4);
    sum = f32x4.add(sum, noteTaps(80, aboutMean(v5, i32x4.shuffle(mean, other, 0, 5, 6, 7))));
  }
  return sumOf(sum);
}

/** The same of planes after that. */
function tapsOfThird(misses: v128, mean1: i32, mean2: i32): f32 {
  const row = <usize>stride << 2, planeBytes = <usize>entries << 2;
  const n1 = at - row, n2 = n1 - row, before = at - planeBytes, first = before - planeBytes;
  const own = v128.load(at - 16), a = v128.load(n1 - 8), p = v128.load(before - 4), s = v128.load(before + row);
  const mean = i32x4.splat(doubledMean), other = i32x4.splat(mean1), far = i32x4.splat(mean2);
  const v0 = pairs(i32x4.shuffle(own, a, 3, 3, 7, 7), i32x4.shuffle(a, p, 1, 1, 5, 5));
  let sum = noteTaps(0, aboutMean(v0, i32x4.shuffle(mean, other, 0, 1, 2, 7)));
  const v1 = pairs(i32x4.shuffle(v128.load32_splat(first), v128.load32_splat(n2 + 4), 0, 0, 4, 4), i32x4.shuffle(a, own, 0, 0, 6, 6));
  sum = f32x4.add(sum, noteTaps(16, aboutMean(v1, i32x4.shuffle(far, mean, 0, 5, 6, 7))));
  sum = f32x4.add(sum, noteTaps(MISS_BYTES, misses));
  if (tapBytes > FAST_BYTES) {
    const v3 = pairs(
      i32x4.shuffle(s, v128.load32_splat(before - row - 4), 1, 1, 4, 4),
      i32x4.shuffle(v128.load32_splat(first + row + 4), v128.load32_splat(n1 + 8), 0, 0, 4, 4),
    );
    sum = f32x4.add(sum, noteTaps(48, aboutMean(v3, i32x4.shuffle(i32x4.shuffle(other, far, 0, 1, 4, 5), mean, 0, 1, 2, 7))));
    const v4 = pairs(i32x4.shuffle(v128.load32_splat(n2), p, 0, 0, 6, 6), i32x4.shuffle(s, p, 0, 0, 4, 4));
    sum = f32x4.add(sum, noteTaps(64, aboutMean(v4, i32x4.shuffle(mean, other, 0, 5, 6, 7))));
  }
  if (tapBytes > MAIN_BYTES) {
    sum = f32x4.add(sum, noteTaps(80, aboutMean(lanes4(first + 4, first + row, first - 4, first - row - 4), far)));
  }
  return sumOf(sum);
}

/** The first and the third lane of each of two vectors. */
// @ts-ignore: decorator
@inline
function pairs(a: v128, b: v128): v128 {
  return i32x4.shuffle(a, b, 0, 2, 4, 6);
}

/** Taps: 2 v less the mean of their plane. */
// @ts-ignore: decorator
@inline
function aboutMean(values: v128, mean: v128): v128 {
  return i32x4.sub(i32x4.shl(values, 1), mean);
}

/** Four taps of values, 2 v less the mean of their plane. */
// @ts-ignore: decorator
@inline
function tapsOf(i: usize, means: v128): v128 {
  const a = at + load<i32>(TAP_OFFSETS + i), b = at + load<i32>(TAP_OFFSETS + i, 4);
  const c = at + load<i32>(TAP_OFFSETS + i, 8), d = at + load<i32>(TAP_OFFSETS + i, 12);
  return i32x4.sub(i32x4.shl(lanes4(a, b, c, d), 1), i8x16.swizzle(means, v128.load(MEAN_LANES + i)));
}

/** Notes four taps, also for learning; gives their energy. */
// @ts-ignore: decorator
@inline
function noteTaps(i: usize, taps: v128): v128 {
  const limited = i32x4.min_s(lanes(LANES_1023, 1023), i32x4.shr_s(taps, shift));
  const noted = i32x4.max_s(lanes(LANES_MINUS_1023, -1023), limited), scaled = f32x4.convert_i32x4_s(noted);
  v128.store(TAPS_AT + i, f32x4.convert_i32x4_s(taps));
  v128.store(SCALED + i, scaled);
  if (level > 1 || (level == 1 && i < MISS_BYTES)) v128.store(NOTED + i, noted);
  return f32x4.mul(scaled, scaled);
}

// ---- The predictor that learns by steps --------------------------------------------------------------------------------------

/** The sum of four lanes. */
// @ts-ignore: decorator
@inline
function sumOf(sums: v128): f32 {
  const pairs = f32x4.add(sums, f32x4.shuffle(sums, sums, 2, 3, 0, 1));
  return f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1);
}

/** The sum of four numbers, in the order of `sumOf`. */
function sumOfFour(from: usize): f32 {
  return (load<f32>(from) + load<f32>(from, 8)) + (load<f32>(from, 4) + load<f32>(from, 12));
}

/** Σ weight · tap, by lanes of four, to a vector. */
// @ts-ignore: decorator
@inline
function weightedTaps(weights: usize, end: usize, to: usize): void {
  if (ASC_FEATURE_SIMD) {
    let sum = f32x4.add(weighted(weights, 0), weighted(weights, 16));
    if (end > 32) sum = f32x4.add(sum, weighted(weights, 32));
    if (end > 48) sum = f32x4.add(sum, weighted(weights, 48));
    if (end > 64) sum = f32x4.add(sum, weighted(weights, 64));
    if (end > 80) sum = f32x4.add(sum, weighted(weights, 80));
    v128.store(to, sum);
  } else {
    memory.fill(to, 0, 16);
    for (let i: usize = 0; i < end; i += 4) {
      const lane = to + (i & 12);
      store<f32>(lane, load<f32>(lane) + load<f32>(weights + i) * load<f32>(TAPS_AT + i));
    }
  }
}

// @ts-ignore: decorator
@inline
function weighted(weights: usize, i: usize): v128 {
  return f32x4.mul(v128.load(weights + i), v128.load(TAPS_AT + i));
}

/** Moves the weights by the error. */
// @ts-ignore: decorator
@inline
function teachTaps(error: i32): void {
  const weights = WEIGHTS + <usize>(kind * PHASES + phase) * TAP_BYTES;
  const gain = STEP_RATE * <f32>clamp(error, 8192) / (energy + STEP_DAMPING);
  if (ASC_FEATURE_SIMD) {
    const by = f32x4.splat(gain);
    teachFour(weights, 0, by);
    teachFour(weights, 16, by);
    teachFour(weights, 32, by);
    if (tapBytes > FAST_BYTES) {
      teachFour(weights, 48, by);
      teachFour(weights, 64, by);
    }
    if (tapBytes > MAIN_BYTES) teachFour(weights, 80, by);
  } else {
    for (let i: usize = 0; i < tapBytes; i += 4) {
      store<f32>(weights + i, load<f32>(weights + i) + load<f32>(SCALED + i) * gain);
    }
  }
}

// @ts-ignore: decorator
@inline
function teachFour(weights: usize, i: usize, by: v128): void {
  v128.store(weights + i, f32x4.add(v128.load(weights + i), f32x4.mul(v128.load(SCALED + i), by)));
}

// ---- Classes -------------------------------------------------------------------------------------------------------------------

// @ts-ignore: decorator
@inline
function fine(e: i32): i32 {
  // Unsigned, so that a sum of damaged values that wrapped is large.
  return <i32>load<u8>(FINE + <usize>min<u32>(16383, e));
}

// @ts-ignore: decorator
@inline
function coarse(e: i32): i32 {
  return fine(e) / 6;
}

// @ts-ignore: decorator
@inline
function size(spread: i32): i32 {
  return min(11, 31 - clz(spread | 1));
}

// @ts-ignore: decorator
@inline
function cross(at: usize): i32 {
  const row = <usize>stride << 1;
  return 4 * <i32>load<u16>(at) + <i32>load<u16>(at - 2) + <i32>load<u16>(at + 2) + <i32>load<u16>(at - row) +
    <i32>load<u16>(at + row);
}

// @ts-ignore: decorator
@inline
function nearEnergyAt(here: usize, row: usize): i32 {
  const w = <i32>load<u16>(here - 2), n = <i32>load<u16>(here - row), nw = <i32>load<u16>(here - row - 2);
  const ne = <i32>load<u16>(here - row + 2), ww = <i32>load<u16>(here - 4), nn = <i32>load<u16>(here - 2 * row);
  return 3 * (w + n) + 2 * (nw + ne) + (2 * ww + nn >> 1);
}

// @ts-ignore: decorator
@inline
function gradientAt(): i32 {
  const w = v(at, -1, 0), n = v(at, 0, -1), nw = v(at, -1, -1);
  return min(1 << 20, abs(w - nw)) + min(1 << 20, abs(n - nw)) + min(1 << 20, abs(n - v(at, 1, -1)));
}

// @ts-ignore: decorator
@inline
function signClass(change: i32): i32 {
  return change < -16 ? 0 : change < -4 ? 1 : change < 4 ? 2 : change < 16 ? 3 : 4;
}

/** Where the counters of an input's class lie. */
// @ts-ignore: decorator
@inline
function note(index: i32, value: i32): void {
  const first = COUNTER_AT + <usize>((index * CHANNELS + kind << CLASS_BITS) * STEPS_BYTES);
  store<u32>(CONTEXTS + (<usize>index << 2), <u32>(first + <usize>(value * STEPS_BYTES)));
}

// @ts-ignore: decorator
@inline
function noteSign(index: i32, counter: i32): void {
  store<u32>(SIGN_CONTEXTS + (<usize>index << 2), <u32>(COUNTER_AT + (<usize>counter << 2)));
}

// ---- Planes --------------------------------------------------------------------------------------------------------------------

function codeAll(): bool {
  start();
  for (let channel = 0; channel < channels; channel++) {
    if (!codePlane(channel)) return false;
  }
  return true;
}

/** Repeats the outermost values of a plane, so that later channels may look beyond its edges. */
function extend(plane: usize): void {
  for (let y = 0; y < height; y++) {
    const row = plane + (<usize>((y + MARGIN) * stride + MARGIN) << 2);
    for (let k = 1; k <= MARGIN; k++) {
      store<i32>(row - (<usize>k << 2), load<i32>(row));
      store<i32>(row + (<usize>(width - 1 + k) << 2), load<i32>(row + (<usize>(width - 1) << 2)));
    }
  }
  const bytes = <usize>stride << 2, bottom = plane + <usize>(height + MARGIN - 1) * bytes;
  for (let k: usize = 1; k <= <usize>MARGIN; k++) memory.copy(bottom + k * bytes, bottom, bytes);
}

/** Sets what the rows of a channel share. */
function codePlane(which: i32): bool {
  if (width == 0 || height == 0) return true;
  channel = which;
  kind = min(channel, 2);
  entries = stride * (height + 2 * MARGIN);
  plane = values + <usize>(channel * entries) * 4;
  rowBytes = <usize>stride << 2;
  memory.fill(missRows, 0, streamFrom - missRows);
  for (let at = errorRows; at < columns; at += 4) store<i32>(at, FIRST_ERROR);
  placeTaps();
  miss = missRows;
  missAbove = miss + rowBytes;
  missTop = missAbove + rowBytes;
  errors = errorRows;
  errorsAbove = errors + PREDICTOR_BYTES * <usize>stride;
  errorsTop = errorsAbove + PREDICTOR_BYTES * <usize>stride;
  for (let y = 0; y < height; y++) {
    if (!codeRow(y)) return false;
  }
  extend(plane);
  return true;
}

/** A function of its own, as are the parts of a sample: engines replace slow code by fast when a function is called anew. */
function codeRow(y: i32): bool {
  beginRow(y);
  for (let x = 0; x < width; x++) {
    index = (y + MARGIN) * stride + x + MARGIN;
    at = plane + (<usize>index << 2);
    phase = channel > 0 ? x & 1 | (y & 1) << 1 : 0;
    lookAround(x, y);
    predict(x);
    classify(x, y);
    const value = codeValue(load<i32>(at));
    if (value > MOST || value < -MOST) return false;
    learn(x, value);
  }
  endRow(y);
  return true;
}

/** Left of the picture everything is as in the first column of the row above. */
function beginRow(y: i32): void {
  const spareMiss = missTop, spareErrors = errorsTop;
  missTop = missAbove;
  missAbove = miss;
  miss = spareMiss;
  errorsTop = errorsAbove;
  errorsAbove = errors;
  errors = spareErrors;
  memory.fill(miss, 0, rowBytes);
  if (y > 0) {
    const first = (y + MARGIN) * stride + MARGIN, row = plane + (<usize>first << 2);
    for (let k: usize = 1; k <= 3; k++) store<i32>(row - (k << 2), load<i32>(row - rowBytes));
    const own = magnitudes + (<usize>(channel * entries + first) << 1);
    for (let k: usize = 1; k <= 2; k++) store<u16>(own - (k << 1), load<u16>(own - (rowBytes >> 1)));
    const error = errors + MARGIN * PREDICTOR_BYTES, above = errorsAbove + MARGIN * PREDICTOR_BYTES;
    memory.copy(error - PREDICTOR_BYTES, above, PREDICTOR_BYTES);
    memory.copy(error - 2 * PREDICTOR_BYTES, above, PREDICTOR_BYTES);
  }
  rowParity = y & 1;
}

/** Right of the picture everything is as in its last column. */
function endRow(y: i32): void {
  const end = (y + MARGIN) * stride + MARGIN + width, value = plane + (<usize>end << 2);
  for (let k: usize = 0; k < 2; k++) store<i32>(value + (k << 2), load<i32>(value - 4));
  const magnitude = magnitudes + (<usize>(channel * entries + end) << 1);
  store<u16>(magnitude, load<u16>(magnitude - 2));
  const error = errors + <usize>(MARGIN + width) * PREDICTOR_BYTES;
  memory.copy(error, error - PREDICTOR_BYTES, PREDICTOR_BYTES);
}

/** What each predictor says, and the blend of it by how well each did nearby. */
function predict(x: i32): void {
  weightedTaps(WEIGHTS + <usize>(kind * PHASES + phase) * TAP_BYTES, tapBytes, PARTS);
  if (level == 0) {
    const change = limited(ASC_FEATURE_SIMD ? sumOf(v128.load(PARTS)) : sumOfFour(PARTS));
    store<i32>(CHANGES, change);
    predicted = 8 * doubledMean + change;
    return;
  }
  windowSums(0, x, PARTS + 16);
  for (let window = 1; window < windows; window++) windowSums(window, x, PARTS + (<usize>(1 + window) << 4));
  const column = <usize>(x + MARGIN) * PREDICTOR_BYTES, own = errors + column, up = errorsAbove + column;
  const top = errorsTop + column;
  let all = 0, blend = 0;
  if (ASC_FEATURE_SIMD) {
    const a = v128.load(PARTS), b = v128.load(PARTS, 16), c = v128.load(PARTS, 32), d = v128.load(PARTS, 48);
    const ab = f32x4.add(f32x4.shuffle(a, b, 0, 1, 4, 5), f32x4.shuffle(a, b, 2, 3, 6, 7));
    const cd = f32x4.add(f32x4.shuffle(c, d, 0, 1, 4, 5), f32x4.shuffle(c, d, 2, 3, 6, 7));
    const eight = f32x4.mul(floats(LANES_EIGHT, 8), f32x4.add(f32x4.shuffle(ab, cd, 0, 2, 4, 6), f32x4.shuffle(ab, cd, 1, 3, 5, 7)));
    const least = f32x4.pmax(eight, floats(LANES_LEAST_CHANGE, -67108864.0));
    const changes = i32x4.trunc_sat_f32x4_s(f32x4.pmin(least, floats(LANES_MOST_CHANGE, 67108864.0)));
    v128.store(CHANGES, changes);
    const nearest = i32x4.add(v128.load(own - 16), v128.load(up));
    const others = i32x4.add(i32x4.add(v128.load(up - 16), v128.load(up + 16)), i32x4.add(v128.load(own - 32), v128.load(top)));
    const recents = i32x4.add(i32x4.add(lanes(LANES_10, 10), i32x4.add(nearest, nearest)), others);
    const used = v128.and(recents, v128.load(USED)), absent = v128.not(v128.load(USED));
    // Absent predictors are never the least.
    const limited = v128.or(used, v128.and(absent, i32x4.splat(i32.MAX_VALUE)));
    const halves = i32x4.min_s(limited, i32x4.shuffle(limited, limited, 2, 3, 0, 1));
    const quarter = i32x4.min_s(halves, i32x4.shuffle(halves, halves, 1, 0, 3, 2));
    const sums = i32x4.add(used, i32x4.shuffle(used, used, 2, 3, 0, 1));
    all = i32x4.extract_lane(sums, 0) + i32x4.extract_lane(sums, 1);
    const inverses = f32x4.div(floats(LANES_ONE, 1), f32x4.convert_i32x4_s(recents));
    v128.store(RECENT, inverses);
    const ratios = f32x4.mul(inverses, f32x4.convert_i32x4_s(quarter)), squares = f32x4.mul(ratios, ratios);
    const trusts = v128.and(f32x4.mul(squares, squares), v128.load(USED));
    const weighted = f32x4.mul(trusts, f32x4.convert_i32x4_s(changes));
    blend = <i32>(sumOf(weighted) / sumOf(trusts));
    spread = size(abs(i32x4.extract_lane(changes, 0) - i32x4.extract_lane(changes, 1)) >> shift);
  } else {
    let least = i32.MAX_VALUE;
    for (let p: usize = 0; p < <usize>predictors << 2; p += 4) {
      store<i32>(CHANGES + p, limited(sumOfFour(PARTS + (p << 2))));
      const recent = 10 + 2 * (load<i32>(own - 16 + p) + load<i32>(up + p)) + load<i32>(up - 16 + p) +
        load<i32>(up + 16 + p) + load<i32>(own - 32 + p) + load<i32>(top + p);
      store<f32>(RECENT + p, 1 / <f32>recent);
      least = min(least, recent);
      all += recent;
    }
    for (let p: usize = 0; p < 16; p += 4) {
      const ratio = load<f32>(RECENT + p) * <f32>least, square = ratio * ratio;
      const trust: f32 = p < <usize>predictors << 2 ? square * square : 0;
      store<f32>(TRUSTS + p, trust);
      store<f32>(TRUSTS + p, trust * <f32>load<i32>(CHANGES + p), 16);
    }
    blend = <i32>(sumOfFour(TRUSTS + 16) / sumOfFour(TRUSTS));
    spread = size(abs(load<i32>(CHANGES) - load<i32>(CHANGES, 4)) >> shift);
  }
  predicted = 8 * doubledMean + blend;
  lately = all / (4 * predictors);
}

/** A sum of weighted taps as a change to the prediction, in 1/16. */
// @ts-ignore: decorator
@inline
function limited(sum: f32): i32 {
  const change: f32 = 8 * sum;
  return change < -67108864.0 ? -67108864 : change > 67108864.0 ? 67108864 : <i32>change;
}

/** Rounds the prediction: to a value where the steps are 1, else to the border between two. */
// @ts-ignore: decorator
@inline
function round(): void {
  const centre = stepBits ? predicted + 16 : predicted + 8;
  prediction = clamp(centre >> 4, 1 << 29);
  fraction = centre & 15;
}

/** The classes that a value's contexts are made of. Magnitudes count in steps. */
function classify(x: i32, y: i32): void {
  const here = magnitudes + (<usize>(channel * entries + index) << 1), row = rowBytes >> 1;
  const planeBytes = <usize>entries << 1;
  const nearEnergy = nearEnergyAt(here, row), gradient = gradientAt();
  const channelEnergy = (channel > 0 ? cross(here - planeBytes) : 0) +
    (channel > 1 ? cross(here - 2 * planeBytes) >> 1 : 0);
  const total = 2 * nearEnergy + gradient + channelEnergy;
  coarseNear = coarse(nearEnergy);
  if (level == 0) {
    stepBits = max(0, 27 - clz(nearEnergy));
    round();
    note(0, fine(total));
    note(1, coarseNear * 10 + coarse(channelEnergy + gradient));
    return;
  }
  // Of half as many steps, larger levels would lose more bytes than time.
  stepBits = max(0, min(MOST_STEP_BITS, (level == 1 ? 26 : 25) - clz(lately) + shift));
  round();
  spreadSets = setAt(SPREAD_SETS + (kind * 256 + spread * 16 + coarse(total >> stepBits)) * GROUP_STAGES);
  latelySets = setAt((kind * 64 + fine(lately)) * GROUP_STAGES);
  note(0, coarse(lately) * 16 + spread);
  note(1, fine(channelEnergy + gradient >> stepBits));
  note(2, coarse(gradient >> stepBits) * 10 + coarse(nearEnergy >> stepBits));
  note(3, (x & 1) * 128 + (y & 1) * 64 + fine(total >> stepBits));
}

/** Distances from what predictors say to the borders of zero, and sizes of steps, as logits of their distributions. */
function opine(): void {
  const offset = 16 * prediction - 8 - 8 * doubledMean;
  const step = 16 << min(stepBits, 14) >> shift;
  if (ASC_FEATURE_SIMD) {
    const scale = i32x4.trunc_sat_f32x4_s(f32x4.mul(floats(LANES_SCALE, OPINION_SCALE), v128.load(RECENT)));
    const distance = i32x4.sub(i32x4.splat(offset), v128.load(CHANGES)), below = logitOf(distance, scale);
    const sizes = i32x4.max_s(lanes(LANES_1, 1), i32x4.shr_s(i32x4.mul(scale, i32x4.splat(step)), 8));
    v128.store(BELOW, below);
    v128.store(ABOVE, stepBits ? below : logitOf(i32x4.add(distance, lanes(LANES_16, 16)), scale));
    v128.store(STEP_SIZE, sizes);
    v128.store(STEP_LOGS, log4(sizes));
  } else {
    for (let p: usize = 0; p < opinions << 2; p += 4) {
      const scale = <i32>(OPINION_SCALE * load<f32>(RECENT + p)), distance = offset - load<i32>(CHANGES + p);
      const below = clamp(distance >> shift, 16383) * scale >> 8, size = max(1, step * scale >> 8);
      store<i32>(BELOW + p, below);
      store<i32>(ABOVE + p, stepBits ? below : clamp(distance + 16 >> shift, 16383) * scale >> 8);
      store<i32>(STEP_SIZE + p, size);
      store<i32>(STEP_LOGS + p, log(size));
    }
  }
}

/** Distances as logits. */
// @ts-ignore: decorator
@inline
function logitOf(distance: v128, scale: v128): v128 {
  const most = i32x4.min_s(lanes(LANES_16383, 16383), i32x4.shr_s(distance, shift));
  return i32x4.shr_s(i32x4.mul(i32x4.max_s(lanes(LANES_MINUS_16383, -16383), most), scale), 8);
}

/** 256 ln(1 + e^(x/256)). */
// @ts-ignore: decorator
@inline
function soft(x: i32): i32 {
  return max(0, x) + <i32>load<u8>(SOFT_REST + <usize>min(2047, abs(x)));
}

/** The same of the opinions' lanes. */
function soft4(x: v128): v128 {
  const from = i32x4.min_s(lanes(LANES_2047, 2047), i32x4.abs(x));
  let rest = v128.load8_lane(SOFT_REST + <usize>i32x4.extract_lane(from, 0), i32x4.splat(0), 0);
  rest = v128.load8_lane(SOFT_REST + <usize>i32x4.extract_lane(from, 1), rest, 4);
  if (windows > 1) rest = v128.load8_lane(SOFT_REST + <usize>i32x4.extract_lane(from, 2), rest, 8);
  if (windows > 2) rest = v128.load8_lane(SOFT_REST + <usize>i32x4.extract_lane(from, 3), rest, 12);
  return i32x4.add(i32x4.max_s(i32x4.splat(0), x), rest);
}

/** 256 ln(e^(x/256) − 1) of a positive number. */
// @ts-ignore: decorator
@inline
function log(x: i32): i32 {
  return x - <i32>load<u16>(LOG_REST + (<usize>min(2047, x) << 1));
}

/** The same of the opinions' lanes. */
function log4(x: v128): v128 {
  const from = i32x4.shl(i32x4.min_s(lanes(LANES_2047, 2047), x), 1);
  let rest = v128.load16_lane(LOG_REST + <usize>i32x4.extract_lane(from, 0), i32x4.splat(0), 0);
  rest = v128.load16_lane(LOG_REST + <usize>i32x4.extract_lane(from, 1), rest, 2);
  if (windows > 1) rest = v128.load16_lane(LOG_REST + <usize>i32x4.extract_lane(from, 2), rest, 4);
  if (windows > 2) rest = v128.load16_lane(LOG_REST + <usize>i32x4.extract_lane(from, 3), rest, 6);
  return i32x4.sub(x, rest);
}

/** Opinions of 16 bits in the upper half; where there is no fourth one, a constant takes its place. */
function saying(logits: v128): v128 {
  const limited = i32x4.max_s(lanes(LANES_MINUS_2047, -2047), i32x4.min_s(lanes(LANES_2047, 2047), logits));
  const own = v128.or(v128.and(limited, v128.load(USED)), v128.load(CONSTANT));
  return i16x8.narrow_i32x4_s(own, own);
}

// @ts-ignore: decorator
@inline
function opinion(p: usize, logit: i32): void {
  store<i32>(LOGITS + (p << 2), clamp(logit, 2047), 16);
}

/** Codes a value: encoders give it, decoders get it. A value out of range says that a stream has none. */
function codeValue(value: i32): i32 {
  if (level) opine();
  const residual = value - prediction;
  if (stepBits == 0 && !codeOther(i32(residual != 0))) return prediction;
  const isPositive = codeSign(i32(residual >= 0));
  // From the nearest magnitude that the sign leaves.
  let magnitude = isPositive ? residual : -residual;
  const nearest = stepBits && isPositive ? 0 : 1;
  magnitude = codeMagnitude(magnitude - nearest, isPositive);
  if (magnitude < 0) return i32.MAX_VALUE;
  magnitude += nearest;
  return prediction + (isPositive ? magnitude : -magnitude);
}

/** Codes whether a value is another than the prediction. */
function codeOther(bit: i32): i32 {
  const offset: usize = <usize>ZERO_STEP << 2, set = latelySets + ZERO_STAGE * SET_BYTES;
  const second = spreadSets + ZERO_STAGE * SET_BYTES;
  if (level == 0) return decideFast(bit, CONTEXTS, offset);
  if (ASC_FEATURE_SIMD) {
    const most = lanes(LANES_3071, 3071), least = lanes(LANES_MINUS_3071, -3071);
    const below = i32x4.max_s(least, i32x4.min_s(most, v128.load(BELOW)));
    const above = i32x4.max_s(least, i32x4.min_s(most, v128.load(ABOVE)));
    const zero = i32x4.sub(i32x4.sub(i32x4.add(soft4(below), soft4(above)), below), v128.load(STEP_LOGS));
    return decide(bit, CONTEXTS, offset, set, second, saying(log4(i32x4.max_s(lanes(LANES_1, 1), zero))));
  } else {
    for (let p: usize = 0; p < opinions; p++) {
      const below = clamp(load<i32>(BELOW + (p << 2)), LIMIT - 1), above = clamp(load<i32>(ABOVE + (p << 2)), LIMIT - 1);
      const zero = soft(below) + soft(above) - below - load<i32>(STEP_LOGS + (p << 2));
      opinion(p, log(max(1, zero)));
    }
    return decidePlainly(bit, CONTEXTS, offset, set, second);
  }
}

/** Codes whether the value lies above the border, or above zero. */
function codeSign(bit: i32): i32 {
  const sign = signs + <usize>(channel * entries + index), row = <usize>stride, group = stepBits ? 1 : 0;
  const w = signAt(sign - 1), n = signAt(sign - row);
  const c1 = channel > 0 ? signAt(sign - <usize>entries) : 2, c2 = channel > 1 ? signAt(sign - <usize>(2 * entries)) : 2;
  const first = SIGN_COUNTERS + ((group * CHANNELS + kind) * COUNTER_INPUTS << CLASS_BITS);
  noteSign(0, first + triple(w, n, c1));
  if (level == 0) {
    noteSign(1, first + 256 + fraction * 16);
    return decideFast(bit, SIGN_CONTEXTS, 0);
  }
  const offset = 8 * doubledMean - 16 * prediction + 8 * group;
  noteSign(1, first + 256 + fraction * 16 + coarse(lately));
  noteSign(2, first + 512 + triple(c1, c2, w));
  noteSign(3, first + 768 + triple(sideOf(offset, 0), sideOf(offset, 1), sideOf(offset, 2)));
  const set = setAt(SIGN_SETS + (group * CHANNELS + kind) * 16 + coarseNear);
  const second = setAt(SECOND_SIGN_SETS + (group * CHANNELS + kind) * 256 + fraction * 16 + coarse(lately));
  if (ASC_FEATURE_SIMD) {
    const logits = i32x4.sub(soft4(i32x4.neg(v128.load(BELOW))), soft4(v128.load(ABOVE)));
    return decide(bit, SIGN_CONTEXTS, 0, set, second, saying(logits));
  } else {
    for (let p: usize = 0; p < opinions; p++) {
      opinion(p, soft(-load<i32>(BELOW + (p << 2))) - soft(load<i32>(ABOVE + (p << 2))));
    }
    return decidePlainly(bit, SIGN_CONTEXTS, 0, set, second);
  }
}

// @ts-ignore: decorator
@inline
function signAt(sign: usize): i32 {
  return <i32>load<i8>(sign) + 2;
}

/** Where a predictor's opinion lies from the prediction. */
// @ts-ignore: decorator
@inline
function sideOf(offset: i32, predictor: usize): i32 {
  return signClass(offset + load<i32>(CHANGES + (predictor << 2)) >> shift);
}

/** Codes a magnitude: how many steps it has, which grow after the first ones, then its place in the last. −1 means that there is none. */
function codeMagnitude(wanted: i32, isPositive: i32): i32 {
  let first = 0, bits = stepBits, step = 0;
  if (level == 0) {
    for (;; step++) {
      if (step >= 6 && (step & 1) == 0 && ++bits > MOST_BITS) return -1;
      if (!decideFast(i32(wanted - first >= 1 << bits), CONTEXTS, <usize>min(step, ZERO_STEP - 1) << 2)) break;
      first += 1 << bits;
    }
    return first + codeRest(wanted - first, bits, step);
  }
  const group: usize = stepBits ? 8 * SET_BYTES : 0;
  let set = latelySets + group, second = spreadSets + group;
  if (ASC_FEATURE_SIMD) {
    let far = isPositive ? v128.load(ABOVE) : i32x4.neg(v128.load(BELOW));
    let size = v128.load(STEP_SIZE), logs = v128.load(STEP_LOGS);
    for (;; step++) {
      if (step >= 6 && (step & 1) == 0) {
        if (++bits > MOST_BITS) return -1;
        size = i32x4.min_s(i32x4.splat(1 << 20), i32x4.shl(size, 1));
        logs = log4(size);
      }
      const logits = saying(i32x4.sub(soft4(i32x4.neg(far)), logs));
      const offset = <usize>min(step, ZERO_STEP - 1) << 2;
      if (!decide(i32(wanted - first >= 1 << bits), CONTEXTS, offset, set, second, logits)) break;
      far = i32x4.add(far, size);
      if (step < STAGES - 2) {
        set += SET_BYTES;
        second += SET_BYTES;
      }
      first += 1 << bits;
    }
  } else {
    const far = isPositive ? ABOVE : BELOW;
    if (!isPositive) { for (let p: usize = 0; p < opinions << 2; p += 4) store<i32>(far + p, -load<i32>(far + p)); }
    for (;; step++) {
      if (step >= 6 && (step & 1) == 0) {
        if (++bits > MOST_BITS) return -1;
        for (let p: usize = 0; p < opinions << 2; p += 4) {
          const size = min(1 << 20, 2 * load<i32>(STEP_SIZE + p));
          store<i32>(STEP_SIZE + p, size);
          store<i32>(STEP_LOGS + p, log(size));
        }
      }
      for (let p: usize = 0; p < opinions; p++) {
        const at = far + (p << 2), distance = load<i32>(at);
        opinion(p, soft(-distance) - load<i32>(STEP_LOGS + (p << 2)));
        store<i32>(at, distance + load<i32>(STEP_SIZE + (p << 2)));
      }
      const offset = <usize>min(step, ZERO_STEP - 1) << 2;
      if (!decidePlainly(i32(wanted - first >= 1 << bits), CONTEXTS, offset, set, second)) break;
      if (step < STAGES - 2) {
        set += SET_BYTES;
        second += SET_BYTES;
      }
      first += 1 << bits;
    }
  }
  return first + codeRest(wanted - first, bits, step);
}

/** Codes the place in a step of 2^`bits`: two bits by their counters, the others as they are. */
function codeRest(wanted: i32, bits: i32, step: i32): i32 {
  const counter = REST_COUNTERS + ((kind * 16 + min(stepBits, 15)) * 8 + min(step, 7)) * 4;
  let value = 0, left = bits, node = 0;
  for (; left > 0 && left > bits - 2; left--) {
    const outcome = decideAlone(wanted >>> (left - 1) & 1, counter + node);
    node = 1 + outcome;
    value = 2 * value + outcome;
  }
  while (left > 0) {
    const count = min(8, left);
    left -= count;
    value = value << count | codeRaw(wanted >>> left & (1 << count) - 1, count);
  }
  return value;
}

/** Notes the value and what contexts are made of, and everything learns from it. */
function learn(x: i32, value: i32): void {
  const place = channel * entries + index;
  const target = 16 * value - 8 * doubledMean, off = 16 * value - predicted, coded = off + 8 >> 4;
  store<i32>(at, value);
  store<u16>(magnitudes + (<usize>place << 1), <u16>min<u32>(2047, abs(coded)));
  store<i8>(signs + <usize>place, <i8>(coded > 5 ? 2 : coded > 0 ? 1 : coded == 0 ? 0 : coded >= -5 ? -1 : -2));
  store<i32>(miss + (<usize>(x + MARGIN) << 2), clamp(off >> 3, 1 << 20));
  teachTaps(target - load<i32>(CHANGES) >> shift);
  if (level == 0) return;
  const error = errors + <usize>(x + MARGIN) * PREDICTOR_BYTES;
  if (ASC_FEATURE_SIMD) {
    const off4 = i32x4.abs(i32x4.shr_s(i32x4.sub(i32x4.splat(target), v128.load(CHANGES)), shift));
    v128.store(error, i32x4.min_u(lanes(LANES_65535, 65535), off4));
  } else {
    for (let p: usize = 0; p < <usize>predictors << 2; p += 4) {
      store<i32>(error + p, <i32>min<u32>(65535, abs(target - load<i32>(CHANGES + p) >> shift)));
    }
  }
  includeAll(x, clamp(2 * value - doubledMean >> shift, 1023));
}

// @ts-ignore: decorator
@inline
function triple(a: i32, b: i32, c: i32): i32 {
  return (a * 5 + b) * 5 + c;
}
