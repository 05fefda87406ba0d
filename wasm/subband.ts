// The subband coder's model in AssemblyScript, compiled by `deno task wasm` into src/entropy/subband/subband_wasm.ts.
//
// Works on the memory that src/entropy/subband/subband_block.ts lays out; SQUASH, COUNTERS and so on are its addresses, put in
// front of this file by scripts/build_wasm.ts. Values, bytes and errors equal those of src/entropy/subband/model.ts: see there for
// the meaning of contexts, energies and tokens.
//
// A counter is eight bytes: its state as in mixer.ts, then what follows from it: its logit × 65536, plus its learning rate. The
// counters of the steps of a context lie side by side. A weight set is twelve i32: ten inputs, the constant, the number of updates.
// A plane holds residuals clipped to ±2047, i16, with a margin of two zeros on each side. Detail bands of a trellis hold levels there.

const MARGIN: i32 = 2;
const MAGNITUDE_CLIP: i32 = 2047;
const ENERGY_CLIP: i32 = 16383;
const MAX_MAGNITUDE: i64 = 1 << 30;
const STEPS: i32 = 22;
const TOKENS: i32 = 64;
const PLAIN_TOKENS: u32 = 4;
const FAIR: i32 = 32768;
const TRIPLES: i32 = 125;
const ALL_ZERO: i32 = 62;
const SQUASH_LIMIT: i32 = 3072;
const COUNT_LIMIT: u32 = 255;
const FRESH_COUNTER: i32 = 1 << 31;
const START_WEIGHT: i32 = 8519;
/** Units of a scaled coefficient in a step. */
const SCALED_UNITS: i32 = 64;

/** Bytes of a counter, of the counters of a context, of a weight set. */
const COUNTER_BYTES: i32 = 8;
const CONTEXT_BYTES: i32 = 24 * COUNTER_BYTES;
const SET_BYTES: i32 = 48;
/** First context of each of the ten lists, and how many a kind has. */
const LEVEL_CONTEXTS: i32 = 57;
const TOTAL: i32 = 171 * CONTEXT_BYTES;
const SIDES: i32 = 228 * CONTEXT_BYTES;
const CHANNELS: i32 = 328 * CONTEXT_BYTES;
const RELATIVES: i32 = 428 * CONTEXT_BYTES;
const AROUND: i32 = 528 * CONTEXT_BYTES;
const OTHERS: i32 = 628 * CONTEXT_BYTES;
const PLACE: i32 = 799 * CONTEXT_BYTES;
const EXTREMES: i32 = 899 * CONTEXT_BYTES;
const COARSE: i32 = 999 * CONTEXT_BYTES;
const KIND_BYTES: i32 = 1009 * CONTEXT_BYTES;

/** Places that are looked at before any of them is coded. */
const SEGMENT: i32 = 512;
/** Most bytes that the decisions of a coefficient take: 64 of the token, a sign, 30 of the rest. */
const DECISION_BYTES: usize = 4 * 96;
const GROWTH_PAGES: usize = 64;
/** Shorter runs of zeros around are not worth loading all counters for. */
const SHORTEST_RUN: i32 = 3;

const FINE_STATUS: i32 = 0;
const TOO_LARGE: i32 = 1;
const ENDLESS: i32 = 2;
const NO_MEMORY: i32 = 3;
const NOT_OF_QUANTISER: i32 = 4;

/** Bytes of all weight sets of steps, and of energies, of a quantiser. */
const STEP_SETS_BYTES: usize = 36 * STEPS * SET_BYTES;
const ENERGY_SETS_BYTES: usize = 57 * 4 * SET_BYTES;
/** The next state of the trellis by 2 · state + parity of the level, four bits each. */
const NEXT_STATES: u64 = 0x5713640246317520;

// ---- State of the section -----------------------------------------------------------------------------------------------

/** Whether an encoder chooses values instead of taking them as they are. */
let chooses: bool = false;
let lambda: i64 = 0;
let status: i32 = 0;
let refused: i64 = 0;

// ---- State of the band --------------------------------------------------------------------------------------------------

let kind: i32 = 0;
let levelClass: i32 = 0;
let orientation: i32 = 0;
let width: i32 = 0;
let strideBytes: usize = 0;
let plane: usize = 0;
let parent: usize = 0;
let parentWidth: i32 = 0;
let parentHeight: i32 = 0;
let horizontal: usize = 0;
let vertical: usize = 0;
let earlier: usize = 0;
let earliest: usize = 0;
let rows: usize = 0;
let kindCounters: usize = 0;
let levelOffset: i32 = 0;
let stepSets: usize = 0;
let quantiserSets: usize = 0;
let isTrellis: bool = false;
let trellisState: i32 = 0;
let signCounters: usize = 0;
let signSet: usize = 0;
let westFactor: i32 = 0;
let westShift: i32 = 0;
let alongWest: i32 = 0;
let alongNorth: i32 = 0;

// ---- State of the decision and the place --------------------------------------------------------------------------------

/** The list: where its ten counters lie. Globals, since those need no check of bounds. */
let at0: usize = 0;
let at1: usize = 0;
let at2: usize = 0;
let at3: usize = 0;
let at4: usize = 0;
let at5: usize = 0;
let at6: usize = 0;
let at7: usize = 0;
let at8: usize = 0;
let at9: usize = 0;
let energySets: usize = 0;
let coarseNear: i32 = 0;
let totalEnergy: i32 = 0;
let column: i32 = 0;
let row: i32 = 0;
let place: usize = 0;
/** Whether a run of zeros around ended at a place whose magnitude is not zero, this being decided. */
let found: bool = false;

// ---- Counters and weights -----------------------------------------------------------------------------------------------

/** Forgets everything that was learned. */
export function reset(): void {
  chooses = false;
  const fresh = i32x4.splat(FRESH_COUNTER), counter = v128.shuffle<i32>(fresh, derivedFour(fresh), 0, 4, 1, 5);
  for (let at = COUNTERS; at < REST_COUNTERS; at += 16) v128.store(at, counter);
  const plain = i32x4.splat(FRESH_COUNTER);
  for (let at = REST_COUNTERS; at < SETS; at += 16) v128.store(at, plain);
  const weights = i32x4.splat(START_WEIGHT);
  const end = i32x4.replace_lane(i32x4.replace_lane(weights, 2, 0), 3, 0);
  for (let at = SETS; at < PLANES; at += SET_BYTES) {
    v128.store(at, weights);
    v128.store(at, weights, 16);
    v128.store(at, end, 32);
  }
}

// @ts-ignore: decorator
@inline
function squash(logit: i32): i32 {
  return load<u16>(SQUASH + (<usize>(logit + SQUASH_LIMIT) << 1));
}

/** Two counters of the list with what follows from them, as the lower halves of two counters each. */
// @ts-ignore: decorator
@inline
function pair(first: usize, second: usize): v128 {
  return v128.shuffle<i32>(v128.load64_zero(first), v128.load64_zero(second), 0, 4, 1, 5);
}

// @ts-ignore: decorator
@inline
function statesOf(a: v128, b: v128): v128 {
  return v128.shuffle<i64>(a, b, 0, 2);
}

// @ts-ignore: decorator
@inline
function derivedOf(a: v128, b: v128): v128 {
  return v128.shuffle<i64>(a, b, 1, 3);
}

// @ts-ignore: decorator
@inline
function product(weights: v128, inputs: v128): v128 {
  return i32x4.mul(i32x4.shr_s(weights, 2), inputs);
}

