// The coder of graphics, in AssemblyScript, compiled by `deno task wasm` into src/entropy/graphics/graphics_wasm.ts, once
// with SIMD and once without: both give the same bytes, since all is in integers. docs/specification/7-graphics-coder.md specifies the
// computation. Sums and products wrap at 32 bits where that document says nothing else.
//
// The caller writes three tables to `tables()`. Per rectangle it calls `open`, writes the samples and calls `encode`, or
// calls `reserve`, writes the stream and calls `decode`. An *id* is the number of a colour by its first appearance.

// ---- Static layout --------------------------------------------------------------------------------------------------

/** Contexts of a decision; each gives two inputs to the mixer. */
const CONTEXTS: i32 = 15;
/**
 * A set has 32 weights of 16 bits, then the count of its updates. The inputs are two per context, the score of the candidate
 * or sample, and a constant.
 */
const SET_BYTES: i32 = 80;
/** The first contexts are taken with the symbol asked for, the others without. */
const SYMBOLIC: usize = 12;
const LIMIT: i32 = 3072;
/** Columns left and right of the plane of colours, and rows above it. */
const MARGIN: i32 = 6;
/** Most candidates of a place, and most where the picture has had more colours than that. */
const MOST_CANDIDATES: i32 = 40;
const FEW_CANDIDATES: i32 = 20;
const RECENT: i32 = 32;
/** A place amid one colour takes one decision if its counter is so sure. */
const FLAT_SURE: i32 = 65470;
/** Of colours that cost more than their bits all but one in so many are coded as they are. */
const RAW_PERIOD: i32 = 128;
/** Where candidates come from; source 14 is the list of recent colours. */
const SOURCES: i32 = 16;
const RECENT_SOURCE: i32 = 14;
const SOURCE_STATES: i32 = 32;
const PREDICTORS: i32 = 12;
/** Colours or predictions that may have the sample exactly. */
const EXACT: i32 = 9;
/** A less likely one is not asked for. */
const EXACT_LEAST: i32 = 2048;
const TAPS: i32 = 24;
/** Bytes of the taps of the channel itself. */
const OWN_TAPS: usize = 40;

/** Kinds of decisions: first candidate, escape, later candidates, likely samples and bits of samples per channel. */
const KIND_FIRST: i32 = 0;
const KIND_ESCAPE: i32 = 1;
const KIND_LATER: i32 = 2;
const KIND_SAMPLE: i32 = 3;
const KIND_BITS: i32 = 7;
const KINDS: i32 = 11;

/** Quantised counts of a slot, squared. */
const LEVELS: i32 = 16;
const STATES: i32 = LEVELS * LEVELS;

/** Sets of weights of a group; a decision takes one set of each of three groups, and its kind's general set. */
const SETS_PER_GROUP: i32 = 3072;
/** Sets and curves of candidates come first; then those of the escape, of exact samples, of masks, and of bits. */
const ESCAPE_SETS: i32 = 1024;
const EXACT_SETS: i32 = 1100;
const MASK_SETS: i32 = 1200;
const BIT_SETS: i32 = 2048;
const CURVE_POINTS: i32 = 33;
const CURVES: i32 = 3072;
const CURVE_BYTES: i32 = CURVE_POINTS * 2;

const SQUASH: usize = 1024;
const STRETCH: usize = SQUASH + 4 * 6144;
const COST: usize = STRETCH + 4 * 4096;
const LEVEL: usize = COST + 4 * 4096;
const RATE: usize = LEVEL + 256;
const CONFIDENCE: usize = RATE + 4 * 512;
const SET_RATE: usize = CONFIDENCE + 4 * 512;
const MAPS: usize = SET_RATE + 4 * 256;
const SETS: usize = MAPS + <usize>(KINDS * CONTEXTS * STATES * 4) + 63 & ~63;
const GENERAL: usize = SETS + <usize>(3 * SETS_PER_GROUP * SET_BYTES);
const START_CURVE: usize = GENERAL + <usize>(KINDS * SET_BYTES);
const CURVE_AT: usize = START_CURVE + 80; // differences from the start curve, so that zeros are a new curve
const HASHES: usize = CURVE_AT + <usize>(2 * CURVES * CURVE_BYTES) + 63 & ~63;
const SLOTS: usize = HASHES + 64;
const MAP_OF: usize = SLOTS + 64;
const LOGITS: usize = MAP_OF + 64;
const CANDIDATES: usize = LOGITS + 64;
const CANDIDATE_MASK: usize = CANDIDATES + 192;
const CANDIDATE_SCORE: usize = CANDIDATE_MASK + 192;
const SOURCE_ID: usize = CANDIDATE_SCORE + 192;
const SOURCE_STATE: usize = SOURCE_ID + 64;
const SCORES: usize = SOURCE_STATE + 64;
const RECENT_AT: usize = SCORES + <usize>(SOURCES * SOURCE_STATES * 4);
const TAP_AT: usize = RECENT_AT + 128;
const WEIGHTS: usize = TAP_AT + TAPS * 4;
const PREDICTED: usize = WEIGHTS + 3 * 4 * TAPS * 4;
const EXACT_AT: usize = PREDICTED + 64;
const EXACT_SCORE: usize = EXACT_AT + 64;
const BEFORE: usize = EXACT_SCORE + 4 * 16 * 4; // predictions of the channel before
const ALONE: usize = BEFORE + 64; // counters of rare decisions
const ALONE_COUNT: i32 = 256;
const FLAT: usize = ALONE + ALONE_COUNT * 4;
const RAW: usize = FLAT + 64 * 4;
const SEEN: usize = RAW + 16; // colours by their first sample; by it and the colour on the left
const HEAP: usize = SEEN + 2 * 4096 * 4 + 255 & ~255;

// ---- State of the picture -------------------------------------------------------------------------------------------

let width: i32 = 0;
let height: i32 = 0;
let channels: i32 = 0;
let most: i32 = 0;
let scaleBits: i32 = 0;
let stride: i32 = 0;
let samples: usize = 0;
let rowKept: usize = 0;
let columnKept: usize = 0;
let mirrorAbove: usize = 0;
let ids: usize = 0;
let colours: usize = 0;
let colourTable: usize = 0;
let colourMask: u32 = 0;
let colourCount: i32 = 0;
let columnHash: usize = 0;
let records: usize = 0;
let slots: usize = 0;
let slotBits: i32 = 0;
let guesses: usize = 0;
let guessBits: i32 = 0;
let places: usize = 0;
let placeBits: i32 = 0;
let setA: usize = 0;
let setB: usize = 0;
let setC: usize = 0;
let spent: i32 = 0;

// Layer and place.
let layer: i32 = 0;
let kinds: i32 = 0;
let columns: i32 = 0;
let rows: i32 = 0;
let hidden: bool = false;
let gray: bool = false;
let opaque: bool = false;
let scaled: bool = false;
let at: usize = 0;
let column: i32 = 0;
let row: i32 = 0;
let candidateCount: i32 = 0;
let recentCount: i32 = 0;
let matchAt: i32 = 0;
let matchLength: i32 = 0;
let nearAt: i32 = 0;
let nearLength: i32 = 0;
let mirrorSum: i32 = 0;
let mirrorLength: i32 = 0;
let mirrored: i32 = 0;
let averageCost: i32 = 0;
let rawCount: i32 = 0;
let guessA: usize = 0;
let guessB: usize = 0;
let guessC: usize = 0;
/** Which neighbours are equal. */
let same: i32 = 0;

let idW: i32 = 0;
let idN: i32 = 0;
let idNW: i32 = 0;
let idNE: i32 = 0;
let idWW: i32 = 0;
let idNN: i32 = 0;
let idNNE: i32 = 0;

/** Where the caller writes SQUASH (6144 i32), STRETCH (4096 i32) and COST (4096 i32). */
export function tables(): usize {
  return SQUASH;
}

/** Makes room for a picture; gives the address of its samples: interleaved, 16 bits each. */
export function open(w: i32, h: i32, channelCount: i32, bitDepth: i32): usize {
  width = w;
  height = h;
  channels = channelCount;
  most = (1 << bitDepth) - 1;
  scaleBits = max(0, bitDepth - 8);
  const pixels = w * h;
  samples = HEAP;
  rowKept = samples + <usize>pixels * <usize>channelCount * 2;
  columnKept = rowKept + <usize>h;
  stride = w + 2 * MARGIN;
  mirrorAbove = columnKept + <usize>w + 15 & ~15;
  ids = mirrorAbove + <usize>w * 4 + 15 & ~15;
  columnHash = ids + <usize>(stride * (h + MARGIN)) * 4;
  records = columnHash + <usize>stride * 4 + 15 & ~15;
  colours = records + 2 * <usize>stride * 64;
  let bits = 32 - clz(pixels + 4);
  colourTable = colours + <usize>(pixels + 8) * 8;
  colourMask = (2 << bits) - 1;
  slots = colourTable + (<usize>colourMask + 1) * 4 + 63 & ~63;
  slotBits = max(12, min(21, bits + 5));
  guesses = slots + (<usize>8 << slotBits);
  guessBits = max(10, min(16, bits));
  places = guesses + 3 * (<usize>16 << guessBits);
  placeBits = max(10, min(18, bits + 1));
  streamFrom = places + 2 * (<usize>4 << placeBits);
  ensure(streamFrom);
  return samples;
}

