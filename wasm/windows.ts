// Predictors that solve for the weights of the taps by least squares in a window around the place: part of the module of samples,
// in front of which scripts/build_wasm.ts puts it. docs/specification/6-lossless-predictor.md says what they compute.
//
// A matrix holds the upper triangle of the equations, row by row, from the vector of four that has the diagonal on; then the
// column of the target. Each column of the picture keeps one matrix a window, or two where rows of either parity have their own.

/** Bytes of the largest matrix, that of 16 taps. */
const MATRIX_BYTES: usize = 704;
const MOST_WINDOWS: usize = 3;
/** What each window knows at the place, and the equations that are being solved. */
const KNOWN: usize = __heap_base + 63 & ~63;
const EQUATIONS: usize = KNOWN + MOST_WINDOWS * MATRIX_BYTES;
/** What lies beyond the picture. */
const NO_COLUMN: usize = EQUATIONS + MATRIX_BYTES;
/** Factors of the rows below, then the target and the taps. */
const FACTORS: usize = NO_COLUMN + MATRIX_BYTES;
/** What windows predict. */
const SUMS: usize = FACTORS + 3 * 64;
/** 1, the damping of each lane's row, and the damping of all: vectors of the solvers. */
const CONSTANTS: usize = SUMS + 16;
const WINDOWS_END: usize = CONSTANTS + 6 * 16;
/** Added to the diagonal. */
const DAMPING: f32 = 8;
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

/** Windows of a level. */
// @ts-ignore: decorator
@inline
function windowsOf(level: i32): i32 {
  return level == 0 ? 0 : level == 3 ? 3 : 2;
}

/** Taps of a window, a multiple of four. */
// @ts-ignore: decorator
@inline
function neighboursOf(window: i32): i32 {
  return window == 0 ? 8 : level == 1 ? 12 : 16;
}

// @ts-ignore: decorator
@inline
function bytesOf(neighbours: i32): usize {
  const vectors = neighbours >> 2;
  return <usize>(2 * vectors * (vectors + 1) + vectors) << 4;
}

/** Columns that the window looks past on either side: with parities it sees those of one parity only. */
// @ts-ignore: decorator
@inline
function strideOf(window: i32): i32 {
  return window == 1 && channel > 0 && tellsParities ? 2 : 1;
}

/** Bytes of the matrices of all columns. */
function columnBytes(): usize {
  let bytes: usize = 0;
  for (let window = 0; window < windows; window++) {
    bytes += (window == 1 && tellsParities ? 2 : 1) * <usize>columnCount * bytesOf(neighboursOf(window));
  }
  return bytes;
}

/** Where the matrix of a column lies; nothing lies beyond the picture. */
// @ts-ignore: decorator
@inline
function columnOf(window: i32, from: usize, x: i32): usize {
  if (<u32>x >= <u32>width) return NO_COLUMN;
  return from + <usize>(x & MOST_COLUMNS - 1) * bytesOf(neighboursOf(window));
}

/** Where the matrices of a window begin, those of the parity of the row. */
// @ts-ignore: decorator
@inline
function columnsOf(window: i32): usize {
  let from = columns;
  for (let before = 0; before < window; before++) {
    from += (before == 1 && tellsParities ? 2 : 1) * <usize>columnCount * bytesOf(neighboursOf(before));
  }
  return strideOf(window) == 2 && rowParity ? from + <usize>columnCount * bytesOf(neighboursOf(window)) : from;
}

const WEST: i32 = 0;
const HERE: i32 = 1;
const EAST: i32 = 2;

/** How much a window keeps of what it knew at a column on either side or above. */
// @ts-ignore: decorator
@inline
function keptOf(window: i32, side: i32): f32 {
  if (window == 0) return channel == 0 ? (side == 0 ? 0.28 : side == 1 ? 0.34 : 0.17) : side < 2 ? 0.36 : 0.1;
  if (window == 1) return channel == 0 ? (side == 0 ? 0.34 : side == 1 ? 0.42 : 0.22) : side < 2 ? 0.41 : 0.13;
  return channel == 0 ? (side == 0 ? 0.32 : side == 1 ? 0.38 : 0.19) : side < 2 ? 0.4 : 0.13;
}

/** Four sums of what a window knows. LEAST keeps numbers from becoming so small that they are slow. */
// @ts-ignore: decorator
@inline
function kept(ofWest: v128, ofHere: v128, ofEast: v128, least: v128, west: usize, here: usize, east: usize): v128 {
  const near = f32x4.add(f32x4.mul(ofWest, v128.load(west)), f32x4.mul(ofHere, v128.load(here)));
  return f32x4.add(near, f32x4.add(f32x4.mul(ofEast, v128.load(east)), least));
}

function storeVector(index: i32, value: f32): void {
  for (let i: usize = 0; i < 16; i += 4) store<f32>(CONSTANTS + (<usize>index << 4) + i, value);
}