/** Both logits, as lanes 0 and 2. */
// @ts-ignore: decorator
@inline
function totals(a: v128, b: v128): v128 {
  const halves = i32x4.add(v128.shuffle<i32>(a, b, 0, 1, 4, 5), v128.shuffle<i32>(a, b, 2, 3, 6, 7));
  const sums = i32x4.shr_s(i32x4.add(halves, v128.shuffle<i32>(halves, halves, 1, 0, 3, 2)), 14);
  return i32x4.max_s(i32x4.min_s(sums, i32x4.splat(SQUASH_LIMIT - 1)), i32x4.splat(-SQUASH_LIMIT));
}

// @ts-ignore: decorator
@inline
function sum(a: v128, b: v128, c: v128): v128 {
  return i32x4.add(i32x4.add(a, b), c);
}

/** The probability of 1 by the counters of the list, `skip` bytes on. */
function predict(skip: usize, first: usize, second: usize): i32 {
  const i0 = i32x4.shr_s(derivedOf(pair(at0 + skip, at1 + skip), pair(at2 + skip, at3 + skip)), 16);
  const i1 = i32x4.shr_s(derivedOf(pair(at4 + skip, at5 + skip), pair(at6 + skip, at7 + skip)), 16);
  const i2 = i32x4.shr_s(derivedOf(pair(at8 + skip, at9 + skip), v128.load(CONSTANT_PAIR)), 16);
  return mixed(i0, i1, i2, first, second);
}

/** The probability of 1 by inputs and two weight sets. */
// @ts-ignore: decorator
@inline
function mixed(i0: v128, i1: v128, i2: v128, first: usize, second: usize): i32 {
  const both = totals(
    sum(product(v128.load(first), i0), product(v128.load(first, 16), i1), product(v128.load(first, 32), i2)),
    sum(product(v128.load(second), i0), product(v128.load(second, 16), i1), product(v128.load(second, 32), i2)),
  );
  return squash((i32x4.extract_lane(both, 0) + i32x4.extract_lane(both, 2)) >> 1);
}

/** Counters' states after an outcome, whose mask has the bits of a probability for 1. */
// @ts-ignore: decorator
@inline
function moved(states: v128, paces: v128, mask: v128, ones: v128, most: v128): v128 {
  const from = v128.xor(i32x4.shr_u(states, 10), mask);
  const rate = i32x4.shr_u(i32x4.shl(paces, 16), 16);
  const to = i32x4.sub(from, i32x4.shr_u(i32x4.mul(i32x4.shr_u(from, 6), rate), 8));
  const count = i32x4.min_s(i32x4.add(v128.and(states, most), ones), most);
  return v128.or(i32x4.shl(v128.xor(to, mask), 10), count);
}

/** How far a logit was off, times the learning rate by the number of updates. */
// @ts-ignore: decorator
@inline
function scaledError(target: i32, logit: i32, count: i32): v128 {
  return i32x4.splat(((target - squash(logit)) * <i32>load<u16>(SET_RATE + (<usize>count << 1))) >> 10);
}

// @ts-ignore: decorator
@inline
function adjusted(weights: v128, inputs: v128, error: v128, limit: v128, least: v128): v128 {
  const to = i32x4.add(weights, i32x4.shr_s(i32x4.mul(inputs, error), 10));
  return i32x4.max_s(i32x4.min_s(to, limit), least);
}

/** What follows from the states of four counters: their logits × 65536, plus their learning rates. */
function derivedFour(states: v128): v128 {
  const places = i32x4.shl(i32x4.shr_u(states, 20), 1);
  const counts = i32x4.shl(v128.and(states, v128.load(LIMITS, 64)), 2);
  let logits = v128.load16_lane(STRETCH + <usize>i32x4.extract_lane(places, 0), i32x4.splat(0), 0);
  logits = v128.load16_lane(STRETCH + <usize>i32x4.extract_lane(places, 1), logits, 2);
  logits = v128.load16_lane(STRETCH + <usize>i32x4.extract_lane(places, 2), logits, 4);
  logits = v128.load16_lane(STRETCH + <usize>i32x4.extract_lane(places, 3), logits, 6);
  let paces = v128.load32_zero(PACE + <usize>i32x4.extract_lane(counts, 0));
  paces = v128.load32_lane(PACE + <usize>i32x4.extract_lane(counts, 1), paces, 1);
  paces = v128.load32_lane(PACE + <usize>i32x4.extract_lane(counts, 2), paces, 2);
  paces = v128.load32_lane(PACE + <usize>i32x4.extract_lane(counts, 3), paces, 3);
  // The upper half of a lane of logits is zero, so that pairs multiply as 16 bits.
  const products = i32x4.dot_i16x8_s(logits, paces);
  const inputs = i32x4.shl(i32x4.shr_s(products, 8), 16);
  return v128.or(inputs, i32x4.shr_u(paces, 16));
}

/** The same for counters that have reached the largest count. */
function derivedOld(states: v128): v128 {
  const places = i32x4.shl(i32x4.shr_u(states, 20), 2);
  let follows = v128.load32_zero(OLD_DERIVED + <usize>i32x4.extract_lane(places, 0));
  follows = v128.load32_lane(OLD_DERIVED + <usize>i32x4.extract_lane(places, 1), follows, 1);
  follows = v128.load32_lane(OLD_DERIVED + <usize>i32x4.extract_lane(places, 2), follows, 2);
  return v128.load32_lane(OLD_DERIVED + <usize>i32x4.extract_lane(places, 3), follows, 3);
}

/** Codes a decision by the counters of the list, `skip` bytes on, and learns from it. */
function decide(skip: usize, first: usize, second: usize, bit: i32): i32 {
  const t0 = pair(at0 + skip, at1 + skip), t1 = pair(at2 + skip, at3 + skip), t2 = pair(at4 + skip, at5 + skip);
  const t3 = pair(at6 + skip, at7 + skip), t4 = pair(at8 + skip, at9 + skip), t5 = v128.load(CONSTANT_PAIR);
  const l0 = derivedOf(t0, t1), l1 = derivedOf(t2, t3), l2 = derivedOf(t4, t5);
  const i0 = i32x4.shr_s(l0, 16), i1 = i32x4.shr_s(l1, 16), i2 = i32x4.shr_s(l2, 16);
  const a0 = v128.load(first), a1 = v128.load(first, 16), a2 = v128.load(first, 32);
  const b0 = v128.load(second), b1 = v128.load(second, 16), b2 = v128.load(second, 32);
  const both = totals(
    sum(product(a0, i0), product(a1, i1), product(a2, i2)),
    sum(product(b0, i0), product(b1, i1), product(b2, i2)),
  );
  const logitA = i32x4.extract_lane(both, 0), logitB = i32x4.extract_lane(both, 2);
  const outcome = code(bit, squash((logitA + logitB) >> 1));

  const target = outcome << 16;
  const limit = v128.load(LIMITS), endLimit = v128.load(LIMITS, 16), counted = v128.load(LIMITS, 32);
  const least = i32x4.neg(limit);
  const errorA = scaledError(target, logitA, i32x4.extract_lane(a2, 3));
  v128.store(first, adjusted(a0, i0, errorA, limit, least));
  v128.store(first, adjusted(a1, i1, errorA, limit, least), 16);
  v128.store(first, adjusted(i32x4.add(a2, counted), i2, errorA, endLimit, least), 32);
  const errorB = scaledError(target, logitB, i32x4.extract_lane(b2, 3));
  v128.store(second, adjusted(b0, i0, errorB, limit, least));
  v128.store(second, adjusted(b1, i1, errorB, limit, least), 16);
  v128.store(second, adjusted(i32x4.add(b2, counted), i2, errorB, endLimit, least), 32);

  const mask = i32x4.splat(-outcome & 0x3fffff), ones = v128.load(LIMITS, 48), most = v128.load(LIMITS, 64);
  const n0 = moved(statesOf(t0, t1), l0, mask, ones, most), n1 = moved(statesOf(t2, t3), l1, mask, ones, most);
  const n2 = moved(statesOf(t4, t5), l2, mask, ones, most);
  let d0: v128, d1: v128, d2: v128;
  if (i32x4.all_true(i32x4.eq(v128.and(v128.and(n0, n1), v128.and(n2, most)), most))) {
    d0 = derivedOld(n0);
    d1 = derivedOld(n1);
    d2 = derivedOld(n2);
  } else {
    d0 = derivedFour(n0);
    d1 = derivedFour(n1);
    d2 = derivedFour(n2);
  }
  keepPair(at0 + skip, at1 + skip, v128.shuffle<i32>(n0, d0, 0, 4, 1, 5));
  keepPair(at2 + skip, at3 + skip, v128.shuffle<i32>(n0, d0, 2, 6, 3, 7));
  keepPair(at4 + skip, at5 + skip, v128.shuffle<i32>(n1, d1, 0, 4, 1, 5));
  keepPair(at6 + skip, at7 + skip, v128.shuffle<i32>(n1, d1, 2, 6, 3, 7));
  keepPair(at8 + skip, at9 + skip, v128.shuffle<i32>(n2, d2, 0, 4, 1, 5));
  return outcome;
}

