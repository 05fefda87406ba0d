// The context net in AssemblyScript, compiled by `deno task wasm` into src/entropy/latent/net_wasm.ts.
//
// Works on the block that src/entropy/latent/net_block.ts lays out and says; all arguments are byte addresses in it or counts.
// 32 units: eight vectors of i32. Results equal those of src/entropy/latent/net_kernel.ts to the bit.

const SUM_BYTES: usize = 128;
const ENTRY_BYTES: usize = 24;
const UNIT_SHIFT: i32 = 4;
const OUTPUT_SHIFT: i32 = 10;
const UNIT_LIMIT: i16 = 2047;
const LOGIT_LIMIT: i32 = 2047;

// @ts-ignore: decorator
@inline
function add(sum: v128, inputs: v128, weights: usize): v128 {
  return i32x4.add(sum, i32x4.dot_i16x8_s(inputs, v128.load(weights)));
}

// @ts-ignore: decorator
@inline
function addTo(sums: usize, inputs: v128, weights: v128): void {
  v128.store(sums, i32x4.add(v128.load(sums), i32x4.dot_i16x8_s(inputs, weights)));
}

// @ts-ignore: decorator
@inline
function addBoth(sums: usize, a: v128, b: v128, weightsOfA: v128, weightsOfB: v128): void {
  const both = i32x4.add(i32x4.dot_i16x8_s(a, weightsOfA), i32x4.dot_i16x8_s(b, weightsOfB));
  v128.store(sums, i32x4.add(v128.load(sums), both));
}

// @ts-ignore: decorator
@inline
function inputsAt(first: usize, second: usize): v128 {
  return i32x4.splat(<u32>load<u8>(first) | (<u32>load<u8>(second) << 16));
}

/**
 * Adds a pair of taps to the sums of every `stride`th byte's place: those of `count` places whose taps lie side by side from
 * `first` and `second` on. Most are 0, so sixteen are looked at together.
 */
function addPair(sums: usize, stride: usize, first: usize, second: usize, count: i32, weights: usize): void {
  const w0 = v128.load(weights), w1 = v128.load(weights, 16), w2 = v128.load(weights, 32), w3 = v128.load(weights, 48);
  const w4 = v128.load(weights, 64), w5 = v128.load(weights, 80), w6 = v128.load(weights, 96);
  const w7 = v128.load(weights, 112);
  for (let x = 0; x < count; x += 16) {
    const either = v128.or(v128.load(first + x), v128.load(second + x));
    for (let places = placesOf(either, count - x); places != 0; places &= places - 1) {
      const at = <usize>(x + i32.ctz(places));
      const inputs = inputsAt(first + at, second + at);
      const to = sums + at * stride;
      addTo(to, inputs, w0);
      addTo(to + 16, inputs, w1);
      addTo(to + 32, inputs, w2);
      addTo(to + 48, inputs, w3);
      addTo(to + 64, inputs, w4);
      addTo(to + 80, inputs, w5);
      addTo(to + 96, inputs, w6);
      addTo(to + 112, inputs, w7);
    }
  }
}

/** Which of the next places, of which there are `count`, have a tap that is not 0. */
// @ts-ignore: decorator
@inline
function placesOf(taps: v128, count: i32): i32 {
  const places = i8x16.bitmask(i8x16.ne(taps, i8x16.splat(0)));
  return count < 16 ? places & ((1 << count) - 1) : places;
}

/** The same for two pairs, where one is likely not 0 when the other is not: sums are loaded and stored once for both. */
function addPairs(sums: usize, stride: usize, a0: usize, a1: usize, b0: usize, b1: usize, count: i32, a: usize, b: usize): void {
  const v0 = v128.load(a), v1 = v128.load(a, 16), v2 = v128.load(a, 32), v3 = v128.load(a, 48);
  const v4 = v128.load(a, 64), v5 = v128.load(a, 80), v6 = v128.load(a, 96), v7 = v128.load(a, 112);
  const w0 = v128.load(b), w1 = v128.load(b, 16), w2 = v128.load(b, 32), w3 = v128.load(b, 48);
  const w4 = v128.load(b, 64), w5 = v128.load(b, 80), w6 = v128.load(b, 96), w7 = v128.load(b, 112);
  for (let x = 0; x < count; x += 16) {
    const any = v128.or(
      v128.or(v128.load(a0 + x), v128.load(a1 + x)),
      v128.or(v128.load(b0 + x), v128.load(b1 + x)),
    );
    for (let places = placesOf(any, count - x); places != 0; places &= places - 1) {
      const at = <usize>(x + i32.ctz(places));
      const i = inputsAt(a0 + at, a1 + at), j = inputsAt(b0 + at, b1 + at);
      const to = sums + at * stride;
      addBoth(to, i, j, v0, w0);
      addBoth(to + 16, i, j, v1, w1);
      addBoth(to + 32, i, j, v2, w2);
      addBoth(to + 48, i, j, v3, w3);
      addBoth(to + 64, i, j, v4, w4);
      addBoth(to + 80, i, j, v5, w5);
      addBoth(to + 96, i, j, v6, w6);
      addBoth(to + 112, i, j, v7, w7);
    }
  }
}

/**
 * Sums of a row of `width` places. The first `fullCount` pairs of the table lie on planes of full size, where neighbouring
 * places have neighbouring taps; on those of half the size every other place has, those of odd x in another direction.
 */