/** Sets the vectors of a channel that are the same at all places. */
function beginWindows(): void {
  storeVector(0, 1);
  for (let i = 0; i < 4; i++) {
    storeVector(1 + i, 0);
    store<f32>(CONSTANTS + (<usize>(1 + i) << 4) + (<usize>i << 2), DAMPING);
  }
  storeVector(5, DAMPING);
}

/** What all windows predict, at SUMS: Σ weight · tap. */
function solveAll(x: i32): void {
  if (ASC_FEATURE_SIMD) {
    if (isUnrolled && level == 1) {
      gather(0, x);
      gather(1, x);
      solveTogether();
      return;
    }
  }
  for (let window = 0; window < windows; window++) {
    gather(window, x);
    store<f32>(SUMS + (<usize>window << 2), solve(window));
  }
}

/** Adds the place to what the windows know: that is what its column keeps. */
function includeAll(x: i32, target: f32): void {
  for (let window = 0; window < windows; window++) include(window, x, target);
}

/** Gathers what a window knows at a place, in its matrix and in the equations. */
function gather(window: i32, x: i32): void {
  const from = columnsOf(window), by = strideOf(window), bytes = bytesOf(neighboursOf(window));
  const west = columnOf(window, from, x - by), here = columnOf(window, from, x), east = columnOf(window, from, x + by);
  const a = keptOf(window, WEST), b = keptOf(window, HERE), c = keptOf(window, EAST);
  const known = KNOWN + <usize>window * MATRIX_BYTES;
  if (ASC_FEATURE_SIMD) {
    for (let i: usize = 0; i < bytes; i += 16) {
      const sums = kept(f32x4.splat(a), f32x4.splat(b), f32x4.splat(c), f32x4.splat(LEAST), west + i, here + i, east + i);
      v128.store(known + i, sums);
      v128.store(EQUATIONS + i, sums);
    }
  } else {
    for (let i: usize = 0; i < bytes; i += 4) {
      const near = a * load<f32>(west + i) + b * load<f32>(here + i);
      const sum = near + (c * load<f32>(east + i) + LEAST);
      store<f32>(known + i, sum);
      store<f32>(EQUATIONS + i, sum);
    }
  }
}

/** Solves a window's equations by elimination, and predicts: Σ weight · tap. Rows below the diagonal are those right of it. */
function solve(window: i32): f32 {
  const count = neighboursOf(window), vectors = <usize>count << 2, end = vectors;
  const factors = FACTORS, target = FACTORS + 64, taps = FACTORS + 128;
  let row = EQUATIONS, sum: f32 = 0;
  memory.copy(target, row + bytesOf(count) - vectors, vectors);
  memory.copy(taps, TAPS_AT, vectors);
  for (let j: usize = 0, diagonal = row; j < end; j += 4) {
    store<f32>(diagonal + (j & 12), load<f32>(diagonal + (j & 12)) + DAMPING);
    diagonal += end - (j & ~15);
  }
  for (let j: usize = 0; j < end; j += 4) {
    // Rows are addressed as if they had all vectors.
    const block = j & ~15, whole = row - block;
    const pivot = load<f32>(whole + j), inverse: f32 = 1 / (DAMPING < pivot ? pivot : DAMPING);
    const aim = load<f32>(target + j), tap = load<f32>(taps + j);
    sum += aim * tap * inverse;
    if (ASC_FEATURE_SIMD) {
      const by = f32x4.splat(inverse), aims = f32x4.splat(aim), all = f32x4.splat(tap);
      for (let q = block; q < end; q += 16) {
        const factor = f32x4.mul(v128.load(whole + q), by);
        v128.store(factors + q, factor);
        v128.store(target + q, f32x4.sub(v128.load(target + q), f32x4.mul(aims, factor)));
        v128.store(taps + q, f32x4.sub(v128.load(taps + q), f32x4.mul(all, factor)));
      }
    } else {
      for (let q = j + 4; q < end; q += 4) {
        const factor = load<f32>(whole + q) * inverse;
        store<f32>(factors + q, factor);
        store<f32>(target + q, load<f32>(target + q) - aim * factor);
        store<f32>(taps + q, load<f32>(taps + q) - tap * factor);
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
  return sum;
}

/** Adds the place to what its window knows: that is what its column keeps. */
function include(window: i32, x: i32, target: f32): void {
  const end = <usize>neighboursOf(window) << 2, column = columnOf(window, columnsOf(window), x);
  const known = KNOWN + <usize>window * MATRIX_BYTES;
  let at: usize = 0;
  for (let i: usize = 0; i <= end; i += 4) {
    const first = i < end ? i & ~15 : 0;
    if (ASC_FEATURE_SIMD) {
      const by = i < end ? v128.load32_splat(SCALED + i) : f32x4.splat(target);
      for (let j = first; j < end; j += 16, at += 16) {
        v128.store(column + at, f32x4.add(v128.load(known + at), f32x4.mul(v128.load(SCALED + j), by)));
      }
    } else {
      const by = i < end ? load<f32>(SCALED + i) : target;
      for (let j = first; j < end; j += 4, at += 4) {
        store<f32>(column + at, load<f32>(known + at) + load<f32>(SCALED + j) * by);
      }
    }
  }
}