// @ts-ignore: decorator
@inline
function loneProbability(counter: u32): i32 {
  return squash(load<i16>(STRETCH + (<usize>(counter >> 20) << 1)));
}

function decideAlone(at: usize, bit: i32): i32 {
  const counter = load<u32>(at);
  const outcome = code(bit, loneProbability(counter));
  const mask: u32 = -outcome & 0x3fffff;
  const from = (counter >> 10) ^ mask;
  const count = counter & 1023;
  const to = from - (((from >> 6) * <u32>load<u16>(PACE + (<usize>count << 2), 2)) >> 8);
  store<u32>(at, ((to ^ mask) << 10) | (count + u32(count < COUNT_LIMIT)));
  return outcome;
}

// ---- What surrounds a place ---------------------------------------------------------------------------------------------

// @ts-ignore: decorator
@inline
function fine(energy: i32): i32 {
  return load<u8>(FINE + <usize>(energy < ENERGY_CLIP ? energy : ENERGY_CLIP));
}

// @ts-ignore: decorator
@inline
function coarse(energy: i32): i32 {
  return load<u8>(COARSE_CLASS + <usize>(energy < ENERGY_CLIP ? energy : ENERGY_CLIP));
}

// @ts-ignore: decorator
@inline
function near(magnitude: i32): i32 {
  return load<u8>(NEAR + <usize>magnitude);
}

// @ts-ignore: decorator
@inline
function magnitudes(at: usize): v128 {
  return i16x8.abs(v128.load(at));
}

/** Four times the place and its four neighbours, of eight places. */
// @ts-ignore: decorator
@inline
function cross(at: usize, stride: usize): v128 {
  const sides = i16x8.add(magnitudes(at - 2), magnitudes(at + 2));
  const ends = i16x8.add(magnitudes(at - stride), magnitudes(at + stride));
  return i16x8.add(i16x8.shl(magnitudes(at), 2), i16x8.add(sides, ends));
}

/** Crosses of the parents of `count` places from column x on; those past the parent's end are the last one's. */
function gatherParents(x: i32, y: i32, count: i32): void {
  const stride = <usize>(parentWidth + 2 * MARGIN) << 1;
  const parentRow = y >> 1 < parentHeight ? y >> 1 : parentHeight - 1;
  const from = parent + <usize>(parentRow + MARGIN) * stride + (MARGIN << 1);
  const first = x >> 1, wanted = (count + 1) >> 1;
  const there = min(parentWidth - first, wanted);
  for (let i = 0; i < there; i += 8) {
    v128.store(PARENTS + (<usize>i << 1), cross(from + (<usize>(first + i) << 1), stride));
  }
  if (there >= wanted) return;
  const end = cross(from + (<usize>(parentWidth - 1) << 1), stride);
  for (let i = max(there, 0); i < wanted; i++) {
    store<u16>(PARENTS + (<usize>i << 1), <u16>i16x8.extract_lane_u(end, 0));
  }
}

/** Energies of `count` places of a row from column x on, as far as they are known before any of them is coded. */
function lookAround(x: i32, y: i32, count: i32): void {
  if (parent != 0) gatherParents(x, y, count);
  const stride = strideBytes;
  const inside = <usize>(y + MARGIN) * stride + (<usize>(x + MARGIN) << 1);
  for (let i = 0; i < count; i += 8) {
    const skip = <usize>i << 1;
    const own = plane + inside + skip;
    const n = magnitudes(own - stride), nn = magnitudes(own - 2 * stride);
    const nw = magnitudes(own - stride - 2), ne = magnitudes(own - stride + 2);
    const diagonal = i16x8.add(nw, ne);
    let above: v128;
    if (orientation == 1) {
      const five = i16x8.add(i16x8.shl(n, 2), n);
      above = i16x8.add(i16x8.add(nn, five), i16x8.add(diagonal, i16x8.shr_u(diagonal, 1)));
    } else if (orientation == 2) {
      const two = i16x8.add(i16x8.shr_u(nn, 1), i16x8.shl(n, 1));
      above = i16x8.add(two, i16x8.add(diagonal, i16x8.shr_u(diagonal, 1)));
    } else {
      const three = i16x8.add(i16x8.shr_u(nn, 1), i16x8.add(n, i16x8.shl(n, 1)));
      above = i16x8.add(three, i16x8.shl(diagonal, 1));
    }
    const most = i16x8.max_u(n, i16x8.max_u(nw, ne)), far = i16x8.add(nn, ne);
    let relatives = i16x8.splat(0), siblings = i16x8.splat(0), channels = i16x8.splat(0);
    if (parent != 0) {
      const pairs = v128.load64_zero(PARENTS + <usize>i);
      relatives = v128.shuffle<i16>(pairs, pairs, 0, 0, 1, 1, 2, 2, 3, 3);
    }
    if (horizontal != 0) siblings = cross(horizontal + inside + skip, stride);
    if (vertical != 0) siblings = i16x8.add(siblings, cross(vertical + inside + skip, stride));
    if (earlier != 0) channels = cross(earlier + inside + skip, stride);
    if (earliest != 0) {
      channels = i16x8.add(channels, i16x8.shr_u(cross(earliest + inside + skip, stride), 1));
    }
    const sum = i16x8.add_sat_u(relatives, i16x8.add_sat_u(siblings, channels));
    v128.store(ABOVE + skip, above);
    v128.store(NORTH + skip, n);
    v128.store(MOST + skip, most);
    v128.store(LEAST + skip, i16x8.min_u(n, ne));
    v128.store(FAR + skip, far);
    v128.store(RELATIVE_ENERGY + skip, relatives);
    v128.store(SIBLING_ENERGY + skip, siblings);
    v128.store(CHANNEL_ENERGY + skip, channels);
    v128.store(STATIC_ENERGY + skip, sum);
    const any = v128.or(v128.or(above, most), v128.or(far, sum));
    let zeros = i16x8.bitmask(i16x8.eq(any, i16x8.splat(0)));
    if (count - i < 8) zeros &= (1 << (count - i)) - 1;
    store<u8>(ZEROS + <usize>(i >> 3), zeros);
  }
  store<u64>(ZEROS + <usize>((count + 7) >> 3), 0);
}

