// Predictors that solve for the weights of the taps by least squares in a window around the place: part of the module of samples,
// in front of which scripts/build_wasm.ts puts it. docs/specification/6-lossless-predictor.md says what they compute.
//
// A matrix holds the upper triangle of the equations, row by row, from the vector of four that has the diagonal on; then the
// column of the target. Each block of columns of the picture keeps one matrix a window, or four where places of each parity have
// their own.

/** Bytes of the largest matrix, that of 24 taps. */
const MATRIX_BYTES: usize = 1440;
const MOST_WINDOWS: usize = 3;
/** What windows know at the place, for either parity of the column. All other addresses follow from this one, which is a number, not
 * `__heap_base`: that would make variables of them, and their uses slower. */
const KNOWN: usize = 1024;
const EQUATIONS: usize = KNOWN + 2 * MOST_WINDOWS * MATRIX_BYTES;
/** What lies beyond the picture. */
const NO_COLUMN: usize = EQUATIONS + MATRIX_BYTES;
/** Factors by which rows were eliminated, of each row those for the rows below. */
const FACTORS: usize = NO_COLUMN + MATRIX_BYTES;
/** Rows of 24 numbers; a row's place is its number in bytes times this. */
const FACTOR_ROW: usize = 24;
/** Weights of the taps, of each window and either parity. */
const SOLVED: usize = FACTORS + 24 * 4 * FACTOR_ROW;
const SOLVED_BYTES: usize = 96;
/** Taps and targets of a block's places in pairs: two numbers of 16 bits a tap. */
const PAIRS: usize = SOLVED + 2 * MOST_WINDOWS * SOLVED_BYTES;
const PAIR_BYTES: usize = 112;
const SLOT_PAIR_BYTES: usize = 2 * PAIR_BYTES;
const WINDOWS_END: usize = PAIRS + 2 * MOST_WINDOWS * SLOT_PAIR_BYTES;
/** Added to the diagonal. */
const DAMPING: f32 = 2;
/** Added to every sum. */
const LEAST: f32 = 9.094947017729282e-13;
/** Wider pictures use columns again, so that memory is bounded. */
const MOST_COLUMNS: i32 = 65536;

/** Small modules have no solvers whose loops are written out. */
let isUnrolled: bool = true;
let windows: i32 = 1;
let tellsParities: bool = false;
let columns: usize = 0;
let columnCount: i32 = 0;
let rowParity: i32 = 0;
/** Where the matrices of a block and of its neighbours lie, what is known there, and the weights that it gets. */
let westAt: usize = 0;
let hereAt: usize = 0;
let eastAt: usize = 0;
let knownAt: usize = 0;
let weightsAt: usize = 0;

/** Taps of a window, a multiple of four. */
// @ts-ignore: decorator
@inline
function neighboursOf(window: i32): i32 {
  return window == 0 ? 8 : window == 1 && level == 3 ? 24 : 16;
}

/** Binary logarithm of the places of a block. */
// @ts-ignore: decorator
@inline
function blockOf(window: i32): i32 {
  return window == 2 ? 1 : 2;
}

// @ts-ignore: decorator
@inline
function bytesOf(neighbours: i32): usize {
  const vectors = neighbours >> 2;
  return <usize>(2 * vectors * (vectors + 1) + vectors) << 4;
}

/** Whether the window tells parities apart if one does. */
// @ts-ignore: decorator
@inline
function hasParities(window: i32): bool {
  return level == 1 ? window == 0 : window > 0;
}

/** 1 where the window tells parities apart. */
// @ts-ignore: decorator
@inline
function strideOf(window: i32): i32 {
  return hasParities(window) && channel > 0 && tellsParities ? 1 : 0;
}

/** Bytes of the matrices of all blocks. */
function columnBytes(): usize {
  let bytes: usize = 0;
  for (let window = 0; window < windows; window++) bytes += windowBytes(window);
  return bytes;
}

