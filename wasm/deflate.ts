// Row filters of PNG and deflate's tokens, compiled by `deno task wasm` into src/image/deflate/deflate_wasm.ts.
//
// Works on the memory that src/image/deflate/deflate_memory.ts lays out, and computes the same as the reference in
// src/image/deflate/deflate_kernel.ts, whose comments say what the functions do.

// ---- Rows -------------------------------------------------------------------------------------------------------------

/** Which bytes of 16 a row keeps, in its order. */
function packing(channels: i32, isDeep: bool): v128 {
  if (isDeep) { // two pixels; the highest byte of a sample comes first
    if (channels == 1) return i8x16(1, 0, 9, 8, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1);
    if (channels == 2) return i8x16(1, 0, 7, 6, 9, 8, 15, 14, -1, -1, -1, -1, -1, -1, -1, -1);
    if (channels == 3) return i8x16(1, 0, 3, 2, 5, 4, 9, 8, 11, 10, 13, 12, -1, -1, -1, -1);
    return i8x16(1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14);
  }
  if (channels == 1) return i8x16(0, 4, 8, 12, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1);
  if (channels == 2) return i8x16(0, 3, 4, 7, 8, 11, 12, 15, -1, -1, -1, -1, -1, -1, -1, -1);
  if (channels == 3) return i8x16(0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, -1, -1, -1, -1);
  return i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
}

/** Packs pixels; the bytes behind them become zeros, up to 16. */
export function pack(to: usize, pixels: i32, channels: i32, isDeep: bool): void {
  const mask = packing(channels, isDeep), step = <usize>(channels << 2);
  const pixelBytes: usize = isDeep ? 8 : 4, from = PIXELS, whole = to + <usize>pixels * (pixelBytes >> 2) * <usize>channels;
  for (let i: usize = 0; i < <usize>pixels * pixelBytes; i += 16, to += step) {
    v128.store(to, v128.swizzle(v128.load(from + i), mask));
  }
  v128.store(whole, i64x2.splat(0));
}

// @ts-ignore: decorator
@inline
function average(left: v128, up: v128): v128 {
  // avgr rounds up
  return i8x16.sub(i8x16.avgr_u(left, up), v128.and(v128.xor(left, up), i8x16.splat(1)));
}

// @ts-ignore: decorator
@inline
function paeth(left: v128, up: v128, upLeft: v128): v128 {
  const toLeft = v128.or(i8x16.sub_sat_u(up, upLeft), i8x16.sub_sat_u(upLeft, up));
  const toUp = v128.or(i8x16.sub_sat_u(left, upLeft), i8x16.sub_sat_u(upLeft, left));
  // |left + up - 2 · upLeft|: the sum of the two where their signs agree, and then never the least; else their difference
  const agree = v128.not(v128.xor(i8x16.gt_u(up, upLeft), i8x16.gt_u(left, upLeft)));
  const apart = v128.or(i8x16.sub_sat_u(toLeft, toUp), i8x16.sub_sat_u(toUp, toLeft));
  const toUpLeft = v128.bitselect(i8x16.add_sat_u(toLeft, toUp), apart, agree);
  const upOrUpLeft = v128.bitselect(up, upLeft, i8x16.le_u(toUp, toUpLeft));
  return v128.bitselect(left, upOrUpLeft, v128.and(i8x16.le_u(toLeft, toUp), i8x16.le_u(toLeft, toUpLeft)));
}

// @ts-ignore: decorator
@inline
function magnitudes(sum: v128, difference: v128, mask: v128): v128 {
  const magnitude = v128.and(i8x16.abs(difference), mask);
  return i32x4.add(sum, i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(magnitude)));
}

// @ts-ignore: decorator
@inline
function total(sum: v128): u64 {
  const halves = i64x2.add(i64x2.extend_low_i32x4_u(sum), i64x2.extend_high_i32x4_u(sum));
  return i64x2.extract_lane(halves, 0) + i64x2.extract_lane(halves, 1);
}

