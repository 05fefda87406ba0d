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

// ---- Columns: one row of outputs at a time -----------------------------------------------------------------------------

/** A high and a low row from three rows: `even`, `odd`, and the even one after; `before` is the high row before. */
// @ts-ignore: decorator
@inline
function forwardColumnStep<T>(
  even: usize, odd: usize, right: usize, before: usize, high: usize, low: usize, pitch: usize, haar: bool,
): void {
  let at: usize = 0;
  const end = pitch & ~15;
  for (; at < end; at += 16) {
    const e = v128.load(even + at);
    const h = v128.sub<T>(v128.load(odd + at), predict4<T>(e, v128.load(right + at), haar));
    v128.store(high + at, h);
    v128.store(low + at, v128.add<T>(e, update4<T>(v128.load(before + at), h, haar)));
  }
  for (; at < pitch; at += 4) {
    const e = load<T>(even + at);
    const h = <T>(load<T>(odd + at) - predict<T>(e, load<T>(right + at), haar));
    store<T>(high + at, h);
    store<T>(low + at, <T>(e + update<T>(load<T>(before + at), h, haar)));
  }
}

/** An even row from its low row and the high rows around it. */
// @ts-ignore: decorator
@inline
function evenRow<T>(low: usize, before: usize, high: usize, even: usize, pitch: usize, haar: bool): void {
  let at: usize = 0;
  const end = pitch & ~15;
  for (; at < end; at += 16) {
    const change = update4<T>(v128.load(before + at), v128.load(high + at), haar);
    v128.store(even + at, v128.sub<T>(v128.load(low + at), change));
  }
  for (; at < pitch; at += 4) {
    store<T>(even + at, <T>(load<T>(low + at) - update<T>(load<T>(before + at), load<T>(high + at), haar)));
  }
}

/** An odd row from its high row and the even rows around it. */
// @ts-ignore: decorator
@inline
function oddRow<T>(high: usize, even: usize, right: usize, odd: usize, pitch: usize, haar: bool): void {
  let at: usize = 0;
  const end = pitch & ~15;
  for (; at < end; at += 16) {
    const predicted = predict4<T>(v128.load(even + at), v128.load(right + at), haar);
    v128.store(odd + at, v128.add<T>(v128.load(high + at), predicted));
  }
  for (; at < pitch; at += 4) {
    const predicted = predict<T>(load<T>(even + at), load<T>(right + at), haar);
    store<T>(odd + at, <T>(load<T>(high + at) + predicted));
  }
}

/** target = source + update(high, high): the last low row of an odd number of rows, 5/3. */
// @ts-ignore: decorator
@inline
function lastLowRow<T>(source: usize, high: usize, target: usize, pitch: usize): void {
  for (let at: usize = 0; at < pitch; at += 4) {
    const h = load<T>(high + at);
    store<T>(target + at, <T>(load<T>(source + at) + update<T>(h, h, false)));
  }
}

// ---- One level of two dimensions: rows are transformed as the columns ask for them, and never leave the cache ----------

/**
 * One level: (height, width) at `source` → LL, HL, LH, HH, each contiguous. `scratch` holds three rows. A row there is its
 * low half and, behind it, its high half.
 */