/** Codes the samples; gives the length of the stream, which lies at `encoded()`. */
export function encode(): i32 {
  beginEncoding();
  codeAll();
  return flush();
}

/** Decodes; whether the end is that of a stream. */
export function decode(byteLength: i32, firstState: u32): bool {
  beginDecoding(byteLength, firstState);
  codeAll();
  return isAtEnd();
}

// ---- Decisions ------------------------------------------------------------------------------------------------------

// @ts-ignore: decorator
@inline
function squash(logit: i32): i32 {
  return load<i32>(SQUASH + (<usize>(logit + LIMIT) << 2));
}

// @ts-ignore: decorator
@inline
function stretch(probability: i32): i32 {
  return load<i32>(STRETCH + (<usize>(probability >>> 4) << 2));
}

// @ts-ignore: decorator
@inline
function clamp(value: i32, low: i32, high: i32): i32 {
  return max(low, min(high, value));
}

/** A counter of 16 bits of probability above 16 of count moves to an outcome. */
// @ts-ignore: decorator
@inline
function learn(counter: usize, outcome: i32, limit: i32): void {
  const word = load<u32>(counter), probability = <i32>(word >>> 16), count = <i32>(word & 0xffff);
  const rate = load<i32>(RATE + (<usize>count << 2));
  const moved = probability + (((outcome ? 65535 : 0) - probability) * rate >> 16);
  store<u32>(counter, <u32>moved << 16 | <u32>(count < limit ? count + 1 : count));
}

/** Codes a decision by one counter. */
function decideAlone(bit: i32, counter: usize): i32 {
  const outcome = code(bit, clamp(<i32>(load<u32>(counter) >>> 16), 32, 65504));
  learn(counter, outcome, 60);
  return outcome;
}

/** Finds the slot of a hash: one of two neighbours; takes the one of less experience when neither has it. */
// @ts-ignore: decorator
@inline
function slotOf(hash: u32): usize {
  const a = slots + (<usize>(hash >>> (32 - slotBits)) << 3), b = a ^ 8, check = hash & 0xffff;
  if (load<u16>(a, 4) == check) return a;
  if (load<u16>(b, 4) == check) return b;
  const ca = <i32>load<u8>(a, 2) + <i32>load<u8>(a, 3), cb = <i32>load<u8>(b, 2) + <i32>load<u8>(b, 3);
  const taken = ca <= cb ? a : b;
  store<u64>(taken, <u64>32768 | <u64>check << 32);
  return taken;
}

/** Mixes what the contexts of HASHES, varied by `symbol`, say of a decision, codes it and learns. */
function decide(bit: i32, symbol: u32, kind: i32, hint: i32, curveA: i32, curveB: i32): i32 {
  const kindSalt = <u32>kind * 0x85EBCA6B, salt = (symbol + 1) * 0x9E3779B1 ^ kindSalt;
  const maps = MAPS + <usize>(kind * CONTEXTS * STATES * 4);
  for (let i: usize = 0; i < <usize>CONTEXTS; i++) {
    let hash = load<u32>(HASHES + (i << 2)) + (i < SYMBOLIC ? salt : kindSalt);
    hash = (hash ^ hash >>> 15) * 0x2C1B3C6D;
    hash ^= hash >>> 13;
    const slot = slotOf(hash * 0x297A2D39), n0 = <i32>load<u8>(slot, 2), n1 = <i32>load<u8>(slot, 3);
    const map = maps + (i << 10) + (<usize>load<u8>(LEVEL + <usize>n0) << 6) + (<usize>load<u8>(LEVEL + <usize>n1) << 2);
    store<u32>(SLOTS + (i << 2), <u32>slot);
    store<u32>(MAP_OF + (i << 2), <u32>map);
    const direct = stretch(<i32>load<u16>(slot)) * load<i32>(CONFIDENCE + (<usize>(n0 + n1) << 2)) >> 8;
    store<i16>(LOGITS + (i << 2), <i16>direct);
    store<i16>(LOGITS + (i << 2), <i16>stretch(<i32>(load<u32>(map) >>> 16)), 2);
  }
  store<i16>(LOGITS, <i16>hint, 60);
  store<i16>(LOGITS, 256, 62);
  const a = setA, b = setB, c = setC, d = GENERAL + <usize>(kind * SET_BYTES);
  begin(a, d);
  begin(b, d);
  begin(c, d);
  const oa = said(a), ob = said(b), oc = said(c), od = said(d);
  const logit = clamp(oa + ob + oc + od + 2 >> 2, -LIMIT, LIMIT - 1);
  const place = logit + LIMIT, point = place / 192, part = place - 192 * point;
  const pa = CURVE_AT + <usize>(curveA * CURVE_BYTES + (point << 1));
  const pb = CURVE_AT + <usize>((CURVES + curveB) * CURVE_BYTES + (point << 1)), from = START_CURVE + (<usize>point << 1);
  const ra = pointOf(pa, from) * (192 - part) + pointOf(pa + 2, from + 2) * part;
  const rb = pointOf(pb, from) * (192 - part) + pointOf(pb + 2, from + 2) * part;
  const p = clamp(2 * squash(logit) + ra / 192 + rb / 192 >> 2, 2, 65534);
  const outcome = code(bit, p);
  spent += load<i32>(COST + (<usize>((outcome ? p : 65536 - p) >>> 4) << 2));
  const aim = outcome ? 65535 : 0;
  const nearer: usize = part < 96 ? 0 : 2;
  movePoint(pa + nearer, from + nearer, aim);
  movePoint(pb + nearer, from + nearer, aim);
  teach(a, oa, outcome);
  teach(b, ob, outcome);
  teach(c, oc, outcome);
  teach(d, od, outcome);
  for (let i: usize = 0; i < <usize>CONTEXTS; i++) {
    learn(<usize>load<u32>(MAP_OF + (i << 2)), outcome, 255);
    const slot = <usize>load<u32>(SLOTS + (i << 2));
    const n0 = <i32>load<u8>(slot, 2), n1 = <i32>load<u8>(slot, 3), probability = <i32>load<u16>(slot);
    const rate = load<i32>(RATE + (<usize>(n0 + n1) << 2));
    store<u16>(slot, probability + ((aim - probability) * rate >> 16));
    const same = outcome ? n1 : n0, other = outcome ? n0 : n1;
    const more = min(same + 1, 127), less = other > 2 ? other + 2 >> 1 : other;
    store<u8>(slot, outcome ? less : more, 2);
    store<u8>(slot, outcome ? more : less, 3);
  }
  return outcome;
}

/** The probability at a point of a curve. */
// @ts-ignore: decorator
@inline
function pointOf(point: usize, from: usize): i32 {
  return <i32>load<u16>(point) + <i32>load<u16>(from) & 0xffff;
}

// @ts-ignore: decorator
@inline
function movePoint(point: usize, from: usize, aim: i32): void {
  store<u16>(point, <i32>load<u16>(point) + (aim - pointOf(point, from) >> 6));
}

/** What a set says of LOGITS. */
// @ts-ignore: decorator
@inline
function said(set: usize): i32 {
  let sum = 0;
  if (ASC_FEATURE_SIMD) {
    let sums = i32x4.dot_i16x8_s(v128.load(set), v128.load(LOGITS));
    sums = i32x4.add(sums, i32x4.dot_i16x8_s(v128.load(set, 16), v128.load(LOGITS, 16)));
    sums = i32x4.add(sums, i32x4.dot_i16x8_s(v128.load(set, 32), v128.load(LOGITS, 32)));
    sums = i32x4.add(sums, i32x4.dot_i16x8_s(v128.load(set, 48), v128.load(LOGITS, 48)));
    sum = i32x4.extract_lane(sums, 0) + i32x4.extract_lane(sums, 1) + i32x4.extract_lane(sums, 2) +
      i32x4.extract_lane(sums, 3);
  } else {
    for (let i: usize = 0; i < 64; i += 2) sum += <i32>load<i16>(set + i) * <i32>load<i16>(LOGITS + i);
  }
  return clamp(sum >> 14, -LIMIT, LIMIT - 1);
}

// @ts-ignore: decorator
@inline
function begin(set: usize, general: usize): void {
  if (load<i32>(set, 64) == 0) memory.copy(set, general, 64); // a new set starts from the general one
}

