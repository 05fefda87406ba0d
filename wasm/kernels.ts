// SIMD kernels in AssemblyScript, compiled by `deno task wasm` into src/kernels/cpu/kernels_wasm.ts.
//
// All arguments are byte addresses in the arena's memory or counts of elements; nothing is allocated and there is no
// static data, so the arena owns every byte. Results equal those of the TypeScript in src/kernels/cpu/ to the bit.

type V = v128;

// ---- Several vectors a turn ------------------------------------------------------------------------------------------

// V8 neither unrolls these loops nor moves a sum of addresses out of them: with one vector a turn, a third of the
// instructions of a turn are about addresses and the turn itself. The next vectors of a turn are reached by the offset that a
// load or store has in itself. It must be a constant; the size of a class is one that can be handed on.

// @ts-ignore: decorator
@unmanaged
class Bytes0 {}
// @ts-ignore: decorator
@unmanaged
class Bytes16 extends Bytes0 {
  low: u64;
  high: u64;
}
// @ts-ignore: decorator
@unmanaged
class Bytes32 extends Bytes16 {
  low2: u64;
  high2: u64;
}
// @ts-ignore: decorator
@unmanaged
class Bytes48 extends Bytes32 {
  low3: u64;
  high3: u64;
}

// @ts-ignore: decorator
@inline
function vectorAt<Offset>(p: usize): V {
  return v128.load(p, offsetof<Offset>());
}

// @ts-ignore: decorator
@inline
function storeAt<Offset>(p: usize, x: V): void {
  v128.store(p, x, offsetof<Offset>());
}

// ---- Hadamard -------------------------------------------------------------------------------------------------------

/** Four values of each plane. */
// @ts-ignore: decorator
@inline
function hadamardVectors<Offset>(
  a: usize, b: usize, c: usize, d: usize, targetA: usize, targetB: usize, targetC: usize, targetD: usize,
): void {
  const half = f32x4.splat(0.5);
  const va = vectorAt<Offset>(a), vb = vectorAt<Offset>(b), vc = vectorAt<Offset>(c), vd = vectorAt<Offset>(d);
  const sum = f32x4.add(va, vb), difference = f32x4.sub(va, vb);
  const sumCd = f32x4.add(vc, vd), differenceCd = f32x4.sub(vc, vd);
  storeAt<Offset>(targetA, f32x4.mul(half, f32x4.add(sum, sumCd)));
  storeAt<Offset>(targetB, f32x4.mul(half, f32x4.sub(sum, sumCd)));
  storeAt<Offset>(targetC, f32x4.mul(half, f32x4.sub(difference, differenceCd)));
  storeAt<Offset>(targetD, f32x4.mul(half, f32x4.add(difference, differenceCd)));
}

