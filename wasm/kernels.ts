// SIMD kernels in AssemblyScript, compiled by `deno task wasm` into src/kernels/cpu/kernels_wasm.ts.
//
// All arguments are byte addresses in the arena's memory or counts of elements; nothing is allocated and there is no
// static data, so the arena owns every byte. Results equal those of the TypeScript in src/kernels/cpu/ to the bit.

type V = v128;

// ---- Hadamard -------------------------------------------------------------------------------------------------------

/** ½ H over four planes of `count` f32; target may be source. */
export function hadamard4(source: usize, target: usize, count: i32): void {
  const plane = <usize>count << 2;
  const half = f32x4.splat(0.5);
  let i: usize = 0;
  const end = plane & ~15;
  for (; i < end; i += 16) {
    const a = v128.load(source + i), b = v128.load(source + plane + i);
    const c = v128.load(source + 2 * plane + i), d = v128.load(source + 3 * plane + i);
    const sum = f32x4.add(a, b), difference = f32x4.sub(a, b);
    const sumCd = f32x4.add(c, d), differenceCd = f32x4.sub(c, d);
    v128.store(target + i, f32x4.mul(half, f32x4.add(sum, sumCd)));
    v128.store(target + plane + i, f32x4.mul(half, f32x4.sub(sum, sumCd)));
    v128.store(target + 2 * plane + i, f32x4.mul(half, f32x4.sub(difference, differenceCd)));
    v128.store(target + 3 * plane + i, f32x4.mul(half, f32x4.add(difference, differenceCd)));
  }
  for (; i < plane; i += 4) {
    const a = load<f32>(source + i), b = load<f32>(source + plane + i);
    const c = load<f32>(source + 2 * plane + i), d = load<f32>(source + 3 * plane + i);
    const sum = a + b, difference = a - b, sumCd = c + d, differenceCd = c - d;
    store<f32>(target + i, 0.5 * (sum + sumCd));
    store<f32>(target + plane + i, 0.5 * (sum - sumCd));
    store<f32>(target + 2 * plane + i, 0.5 * (difference - differenceCd));
    store<f32>(target + 3 * plane + i, 0.5 * (difference + differenceCd));
  }
}

// ---- Lifting steps: scalar and four at a time, for f32 and i32; `haar` is a constant after inlining -------------------

// @ts-ignore: decorator
@inline
function predict<T>(e: T, right: T, haar: bool): T {
  if (haar) return e;
  if (isFloat<T>()) return <T>(<T>0.5 * (e + right));
  return <T>((e + right) >> 1);
}

// @ts-ignore: decorator
@inline
function update<T>(before: T, after: T, haar: bool): T {
  if (isFloat<T>()) return haar ? <T>(<T>0.5 * after) : <T>(<T>0.25 * (before + after));
  return haar ? <T>(after >> 1) : <T>((before + after + 2) >> 2);
}

// @ts-ignore: decorator
@inline
function predict4<T>(e: V, right: V, haar: bool): V {
  if (haar) return e;
  if (isFloat<T>()) return f32x4.mul(f32x4.splat(0.5), f32x4.add(e, right));
  return i32x4.shr_s(i32x4.add(e, right), 1);
}

// @ts-ignore: decorator
@inline
function update4<T>(before: V, after: V, haar: bool): V {
  if (isFloat<T>()) {
    return haar
      ? f32x4.mul(f32x4.splat(0.5), after)
      : f32x4.mul(f32x4.splat(0.25), f32x4.add(before, after));
  }
  return haar
    ? i32x4.shr_s(after, 1)
    : i32x4.shr_s(i32x4.add(i32x4.add(before, after), i32x4.splat(2)), 2);
}

// @ts-ignore: decorator
@inline
function evens(a: V, b: V): V {
  return v128.shuffle<i32>(a, b, 0, 2, 4, 6);
}

// @ts-ignore: decorator
@inline
function odds(a: V, b: V): V {
  return v128.shuffle<i32>(a, b, 1, 3, 5, 7);
}

// ---- Rows -----------------------------------------------------------------------------------------------------------

