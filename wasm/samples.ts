// The wide coder's part for planes of samples, in AssemblyScript, compiled by `deno task wasm` into
// src/entropy/wide_samples_wasm.ts, once with SIMD and once without: both give the same bytes, since all is in integers.
// What it computes is written down in docs/WIDE.md; sums and products wrap where that document says nothing else.
//
// The caller writes the three tables to `tables()`, then per picture calls `configure`, `open`, and `encode` or `decode`.

// ---- Layout of the static state ---------------------------------------------------------------------------------------

const MARGIN: i32 = 8;
const CHANNELS: i32 = 3;
const STEPS: i32 = 22;
const ROWS: i32 = CHANNELS * STEPS;
const INPUTS: i32 = 15;
const CLASS_BITS: i32 = 8;
const SETS: i32 = 4;
const SET_BYTES: usize = 64;
const PREDICTORS: i32 = 4;
const TAPS: i32 = 40;
const TAP_BYTES: usize = 160;
const MOST_NEIGHBOURS: i32 = 20;
const MATRIX_BYTES: usize = 17 * 20 * 4;
/** Wider pictures use columns again, so that memory is bounded. */
const MOST_COLUMNS: i32 = 65536;
const LIMIT: i32 = 3072;
const MOST: i32 = 1 << 30;

const SIGN_COUNTERS: i32 = INPUTS * ROWS << CLASS_BITS;
const SIGN_INPUTS: i32 = 11;
const REST_COUNTERS: i32 = SIGN_COUNTERS + (SIGN_INPUTS * CHANNELS << CLASS_BITS);
const NO_COUNTER: i32 = REST_COUNTERS + CHANNELS * 64 * 4;
const COUNTERS: i32 = NO_COUNTER + 1;

const ENERGY_SETS: i32 = ROWS;
const LATELY_SETS: i32 = ENERGY_SETS + 4 * 64;
const SPREAD_SETS: i32 = LATELY_SETS + 6 * CHANNELS * 64;
const SIGN_SETS: i32 = SPREAD_SETS + 4 * 256;
const ALL_SETS: i32 = SIGN_SETS + CHANNELS + 10 + 16 + 16;

const CURVE_POINTS: i32 = 33;
const SPREAD_CURVES: i32 = ROWS * 64;
const SIGN_CURVES: i32 = SPREAD_CURVES + (ROWS << CLASS_BITS);
const CURVES: i32 = SIGN_CURVES + CHANNELS * 16 + 128;

const SQUASH: usize = __heap_base + 15 & ~15;
const STRETCH: usize = SQUASH + 4 * 6144;
const FINE: usize = STRETCH + 4 * 4096;
const PACE: usize = FINE + 16384;
const SET_RATE: usize = PACE + 4 * 256;
const COUNTER_AT: usize = SET_RATE + 4 * 256;
const WEIGHTS: usize = COUNTER_AT + <usize>COUNTERS * 4;
const USES: usize = WEIGHTS + <usize>ALL_SETS * SET_BYTES;
const CURVE_AT: usize = USES + <usize>ALL_SETS * 4;
const TAPS_AT: usize = CURVE_AT + <usize>CURVES * <usize>CURVE_POINTS * 4 + 15 & ~15;
const SCALED: usize = TAPS_AT + TAPS * 4;
const LMS: usize = SCALED + TAPS * 4; // predictor, channel, tap
const NEAR_TAPS: usize = LMS + 2 * CHANNELS * TAPS * 4; // neighbours of the windowed predictors, then their target
const NEAR_SCALED: usize = NEAR_TAPS + MOST_NEIGHBOURS * 4;
const WINDOW_WEIGHTS: usize = NEAR_SCALED + MOST_NEIGHBOURS * 4; // window, channel
const LEFT: usize = WINDOW_WEIGHTS + 2 * CHANNELS * MOST_NEIGHBOURS * 4; // window
const RIGHT: usize = LEFT + 2 * MATRIX_BYTES;
const CHANGES: usize = RIGHT + 2 * MATRIX_BYTES;
const CONTEXTS: usize = CHANGES + PREDICTORS * 4 + 15 & ~15;
const CLASSES: usize = CONTEXTS + 16 * 4;
const LOGITS: usize = CLASSES + 16 * 4;
const SET_AT: usize = LOGITS + 16 * 4;
const OUTPUTS: usize = SET_AT + SETS * 4;
const HEAP: usize = OUTPUTS + SETS * 4 + 255 & ~255;

// ---- State of the picture -----------------------------------------------------------------------------------------------

let width: i32 = 0;
let height: i32 = 0;
let channels: i32 = 0;
let stride: i32 = 0;
let shift: i32 = 0;
let windows: i32 = 1;
let sweeps: i32 = 1;
let values: usize = 0;
let magnitudes: usize = 0;
let signs: usize = 0;
let missRows: usize = 0;
let errorRows: usize = 0;
let columns: usize = 0;
let columnCount: i32 = 0;
let decisions: usize = 0;
let decisionCount: i32 = 0;
let capacity: usize = 0;
let encoding: bool = true;
let next: usize = 0;
let last: usize = 0;
let state: u32 = 0;
let curveA: i32 = 0;
let curveB: i32 = 0;
let energy: i32 = 0;
let doubledMean: i32 = 0;
let neighbours: i32 = 0;
let rowLength: i32 = 0;

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
let fraction: i32 = 0;
let lately: i32 = 0;
let spread: i32 = 0;
let windowSpread: i32 = 0;
let coarseNear: i32 = 0;
let coarseTotal: i32 = 0;
let coarseAround: i32 = 0;
let fineTotal: i32 = 0;
let fineLately: i32 = 0;