// @ts-ignore: decorator
@inline
function teach(set: usize, output: i32, outcome: i32): void {
  const uses = load<i32>(set, 64);
  if (uses < 255) store<i32>(set, uses + 1, 64);
  const change = ((outcome << 16) - squash(output)) * load<i32>(SET_RATE + (<usize>uses << 2)) + 1024 >> 11;
  if (ASC_FEATURE_SIMD) {
    for (let i: usize = 0; i < 64; i += 16) {
      const logits16 = i16x8.shl(v128.load(LOGITS + i), 4);
      v128.store(set + i, i16x8.add_sat_s(v128.load(set + i), i16x8.q15mulr_sat_s(i16x8.splat(<i16>change), logits16)));
    }
  } else {
    for (let i: usize = 0; i < 64; i += 2) {
      const moved = <i32>load<i16>(set + i) + ((<i32>load<i16>(LOGITS + i) << 4) * change + 0x4000 >> 15);
      store<i16>(set + i, <i16>clamp(moved, -32768, 32767));
    }
  }
}

// @ts-ignore: decorator
@inline
function useSets(a: i32, b: i32, c: i32): void {
  setA = SETS + <usize>(a * SET_BYTES);
  setB = SETS + <usize>((SETS_PER_GROUP + b) * SET_BYTES);
  setC = SETS + <usize>((2 * SETS_PER_GROUP + c) * SET_BYTES);
}

function levelOf(count: i32): i32 {
  return count < 6 ? count : count < 8 ? 6 : count < 11 ? 7 : count < 15 ? 8 : count < 21 ? 9 : count < 30 ? 10
    : count < 42 ? 11 : count < 60 ? 12 : count < 84 ? 13 : count < 127 ? 14 : 15;
}

/** Makes the tables that do not change. */
function prepare(): void {
  for (let n = 0; n < 256; n++) {
    store<u8>(LEVEL + <usize>n, levelOf(n));
    store<i32>(SET_RATE + (<usize>n << 2), 16 + 3200 / (32 + n));
  }
  for (let n = 0; n < 512; n++) {
    store<i32>(RATE + (<usize>n << 2), 131072 / (2 * n + 3));
    store<i32>(CONFIDENCE + (<usize>n << 2), 256 * n / (n + 1));
  }
  for (let point = 0; point < CURVE_POINTS; point++) {
    store<u16>(START_CURVE + (<usize>point << 1), squash(min(LIMIT - 1, 192 * point - LIMIT)));
  }
}

/** Puts everything that learns into its first state. */
function start(): void {
  for (let n0 = 0; n0 < LEVELS; n0++) {
    for (let n1 = 0; n1 < LEVELS; n1++) {
      const p = (n1 * 2 + 1) * 65535 / (2 * (n0 + n1) + 2);
      store<u32>(MAPS + <usize>(n0 * LEVELS + n1 << 2), <u32>p << 16 | 3);
    }
  }
  for (let map = 1; map < KINDS * CONTEXTS; map++) memory.copy(MAPS + <usize>(map * STATES << 2), MAPS, STATES << 2);
  memory.fill(SETS, 0, <usize>((3 * SETS_PER_GROUP + KINDS) * SET_BYTES));
  for (let set: usize = 0; set < <usize>KINDS; set++) {
    for (let i: usize = 0; i < 60; i += 4) {
      store<i16>(GENERAL + set * SET_BYTES + i, 700);
      store<i16>(GENERAL + set * SET_BYTES + i, 2200, 2);
    }
    store<i16>(GENERAL + set * SET_BYTES, 4000, 60);
  }
  memory.fill(CURVE_AT, 0, <usize>(2 * CURVES * CURVE_BYTES));
  for (let i = 0; i < SOURCES * SOURCE_STATES; i++) store<u32>(SCORES + (<usize>i << 2), 32768 << 16);
  for (let i = 0; i < SOURCE_STATES; i++) {
    store<u32>(SCORES + (<usize>(RECENT_SOURCE * SOURCE_STATES + i) << 2), 8192 << 16);
  }
  for (let i = 0; i < 65; i++) store<u32>(FLAT + (<usize>i << 2), 0x80000000);
  memory.fill(WEIGHTS, 0, 3 * 4 * TAPS * 4);
  for (let i = 0; i < 64; i++) store<u32>(EXACT_SCORE + (<usize>i << 2), 32768 << 16);
  memory.fill(SEEN, 0, 2 * 4096 * 4);
  memory.fill(slots, 0, <usize>8 << slotBits);
  memory.fill(guesses, 0, 3 * (<usize>16 << guessBits));
  memory.fill(places, 0, 2 * (<usize>4 << placeBits));
  memory.fill(records, 0, 2 * <usize>stride * 64);
  memory.fill(mirrorAbove, 0, <usize>width * 4);
  memory.fill(ids, 0, <usize>(stride * (height + MARGIN)) * 4);
  memory.fill(colourTable, 0, (<usize>colourMask + 1) * 4);
  recentCount = 0;
  matchAt = matchLength = nearAt = nearLength = 0;
  averageCost = 0;
  rawCount = 0;
}

// ---- Colours --------------------------------------------------------------------------------------------------------

/** The number of a colour, which is new if it was not seen. */
function idOf(colour: u64): i32 {
  let hash = <u32>colour ^ <u32>(colour >>> 32) * 0x9E3779B1;
  hash = (hash ^ hash >>> 16) * 0x7FEB352D;
  hash ^= hash >>> 15;
  let place = hash & colourMask;
  while (true) {
    const id = load<i32>(colourTable + (<usize>place << 2));
    if (id == 0) break;
    if (load<u64>(colours + (<usize>(id - 1) << 3)) == colour) return id - 1;
    place = place + 1 & colourMask;
  }
  store<u64>(colours + (<usize>colourCount << 3), colour);
  store<i32>(colourTable + (<usize>place << 2), colourCount + 1);
  colourCount++;
  return colourCount - 1;
}

// @ts-ignore: decorator
@inline
function colourOf(id: i32): u64 {
  return load<u64>(colours + (<usize>id << 3));
}

// @ts-ignore: decorator
@inline
function sampleOf(id: i32, channel: i32): i32 {
  return <i32>load<u16>(colours + (<usize>id << 3) + (<usize>channel << 1));
}

// ---- Candidates -----------------------------------------------------------------------------------------------------

// @ts-ignore: decorator
@inline
function mix(a: u32, b: u32): u32 {
  const h = (a ^ b * 0x9E3779B1) * 0x85EBCA6B;
  return h ^ h >>> 15;
}

// @ts-ignore: decorator
@inline
function note(i: usize, hash: u32): void {
  store<u32>(HASHES + (i << 2), mix(hash, <u32>i + 1));
}

// @ts-ignore: decorator
@inline
function idAt(dx: i32, dy: i32): i32 {
  return load<i32>(at + (<usize>(dy * stride + dx) << 2));
}

// @ts-ignore: decorator
@inline
function columnAt(dx: i32): u32 {
  return load<u32>(columnHash + (<usize>(column + MARGIN + dx) << 2));
}

function propose(source: i32, id: i32, sourceState: i32): void {
  store<i32>(SOURCE_ID + (<usize>source << 2), id);
  store<i32>(SOURCE_STATE + (<usize>source << 2), sourceState);
  if (id < 0) return;
  const score = <i32>(load<u32>(SCORES + (<usize>(source * SOURCE_STATES + sourceState) << 2)) >>> 16);
  for (let i = 0; i < candidateCount; i++) {
    const to = <usize>i << 2;
    if (load<i32>(CANDIDATES + to) == id) {
      store<i32>(CANDIDATE_MASK + to, load<i32>(CANDIDATE_MASK + to) | 1 << source);
      store<i32>(CANDIDATE_SCORE + to, max(load<i32>(CANDIDATE_SCORE + to), score));
      return;
    }
  }
  const to = <usize>candidateCount << 2;
  store<i32>(CANDIDATES + to, id);
  store<i32>(CANDIDATE_MASK + to, 1 << source);
  store<i32>(CANDIDATE_SCORE + to, score);
  candidateCount++;
}

/** The last two colours that followed a context, the last one first, and how often in a row it did. */
function guessOf(table: i32, hash: u32): usize {
  const guess = guesses + (<usize>16 << guessBits) * <usize>table + (<usize>(hash >>> (32 - guessBits)) << 4);
  const check = hash & 0xffff | 1;
  if (load<u16>(guess, 12) != check) {
    store<i32>(guess, -1);
    store<i32>(guess, -1, 4);
    store<u32>(guess, check, 12);
  }
  return guess;
}

function learnGuess(guess: usize, id: i32): void {
  const first = load<i32>(guess);
  const runs = <i32>load<u16>(guess, 14);
  if (first == id) {
    if (runs < 15) store<u16>(guess, runs + 1, 14);
    return;
  }
  store<i32>(guess, first, 4);
  store<i32>(guess, id);
  store<u16>(guess, 0, 14);
}

// @ts-ignore: decorator
@inline
function lengthClass(length: i32): i32 {
  return length < 16 ? length >> 1 : length < 32 ? 8 + (length - 16 >> 3) : min(15, 10 + (32 - clz(length) - 6));
}

