// The subband coder's part for planes of samples, in AssemblyScript, compiled by `deno task wasm` into
// src/entropy/lossless/samples_wasm.ts, once with SIMD and once without: both give the same bytes, since all is in integers.
// docs/specification/6-lossless-predictor.md says what it computes; sums and products wrap where that page says nothing else.
//
// The caller writes the three tables to `tables()`, then per picture calls `configure`, `open`, and `encode` or `decode`.

// ---- Layout of the static state ---------------------------------------------------------------------------------------

const MARGIN: i32 = 8;
const CHANNELS: i32 = 3;
/** Counters of a context, side by side: one a step of the token. */
const STEPS: i32 = 24;
const STEPS_BYTES: i32 = STEPS * 4;
const ROWS: i32 = CHANNELS * STEPS;
const INPUTS: i32 = 7;
const CLASS_BITS: i32 = 8;
/** Eight weights of 16 bits, then how often the set was used. */
const SET_BYTES: i32 = 32;
/** Parities of column and row: cameras and chroma subsampling make the channels after the first differ by them. */
const PHASES: i32 = 4;
const PREDICTORS: i32 = 4;
/** Taps of values, then those of misses. */
const VALUE_TAPS: i32 = 28;
const TAPS: i32 = 36;
const TAP_BYTES: usize = 144;
/** Most taps that a windowed predictor weighs, the first ones; then its target. */
const MOST_NEIGHBOURS: i32 = 19;
const MOST_MATRIX_BYTES: usize = 944;
const WINDOWS: i32 = 2;
/** Added to the diagonal of a window's matrix. */
const DAMPING: i64 = 32 << 8;
/** Wider pictures use columns again, so that memory is bounded. */
const MOST_COLUMNS: i32 = 65536;
const LIMIT: i32 = 3072;
const MOST: i32 = 1 << 30;

const SIGN_COUNTERS: i32 = INPUTS * CHANNELS * STEPS << CLASS_BITS;
const REST_COUNTERS: i32 = SIGN_COUNTERS + (INPUTS * CHANNELS << CLASS_BITS);
const COUNTERS: i32 = REST_COUNTERS + CHANNELS * 64 * 4;

const SPREAD_SETS: i32 = 6 * CHANNELS * 64;
const SIGN_SETS: i32 = SPREAD_SETS + 4 * 256;
const ALL_SETS: i32 = SIGN_SETS + 10 + 16;

const CURVE_POINTS: i32 = 33;
const CURVE_BYTES: i32 = CURVE_POINTS * 4;
const SPREAD_CURVES: i32 = ROWS * 64;
const SIGN_CURVES: i32 = SPREAD_CURVES + (ROWS << CLASS_BITS);
const CURVES: i32 = SIGN_CURVES + CHANNELS * 16 + 128;

const SQUASH: usize = __heap_base + 63 & ~63;
const STRETCH: usize = SQUASH + 4 * 6144;
const FINE: usize = STRETCH + 4 * 4096;
const PACE: usize = FINE + 16384;
const SET_RATE: usize = PACE + 4 * 256;
const COUNTER_AT: usize = SET_RATE + 4 * 256;
const SETS_AT: usize = COUNTER_AT + <usize>COUNTERS * 4 + 63 & ~63;
const CURVE_AT: usize = SETS_AT + <usize>(ALL_SETS * SET_BYTES);
const TAPS_AT: usize = CURVE_AT + <usize>(CURVES * CURVE_BYTES) + 63 & ~63;
const SCALED: usize = TAPS_AT + TAPS * 4;
const TAP_OFFSETS: usize = SCALED + TAPS * 4; // bytes from the place, and from MEANS
const MEANS: usize = TAP_OFFSETS + VALUE_TAPS * 8; // twice the mean of W and N, of each plane
const LMS: usize = MEANS + 16; // predictor, channel, phase, tap
const LEFT: usize = LMS + 2 * CHANNELS * PHASES * TAPS * 4; // window, parity of the column
const BOTH: usize = LEFT + 2 * WINDOWS * MOST_MATRIX_BYTES;
const NO_COLUMN: usize = BOTH + 2 * WINDOWS * MOST_MATRIX_BYTES;
const SYSTEM: usize = NO_COLUMN + MOST_MATRIX_BYTES; // rows of a window's equations, in 64 bits
const SYSTEM_ROW: usize = (MOST_NEIGHBOURS + 1) * 8;
const FACTORS: usize = SYSTEM + MOST_NEIGHBOURS * SYSTEM_ROW; // of the rows below
const SOLUTION: usize = FACTORS + MOST_NEIGHBOURS * SYSTEM_ROW;
const CHANGES: usize = SOLUTION + SYSTEM_ROW;
const RECENT: usize = CHANGES + PREDICTORS * 4;
const CONTEXTS: usize = RECENT + PREDICTORS * 4; // where the counters lie
const LOGITS: usize = CONTEXTS + 8 * 4;
const HEAP: usize = LOGITS + 8 * 4 + 255 & ~255;

// ---- State of the picture -----------------------------------------------------------------------------------------------

let width: i32 = 0;
let height: i32 = 0;
let channels: i32 = 0;
let stride: i32 = 0;
let shift: i32 = 0;
let level: i32 = 1;
let windows: i32 = 1;
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
let energy: i32 = 0;
let doubledMean: i32 = 0;

// ---- State of the channel and the place ----------------------------------------------------------------------------------

let channel: i32 = 0;
let kind: i32 = 0;
let tapCount: i32 = 0;
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
let rowParity: i32 = 0;
let fraction: i32 = 0;
let lately: i32 = 0;
let spread: i32 = 0;
let windowSpread: i32 = 0;
let coarseNear: i32 = 0;
let coarseTotal: i32 = 0;
let coarseAround: i32 = 0;
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
  decisions = columns + columnBytes();
  ensure(decisions);
  memory.fill(values, 0, decisions - values);
  return values;
}