/** Where the caller writes SQUASH (6144 i32), STRETCH (4096 i32) and the fine classes (16384 u8). */
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
  columns = errorRows + 3 * <usize>PREDICTORS * rowBytes + 15 & ~15;
  columnCount = min(w, MOST_COLUMNS);
  decisions = columns + <usize>(windows * columnCount) * MATRIX_BYTES;
  ensure(decisions);
  memory.fill(values, 0, decisions - values);
  return values;
}

/** How far samples are shifted for learning, how many windowed predictors, and how often a sample each solves. */
export function configure(scale: i32, windowCount: i32, sweepCount: i32): void {
  shift = scale;
  windows = windowCount;
  sweeps = sweepCount;
}

/** Codes all planes; gives the number of decisions, each `frequency << 16 | start`. */
export function encode(): i32 {
  encoding = true;
  decisionCount = 0;
  codeAll();
  return decisionCount;
}

/** Where the decisions of `encode` lie, and where `decode` wants its bytes. */
export function stream(): usize {
  return decisions;
}

/** Makes room for so many bytes of a stream. */
export function reserve(byteLength: i32): void {
  ensure(decisions + <usize>byteLength);
}

/** Decodes a stream: 0, or 1 when a value is out of range, or 2 when the end is not that of a stream. */
export function decode(byteLength: i32, firstState: u32): i32 {
  encoding = false;
  next = decisions + <usize>min(4, byteLength);
  last = decisions + <usize>byteLength;
  state = firstState;
  if (!codeAll()) return 1;
  return next == last && state == 0 ? 0 : 2;
}

function ensure(end: usize): void {
  const have = <usize>memory.size() << 16;
  if (end > have) {
    const more = end - have + 65535 >>> 16;
    if (memory.grow(<i32>more) < 0) unreachable();
  }
  capacity = <usize>memory.size() << 16;
}

// ---- Decisions -----------------------------------------------------------------------------------------------------------

// @ts-ignore: decorator
@inline
function code(bit: i32, probability: i32): i32 {
  const zero = 65536 - probability;
  if (encoding) {
    const at = decisions + (<usize>decisionCount << 2);
    store<i32>(at, bit ? probability << 16 | zero : zero << 16);
    decisionCount++;
    return bit;
  }
  const slot = <i32>(state & 0xffff);
  const outcome = i32(slot >= zero);
  const frequency = <u32>(outcome ? probability : zero);
  let x = frequency * (state >>> 16) + <u32>slot - <u32>(outcome ? zero : 0);
  while (x < 1 << 23 && next < last) {
    x = x << 8 | load<u8>(next);
    next++;
  }
  state = x;
  return outcome;
}

// @ts-ignore: decorator
@inline
function squash(logit: i32): i32 {
  return load<i32>(SQUASH + (<usize>(logit + LIMIT) << 2));
}

// @ts-ignore: decorator
@inline
function stretch(counter: u32): i32 {
  return load<i32>(STRETCH + (<usize>(counter >>> 20) << 2));
}

// @ts-ignore: decorator
@inline
function learnt(counter: u32, outcome: i32): u32 {
  const count = counter & 1023;
  const probability = <i32>(counter >>> 10);
  const rate = load<i32>(PACE + (<usize>count << 2)) & 0xffff;
  const moved = probability + (((outcome ? 0x3fffff : 0) - probability >> 6) * rate >> 8);
  return <u32>moved << 10 | (count < 255 ? count + 1 : count);
}

// @ts-ignore: decorator
@inline
function clamp(value: i32, limit: i32): i32 {
  return max(-limit, min(limit, value));
}

// @ts-ignore: decorator
@inline
function sum4(v: v128): i32 {
  const pairs = i32x4.add(v, i32x4.shuffle(v, v, 2, 3, 0, 1));
  return i32x4.extract_lane(pairs, 0) + i32x4.extract_lane(pairs, 1);
}

// @ts-ignore: decorator
@inline
function counterOf(input: usize): usize {
  return COUNTER_AT + (<usize>load<u32>(CONTEXTS + (input << 2)) << 2);
}

// @ts-ignore: decorator
@inline
function setOf(s: usize): usize {
  return WEIGHTS + <usize>load<i32>(SET_AT + (s << 2)) * SET_BYTES;
}

/** What a counter's count says: confidence << 16 | rate. */
// @ts-ignore: decorator
@inline
function paceOf(counter: u32): usize {
  return PACE + (<usize>(counter & 1023) << 2);
}

// @ts-ignore: decorator
@inline
function stretchOf(counter: u32): usize {
  return STRETCH + (<usize>(counter >>> 20) << 2);
}

/** Four counters. */
// @ts-ignore: decorator
@inline
function counters4(input: usize): v128 {
  let all = v128.load32_zero(counterOf(input));
  all = v128.load32_lane(counterOf(input + 1), all, 1);
  all = v128.load32_lane(counterOf(input + 2), all, 2);
  return v128.load32_lane(counterOf(input + 3), all, 3);
}

// @ts-ignore: decorator
@inline
function paces4(input: usize): v128 {
  let all = v128.load32_zero(paceOf(load<u32>(counterOf(input))));
  all = v128.load32_lane(paceOf(load<u32>(counterOf(input + 1))), all, 1);
  all = v128.load32_lane(paceOf(load<u32>(counterOf(input + 2))), all, 2);
  return v128.load32_lane(paceOf(load<u32>(counterOf(input + 3))), all, 3);
}

/** The logits that four counters put in. */
// @ts-ignore: decorator
@inline
function logits4(input: usize, paces: v128): v128 {
  let all = v128.load32_zero(stretchOf(load<u32>(counterOf(input))));
  all = v128.load32_lane(stretchOf(load<u32>(counterOf(input + 1))), all, 1);
  all = v128.load32_lane(stretchOf(load<u32>(counterOf(input + 2))), all, 2);
  all = v128.load32_lane(stretchOf(load<u32>(counterOf(input + 3))), all, 3);
  return i32x4.shr_s(i32x4.mul(all, i32x4.shr_u(paces, 16)), 8);
}