/** Bytes of the matrices of a window, those of each parity having a quarter if it tells parities apart. */
// @ts-ignore: decorator
@inline
function windowBytes(window: i32): usize {
  const bytes = bytesOf(neighboursOf(window)), block = blockOf(window);
  if (hasParities(window) && tellsParities) return 4 * <usize>((columnCount >> block + 1) + 1) * bytes;
  return <usize>((columnCount >> block) + 1) * bytes;
}

const WEST: i32 = 0;
const HERE: i32 = 1;
const EAST: i32 = 2;

/** How much a window keeps of what it knew at a block on either side or above. */
// @ts-ignore: decorator
@inline
function keptOf(window: i32, side: i32): f32 {
  if (strideOf(window)) {
    if (window == 0) return side == 0 ? 0.33 : side == 1 ? 0.37 : 0.2;
    return window == 1 ? (side == 0 ? 0.37 : side == 1 ? 0.43 : 0.18) : side == 0 ? 0.35 : side == 1 ? 0.4 : 0.15;
  }
  if (window == 0) return channel == 0 ? (side == 0 ? 0.2 : side == 1 ? 0.3 : 0.15) : side == 0 ? 0.27 : side == 1 ? 0.3 : 0.16;
  if (window == 1) return channel == 0 ? (side == 0 ? 0.34 : side == 1 ? 0.42 : 0.22) : side < 2 ? 0.41 : 0.13;
  return channel == 0 ? (side == 0 ? 0.3 : side == 1 ? 0.36 : 0.18) : side < 2 ? 0.36 : 0.12;
}

/** Four sums of what a window knows. LEAST keeps numbers from becoming so small that they are slow. */
// @ts-ignore: decorator
@inline
function kept(ofWest: v128, ofHere: v128, ofEast: v128, west: usize, here: usize, east: usize): v128 {
  const near = f32x4.add(f32x4.mul(ofWest, v128.load(west)), f32x4.mul(ofHere, v128.load(here)));
  return f32x4.add(near, f32x4.add(f32x4.mul(ofEast, v128.load(east)), f32x4.splat(LEAST)));
}

/** What a window predicts, in four sums of products of weights and taps, once the block that the place begins is solved. */
// @ts-ignore: decorator
@inline
function windowSums(window: i32, x: i32, to: usize): void {
  const by = strideOf(window), slot = window * 2 + (x & by);
  if ((x >> by & (1 << blockOf(window)) - 1) == 0) begin(window, x, slot);
  weightedTaps(SOLVED + <usize>slot * SOLVED_BYTES, <usize>neighboursOf(window) << 2, to);
}

/** Begins a block: gathers what is known there and solves its equations. */
// @ts-ignore: decorator
@inline
function beginBlock(window: i32, x: i32, slot: i32): void {
  const by = strideOf(window), places = blockOf(window) + by, bytes = bytesOf(neighboursOf(window));
  const index = x >> places, last = width - 1 - (x & by) >> places;
  hereAt = columnOf(window, slot, index);
  westAt = index > 0 ? columnOf(window, slot, index - 1) : NO_COLUMN;
  eastAt = index < last ? columnOf(window, slot, index + 1) : NO_COLUMN;
  knownAt = KNOWN + <usize>slot * MATRIX_BYTES;
  weightsAt = SOLVED + <usize>slot * SOLVED_BYTES;
  const a = keptOf(window, WEST), b = keptOf(window, HERE), c = keptOf(window, EAST);
  if (ASC_FEATURE_SIMD) {
    if (isUnrolled && window == 0) {
      solveEight(f32x4.splat(a), f32x4.splat(b), f32x4.splat(c));
      return;
    }
  }
  memory.fill(PAIRS + <usize>slot * SLOT_PAIR_BYTES, 0, SLOT_PAIR_BYTES);
  if (ASC_FEATURE_SIMD) {
    const ofWest = f32x4.splat(a), ofHere = f32x4.splat(b), ofEast = f32x4.splat(c);
    for (let i: usize = 0; i < bytes; i += 16) {
      const sums = kept(ofWest, ofHere, ofEast, westAt + i, hereAt + i, eastAt + i);
      v128.store(knownAt + i, sums);
      v128.store(EQUATIONS + i, sums);
    }
  } else {
    for (let i: usize = 0; i < bytes; i += 4) {
      const near = a * load<f32>(westAt + i) + b * load<f32>(hereAt + i);
      const sum = near + (c * load<f32>(eastAt + i) + LEAST);
      store<f32>(knownAt + i, sum);
      store<f32>(EQUATIONS + i, sum);
    }
  }
  solve(neighboursOf(window));
}