// @ts-ignore: decorator
@inline
function forwardLevel<T>(
  source: usize, ll: usize, hl: usize, lh: usize, hh: usize, scratch: usize, width: i32, height: i32, haar: bool,
): void {
  const pitch = <usize>width << 2, lowPitch = <usize>((width + 1) >> 1) << 2, highPitch = <usize>(width >> 1) << 2;
  const highRows = height >> 1;
  if (highRows == 0) {
    forwardRow<T>(source, ll, hl, width, haar);
    return;
  }
  let even = scratch, right = scratch + pitch;
  const odd = scratch + 2 * pitch;
  forwardRow<T>(source, even, even + lowPitch, width, haar);
  for (let i = 0; i < highRows; i++) {
    const row = source + <usize>(2 * i + 1) * pitch;
    forwardRow<T>(row, odd, odd + lowPitch, width, haar);
    const inside = 2 * i + 2 < height;
    if (inside) forwardRow<T>(row + pitch, right, right + lowPitch, width, haar);
    const next = inside ? right : even;
    const h = lh + <usize>i * lowPitch, hBefore = i > 0 ? h - lowPitch : h;
    forwardColumnStep<T>(even, odd, next, hBefore, h, ll + <usize>i * lowPitch, lowPitch, haar);
    const d = hh + <usize>i * highPitch, dBefore = i > 0 ? d - highPitch : d, l = hl + <usize>i * highPitch;
    forwardColumnStep<T>(
      even + lowPitch, odd + lowPitch, next + lowPitch, dBefore, d, l, highPitch, haar,
    );
    right = even;
    even = next;
  }
  if (height & 1) {
    const low = ll + <usize>highRows * lowPitch, high = hl + <usize>highRows * highPitch;
    if (haar) {
      memory.copy(low, even, lowPitch);
      memory.copy(high, even + lowPitch, highPitch);
    } else {
      lastLowRow<T>(even, lh + <usize>(highRows - 1) * lowPitch, low, lowPitch);
      lastLowRow<T>(even + lowPitch, hh + <usize>(highRows - 1) * highPitch, high, highPitch);
    }
  }
}