export function sumRow(
  sums: usize,
  width: i32,
  biases: usize,
  table: usize,
  fullCount: i32,
  pairCount: i32,
): void {
  const b0 = v128.load(biases), b1 = v128.load(biases, 16), b2 = v128.load(biases, 32), b3 = v128.load(biases, 48);
  const b4 = v128.load(biases, 64), b5 = v128.load(biases, 80), b6 = v128.load(biases, 96), b7 = v128.load(biases, 112);
  const endOfSums = sums + <usize>width * SUM_BYTES;
  for (let to = sums; to < endOfSums; to += SUM_BYTES) {
    v128.store(to, b0);
    v128.store(to, b1, 16);
    v128.store(to, b2, 32);
    v128.store(to, b3, 48);
    v128.store(to, b4, 64);
    v128.store(to, b5, 80);
    v128.store(to, b6, 96);
    v128.store(to, b7, 112);
  }
  addRow(sums, width, table, fullCount, pairCount);
}

/** Adds further pairs to the sums of a row. */
export function addRow(sums: usize, width: i32, table: usize, fullCount: i32, pairCount: i32): void {
  const fullEnd = table + <usize>fullCount * ENTRY_BYTES;
  const end = table + <usize>pairCount * ENTRY_BYTES;
  let entry = table;
  for (; entry + ENTRY_BYTES < fullEnd; entry += 2 * ENTRY_BYTES) addEntries(sums, SUM_BYTES, entry, 0, width);
  if (entry < fullEnd) {
    addPair(sums, SUM_BYTES, load<u32>(entry), load<u32>(entry, 4), width, load<u32>(entry, 20));
    entry += ENTRY_BYTES;
  }
  const even = (width + 1) >> 1, odd = width >> 1;
  for (; entry + ENTRY_BYTES < end; entry += 2 * ENTRY_BYTES) {
    addEntries(sums, 2 * SUM_BYTES, entry, 0, even);
    addEntries(sums + SUM_BYTES, 2 * SUM_BYTES, entry, 8, odd);
  }
  if (entry < end) {
    const weights = load<u32>(entry, 20);
    addPair(sums, 2 * SUM_BYTES, load<u32>(entry), load<u32>(entry, 4), even, weights);
    addPair(sums + SUM_BYTES, 2 * SUM_BYTES, load<u32>(entry, 8), load<u32>(entry, 12), odd, weights);
  }
}

/** Adds two entries of the table, whose taps' addresses lie `skip` bytes on. */
// @ts-ignore: decorator
@inline
function addEntries(sums: usize, stride: usize, entry: usize, skip: usize, count: i32): void {
  const taps = entry + skip, other = taps + ENTRY_BYTES;
  const weights = load<u32>(entry, 20), otherWeights = load<u32>(entry, ENTRY_BYTES + 20);
  addPairs(sums, stride, load<u32>(taps), load<u32>(taps, 4), load<u32>(other), load<u32>(other, 4), count, weights, otherWeights);
}

// @ts-ignore: decorator
@inline
function units(low: v128, high: v128): v128 {
  const narrowed = i16x8.narrow_i32x4_s(i32x4.shr_s(low, UNIT_SHIFT), i32x4.shr_s(high, UNIT_SHIFT));
  return i16x8.max_s(i16x8.splat(0), i16x8.min_s(i16x8.splat(UNIT_LIMIT), narrowed));
}

/** Units of a place, of its sums and the two pairs to its left (`left` its own address); gives the logit of step 0. */
export function place(sums: usize, left: usize, weights: usize, target: usize, outputs: usize, bias: usize): i32 {
  let s0 = v128.load(sums), s1 = v128.load(sums, 16), s2 = v128.load(sums, 32), s3 = v128.load(sums, 48);
  let s4 = v128.load(sums, 64), s5 = v128.load(sums, 80), s6 = v128.load(sums, 96), s7 = v128.load(sums, 112);
  for (let k: usize = 0; k < 2; k++) {
    const both = <u32>load<u8>(left - 2 * k - 1) | (<u32>load<u8>(left - 2 * k - 2) << 16);
    if (both == 0) continue;
    const inputs = i32x4.splat(both);
    const w = weights + k * SUM_BYTES;
    s0 = add(s0, inputs, w);
    s1 = add(s1, inputs, w + 16);
    s2 = add(s2, inputs, w + 32);
    s3 = add(s3, inputs, w + 48);
    s4 = add(s4, inputs, w + 64);
    s5 = add(s5, inputs, w + 80);
    s6 = add(s6, inputs, w + 96);
    s7 = add(s7, inputs, w + 112);
  }
  v128.store(target, units(s0, s1));
  v128.store(target, units(s2, s3), 16);
  v128.store(target, units(s4, s5), 32);
  v128.store(target, units(s6, s7), 48);
  return logit(target, outputs, bias);
}

/** The logit of one step. */
export function logit(target: usize, outputs: usize, bias: usize): i32 {
  let sum = i32x4.dot_i16x8_s(v128.load(target), v128.load(outputs));
  sum = i32x4.add(sum, i32x4.dot_i16x8_s(v128.load(target, 16), v128.load(outputs, 16)));
  sum = i32x4.add(sum, i32x4.dot_i16x8_s(v128.load(target, 32), v128.load(outputs, 32)));
  sum = i32x4.add(sum, i32x4.dot_i16x8_s(v128.load(target, 48), v128.load(outputs, 48)));
  const total = i32x4.extract_lane(sum, 0) + i32x4.extract_lane(sum, 1) + i32x4.extract_lane(sum, 2) +
    i32x4.extract_lane(sum, 3) + load<i32>(bias);
  const value = total >> OUTPUT_SHIFT;
  return value > LOGIT_LIMIT ? LOGIT_LIMIT : value < -LOGIT_LIMIT ? -LOGIT_LIMIT : value;
}