/** `count` samples at `x` → low at `low`, high at `high`. */
// @ts-ignore: decorator
@inline
function forwardRow<T>(x: usize, low: usize, high: usize, count: i32, haar: bool): void {
  const highCount = count >> 1, lowCount = (count + 1) >> 1;
  if (highCount == 0) {
    store<T>(low, load<T>(x));
    return;
  }
  // The right neighbour of the last odd sample may be missing: that one is done apart.
  const inner = count & 1 ? highCount : highCount - 1;
  let i = 0;
  // High sample i - 1, in the last lane; sample -1 mirrors to 0, which the first sample alone sees.
  let before: V = v128.splat<T>(<T>(load<T>(x, 4) - predict<T>(load<T>(x), count > 2 ? load<T>(x, 8) : load<T>(x), haar)));
  for (; i + 4 <= inner; i += 4) {
    const p = x + (<usize>i << 3), at = <usize>i << 2;
    const a = v128.load(p), b = v128.load(p, 16);
    const e = evens(a, b), right = v128.shuffle<i32>(e, v128.load(p, 32), 1, 2, 3, 4);
    const h = v128.sub<T>(odds(a, b), predict4<T>(e, right, haar));
    v128.store(high + at, h);
    v128.store(low + at, v128.add<T>(e, update4<T>(v128.shuffle<i32>(before, h, 3, 4, 5, 6), h, haar)));
    before = h;
  }
  let last = v128.extract_lane<T>(before, 3);
  for (; i < highCount; i++) {
    const p = x + (<usize>i << 3), at = <usize>i << 2;
    const e = load<T>(p), right = i < inner ? load<T>(p, 8) : e;
    const h = <T>(load<T>(p, 4) - predict<T>(e, right, haar));
    store<T>(high + at, h);
    store<T>(low + at, <T>(e + update<T>(last, h, haar)));
    last = h;
  }
  if (lowCount > highCount) {
    const e = load<T>(x + (<usize>highCount << 3));
    store<T>(low + (<usize>highCount << 2), haar ? e : <T>(e + update<T>(last, last, haar)));
  }
}

/** The inverse of `forwardRow`. */
// @ts-ignore: decorator
@inline
function inverseRow<T>(low: usize, high: usize, x: usize, count: i32, haar: bool): void {
  const highCount = count >> 1, lowCount = (count + 1) >> 1;
  if (highCount == 0) {
    store<T>(x, load<T>(low));
    return;
  }
  // Even sample i needs high samples i - 1 and i, odd sample i even samples i and i + 1: a vector of evens is made one
  // ahead of the odds that go with it.
  let i = 0;
  let e = load<T>(low), h = load<T>(high);
  e = <T>(e - update<T>(h, h, haar));
  if (highCount >= 9) {
    let hv = v128.load(high);
    let ev = v128.sub<T>(v128.load(low), update4<T>(v128.shuffle<i32>(hv, hv, 0, 0, 1, 2), hv, haar));
    for (; i + 8 <= highCount; i += 4) {
      const at = <usize>i << 2;
      const nextH = v128.load(high + at, 16);
      const nextE = v128.sub<T>(
        v128.load(low + at, 16),
        update4<T>(v128.shuffle<i32>(hv, nextH, 3, 4, 5, 6), nextH, haar),
      );
      const o = v128.add<T>(hv, predict4<T>(ev, v128.shuffle<i32>(ev, nextE, 1, 2, 3, 4), haar));
      v128.store(x + 2 * at, v128.shuffle<i32>(ev, o, 0, 4, 1, 5));
      v128.store(x + 2 * at, v128.shuffle<i32>(ev, o, 2, 6, 3, 7), 16);
      hv = nextH;
      ev = nextE;
    }
    e = v128.extract_lane<T>(ev, 0);
    h = v128.extract_lane<T>(hv, 0);
  }
  for (; i + 1 < highCount; i++) {
    const at = <usize>i << 2;
    const nextH = load<T>(high + at, 4);
    const nextE = <T>(load<T>(low + at, 4) - update<T>(h, nextH, haar));
    store<T>(x + 2 * at, e);
    store<T>(x + 2 * at, <T>(h + predict<T>(e, nextE, haar)), 4);
    h = nextH;
    e = nextE;
  }
  const at = <usize>i << 2;
  let right = e;
  if (lowCount > highCount) {
    const l = load<T>(low + at, 4);
    right = haar ? l : <T>(l - update<T>(h, h, haar));
    store<T>(x + 2 * at, right, 8);
  }
  store<T>(x + 2 * at, e);
  store<T>(x + 2 * at, <T>(h + predict<T>(e, right, haar)), 4);
}