/** Filters a row by the filter of least magnitudes. */
export function filter(row: usize, above: usize, byteLength: usize, unit: usize, to: usize): void {
  let sum0: u64 = 0, sum1: u64 = 0, sum2: u64 = 0, sum3: u64 = 0, sum4: u64 = 0;
  for (let from: usize = 0; from < byteLength;) {
    // Sums of so many bytes stay below 2^32.
    const end = min(byteLength, from + (1 << 24));
    let s0 = i64x2.splat(0), s1 = s0, s2 = s0, s3 = s0, s4 = s0;
    for (; from < end; from += 16) {
      const now = v128.load(row + from), left = v128.load(row + from - unit);
      const up = v128.load(above + from), upLeft = v128.load(above + from - unit);
      const mask = byteLength - from >= 16
        ? i64x2.splat(-1)
        : i8x16.lt_u(i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15), i8x16.splat(<i8>(byteLength - from)));
      s0 = magnitudes(s0, now, mask);
      s1 = magnitudes(s1, i8x16.sub(now, left), mask);
      s2 = magnitudes(s2, i8x16.sub(now, up), mask);
      s3 = magnitudes(s3, i8x16.sub(now, average(left, up)), mask);
      s4 = magnitudes(s4, i8x16.sub(now, paeth(left, up, upLeft)), mask);
    }
    sum0 += total(s0);
    sum1 += total(s1);
    sum2 += total(s2);
    sum3 += total(s3);
    sum4 += total(s4);
  }
  const least = min(min(min(sum0, sum1), min(sum2, sum3)), sum4);
  const type: u8 = sum0 == least ? 0 : sum1 == least ? 1 : sum2 == least ? 2 : sum3 == least ? 3 : 4;
  store<u8>(to++, type);
  for (let i: usize = 0; i < byteLength; i += 16) {
    const now = v128.load(row + i);
    let prediction = i64x2.splat(0);
    if (type == 1) prediction = v128.load(row + i - unit);
    else if (type == 2) prediction = v128.load(above + i);
    else if (type == 3) prediction = average(v128.load(row + i - unit), v128.load(above + i));
    else if (type == 4) prediction = paeth(v128.load(row + i - unit), v128.load(above + i), v128.load(above + i - unit));
    v128.store(to + i, i8x16.sub(now, prediction));
  }
}

/** Adds bytes to Adler-32. */
export function addToChecksum(from: usize, byteLength: usize): void {
  let a = load<u32>(ADLER_A), b = load<u32>(ADLER_B);
  const last = from + byteLength;
  while (from < last) {
    const end = min(from + 3792, last);
    for (; from + 8 <= end; from += 8) {
      // b grows by 8 · a and by the bytes, the first eight times.
      const bytes = v128.load8x8_u(from);
      const weighted = i32x4.dot_i16x8_s(bytes, i16x8(8, 7, 6, 5, 4, 3, 2, 1));
      const plain = i32x4.dot_i16x8_s(bytes, i16x8.splat(1));
      b += (a << 3) + lanes(weighted);
      a += lanes(plain);
    }
    for (; from < end; from++) b += a += load<u8>(from);
    a %= 65521;
    b %= 65521;
  }
  store<u32>(ADLER_A, a);
  store<u32>(ADLER_B, b);
}

// @ts-ignore: decorator
@inline
function lanes(v: v128): u32 {
  const halves = i32x4.add(v, v128.shuffle<i32>(v, v, 2, 3, 0, 1));
  return i32x4.extract_lane(halves, 0) + i32x4.extract_lane(halves, 1);
}

// ---- Tokens -----------------------------------------------------------------------------------------------------------

/** The match that was searched last. */
let length: u32 = 0;
let distance: u32 = 0;
let saving: i32 = 0;
/** Of a search: the longest match, and the bits of as many literals. */
let longest: u32 = 0;
let literalBits: i32 = 0;
/** Stream offset minus address, and the end of the input. */
let base: u32 = 0;
let end: usize = 0;

// @ts-ignore: decorator
@inline
function slot3(four: u32): usize {
  return HASH3 + <usize>((four << 8) * 0x9e3779b1 >> (32 - <u32>HASH3_BITS)) * 2;
}

// @ts-ignore: decorator
@inline
function slot4(four: u32): usize {
  return HASH4 + <usize>(four * 0x9e3779b1 >> (32 - <u32>HASH4_BITS)) * 2;
}

// @ts-ignore: decorator
@inline
function chainSlot(offset: u32): usize {
  return CHAIN + <usize>(offset & <u32>WINDOW_BYTES - 1) * 2;
}