/** Length of the match of a place with the place at hand: pixels on the left and above that agree. */
function verify(place: i32): i32 {
  let length = 0;
  const from = ids + (<usize>place << 2);
  for (let left: usize = 4; length < 20 && load<i32>(from - left) == load<i32>(at - left); left += 4) length++;
  const up = <usize>stride << 2;
  let above = 0;
  for (let dx: i32 = -2; dx < 5; dx++) {
    const by = <usize>dx << 2;
    if (load<i32>(from - up + by) == load<i32>(at - up + by)) above++;
    if (load<i32>(from - 2 * up + by) == load<i32>(at - 2 * up + by)) above++;
  }
  return length + above;
}

function moveTo(): void {
  const w = idW = idAt(-1, 0), n = idN = idAt(0, -1), nw = idNW = idAt(-1, -1), ne = idNE = idAt(1, -1);
  const ww = idWW = idAt(-2, 0), nn = idNN = idAt(0, -2), nne = idNNE = idAt(1, -2);
  const www = idAt(-3, 0), nnw = idAt(-1, -2), nww = idAt(-2, -1), nee = idAt(2, -1), neee = idAt(3, -1);
  const h2 = mix(mix(w, n), 77), h3 = mix(h2, ne), h4 = mix(h3, nw), h7 = mix(mix(mix(h4, ww), nn), nne);
  const h12 = mix(mix(mix(mix(mix(h7, www), nnw), nww), nee), neee);
  let big = mix(h12, columnAt(0));
  for (let dx: i32 = -3; dx < 5; dx++) big = mix(big, columnAt(dx));
  const big6 = mix(mix(big, mix(idAt(-4, 0), idAt(-5, 0))), idAt(-6, 0));

  // Matches: a long neighbourhood and a short one.
  const placeHash = big6 * 0x9E3779B1 >>> (32 - placeBits), nearHash = h12 * 0x9E3779B1 >>> (32 - placeBits);
  const placeOf = places + (<usize>placeHash << 2), nearOf = places + (<usize>4 << placeBits) + (<usize>nearHash << 2);
  if (matchLength < 16) {
    const place = load<i32>(placeOf);
    if (place > 0) {
      const length = verify(place);
      if (length > matchLength) {
        matchAt = place;
        matchLength = length;
      }
    }
  }
  if (nearLength < 16) {
    const place = load<i32>(nearOf);
    if (place > 0) {
      const length = verify(place);
      if (length > nearLength) {
        nearAt = place;
        nearLength = length;
      }
    }
  }
  const here = <i32>(at - ids >>> 2);
  store<i32>(placeOf, here);
  store<i32>(nearOf, here);
  const matched = matchLength > 0 ? load<i32>(ids + (<usize>matchAt << 2)) : -1;
  const near = nearLength > 0 ? load<i32>(ids + (<usize>nearAt << 2)) : -1;

  // Mirror: the same row, read backwards from an axis.
  if (mirrorLength == 0) {
    const above = load<i32>(mirrorAbove + (<usize>column << 2));
    if (above > 0 && above - column >= 0) {
      mirrorSum = above;
      mirrorLength = 4;
    } else if (column >= 5) {
      if (w == idAt(-4, 0) && ww == www && w != ww) {
        mirrorSum = 2 * column - 5;
        mirrorLength = 1;
      } else if (w == idAt(-5, 0) && ww == idAt(-4, 0) && (w != ww || ww != www)) {
        mirrorSum = 2 * column - 6;
        mirrorLength = 1;
      }
      if (mirrorLength > 0) {
        store<i32>(mirrorAbove + (<usize>(column - 1) << 2), mirrorSum);
        store<i32>(mirrorAbove + (<usize>(column - 2) << 2), mirrorSum);
      }
    }
  }
  if (mirrorLength > 0 && mirrorSum < column) mirrorLength = 0;
  mirrored = mirrorLength > 0 ? idAt(mirrorSum - 2 * column, 0) : -1;
  guessA = guessOf(0, h12 * 0x2C1B3C6D);
  guessB = guessOf(1, h4 * 0x2C1B3C6D);
  guessC = guessOf(2, h2 * 0x2C1B3C6D);
  candidateCount = 0;
  same = i32(w == n) | i32(n == nw) << 1 | i32(n == ne) << 2 | i32(w == ww) << 3 | i32(n == nn) << 4;
  propose(0, matched, lengthClass(matchLength));
  propose(1, near, lengthClass(nearLength));
  propose(2, load<i32>(guessA), <i32>load<u16>(guessA, 14));
  propose(3, load<i32>(guessB), <i32>load<u16>(guessB, 14));
  propose(4, load<i32>(guessC), <i32>load<u16>(guessC, 14));
  propose(5, w, same);
  propose(6, n, same);
  propose(7, ne, same);
  propose(8, nw, same);
  propose(9, load<i32>(guessB, 4), <i32>load<u16>(guessB, 14));
  propose(10, load<i32>(guessC, 4), <i32>load<u16>(guessC, 14));
  propose(11, ww, same);
  propose(12, nn, same);
  propose(13, load<i32>(guessA, 4), <i32>load<u16>(guessA, 14));
  const room = colourCount <= MOST_CANDIDATES ? MOST_CANDIDATES : FEW_CANDIDATES;
  propose(15, mirrored, min(15, mirrorLength));
  for (let i = 0; i < recentCount && candidateCount < room; i++) {
    propose(RECENT_SOURCE, load<i32>(RECENT_AT + (<usize>i << 2)), min(31, i));
  }
  // The likeliest first; equals keep their order.
  for (let i = 1; i < candidateCount; i++) {
    const from = <usize>i << 2, score = load<i32>(CANDIDATE_SCORE + from);
    const id = load<i32>(CANDIDATES + from), mask = load<i32>(CANDIDATE_MASK + from);
    let to = from;
    for (; to > 0 && load<i32>(CANDIDATE_SCORE + to - 4) < score; to -= 4) {
      store<i32>(CANDIDATES + to, load<i32>(CANDIDATES + to - 4));
      store<i32>(CANDIDATE_MASK + to, load<i32>(CANDIDATE_MASK + to - 4));
      store<i32>(CANDIDATE_SCORE + to, load<i32>(CANDIDATE_SCORE + to - 4));
    }
    store<i32>(CANDIDATES + to, id);
    store<i32>(CANDIDATE_MASK + to, mask);
    store<i32>(CANDIDATE_SCORE + to, score);
  }

  note(0, big);
  note(1, h12);
  note(2, h7);
  note(3, h4);
  note(4, h3);
  note(5, h2);
  note(6, mix(mix(mix(w, ww), www), idAt(-4, 0)));
  note(7, mix(mix(mix(n, nn), idAt(0, -3)), 5));
  note(8, mix(mix(mirrored, min(15, mirrorLength)), 8));
  note(9, mix(matched, lengthClass(matchLength)));
  note(10, mix(mix(near, lengthClass(nearLength)), w));
  note(11, 0);
  const pattern = label(w, n, nw, ne, ww, nn);
  let far = pattern;
  far = far * 9 + match7(nne, w, n, nw, ne, ww, nn);
  far = far * 9 + match7(nee, w, n, nw, ne, ww, nn);
  far = far * 9 + match7(nww, w, n, nw, ne, ww, nn);
  store<u32>(HASHES, mix(far, 12345), 48);
  store<u32>(HASHES, mix(pattern, 54321), 52);
}

/** Which of six neighbours an id equals first; 6 for none. */
// @ts-ignore: decorator
@inline
function match7(id: i32, w: i32, n: i32, nw: i32, ne: i32, ww: i32, nn: i32): u32 {
  return id == w ? 0 : id == n ? 1 : id == nw ? 2 : id == ne ? 3 : id == ww ? 4 : id == nn ? 5 : 6;
}

/** Which of six neighbours are equal. */
function label(w: i32, n: i32, nw: i32, ne: i32, ww: i32, nn: i32): u32 {
  let all: u32 = n == w ? 0 : 1;
  all = all * 7 + (nw == w ? 0 : nw == n ? 1 : 2);
  all = all * 7 + (ne == w ? 0 : ne == n ? 1 : ne == nw ? 2 : 3);
  all = all * 7 + (ww == w ? 0 : ww == n ? 1 : ww == nw ? 2 : ww == ne ? 3 : 4);
  return all * 7 + (nn == w ? 0 : nn == n ? 1 : nn == nw ? 2 : nn == ne ? 3 : nn == ww ? 4 : 5);
}