// What the list was turned to last.
let listPlace: i32 = 0;
let listWest: i32 = 0;
let listWest2: i32 = 0;
let listGradient: i32 = 0;

/** Makes the list that of a place's token again. */
function turnBack(): void {
  turnTo(listPlace, listWest, listWest2, listGradient);
}

/** Takes the weight sets of a quantiser; where all around is zero both have the same, so that runs of zeros do. */
// @ts-ignore: decorator
@inline
function useQuantiser(quantiser: i32): void {
  const own = totalEnergy == 0 ? 0 : <usize>quantiser;
  quantiserSets = stepSets + own * STEP_SETS_BYTES;
  energySets = ENERGY_SETS + own * ENERGY_SETS_BYTES + <usize>(totalEnergy * (4 * SET_BYTES));
}

/** Makes the list that of the token of place number i of the segment, with magnitudes w and ww to the left. */
function turnTo(i: i32, w: i32, ww: i32, gradient: i32): void {
  if (chooses) {
    listPlace = i;
    listWest = w;
    listWest2 = ww;
    listGradient = gradient;
  }
  const skip = <usize>i << 1;
  const n = <i32>load<u16>(NORTH + skip);
  const energy = <i32>load<u16>(ABOVE + skip) + w * westFactor + (ww >> westShift);
  const relatives = <i32>load<u16>(RELATIVE_ENERGY + skip) + gradient;
  const siblings = <i32>load<u16>(SIBLING_ENERGY + skip);
  const others = <i32>load<u16>(STATIC_ENERGY + skip) + gradient;
  const fineNear = fine(energy), fineTotal = fine(2 * energy + others);
  const nearCoarse = <i32>load<u8>(COARSE_OF_FINE + <usize>fineNear);
  const totalCoarse = <i32>load<u8>(COARSE_OF_FINE + <usize>fineTotal);
  coarseNear = nearCoarse;
  totalEnergy = fineTotal;
  useQuantiser(trellisState & 1);
  const most = <i32>load<u16>(MOST + skip), least = <i32>load<u16>(LEAST + skip);
  const before = earlier == 0 ? ww : abs(<i32>load<i16>(earlier + place - plane));
  const base = kindCounters;
  at0 = base + (levelOffset + fineNear) * CONTEXT_BYTES;
  at1 = base + TOTAL + fineTotal * CONTEXT_BYTES;
  at2 = base + SIDES + (near(w) * alongWest + near(n) * alongNorth) * CONTEXT_BYTES;
  at3 = base + CHANNELS + (coarse(load<u16>(CHANNEL_ENERGY + skip)) * 10 + nearCoarse) * CONTEXT_BYTES;
  const family = siblings == 0 ? nearCoarse : coarse(siblings);
  at4 = base + RELATIVES + (coarse(relatives) * 10 + family) * CONTEXT_BYTES;
  at5 = base + AROUND + (coarse(4 * (ww + <i32>load<u16>(FAR + skip))) * 10 + totalCoarse) * CONTEXT_BYTES;
  at6 = base + OTHERS + (levelOffset + fine(others)) * CONTEXT_BYTES;
  at7 = base + PLACE + (near(before) * 10 + near((w + n + 1) >> 1)) * CONTEXT_BYTES;
  at8 = base + EXTREMES + (near(max(w, most)) * 10 + near(min(w, least))) * CONTEXT_BYTES;
  at9 = base + COARSE + nearCoarse * CONTEXT_BYTES;
}

// @ts-ignore: decorator
@inline
function signAt(at: usize): i32 {
  const residual = <i32>load<i16>(at);
  return load<u8>(SIGN_CLASS + 6 + <usize>(residual > 6 ? 6 : residual < -6 ? -6 : residual));
}

// @ts-ignore: decorator
@inline
function triple(a: i32, b: i32, c: i32): i32 {
  return (a * 5 + b) * 5 + c;
}

// @ts-ignore: decorator
@inline
function signCounter(i: i32, context: i32): usize {
  return signCounters + <usize>((i * TRIPLES + context) * COUNTER_BYTES);
}

/** Makes the list that of the place's sign. */
function turnToSign(): void {
  const stride = strideBytes, own = place, inside = own - plane;
  const w = signAt(own - 2), n = signAt(own - stride), nw = signAt(own - stride - 2);
  const c1 = earlier == 0 ? 2 : signAt(earlier + inside), c2 = earliest == 0 ? 2 : signAt(earliest + inside);
  at0 = signCounter(0, triple(w, n, c1));
  at1 = signCounter(1, triple(nw, n, signAt(own - stride + 2)));
  at2 = signCounter(2, triple(w, signAt(own - 4), nw));
  at3 = signCounter(3, triple(n, signAt(own - 2 * stride), c1));
  at4 = signCounter(4, triple(c1, c2, w));
  let beside = ALL_ZERO, around = ALL_ZERO, relative = ALL_ZERO, crossing = ALL_ZERO;
  if (earlier != 0) {
    const at = earlier + inside;
    beside = triple(signAt(at - 2), signAt(at + 2), c1);
    around = triple(signAt(at - stride), signAt(at + stride), c1);
  }
  if (horizontal != 0) {
    const at = horizontal + inside;
    relative = triple(signAt(at), signAt(at + 2), signAt(at + stride));
  } else if (parent != 0) {
    const parentStride = <usize>(parentWidth + 2 * MARGIN) << 1;
    const px = min(column >> 1, parentWidth - 1), py = min(row >> 1, parentHeight - 1);
    const at = parent + <usize>(py + MARGIN) * parentStride + (<usize>(px + MARGIN) << 1);
    relative = triple(signAt(at), signAt(at + 2), signAt(at + parentStride));
  }
  if (vertical != 0) crossing = triple(signAt(vertical + inside), signAt(vertical + inside + 2), n);
  at5 = signCounter(5, beside);
  at6 = signCounter(6, around);
  at7 = signCounter(7, relative);
  at8 = signCounter(8, crossing);
  at9 = signCounter(9, coarseNear);
}

// ---- One coefficient ----------------------------------------------------------------------------------------------------

/** Token of a magnitude. */
function tokenOf(magnitude: u32): i32 {
  if (magnitude <= PLAIN_TOKENS) return magnitude;
  const below = magnitude - 1;
  const high = 31 - clz(below);
  return 5 + 2 * (high - 2) + ((below >> (high - 1)) & 1);
}

// @ts-ignore: decorator
@inline
function extraBitsOf(token: i32): i32 {
  return <u32>token <= PLAIN_TOKENS ? 0 : ((token - 5) >> 1) + 1;
}

// @ts-ignore: decorator
@inline
function firstMagnitudeOf(token: i32): i32 {
  return <u32>token <= PLAIN_TOKENS ? token : ((2 + ((token - 5) & 1)) << extraBitsOf(token)) + 1;
}