// @ts-ignore: decorator
@inline
function dot4(set: usize, logits: v128): v128 {
  return i32x4.mul(i32x4.shr_s(v128.load(set), 2), logits);
}

/** weight = Clamp(weight + ((logit · change) >> 10)) */
// @ts-ignore: decorator
@inline
function teach4(set: usize, logits: v128, change: v128): void {
  const moved = i32x4.add(v128.load(set), i32x4.shr_s(i32x4.mul(logits, change), 10));
  v128.store(set, i32x4.max_s(i32x4.splat(-(1 << 19)), i32x4.min_s(i32x4.splat(1 << 19), moved)));
}

/** What four counters become. */
// @ts-ignore: decorator
@inline
function learn4(input: usize, counters: v128, paces: v128, aim: v128): void {
  const probability = i32x4.shr_u(counters, 10), rate = v128.and(paces, i32x4.splat(0xffff));
  const far = i32x4.shr_s(i32x4.sub(aim, probability), 6);
  const moved = i32x4.add(probability, i32x4.shr_s(i32x4.mul(far, rate), 8));
  const count = i32x4.min_s(
    i32x4.splat(255),
    i32x4.add(v128.and(counters, i32x4.splat(1023)), i32x4.splat(1)),
  );
  const all = v128.or(i32x4.shl(moved, 10), count);
  v128.store32_lane(counterOf(input), all, 0);
  v128.store32_lane(counterOf(input + 1), all, 1);
  v128.store32_lane(counterOf(input + 2), all, 2);
  v128.store32_lane(counterOf(input + 3), all, 3);
}

/** Codes a decision with the 15 counters of CONTEXTS, the sets of SET_AT and both curves; a sixteenth input is constant. */
function decide(bit: i32): i32 {
  if (ASC_FEATURE_SIMD) {
    const c0 = counters4(0), c1 = counters4(4), c2 = counters4(8), c3 = counters4(12);
    const p0 = paces4(0), p1 = paces4(4), p2 = paces4(8), p3 = paces4(12);
    const l0 = logits4(0, p0), l1 = logits4(4, p1), l2 = logits4(8, p2);
    const l3 = i32x4.replace_lane(logits4(12, p3), 3, 256);
    for (let s: usize = 0; s < <usize>SETS; s++) {
      const set = setOf(s), even = i32x4.add(dot4(set, l0), dot4(set + 16, l1));
      mixed(s, sum4(i32x4.add(even, i32x4.add(dot4(set + 32, l2), dot4(set + 48, l3)))));
    }
    const outcome = refine(bit);
    for (let s: usize = 0; s < <usize>SETS; s++) {
      const set = setOf(s), by = i32x4.splat(changeOf(s, outcome));
      teach4(set, l0, by);
      teach4(set + 16, l1, by);
      teach4(set + 32, l2, by);
      teach4(set + 48, l3, by);
    }
    const aim = i32x4.splat(outcome ? 0x3fffff : 0);
    learn4(0, c0, p0, aim);
    learn4(4, c1, p1, aim);
    learn4(8, c2, p2, aim);
    learn4(12, c3, p3, aim);
    store<u32>(COUNTER_AT + (<usize>NO_COUNTER << 2), 1 << 31);
    return outcome;
  } else {
    for (let i: usize = 0; i < <usize>INPUTS; i++) {
      const counter = load<u32>(counterOf(i));
      store<i32>(LOGITS + (i << 2), load<i32>(stretchOf(counter)) * (load<i32>(paceOf(counter)) >> 16) >> 8);
    }
    store<i32>(LOGITS + 60, 256);
    for (let s: usize = 0; s < <usize>SETS; s++) {
      const set = setOf(s);
      let sum = 0;
      for (let i: usize = 0; i < SET_BYTES; i += 4) sum += (load<i32>(set + i) >> 2) * load<i32>(LOGITS + i);
      mixed(s, sum);
    }
    const outcome = refine(bit);
    for (let s: usize = 0; s < <usize>SETS; s++) {
      const set = setOf(s), by = changeOf(s, outcome);
      for (let i: usize = 0; i < SET_BYTES; i += 4) {
        store<i32>(set + i, clamp(load<i32>(set + i) + (load<i32>(LOGITS + i) * by >> 10), 1 << 19));
      }
    }
    for (let i: usize = 0; i < <usize>INPUTS; i++) store<u32>(counterOf(i), learnt(load<u32>(counterOf(i)), outcome));
    store<u32>(COUNTER_AT + (<usize>NO_COUNTER << 2), 1 << 31);
    return outcome;
  }
}

/** Notes what a set says, from its sum. */
// @ts-ignore: decorator
@inline
function mixed(s: usize, sum: i32): void {
  store<i32>(OUTPUTS + (s << 2), max(-LIMIT, min(LIMIT - 1, sum >> 14)));
}

/** The error of a set times its learning rate. */
// @ts-ignore: decorator
@inline
function changeOf(s: usize, outcome: i32): i32 {
  const at = USES + (<usize>load<i32>(SET_AT + (s << 2)) << 2), uses = load<i32>(at);
  if (uses < 255) store<i32>(at, uses + 1);
  const error = (outcome << 16) - squash(load<i32>(OUTPUTS + (s << 2)));
  return error * load<i32>(SET_RATE + (<usize>uses << 2)) >> 10;
}