/** The counter of the colour that all near neighbours have; 0 if they differ or a match says another. */
function flatCounter(): usize {
  const w = idAt(-1, 0);
  if (
    w != idAt(0, -1) || w != idAt(1, -1) || w != idAt(2, -1) || w != idAt(-1, -1) || w != idAt(-2, 0) ||
    w != idAt(0, -2) || w != idAt(-3, 0) || w != idAt(3, -1) || w != idAt(1, -2) || w != idAt(-2, -1) ||
    w != idAt(-1, -2) || w != idAt(0, -3) || w != idAt(-4, 0) || w != idAt(-5, 0) || w != idAt(4, -1) || w != idAt(2, -2)
  ) return 0;
  if (matchLength > 0 && load<i32>(ids + (<usize>matchAt << 2)) != w) return 0;
  if (nearLength > 0 && load<i32>(ids + (<usize>nearAt << 2)) != w) return 0;
  return FLAT + (<usize>(w & 63) << 2);
}

/** A counter of 22 bits of probability above 10 of count. */
function learnFlat(counter: usize, outcome: i32): void {
  const word = load<u32>(counter), probability = <i32>(word >>> 10), count = <i32>(word & 1023);
  const moved = probability + ((outcome ? 0x3fffff : 0) - probability) / (count + 2);
  store<u32>(counter, <u32>moved << 10 | <u32>min(count + 1, 1022));
}

/** Codes the colour of the place; gives its id. */
function codePixel(colour: u64): i32 {
  if (averageCost > kinds * (32 - clz(most)) << 14 && ++rawCount % RAW_PERIOD != 0) {
    const wanted = encoding && colour != colourOf(idAt(-1, 0)) && colour != colourOf(idAt(0, -1));
    const raw = code(i32(wanted), clamp(<i32>(load<u32>(RAW) >>> 16), 64, 65534));
    learnFlat(RAW, raw);
    if (raw) {
      const id = idOf(codeRawColour(colour));
      matchLength = nearLength = mirrorLength = 0;
      store<i32>(mirrorAbove + (<usize>column << 2), 0);
      store<i32>(at, id);
      return id;
    }
  }
  const flat = flatCounter();
  let missed = false;
  if (flat != 0) {
    const p = <i32>(load<u32>(flat) >>> 16);
    if (p >= FLAT_SURE) {
      const w = idAt(-1, 0), outcome = code(i32(colourOf(w) == colour), min(p, 65534));
      learnFlat(flat, outcome);
      if (outcome) {
        skipColour();
        if (matchLength > 0) matchAt++;
        if (nearLength > 0) nearAt++;
        mirrorLength = 0;
        store<i32>(mirrorAbove + (<usize>column << 2), 0);
        store<i32>(at, w);
        return w;
      }
      missed = true;
    }
  }
  moveTo();
  const farPattern = load<u32>(HASHES, 48), nearPattern = load<u32>(HASHES, 52);
  let id = -1;
  const longest = lengthClass(max(matchLength, nearLength));
  for (let i = 0; i < candidateCount; i++) {
    if (i == 1) {
      // Is it none of the others?
      let wanted = 1;
      if (encoding) {
        for (let j = 1; j < candidateCount; j++) {
          if (colourOf(load<i32>(CANDIDATES + (<usize>j << 2))) == colour) wanted = 0;
        }
      }
      store<u32>(HASHES, mix(candidateCount, 999), 56);
      store<u32>(HASHES, farPattern, 48);
      store<u32>(HASHES, nearPattern, 52);
      useSets(ESCAPE_SETS + same, ESCAPE_SETS + longest, ESCAPE_SETS + candidateCount);
      if (decide(wanted, 0xffffff, KIND_ESCAPE, 0, ESCAPE_SETS + same, ESCAPE_SETS + longest)) break;
    }
    const candidate = load<i32>(CANDIDATES + (<usize>i << 2));
    if (i > 0 && i == candidateCount - 1) {
      id = candidate;
      break;
    }
    const mask = load<i32>(CANDIDATE_MASK + (<usize>i << 2)), score = load<i32>(CANDIDATE_SCORE + (<usize>i << 2));
    const relation = match7(candidate, idW, idN, idNW, idNE, idWW, idNN);
    store<u32>(HASHES, mix(mask, min(i, 3)), 56);
    store<u32>(HASHES, mix(farPattern, relation), 48);
    store<u32>(HASHES, mix(nearPattern, relation), 52);
    const rank = min(i, 3), agrees = mask & 3;
    useSets(rank << 8 | same << 3 | <i32>relation, rank << 7 | agrees << 5 | longest, rank << 5 | mask & 31);
    const outcome = missed && candidate == idW ? 0 : decide(
      i32(colourOf(candidate) == colour),
      candidate,
      i == 0 ? KIND_FIRST : KIND_LATER,
      stretch(score),
      rank << 7 | agrees << 5 | longest,
      rank << 8 | same << 3 | <i32>relation,
    );
    if (outcome) {
      id = candidate;
      break;
    }
    if (candidateCount == 1) break;
  }
  if (id < 0) {
    id = idOf(codeColour(colour));
  } else {
    skipColour();
  }
  if (flat != 0 && !missed) learnFlat(flat, i32(id == idW));
  learnPlace(id);
  return id;
}

function learnPlace(id: i32): void {
  if (id != idW) {
    const value = sampleOf(id, channelAt(0));
    store<i32>(SEEN + (<usize>(value & 4095) << 2), id);
    store<i32>(seenBesideAt(value), id);
  }
  for (let source = 0; source < SOURCES; source++) {
    const proposed = load<i32>(SOURCE_ID + (<usize>source << 2));
    if (proposed >= 0 && source != RECENT_SOURCE) {
      const at = SCORES + (<usize>(source * SOURCE_STATES + load<i32>(SOURCE_STATE + (<usize>source << 2))) << 2);
      learn(at, i32(proposed == id), 60);
    }
  }
  learnGuess(guessA, id);
  learnGuess(guessB, id);
  learnGuess(guessC, id);
  if (matchLength > 0) {
    if (load<i32>(ids + (<usize>matchAt << 2)) == id) {
      matchLength = min(matchLength + 1, 65535);
    } else matchLength = matchLength >> 3;
    matchAt++;
  }
  if (nearLength > 0) {
    if (load<i32>(ids + (<usize>nearAt << 2)) == id) {
      nearLength = min(nearLength + 1, 65535);
    } else nearLength = 0;
    nearAt++;
  }
  if (mirrorLength > 0) {
    const right = mirrored == id;
    store<i32>(mirrorAbove + (<usize>column << 2), right ? mirrorSum : 0);
    mirrorLength = right ? mirrorLength + 1 : 0;
  } else store<i32>(mirrorAbove + (<usize>column << 2), 0);
  // Most recent colours.
  if (id != idW) {
    let i = 0;
    while (i < recentCount && load<i32>(RECENT_AT + (<usize>i << 2)) != id) i++;
    if (i == recentCount) {
      if (recentCount < RECENT) recentCount++;
      else i--;
    }
    for (; i > 0; i--) store<i32>(RECENT_AT + (<usize>i << 2), load<i32>(RECENT_AT + (<usize>(i - 1) << 2)));
    store<i32>(RECENT_AT, id);
  }
  store<i32>(at, id);
}

// ---- New colours ----------------------------------------------------------------------------------------------------

/** Record of a place and channel: errors of eight predictors, its residual (16 bits), unused. */
// @ts-ignore: decorator
@inline
function recordOf(x: i32, y: i32, channel: i32): usize {
  return records + <usize>((y & 1) * stride + x + MARGIN) * 64 + (<usize>channel << 4);
}

/** A place whose colour was a candidate leaves no errors. */
function skipColour(): void {
  const record = recordOf(column, row, 0);
  for (let i: usize = 0; i < 64; i += 16) {
    store<u64>(record + i, 0x0202020202020202);
    store<u64>(record + i, 0x0000020202020202, 8);
  }
}

// @ts-ignore: decorator
@inline
function channelAt(k: i32): i32 {
  if (kinds == 1) return 0;
  if (kinds == 2) return 3 - 3 * k;
  const place = kinds == 4 ? k - 1 : k;
  return place < 0 ? 3 : place == 0 ? 1 : place == 1 ? 0 : 2;
}

/** Codes the samples of a colour as they are. */
function codeRawColour(colour: u64): u64 {
  const bits = 32 - <i32>clz(most);
  skipColour();
  let all: u64 = 0;
  for (let k = 0; k < kinds; k++) {
    const channel = channelAt(k), wanted = <i32>(colour >>> (16 * channel)) & 0xffff;
    const value = bits > 8 ? codeRaw(wanted >>> 8, bits - 8) << 8 | codeRaw(wanted & 255, 8) : codeRaw(wanted, bits);
    all |= <u64>value << (16 * channel);
  }
  return all;
}