/** The inverse; `scratch` holds three rows. */
// @ts-ignore: decorator
@inline
function inverseLevel<T>(
  ll: usize, hl: usize, lh: usize, hh: usize, target: usize, scratch: usize, width: i32, height: i32, haar: bool,
): void {
  const pitch = <usize>width << 2, lowPitch = <usize>((width + 1) >> 1) << 2, highPitch = <usize>(width >> 1) << 2;
  const highRows = height >> 1, lowRows = (height + 1) >> 1;
  if (highRows == 0) {
    inverseRow<T>(ll, hl, target, width, haar);
    return;
  }
  let even = scratch, before = scratch + pitch;
  const odd = scratch + 2 * pitch;
  // Row i of lows, then the odd row before it, which needs the even rows on both sides.
  for (let i = 0; i < lowRows; i++) {
    const last = i < highRows ? i : highRows - 1, previous = i > 0 ? i - 1 : 0;
    const h = lh + <usize>last * lowPitch, hBefore = lh + <usize>previous * lowPitch;
    const d = hh + <usize>last * highPitch, dBefore = hh + <usize>previous * highPitch;
    const low = ll + <usize>i * lowPitch, high = hl + <usize>i * highPitch;
    if (haar && i == highRows) {
      memory.copy(even, low, lowPitch);
      memory.copy(even + lowPitch, high, highPitch);
    } else {
      evenRow<T>(low, hBefore, h, even, lowPitch, haar);
      evenRow<T>(high, dBefore, d, even + lowPitch, highPitch, haar);
    }
    const row = target + <usize>(2 * i) * pitch;
    inverseRow<T>(even, even + lowPitch, row, width, haar);
    if (i > 0) {
      oddRow<T>(hBefore, before, even, odd, lowPitch, haar);
      oddRow<T>(dBefore, before + lowPitch, even + lowPitch, odd + lowPitch, highPitch, haar);
      inverseRow<T>(odd, odd + lowPitch, row - pitch, width, haar);
    }
    const other = before;
    before = even;
    even = other;
  }
  if (lowRows == highRows) {
    const last = <usize>(highRows - 1);
    oddRow<T>(lh + last * lowPitch, before, before, odd, lowPitch, haar);
    oddRow<T>(hh + last * highPitch, before + lowPitch, before + lowPitch, odd + lowPitch, highPitch, haar);
    inverseRow<T>(odd, odd + lowPitch, target + (2 * last + 1) * pitch, width, haar);
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

// ---- 9/7 --------------------------------------------------------------------------------------------------------------

const ALPHA: f32 = -1.586134342059924, BETA: f32 = -0.052980118572961;
const GAMMA: f32 = 0.882911075530934, DELTA: f32 = 0.443506852043971;
const LOW_SCALE: f32 = <f32>(1 / 1.230174104914001), HIGH_SCALE: f32 = 1.230174104914001;

// @ts-ignore: decorator
@inline
function lifted(x: f32, a: f32, b: f32, factor: f32): f32 {
  return x + factor * (a + b);
}

// @ts-ignore: decorator
@inline
function lifted4(x: V, a: V, b: V, factor: f32): V {
  return f32x4.add(x, f32x4.mul(f32x4.splat(factor), f32x4.add(a, b)));
}

/** high[i] += factor · (low[i] + low[i + 1]), mirrored at the end. */
// @ts-ignore: decorator
@inline
function liftHigh(low: usize, high: usize, count: i32, factor: f32): void {
  const highCount = count >> 1, inner = count & 1 ? highCount : highCount - 1;
  let i = 0;
  for (; i + 4 <= inner; i += 4) {
    const at = <usize>i << 2;
    v128.store(high + at, lifted4(v128.load(high + at), v128.load(low + at), v128.load(low + at, 4), factor));
  }
  for (; i < highCount; i++) {
    const at = <usize>i << 2, left = load<f32>(low + at);
    store<f32>(high + at, lifted(load<f32>(high + at), left, i < inner ? load<f32>(low + at, 4) : left, factor));
  }
}

/** low[i] += factor · (high[i − 1] + high[i]), mirrored at both ends. */
// @ts-ignore: decorator
@inline
function liftLow(low: usize, high: usize, count: i32, factor: f32): void {
  const highCount = count >> 1;
  const first = load<f32>(high);
  store<f32>(low, lifted(load<f32>(low), first, first, factor));
  let i = 1;
  for (; i + 4 <= highCount; i += 4) {
    const at = <usize>i << 2;
    v128.store(low + at, lifted4(v128.load(low + at), v128.load(high + at - 4), v128.load(high + at), factor));
  }
  for (; i < (count + 1) >> 1; i++) {
    const at = <usize>i << 2, left = load<f32>(high + at - 4);
    store<f32>(low + at, lifted(load<f32>(low + at), left, i < highCount ? load<f32>(high + at) : left, factor));
  }
}

// @ts-ignore: decorator
@inline
function scaleRow(x: usize, count: i32, factor: f32): void {
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    const at = x + (<usize>i << 2);
    v128.store(at, f32x4.mul(v128.load(at), f32x4.splat(factor)));
  }
  for (; i < count; i++) {
    const at = x + (<usize>i << 2);
    store<f32>(at, load<f32>(at) * factor);
  }
}

/** `count` samples at `x` → low at `low`, high at `high`. */
function forwardRow97(x: usize, low: usize, high: usize, count: i32): void {
  const highCount = count >> 1;
  if (highCount == 0) {
    store<f32>(low, load<f32>(x));
    return;
  }
  let i = 0;
  for (; i + 4 <= highCount; i += 4) {
    const p = x + (<usize>i << 3), at = <usize>i << 2;
    const a = v128.load(p), b = v128.load(p, 16);
    v128.store(low + at, evens(a, b));
    v128.store(high + at, odds(a, b));
  }
  for (; i < highCount; i++) {
    const p = x + (<usize>i << 3), at = <usize>i << 2;
    store<f32>(low + at, load<f32>(p));
    store<f32>(high + at, load<f32>(p, 4));
  }
  if (count & 1) store<f32>(low + (<usize>highCount << 2), load<f32>(x + (<usize>highCount << 3)));
  liftHigh(low, high, count, ALPHA);
  liftLow(low, high, count, BETA);
  liftHigh(low, high, count, GAMMA);
  liftLow(low, high, count, DELTA);
  scaleRow(low, (count + 1) >> 1, LOW_SCALE);
  scaleRow(high, highCount, HIGH_SCALE);
}

/** The inverse of `forwardRow97`; `low` and `high` are used up. */
function inverseRow97(low: usize, high: usize, x: usize, count: i32): void {
  const highCount = count >> 1;
  if (highCount == 0) {
    store<f32>(x, load<f32>(low));
    return;
  }
  scaleRow(low, (count + 1) >> 1, HIGH_SCALE);
  scaleRow(high, highCount, LOW_SCALE);
  liftLow(low, high, count, -DELTA);
  liftHigh(low, high, count, -GAMMA);
  liftLow(low, high, count, -BETA);
  liftHigh(low, high, count, -ALPHA);
  let i = 0;
  for (; i + 4 <= highCount; i += 4) {
    const p = x + (<usize>i << 3), at = <usize>i << 2;
    const l = v128.load(low + at), h = v128.load(high + at);
    v128.store(p, v128.shuffle<i32>(l, h, 0, 4, 1, 5));
    v128.store(p, v128.shuffle<i32>(l, h, 2, 6, 3, 7), 16);
  }
  for (; i < highCount; i++) {
    const p = x + (<usize>i << 3), at = <usize>i << 2;
    store<f32>(p, load<f32>(low + at));
    store<f32>(p, load<f32>(high + at), 4);
  }
  if (count & 1) store<f32>(x + (<usize>highCount << 3), load<f32>(low + (<usize>highCount << 2)));
}

/** target = x + factor · (a + b), rows of `pitch` bytes. */
function liftRow(x: usize, a: usize, b: usize, target: usize, pitch: usize, factor: f32): void {
  let at: usize = 0;
  const end = pitch & ~15;
  for (; at < end; at += 16) {
    v128.store(target + at, lifted4(v128.load(x + at), v128.load(a + at), v128.load(b + at), factor));
  }
  for (; at < pitch; at += 4) {
    store<f32>(target + at, lifted(load<f32>(x + at), load<f32>(a + at), load<f32>(b + at), factor));
  }
}

/** target = source · factor. */
function scaledRow(source: usize, target: usize, pitch: usize, factor: f32): void {
  let at: usize = 0;
  const end = pitch & ~15;
  for (; at < end; at += 16) v128.store(target + at, f32x4.mul(v128.load(source + at), f32x4.splat(factor)));
  for (; at < pitch; at += 4) store<f32>(target + at, load<f32>(source + at) * factor);
}

/**
 * One level, see `forwardLevel`; `scratch` holds seven rows. With e and o the even and odd rows, primed once a lifting step:
 * o′ needs the even rows around it, e′ the o′ around it, o″ the e′, e″ the o″. Row pair i makes o′ i, e′ i, o″ i − 1, e″ i − 1.
 */
export function forwardCdf97F32(
  source: usize, ll: usize, hl: usize, lh: usize, hh: usize, scratch: usize, width: i32, height: i32,
): void {
  const pitch = <usize>width << 2, lowPitch = <usize>((width + 1) >> 1) << 2, highPitch = <usize>(width >> 1) << 2;
  const highRows = height >> 1, lowRows = (height + 1) >> 1;
  if (highRows == 0) {
    forwardRow97(source, ll, hl, width);
    return;
  }
  // Rows of scratch; those of the last pair and of this one change places.
  let even = scratch, right = scratch + pitch, odd = scratch + 2 * pitch, oddBefore = scratch + 3 * pitch;
  let evenBefore = scratch + 4 * pitch, oddDone = scratch + 5 * pitch;
  const spare = scratch + 6 * pitch;
  forwardRow97(source, even, even + lowPitch, width);
  for (let i = 0; i <= highRows; i++) {
    const hasPair = i < highRows;
    if (hasPair) {
      const row = source + <usize>(2 * i + 1) * pitch;
      forwardRow97(row, odd, odd + lowPitch, width);
      const inside = 2 * i + 2 < height;
      if (inside) forwardRow97(row + pitch, right, right + lowPitch, width);
      liftRow(odd, even, inside ? right : even, odd, pitch, ALPHA);
      liftRow(even, i > 0 ? oddBefore : odd, odd, even, pitch, BETA);
    } else if (lowRows > highRows) {
      liftRow(even, oddBefore, oddBefore, even, pitch, BETA);
    }
    if (i > 0) {
      // o″ and e″ of the pair before.
      const from = <usize>(i - 1);
      liftRow(oddBefore, evenBefore, hasPair || lowRows > highRows ? even : evenBefore, oddBefore, pitch, GAMMA);
      scaledRow(oddBefore, lh + from * lowPitch, lowPitch, HIGH_SCALE);
      scaledRow(oddBefore + lowPitch, hh + from * highPitch, highPitch, HIGH_SCALE);
      liftRow(evenBefore, i > 1 ? oddDone : oddBefore, oddBefore, evenBefore, pitch, DELTA);
      scaledRow(evenBefore, ll + from * lowPitch, lowPitch, LOW_SCALE);
      scaledRow(evenBefore + lowPitch, hl + from * highPitch, highPitch, LOW_SCALE);
    }
    if (hasPair) {
      const freeOdd = oddDone, freeEven = evenBefore;
      oddDone = oddBefore;
      oddBefore = odd;
      odd = freeOdd;
      evenBefore = even;
      even = right;
      right = freeEven;
    }
  }
  if (lowRows > highRows) {
    const last = <usize>highRows;
    liftRow(even, oddBefore, oddBefore, spare, pitch, DELTA);
    scaledRow(spare, ll + last * lowPitch, lowPitch, LOW_SCALE);
    scaledRow(spare + lowPitch, hl + last * highPitch, highPitch, LOW_SCALE);
  }
}

/**
 * The inverse; `scratch` holds seven rows. Row pair i makes e′ i, o′ i − 1, e i − 1 and o i − 2.
 */
export function inverseCdf97F32(
  ll: usize, hl: usize, lh: usize, hh: usize, target: usize, scratch: usize, width: i32, height: i32,
): void {
  const pitch = <usize>width << 2, lowPitch = <usize>((width + 1) >> 1) << 2, highPitch = <usize>(width >> 1) << 2;
  const highRows = height >> 1, lowRows = (height + 1) >> 1;
  if (highRows == 0) {
    memory.copy(scratch, ll, lowPitch);
    memory.copy(scratch + lowPitch, hl, highPitch);
    inverseRow97(scratch, scratch + lowPitch, target, width);
    return;
  }
  // e″ and o″ scaled, then e′ in place, …; "1" is the pair before, "2" the one before that.
  let even = scratch, odd = scratch + pitch, even1 = scratch + 2 * pitch, odd1 = scratch + 3 * pitch;
  let even2 = scratch + 4 * pitch, odd2 = scratch + 5 * pitch;
  const row = scratch + 6 * pitch;
  for (let i = 0; i < lowRows + 2; i++) {
    const hasLow = i < lowRows, hasHigh = i < highRows;
    if (hasLow) {
      const at = <usize>i;
      scaledRow(ll + at * lowPitch, even, lowPitch, HIGH_SCALE);
      scaledRow(hl + at * highPitch, even + lowPitch, highPitch, HIGH_SCALE);
    }
    if (hasHigh) {
      const at = <usize>i;
      scaledRow(lh + at * lowPitch, odd, lowPitch, LOW_SCALE);
      scaledRow(hh + at * highPitch, odd + lowPitch, highPitch, LOW_SCALE);
    }
    if (hasLow) liftRow(even, i > 0 ? odd1 : odd, hasHigh ? odd : odd1, even, pitch, -DELTA);
    if (i > 0 && i - 1 < highRows) liftRow(odd1, even1, hasLow ? even : even1, odd1, pitch, -GAMMA);
    if (i > 0 && i - 1 < lowRows) {
      liftRow(even1, i > 1 ? odd2 : odd1, i - 1 < highRows ? odd1 : odd2, even1, pitch, -BETA);
    }
    if (i > 1 && i - 2 < highRows) {
      liftRow(odd2, even2, i - 1 < lowRows ? even1 : even2, row, pitch, -ALPHA);
      inverseRow97(row, row + lowPitch, target + <usize>(2 * i - 3) * pitch, width);
    }
    if (i > 1 && i - 2 < lowRows) {
      // No longer needed by its odd neighbours.
      inverseRow97(even2, even2 + lowPitch, target + <usize>(2 * i - 4) * pitch, width);
    }
    const freeEven = even2, freeOdd = odd2;
    even2 = even1;
    odd2 = odd1;
    even1 = even;
    odd1 = odd;
    even = freeEven;
    odd = freeOdd;
  }
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