/** Codes a decision by what the sets say, corrected by two curves, which learn. */
// @ts-ignore: decorator
@inline
function refine(bit: i32): i32 {
  const total = load<i32>(OUTPUTS) + load<i32>(OUTPUTS, 4) + load<i32>(OUTPUTS, 8) + load<i32>(OUTPUTS, 12);
  const logit = total >> 2, place = logit + LIMIT, point = place / 192, part = place - 192 * point;
  const a = CURVE_AT + <usize>(curveA * CURVE_POINTS + point) * 4;
  const b = CURVE_AT + <usize>(curveB * CURVE_POINTS + point) * 4;
  const a0 = load<i32>(a), a1 = load<i32>(a, 4), b0 = load<i32>(b), b1 = load<i32>(b, 4);
  const refined = ((a0 + b0 >> 6) * (192 - part) + (a1 + b1 >> 6) * part) / 192;
  const outcome = code(bit, max(32, min(65504, 2 * squash(logit) + refined >> 2)));
  const aim = outcome << 22;
  if (part < 96) {
    store<i32>(a, a0 + (aim - a0 >> 6));
    store<i32>(b, b0 + (aim - b0 >> 6));
  } else {
    store<i32>(a, a1 + (aim - a1 >> 6), 4);
    store<i32>(b, b1 + (aim - b1 >> 6), 4);
  }
  return outcome;
}

function decideAlone(bit: i32, index: i32): i32 {
  const at = COUNTER_AT + (<usize>index << 2);
  const counter = load<u32>(at);
  const outcome = code(bit, squash(stretch(counter)));
  store<u32>(at, learnt(counter, outcome));
  return outcome;
}

function start(): void {
  for (let n = 0; n < 256; n++) {
    const at = <usize>n << 2;
    store<i32>(PACE + at, 256 * n / (n + 1) << 16 | 32768 / (2 * n + 3));
    store<i32>(SET_RATE + at, 14 + 2400 / (20 + n));
  }
  for (let i = 0; i < COUNTERS; i++) store<u32>(COUNTER_AT + (<usize>i << 2), 1 << 31);
  for (let set = 0; set < ALL_SETS; set++) {
    const at = WEIGHTS + <usize>set * SET_BYTES;
    for (let i: usize = 0; i < 60; i += 4) store<i32>(at + i, 8519);
    store<i32>(at, 0, 60);
    store<i32>(USES + (<usize>set << 2), 0);
  }
  for (let point = 0; point < CURVE_POINTS; point++) {
    store<i32>(CURVE_AT + (<usize>point << 2), squash(min(LIMIT - 1, 192 * point - LIMIT)) << 6);
  }
  const curveBytes = <usize>CURVE_POINTS << 2;
  for (let curve = 1; curve < CURVES; curve++) {
    memory.copy(CURVE_AT + <usize>curve * curveBytes, CURVE_AT, curveBytes);
  }
  memory.fill(LMS, 0, 2 * CHANNELS * TAPS * 4);
  for (let set: usize = 0; set < 2 * CHANNELS; set++) {
    store<i32>(LMS + set * TAPS * 4, -13107, 4);
    store<i32>(LMS + set * TAPS * 4, 13107, 8);
  }
  memory.fill(WINDOW_WEIGHTS, 0, 2 * CHANNELS * MOST_NEIGHBOURS * 4);
}

// ---- Neighbours ------------------------------------------------------------------------------------------------------------

// @ts-ignore: decorator
@inline
function v(at: usize, dx: i32, dy: i32): i32 {
  return load<i32>(at + (<usize>(dy * stride + dx) << 2));
}

// @ts-ignore: decorator
@inline
function put(index: i32, value: i32): void {
  store<i32>(TAPS_AT + (<usize>index << 2), value);
}

// @ts-ignore: decorator
@inline
function tap(index: i32): i32 {
  return load<i32>(TAPS_AT + (<usize>index << 2));
}

// @ts-ignore: decorator
@inline
function near(index: i32, value: i32): void {
  store<i32>(NEAR_TAPS + (<usize>index << 2), value);
}

/** The eight taps of a channel coded before. */
// @ts-ignore: decorator
@inline
function channelTaps(at: usize, first: i32): void {
  const w = v(at, -1, 0), n = v(at, 0, -1), mean = w + n;
  put(first, 2 * v(at, 0, 0) - mean);
  put(first + 1, 2 * v(at, 1, 0) - mean);
  put(first + 2, 2 * v(at, 0, 1) - mean);
  put(first + 3, 2 * (w - n));
  put(first + 4, 2 * v(at, -1, -1) - mean);
  put(first + 5, 2 * v(at, 1, -1) - mean);
  put(first + 6, 2 * v(at, 1, 1) - mean);
  put(first + 7, 2 * v(at, -1, 1) - mean);
}

/** Fills the taps of the place: 5 near, 12 farther, 8 of each channel before, 6 misses. */
function lookAround(x: i32, y: i32): void {
  const planeBytes = <usize>entries << 2, column = <usize>(x + MARGIN) << 2, above = missAbove + column;
  const before = channel > 0 ? at - planeBytes : 0, earliest = channel > 1 ? at - 2 * planeBytes : 0;
  const w = v(at, -1, 0), n = y ? v(at, 0, -1) : w, mean = doubledMean = w + n;
  put(0, 2 * (w - n));
  put(1, 2 * v(at, -1, -1) - mean);
  put(2, 2 * v(at, 1, -1) - mean);
  put(3, 2 * v(at, -2, 0) - mean);
  put(4, 2 * v(at, 0, -2) - mean);
  put(5, 2 * v(at, 1, -2) - mean);
  put(6, 2 * v(at, -2, -1) - mean);
  put(7, 2 * v(at, -1, -2) - mean);
  put(8, 2 * v(at, 2, -1) - mean);
  put(9, 2 * v(at, -3, 0) - mean);
  put(10, 2 * v(at, 0, -3) - mean);
  put(11, 2 * v(at, -2, -2) - mean);
  put(12, 2 * v(at, 2, -2) - mean);
  put(13, 2 * v(at, -3, -1) - mean);
  put(14, 2 * v(at, 3, -1) - mean);
  put(15, 2 * v(at, -1, -3) - mean);
  put(16, 2 * v(at, 1, -3) - mean);
  if (before) channelTaps(before, 17);
  if (earliest) channelTaps(earliest, 25);
  put(33, load<i32>(miss + column - 4));
  put(34, load<i32>(above));
  put(35, load<i32>(above - 4));
  put(36, load<i32>(above + 4));
  put(37, load<i32>(miss + column - 8));
  put(38, load<i32>(missTop + column));
  let sum = 0;
  for (let i: usize = 0; i < TAP_BYTES; i += 4) {
    const scaled = clamp(load<i32>(TAPS_AT + i) >> shift, 1023);
    store<i32>(SCALED + i, scaled);
    sum += scaled * scaled;
  }
  energy = sum;

  for (let i = 0; i < 5; i++) near(i, tap(i));
  if (!before) {
    for (let i = 5; i < 10; i++) near(i, tap(i));
  } else if (!earliest) {
    for (let i = 5; i < 11; i++) near(i, tap(i + 12));
    near(11, tap(6));
    near(12, tap(5));
    near(13, tap(8));
  } else {
    for (let i = 5; i < 11; i++) near(i, tap(i + 12));
    for (let i = 11; i < 17; i++) near(i, tap(i + 14));
  }
  for (let i: usize = 0; i < <usize>neighbours << 2; i += 4) {
    store<i32>(NEAR_SCALED + i, clamp(load<i32>(NEAR_TAPS + i) >> shift, 1023));
  }
}