/** Codes a colour that is no candidate, sample by sample. */
function codeColour(colour: u64): u64 {
  skipColour();
  spent = previousValue = previousResidual = previousSize = 0;
  findEnds();
  let all: u64 = 0;
  for (let k = 0; k < kinds; k++) {
    const channel = channelAt(k);
    const value = codeSample(k, channel, <i32>(colour >>> (16 * channel)) & 0xffff, all);
    all |= <u64>value << (16 * channel);
    if (k == 0) {
      seenFirst = load<i32>(SEEN + (<usize>(value & 4095) << 2));
      seenBeside = load<i32>(seenBesideAt(value));
    }
    if (k == 0 && hidden && layer == 0 && value == 0) break;
  }
  averageCost += (spent << 6) - averageCost >> 6;
  return all;
}

// @ts-ignore: decorator
@inline
function seenBesideAt(value: i32): usize {
  return SEEN + 4096 * 4 + (<usize>(mix(value, idW) >>> 20) << 2);
}

// @ts-ignore: decorator
@inline
function tap(i: i32, value: i32): void {
  store<i32>(TAP_AT + (<usize>i << 2), clamp(value >> scaleBits, -1023, 1023));
}

function dot(weights: usize, bytes: usize): i64 {
  let sum: i64 = 0;
  for (let i: usize = 0; i < bytes; i += 4) sum += <i64>(load<i32>(weights + i) * load<i32>(TAP_AT + i));
  return sum;
}

// @ts-ignore: decorator
@inline
function signedClass(d: i32): i32 {
  const m = abs(d) >> scaleBits;
  const c = m == 0 ? 0 : m == 1 ? 1 : m == 2 ? 2 : m < 5 ? 3 : m < 9 ? 4 : m < 17 ? 5 : m < 33 ? 6 : m < 65 ? 7 : 8;
  return d < 0 ? -c : c;
}

let lowNear: i32 = 0;
let highNear: i32 = 0;
let lowRecent: i32 = 0;
let highRecent: i32 = 0;
let seenFirst: i32 = 0;
let seenBeside: i32 = 0;

/** The sample that mixes two colours as the first channel does. */
function blendOf(low: i32, high: i32, c: i32, value: i32, otherwise: i32): i32 {
  const b = channelAt(0), from = sampleOf(low, b), span = sampleOf(high, b) - from;
  if (span == 0) return otherwise;
  const start = sampleOf(low, c), rise = <i64>(sampleOf(high, c) - start) * <i64>(value - from) * 2;
  return clamp(start + <i32>((rise + (rise < 0 ? -span : span)) / <i64>(2 * span)), 0, most);
}

/** Finds the colours with the least and the greatest first sample, among neighbours and among recent colours. */
function findEnds(): void {
  const b = channelAt(0);
  lowNear = highNear = idW;
  endNear(idN, b);
  endNear(idNW, b);
  endNear(idNE, b);
  endNear(idWW, b);
  endNear(idNN, b);
  endNear(idNNE, b);
  lowRecent = lowNear;
  highRecent = highNear;
  const count = min(recentCount, 6);
  for (let i = 0; i < count; i++) {
    const id = load<i32>(RECENT_AT + (<usize>i << 2)), value = sampleOf(id, b);
    if (value < sampleOf(lowRecent, b)) lowRecent = id;
    if (value > sampleOf(highRecent, b)) highRecent = id;
  }
}

function endNear(id: i32, b: i32): void {
  const value = sampleOf(id, b);
  if (value < sampleOf(lowNear, b)) lowNear = id;
  if (value > sampleOf(highNear, b)) highNear = id;
}

let previousResidual: i32 = 0;
let previousValue: i32 = 0;
let previousSize: i32 = 0;

/** Class of a difference in 1/16 of a level: quarters up to 4 levels, then half octaves. */
// @ts-ignore: decorator
@inline
function distanceClass(d: i32): i32 {
  const m = abs(d) >> scaleBits;
  const place = 31 - <i32>clz(m | 1);
  const c = m < 64 ? m >> 2 : 16 + 2 * (place - 6) + (m >>> (place - 1) & 1);
  return d < 0 ? -c - 1 : c;
}

/** Codes a sample bit by bit, the highest first. */
function codeBits(k: i32, wanted: i32, fine: i32, other: i32, energyClass: i32, size: i32, gradientClass: i32): i32 {
  const bits = 32 - <i32>clz(most);
  let node = 1;
  for (let depth = 0; depth < bits; depth++) {
    const rest = bits - 1 - depth, place = min(node, 255), step = min(depth, 15);
    // The least value of outcome 1, less a half.
    const border = ((node << 1 | 1) << rest) - (1 << bits), from = (border << 4) - 8;
    const near = distanceClass(from - fine), far = distanceClass(from - other);
    note(12, mix(mix(mix(k, depth), near), energyClass));
    note(13, mix(mix(mix(k, depth), near), mix(size, gradientClass)));
    note(14, mix(mix(mix(k, depth), near), far));
    const byNode = BIT_SETS + (k << 8) + place, byStep = BIT_SETS + (k << 8 | step << 4 | energyClass);
    useSets(byNode, byStep, BIT_SETS + (k << 6 | clamp(near + 32, 0, 63)));
    node = node * 2 + decide(wanted >>> rest & 1, node, KIND_BITS + k, 0, byNode, byStep);
  }
  return node - (1 << bits);
}