/** ½ H over four planes of `count` f32; target may be source. */
export function hadamard4(source: usize, target: usize, count: i32): void {
  const plane = <usize>count << 2;
  let i: usize = 0;
  for (; i < (plane & ~63); i += 64) {
    const a = source + i, b = a + plane, c = b + plane, d = c + plane;
    const targetA = target + i, targetB = targetA + plane, targetC = targetB + plane, targetD = targetC + plane;
    hadamardVectors<Bytes0>(a, b, c, d, targetA, targetB, targetC, targetD);
    hadamardVectors<Bytes16>(a, b, c, d, targetA, targetB, targetC, targetD);
    hadamardVectors<Bytes32>(a, b, c, d, targetA, targetB, targetC, targetD);
    hadamardVectors<Bytes48>(a, b, c, d, targetA, targetB, targetC, targetD);
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

/** 5/3: the high samples of even ones `e` and odd ones `o`; `next` begins with the even one after. */
// @ts-ignore: decorator
@inline
function highs4<T>(e: V, o: V, next: V): V {
  return v128.sub<T>(o, predict4<T>(e, v128.shuffle<i32>(e, next, 1, 2, 3, 4), false));
}

/** 5/3: the low samples of even ones `e` and high ones `h`; `before` ends with the high one before. */
// @ts-ignore: decorator
@inline
function lows4<T>(e: V, h: V, before: V): V {
  return v128.add<T>(e, update4<T>(v128.shuffle<i32>(before, h, 3, 4, 5, 6), h, false));
}

/** 5/3: the even samples of low ones `l` and high ones `h`; `before` ends with the high one before. */
// @ts-ignore: decorator
@inline
function evens4<T>(l: V, h: V, before: V): V {
  return v128.sub<T>(l, update4<T>(v128.shuffle<i32>(before, h, 3, 4, 5, 6), h, false));
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
  const highCount = count >> 1;
  if (highCount == 0) {
    store<T>(x, load<T>(low));
    return;
  }
  // Even sample i needs high samples i - 1 and i, odd sample i even samples i and i + 1: a vector of evens is made one
  // ahead of the odds that go with it.
  let i = 0;
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
  }
  inverseRowFrom<T>(low, high, x, i, count, haar);
}

/** The samples from 2 · `first` on, one at a time. */
// @ts-ignore: decorator
@inline
function inverseRowFrom<T>(low: usize, high: usize, x: usize, first: i32, count: i32, haar: bool): void {
  const highCount = count >> 1, lowCount = (count + 1) >> 1;
  let i = first;
  let at = <usize>i << 2;
  let h = load<T>(high + at);
  let e = <T>(load<T>(low + at) - update<T>(i > 0 ? load<T>(high + at - 4) : h, h, haar));
  for (; i + 1 < highCount; i++) {
    at = <usize>i << 2;
    const nextH = load<T>(high + at, 4);
    const nextE = <T>(load<T>(low + at, 4) - update<T>(h, nextH, haar));
    store<T>(x + 2 * at, e);
    store<T>(x + 2 * at, <T>(h + predict<T>(e, nextE, haar)), 4);
    h = nextH;
    e = nextE;
  }
  at = <usize>i << 2;
  let right = e;
  if (lowCount > highCount) {
    const l = load<T>(low + at, 4);
    right = haar ? l : <T>(l - update<T>(h, h, haar));
    store<T>(x + 2 * at, right, 8);
  }
  store<T>(x + 2 * at, e);
  store<T>(x + 2 * at, <T>(h + predict<T>(e, right, haar)), 4);
}

// ---- Columns: two rows at a time, samples transformed along the row as the columns ask for them -------------------------

/**
 * 5/3: a high and a low sample of a column from `o` of the odd row and `n` of the even one after it; the even one before it
 * lies at `even`, where `n` then is. `before` is the high sample of the rows before.
 */
// @ts-ignore: decorator
@inline
function forwardColumn<T>(even: usize, o: T, n: T, before: usize, high: usize, low: usize): void {
  const e = load<T>(even), h = <T>(o - predict<T>(e, n, false));
  store<T>(high, h);
  store<T>(low, <T>(e + update<T>(load<T>(before), h, false)));
  store<T>(even, n);
}

/** `forwardColumn` of four columns. */
// @ts-ignore: decorator
@inline
function forwardColumn4<T, Offset>(even: usize, o: V, n: V, before: usize, high: usize, low: usize): void {
  const e = vectorAt<Offset>(even), h = v128.sub<T>(o, predict4<T>(e, n, false));
  storeAt<Offset>(high, h);
  storeAt<Offset>(low, v128.add<T>(e, update4<T>(vectorAt<Offset>(before), h, false)));
  storeAt<Offset>(even, n);
}

// @ts-ignore: decorator
@inline
function highSample<T>(p: usize, inside: bool): T {
  const e = load<T>(p);
  return <T>(load<T>(p, 4) - predict<T>(e, inside ? load<T>(p, 8) : e, false));
}

/**
 * 5/3: the rows at `odd` and `next` → a row of each band. `even` is the row before them, its lows and behind them its highs;
 * afterwards `next` is there. `lhBefore` and `hhBefore` are those bands' rows before, or these for the first ones.
 */
// @ts-ignore: decorator
@inline
function forwardPair53<T>(
  odd: usize, next: usize, even: usize, lhBefore: usize, hhBefore: usize,
  ll: usize, hl: usize, lh: usize, hh: usize, count: i32,
): void {
  const highCount = count >> 1, inner = count & 1 ? highCount : highCount - 1;
  const evenHigh = even + (<usize>((count + 1) >> 1) << 2);
  let i = 0;
  let lastOdd: T = <T>0, lastNext: T = <T>0;
  if (highCount > 0) {
    lastOdd = highSample<T>(odd, inner > 0);
    lastNext = highSample<T>(next, inner > 0);
  }
  let beforeOdd = v128.splat<T>(lastOdd), beforeNext = v128.splat<T>(lastNext);
  // Where the last odd sample has no right neighbour, its left one stands in, eight bytes before.
  for (; i + 8 <= highCount; i += 8) {
    const at = <usize>i << 2, o = odd + 2 * at, n = next + 2 * at, right: usize = i + 8 <= inner ? 64 : 56;
    const oa = v128.load(o), ob = v128.load(o, 16), oc = v128.load(o, 32), od = v128.load(o, 48);
    const eo = evens(oa, ob), fo = evens(oc, od);
    const ho = highs4<T>(eo, odds(oa, ob), fo), io = highs4<T>(fo, odds(oc, od), v128.load32_splat(o + right));
    const na = v128.load(n), nb = v128.load(n, 16), nc = v128.load(n, 32), nd = v128.load(n, 48);
    const en = evens(na, nb), fn = evens(nc, nd);
    const hn = highs4<T>(en, odds(na, nb), fn), jn = highs4<T>(fn, odds(nc, nd), v128.load32_splat(n + right));
    const row = evenHigh + at, before = hhBefore + at, high = hh + at, low = hl + at;
    forwardColumn4<T, Bytes0>(row, ho, hn, before, high, low);
    forwardColumn4<T, Bytes16>(row, io, jn, before, high, low);
    const lowRow = even + at, lowBefore = lhBefore + at, lowHigh = lh + at, lowLow = ll + at;
    forwardColumn4<T, Bytes0>(lowRow, lows4<T>(eo, ho, beforeOdd), lows4<T>(en, hn, beforeNext), lowBefore, lowHigh, lowLow);
    forwardColumn4<T, Bytes16>(lowRow, lows4<T>(fo, io, ho), lows4<T>(fn, jn, hn), lowBefore, lowHigh, lowLow);
    beforeOdd = io;
    beforeNext = jn;
  }
  if (i + 4 <= highCount) {
    const at = <usize>i << 2, o = odd + 2 * at, n = next + 2 * at, right: usize = i + 4 <= inner ? 32 : 24;
    const oa = v128.load(o), ob = v128.load(o, 16), na = v128.load(n), nb = v128.load(n, 16);
    const eo = evens(oa, ob), en = evens(na, nb);
    const ho = highs4<T>(eo, odds(oa, ob), v128.load32_splat(o + right));
    const hn = highs4<T>(en, odds(na, nb), v128.load32_splat(n + right));
    forwardColumn4<T, Bytes0>(evenHigh + at, ho, hn, hhBefore + at, hh + at, hl + at);
    const lo = lows4<T>(eo, ho, beforeOdd), ln = lows4<T>(en, hn, beforeNext);
    forwardColumn4<T, Bytes0>(even + at, lo, ln, lhBefore + at, lh + at, ll + at);
    beforeOdd = ho;
    beforeNext = hn;
    i += 4;
  }
  lastOdd = v128.extract_lane<T>(beforeOdd, 3);
  lastNext = v128.extract_lane<T>(beforeNext, 3);
  for (; i < highCount; i++) {
    const at = <usize>i << 2, o = odd + 2 * at, n = next + 2 * at, inside = i < inner;
    const ho = highSample<T>(o, inside), hn = highSample<T>(n, inside);
    forwardColumn<T>(evenHigh + at, ho, hn, hhBefore + at, hh + at, hl + at);
    const lo = <T>(load<T>(o) + update<T>(lastOdd, ho, false)), ln = <T>(load<T>(n) + update<T>(lastNext, hn, false));
    forwardColumn<T>(even + at, lo, ln, lhBefore + at, lh + at, ll + at);
    lastOdd = ho;
    lastNext = hn;
  }
  if (count & 1) {
    const at = <usize>i << 2, o = load<T>(odd + 2 * at), n = load<T>(next + 2 * at);
    const lo = i > 0 ? <T>(o + update<T>(lastOdd, lastOdd, false)) : o;
    const ln = i > 0 ? <T>(n + update<T>(lastNext, lastNext, false)) : n;
    forwardColumn<T>(even + at, lo, ln, lhBefore + at, lh + at, ll + at);
  }
}

/** 5/3: the last high and low row of an even number of rows; `odd` and `even` are transformed along the row. */
// @ts-ignore: decorator
@inline
function forwardLastRow<T>(even: usize, odd: usize, before: usize, high: usize, low: usize, pitch: usize): void {
  let at: usize = 0;
  const end = pitch & ~15;
  for (; at < end; at += 16) {
    forwardColumn4<T, Bytes0>(even + at, v128.load(odd + at), v128.load(even + at), before + at, high + at, low + at);
  }
  for (; at < pitch; at += 4) {
    forwardColumn<T>(even + at, load<T>(odd + at), load<T>(even + at), before + at, high + at, low + at);
  }
}

/** 5/3: target = source + update(high, high), the last low row of an odd number of rows. */
// @ts-ignore: decorator
@inline
function lastLowRow<T>(source: usize, high: usize, target: usize, pitch: usize): void {
  for (let at: usize = 0; at < pitch; at += 4) {
    const h = load<T>(high + at);
    store<T>(target + at, <T>(load<T>(source + at) + update<T>(h, h, false)));
  }
}

/**
 * 5/3: a sample of the odd row of a column; `high` and `highBefore` are those of this row and the one before, `low` of this
 * one. The even sample before it lies at `even`, where the one after it then is.
 */
// @ts-ignore: decorator
@inline
function inverseColumn<T>(even: usize, low: usize, highBefore: usize, high: usize): T {
  const before = load<T>(highBefore), n = <T>(load<T>(low) - update<T>(before, load<T>(high), false));
  const o = <T>(before + predict<T>(load<T>(even), n, false));
  store<T>(even, n);
  return o;
}

/** Four even samples of columns, from low ones and the high ones around them. */
// @ts-ignore: decorator
@inline
function evenColumn4<T, Offset>(low: usize, before: V, high: usize): V {
  return v128.sub<T>(vectorAt<Offset>(low), update4<T>(before, vectorAt<Offset>(high), false));
}

/** Four odd samples of columns, of high ones `h`; the even ones before them lie at `even`, where `n`, those after, then are. */
// @ts-ignore: decorator
@inline
function oddColumn4<T, Offset>(even: usize, h: V, n: V): V {
  const o = v128.add<T>(h, predict4<T>(vectorAt<Offset>(even), n, false));
  storeAt<Offset>(even, n);
  return o;
}

/** Four even samples `e` and the odd ones between them, of high samples `h`; `next` begins with the even one after. */
// @ts-ignore: decorator
@inline
function storeSamples<T, Offset, Behind>(x: usize, e: V, h: V, next: V): void {
  const o = v128.add<T>(h, predict4<T>(e, v128.shuffle<i32>(e, next, 1, 2, 3, 4), false));
  storeInterleaved<Offset, Behind>(x, e, o);
}

// @ts-ignore: decorator
@inline
function storeInterleaved<Offset, Behind>(x: usize, e: V, o: V): void {
  storeAt<Offset>(x, v128.shuffle<i32>(e, o, 0, 4, 1, 5));
  storeAt<Behind>(x, v128.shuffle<i32>(e, o, 2, 6, 3, 7));
}

/**
 * 5/3: the rows at `oddTarget` and `nextTarget` from a row of LL and HL and the rows of LH and HH around it. `even` is the row
 * before them, its lows and behind them its highs; afterwards that of `nextTarget` is there. `odd` is room for a row.
 */
// @ts-ignore: decorator
@inline
function inversePair53<T>(
  ll: usize, hl: usize, lhBefore: usize, hhBefore: usize, lh: usize, hh: usize,
  even: usize, odd: usize, oddTarget: usize, nextTarget: usize, count: i32,
): void {
  const highCount = count >> 1, lowCount = (count + 1) >> 1, lowPitch = <usize>lowCount << 2;
  const evenHigh = even + lowPitch, oddHigh = odd + lowPitch;
  let i = 0;
  if (highCount >= 4) {
    // A vector of even samples is made one ahead of the odd ones that go with it.
    const h0 = v128.load(hhBefore), l0 = v128.load(lhBefore);
    let hn = evenColumn4<T, Bytes0>(hl, h0, hh), ho = oddColumn4<T, Bytes0>(evenHigh, h0, hn);
    let ln = evenColumn4<T, Bytes0>(ll, l0, lh), lo = oddColumn4<T, Bytes0>(even, l0, ln);
    let eo = evens4<T>(lo, ho, v128.splat<T>(v128.extract_lane<T>(ho, 0)));
    let en = evens4<T>(ln, hn, v128.splat<T>(v128.extract_lane<T>(hn, 0)));
    let hoBefore = ho;
    for (i = 4; i + 8 <= highCount; i += 8) {
      const at = <usize>i << 2;
      const row = evenHigh + at, high = hh + at, low = hl + at, before = hhBefore + at;
      const h1 = v128.load(before), h2 = v128.load(before, 16);
      const hn1 = evenColumn4<T, Bytes0>(low, h1, high), hn2 = evenColumn4<T, Bytes16>(low, h2, high);
      const ho1 = oddColumn4<T, Bytes0>(row, h1, hn1), ho2 = oddColumn4<T, Bytes16>(row, h2, hn2);
      const lowRow = even + at, lowHigh = lh + at, lowLow = ll + at, lowBefore = lhBefore + at;
      const l1 = v128.load(lowBefore), l2 = v128.load(lowBefore, 16);
      const ln1 = evenColumn4<T, Bytes0>(lowLow, l1, lowHigh), ln2 = evenColumn4<T, Bytes16>(lowLow, l2, lowHigh);
      const lo1 = oddColumn4<T, Bytes0>(lowRow, l1, ln1), lo2 = oddColumn4<T, Bytes16>(lowRow, l2, ln2);
      const eo1 = evens4<T>(lo1, ho1, ho), eo2 = evens4<T>(lo2, ho2, ho1);
      const oddRow = oddTarget + 2 * at - 32;
      storeSamples<T, Bytes0, Bytes16>(oddRow, eo, ho, eo1);
      storeSamples<T, Bytes32, Bytes48>(oddRow, eo1, ho1, eo2);
      const en1 = evens4<T>(ln1, hn1, hn), en2 = evens4<T>(ln2, hn2, hn1);
      const nextRow = nextTarget + 2 * at - 32;
      storeSamples<T, Bytes0, Bytes16>(nextRow, en, hn, en1);
      storeSamples<T, Bytes32, Bytes48>(nextRow, en1, hn1, en2);
      hoBefore = ho1;
      lo = lo2;
      ln = ln2;
      ho = ho2;
      hn = hn2;
      eo = eo2;
      en = en2;
    }
    if (i + 4 <= highCount) {
      const at = <usize>i << 2, h1 = v128.load(hhBefore + at), l1 = v128.load(lhBefore + at);
      const hn1 = evenColumn4<T, Bytes0>(hl + at, h1, hh + at), ho1 = oddColumn4<T, Bytes0>(evenHigh + at, h1, hn1);
      ln = evenColumn4<T, Bytes0>(ll + at, l1, lh + at);
      lo = oddColumn4<T, Bytes0>(even + at, l1, ln);
      const eo1 = evens4<T>(lo, ho1, ho), en1 = evens4<T>(ln, hn1, hn);
      storeSamples<T, Bytes0, Bytes16>(oddTarget + 2 * at - 32, eo, ho, eo1);
      storeSamples<T, Bytes0, Bytes16>(nextTarget + 2 * at - 32, en, hn, en1);
      hoBefore = ho;
      ho = ho1;
      hn = hn1;
      eo = eo1;
      en = en1;
      i += 4;
    }
    const at = (<usize>i << 2) - 16;
    if (i == lowCount) {
      storeSamples<T, Bytes0, Bytes16>(oddTarget + 2 * at, eo, ho, v128.shuffle<i32>(eo, eo, 3, 3, 3, 3));
      storeSamples<T, Bytes0, Bytes16>(nextTarget + 2 * at, en, hn, v128.shuffle<i32>(en, en, 3, 3, 3, 3));
      return;
    }
    // The rest begins with the samples that lack their neighbour, and looks at the one before them.
    v128.store(odd + at, lo);
    v128.store(oddHigh + at, ho);
    if (i > 4) v128.store(oddHigh + at - 16, hoBefore);
  }
  for (let k = i; k < lowCount; k++) {
    const at = <usize>k << 2;
    store<T>(odd + at, inverseColumn<T>(even + at, ll + at, lhBefore + at, lh + at));
    if (k < highCount) {
      store<T>(oddHigh + at, inverseColumn<T>(evenHigh + at, hl + at, hhBefore + at, hh + at));
    }
  }
  const first = i > 0 ? i - 4 : 0;
  restOfRow53<T>(odd, oddHigh, oddTarget, first, count);
  restOfRow53<T>(even, evenHigh, nextTarget, first, count);
}

// @ts-ignore: decorator
@inline
function restOfRow53<T>(low: usize, high: usize, x: usize, first: i32, count: i32): void {
  if (count == 1) store<T>(x, load<T>(low));
  else inverseRowFrom<T>(low, high, x, first, count, false);
}

/** 5/3: target = source − update(high, high), the first even row. */
// @ts-ignore: decorator
@inline
function firstEvenRow<T>(source: usize, high: usize, target: usize, pitch: usize): void {
  for (let at: usize = 0; at < pitch; at += 4) {
    const h = load<T>(high + at);
    store<T>(target + at, <T>(load<T>(source + at) - update<T>(h, h, false)));
  }
}

/** 5/3: target = high + predict(even, even), the last odd row of an even number of rows. */
// @ts-ignore: decorator
@inline
function lastOddRow<T>(high: usize, even: usize, target: usize, pitch: usize): void {
  for (let at: usize = 0; at < pitch; at += 4) {
    const e = load<T>(even + at);
    store<T>(target + at, <T>(load<T>(high + at) + predict<T>(e, e, false)));
  }
}

// ---- One level of two dimensions ---------------------------------------------------------------------------------------

/**
 * One level of 5/3: (height, width) at `source` → LL, HL, LH, HH, each contiguous. `scratch` holds two rows. A row there is
 * its low half and, behind it, its high half.
 */
// @ts-ignore: decorator
@inline
function forwardLevel53<T>(
  source: usize, ll: usize, hl: usize, lh: usize, hh: usize, scratch: usize, width: i32, height: i32,
): void {
  const pitch = <usize>width << 2, lowPitch = <usize>((width + 1) >> 1) << 2, highPitch = <usize>(width >> 1) << 2;
  const highRows = height >> 1;
  if (highRows == 0) {
    forwardRow<T>(source, ll, hl, width, false);
    return;
  }
  const even = scratch, odd = scratch + pitch;
  forwardRow<T>(source, even, even + lowPitch, width, false);
  for (let i = 0; i < highRows; i++) {
    const row = source + <usize>(2 * i + 1) * pitch;
    const low = ll + <usize>i * lowPitch, high = hl + <usize>i * highPitch;
    const h = lh + <usize>i * lowPitch, d = hh + <usize>i * highPitch;
    const hBefore = i > 0 ? h - lowPitch : h, dBefore = i > 0 ? d - highPitch : d;
    if (2 * i + 2 < height) {
      forwardPair53<T>(row, row + pitch, even, hBefore, dBefore, low, high, h, d, width);
    } else {
      forwardRow<T>(row, odd, odd + lowPitch, width, false);
      forwardLastRow<T>(even, odd, hBefore, h, low, lowPitch);
      forwardLastRow<T>(even + lowPitch, odd + lowPitch, dBefore, d, high, highPitch);
    }
  }
  if (height & 1) {
    const last = <usize>(highRows - 1);
    lastLowRow<T>(even, lh + last * lowPitch, ll + <usize>highRows * lowPitch, lowPitch);
    lastLowRow<T>(even + lowPitch, hh + last * highPitch, hl + <usize>highRows * highPitch, highPitch);
  }
}

/** The inverse; `scratch` holds two rows. */
// @ts-ignore: decorator
@inline
function inverseLevel53<T>(
  ll: usize, hl: usize, lh: usize, hh: usize, target: usize, scratch: usize, width: i32, height: i32,
): void {
  const pitch = <usize>width << 2, lowPitch = <usize>((width + 1) >> 1) << 2, highPitch = <usize>(width >> 1) << 2;
  const highRows = height >> 1, lowRows = (height + 1) >> 1;
  if (highRows == 0) {
    inverseRow<T>(ll, hl, target, width, false);
    return;
  }
  const even = scratch, odd = scratch + pitch;
  firstEvenRow<T>(ll, lh, even, lowPitch);
  firstEvenRow<T>(hl, hh, even + lowPitch, highPitch);
  inverseRow<T>(even, even + lowPitch, target, width, false);
  for (let i = 0; i < highRows; i++) {
    const h = lh + <usize>i * lowPitch, d = hh + <usize>i * highPitch;
    const row = target + <usize>(2 * i + 1) * pitch, next = <usize>(i + 1);
    if (i + 1 < lowRows) {
      const isLast = i + 1 == highRows;
      inversePair53<T>(
        ll + next * lowPitch, hl + next * highPitch, h, d, isLast ? h : h + lowPitch, isLast ? d : d + highPitch,
        even, odd, row, row + pitch, width,
      );
    } else {
      lastOddRow<T>(h, even, odd, lowPitch);
      lastOddRow<T>(d, even + lowPitch, odd + lowPitch, highPitch);
      inverseRow<T>(odd, odd + lowPitch, row, width, false);
    }
  }
}

/** One level of Haar, as `forwardLevel53`; two rows at a time need nothing else. */
// @ts-ignore: decorator
@inline
function forwardLevelHaar<T>(source: usize, ll: usize, hl: usize, lh: usize, hh: usize, width: i32, height: i32): void {
  const pitch = <usize>width << 2, lowPitch = <usize>((width + 1) >> 1) << 2, highPitch = <usize>(width >> 1) << 2;
  const highCount = width >> 1;
  for (let row = 0; row + 2 <= height; row += 2) {
    const even = source + <usize>row * pitch, odd = even + pitch;
    let i = 0;
    for (; i + 4 <= highCount; i += 4) {
      const at = <usize>i << 2, p = even + 2 * at, q = odd + 2 * at;
      const a = v128.load(p), b = v128.load(p, 16), c = v128.load(q), d = v128.load(q, 16);
      const ea = evens(a, b), ec = evens(c, d);
      const ha = v128.sub<T>(odds(a, b), ea), hc = v128.sub<T>(odds(c, d), ec);
      const la = v128.add<T>(ea, update4<T>(ha, ha, true)), lc = v128.add<T>(ec, update4<T>(hc, hc, true));
      const l = v128.sub<T>(lc, la), h = v128.sub<T>(hc, ha);
      v128.store(lh + at, l);
      v128.store(hh + at, h);
      v128.store(ll + at, v128.add<T>(la, update4<T>(l, l, true)));
      v128.store(hl + at, v128.add<T>(ha, update4<T>(h, h, true)));
    }
    for (; i < (width + 1) >> 1; i++) {
      const at = <usize>i << 2;
      let la = load<T>(even + 2 * at), lc = load<T>(odd + 2 * at);
      if (i < highCount) {
        const ha = <T>(load<T>(even + 2 * at, 4) - la), hc = <T>(load<T>(odd + 2 * at, 4) - lc);
        const h = <T>(hc - ha);
        store<T>(hh + at, h);
        store<T>(hl + at, <T>(ha + update<T>(h, h, true)));
        la = <T>(la + update<T>(ha, ha, true));
        lc = <T>(lc + update<T>(hc, hc, true));
      }
      const l = <T>(lc - la);
      store<T>(lh + at, l);
      store<T>(ll + at, <T>(la + update<T>(l, l, true)));
    }
    ll += lowPitch;
    lh += lowPitch;
    hl += highPitch;
    hh += highPitch;
  }
  if (height & 1) forwardRow<T>(source + <usize>(height - 1) * pitch, ll, hl, width, true);
}

/** The inverse. */
// @ts-ignore: decorator
@inline
function inverseLevelHaar<T>(ll: usize, hl: usize, lh: usize, hh: usize, target: usize, width: i32, height: i32): void {
  const pitch = <usize>width << 2, lowPitch = <usize>((width + 1) >> 1) << 2, highPitch = <usize>(width >> 1) << 2;
  const highCount = width >> 1;
  for (let row = 0; row + 2 <= height; row += 2) {
    const even = target + <usize>row * pitch, odd = even + pitch;
    let i = 0;
    for (; i + 4 <= highCount; i += 4) {
      const at = <usize>i << 2, l = v128.load(lh + at), h = v128.load(hh + at);
      const la = v128.sub<T>(v128.load(ll + at), update4<T>(l, l, true)), lc = v128.add<T>(l, la);
      const ha = v128.sub<T>(v128.load(hl + at), update4<T>(h, h, true)), hc = v128.add<T>(h, ha);
      const ea = v128.sub<T>(la, update4<T>(ha, ha, true)), ec = v128.sub<T>(lc, update4<T>(hc, hc, true));
      storeInterleaved<Bytes0, Bytes16>(even + 2 * at, ea, v128.add<T>(ha, ea));
      storeInterleaved<Bytes0, Bytes16>(odd + 2 * at, ec, v128.add<T>(hc, ec));
    }
    for (; i < (width + 1) >> 1; i++) {
      const at = <usize>i << 2, l = load<T>(lh + at);
      let la = <T>(load<T>(ll + at) - update<T>(l, l, true));
      let lc = <T>(l + la);
      if (i < highCount) {
        const h = load<T>(hh + at), ha = <T>(load<T>(hl + at) - update<T>(h, h, true)), hc = <T>(h + ha);
        la = <T>(la - update<T>(ha, ha, true));
        lc = <T>(lc - update<T>(hc, hc, true));
        store<T>(even + 2 * at, <T>(ha + la), 4);
        store<T>(odd + 2 * at, <T>(hc + lc), 4);
      }
      store<T>(even + 2 * at, la);
      store<T>(odd + 2 * at, lc);
    }
    ll += lowPitch;
    lh += lowPitch;
    hl += highPitch;
    hh += highPitch;
  }
  if (height & 1) inverseRow<T>(ll, hl, target + <usize>(height - 1) * pitch, width, true);
}

export function forwardCdf53F32(s: usize, ll: usize, hl: usize, lh: usize, hh: usize, t: usize, w: i32, h: i32): void {
  forwardLevel53<f32>(s, ll, hl, lh, hh, t, w, h);
}
export function forwardCdf53I32(s: usize, ll: usize, hl: usize, lh: usize, hh: usize, t: usize, w: i32, h: i32): void {
  forwardLevel53<i32>(s, ll, hl, lh, hh, t, w, h);
}
export function forwardHaarF32(s: usize, ll: usize, hl: usize, lh: usize, hh: usize, t: usize, w: i32, h: i32): void {
  forwardLevelHaar<f32>(s, ll, hl, lh, hh, w, h);
}
export function forwardHaarI32(s: usize, ll: usize, hl: usize, lh: usize, hh: usize, t: usize, w: i32, h: i32): void {
  forwardLevelHaar<i32>(s, ll, hl, lh, hh, w, h);
}
export function inverseCdf53F32(ll: usize, hl: usize, lh: usize, hh: usize, x: usize, t: usize, w: i32, h: i32): void {
  inverseLevel53<f32>(ll, hl, lh, hh, x, t, w, h);
}
export function inverseCdf53I32(ll: usize, hl: usize, lh: usize, hh: usize, x: usize, t: usize, w: i32, h: i32): void {
  inverseLevel53<i32>(ll, hl, lh, hh, x, t, w, h);
}
export function inverseHaarF32(ll: usize, hl: usize, lh: usize, hh: usize, x: usize, t: usize, w: i32, h: i32): void {
  inverseLevelHaar<f32>(ll, hl, lh, hh, x, w, h);
}
export function inverseHaarI32(ll: usize, hl: usize, lh: usize, hh: usize, x: usize, t: usize, w: i32, h: i32): void {
  inverseLevelHaar<i32>(ll, hl, lh, hh, x, w, h);
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
 * One level, see `forwardLevel53`; `scratch` holds seven rows. With e and o the even and odd rows, primed once a lifting step:
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

// What a loop needs all the time is a variable here, though nobody changes it: of a constant V8 makes the vector anew in every
// turn, by way of a general register.

/** Its one bit is the sign. */
export let signBit: f32 = -0.0;
/** The largest magnitude that an i32 holds: 2^31 − 128. */
export let magnitudeLimit: f32 = 2147483520.0;

/**
 * `count` f32 → i32 sign · ⌊|value · inverse| + rounding⌋; returns whether there was a magnitude beyond the limit, or NaN.
 */
export function quantize(source: usize, target: usize, count: i32, inverse: f32, rounding: f32): i32 {
  const inverse4 = f32x4.splat(inverse), rounding4 = f32x4.splat(rounding);
  let within = i32x4.splat(-1), i = 0;
  for (; i + 4 <= count; i += 4) {
    const at = <usize>i << 2;
    const scaled = f32x4.mul(v128.load(source + at), inverse4), sign = v128.and(scaled, f32x4.splat(signBit));
    const magnitude = f32x4.add(v128.xor(scaled, sign), rounding4);
    within = v128.and(within, f32x4.le(magnitude, f32x4.splat(magnitudeLimit))); // false for NaN
    v128.store(target + at, i32x4.trunc_sat_f32x4_s(v128.or(f32x4.floor(magnitude), sign)));
  }
  let unfit = i32x4.all_true(within) ? 0 : 1;
  for (; i < count; i++) {
    const at = <usize>i << 2, scaled = load<f32>(source + at) * inverse, magnitude = abs(scaled) + rounding;
    if (!(magnitude <= magnitudeLimit)) {
      unfit = 1;
      continue;
    }
    const q = <i32>magnitude;
    store<i32>(target + at, reinterpret<i32>(scaled) < 0 ? -q : q);
  }
  return unfit;
}

/** `count` i32 → f32 times `step`, in single precision. */
export function dequantize(source: usize, target: usize, count: i32, step: f32): void {
  const step4 = f32x4.splat(step);
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    const at = <usize>i << 2;
    v128.store(target + at, f32x4.mul(f32x4.convert_i32x4_s(v128.load(source + at)), step4));
  }
  for (; i < count; i++) {
    const at = <usize>i << 2;
    store<f32>(target + at, <f32>load<i32>(source + at) * step);
  }
}

// ---- Colours ----------------------------------------------------------------------------------------------------------

/** Planes of Y − 128, Cb and Cr, `count` values each, → places of R, G and B from 0 to 1, in double precision. */
export function ycbcrToRgb(source: usize, target: usize, count: i32): void {
  const plane = <usize>count << 2, last = source + plane;
  for (; source < last; source += 8, target += 24) {
    const luma = f64x2.add(f64x2.promote_low_f32x4(v128.load64_zero(source)), f64x2.splat(128));
    const cb = f64x2.promote_low_f32x4(v128.load64_zero(source + plane));
    const cr = f64x2.promote_low_f32x4(v128.load64_zero(source + 2 * plane));
    const blue = f64x2.add(luma, f64x2.mul(f64x2.splat(2 - 2 * 0.114), cb));
    const red = f64x2.add(luma, f64x2.mul(f64x2.splat(2 - 2 * 0.299), cr));
    const rest = f64x2.sub(
      f64x2.sub(luma, f64x2.mul(f64x2.splat(0.299), red)), f64x2.mul(f64x2.splat(0.114), blue),
    );
    const r = unitOf(f64x2.div(red, f64x2.splat(255)));
    const g = unitOf(f64x2.div(rest, f64x2.splat(0.587 * 255)));
    const b = unitOf(f64x2.div(blue, f64x2.splat(255)));
    const rg = v128.shuffle<i32>(r, g, 0, 4, 1, 5);
    const first = v128.shuffle<i32>(rg, b, 0, 1, 4, 2);
    if (source + 4 == last) {
      v128.store64_lane(target, first, 0);
      store<f32>(target + 8, f32x4.extract_lane(b, 0));
      return;
    }
    v128.store(target, first);
    v128.store64_lane(target, v128.shuffle<i32>(rg, b, 3, 5, 3, 5), 0, 16);
  }
}

// @ts-ignore: decorator
@inline
function unitOf(x: V): V {
  return f32x4.demote_f64x2_zero(f64x2.pmin(f64x2.splat(1), f64x2.pmax(f64x2.splat(0), x)));
}

/** `count` places of R, G and B from 0 to 1 → bytes, each with a fourth of 255. */
export function rgbToRgba8(source: usize, target: usize, count: i32): void {
  for (const last = target + (<usize>count << 2); target < last; source += 12, target += 4) {
    const rg = bytesOf(v128.load64_zero(source)), b = i32x4.replace_lane(bytesOf(v128.load32_zero(source + 8)), 1, 255);
    const words = i16x8.narrow_i32x4_s(v128.shuffle<i64>(rg, b, 0, 2), b);
    v128.store32_lane(target, i8x16.narrow_i16x8_u(words, words), 0);
  }
}

// @ts-ignore: decorator
@inline
function bytesOf(x: V): V {
  return i32x4.trunc_sat_f64x2_s_zero(f64x2.add(f64x2.mul(f64x2.promote_low_f32x4(x), f64x2.splat(255)), f64x2.splat(0.5)));
}

// ---- Enlarging --------------------------------------------------------------------------------------------------------

/**
 * RGBA bytes, `stride` bytes a row, → `width` × `height` opaque RGBA: four rows make one, then four of its places each place. Places are
 * i32, weights f64, four for each row and for each column; `row` has room for 32 bytes a place of a row.
 */
export function enlarge(
  samples: usize, stride: usize, rowPlaces: usize, rowWeights: usize, columnPlaces: usize, columnWeights: usize, row: usize,
  target: usize, width: i32, height: i32,
): void {
  for (; height > 0; height--, rowPlaces += 16, rowWeights += 32) {
    for (let at: usize = 0, to = row; at < stride; at += 4, to += 32) {
      let low = f64x2.splat(0), high = f64x2.splat(0);
      for (let tap: usize = 0; tap < 4; tap++) {
        const place = <usize>load<i32>(rowPlaces + (tap << 2)) * stride + at;
        const weight = v128.load64_splat(rowWeights + (tap << 3));
        const words = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(samples + place)));
        low = f64x2.add(low, f64x2.mul(weight, f64x2.convert_low_i32x4_s(words)));
        high = f64x2.add(high, f64x2.mul(weight, f64x2.convert_low_i32x4_s(v128.shuffle<i64>(words, words, 1, 1))));
      }
      v128.store(to, low);
      v128.store(to, high, 16);
    }
    let places = columnPlaces, weights = columnWeights;
    for (const last = target + (<usize>width << 2); target < last; target += 4, places += 16, weights += 32) {
      let low = f64x2.splat(0), high = low;
      for (let tap: usize = 0; tap < 4; tap++) {
        const place = row + (<usize>load<i32>(places + (tap << 2)) << 5), weight = v128.load64_splat(weights + (tap << 3));
        low = f64x2.add(low, f64x2.mul(weight, v128.load(place)));
        high = f64x2.add(high, f64x2.mul(weight, v128.load(place, 16)));
      }
      low = f64x2.add(low, f64x2.splat(0.5)), high = f64x2.add(high, f64x2.splat(0.5));
      const words = i16x8.narrow_i32x4_s(
        v128.shuffle<i64>(i32x4.trunc_sat_f64x2_s_zero(low), i32x4.trunc_sat_f64x2_s_zero(high), 0, 2), i32x4.splat(0),
      );
      v128.store32_lane(target, v128.or(i8x16.narrow_i16x8_u(words, words), i32x4.splat(0xff000000)), 0);
    }
  }
}