// ---- Predictors that learn by steps ------------------------------------------------------------------------------------------

// @ts-ignore: decorator
@inline
function change(sum: i64): i32 {
  return <i32>max<i64>(-(1 << 26), min<i64>(1 << 26, sum >> 13));
}

/** Σ weight · tap in 64 bits. */
// @ts-ignore: decorator
@inline
function wideDot(weights: usize, taps: usize, bytes: usize): i64 {
  if (ASC_FEATURE_SIMD) {
    let sum = i64x2.splat(0);
    for (let i: usize = 0; i < bytes; i += 16) {
      const a = v128.load(weights + i), b = v128.load(taps + i);
      sum = i64x2.add(sum, i64x2.extmul_low_i32x4_s(a, b));
      sum = i64x2.add(sum, i64x2.extmul_high_i32x4_s(a, b));
    }
    return i64x2.extract_lane(sum, 0) + i64x2.extract_lane(sum, 1);
  } else {
    let sum: i64 = 0;
    for (let i: usize = 0; i < bytes; i += 4) sum += <i64>load<i32>(weights + i) * <i64>load<i32>(taps + i);
    return sum;
  }
}

/** w = Clamp(w + ((gain · tap + 128) >> 8)) */
// @ts-ignore: decorator
@inline
function step(weights: usize, gain: i32): void {
  if (ASC_FEATURE_SIMD) {
    const by = i32x4.splat(gain), half = i32x4.splat(128), most = i32x4.splat(1 << 20);
    const least = i32x4.splat(-(1 << 20));
    for (let i: usize = 0; i < TAP_BYTES; i += 16) {
      const move = i32x4.shr_s(i32x4.add(i32x4.mul(v128.load(SCALED + i), by), half), 8);
      const moved = i32x4.add(v128.load(weights + i), move);
      v128.store(weights + i, i32x4.max_s(least, i32x4.min_s(most, moved)));
    }
  } else {
    for (let i: usize = 0; i < TAP_BYTES; i += 4) {
      const move = load<i32>(SCALED + i) * gain + 128 >> 8;
      store<i32>(weights + i, clamp(load<i32>(weights + i) + move, 1 << 20));
    }
  }
}

// ---- Predictors that solve for the weights of a window -----------------------------------------------------------------------

// @ts-ignore: decorator
@inline
function decayOf(window: i32): i32 {
  return window ? 4 : 2;
}

/** Columns right of the place that the window reaches. */
// @ts-ignore: decorator
@inline
function reachOf(window: i32): i32 {
  return window ? 15 : 3;
}

// @ts-ignore: decorator
@inline
function columnOf(window: i32, x: i32): usize {
  return columns + <usize>(window * columnCount + (x & MOST_COLUMNS - 1)) * MATRIX_BYTES;
}

/** A column comes into the window: what it knows fades. */
function enter(window: i32, x: i32): void {
  const fade = decayOf(window), column = columnOf(window, x), right = RIGHT + <usize>window * MATRIX_BYTES;
  const bytes = <usize>(neighbours * rowLength) << 2;
  if (ASC_FEATURE_SIMD) {
    for (let i: usize = 0; i < bytes; i += 16) {
      const all = v128.load(column + i), kept = i32x4.sub(all, i32x4.shr_s(all, fade));
      v128.store(column + i, kept);
      v128.store(right + i, i32x4.add(v128.load(right + i), kept));
    }
  } else {
    for (let i: usize = 0; i < bytes; i += 4) {
      const all = load<i32>(column + i), kept = all - (all >> fade);
      store<i32>(column + i, kept);
      store<i32>(right + i, load<i32>(right + i) + kept);
    }
  }
}

function beginWindow(window: i32): void {
  memory.fill(LEFT + <usize>window * MATRIX_BYTES, 0, MATRIX_BYTES);
  memory.fill(RIGHT + <usize>window * MATRIX_BYTES, 0, MATRIX_BYTES);
  const reach = min(reachOf(window), width);
  for (let x = 0; x < reach; x++) enter(window, x);
}