// ---- Columns: whole rows at a time -----------------------------------------------------------------------------------

/** `rows` rows of `width` samples, contiguous, → low rows at `low`, high rows at `high`, contiguous. */
// @ts-ignore: decorator
@inline
function forwardColumns<T>(x: usize, low: usize, high: usize, width: i32, rows: i32, haar: bool): void {
  const pitch = <usize>width << 2;
  const highRows = rows >> 1, lowRows = (rows + 1) >> 1;
  if (highRows == 0) {
    memory.copy(low, x, pitch);
    return;
  }
  // High row i and low row i in one sweep: low row i needs high rows i - 1 and i.
  for (let i = 0; i < highRows; i++) {
    const e = x + <usize>(2 * i) * pitch, o = e + pitch;
    const right = 2 * i + 2 < rows ? o + pitch : e;
    const h = high + <usize>i * pitch, before = i > 0 ? h - pitch : h, l = low + <usize>i * pitch;
    let at: usize = 0;
    const end = pitch & ~15;
    for (; at < end; at += 16) {
      const ev = v128.load(e + at);
      const hv = v128.sub<T>(v128.load(o + at), predict4<T>(ev, v128.load(right + at), haar));
      v128.store(h + at, hv);
      v128.store(l + at, v128.add<T>(ev, update4<T>(v128.load(before + at), hv, haar)));
    }
    for (; at < pitch; at += 4) {
      const ev = load<T>(e + at);
      const hv = <T>(load<T>(o + at) - predict<T>(ev, load<T>(right + at), haar));
      store<T>(h + at, hv);
      store<T>(l + at, <T>(ev + update<T>(load<T>(before + at), hv, haar)));
    }
  }
  if (lowRows > highRows) {
    const e = x + <usize>(rows - 1) * pitch, l = low + <usize>highRows * pitch;
    if (haar) memory.copy(l, e, pitch);
    else updateRow<T>(e, high + <usize>(highRows - 1) * pitch, l, pitch, 1);
  }
}

/** The inverse of `forwardColumns`. */
// @ts-ignore: decorator
@inline
function inverseColumns<T>(low: usize, high: usize, x: usize, width: i32, rows: i32, haar: bool): void {
  const pitch = <usize>width << 2;
  const highRows = rows >> 1, lowRows = (rows + 1) >> 1;
  if (highRows == 0) {
    memory.copy(x, low, pitch);
    return;
  }
  // Even row i needs high rows i - 1 and i; odd row i - 1 needs even rows i - 1 and i: one sweep, odd rows behind.
  for (let i = 0; i < highRows; i++) {
    const e = x + <usize>(2 * i) * pitch, h = high + <usize>i * pitch, before = i > 0 ? h - pitch : h;
    const l = low + <usize>i * pitch;
    const previous = e - 2 * pitch, o = e - pitch;
    let at: usize = 0;
    const end = pitch & ~15;
    for (; at < end; at += 16) {
      const hb = v128.load(before + at);
      const ev = v128.sub<T>(v128.load(l + at), update4<T>(hb, v128.load(h + at), haar));
      v128.store(e + at, ev);
      if (i > 0) v128.store(o + at, v128.add<T>(hb, predict4<T>(v128.load(previous + at), ev, haar)));
    }
    for (; at < pitch; at += 4) {
      const hb = load<T>(before + at);
      const ev = <T>(load<T>(l + at) - update<T>(hb, load<T>(h + at), haar));
      store<T>(e + at, ev);
      if (i > 0) store<T>(o + at, <T>(hb + predict<T>(load<T>(previous + at), ev, haar)));
    }
  }
  const lastHigh = high + <usize>(highRows - 1) * pitch;
  const lastEven = x + <usize>(2 * highRows - 2) * pitch, lastOdd = lastEven + pitch;
  let right = lastEven;
  if (lowRows > highRows) {
    right = lastOdd + pitch;
    const l = low + <usize>highRows * pitch;
    if (haar) memory.copy(right, l, pitch);
    else updateRow<T>(l, lastHigh, right, pitch, -1);
  }
  for (let at: usize = 0; at < pitch; at += 4) {
    const predicted = predict<T>(load<T>(lastEven + at), load<T>(right + at), haar);
    store<T>(lastOdd + at, <T>(load<T>(lastHigh + at) + predicted));
  }
}