// @ts-ignore: decorator
@inline
function stepOf(token: i32): i32 {
  return token < STEPS ? token : STEPS - 1;
}

// @ts-ignore: decorator
@inline
function stepSet(step: i32): usize {
  return quantiserSets + <usize>(step * SET_BYTES);
}

// @ts-ignore: decorator
@inline
function energySet(step: i32): usize {
  return energySets + <usize>(min(step, 3) * SET_BYTES);
}

/** Codes the steps of the token from one on; gives the token. */
function codeToken(wanted: i32, from: i32): i32 {
  for (let token = from; token < TOKENS; token++) {
    const step = stepOf(token);
    const more = decide(<usize>(step * COUNTER_BYTES), stepSet(step), energySet(step), i32(wanted > token));
    if (more == 0) return token;
  }
  status = ENDLESS;
  return 0;
}

// @ts-ignore: decorator
@inline
function restCounter(token: i32): usize {
  return REST_COUNTERS + (<usize>((kind * TOKENS + token) << 2) << 2);
}

/** Codes the bits that a token leaves open; gives the magnitude. */
function codeRest(token: i32, magnitude: u32): i64 {
  const count = extraBitsOf(token), first = firstMagnitudeOf(token);
  const at = restCounter(token);
  let value: u32 = 0;
  for (let i = 0; i < count; i++) {
    const wanted = <i32>((magnitude - first) >> (count - 1 - i)) & 1;
    const outcome = i == 0
      ? decideAlone(at, wanted)
      : i == 1
      ? decideAlone(at + 4 + (<usize>(value & 1) << 2), wanted)
      : code(wanted, FAIR);
    value = value * 2 + outcome;
  }
  return <i64>first + <i64>value;
}

/**
 * Codes a value at the place, to which the list is turned, against a prediction, from a step of its token on. Notes it in the
 * plane. Gives the value.
 */
function codeValue(wanted: i64, prediction: i64, from: i32): i64 {
  const residual = wanted - prediction;
  const magnitude = <u32>(residual < 0 ? -residual : residual);
  const token = codeToken(tokenOf(magnitude), from);
  if (token == 0) return prediction;
  turnToSign();
  const second = SIGN_ENERGY_SETS + <usize>(coarseNear * SET_BYTES);
  const negative = decide(0, signSet, second, i32(residual < 0));
  const coded = codeRest(token, magnitude);
  const value = negative != 0 ? prediction - coded : prediction + coded;
  if (value > MAX_MAGNITUDE || value < -MAX_MAGNITUDE) {
    status = TOO_LARGE;
    refused = value;
    return 0;
  }
  const noted = value - prediction;
  store<i16>(place, <i16>(noted > MAGNITUDE_CLIP ? MAGNITUDE_CLIP : noted < -MAGNITUDE_CLIP ? -MAGNITUDE_CLIP : noted));
  return value;
}

// ---- Choosing by cost -----------------------------------------------------------------------------------------------------

// @ts-ignore: decorator
@inline
function bitCost(probability: i32): i32 {
  return load<u16>(BIT_COST + (<usize>(probability >> 4) << 1));
}

function restCost(token: i32, magnitude: u32): i32 {
  const count = extraBitsOf(token), left = magnitude - firstMagnitudeOf(token);
  let cost = 0;
  if (count > 0) cost += aloneCost(restCounter(token), left >> (count - 1));
  if (count > 1) {
    const high = (left >> (count - 1)) & 1;
    cost += aloneCost(restCounter(token) + 4 + (<usize>high << 2), left >> (count - 2));
  }
  return count > 2 ? cost + (count - 2) * bitCost(FAIR) : cost;
}

// @ts-ignore: decorator
@inline
function aloneCost(at: usize, bit: u32): i32 {
  const probability = loneProbability(load<u32>(at));
  return bitCost((bit & 1) != 0 ? probability : 65536 - probability);
}

/** Tokens whose cost is known at the place, and what it costs to go on. */
let known: i32 = 0;
let going: i32 = 0;
/** 0 until it is known. */
let signProbability: i32 = 0;

/** Bits of a value at the place, in 1/256. Asked for several values before one of them is coded. */
function costOf(value: i64, prediction: i64): i32 {
  const residual = value - prediction;
  const magnitude = <u32>(residual < 0 ? -residual : residual);
  const token = tokenOf(magnitude);
  if (known <= token && signProbability != 0) turnBack();
  for (; known <= token; known++) {
    const step = stepOf(known);
    const probability = predict(<usize>(step * COUNTER_BYTES), stepSet(step), energySet(step));
    store<i32>(TOKEN_COSTS + (<usize>known << 2), going + bitCost(65536 - probability));
    going += bitCost(probability);
  }
  const cost = load<i32>(TOKEN_COSTS + (<usize>token << 2));
  if (token == 0) return cost;
  if (signProbability == 0) {
    turnToSign();
    signProbability = predict(0, signSet, SIGN_ENERGY_SETS + <usize>(coarseNear * SET_BYTES));
  }
  return cost + bitCost(residual < 0 ? signProbability : 65536 - signProbability) + restCost(token, magnitude);
}

// @ts-ignore: decorator
@inline
function weighed(target: i32, value: i32, prediction: i64): i64 {
  const error = <i64>target - <i64>value * SCALED_UNITS;
  return error * error * 256 + lambda * <i64>costOf(value, prediction);
}

/** The value that costs least in error and bits: the nearest one, the next nearer to zero, or zero. */
function choose(target: i32, prediction: i64): i64 {
  const nearest = nearestOf(target);
  if (nearest == 0) return 0;
  known = going = signProbability = 0;
  const nearer = nearest < 0 ? nearest + 1 : nearest - 1;
  let best = nearest, least = weighed(target, nearest, prediction);
  const cost = weighed(target, nearer, prediction);
  if (cost < least) {
    best = nearer;
    least = cost;
  }
  if ((nearer == 1 || nearer == -1) && weighed(target, 0, prediction) < least) best = 0;
  if (signProbability != 0) turnBack();
  return best;
}

// @ts-ignore: decorator
@inline
function nearestOf(target: i32): i32 {
  const magnitude = (<u32>abs(target) + (SCALED_UNITS >> 1)) / SCALED_UNITS;
  return target < 0 ? -(<i32>magnitude) : <i32>magnitude;
}

// @ts-ignore: decorator
@inline
function wantedAt(at: usize, prediction: i64): i64 {
  return mode == DECODE ? 0 : chooses ? choose(load<i32>(at), prediction) : <i64>load<i32>(at);
}

// ---- Rows -----------------------------------------------------------------------------------------------------------------

/**
 * Codes up to `count` zeros, of places around which everything is zero, so that all have the same counters; encoders stop before
 * what is not zero. Gives how many; `found` says whether the next one was decided not to be zero.
 */