function codeSample(k: i32, c: i32, wanted: i32, soFar: u64): i32 {
  const w = sampleOf(idW, c), n = sampleOf(idN, c), nw = sampleOf(idNW, c), ne = sampleOf(idNE, c);
  const ww = sampleOf(idWW, c), nn = sampleOf(idNN, c), nne = sampleOf(idNNE, c);
  const base = w + n >> 1;
  const first = load<i32>(CANDIDATES);
  tap(0, w - base);
  tap(1, n - base);
  tap(2, nw - base);
  tap(3, ne - base);
  tap(4, ww - base);
  tap(5, nn - base);
  tap(6, nne - base);
  tap(7, sampleOf(idAt(2, -1), c) - base);
  tap(8, sampleOf(idAt(-2, -1), c) - base);
  tap(9, sampleOf(idAt(-1, -2), c) - base);
  for (let i = 10; i < TAPS; i++) store<i32>(TAP_AT + (<usize>i << 2), 0);
  if (k > 0) {
    const b = channelAt(k - 1), own = <i32>(soFar >>> (16 * b)) & 0xffff;
    const bw = sampleOf(idW, b), bn = sampleOf(idN, b), bb = bw + bn >> 1;
    tap(10, own - bb);
    tap(11, bw - bb);
    tap(12, bn - bb);
    tap(13, sampleOf(idNW, b) - bb);
    tap(14, sampleOf(idNE, b) - bb);
    tap(15, sampleOf(idWW, b) - bb);
    tap(16, sampleOf(idNN, b) - bb);
    if (k > 1) {
      const a = channelAt(k - 2), aw = sampleOf(idW, a), an = sampleOf(idN, a), ab = aw + an >> 1;
      tap(17, (<i32>(soFar >>> (16 * a)) & 0xffff) - ab);
      tap(18, aw - ab);
      tap(19, an - ab);
      tap(20, sampleOf(idNW, a) - ab);
      tap(21, sampleOf(idNE, a) - ab);
    }
  }
  let energy = 0, ownEnergy = 0;
  for (let i: usize = 0; i < <usize>TAPS * 4; i += 4) {
    const t = load<i32>(TAP_AT + i);
    energy += t * t;
    if (i < OWN_TAPS) ownEnergy += t * t;
  }
  const weights0 = WEIGHTS + <usize>(k * TAPS * 4), weights1 = WEIGHTS + <usize>((4 + k) * TAPS * 4);
  const step0 = <i32>max<i64>(-(1 << 24), min<i64>(1 << 24, dot(weights0, <usize>TAPS * 4) >> 12)) << scaleBits;
  const step1 = <i32>max<i64>(-(1 << 24), min<i64>(1 << 24, dot(weights1, <usize>TAPS * 4) >> 12)) << scaleBits;
  const weights2 = WEIGHTS + <usize>((8 + k) * TAPS * 4);
  const step2 = <i32>max<i64>(-(1 << 24), min<i64>(1 << 24, dot(weights2, OWN_TAPS) >> 12)) << scaleBits;
  const top = most << 4;
  const med = nw >= max(w, n) ? min(w, n) : nw <= min(w, n) ? max(w, n) : w + n - nw;
  // Errors of the channel before correct the fixed predictors.
  const p0 = clamp(med + (k > 0 ? previousValue - load<i32>(BEFORE) : 0), 0, most);
  const p1 = clamp(w + (k > 0 ? previousValue - load<i32>(BEFORE, 4) : 0), 0, most);
  const p2 = clamp(n + (k > 0 ? previousValue - load<i32>(BEFORE, 8) : 0), 0, most);
  const p3 = clamp(w + n - nw + (k > 0 ? previousValue - load<i32>(BEFORE, 12) : 0), 0, most);
  const p4 = clamp(w + n - nw, 0, most);
  // Blends of two colours, as the first channel has them mixed.
  const blend = k > 0 ? blendOf(lowNear, highNear, c, <i32>(soFar >>> (16 * channelAt(0))) & 0xffff, p0) : p0;
  const blend2 = k > 0 ? blendOf(lowRecent, highRecent, c, <i32>(soFar >>> (16 * channelAt(0))) & 0xffff, p0) : p0;
  const seenA = k > 0 ? sampleOf(seenFirst, c) : p0, seenB = k > 0 ? sampleOf(seenBeside, c) : p0;
  store<i32>(PREDICTED, p0 << 4);
  store<i32>(PREDICTED, p1 << 4, 4);
  store<i32>(PREDICTED, p2 << 4, 8);
  store<i32>(PREDICTED, p3 << 4, 12);
  store<i32>(PREDICTED, p4 << 4, 16);
  store<i32>(PREDICTED, blend << 4, 20);
  store<i32>(PREDICTED, clamp((w + n << 3) + step0, 0, top), 24);
  store<i32>(PREDICTED, clamp((w + n << 3) + step1, 0, top), 28);
  store<i32>(PREDICTED, blend2 << 4, 32);
  store<i32>(PREDICTED, seenB << 4, 36);
  store<i32>(PREDICTED, clamp((w + n << 3) + step2, 0, top), 40);
  store<i32>(PREDICTED, med << 4, 44);
  const here = recordOf(column, row, k), recordW = here - 64, recordN = recordOf(column, row - 1, k);
  const recordNW = recordN - 64, recordNE = recordN + 64;
  let least = i32.MAX_VALUE;
  for (let j: usize = 0; j < <usize>PREDICTORS; j++) {
    const e = 1 + 2 * (<i32>load<u8>(recordW + j) + <i32>load<u8>(recordN + j)) + <i32>load<u8>(recordNW + j) +
      <i32>load<u8>(recordNE + j);
    least = min(least, e);
  }
  let sum: i64 = 0, trusts = 0;
  for (let j: usize = 0; j < <usize>PREDICTORS; j++) {
    const e = 1 + 2 * (<i32>load<u8>(recordW + j) + <i32>load<u8>(recordN + j)) + <i32>load<u8>(recordNW + j) +
      <i32>load<u8>(recordNE + j);
    const ratio = (least << 8) / e, square = ratio * ratio >> 8, trust = max(1, square * square >> 8);
    sum += <i64>trust * <i64>load<i32>(PREDICTED + (j << 2));
    trusts += trust;
  }
  const fine = <i32>(sum / <i64>trusts), prediction = fine + 8 >> 4;

  const rw = <i32>load<i16>(recordW, 14), rn = <i32>load<i16>(recordN, 14), rnw = <i32>load<i16>(recordNW, 14);
  const rne = <i32>load<i16>(recordNE, 14);
  const gradient = abs(w - nw) + abs(n - nw) + abs(n - ne) >> scaleBits;
  const lately = (abs(rw) + abs(rn)) * 2 + abs(rnw) + abs(rne);
  const energyClass = levelOf(min(126, lately)), gradientClass = levelOf(min(126, gradient));
  const size = levelOf(min(126, previousSize));
  const salt = <u32>k * 7919;
  note(0, mix(mix(salt, energyClass), gradientClass));
  note(1, mix(mix(salt, previousResidual), energyClass));
  note(2, mix(mix(salt, prediction), k));
  note(3, mix(mix(salt, idW), idN));
  note(4, mix(mix(salt, prediction), previousValue));
  note(5, mix(mix(mix(salt, previousValue), w), n));
  note(6, mix(mix(salt, blend - prediction), blend2 - prediction));
  note(7, mix(mix(mix(salt, signedClass(w - prediction)), signedClass(n - prediction)), size));
  note(8, mix(mix(mix(salt, signedClass(ne - prediction)), signedClass(nw - prediction)), fine & 15));
  note(9, mix(mix(mix(salt, signedClass(rw)), signedClass(rn)), size));
  note(10, mix(mix(mix(salt, fine & 15), energyClass), 3));
  note(11, mix(mix(salt, sampleOf(first, c) - prediction), 4));
  note(12, mix(mix(mix(salt, seenA - prediction), seenB - prediction), 9));
  note(13, mix(mix(salt, <u32>soFar ^ <u32>(soFar >>> 32) * 31), prediction));

  exact(0, prediction);
  exact(1, w);
  exact(2, n);
  exact(3, sampleOf(first, c));
  exact(4, blend);
  exact(5, blend2);
  exact(6, seenA);
  exact(7, seenB);
  exact(8, p0);
  let best = 0, bestScore = 0, mask = 0;
  for (let i = 0; i < EXACT; i++) {
    const score = <i32>(load<u32>(EXACT_SCORE + (<usize>(k << 4 | i) << 2)) >>> 16);
    if (score > bestScore) {
      bestScore = score;
      best = i;
    }
  }
  const likely = load<i32>(EXACT_AT + (<usize>best << 2));
  for (let i = 0; i < EXACT; i++) mask |= i32(load<i32>(EXACT_AT + (<usize>i << 2)) == likely) << i;
  note(14, mix(salt, mask));
  let residual = likely - prediction;
  const byEnergy = EXACT_SETS + (k << 4 | energyClass), bySize = EXACT_SETS + (k << 4 | size);
  useSets(byEnergy, bySize, MASK_SETS + (k << 9 | mask) % 800);
  if (
    bestScore < EXACT_LEAST ||
    !decide(i32(wanted == likely), best, KIND_SAMPLE + k, stretch(bestScore), byEnergy, bySize)
  ) {
    if (k == 0) {
      const nnw = sampleOf(idAt(-1, -2), c), nww = sampleOf(idAt(-2, -1), c), nee = sampleOf(idAt(2, -1), c);
      const s4 = 4 + scaleBits, s5 = 5 + scaleBits, s6 = 6 + scaleBits;
      note(0, prediction);
      note(1, mix(w, n));
      note(2, mix(mix(w >>> s5, n >>> s5), mix(nw >>> s5, ne >>> s5)));
      const near = mix(w >>> s6 << 2 | n >>> s6, nw >>> s6 << 2 | ne >>> s6);
      const farther = mix(ww >>> s6 << 2 | nn >>> s6, nne >>> s6 << 4 | nww >>> s6 << 2 | nee >>> s6);
      note(3, mix(near, farther));
      note(4, mix(mix(w >>> s4, n >>> s4), ne >>> s4));
      note(5, mix(mix(w >>> s4, nw >>> s4), n >>> s4));
      note(6, mix(n, nn >>> s5));
      note(7, mix(w, ww >>> s5));
      note(8, mix(ne, n >>> s5));
      note(9, mix(nw, n >>> s5));
      note(10, mix(mix(mix(n >>> s5, nn >>> s5), mix(nne >>> s5, ne >>> s5)), mix(w >>> s6, nnw >>> s6)));
      note(11, sampleOf(first, c));
    } else {
      note(0, mix(prediction, k));
      note(1, mix(mix(previousValue, w), mix(n, k)));
      note(2, mix(mix(blend, k), 2));
      note(3, mix(mix(blend2, seenB), k));
      note(4, mix(mix(seenA, seenB), k + 4));
      note(5, mix(mix(fine, k), 1));
      note(6, mix(mix(prediction, previousResidual), k));
      note(7, mix(mix(previousValue, k), 8));
      note(8, mix(mix(previousValue >>> 4 + scaleBits, prediction >>> 1), k));
      note(9, mix(k, 77));
      note(10, mix(mix(prediction >>> 2, k), size));
      note(11, mix(mix(sampleOf(first, c), k), previousResidual));
    }
    residual = codeBits(k, wanted, fine, (w + n << 3) + step2, energyClass, size, gradientClass) - prediction;
  }
  const value = prediction + residual;
  for (let i = 0; i < EXACT; i++) {
    learn(EXACT_SCORE + (<usize>(k << 4 | i) << 2), i32(load<i32>(EXACT_AT + (<usize>i << 2)) == value), 30);
  }
  for (let j: usize = 0; j < <usize>PREDICTORS; j++) {
    const e = abs((value << 4) - load<i32>(PREDICTED + (j << 2))) >> scaleBits + 1;
    store<u8>(here + j, min(255, e));
  }
  store<i16>(here, <i16>clamp(residual >> scaleBits, -255, 255), 14);
  teachTaps(weights0, (value << 4) - ((w + n << 3) + step0) >> scaleBits, 8, energy, <usize>TAPS * 4);
  teachTaps(weights1, (value << 4) - ((w + n << 3) + step1) >> scaleBits, 2, energy, <usize>TAPS * 4);
  teachTaps(weights2, (value << 4) - ((w + n << 3) + step2) >> scaleBits, 4, ownEnergy, OWN_TAPS);
  store<i32>(BEFORE, med);
  store<i32>(BEFORE, w, 4);
  store<i32>(BEFORE, n, 8);
  store<i32>(BEFORE, w + n - nw, 12);
  previousValue = value;
  previousResidual = residual;
  previousSize = abs(residual) >> scaleBits;
  return value;
}