/** A function a kind of window, so that what differs is constant in the one that every level has. */
function begin(window: i32, x: i32, slot: i32): void {
  if (isUnrolled && window == 0) beginFirst(x, slot);
  else beginBlock(window, x, slot);
}

function beginFirst(x: i32, slot: i32): void {
  beginBlock(0, x, slot);
}

/** Where the matrix of a block lies; there is one for each parity of the row and the column if the window tells parities apart. */
// @ts-ignore: decorator
@inline
function columnOf(window: i32, slot: i32, index: i32): usize {
  let from = columns;
  for (let before = 0; before < window; before++) from += windowBytes(before);
  const bytes = bytesOf(neighboursOf(window));
  const by = strideOf(window);
  if (by) from += <usize>(rowParity * 2 + (slot & 1)) * (windowBytes(window) >> 2);
  return from + <usize>(index & (MOST_COLUMNS >> blockOf(window) + by) - 1) * bytes;
}

/** Solves EQUATIONS by elimination, and leaves the weights at `weightsAt`. */
function solve(count: i32): void {
  const end = <usize>count << 2, weights = weightsAt;
  let row = EQUATIONS;
  const target = row + bytesOf(count) - end;
  for (let j: usize = 0, diagonal = row; j < end; j += 4) {
    store<f32>(diagonal + (j & 12), load<f32>(diagonal + (j & 12)) + DAMPING);
    diagonal += end - (j & ~15);
  }
  for (let j: usize = 0; j < end; j += 4) {
    // Rows are addressed as if they had all vectors.
    const block = j & ~15, whole = row - block, factors = FACTORS + j * FACTOR_ROW;
    const pivot = load<f32>(whole + j), inverse: f32 = 1 / (DAMPING < pivot ? pivot : DAMPING), aim = load<f32>(target + j);
    store<f32>(weights + j, aim * inverse);
    if (ASC_FEATURE_SIMD) {
      const by = f32x4.splat(inverse), aims = f32x4.splat(aim);
      for (let q = block; q < end; q += 16) {
        const factor = f32x4.mul(v128.load(whole + q), by);
        v128.store(factors + q, factor);
        v128.store(target + q, f32x4.sub(v128.load(target + q), f32x4.mul(aims, factor)));
      }
    } else {
      for (let q = j + 4; q < end; q += 4) {
        const factor = load<f32>(whole + q) * inverse;
        store<f32>(factors + q, factor);
        store<f32>(target + q, load<f32>(target + q) - aim * factor);
      }
    }
    let below = row + end - block;
    for (let k = j + 4; k < end; k += 4) {
      const first = k & ~15, other = below - first;
      if (ASC_FEATURE_SIMD) {
        const factor = v128.load32_splat(factors + k);
        for (let q = first; q < end; q += 16) {
          v128.store(other + q, f32x4.sub(v128.load(other + q), f32x4.mul(factor, v128.load(whole + q))));
        }
      } else {
        const factor = load<f32>(factors + k);
        for (let q = k; q < end; q += 4) store<f32>(other + q, load<f32>(other + q) - factor * load<f32>(whole + q));
      }
      below += end - first;
    }
    row += end - block;
  }
  for (let k = end - 4; k > 0; k -= 4) {
    const weight = load<f32>(weights + k);
    for (let j: usize = 0; j < k; j += 4) {
      store<f32>(weights + j, load<f32>(weights + j) - load<f32>(FACTORS + j * FACTOR_ROW + k) * weight);
    }
  }
}

/** Notes the place's taps and target, and adds those of a block that is complete to what the windows know. */
// @ts-ignore: decorator
@inline
function includeAll(x: i32, target: i32): void {
  if (ASC_FEATURE_SIMD) {
    if (isUnrolled) {
      includeFirst(x, target);
      for (let window = 1; window < windows; window++) includePlace(window, x, target);
      return;
    }
  }
  for (let window = 0; window < windows; window++) includePlace(window, x, target);
}