/** target = source ± update(high, high): the last low row of an odd number of rows, 5/3. */
// @ts-ignore: decorator
@inline
function updateRow<T>(source: usize, high: usize, target: usize, pitch: usize, sign: i32): void {
  for (let at: usize = 0; at < pitch; at += 4) {
    const h = load<T>(high + at), change = update<T>(h, h, false);
    store<T>(target + at, sign > 0 ? <T>(load<T>(source + at) + change) : <T>(load<T>(source + at) - change));
  }
}

// ---- One level of two dimensions --------------------------------------------------------------------------------------

/**
 * One level: (height, width) at `source` → LL, HL, LH, HH, each contiguous. `scratch` holds width × height samples.
 */
// @ts-ignore: decorator
@inline
function forwardLevel<T>(
  source: usize, ll: usize, hl: usize, lh: usize, hh: usize, scratch: usize, width: i32, height: i32, haar: bool,
): void {
  const lowWidth = (width + 1) >> 1, highWidth = width >> 1;
  const lowHalf = scratch, highHalf = scratch + (<usize>(lowWidth * height) << 2);
  for (let y = 0; y < height; y++) {
    forwardRow<T>(
      source + (<usize>(y * width) << 2),
      lowHalf + (<usize>(y * lowWidth) << 2),
      highHalf + (<usize>(y * highWidth) << 2),
      width,
      haar,
    );
  }
  forwardColumns<T>(lowHalf, ll, lh, lowWidth, height, haar);
  if (highWidth > 0) forwardColumns<T>(highHalf, hl, hh, highWidth, height, haar);
}

/** The inverse; `scratch` holds width × height samples. */
// @ts-ignore: decorator
@inline
function inverseLevel<T>(
  ll: usize, hl: usize, lh: usize, hh: usize, target: usize, scratch: usize, width: i32, height: i32, haar: bool,
): void {
  const lowWidth = (width + 1) >> 1, highWidth = width >> 1;
  const lowHalf = scratch, highHalf = scratch + (<usize>(lowWidth * height) << 2);
  inverseColumns<T>(ll, lh, lowHalf, lowWidth, height, haar);
  if (highWidth > 0) inverseColumns<T>(hl, hh, highHalf, highWidth, height, haar);
  for (let y = 0; y < height; y++) {
    inverseRow<T>(
      lowHalf + (<usize>(y * lowWidth) << 2),
      highHalf + (<usize>(y * highWidth) << 2),
      target + (<usize>(y * width) << 2),
      width,
      haar,
    );
  }
}