// @ts-ignore: decorator
@inline
function distanceSymbol(distance: u32): u32 {
  const d = distance - 1;
  if (d < 2) return d;
  const log = 31 - clz(d);
  return 2 * log + (d >> (log - 1) & 1);
}

/** Equal bytes at two addresses; vectors may read beyond the end of the input, but do not count there. */
// @ts-ignore: decorator
@inline
function equalBytes(a: usize, b: usize, most: u32): u32 {
  let count: u32 = 0;
  while (count < most) {
    const difference = load<u64>(a + count) ^ load<u64>(b + count);
    if (difference != 0) return min(most, count + <u32>(ctz(difference) >> 3));
    count += 8;
  }
  return most;
}

function consider(position: usize, far: u32, most: u32): void {
  const equal = equalBytes(position - far, position, most);
  if (equal <= longest) return;
  let bits = literalBits;
  for (let at = position + longest, last = position + equal; at < last; at++) {
    bits += <i32>load<u8>(LITERAL_COSTS + load<u8>(at));
  }
  literalBits = bits;
  longest = equal;
  const saved = bits - <i32>load<u8>(LENGTH_COSTS + equal) - <i32>load<u8>(DISTANCE_COSTS + distanceSymbol(far));
  if (saved <= saving) return;
  length = equal;
  distance = far;
  saving = saved;
}

function search(position: usize): void {
  length = 0;
  distance = 0;
  saving = 0;
  const left = <u32>(end - position);
  if (left < 4) return;
  const most = min(<u32>MAX_MATCH, left), offset = <u32>position + base;
  const reach = min(<u32>WINDOW_BYTES, offset);
  const now = load<u32>(position), three = slot3(now), four = slot4(now);
  const latest = offset - load<u16>(three) & 0xffff;
  let candidate: u32 = load<u16>(four);
  store<u16>(three, offset);
  store<u16>(four, offset);
  store<u16>(chainSlot(offset), candidate);
  longest = 0;
  literalBits = 0;
  if (latest - 1 < reach && (load<u32>(position - latest) ^ now) << 8 == 0) consider(position, latest, most);
  const enough = min(<u32>NICE_LENGTH, most);
  if (longest >= enough) return;
  let last: u32 = 0;
  for (let left = <i32>CHAIN_LENGTH; left > 0; left--) {
    const far = offset - candidate & 0xffff;
    if (far > reach || far <= last) return;
    last = far;
    if (load<u32>(position - far) == now && load<u8>(position - far + longest) == load<u8>(position + longest)) {
      consider(position, far, most);
      if (longest >= enough) return;
    }
    candidate = load<u16>(chainSlot(candidate));
  }
}

// @ts-ignore: decorator
@inline
function insert(position: usize): void {
  if (end - position < 4) return;
  const offset = <u32>position + base, now = load<u32>(position), four = slot4(now);
  store<u16>(slot3(now), offset);
  store<u16>(chainSlot(offset), load<u16>(four));
  store<u16>(four, offset);
}

// @ts-ignore: decorator
@inline
function count(at: usize, index: u32): void {
  store<u32>(at + index * 4, load<u32>(at + index * 4) + 1);
}

// @ts-ignore: decorator
@inline
function putLiteral(token: usize, literal: u32): void {
  count(LITERAL_COUNTS, literal);
  store<u32>(token, literal);
}

// @ts-ignore: decorator
@inline
function putMatch(token: usize): void {
  count(LENGTH_COUNTS, length);
  count(DISTANCE_COUNTS, distanceSymbol(distance));
  store<u32>(token, distance << 16 | length);
}