// @ts-ignore: decorator
@inline
function exact(i: usize, value: i32): void {
  store<i32>(EXACT_AT + (i << 2), value);
}

function teachTaps(weights: usize, error: i32, slowness: i32, energy: i32, bytes: usize): void {
  const gain = clamp(error, -4096, 4096) * 4096 / (energy + 64);
  for (let i: usize = 0; i < bytes; i += 4) {
    const moved = load<i32>(weights + i) + <i32>(<i64>gain * <i64>load<i32>(TAP_AT + i) / <i64>(slowness * 16));
    store<i32>(weights + i, clamp(moved, -(1 << 19), 1 << 19));
  }
}

// ---- Layers ---------------------------------------------------------------------------------------------------------

// @ts-ignore: decorator
@inline
function pixelAt(x: i32, y: i32): usize {
  return samples + <usize>(y * width + x) * <usize>channels * 2;
}

/** The colour of a pixel as the layer has it. */
function colourAt(pixel: usize): u64 {
  if (kinds == 1) return <u64>load<u16>(pixel);
  const three = gray ? <u64>load<u16>(pixel) : <u64>load<u32>(pixel) | <u64>load<u16>(pixel, 4) << 32;
  if (kinds == 3) return three;
  const alpha = load<u16>(pixel, 6);
  return alpha == 0 && hidden ? 0 : three | <u64>alpha << 48;
}

function putColour(pixel: usize, colour: u64): void {
  store<u16>(pixel, <u16>colour);
  if (channels == 1) return;
  store<u16>(pixel, gray ? <u16>colour : <u16>(colour >>> 16), 2);
  store<u16>(pixel, gray ? <u16>colour : <u16>(colour >>> 32), 4);
  if (channels == 4 && layer == 0) store<u16>(pixel, opaque ? <u16>most : <u16>(colour >>> 48), 6);
}

/** Whether red, green and blue are the same everywhere. */
function allGray(): bool {
  for (let i = 0; i < width * height; i++) {
    const pixel = samples + <usize>i * <usize>channels * 2, r = load<u16>(pixel);
    if (r != load<u16>(pixel, 2) || r != load<u16>(pixel, 4)) return false;
  }
  return true;
}

function allOpaque(): bool {
  for (let i = 0; i < width * height; i++) {
    if (load<u16>(samples + (<usize>i << 3), 6) != most) return false;
  }
  return true;
}

/** Whether the colours of fully transparent pixels differ. */
function hiddenDiffers(): bool {
  if (channels != 4) return false;
  let seen = false, colour: u64 = 0;
  for (let i = 0; i < width * height; i++) {
    const pixel = samples + (<usize>i << 3), own = load<u64>(pixel);
    if (own >>> 48 != 0) continue;
    if (seen && own != colour) return true;
    seen = true;
    colour = own;
  }
  return false;
}

/** Marks the rows and columns that differ from the one before; true if few do. */
function findRepeats(): bool {
  let keptRows = 0, keptColumns = 0;
  const pixelBytes = channels * 2;
  for (let y = 0; y < height; y++) {
    const same = y > 0 && memory.compare(pixelAt(0, y), pixelAt(0, y - 1), <usize>(width * pixelBytes)) == 0;
    store<u8>(rowKept + <usize>y, same ? 0 : 1);
    if (!same) keptRows++;
  }
  for (let x = 0; x < width; x++) {
    let same = x > 0;
    for (let y = 0; y < height && same; y++) {
      const pixel = pixelAt(x, y);
      for (let c = 0; c < pixelBytes; c += 2) {
        if (load<u16>(pixel + <usize>c) != load<u16>(pixel + <usize>(c - pixelBytes))) same = false;
      }
    }
    store<u8>(columnKept + <usize>x, same ? 0 : 1);
    if (!same) keptColumns++;
  }
  return <f64>keptRows * <f64>keptColumns * 2 <= <f64>width * <f64>height;
}

/** Codes which of `count` lines are kept, each by how long ago the last one was and how far apart the last two were. */
function codeKept(kept: usize, count: i32): i32 {
  for (let i = 0; i < ALONE_COUNT; i++) store<u32>(ALONE + (<usize>i << 2), 32768 << 16);
  let total = 0, since = 0, gap = 0;
  for (let i = 0; i < count; i++) {
    if (i == 0) store<u8>(kept, 1);
    else {
      const context = min(since, 15) << 4 | min(gap, 15);
      const outcome = decideAlone(<i32>load<u8>(kept + <usize>i), ALONE + (<usize>context << 2));
      store<u8>(kept + <usize>i, outcome);
    }
    if (load<u8>(kept + <usize>i)) {
      total++;
      gap = since;
      since = 0;
    } else since++;
  }
  return total;
}

function codeAll(): void {
  prepare();
  gray = channels > 1 && code(i32(encoding && channels > 1 && allGray()), 16384) != 0;
  opaque = channels == 4 && code(i32(encoding && channels == 4 && allOpaque()), 32768) != 0;
  hidden = channels == 4 && !opaque && code(i32(encoding && hiddenDiffers()), 8192) != 0;
  const repeats = code(i32(encoding && findRepeats()), 32768) != 0;
  columns = width;
  rows = height;
  if (repeats) {
    rows = codeKept(rowKept, height);
    columns = codeKept(columnKept, width);
  } else {
    memory.fill(rowKept, 1, <usize>height);
    memory.fill(columnKept, 1, <usize>width);
  }
  scaled = most == 65535 && code(i32(encoding && allScaled()), 32768) != 0;
  if (scaled) {
    most = 255;
    scaleBits = 0;
    if (encoding) scale(1);
  }
  layer = 0;
  kinds = (gray || channels == 1 ? 1 : 3) + i32(channels == 4 && !opaque);
  codeLayer();
  if (hidden) {
    layer = 1;
    kinds = gray ? 1 : 3;
    codeLayer();
  }
  if (scaled) scale(257);
}

/** Whether both bytes of every sample are the same. */
function allScaled(): bool {
  for (let i = 0; i < width * height * channels; i++) {
    const value = load<u16>(samples + (<usize>i << 1));
    if (value >>> 8 != (value & 255)) return false;
  }
  return true;
}

/** Takes the low byte of every sample, times a factor. */
function scale(factor: i32): void {
  for (let i = 0; i < width * height * channels; i++) {
    const at = samples + (<usize>i << 1);
    store<u16>(at, <i32>load<u8>(at) * factor);
  }
}

/** Codes the colours of a layer: 0 of all pixels; 1 of those that are fully transparent, without alpha. */
function codeLayer(): void {
  start();
  colourCount = 0;
  const alpha: u64 = kinds & 1 ? 0 : <u64>most << 48;
  idOf(alpha | <u64>most | (kinds > 2 ? <u64>most << 16 | <u64>most << 32 : 0));
  idOf(alpha);
  if (alpha != 0) idOf(0);
  const rowBytes = <usize>stride << 2;
  let y = 0;
  for (let line = 0; line < height; line++) {
    if (!load<u8>(rowKept + <usize>line)) {
      if (!encoding) memory.copy(pixelAt(0, line), pixelAt(0, line - 1), <usize>(width * channels * 2));
      continue;
    }
    row = y;
    mirrorLength = 0;
    const start = ids + <usize>((y + MARGIN) * stride + MARGIN) * 4;
    // Left of a row lies the first colour above, right of it the last.
    for (let i: usize = 1; i <= <usize>MARGIN; i++) {
      store<i32>(start - (i << 2), load<i32>(start - rowBytes));
      const end = start - rowBytes + (<usize>columns - 1 << 2);
      if (y > 0) store<i32>(end + (i << 2), load<i32>(end));
    }
    for (let x = -MARGIN; x < columns + MARGIN; x++) {
      const above = start + (<usize>x << 2) - 3 * rowBytes;
      const hash = mix(mix(load<i32>(above), load<i32>(above - rowBytes)), load<i32>(above - 2 * rowBytes));
      store<u32>(columnHash + (<usize>(x + MARGIN) << 2), hash);
    }
    let x = 0;
    for (let i = 0; i < width; i++) {
      const pixel = pixelAt(i, line);
      if (!load<u8>(columnKept + <usize>i)) {
        if (!encoding) {
          const bytes = <usize>channels * 2;
          for (let c: usize = 0; c < bytes; c += 2) store<u16>(pixel + c, load<u16>(pixel + c - bytes));
        }
        continue;
      }
      at = start + (<usize>x << 2);
      column = x;
      if (layer == 1 && load<u16>(pixel, 6) != 0) {
        idW = idAt(-1, 0);
        skipColour();
        store<i32>(at, idOf(colourAt(pixel)));
        matchLength = nearLength = 0;
      } else {
        const id = codePixel(encoding ? colourAt(pixel) : 0);
        if (!encoding) putColour(pixel, colourOf(id));
      }
      x++;
    }
    y++;
  }
}