/** The same of the first window, whose eight taps are a vector of numbers of 16 bits; the targets of four places lie behind those. */
// @ts-ignore: decorator
@inline
function includeFirst(x: i32, target: i32): void {
  const by = strideOf(0), slot = x & by, place = x >> by & 3, places = PAIRS + <usize>slot * SLOT_PAIR_BYTES;
  if (place == 0) {
    const none = i32x4.splat(0);
    v128.store(places, none, 16);
    v128.store(places, none, 32);
    v128.store(places, none, 48);
    v128.store(places, none, 64);
  }
  v128.store(places + <usize>(place << 4), i16x8.narrow_i32x4_s(v128.load(NOTED), v128.load(NOTED + 16)));
  store<i16>(places + <usize>(place << 1), <i16>target, 64);
  if (place == 3 || x + (1 << by) >= width) {
    const column = columnOf(0, slot, x >> 2 + by);
    includeEight(column, KNOWN + <usize>slot * MATRIX_BYTES, places);
  }
}

// @ts-ignore: decorator
@inline
function includePlace(window: i32, x: i32, target: i32): void {
  const by = strideOf(window), slot = window * 2 + (x & by), place = x >> by & (1 << blockOf(window)) - 1;
  const pair = PAIRS + <usize>slot * SLOT_PAIR_BYTES + <usize>(place >> 1) * PAIR_BYTES, end = <usize>neighboursOf(window) << 2;
  if (ASC_FEATURE_SIMD) {
    if (place & 1) {
      for (let i: usize = 0; i < end; i += 16) {
        v128.store(pair + i, v128.or(v128.load(pair + i), i32x4.shl(v128.load(NOTED + i), 16)));
      }
    } else {
      for (let i: usize = 0; i < end; i += 16) v128.store(pair + i, v128.and(v128.load(NOTED + i), i32x4.splat(0xffff)));
    }
  } else {
    for (let i: usize = 0, to = pair + <usize>(2 * (place & 1)); i < end; i += 4) store<i16>(to + i, load<i16>(NOTED + i));
  }
  store<i16>(pair + end + <usize>(2 * (place & 1)), <i16>target);
  if (place == (1 << blockOf(window)) - 1 || x + (1 << by) >= width) include(window, x >> blockOf(window) + by, slot);
}

/** Adds a block to what its window knows: that is what its columns keep. */
function include(window: i32, index: i32, slot: i32): void {
  const column = columnOf(window, slot, index), known = KNOWN + <usize>slot * MATRIX_BYTES;
  const pairs = PAIRS + <usize>slot * SLOT_PAIR_BYTES, end = <usize>neighboursOf(window) << 2;
  let at: usize = 0;
  for (let i: usize = 0; i <= end; i += 4) {
    for (let j = i < end ? i & ~15 : 0; j < end; j += 16, at += 16) {
      if (ASC_FEATURE_SIMD) {
        let sums = i32x4.splat(0);
        for (let p: usize = 0; p < SLOT_PAIR_BYTES; p += PAIR_BYTES) {
          sums = i32x4.add(sums, i32x4.dot_i16x8_s(v128.load(pairs + p + j), v128.load32_splat(pairs + p + i)));
        }
        v128.store(column + at, f32x4.add(v128.load(known + at), f32x4.convert_i32x4_s(sums)));
      } else {
        for (let k: usize = 0; k < 16; k += 4) {
          let sum = 0;
          for (let p: usize = 0; p < SLOT_PAIR_BYTES; p += PAIR_BYTES) {
            const a = pairs + p + j + k, b = pairs + p + i;
            sum += <i32>load<i16>(a) * <i32>load<i16>(b) + <i32>load<i16>(a, 2) * <i32>load<i16>(b, 2);
          }
          store<f32>(column + at + k, load<f32>(known + at + k) + <f32>sum);
        }
      }
    }
  }
}