export function forwardCdf53F32(s: usize, ll: usize, hl: usize, lh: usize, hh: usize, t: usize, w: i32, h: i32): void {
  forwardLevel<f32>(s, ll, hl, lh, hh, t, w, h, false);
}
export function forwardCdf53I32(s: usize, ll: usize, hl: usize, lh: usize, hh: usize, t: usize, w: i32, h: i32): void {
  forwardLevel<i32>(s, ll, hl, lh, hh, t, w, h, false);
}
export function forwardHaarF32(s: usize, ll: usize, hl: usize, lh: usize, hh: usize, t: usize, w: i32, h: i32): void {
  forwardLevel<f32>(s, ll, hl, lh, hh, t, w, h, true);
}
export function forwardHaarI32(s: usize, ll: usize, hl: usize, lh: usize, hh: usize, t: usize, w: i32, h: i32): void {
  forwardLevel<i32>(s, ll, hl, lh, hh, t, w, h, true);
}
export function inverseCdf53F32(ll: usize, hl: usize, lh: usize, hh: usize, x: usize, t: usize, w: i32, h: i32): void {
  inverseLevel<f32>(ll, hl, lh, hh, x, t, w, h, false);
}
export function inverseCdf53I32(ll: usize, hl: usize, lh: usize, hh: usize, x: usize, t: usize, w: i32, h: i32): void {
  inverseLevel<i32>(ll, hl, lh, hh, x, t, w, h, false);
}
export function inverseHaarF32(ll: usize, hl: usize, lh: usize, hh: usize, x: usize, t: usize, w: i32, h: i32): void {
  inverseLevel<f32>(ll, hl, lh, hh, x, t, w, h, true);
}
export function inverseHaarI32(ll: usize, hl: usize, lh: usize, hh: usize, x: usize, t: usize, w: i32, h: i32): void {
  inverseLevel<i32>(ll, hl, lh, hh, x, t, w, h, true);
}

// ---- Quantiser --------------------------------------------------------------------------------------------------------

// @ts-ignore: decorator
@inline
function symbols4(source: usize, inverse: V, rounding: V): V {
  const scaled = f32x4.mul(v128.load(source), inverse);
  const magnitude = i32x4.trunc_sat_f32x4_s(f32x4.add(f32x4.abs(scaled), rounding));
  const sign = i32x4.shr_s(scaled, 31);
  const symbol = i32x4.add(i32x4.sub(v128.xor(magnitude, sign), sign), i32x4.splat(128));
  return v128.andnot(symbol, i32x4.gt_s(magnitude, i32x4.splat(127)));
}

/** `count` f32 → u8 symbols q + 128, 0 where |q| > 127; returns how many of those there are. */
export function quantise(source: usize, target: usize, count: i32, inverse: f32, rounding: f32): i32 {
  const inverse4 = f32x4.splat(inverse), rounding4 = f32x4.splat(rounding);
  let escapes = 0, i = 0;
  for (; i + 16 <= count; i += 16) {
    const p = source + (<usize>i << 2);
    const low = i16x8.narrow_i32x4_s(symbols4(p, inverse4, rounding4), symbols4(p + 16, inverse4, rounding4));
    const high = i16x8.narrow_i32x4_s(symbols4(p + 32, inverse4, rounding4), symbols4(p + 48, inverse4, rounding4));
    const bytes = i8x16.narrow_i16x8_u(low, high);
    v128.store(target + i, bytes);
    if (!i8x16.all_true(bytes)) escapes += popcnt(i8x16.bitmask(i8x16.eq(bytes, i8x16.splat(0))));
  }
  for (; i < count; i++) {
    const scaled = load<f32>(source + (<usize>i << 2)) * inverse;
    const magnitude = <i32>(abs(scaled) + rounding);
    const symbol = magnitude > 127 ? 0 : (reinterpret<i32>(scaled) < 0 ? -magnitude : magnitude) + 128;
    store<u8>(target + i, symbol);
    if (symbol == 0) escapes++;
  }
  return escapes;
}

/** `count` u8 symbols → (symbol − 128) · step; escapes come out as −128 · step and are the caller's to replace. */
export function dequantise(source: usize, target: usize, count: i32, step: f32): void {
  const step4 = f32x4.splat(step), zero = i16x8.splat(128);
  let i = 0;
  for (; i + 8 <= count; i += 8) {
    const q = i16x8.sub(v128.load_ext<u8>(source + i), zero);
    const p = target + (<usize>i << 2);
    v128.store(p, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(q)), step4));
    v128.store(p, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(q)), step4), 16);
  }
  for (; i < count; i++) {
    store<f32>(target + (<usize>i << 2), <f32>(<i32>load<u8>(source + i) - 128) * step);
  }
}