/** Turns input into tokens. */
export function tokenise(mostTokens: usize, isLast: bool): void {
  end = load<u32>(END);
  base = load<u32>(BASE);
  const limit = isLast ? end : end - LOOKAHEAD_BYTES;
  let position: usize = load<u32>(POSITION), token = TOKENS + <usize>load<u32>(TOKEN_COUNT) * 4;
  let isSearched = load<u32>(IS_SEARCHED) == 1, farSaving = load<u32>(FAR_SAVING);
  const tokensEnd = TOKENS + mostTokens * 4;
  length = load<u32>(LENGTH);
  distance = load<u32>(DISTANCE);
  saving = load<i32>(SAVING);
  while (position < limit && token < tokensEnd) {
    if (!isSearched) search(position);
    isSearched = false;
    let isMatch = length > 0;
    let inserted: u32 = 1;
    if (isMatch && length < <u32>LAZY_LENGTH) {
      const ownLength = length, ownDistance = distance, ownSaving = saving;
      search(position + 1);
      inserted = 2;
      if (saving > ownSaving) {
        isMatch = false;
        isSearched = true;
      } else {
        length = ownLength;
        distance = ownDistance;
        saving = ownSaving;
      }
    }
    if (!isMatch) {
      putLiteral(token, load<u8>(position++));
    } else {
      putMatch(token);
      if (distance > <u32>NEAR_BYTES) farSaving += saving;
      for (let i = inserted; i < length; i++) insert(position + i);
      position += length;
    }
    token += 4;
  }
  store<u32>(POSITION, <u32>position);
  store<u32>(TOKEN_COUNT, <u32>(token - TOKENS >> 2));
  store<u32>(IS_SEARCHED, isSearched ? 1 : 0);
  store<u32>(LENGTH, length);
  store<u32>(DISTANCE, distance);
  store<u32>(SAVING, saving);
  store<u32>(FAR_SAVING, farSaving);
}

/** Turns input into tokens; the only match that it compares is the latest with the same three bytes. */
export function tokeniseLatest(mostTokens: usize, isLast: bool): void {
  end = load<u32>(END);
  base = load<u32>(BASE);
  const limit = isLast ? end : end - LOOKAHEAD_BYTES;
  let position: usize = load<u32>(POSITION), token = TOKENS + <usize>load<u32>(TOKEN_COUNT) * 4;
  const tokensEnd = TOKENS + mostTokens * 4;
  while (position < limit && token < tokensEnd) {
    if (end - position >= 4) {
      const offset = <u32>position + base, now = load<u32>(position), three = slot3(now);
      const latest = offset - load<u16>(three) & 0xffff;
      store<u16>(three, offset);
      if (latest - 1 < min(<u32>WINDOW_BYTES, offset) && (load<u32>(position - latest) ^ now) << 8 == 0) {
        longest = 0;
        literalBits = 0;
        saving = 0;
        consider(position, latest, min(<u32>MAX_MATCH, <u32>(end - position)));
        if (saving > 0) {
          putMatch(token);
          token += 4;
          const last = min(position + length, end - 3);
          for (let at = position + 1; at < last; at++) store<u16>(slot3(load<u32>(at)), <u32>at + base);
          position += length;
          continue;
        }
      }
    }
    putLiteral(token, load<u8>(position++));
    token += 4;
  }
  store<u32>(POSITION, <u32>position);
  store<u32>(TOKEN_COUNT, <u32>(token - TOKENS >> 2));
  store<u32>(IS_SEARCHED, 0);
}

/** Writes the tokens of the block by its codes. */
export function writeTokens(): void {
  let out: usize = load<u32>(OUT), pending: u64 = load<u32>(BITS), pendingBits: u64 = load<u32>(BIT_COUNT);
  const tokensEnd = TOKENS + <usize>load<u32>(TOKEN_COUNT) * 4;
  for (let at: usize = TOKENS; at < tokensEnd; at += 4) {
    const token = load<u32>(at);
    if (token < 256) {
      const code = load<u32>(LITERAL_CODES + token * 4);
      pending |= <u64>(code & 0xffffff) << pendingBits;
      pendingBits += code >> 24;
    } else {
      const code = load<u32>(LENGTH_CODES + (token & 0xffff) * 4);
      pending |= <u64>(code & 0xffffff) << pendingBits;
      pendingBits += code >> 24;
      const far = token >> 16, symbol = distanceSymbol(far), farCode = load<u32>(DISTANCE_CODES + symbol * 4);
      pending |= <u64>(farCode & 0xffffff) << pendingBits;
      pendingBits += farCode >> 24;
      const extra = symbol < 2 ? 0 : (symbol >> 1) - 1;
      pending |= <u64>(far - 1 & (1 << extra) - 1) << pendingBits;
      pendingBits += extra;
    }
    // Less than a byte was pending, and a token has at most 48 bits.
    store<u64>(out, pending);
    out += <usize>(pendingBits >> 3);
    pending >>= pendingBits & 56;
    pendingBits &= 7;
  }
  store<u32>(OUT, <u32>out);
  store<u32>(BITS, <u32>pending);
  store<u32>(BIT_COUNT, <u32>pendingBits);
}
