// The context net in AssemblyScript, compiled by `deno task wasm` into src/entropy/net_wasm.ts.
//
// Works on the block that src/entropy/net_block.ts lays out and says; all arguments are byte addresses in it or counts.
// 32 units: eight vectors of i32. Results equal those of src/entropy/net_kernel.ts to the bit.

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

/**
 * Sums of a row of `width` places. A place first lists its pairs that are not both 0, without a branch, then sums them:
 * which they are cannot be predicted. The first `fullCount` pairs of the table lie on planes of full size.
 */
export function sumRow(
  sums: usize,
  width: i32,
  biases: usize,
  table: usize,
  fullCount: i32,
  pairCount: i32,
  list: usize,
): void {
  const b0 = v128.load(biases), b1 = v128.load(biases, 16), b2 = v128.load(biases, 32), b3 = v128.load(biases, 48);
  const b4 = v128.load(biases, 64), b5 = v128.load(biases, 80), b6 = v128.load(biases, 96), b7 = v128.load(biases, 112);
  const fullEnd = table + <usize>fullCount * ENTRY_BYTES;
  const end = table + <usize>pairCount * ENTRY_BYTES;
  for (let x = 0; x < width; x++) {
    let next = list;
    let at = <usize>x;
    for (let entry = table; entry < fullEnd; entry += ENTRY_BYTES) {
      const a = <u32>load<u8>(<usize>load<u32>(entry) + at);
      const b = <u32>load<u8>(<usize>load<u32>(entry, 4) + at);
      const both = a | (b << 16);
      store<u32>(next, both);
      store<u32>(next, load<u32>(entry, 20), 4);
      next += <usize>i32(both != 0) << 3;
    }
    const side = (at & 1) << 3;
    at >>= 1;
    for (let entry = fullEnd; entry < end; entry += ENTRY_BYTES) {
      const a = <u32>load<u8>(<usize>load<u32>(entry + side) + at);
      const b = <u32>load<u8>(<usize>load<u32>(entry + side, 4) + at);
      const both = a | (b << 16);
      store<u32>(next, both);
      store<u32>(next, load<u32>(entry, 20), 4);
      next += <usize>i32(both != 0) << 3;
    }
    let s0 = b0, s1 = b1, s2 = b2, s3 = b3, s4 = b4, s5 = b5, s6 = b6, s7 = b7;
    for (let pair = list; pair < next; pair += 8) {
      const inputs = v128.load32_splat(pair);
      const w = <usize>load<u32>(pair, 4);
      s0 = add(s0, inputs, w);
      s1 = add(s1, inputs, w + 16);
      s2 = add(s2, inputs, w + 32);
      s3 = add(s3, inputs, w + 48);
      s4 = add(s4, inputs, w + 64);
      s5 = add(s5, inputs, w + 80);
      s6 = add(s6, inputs, w + 96);
      s7 = add(s7, inputs, w + 112);
    }
    v128.store(sums, s0);
    v128.store(sums, s1, 16);
    v128.store(sums, s2, 32);
    v128.store(sums, s3, 48);
    v128.store(sums, s4, 64);
    v128.store(sums, s5, 80);
    v128.store(sums, s6, 96);
    v128.store(sums, s7, 112);
    sums += SUM_BYTES;
  }
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