/** −Σ (left + right) · weight of one row of the window's sums, in 64 bits. */
// @ts-ignore: decorator
@inline
function residue(left: usize, right: usize, weights: usize): i64 {
  const bytes = <usize>rowLength << 2;
  if (ASC_FEATURE_SIMD) {
    let sum = i64x2.splat(0);
    for (let i: usize = 0; i < bytes; i += 16) {
      const a = i32x4.add(v128.load(left + i), v128.load(right + i)), b = v128.load(weights + i);
      sum = i64x2.add(sum, i64x2.extmul_low_i32x4_s(a, b));
      sum = i64x2.add(sum, i64x2.extmul_high_i32x4_s(a, b));
    }
    return -(i64x2.extract_lane(sum, 0) + i64x2.extract_lane(sum, 1));
  } else {
    let sum: i64 = 0;
    for (let i: usize = 0; i < bytes; i += 4) {
      sum += <i64>(load<i32>(left + i) + load<i32>(right + i)) * <i64>load<i32>(weights + i);
    }
    return -sum;
  }
}

/** Moves the weights towards the window's least squares, one at a time, and predicts. */
function solve(window: i32, x: i32): i32 {
  if (x + reachOf(window) < width) enter(window, x + reachOf(window));
  const weights = WINDOW_WEIGHTS + <usize>(window * CHANNELS + kind) * (MOST_NEIGHBOURS * 4);
  const left = LEFT + <usize>window * MATRIX_BYTES, right = RIGHT + <usize>window * MATRIX_BYTES;
  const target = <usize>neighbours << 2;
  store<i32>(weights + target, -65536);
  for (let sweep = 0; sweep < sweeps; sweep++) {
    for (let i = 0; i < neighbours; i++) {
      const row = <usize>(i * rowLength) << 2, own = <usize>i << 2;
      const diagonal = <i64>(load<i32>(left + row + own) + load<i32>(right + row + own)) + 80;
      const weight = load<i32>(weights + own);
      const rest = residue(left + row, right + row, weights) - 80 * <i64>weight;
      const move = diagonal > 0 ? rest / diagonal : 0;
      store<i32>(weights + own, <i32>max<i64>(-(1 << 18), min<i64>(1 << 18, <i64>weight + move)));
    }
  }
  store<i32>(weights + target, 0);
  return change(wideDot(weights, NEAR_TAPS, <usize>rowLength << 2));
}