function codeZeros(at: usize, count: i32): i32 {
  found = false;
  turnTo((at - segmentRow) >> 2, 0, 0, 0);
  const first = quantiserSets, second = energySets;
  const t0 = pair(at0, at1), t1 = pair(at2, at3), t2 = pair(at4, at5), t3 = pair(at6, at7), t4 = pair(at8, at9);
  const t5 = v128.load(CONSTANT_PAIR);
  let s0 = statesOf(t0, t1), s1 = statesOf(t2, t3), s2 = statesOf(t4, t5);
  let l0 = derivedOf(t0, t1), l1 = derivedOf(t2, t3), l2 = derivedOf(t4, t5);
  let i0 = i32x4.shr_s(l0, 16), i1 = i32x4.shr_s(l1, 16), i2 = i32x4.shr_s(l2, 16);
  let a0 = v128.load(first), a1 = v128.load(first, 16), a2 = v128.load(first, 32);
  let b0 = v128.load(second), b1 = v128.load(second, 16), b2 = v128.load(second, 32);
  const shows = v128.load(LIMITS, 80);
  let done = 0;
  for (; done < count; done++) {
    const here = at + (<usize>done << 2);
    if (mode != DECODE) {
      const target = load<i32>(here);
      if (chooses ? nearestOf(target) != 0 : target != 0) break;
    }
    store<i32>(here, 0);
    const both = totals(
      sum(product(a0, i0), product(a1, i1), product(a2, i2)),
      sum(product(b0, i0), product(b1, i1), product(b2, i2)),
    );
    const logitA = i32x4.extract_lane(both, 0), logitB = i32x4.extract_lane(both, 2);
    const outcome = code(0, squash((logitA + logitB) >> 1));
    const target = outcome << 16;
    const limit = v128.load(LIMITS), endLimit = v128.load(LIMITS, 16), counted = v128.load(LIMITS, 32);
    const least = i32x4.neg(limit);
    const errorA = scaledError(target, logitA, i32x4.extract_lane(a2, 3));
    const errorB = scaledError(target, logitB, i32x4.extract_lane(b2, 3));
    a0 = adjusted(a0, i0, errorA, limit, least);
    a1 = adjusted(a1, i1, errorA, limit, least);
    a2 = adjusted(i32x4.add(a2, counted), i2, errorA, endLimit, least);
    b0 = adjusted(b0, i0, errorB, limit, least);
    b1 = adjusted(b1, i1, errorB, limit, least);
    b2 = adjusted(i32x4.add(b2, counted), i2, errorB, endLimit, least);
    const mask = i32x4.splat(-outcome & 0x3fffff), ones = v128.load(LIMITS, 48), most = v128.load(LIMITS, 64);
    const n0 = moved(s0, l0, mask, ones, most), n1 = moved(s1, l1, mask, ones, most);
    const n2 = moved(s2, l2, mask, ones, most);
    const change = v128.or(v128.or(v128.xor(s0, n0), v128.xor(s1, n1)), v128.xor(s2, n2));
    s0 = n0;
    s1 = n1;
    s2 = n2;
    // Logits and rates follow from the upper bits of the probability and the count.
    if (v128.any_true(v128.and(change, shows))) {
      l0 = derivedFour(s0);
      l1 = derivedFour(s1);
      l2 = v128.shuffle<i32>(derivedFour(s2), l2, 0, 1, 6, 7);
      i0 = i32x4.shr_s(l0, 16);
      i1 = i32x4.shr_s(l1, 16);
      i2 = i32x4.shr_s(l2, 16);
    }
    if (outcome != 0) {
      found = true;
      break;
    }
  }
  v128.store(first, a0);
  v128.store(first, a1, 16);
  v128.store(first, a2, 32);
  v128.store(second, b0);
  v128.store(second, b1, 16);
  v128.store(second, b2, 32);
  keepPair(at0, at1, v128.shuffle<i32>(s0, l0, 0, 4, 1, 5));
  keepPair(at2, at3, v128.shuffle<i32>(s0, l0, 2, 6, 3, 7));
  keepPair(at4, at5, v128.shuffle<i32>(s1, l1, 0, 4, 1, 5));
  keepPair(at6, at7, v128.shuffle<i32>(s1, l1, 2, 6, 3, 7));
  keepPair(at8, at9, v128.shuffle<i32>(s2, l2, 0, 4, 1, 5));
  return done;
}

// @ts-ignore: decorator
@inline
function keepPair(first: usize, second: usize, counters: v128): void {
  v128.store64_lane(first, counters, 0);
  v128.store64_lane(second, counters, 1);
}

/** Values of the segment at hand. */
let segmentRow: usize = 0;

/** Prepares `count` places of the row y from column x on, whose values lie from `at` on; fails where memory ends. */
function beginSegment(x: i32, y: i32, count: i32, at: usize): void {
  lookAround(x, y, count);
  segmentRow = at;
  row = y;
  if (mode != ENCODE) return;
  const end = next + <usize>count * DECISION_BYTES, there = <usize>memory.size() << 16;
  if (end > there && memory.grow(<i32>max((end - there + 65535) >> 16, GROWTH_PAGES)) < 0) status = NO_MEMORY;
}

// @ts-ignore: decorator
@inline
function magnitudeAt(at: usize): i32 {
  return abs(<i32>load<i16>(at));
}

/** Codes a row of a detail band. */
function codeDetailRow(y: i32, from: usize): void {
  for (let x = 0; x < width; x += SEGMENT) {
    const count = min(SEGMENT, width - x), at = from + (<usize>x << 2);
    beginSegment(x, y, count, at);
    const own = plane + <usize>(y + MARGIN) * strideBytes + (<usize>(x + MARGIN) << 1);
    for (let i = 0; i < count; i++) {
      if (status != FINE_STATUS) return;
      place = own + (<usize>i << 1);
      let w = magnitudeAt(place - 2), ww = magnitudeAt(place - 4), step = 0;
      if ((w | ww) == 0) {
        const run = <i32>ctz(~(load<u64>(ZEROS + <usize>(i >> 3)) >> (i & 7)));
        if (run >= SHORTEST_RUN) {
          const zeros = codeZeros(at + (<usize>i << 2), run);
          // Four zeros lead from any state back to it.
          for (let k = zeros & 3; isTrellis && k > 0; k--) goOn(0);
          if (zeros == run) {
            i += run - 1;
            continue;
          }
          i += zeros;
          place = own + (<usize>i << 1);
          step = i32(found);
        }
      }
      column = x + i;
      if (step == 0) turnTo(i, w, ww, 0);
      const here = at + (<usize>i << 2);
      if (isTrellis) codeLevel(here, step);
      else store<i32>(here, <i32>codeValue(wantedAt(here, 0), 0, step));
    }
  }
}

/** Goes on to the next place of the trellis. */
// @ts-ignore: decorator
@inline
function goOn(level: i32): void {
  trellisState = <i32>(NEXT_STATES >> (<u64>(2 * trellisState + (level & 1)) << 2)) & 7;
}

/** Codes a value of the trellis from a step of its token on. */
function codeLevel(at: usize, from: i32): void {
  const quantiser = <i64>(trellisState & 1);
  let wanted: i64 = 0;
  if (mode != DECODE) {
    const value = <i64>load<i32>(at), doubled = value > 0 ? value + quantiser : value < 0 ? value - quantiser : 0;
    if ((doubled & 1) != 0) {
      status = NOT_OF_QUANTISER;
      refused = value;
      return;
    }
    wanted = doubled >> 1;
  }
  const level = codeValue(wanted, 0, from);
  const value = 2 * level - (level > 0 ? quantiser : level < 0 ? -quantiser : 0);
  if (value > MAX_MAGNITUDE || value < -MAX_MAGNITUDE) {
    status = TOO_LARGE;
    refused = value;
    return;
  }
  store<i32>(at, <i32>value);
  goOn(<i32>level);
}