/** How far samples are shifted for learning, and which predictors there are: 0 … 3. */
export function configure(scale: i32, wantedLevel: i32): void {
  shift = scale;
  level = wantedLevel;
  windows = min(level, WINDOWS);
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

/** Where the counter of an input lies. */
// @ts-ignore: decorator
@inline
function counterOf(input: usize, offset: usize): usize {
  return <usize>load<u32>(CONTEXTS + (input << 2)) + offset;
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

/** Four numbers from where they lie. */
// @ts-ignore: decorator
@inline
function lanes4(a: usize, b: usize, c: usize, d: usize): v128 {
  return v128.load32_lane(d, lanes3(a, b, c), 3);
}

// @ts-ignore: decorator
@inline
function lanes3(a: usize, b: usize, c: usize): v128 {
  return v128.load32_lane(c, v128.load32_lane(b, v128.load32_zero(a), 1), 2);
}

/** The logits that eight counters put in. */
// @ts-ignore: decorator
@inline
function logits8(stretches0: v128, paces0: v128, stretches1: v128, paces1: v128): v128 {
  return i16x8.q15mulr_sat_s(
    i16x8.narrow_i32x4_s(stretches0, stretches1),
    i16x8.narrow_i32x4_s(i32x4.shr_u(paces0, 16), i32x4.shr_u(paces1, 16)),
  );
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
  const probability = i32x4.shr_u(counters, 10), rate = v128.and(paces, i32x4.splat(0xffff));
  const far = i32x4.shr_s(i32x4.sub(aim, probability), 6);
  const moved = i32x4.add(probability, i32x4.shr_s(i32x4.mul(far, rate), 8));
  const count = i32x4.min_s(
    i32x4.splat(255),
    i32x4.add(v128.and(counters, i32x4.splat(1023)), i32x4.splat(1)),
  );
  return v128.or(i32x4.shl(moved, 10), count);
}

/**
 * Codes a decision with the seven counters that lie `offset` bytes behind those of CONTEXTS, two sets and two curves; an
 * eighth input is constant.
 */
function decide(bit: i32, offset: usize, s0: usize, s1: usize, a: usize, b: usize): i32 {
  if (ASC_FEATURE_SIMD) {
    const k0 = counterOf(0, offset), k1 = counterOf(1, offset), k2 = counterOf(2, offset);
    const k3 = counterOf(3, offset), k4 = counterOf(4, offset), k5 = counterOf(5, offset), k6 = counterOf(6, offset);
    const c0 = load<u32>(k0), c1 = load<u32>(k1), c2 = load<u32>(k2), c3 = load<u32>(k3);
    const c4 = load<u32>(k4), c5 = load<u32>(k5), c6 = load<u32>(k6);
    const paces0 = lanes4(paceOf(c0), paceOf(c1), paceOf(c2), paceOf(c3));
    const paces1 = lanes3(paceOf(c4), paceOf(c5), paceOf(c6));
    const stretches0 = lanes4(stretchOf(c0), stretchOf(c1), stretchOf(c2), stretchOf(c3));
    const stretches1 = lanes3(stretchOf(c4), stretchOf(c5), stretchOf(c6));
    const logits = i16x8.replace_lane(logits8(stretches0, paces0, stretches1, paces1), 7, 256);
    const d0 = i32x4.dot_i16x8_s(v128.load(s0), logits), d1 = i32x4.dot_i16x8_s(v128.load(s1), logits);
    const halves = i32x4.add(i32x4.shuffle(d0, d1, 0, 1, 4, 5), i32x4.shuffle(d0, d1, 2, 3, 6, 7));
    const sums = i32x4.add(halves, i32x4.shuffle(halves, halves, 1, 0, 3, 2));
    const outputs = i32x4.max_s(
      i32x4.splat(-LIMIT),
      i32x4.min_s(i32x4.splat(LIMIT - 1), i32x4.shr_s(sums, 14)),
    );
    const o0 = i32x4.extract_lane(outputs, 0), o1 = i32x4.extract_lane(outputs, 2);
    const outcome = refine(bit, o0 + o1, a, b), logits16 = i16x8.shl(logits, 4);
    teach(s0, logits16, changeOf(s0, o0, outcome));
    teach(s1, logits16, changeOf(s1, o1, outcome));
    const aim = i32x4.splat(outcome ? 0x3fffff : 0);
    const l0 = learnt4(lanes4(k0, k1, k2, k3), paces0, aim), l1 = learnt4(lanes3(k4, k5, k6), paces1, aim);
    v128.store32_lane(k0, l0, 0);
    v128.store32_lane(k1, l0, 1);
    v128.store32_lane(k2, l0, 2);
    v128.store32_lane(k3, l0, 3);
    v128.store32_lane(k4, l1, 0);
    v128.store32_lane(k5, l1, 1);
    v128.store32_lane(k6, l1, 2);
    return outcome;
  } else {
    for (let i: usize = 0; i < <usize>INPUTS; i++) {
      const counter = load<u32>(counterOf(i, offset));
      store<i32>(LOGITS + (i << 2), rounded(load<i32>(stretchOf(counter)), load<i32>(paceOf(counter)) >> 16));
    }
    store<i32>(LOGITS, 256, 28);
    const o0 = said(s0), o1 = said(s1), outcome = refine(bit, o0 + o1, a, b);
    teachAll(s0, changeOf(s0, o0, outcome));
    teachAll(s1, changeOf(s1, o1, outcome));
    for (let i: usize = 0; i < <usize>INPUTS; i++) {
      const at = counterOf(i, offset);
      store<u32>(at, learnt(load<u32>(at), outcome));
    }
    return outcome;
  }
}

/** Product of two numbers of which the second is in 2^−15. */
// @ts-ignore: decorator
@inline
function rounded(a: i32, b: i32): i32 {
  return a * b + 0x4000 >> 15;
}

/** What a set says of LOGITS. */
function said(set: usize): i32 {
  let sum = 0;
  for (let i: usize = 0; i < 8; i++) sum += <i32>load<i16>(set + (i << 1)) * load<i32>(LOGITS + (i << 2));
  return max(-LIMIT, min(LIMIT - 1, sum >> 14));
}

function teachAll(set: usize, change: i32): void {
  for (let i: usize = 0; i < 8; i++) {
    const at = set + (i << 1), moved = <i32>load<i16>(at) + rounded(load<i32>(LOGITS + (i << 2)) << 4, change);
    store<i16>(at, <i16>max(-32768, min(32767, moved)));
  }
}

/** The error of a set times its learning rate. */
// @ts-ignore: decorator
@inline
function changeOf(set: usize, output: i32, outcome: i32): i32 {
  const uses = load<i32>(set, 16);
  if (uses < 255) store<i32>(set, uses + 1, 16);
  return ((outcome << 16) - squash(output)) * load<i32>(SET_RATE + (<usize>uses << 2)) >> 11;
}

/** Codes a decision by what the sets say, corrected by two curves, which learn. */
// @ts-ignore: decorator
@inline
function refine(bit: i32, total: i32, curveA: usize, curveB: usize): i32 {
  const logit = total >> 1, place = logit + LIMIT, point = place / 192, part = place - 192 * point;
  const a = curveA + (<usize>point << 2), b = curveB + (<usize>point << 2);
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
    store<i32>(PACE + at, 32768 * n / (n + 1) << 16 | 32768 / (2 * n + 3));
    store<i32>(SET_RATE + at, 14 + 2400 / (20 + n));
  }
  for (let i = 0; i < COUNTERS; i++) store<u32>(COUNTER_AT + (<usize>i << 2), 1 << 31);
  memory.fill(SETS_AT, 0, <usize>(ALL_SETS * SET_BYTES));
  for (let which = 0; which < ALL_SETS; which++) {
    const set = setAt(which);
    for (let i: usize = 0; i < <usize>INPUTS; i++) store<i16>(set + (i << 1), 2129);
  }
  for (let point = 0; point < CURVE_POINTS; point++) {
    store<i32>(CURVE_AT + (<usize>point << 2), squash(min(LIMIT - 1, 192 * point - LIMIT)) << 6);
  }
  for (let curve = 1; curve < CURVES; curve++) memory.copy(curveAt(curve), CURVE_AT, CURVE_BYTES);
  memory.fill(LMS, 0, 2 * CHANNELS * PHASES * TAPS * 4);
  for (let set: usize = 0; set < 2 * CHANNELS * PHASES; set++) {
    // Kind 0 has NW and NE as its first taps but one, the others NE and NW.
    const northWest = set / PHASES % CHANNELS ? 8 : 4;
    store<i32>(LMS + set * TAPS * 4 + northWest, -13107);
    store<i32>(LMS + set * TAPS * 4 + 12 - northWest, 13107);
  }
  memory.fill(NO_COLUMN, 0, MOST_MATRIX_BYTES);
}

// @ts-ignore: decorator
@inline
function setAt(which: i32): usize {
  return SETS_AT + <usize>(which * SET_BYTES);
}

// @ts-ignore: decorator
@inline
function curveAt(which: i32): usize {
  return CURVE_AT + <usize>(which * CURVE_BYTES);
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

/** Notes where a tap lies: in the channel itself or so many before it. */
function tapAt(index: i32, before: i32, dx: i32, dy: i32): void {
  const at = TAP_OFFSETS + (<usize>index << 3);
  store<i32>(at, (dy * stride + dx - before * entries) << 2);
  store<i32>(at, before << 2, 4);
}

/** Notes where the taps of the channel lie; those that the windowed predictors weigh come first. */
function placeTaps(): void {
  tapAt(0, 0, -1, 0);
  if (kind == 0) {
    tapAt(1, 0, -1, -1);
    tapAt(2, 0, 1, -1);
    tapAt(3, 0, 0, -2);
    tapAt(4, 0, -2, 0);
    tapAt(5, 0, 1, -2);
    tapAt(6, 0, -2, -1);
    tapAt(7, 0, 0, -3);
    tapAt(8, 0, -3, 0);
    tapAt(9, 0, -1, -2);
    tapAt(10, 0, 2, -1);
    tapAt(11, 0, 3, -1);
    tapAt(12, 0, 2, -2);
    tapAt(13, 0, -2, -2);
    tapAt(14, 0, 0, -4);
    tapAt(15, 0, -3, -1);
    tapAt(16, 0, -4, 0);
    tapAt(17, 0, 1, -3);
    tapAt(18, 0, -1, -3);
    tapCount = 19;
    return;
  }
  tapAt(1, 0, 1, -1);
  tapAt(2, 0, -1, -1);
  tapAt(3, 1, 0, 0);
  if (kind == 1) {
    tapAt(4, 0, 1, -2);
    tapAt(5, 0, -2, -1);
    tapAt(6, 0, -2, 0);
    tapAt(7, 1, 1, 1);
    tapAt(8, 0, 2, -1);
    tapAt(9, 0, -1, -2);
    tapAt(10, 0, 0, -2);
    tapAt(11, 0, -2, -2);
    tapAt(12, 1, 1, 0);
    tapAt(13, 1, 0, 1);
    tapAt(14, 1, -1, 0);
    tapAt(15, 0, -3, 0);
    tapAt(16, 0, 0, -3);
    tapAt(17, 1, -1, -1);
    tapAt(18, 1, 1, -1);
    tapAt(19, 1, -1, 1);
    tapAt(20, 0, 2, -2);
    tapAt(21, 1, 1, -2);
    tapAt(22, 1, -2, 0);
    tapAt(23, 1, 2, 0);
    tapAt(24, 1, 0, 2);
    tapCount = 25;
    return;
  }
  tapAt(4, 2, 0, 0);
  tapAt(5, 0, 1, -2);
  tapAt(6, 0, -2, -1);
  tapAt(7, 0, -2, 0);
  tapAt(8, 1, 1, 1);
  tapAt(9, 1, -1, -1);
  tapAt(10, 2, 1, 1);
  tapAt(11, 0, 2, -1);
  tapAt(12, 0, 0, -2);
  tapAt(13, 1, 1, 0);
  tapAt(14, 1, 0, 1);
  tapAt(15, 1, -1, 0);
  tapAt(16, 2, 1, 0);
  tapAt(17, 2, 0, 1);
  tapAt(18, 2, -1, 0);
  tapAt(19, 0, -1, -2);
  tapAt(20, 0, 2, -2);
  tapAt(21, 0, -2, -2);
  tapAt(22, 1, 1, -1);
  tapAt(23, 1, -1, 1);
  tapAt(24, 1, 1, -2);
  tapAt(25, 1, -2, 0);
  tapAt(26, 0, -3, 0);
  tapAt(27, 0, 0, -3);
  tapCount = 28;
}

/** Fills the taps of the place. */
function lookAround(x: i32, y: i32): void {
  const planeBytes = <usize>entries << 2, column = <usize>(x + MARGIN) << 2, above = missAbove + column;
  const w = v(at, -1, 0);
  doubledMean = w + (y ? v(at, 0, -1) : w);
  store<i32>(MEANS, doubledMean);
  if (channel > 0) store<i32>(MEANS, v(at - planeBytes, -1, 0) + v(at - planeBytes, 0, -1), 4);
  if (channel > 1) store<i32>(MEANS, v(at - 2 * planeBytes, -1, 0) + v(at - 2 * planeBytes, 0, -1), 8);
  for (let i: usize = 0, end = <usize>tapCount << 2; i < end; i += 4) {
    const value = load<i32>(at + load<i32>(TAP_OFFSETS + (i << 1)));
    store<i32>(TAPS_AT + i, 2 * value - load<i32>(MEANS + <usize>load<i32>(TAP_OFFSETS + (i << 1), 4)));
  }
  put(31, load<i32>(miss + column - 4));
  put(32, load<i32>(above));
  put(33, load<i32>(above - 4));
  put(28, load<i32>(above + 4));
  put(29, load<i32>(miss + column - 8));
  put(30, load<i32>(missTop + column));
  if (ASC_FEATURE_SIMD) {
    let sum = i32x4.splat(0);
    for (let i: usize = 0; i < TAP_BYTES; i += 16) {
      const tap = i32x4.shr_s(v128.load(TAPS_AT + i), shift);
      const scaled = i32x4.max_s(i32x4.splat(-1023), i32x4.min_s(i32x4.splat(1023), tap));
      v128.store(SCALED + i, scaled);
      sum = i32x4.add(sum, i32x4.mul(scaled, scaled));
    }
    sum = i32x4.add(sum, i32x4.shuffle(sum, sum, 2, 3, 0, 1));
    energy = i32x4.extract_lane(sum, 0) + i32x4.extract_lane(sum, 1);
  } else {
    let sum = 0;
    for (let i: usize = 0; i < TAP_BYTES; i += 4) {
      const scaled = clamp(load<i32>(TAPS_AT + i) >> shift, 1023);
      store<i32>(SCALED + i, scaled);
      sum += scaled * scaled;
    }
    energy = sum;
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
//
// A matrix holds the upper triangle of the equations, row by row, from the vector of four that has the diagonal on. The last
// column is the target's.

/** Taps of a window. */
// @ts-ignore: decorator
@inline
function neighboursOf(window: i32): i32 {
  return window == 0 ? 7 : level == 2 ? 11 : 19;
}

/** 16 bytes a vector of four. */
// @ts-ignore: decorator
@inline
function matrixBytesOf(window: i32): usize {
  return window == 0 ? 176 : level == 2 ? 368 : MOST_MATRIX_BYTES;
}

// @ts-ignore: decorator
@inline
function decayOf(window: i32): i32 {
  return window ? 3 : kind ? 2 : 1;
}

/** Columns right of the place that the window reaches: an odd number, so that the column that enters has the parity of the place. */
// @ts-ignore: decorator
@inline
function reachOf(window: i32): i32 {
  return window ? 7 : 3;
}

/** Bytes of the matrices of all columns; the second window has those of rows of either parity. */
function columnBytes(): usize {
  let bytes: usize = 0;
  if (windows > 0) bytes = <usize>columnCount * matrixBytesOf(0);
  if (windows > 1) bytes += 2 * <usize>columnCount * matrixBytesOf(1);
  return bytes;
}

// @ts-ignore: decorator
@inline
function columnOf(window: i32, x: i32): usize {
  const column = <usize>(x & MOST_COLUMNS - 1);
  if (window == 0) return columns + column * matrixBytesOf(0);
  return columns + <usize>columnCount * matrixBytesOf(0) +
    (<usize>(rowParity * columnCount) + column) * matrixBytesOf(window);
}

/** Where the sums of a window and parity of the column lie, from LEFT or BOTH on. */
// @ts-ignore: decorator
@inline
function sumsOf(window: i32, parity: i32): usize {
  return <usize>(2 * window + parity) * MOST_MATRIX_BYTES;
}

// @ts-ignore: decorator
@inline
function parityOf(window: i32, x: i32): i32 {
  return window > 0 && channel > 0 ? x & 1 : 0;
}

/** The column that comes into the window; nothing lies beyond the picture. What it knows fades, where it is read. */
// @ts-ignore: decorator
@inline
function entering(window: i32, x: i32): usize {
  return x < width ? columnOf(window, x) : NO_COLUMN;
}

function beginWindow(window: i32): void {
  const fade = decayOf(window), bytes = matrixBytesOf(window);
  memory.fill(LEFT + sumsOf(window, 0), 0, 2 * MOST_MATRIX_BYTES);
  memory.fill(BOTH + sumsOf(window, 0), 0, 2 * MOST_MATRIX_BYTES);
  for (let x = 0; x <= reachOf(window); x++) {
    const column = entering(window, x), both = BOTH + sumsOf(window, parityOf(window, x));
    for (let i: usize = 0; i < bytes; i += 4) {
      const all = load<i32>(column + i);
      store<i32>(both + i, load<i32>(both + i) + all - (all >> fade));
    }
  }
}

/** An entry of a matrix, in the unit of the equations. */
// @ts-ignore: decorator
@inline
function wide(from: usize, offset: usize): i64 {
  return <i64>load<i32>(from + offset) << 8;
}

// @ts-ignore: decorator
@inline
function weightOf(solution: i64): i64 {
  return max<i64>(-(1 << 20), min<i64>(1 << 20, solution));
}

/** `solve` for the seven taps of the first window: the loops are written out, since the equations then stay in registers. */
function solveSeven(from: usize): i32 {
  let a00 = wide(from, 0) + DAMPING, a01 = wide(from, 4), a02 = wide(from, 8), a03 = wide(from, 12), a04 = wide(from, 16), a05 = wide(from, 20), a06 = wide(from, 24), a07 = wide(from, 28);
  let a11 = wide(from, 36) + DAMPING, a12 = wide(from, 40), a13 = wide(from, 44), a14 = wide(from, 48), a15 = wide(from, 52), a16 = wide(from, 56), a17 = wide(from, 60);
  let a22 = wide(from, 72) + DAMPING, a23 = wide(from, 76), a24 = wide(from, 80), a25 = wide(from, 84), a26 = wide(from, 88), a27 = wide(from, 92);
  let a33 = wide(from, 108) + DAMPING, a34 = wide(from, 112), a35 = wide(from, 116), a36 = wide(from, 120), a37 = wide(from, 124);
  let a44 = wide(from, 128) + DAMPING, a45 = wide(from, 132), a46 = wide(from, 136), a47 = wide(from, 140);
  let a55 = wide(from, 148) + DAMPING, a56 = wide(from, 152), a57 = wide(from, 156);
  let a66 = wide(from, 168) + DAMPING, a67 = wide(from, 172);
  const inverse0 = (<i64>1 << 48) / max<i64>(DAMPING, a00);
  const l01 = a01 * inverse0 >> 26;
  a11 -= l01 * a01 >> 22;
  a12 -= l01 * a02 >> 22;
  a13 -= l01 * a03 >> 22;
  a14 -= l01 * a04 >> 22;
  a15 -= l01 * a05 >> 22;
  a16 -= l01 * a06 >> 22;
  a17 -= l01 * a07 >> 22;
  const l02 = a02 * inverse0 >> 26;
  a22 -= l02 * a02 >> 22;
  a23 -= l02 * a03 >> 22;
  a24 -= l02 * a04 >> 22;
  a25 -= l02 * a05 >> 22;
  a26 -= l02 * a06 >> 22;
  a27 -= l02 * a07 >> 22;
  const l03 = a03 * inverse0 >> 26;
  a33 -= l03 * a03 >> 22;
  a34 -= l03 * a04 >> 22;
  a35 -= l03 * a05 >> 22;
  a36 -= l03 * a06 >> 22;
  a37 -= l03 * a07 >> 22;
  const l04 = a04 * inverse0 >> 26;
  a44 -= l04 * a04 >> 22;
  a45 -= l04 * a05 >> 22;
  a46 -= l04 * a06 >> 22;
  a47 -= l04 * a07 >> 22;
  const l05 = a05 * inverse0 >> 26;
  a55 -= l05 * a05 >> 22;
  a56 -= l05 * a06 >> 22;
  a57 -= l05 * a07 >> 22;
  const l06 = a06 * inverse0 >> 26;
  a66 -= l06 * a06 >> 22;
  a67 -= l06 * a07 >> 22;
  const inverse1 = (<i64>1 << 48) / max<i64>(DAMPING, a11);
  const l12 = a12 * inverse1 >> 26;
  a22 -= l12 * a12 >> 22;
  a23 -= l12 * a13 >> 22;
  a24 -= l12 * a14 >> 22;
  a25 -= l12 * a15 >> 22;
  a26 -= l12 * a16 >> 22;
  a27 -= l12 * a17 >> 22;
  const l13 = a13 * inverse1 >> 26;
  a33 -= l13 * a13 >> 22;
  a34 -= l13 * a14 >> 22;
  a35 -= l13 * a15 >> 22;
  a36 -= l13 * a16 >> 22;
  a37 -= l13 * a17 >> 22;
  const l14 = a14 * inverse1 >> 26;
  a44 -= l14 * a14 >> 22;
  a45 -= l14 * a15 >> 22;
  a46 -= l14 * a16 >> 22;
  a47 -= l14 * a17 >> 22;
  const l15 = a15 * inverse1 >> 26;
  a55 -= l15 * a15 >> 22;
  a56 -= l15 * a16 >> 22;
  a57 -= l15 * a17 >> 22;
  const l16 = a16 * inverse1 >> 26;
  a66 -= l16 * a16 >> 22;
  a67 -= l16 * a17 >> 22;
  const inverse2 = (<i64>1 << 48) / max<i64>(DAMPING, a22);
  const l23 = a23 * inverse2 >> 26;
  a33 -= l23 * a23 >> 22;
  a34 -= l23 * a24 >> 22;
  a35 -= l23 * a25 >> 22;
  a36 -= l23 * a26 >> 22;
  a37 -= l23 * a27 >> 22;
  const l24 = a24 * inverse2 >> 26;
  a44 -= l24 * a24 >> 22;
  a45 -= l24 * a25 >> 22;
  a46 -= l24 * a26 >> 22;
  a47 -= l24 * a27 >> 22;
  const l25 = a25 * inverse2 >> 26;
  a55 -= l25 * a25 >> 22;
  a56 -= l25 * a26 >> 22;
  a57 -= l25 * a27 >> 22;
  const l26 = a26 * inverse2 >> 26;
  a66 -= l26 * a26 >> 22;
  a67 -= l26 * a27 >> 22;
  const inverse3 = (<i64>1 << 48) / max<i64>(DAMPING, a33);
  const l34 = a34 * inverse3 >> 26;
  a44 -= l34 * a34 >> 22;
  a45 -= l34 * a35 >> 22;
  a46 -= l34 * a36 >> 22;
  a47 -= l34 * a37 >> 22;
  const l35 = a35 * inverse3 >> 26;
  a55 -= l35 * a35 >> 22;
  a56 -= l35 * a36 >> 22;
  a57 -= l35 * a37 >> 22;
  const l36 = a36 * inverse3 >> 26;
  a66 -= l36 * a36 >> 22;
  a67 -= l36 * a37 >> 22;
  const inverse4 = (<i64>1 << 48) / max<i64>(DAMPING, a44);
  const l45 = a45 * inverse4 >> 26;
  a55 -= l45 * a45 >> 22;
  a56 -= l45 * a46 >> 22;
  a57 -= l45 * a47 >> 22;
  const l46 = a46 * inverse4 >> 26;
  a66 -= l46 * a46 >> 22;
  a67 -= l46 * a47 >> 22;
  const inverse5 = (<i64>1 << 48) / max<i64>(DAMPING, a55);
  const l56 = a56 * inverse5 >> 26;
  a66 -= l56 * a56 >> 22;
  a67 -= l56 * a57 >> 22;
  const inverse6 = (<i64>1 << 48) / max<i64>(DAMPING, a66);
  const w6 = weightOf((a67 * inverse6 >> 32));
  const w5 = weightOf((a57 * inverse5 >> 32) - (l56 * w6 >> 22));
  const w4 = weightOf((a47 * inverse4 >> 32) - (l45 * w5 >> 22) - (l46 * w6 >> 22));
  const w3 = weightOf((a37 * inverse3 >> 32) - (l34 * w4 >> 22) - (l35 * w5 >> 22) - (l36 * w6 >> 22));
  const w2 = weightOf((a27 * inverse2 >> 32) - (l23 * w3 >> 22) - (l24 * w4 >> 22) - (l25 * w5 >> 22) - (l26 * w6 >> 22));
  const w1 = weightOf((a17 * inverse1 >> 32) - (l12 * w2 >> 22) - (l13 * w3 >> 22) - (l14 * w4 >> 22) - (l15 * w5 >> 22) - (l16 * w6 >> 22));
  const w0 = weightOf((a07 * inverse0 >> 32) - (l01 * w1 >> 22) - (l02 * w2 >> 22) - (l03 * w3 >> 22) - (l04 * w4 >> 22) - (l05 * w5 >> 22) - (l06 * w6 >> 22));
  return change(w0 * <i64>load<i32>(TAPS_AT, 0) + w1 * <i64>load<i32>(TAPS_AT, 4) + w2 * <i64>load<i32>(TAPS_AT, 8) + w3 * <i64>load<i32>(TAPS_AT, 12) + w4 * <i64>load<i32>(TAPS_AT, 16) + w5 * <i64>load<i32>(TAPS_AT, 20) + w6 * <i64>load<i32>(TAPS_AT, 24));
}

/** Solves a window's equations by elimination, in fixed point, and predicts. */
function solve(window: i32, x: i32): i32 {
  if (window == 0) return solveSeven(BOTH + sumsOf(0, 0));
  const count = neighboursOf(window), end = <usize>count << 3;
  let from = BOTH + sumsOf(window, parityOf(window, x));
  for (let j = 0; j < count; j++) {
    const first = j & ~3, row = SYSTEM + <usize>j * SYSTEM_ROW;
    for (let i = j; i <= count; i++) {
      store<i64>(row + (<usize>i << 3), wide(from, <usize>(i - first) << 2));
    }
    store<i64>(row + (<usize>j << 3), load<i64>(row + (<usize>j << 3)) + DAMPING);
    from += <usize>(count + 1 - first) << 2;
  }
  for (let j: usize = 0; j < end; j += 8) {
    const row = SYSTEM + (j >>> 3) * SYSTEM_ROW, factors = row + (FACTORS - SYSTEM);
    const inverse = (<i64>1 << 48) / max<i64>(DAMPING, load<i64>(row + j));
    for (let k = j + 8; k < end; k += 8) {
      const factor = load<i64>(row + k) * inverse >> 26, below = SYSTEM + (k >>> 3) * SYSTEM_ROW;
      store<i64>(factors + k, factor);
      for (let i = k; i <= end; i += 8) {
        store<i64>(below + i, load<i64>(below + i) - (factor * load<i64>(row + i) >> 22));
      }
    }
    store<i64>(SOLUTION + j, load<i64>(row + end) * inverse >> 32);
  }
  let sum: i64 = 0;
  for (let j = <isize>end - 8; j >= 0; j -= 8) {
    const factors = FACTORS + (<usize>j >>> 3) * SYSTEM_ROW;
    let weight = load<i64>(SOLUTION + j);
    for (let i = <usize>j + 8; i < end; i += 8) weight -= load<i64>(factors + i) * load<i64>(SOLUTION + i) >> 22;
    weight = weightOf(weight);
    store<i64>(SOLUTION + j, weight);
    sum += weight * <i64>load<i32>(TAPS_AT + (<usize>j >>> 1));
  }
  return change(sum);
}

/** Adds the place to its column, which changes sides, and lets in the next column. */
function include(window: i32, x: i32, target: i32): void {
  const fade = decayOf(window), count = neighboursOf(window), coming = entering(window, x + 1 + reachOf(window));
  const sums = sumsOf(window, parityOf(window, x)), end = <usize>(count + 1) << 2;
  const column = columnOf(window, x), left = LEFT + sums, both = BOTH + sums;
  const kept = load<i32>(SCALED + end - 4);
  store<i32>(SCALED + end - 4, target);
  let at: usize = 0;
  for (let i: usize = 0; i < end - 4; i += 4) {
    if (ASC_FEATURE_SIMD) {
      const by = v128.load32_splat(SCALED + i);
      for (let j = i & ~15; j < end; j += 16, at += 16) {
        move(fade, column + at, coming + at, left + at, both + at, i32x4.mul(v128.load(SCALED + j), by));
      }
    } else {
      const factor = load<i32>(SCALED + i);
      for (let j = i & ~15; j < end; j += 4, at += 4) {
        const all = load<i32>(column + at), old = all - (all >> fade), before = load<i32>(left + at);
        const fresh = load<i32>(coming + at), sum = old + load<i32>(SCALED + j) * factor, known = before + sum;
        store<i32>(column + at, sum);
        store<i32>(left + at, known - (known >> fade));
        const right = load<i32>(both + at) - before - old + fresh - (fresh >> fade);
        store<i32>(both + at, right + known - (known >> fade));
      }
    }
  }
  store<i32>(SCALED + end - 4, kept);
}

/** Four sums of `include`. */
// @ts-ignore: decorator
@inline
function move(fade: i32, column: usize, coming: usize, left: usize, both: usize, products: v128): void {
  const all = v128.load(column), old = i32x4.sub(all, i32x4.shr_s(all, fade)), before = v128.load(left);
  const fresh = v128.load(coming), sum = i32x4.add(old, products), known = i32x4.add(before, sum);
  const faded = i32x4.sub(known, i32x4.shr_s(known, fade));
  v128.store(column, sum);
  v128.store(left, faded);
  const right = i32x4.sub(v128.load(both), i32x4.add(before, old)), enters = i32x4.sub(fresh, i32x4.shr_s(fresh, fade));
  v128.store(both, i32x4.add(i32x4.add(right, enters), faded));
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
function context(index: i32, counter: i32): void {
  store<u32>(CONTEXTS + (<usize>index << 2), <u32>(COUNTER_AT + (<usize>counter << 2)));
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
  memory.fill(TAPS_AT, 0, TAP_BYTES);
  memory.fill(missRows, 0, columns - missRows);
  memory.fill(columns, 0, columnBytes());
  placeTaps();
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
    phase = channel > 0 ? x & 1 | (y & 1) << 1 : 0;
    lookAround(x, y);
    if (level) {
      predict(x);
      classify(x, y);
    } else {
      predictFast();
      classifyFast();
    }
    const residual = encoding ? load<i32>(at) - prediction : 0, magnitude = abs(residual);
    const token = level ? codeToken(magnitude) : codeTokenFast(magnitude);
    if (token == 64) return false;
    let coded = 0;
    if (token > 0) {
      const negative = level ? codeSign(i32(residual < 0), token) : codeSignFast(i32(residual < 0));
      coded = codeRest(token, magnitude);
      if (negative) coded = -coded;
    }
    const value = prediction + coded;
    if (value > MOST || value < -MOST) return false;
    if (level) learn(x, value, coded);
    else learnFast(x, value, coded);
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
  rowParity = channel > 0 ? y & 1 : 0;
  for (let window = 0; window < windows; window++) beginWindow(window);
}

/** Right of the picture everything is as in its last column. */
function endRow(y: i32): void {
  const end = (y + MARGIN) * stride + MARGIN + width, value = plane + (<usize>end << 2);
  for (let k: usize = 0; k < 2; k++) store<i32>(value + (k << 2), load<i32>(value - 4));
  const magnitude = magnitudes + (<usize>(channel * entries + end) << 1);
  store<u16>(magnitude, load<u16>(magnitude - 2));
  for (let p: usize = 0; p < <usize>PREDICTORS; p++) {
    const error = errors + p * rowBytes + (<usize>(MARGIN + width) << 2);
    store<i32>(error, load<i32>(error - 4));
  }
}

/** What each predictor says, and the blend of it by how well each did nearby. */
function predict(x: i32): void {
  const slow = LMS + <usize>(kind * PHASES + phase) * TAP_BYTES, fast = slow + CHANNELS * PHASES * TAP_BYTES;
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
    store<i32>(RECENT + (p << 2), recent);
    least = min(least, recent);
    all += recent;
  }
  let weighted: i64 = 0, trusts: i64 = 0;
  for (let p: usize = 0; p < <usize>count; p++) {
    const ratio = <i32>((<u32>least << 12) / load<u32>(RECENT + (p << 2)));
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

/** The mean of what the two predictors that learn by steps say. */
function predictFast(): void {
  const slow = LMS + <usize>(kind * PHASES + phase) * TAP_BYTES, fast = slow + CHANNELS * PHASES * TAP_BYTES;
  store<i32>(CHANGES, change(wideDot(slow, TAPS_AT, TAP_BYTES)));
  store<i32>(CHANGES, change(wideDot(fast, TAPS_AT, TAP_BYTES)), 4);
  predicted = 8 * doubledMean + (load<i32>(CHANGES) + load<i32>(CHANGES, 4) >> 1);
  prediction = clamp(predicted + 8 >> 4, 1 << 29);
  fraction = predicted + 8 & 15;
}

/** The classes of the two counters of a token's decisions. */
function classifyFast(): void {
  const here = magnitudes + (<usize>(channel * entries + index) << 1), row = rowBytes >> 1;
  const planeBytes = <usize>entries << 1;
  const nearEnergy = nearEnergyAt(here, row), gradient = gradientAt();
  const channelEnergy = (channel > 0 ? cross(here - planeBytes) : 0) +
    (channel > 1 ? cross(here - 2 * planeBytes) >> 1 : 0);
  note(0, fine(2 * nearEnergy + gradient + channelEnergy));
  note(1, coarse(nearEnergy) * 10 + coarse(channelEnergy + gradient));
}

/** Codes a decision by the mean of two counters. */
// @ts-ignore: decorator
@inline
function decideFast(bit: i32, offset: usize): i32 {
  const a = counterOf(0, offset), b = counterOf(1, offset), first = load<u32>(a), second = load<u32>(b);
  const outcome = code(bit, max(32, min(65504, <i32>((first >>> 16) + (second >>> 16) >>> 1))));
  store<u32>(a, learnt(first, outcome));
  store<u32>(b, learnt(second, outcome));
  return outcome;
}

function codeTokenFast(magnitude: i32): i32 {
  const wanted = tokenOf(magnitude);
  for (let token = 0; token < 64; token++) {
    if (!decideFast(i32(wanted > token), <usize>min(token, STEPS - 1) << 2)) return token;
  }
  return 64;
}

function codeSignFast(bit: i32): i32 {
  const sign = signs + <usize>(channel * entries + index), first = SIGN_COUNTERS + (kind * INPUTS << CLASS_BITS);
  const other = channel > 0 ? signAt(sign - <usize>entries) : 2;
  context(0, first + triple(signAt(sign - 1), signAt(sign - <usize>stride), other));
  context(1, first + 1536 + fraction * 16);
  return decideFast(bit, 0);
}

/** Notes the value, and the two predictors learn from it. */
function learnFast(x: i32, value: i32, coded: i32): void {
  keep(x, value, coded);
  const target = 16 * value - 8 * doubledMean;
  for (let p = 0; p < 2; p++) teachTaps(p, target - load<i32>(CHANGES + (<usize>p << 2)) >> shift);
}

/** The classes that a token's contexts are made of. */
function classify(x: i32, y: i32): void {
  const here = magnitudes + (<usize>(channel * entries + index) << 1), row = rowBytes >> 1;
  const planeBytes = <usize>entries << 1;
  const w = <i32>load<u16>(here - 2), n = <i32>load<u16>(here - row), ne = <i32>load<u16>(here - row + 2);
  const ww = <i32>load<u16>(here - 4), nearEnergy = nearEnergyAt(here, row), gradient = gradientAt();
  const c1 = channel > 0 ? <i32>load<u16>(here - planeBytes) : ww;
  const c2 = channel > 1 ? <i32>load<u16>(here - 2 * planeBytes) : ne;
  const channelEnergy = (channel > 0 ? cross(here - planeBytes) : 0) +
    (channel > 1 ? cross(here - 2 * planeBytes) >> 1 : 0);
  const total = 2 * nearEnergy + gradient + channelEnergy;
  coarseNear = coarse(nearEnergy);
  coarseTotal = coarse(total);
  coarseAround = coarse(channelEnergy + nearEnergy);
  fineLately = fine(lately);
  note(0, nearClass(w) * 10 + nearClass(n));
  note(1, coarse(gradient) * 10 + coarseNear);
  note(2, fine(channelEnergy + gradient));
  note(3, coarse(lately) * 16 + windowSpread);
  note(4, fraction * 10 + coarse(lately));
  note(5, (x & 1) * 128 + (y & 1) * 64 + fine(total));
  note(6, nearClass(c1) * 10 + nearClass(c2));
}

/** Codes the token; 64 means that there is none. */
function codeToken(magnitude: i32): i32 {
  const wanted = tokenOf(magnitude);
  for (let token = 0; token < 64; token++) {
    const stage = min(token, STEPS - 1), row = kind * STEPS + stage;
    const outcome = decide(
      i32(wanted > token),
      <usize>stage << 2,
      setAt((min(stage, 5) * CHANNELS + kind) * 64 + fineLately),
      setAt(SPREAD_SETS + min(stage, 3) * 256 + windowSpread * 16 + coarseTotal),
      curveAt(row * 64 + fineLately),
      curveAt(SPREAD_CURVES + (row << CLASS_BITS) + spread * 16 + coarseAround),
    );
    if (!outcome) return token;
  }
  return 64;
}

/** Codes the sign: 1 is negative. */
function codeSign(bit: i32, token: i32): i32 {
  const sign = signs + <usize>(channel * entries + index), row = <usize>stride;
  const w = signAt(sign - 1), n = signAt(sign - row), nw = signAt(sign - row - 1), ne = signAt(sign - row + 1);
  const before = sign - <usize>(channel > 0 ? entries : 0), earliest = sign - <usize>(channel > 1 ? 2 * entries : 0);
  const c1 = channel > 0 ? signAt(before) : 2, c2 = channel > 1 ? signAt(earliest) : 2;
  const first = SIGN_COUNTERS + (kind * INPUTS << CLASS_BITS);
  context(0, first + triple(w, n, c1));
  context(1, first + 256 + triple(nw, n, ne));
  context(2, first + 512 + triple(c1, c2, w));
  context(3, first + 768 + (channel > 0 ? triple(signAt(before - 1), signAt(before + 1), c1) : 0));
  context(4, first + 1024 + (channel > 0 ? triple(signAt(before - row), signAt(before + row), c1) : 0));
  const offset = 8 * doubledMean - 16 * prediction;
  context(5, first + 1280 + triple(sideOf(offset, 0), sideOf(offset, 1), sideOf(offset, 2)));
  context(6, first + 1536 + fraction * 16 + min(15, token));
  return decide(
    bit,
    0,
    setAt(SIGN_SETS + coarseNear),
    setAt(SIGN_SETS + 10 + fraction),
    curveAt(SIGN_CURVES + kind * 16 + fraction),
    curveAt(SIGN_CURVES + CHANNELS * 16 + triple(w, n, c1)),
  );
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
  keep(x, value, coded);
  const target = 16 * value - 8 * doubledMean, column = <usize>(x + MARGIN) << 2;
  for (let p = 0; p < 2 + windows; p++) {
    const error = target - load<i32>(CHANGES + (<usize>p << 2)) >> shift;
    store<i32>(errors + <usize>p * rowBytes + column, <i32>min<u32>(65535, abs(error)));
    if (p < 2) teachTaps(p, error);
  }
  const scaled = clamp(2 * value - doubledMean >> shift, 1023);
  for (let window = 0; window < windows; window++) include(window, x, scaled);
}

/** Notes the value and what contexts are made of. */
// @ts-ignore: decorator
@inline
function keep(x: i32, value: i32, coded: i32): void {
  const place = channel * entries + index;
  store<i32>(at, value);
  store<u16>(magnitudes + (<usize>place << 1), <u16>min(2047, abs(coded)));
  store<i8>(signs + <usize>place, <i8>(coded > 5 ? 2 : coded > 0 ? 1 : coded == 0 ? 0 : coded >= -5 ? -1 : -2));
  store<i32>(miss + (<usize>(x + MARGIN) << 2), clamp(16 * value - predicted >> 3, 1 << 20));
}

/** Moves the weights of a predictor of all taps by its error. */
// @ts-ignore: decorator
@inline
function teachTaps(predictor: i32, error: i32): void {
  const gain = (predictor ? 400 : 60) * 256 * clamp(error, 8192) / (energy + 88);
  step(LMS + <usize>((predictor * CHANNELS + kind) * PHASES + phase) * TAP_BYTES, gain);
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