/** Adds the place to its column, which changes sides. */
function include(window: i32, x: i32): void {
  const fade = decayOf(window), column = columnOf(window, x), left = LEFT + <usize>window * MATRIX_BYTES;
  const right = RIGHT + <usize>window * MATRIX_BYTES, rowBytes = <usize>rowLength << 2;
  for (let i = 0; i < neighbours; i++) {
    const factor = load<i32>(NEAR_SCALED + (<usize>i << 2)), row = <usize>i * rowBytes;
    if (ASC_FEATURE_SIMD) {
      const by = i32x4.splat(factor);
      for (let j: usize = 0; j < rowBytes; j += 16) {
        const at = row + j, old = v128.load(column + at);
        v128.store(right + at, i32x4.sub(v128.load(right + at), old));
        const sum = i32x4.add(old, i32x4.mul(v128.load(NEAR_SCALED + j), by));
        v128.store(column + at, sum);
        const all = i32x4.add(v128.load(left + at), sum);
        v128.store(left + at, i32x4.sub(all, i32x4.shr_s(all, fade)));
      }
    } else {
      for (let j: usize = 0; j < rowBytes; j += 4) {
        const at = row + j, old = load<i32>(column + at);
        store<i32>(right + at, load<i32>(right + at) - old);
        const sum = old + load<i32>(NEAR_SCALED + j) * factor;
        store<i32>(column + at, sum);
        const all = load<i32>(left + at) + sum;
        store<i32>(left + at, all - (all >> fade));
      }
    }
  }
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
function nearClass(m: i32): i32 {
  return m < 3 ? m : min(9, (fine(m) >> 1) - 1);
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
function signClass(change: i32): i32 {
  return change < -16 ? 0 : change < -4 ? 1 : change < 4 ? 2 : change < 16 ? 3 : 4;
}

// @ts-ignore: decorator
@inline
function note(index: i32, value: i32): void {
  store<i32>(CLASSES + (<usize>index << 2), (index * ROWS << CLASS_BITS) + value);
}

/** The counters of the place's classes in one row. */
// @ts-ignore: decorator
@inline
function moveContexts(row: i32): void {
  if (ASC_FEATURE_SIMD) {
    const by = i32x4.splat(row);
    for (let i: usize = 0; i < 64; i += 16) v128.store(CONTEXTS + i, i32x4.add(v128.load(CLASSES + i), by));
  } else {
    for (let i: usize = 0; i < 60; i += 4) store<i32>(CONTEXTS + i, load<i32>(CLASSES + i) + row);
  }
  store<i32>(CONTEXTS, NO_COUNTER, 60);
}

// @ts-ignore: decorator
@inline
function context(index: i32, counter: i32): void {
  store<i32>(CONTEXTS + (<usize>index << 2), counter);
}

// @ts-ignore: decorator
@inline
function set(index: i32, which: i32): void {
  store<i32>(SET_AT + (<usize>index << 2), which);
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
  neighbours = kind == 0 ? 10 : kind == 1 ? 14 : 17;
  rowLength = kind == 0 ? 12 : kind == 1 ? 16 : 20;
  memory.fill(TAPS_AT, 0, TAP_BYTES);
  memory.fill(NEAR_TAPS, 0, 2 * MOST_NEIGHBOURS * 4);
  memory.fill(missRows, 0, columns - missRows);
  memory.fill(columns, 0, <usize>(windows * columnCount) * MATRIX_BYTES);
  miss = missRows;
  missAbove = miss + rowBytes;
  missTop = missAbove + rowBytes;
  errors = errorRows;
  errorsAbove = errors + rowBytes * PREDICTORS;
  errorsTop = errorsAbove + rowBytes * PREDICTORS;
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
    if (encoding && decisions + (<usize>decisionCount << 2) + 1024 > capacity) ensure(capacity + (1 << 24));
    index = (y + MARGIN) * stride + x + MARGIN;
    at = plane + (<usize>index << 2);
    lookAround(x, y);
    predict(x);
    classify(x, y);
    const residual = encoding ? load<i32>(at) - prediction : 0, magnitude = abs(residual);
    const token = codeToken(magnitude);
    if (token == 64) return false;
    let coded = 0;
    if (token > 0) {
      const negative = codeSign(i32(residual < 0), token);
      coded = codeRest(token, magnitude);
      if (negative) coded = -coded;
    }
    const value = prediction + coded;
    if (value > MOST || value < -MOST) return false;
    learn(x, value, coded);
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
    for (let p: usize = 0; p < <usize>PREDICTORS; p++) {
      const error = errors + p * rowBytes + (MARGIN << 2), above = load<i32>(errorsAbove + p * rowBytes + (MARGIN << 2));
      store<i32>(error - 4, above);
      store<i32>(error - 8, above);
    }
  }
  for (let window = 0; window < windows; window++) beginWindow(window);
}

/** Right of the picture everything is as in its last column. */
function endRow(y: i32): void {
  const end = (y + MARGIN) * stride + MARGIN + width, value = plane + (<usize>end << 2);
  for (let k: usize = 0; k < 3; k++) store<i32>(value + (k << 2), load<i32>(value - 4));
  const magnitude = magnitudes + (<usize>(channel * entries + end) << 1);
  store<u16>(magnitude, load<u16>(magnitude - 2));
  for (let p: usize = 0; p < <usize>PREDICTORS; p++) {
    const error = errors + p * rowBytes + (<usize>(MARGIN + width) << 2);
    store<i32>(error, load<i32>(error - 4));
  }
}

/** What each predictor says, and the blend of it by how well each did nearby. */
function predict(x: i32): void {
  const slow = LMS + <usize>kind * TAP_BYTES, fast = slow + CHANNELS * TAP_BYTES;
  store<i32>(CHANGES, change(wideDot(slow, TAPS_AT, TAP_BYTES)));
  store<i32>(CHANGES, change(wideDot(fast, TAPS_AT, TAP_BYTES)), 4);
  for (let window = 0; window < windows; window++) {
    store<i32>(CHANGES + (<usize>window << 2), solve(window, x), 8);
  }
  const count = 2 + windows, column = <usize>(x + MARGIN) << 2;
  let least = i32.MAX_VALUE, all = 0;
  for (let p: usize = 0; p < <usize>count; p++) {
    const offset = p * rowBytes + column, own = errors + offset, up = errorsAbove + offset;
    const recent = 10 + 2 * (load<i32>(own - 4) + load<i32>(up)) + load<i32>(up - 4) + load<i32>(up + 4) +
      load<i32>(own - 8) + load<i32>(errorsTop + offset);
    store<i32>(LOGITS + (p << 2), recent);
    least = min(least, recent);
    all += recent;
  }
  let weighted: i64 = 0, trusts: i64 = 0;
  for (let p: usize = 0; p < <usize>count; p++) {
    const ratio = <i32>((<u32>least << 12) / load<u32>(LOGITS + (p << 2)));
    const squared = ratio * ratio >> 12, trust = <i64>max(1, squared * squared >> 12);
    weighted += trust * load<i32>(CHANGES + (p << 2));
    trusts += trust;
  }
  predicted = 8 * doubledMean + <i32>(weighted / trusts);
  prediction = clamp(predicted + 8 >> 4, 1 << 29);
  fraction = predicted + 8 & 15;
  lately = all / (4 * count);
  spread = size(abs(load<i32>(CHANGES) - load<i32>(CHANGES, 4)) >> shift);
  windowSpread = size(abs(load<i32>(CHANGES) - load<i32>(CHANGES, 8)) >> shift);
}

/** The classes that a token's contexts are made of. */
function classify(x: i32, y: i32): void {
  const here = magnitudes + (<usize>(channel * entries + index) << 1), row = rowBytes >> 1;
  const planeBytes = <usize>entries << 1;
  const w = <i32>load<u16>(here - 2), n = <i32>load<u16>(here - row), nw = <i32>load<u16>(here - row - 2);
  const ne = <i32>load<u16>(here - row + 2), ww = <i32>load<u16>(here - 4), nn = <i32>load<u16>(here - 2 * row);
  const nearEnergy = 3 * (w + n) + 2 * (nw + ne) + (2 * ww + nn >> 1);
  const vw = v(at, -1, 0), vn = v(at, 0, -1), vnw = v(at, -1, -1);
  const gradient = min(1 << 20, abs(vw - vnw)) + min(1 << 20, abs(vn - vnw)) +
    min(1 << 20, abs(vn - v(at, 1, -1)));
  const c1 = channel > 0 ? <i32>load<u16>(here - planeBytes) : ww;
  const c2 = channel > 1 ? <i32>load<u16>(here - 2 * planeBytes) : ne;
  const channelEnergy = (channel > 0 ? cross(here - planeBytes) : 0) +
    (channel > 1 ? cross(here - 2 * planeBytes) >> 1 : 0);
  const total = 2 * nearEnergy + gradient + channelEnergy;
  coarseNear = coarse(nearEnergy);
  coarseTotal = coarse(total);
  coarseAround = coarse(channelEnergy + nearEnergy);
  fineTotal = fine(total);
  fineLately = fine(lately);
  note(0, fine(nearEnergy));
  note(1, fineTotal);
  note(2, nearClass(w) * 10 + nearClass(n));
  note(3, coarse(channelEnergy) * 10 + coarseNear);
  note(4, coarse(gradient) * 10 + coarseNear);
  note(5, coarse(4 * (ww + nn + ne)) * 10 + coarseTotal);
  note(6, fine(channelEnergy + gradient));
  note(7, nearClass(c1) * 10 + nearClass(w + n + 1 >> 1));
  note(8, nearClass(max(max(w, n), max(nw, ne))) * 10 + nearClass(min(min(w, n), ne)));
  note(9, spread * 10 + coarseNear);
  note(10, fineLately);
  note(11, coarse(lately) * 16 + windowSpread);
  note(12, fraction * 10 + coarse(lately));
  note(13, (x & 1) * 128 + (y & 1) * 64 + fineTotal);
  note(14, nearClass(c1) * 10 + nearClass(c2));
}

/** Codes the token; 64 means that there is none. */
function codeToken(magnitude: i32): i32 {
  const wanted = tokenOf(magnitude);
  for (let token = 0; token < 64; token++) {
    const stage = min(token, STEPS - 1), row = kind * STEPS + stage;
    moveContexts(row << CLASS_BITS);
    set(0, row);
    set(1, ENERGY_SETS + min(stage, 3) * 64 + fineTotal);
    set(2, LATELY_SETS + (min(stage, 5) * CHANNELS + kind) * 64 + fineLately);
    set(3, SPREAD_SETS + min(stage, 3) * 256 + windowSpread * 16 + coarseTotal);
    curveA = row * 64 + fineLately;
    curveB = SPREAD_CURVES + (row << CLASS_BITS) + spread * 16 + coarseAround;
    if (!decide(i32(wanted > token))) return token;
  }
  return 64;
}

/** Codes the sign: 1 is negative. */
function codeSign(bit: i32, token: i32): i32 {
  const sign = signs + <usize>(channel * entries + index), row = <usize>stride;
  const w = signAt(sign - 1), n = signAt(sign - row), nw = signAt(sign - row - 1), ne = signAt(sign - row + 1);
  const before = sign - <usize>(channel > 0 ? entries : 0), earliest = sign - <usize>(channel > 1 ? 2 * entries : 0);
  const c1 = channel > 0 ? signAt(before) : 2, c2 = channel > 1 ? signAt(earliest) : 2;
  const first = SIGN_COUNTERS + (kind * SIGN_INPUTS << CLASS_BITS);
  context(0, first + triple(w, n, c1));
  context(1, first + 256 + triple(nw, n, ne));
  context(2, first + 512 + triple(w, signAt(sign - 2), nw));
  context(3, first + 768 + triple(n, signAt(sign - 2 * row), c1));
  context(4, first + 1024 + triple(c1, c2, w));
  context(5, first + 1280 + (channel > 0 ? triple(signAt(before - 1), signAt(before + 1), c1) : 0));
  context(6, first + 1536 + (channel > 0 ? triple(signAt(before - row), signAt(before + row), c1) : 0));
  context(7, first + 1792 + fraction * 10 + coarseNear);
  const offset = 8 * doubledMean - 16 * prediction;
  context(8, first + 2048 + triple(sideOf(offset, 0), sideOf(offset, 1), sideOf(offset, 2)));
  context(9, first + 2304 + fraction * 16 + min(15, token));
  context(10, first + 2560 + fraction * 12 + windowSpread);
  set(0, SIGN_SETS + kind);
  set(1, SIGN_SETS + CHANNELS + coarseNear);
  set(2, SIGN_SETS + CHANNELS + 10 + min(15, token));
  set(3, SIGN_SETS + CHANNELS + 26 + fraction);
  curveA = SIGN_CURVES + kind * 16 + fraction;
  curveB = SIGN_CURVES + CHANNELS * 16 + triple(w, n, c1);
  for (let i = SIGN_INPUTS; i <= INPUTS; i++) context(i, NO_COUNTER);
  return decide(bit);
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

/** Notes the value, and everything learns from it. */
function learn(x: i32, value: i32, coded: i32): void {
  const place = channel * entries + index, column = <usize>(x + MARGIN) << 2;
  store<i32>(at, value);
  store<u16>(magnitudes + (<usize>place << 1), <u16>min(2047, abs(coded)));
  store<i8>(signs + <usize>place, <i8>(coded > 5 ? 2 : coded > 0 ? 1 : coded == 0 ? 0 : coded >= -5 ? -1 : -2));
  store<i32>(miss + column, clamp(16 * value - predicted >> 3, 1 << 20));
  const target = 16 * value - 8 * doubledMean;
  for (let p = 0; p < 2 + windows; p++) {
    const error = target - load<i32>(CHANGES + (<usize>p << 2)) >> shift;
    store<i32>(errors + <usize>p * rowBytes + column, <i32>min<u32>(65535, abs(error)));
    if (p < 2) {
      const gain = (p ? 400 : 60) * 256 * clamp(error, 8192) / (energy + 88);
      step(LMS + <usize>(p * CHANNELS + kind) * TAP_BYTES, gain);
    }
  }
  store<i32>(NEAR_SCALED + (<usize>neighbours << 2), clamp(2 * value - doubledMean >> shift, 1023));
  for (let window = 0; window < windows; window++) include(window, x);
}

// @ts-ignore: decorator
@inline
function triple(a: i32, b: i32, c: i32): i32 {
  return (a * 5 + b) * 5 + c;
}

function tokenOf(magnitude: i32): i32 {
  if (magnitude <= 4) return magnitude;
  const below = magnitude - 1, place = 31 - clz(below);
  return 5 + 2 * (place - 2) + (below >>> (place - 1) & 1);
}

function codeRest(token: i32, magnitude: i32): i32 {
  if (token <= 4) return token;
  const count = (token - 5 >> 1) + 1, first = (2 + (token - 5 & 1) << count) + 1;
  const counter = REST_COUNTERS + (kind * 64 + token) * 4;
  let value = 0;
  for (let place = 0; place < count; place++) {
    const wanted = magnitude - first >>> (count - 1 - place) & 1;
    const outcome = place == 0
      ? decideAlone(wanted, counter)
      : place == 1
      ? decideAlone(wanted, counter + 1 + (value & 1))
      : code(wanted, 32768);
    value = 2 * value + outcome;
  }
  return first + value;
}