/** Codes a row of an LL band; the row before it lies before it. */
function codeLowRow(y: i32, from: usize): void {
  const above = from - (<usize>width << 2);
  for (let x = 0; x < width; x += SEGMENT) {
    const count = min(SEGMENT, width - x);
    beginSegment(x, y, count, from + (<usize>x << 2));
    for (let i = 0; i < count; i++) {
      if (status != FINE_STATUS) return;
      column = x + i;
      place = plane + <usize>(y + MARGIN) * strideBytes + (<usize>(column + MARGIN) << 1);
      const skip = <usize>column << 2, here = from + skip;
      let prediction: i64 = 0, gradient: i64 = 0;
      if (y == 0) {
        if (column > 0) prediction = load<i32>(here - 4);
      } else {
        const n = <i64>load<i32>(above + skip);
        if (column == 0) {
          prediction = n;
        } else {
          const w = <i64>load<i32>(here - 4), nw = <i64>load<i32>(above + skip - 4);
          const ne = column + 1 < width ? <i64>load<i32>(above + skip + 4) : n;
          prediction = (2 * w + 2 * n - nw + ne) >> 2;
          gradient = abs(w - nw) + abs(n - nw) + abs(n - ne);
        }
      }
      turnTo(i, magnitudeAt(place - 2), magnitudeAt(place - 4), <i32>min<i64>(gradient, 65535));
      store<i32>(here, <i32>codeValue(wantedAt(here, prediction), prediction, 0));
    }
  }
}

// ---- The cheapest way through the trellis -----------------------------------------------------------------------------------

/** More than any way can cost. */
const NEVER: f64 = 4503599627370496;
/** Two ways lead to a state, from a lower and a higher one: the lower, the higher, and the way from the lower, four bits a state. */
const LOWER_STATES: u32 = 0x13132020;
const HIGHER_STATES: u32 = 0x75756464;
const LOWER_WAYS: u32 = 0x32231100;
/** Which ways are the cheaper ones where all levels are zero and cost alike. */
const ZERO_CHOICES: i32 = 0x9c;
/** Least magnitude, in 1/64 half steps, at which a level other than zero is tried, a quantiser. */
const LEAST_NONZERO_0: u32 = 51;
const LEAST_NONZERO_1: u32 = 26;
/** Bytes a place of what the search notes: a level a way, and a byte of choices. */
const PLACE_BYTES: usize = 20;
/** Bytes from the costs of a quantiser's tokens to those of the other one's. */
const OTHER_COSTS: usize = 4 * TOKENS;

/** Where the search notes what it found of a row. */
let notes: usize = 0;

// @ts-ignore: decorator
@inline
function nibble(packed: u32, i: i32): i32 {
  return <i32>(packed >> (<u32>i << 2)) & 15;
}

/** Costs of going on by an even and an odd level of the quantiser at hand. */
let evenCost: f64 = 0;
let oddCost: f64 = 0;

/** The largest level that is tried for a magnitude. */
// @ts-ignore: decorator
@inline
function largestLevel(magnitude: u32, quantiser: u32, least: u32): i32 {
  const lower = (magnitude + (quantiser << 6)) >> 7;
  return <i32>(lower > 0 || magnitude >= least ? lower + 1 : lower);
}

/** Probabilities of 1 by the counters of the list and the weight sets of each quantiser. */
let probability0: i32 = 0;
let probability1: i32 = 0;

/** Predicts a step of the token for both quantisers, whose sets lie `stepSkip` and `energySkip` apart. */
function predictBoth(skip: usize, first: usize, second: usize, stepSkip: usize, energySkip: usize): void {
  const i0 = i32x4.shr_s(derivedOf(pair(at0 + skip, at1 + skip), pair(at2 + skip, at3 + skip)), 16);
  const i1 = i32x4.shr_s(derivedOf(pair(at4 + skip, at5 + skip), pair(at6 + skip, at7 + skip)), 16);
  const i2 = i32x4.shr_s(derivedOf(pair(at8 + skip, at9 + skip), v128.load(CONSTANT_PAIR)), 16);
  probability0 = mixed(i0, i1, i2, first, second);
  probability1 = stepSkip == 0 ? probability0 : mixed(i0, i1, i2, first + stepSkip, second + energySkip);
}

/** Notes the costs of all tokens up to those of a level of quantiser 0, and of one of quantiser 1 that is not smaller. */
function learnTokens(most0: i32, most1: i32): void {
  const last0 = tokenOf(most0), last1 = tokenOf(most1);
  const stepSkip: usize = totalEnergy == 0 ? 0 : STEP_SETS_BYTES;
  let going0 = 0, going1 = 0;
  for (let token = 0; token <= last1; token++) {
    const step = stepOf(token), skip = <usize>(step * COUNTER_BYTES), at = TOKEN_COSTS + (<usize>token << 2);
    predictBoth(skip, stepSet(step), energySet(step), stepSkip, ENERGY_SETS_BYTES);
    store<i32>(at + OTHER_COSTS, going1 + bitCost(65536 - probability1));
    going1 += bitCost(probability1);
    if (token > last0) continue;
    store<i32>(at, going0 + bitCost(65536 - probability0));
    going0 += bitCost(probability0);
  }
}

/** Finds the cheapest even and odd level of a quantiser for a target, and notes them. */
function offer(target: i32, quantiser: i32, largest: i32, costs: usize, signCost: i32, at: usize): void {
  const magnitude = abs(target);
  evenCost = oddCost = NEVER;
  for (let level = max(0, largest - 2); level <= largest; level++) {
    const value = 2 * level - (level > 0 ? quantiser : 0), token = tokenOf(level);
    const error = <i64>magnitude - (<i64>value << 6);
    let bits = load<i32>(costs + (<usize>token << 2));
    if (level > 0) bits += signCost + restCost(token, level);
    const cost = <f64>(error * error * 256 + lambda * <i64>bits);
    if ((level & 1) == 0) {
      if (cost < evenCost) {
        evenCost = cost;
        store<i32>(at, target < 0 ? -level : level);
      }
    } else if (cost < oddCost) {
      oddCost = cost;
      store<i32>(at, target < 0 ? -level : level, 4);
    }
  }
}

/**
 * Chooses the values of a row: Viterbi's algorithm from the state at hand, by the costs around the levels of the cheapest way so far.
 * The row is zero in the plane before and afterwards.
 */
function searchRow(y: i32, from: usize): void {
  const started = trellisState, inside = plane + <usize>(y + MARGIN) * strideBytes + (MARGIN << 1);
  let c0 = NEVER, c1 = NEVER, c2 = NEVER, c3 = NEVER, c4 = NEVER, c5 = NEVER, c6 = NEVER, c7 = NEVER;
  if (started == 0) c0 = 0;
  else if (started == 1) c1 = 0;
  else if (started == 2) c2 = 0;
  else if (started == 3) c3 = 0;
  else if (started == 4) c4 = 0;
  else if (started == 5) c5 = 0;
  else if (started == 6) c6 = 0;
  else c7 = 0;
  let best = started, note = notes;
  for (let x = 0; x < width; x += SEGMENT) {
    const count = min(SEGMENT, width - x), at = from + (<usize>x << 2);
    beginSegment(x, y, count, at);
    for (let i = 0; i < count; i++, note += PLACE_BYTES) {
      place = inside + (<usize>(x + i) << 1);
      column = x + i;
      const target = load<i32>(at + (<usize>i << 2));
      const w = magnitudeAt(place - 2), ww = magnitudeAt(place - 4);
      if (
        <u32>abs(target) < LEAST_NONZERO_1 && (w | ww) == 0 &&
        ((<i32>load<u8>(ZEROS + <usize>(i >> 3)) >> (i & 7)) & 1) != 0
      ) {
        store<i64>(note, 0);
        store<i64>(note, 0, 8);
        store<u8>(note, ZERO_CHOICES, 16);
        const second = c2, third = c3, fifth = c5;
        c2 = c4;
        c4 = fifth;
        c5 = c1;
        c1 = second;
        c3 = c6;
        c6 = third;
        continue;
      }
      const magnitude = <u32>abs(target);
      const most0 = largestLevel(magnitude, 0, LEAST_NONZERO_0), most1 = largestLevel(magnitude, 1, LEAST_NONZERO_1);
      trellisState = 0;
      turnTo(i, w, ww, 0);
      learnTokens(most0, most1);
      let signCost = 0;
      if (most1 > 0) {
        turnToSign();
        const probability = predict(0, signSet, SIGN_ENERGY_SETS + <usize>(coarseNear * SET_BYTES));
        signCost = bitCost(target < 0 ? probability : 65536 - probability);
      }
      offer(target, 0, most0, TOKEN_COSTS, signCost, note);
      const w0 = evenCost, w1 = oddCost;
      offer(target, 1, most1, TOKEN_COSTS + OTHER_COSTS, signCost, note + 8);
      const w2 = evenCost, w3 = oddCost;
      const l0 = c0 + w0, h0 = c4 + w1, l1 = c2 + w0, h1 = c6 + w1, l2 = c0 + w1, h2 = c4 + w0;
      const l3 = c2 + w1, h3 = c6 + w0, l4 = c3 + w3, h4 = c5 + w2, l5 = c1 + w2, h5 = c7 + w3;
      const l6 = c3 + w2, h6 = c5 + w3, l7 = c1 + w3, h7 = c7 + w2;
      const choices = i32(h0 < l0) | (i32(h1 < l1) << 1) | (i32(h2 < l2) << 2) | (i32(h3 < l3) << 3) |
        (i32(h4 < l4) << 4) | (i32(h5 < l5) << 5) | (i32(h6 < l6) << 6) | (i32(h7 < l7) << 7);
      store<u8>(note, choices, 16);
      c0 = min(l0, h0);
      c1 = min(l1, h1);
      c2 = min(l2, h2);
      c3 = min(l3, h3);
      c4 = min(l4, h4);
      c5 = min(l5, h5);
      c6 = min(l6, h6);
      c7 = min(l7, h7);
      best = cheapest(c0, c1, c2, c3, c4, c5, c6, c7);
      const level = load<i32>(note + (<usize>(nibble(LOWER_WAYS, best) ^ ((choices >> best) & 1)) << 2));
      store<i16>(place, <i16>max(-MAGNITUDE_CLIP, min(level, MAGNITUDE_CLIP)));
    }
  }
  memory.fill(inside, 0, <usize>width << 1);
  let state = cheapest(c0, c1, c2, c3, c4, c5, c6, c7);
  for (let at = from + (<usize>(width - 1) << 2); at >= from; at -= 4) {
    note -= PLACE_BYTES;
    const isHigher = (<i32>load<u8>(note, 16) >> state) & 1;
    const way = nibble(LOWER_WAYS, state) ^ isHigher, quantiser = way >> 1;
    const level = load<i32>(note + (<usize>way << 2));
    store<i32>(at, 2 * level - (level > 0 ? quantiser : level < 0 ? -quantiser : 0));
    state = nibble(isHigher != 0 ? HIGHER_STATES : LOWER_STATES, state);
  }
  trellisState = started;
}

/** The state of the least cost, the first of them. */
function cheapest(c0: f64, c1: f64, c2: f64, c3: f64, c4: f64, c5: f64, c6: f64, c7: f64): i32 {
  let best = 0, least = c0;
  if (c1 < least) {
    best = 1;
    least = c1;
  }
  if (c2 < least) {
    best = 2;
    least = c2;
  }
  if (c3 < least) {
    best = 3;
    least = c3;
  }
  if (c4 < least) {
    best = 4;
    least = c4;
  }
  if (c5 < least) {
    best = 5;
    least = c5;
  }
  if (c6 < least) {
    best = 6;
    least = c6;
  }
  return c7 < least ? 7 : best;
}

// ---- What the caller calls ------------------------------------------------------------------------------------------------

/** Lets the encoder choose values by error and bits; a bit is worth `weight`. The search through a trellis notes 20 bytes a place of a row. */
export function beginChoosing(weight: i32, searchNotes: usize): void {
  chooses = true;
  lambda = weight;
  notes = searchNotes;
}

/** Turns to a band. Planes are addresses, 0 for what is not there; values come from `rows` on, after room for one row. */
export function beginBand(
  bandKind: i32,
  bandLevelClass: i32,
  bandWidth: i32,
  ownPlane: usize,
  parentPlane: usize,
  widthOfParent: i32,
  heightOfParent: i32,
  horizontalPlane: usize,
  verticalPlane: usize,
  earlierPlane: usize,
  earliestPlane: usize,
  rowsAt: usize,
  hasTrellis: bool,
): void {
  kind = bandKind;
  levelClass = bandLevelClass;
  orientation = bandKind & 3;
  width = bandWidth;
  strideBytes = <usize>(bandWidth + 2 * MARGIN) << 1;
  plane = ownPlane;
  parent = parentPlane;
  parentWidth = widthOfParent;
  parentHeight = heightOfParent;
  horizontal = horizontalPlane;
  vertical = verticalPlane;
  earlier = earlierPlane;
  earliest = earliestPlane;
  rows = rowsAt;
  isTrellis = hasTrellis;
  trellisState = 0;
  const bandClass = kind * 3 + levelClass;
  kindCounters = COUNTERS + <usize>(kind * KIND_BYTES);
  levelOffset = levelClass * LEVEL_CONTEXTS;
  stepSets = SETS + <usize>(bandClass * STEPS * SET_BYTES);
  signCounters = SIGN_COUNTERS + <usize>(bandClass * 10 * TRIPLES * COUNTER_BYTES);
  signSet = SIGN_SETS + <usize>(bandClass * SET_BYTES);
  const isHorizontal = orientation == 1;
  westFactor = isHorizontal ? 2 : orientation == 2 ? 5 : 3;
  westShift = isHorizontal ? 1 : 0;
  alongWest = isHorizontal ? 1 : 10;
  alongNorth = isHorizontal ? 10 : 1;
}

/**
 * Codes `count` rows from row y on. Gives 0, or why it ended: 1 for a value out of range, 2 for a token, 3 for memory, 4 for a value
 * that its quantiser does not have.
 */
export function codeRows(y: i32, count: i32): i32 {
  status = FINE_STATUS;
  const rowBytes = <usize>width << 2;
  let at = rows + rowBytes;
  for (let i = 0; i < count && status == FINE_STATUS; i++, at += rowBytes) {
    if (orientation == 0) {
      codeLowRow(y + i, at);
    } else if (isTrellis && chooses) {
      searchRow(y + i, at);
      chooses = false;
      codeDetailRow(y + i, at);
      chooses = true;
    } else {
      codeDetailRow(y + i, at);
    }
  }
  memory.copy(rows, at - rowBytes, rowBytes);
  return status;
}

/** The value that was out of range. */
export function refusedValue(): f64 {
  return <f64>refused;
}
