// Convolutions of 3 × 3 by Winograd's F(4 × 4, 3 × 3), and products of matrices for all others, in AssemblyScript, compiled by
// `deno task wasm` into src/kernels/cpu/convolution_wasm.ts.
//
// Maps are f32 (rows, columns, channels), the channels of a place one after the other, with a border of one place around them;
// rows and columns behind it are filled up to whole tiles of 4 × 4. All arguments are byte addresses, pitches in bytes, or counts.
// The order of sums never depends on anything but the counts of channels: the same bits on every machine.

type V = v128;

// ---- Small things -----------------------------------------------------------------------------------------------------

// @ts-ignore: decorator
@inline
function add(a: V, b: V): V {
  return f32x4.add(a, b);
}

// @ts-ignore: decorator
@inline
function sub(a: V, b: V): V {
  return f32x4.sub(a, b);
}

// @ts-ignore: decorator
@inline
function scaled(a: V, factor: f32): V {
  return f32x4.mul(a, f32x4.splat(factor));
}

/** Leaky ReLU for slopes of at most 1; a slope of 1 changes nothing. */
// @ts-ignore: decorator
@inline
function leaky(x: V, slope: V): V {
  return f32x4.pmax(x, f32x4.mul(x, slope));
}

// ---- Weights ------------------------------------------------------------------------------------------------------------

/** A weight of each of four outputs, `pitch` bytes apart: 32-bit floats, or 16-bit ones that are finite. */
function fourWeights(p: usize, pitch: usize, isHalf: bool): V {
  let x = i32x4.splat(0);
  const q = p + pitch, r = q + pitch, s = r + pitch;
  if (!isHalf) {
    return f32x4.replace_lane(
      f32x4.replace_lane(f32x4.replace_lane(v128.load32_splat(p), 1, load<f32>(q)), 2, load<f32>(r)), 3, load<f32>(s),
    );
  }
  x = v128.load_lane<u16>(p, x, 0);
  x = v128.load_lane<u16>(q, x, 2);
  x = v128.load_lane<u16>(r, x, 4);
  x = v128.load_lane<u16>(s, x, 6);
  const sign = i32x4.shl(v128.and(x, i32x4.splat(0x8000)), 16);
  // The exponents of the two kinds of floats are 112 apart.
  const magnitude = i32x4.shl(v128.and(x, i32x4.splat(0x7fff)), 13);
  return v128.or(sign, f32x4.mul(magnitude, f32x4.splat(reinterpret<f32>((127 + 112) << 23))));
}

/**
 * Weights (outputs, inputs, taps) at `source` → a right matrix of `multiply`, (taps, inputs) rows. Outputs are a multiple of 4.
 */
export function panelWeights(source: usize, isHalf: bool, target: usize, outputs: i32, inputs: i32, taps: i32): void {
  const valueShift: usize = isHalf ? 1 : 2, pitch = <usize>(inputs * taps) << valueShift;
  for (let output = 0; output < outputs; output += 4) {
    const panel = target + (<usize>(output >> 3) * <usize>(inputs * taps) << 5) + (<usize>(output & 4) << 2);
    for (let input = 0; input < inputs; input++) {
      for (let tap = 0; tap < taps; tap++) {
        v128.store(panel + (<usize>(tap * inputs + input) << 5), fourWeights(source, pitch, isHalf));
        source += <usize>1 << valueShift;
      }
    }
    source += 3 * pitch;
  }
}

/**
 * G g Gᵀ of kernels of 3 × 3, (outputs, inputs, 3, 3) at `source` → 36 right matrices of `multiply`, `pointPitch` bytes apart. G by
 * the points 0, ±1, ±2, ∞ (Lavin, Gray 2016). Outputs are a multiple of 4. `scratch` holds 27 vectors.
 */
export function winogradWeights(
  source: usize, isHalf: bool, target: usize, pointPitch: usize, outputs: i32, inputs: i32, scratch: usize,
): void {
  const valueShift: usize = isHalf ? 1 : 2, pitch = <usize>(inputs * 9) << valueShift, spread = scratch + 144;
  for (let output = 0; output < outputs; output += 4) {
    const panel = target + (<usize>(output >> 3) * <usize>inputs << 5) + (<usize>(output & 4) << 2);
    for (let input = 0; input < inputs; input++) {
      const to = panel + (<usize>input << 5);
      for (let tap: usize = 0; tap < 144; tap += 16) {
        v128.store(scratch + tap, fourWeights(source, pitch, isHalf));
        source += <usize>1 << valueShift;
      }
      for (let column: usize = 0; column < 48; column += 16) spreadKernel(scratch + column, 48, spread + column, 48);
      for (let row: usize = 0; row < 6; row++) spreadKernel(spread + 48 * row, 16, to + 6 * row * pointPitch, pointPitch);
    }
    source += 3 * pitch;
  }
}

/** G of three vectors, `from` bytes apart, → six vectors, `to` bytes apart. */
function spreadKernel(source: usize, from: usize, target: usize, to: usize): void {
  const a = v128.load(source), b = v128.load(source + from), c = v128.load(source + 2 * from);
  const outer = add(a, c), far = add(a, scaled(c, 4)), twice = scaled(b, 2);
  v128.store(target, scaled(a, 0.25));
  v128.store(target + to, scaled(add(outer, b), <f32>(-1.0 / 6)));
  v128.store(target + 2 * to, scaled(sub(outer, b), <f32>(-1.0 / 6)));
  v128.store(target + 3 * to, scaled(add(far, twice), <f32>(1.0 / 24)));
  v128.store(target + 4 * to, scaled(sub(far, twice), <f32>(1.0 / 24)));
  v128.store(target + 5 * to, c);
}

// ---- Winograd: maps to tiles --------------------------------------------------------------------------------------------

/** Bᵀ of six vectors, `from` bytes apart, → six vectors, `to` bytes apart. */
// @ts-ignore: decorator
@inline
function spreadInput(a: V, b: V, c: V, d: V, e: V, f: V, target: usize, to: usize): void {
  const outer = sub(e, scaled(c, 4)), inner = sub(d, scaled(b, 4));
  const far = sub(e, c), near = scaled(sub(d, b), 2);
  v128.store(target, add(scaled(a, 4), sub(e, scaled(c, 5))));
  v128.store(target + to, add(outer, inner));
  v128.store(target + 2 * to, sub(outer, inner));
  v128.store(target + 3 * to, add(far, near));
  v128.store(target + 4 * to, sub(far, near));
  v128.store(target + 5 * to, add(scaled(b, 4), sub(f, scaled(d, 5))));
}

/**
 * Bᵀ d B of `count` tiles from tile number `first` on, in raster order, each of a window of 6 × 6 places → 36 matrices
 * (tiles, channels), `pointPitch` bytes apart. Channels are a multiple of 4. `scratch` holds 36 vectors.
 */
export function winogradInput(
  source: usize, rowPitch: usize, channels: i32, tilesInRow: i32, first: i32, count: i32,
  target: usize, pointPitch: usize, slope: f32, scratch: usize,
): void {
  const place = <usize>channels << 2, slopes = f32x4.splat(slope);
  for (let i = 0; i < count; i++) {
    const tile = first + i;
    const corner = source + <usize>(tile / tilesInRow) * 4 * rowPitch + <usize>(tile % tilesInRow) * 4 * place;
    for (let channel: usize = 0; channel < place; channel += 16) {
      for (let column: usize = 0; column < 6; column++) {
        const p = corner + column * place + channel;
        const p1 = p + rowPitch, p2 = p1 + rowPitch, p3 = p2 + rowPitch, p4 = p3 + rowPitch, p5 = p4 + rowPitch;
        spreadInput(
          leaky(v128.load(p), slopes), leaky(v128.load(p1), slopes), leaky(v128.load(p2), slopes),
          leaky(v128.load(p3), slopes), leaky(v128.load(p4), slopes), leaky(v128.load(p5), slopes),
          scratch + 16 * column, 96,
        );
      }
      for (let row: usize = 0; row < 6; row++) {
        const p = scratch + 96 * row;
        spreadInput(
          v128.load(p), v128.load(p, 16), v128.load(p, 32), v128.load(p, 48), v128.load(p, 64), v128.load(p, 80),
          target + 6 * row * pointPitch + channel, pointPitch,
        );
      }
    }
    target += place;
  }
}

// ---- Products of matrices -----------------------------------------------------------------------------------------------

/**
 * `points` products, each (rows, depth) × (depth, columns) → (rows, columns): rows in fours, depth in fours, columns in
 * eights. The right matrix lies in panels of eight columns, (columns / 8, depth, 8). The matrices of the next point follow
 * `…Pitch` bytes after.
 */
export function multiply(
  left: usize, leftPitch: usize, right: usize, rightPitch: usize, target: usize, targetPitch: usize,
  points: i32, rows: i32, depth: i32, columns: i32,
): void {
  const leftRow = <usize>depth << 2, targetRow = <usize>columns << 2, panelBytes = leftRow << 3;
  for (let point = 0; point < points; point++) {
    let panel = right;
    for (let column: usize = 0; column < targetRow; column += 32) {
      let a = left, to = target + column;
      for (let row = 0; row < rows; row += 4) {
        multiplyFour(a, leftRow, panel, panel + panelBytes, to, targetRow);
        a += leftRow << 2;
        to += targetRow << 2;
      }
      panel += panelBytes;
    }
    left += leftPitch;
    right += rightPitch;
    target += targetPitch;
  }
}

/** Four rows by a panel of eight columns. */
// @ts-ignore: decorator
@inline
function multiplyFour(a: usize, leftRow: usize, panel: usize, end: usize, to: usize, targetRow: usize): void {
  let b = a + leftRow, c = b + leftRow, d = c + leftRow;
  let a0 = f32x4.splat(0), a1 = a0, b0 = a0, b1 = a0, c0 = a0, c1 = a0, d0 = a0, d1 = a0;
  for (; panel < end; panel += 128) {
    let p = v128.load(panel), q = v128.load(panel, 16);
    let x = v128.load32_splat(a), y = v128.load32_splat(b), z = v128.load32_splat(c), w = v128.load32_splat(d);
    a0 = add(a0, f32x4.mul(x, p)), a1 = add(a1, f32x4.mul(x, q));
    b0 = add(b0, f32x4.mul(y, p)), b1 = add(b1, f32x4.mul(y, q));
    c0 = add(c0, f32x4.mul(z, p)), c1 = add(c1, f32x4.mul(z, q));
    d0 = add(d0, f32x4.mul(w, p)), d1 = add(d1, f32x4.mul(w, q));
    p = v128.load(panel, 32), q = v128.load(panel, 48);
    x = v128.load32_splat(a, 4), y = v128.load32_splat(b, 4), z = v128.load32_splat(c, 4), w = v128.load32_splat(d, 4);
    a0 = add(a0, f32x4.mul(x, p)), a1 = add(a1, f32x4.mul(x, q));
    b0 = add(b0, f32x4.mul(y, p)), b1 = add(b1, f32x4.mul(y, q));
    c0 = add(c0, f32x4.mul(z, p)), c1 = add(c1, f32x4.mul(z, q));
    d0 = add(d0, f32x4.mul(w, p)), d1 = add(d1, f32x4.mul(w, q));
    p = v128.load(panel, 64), q = v128.load(panel, 80);
    x = v128.load32_splat(a, 8), y = v128.load32_splat(b, 8), z = v128.load32_splat(c, 8), w = v128.load32_splat(d, 8);
    a0 = add(a0, f32x4.mul(x, p)), a1 = add(a1, f32x4.mul(x, q));
    b0 = add(b0, f32x4.mul(y, p)), b1 = add(b1, f32x4.mul(y, q));
    c0 = add(c0, f32x4.mul(z, p)), c1 = add(c1, f32x4.mul(z, q));
    d0 = add(d0, f32x4.mul(w, p)), d1 = add(d1, f32x4.mul(w, q));
    p = v128.load(panel, 96), q = v128.load(panel, 112);
    x = v128.load32_splat(a, 12), y = v128.load32_splat(b, 12), z = v128.load32_splat(c, 12), w = v128.load32_splat(d, 12);
    a0 = add(a0, f32x4.mul(x, p)), a1 = add(a1, f32x4.mul(x, q));
    b0 = add(b0, f32x4.mul(y, p)), b1 = add(b1, f32x4.mul(y, q));
    c0 = add(c0, f32x4.mul(z, p)), c1 = add(c1, f32x4.mul(z, q));
    d0 = add(d0, f32x4.mul(w, p)), d1 = add(d1, f32x4.mul(w, q));
    a += 16, b += 16, c += 16, d += 16;
  }
  v128.store(to, a0);
  v128.store(to, a1, 16);
  to += targetRow;
  v128.store(to, b0);
  v128.store(to, b1, 16);
  to += targetRow;
  v128.store(to, c0);
  v128.store(to, c1, 16);
  to += targetRow;
  v128.store(to, d0);
  v128.store(to, d1, 16);
}

// ---- Winograd: tiles to maps --------------------------------------------------------------------------------------------

/**
 * Aᵀ m A of `count` tiles from tile number `first` on, from 36 matrices (tiles, `pitch` bytes) → the tiles' 4 × 4 places at
 * `target`, plus a bias a channel, plus what was there if `onto`. `scratch` holds 24 vectors.
 */
export function winogradOutput(
  source: usize, pointPitch: usize, pitch: usize, target: usize, rowPitch: usize, channels: i32,
  tilesInRow: i32, first: i32, count: i32, bias: usize, onto: bool, scratch: usize,
): void {
  const place = <usize>channels << 2;
  for (let i = 0; i < count; i++) {
    const tile = first + i;
    const corner = target + <usize>(tile / tilesInRow) * 4 * rowPitch + <usize>(tile % tilesInRow) * 4 * place;
    for (let channel: usize = 0; channel < place; channel += 16) {
      for (let column: usize = 0; column < 6; column++) {
        const p = source + column * pointPitch + channel, next = 6 * pointPitch;
        const p1 = p + next, p2 = p1 + next, p3 = p2 + next, p4 = p3 + next, p5 = p4 + next;
        const b = v128.load(p1), c = v128.load(p2), d = v128.load(p3), e = v128.load(p4);
        const sum = add(b, c), difference = sub(b, c), farSum = add(d, e), farDifference = sub(d, e);
        const to = scratch + 16 * column;
        v128.store(to, add(v128.load(p), add(sum, farSum)));
        v128.store(to, add(difference, scaled(farDifference, 2)), 96);
        v128.store(to, add(sum, scaled(farSum, 4)), 192);
        v128.store(to, add(add(difference, scaled(farDifference, 8)), v128.load(p5)), 288);
      }
      const shift = v128.load(bias + channel);
      for (let row: usize = 0; row < 4; row++) {
        const p = scratch + 96 * row;
        const b = v128.load(p, 16), c = v128.load(p, 32), d = v128.load(p, 48), e = v128.load(p, 64);
        const sum = add(b, c), difference = sub(b, c), farSum = add(d, e), farDifference = sub(d, e);
        const to = corner + row * rowPitch + channel, to1 = to + place, to2 = to1 + place, to3 = to2 + place;
        let x = add(shift, add(v128.load(p), add(sum, farSum)));
        let y = add(shift, add(difference, scaled(farDifference, 2)));
        let z = add(shift, add(sum, scaled(farSum, 4)));
        let w = add(shift, add(add(difference, scaled(farDifference, 8)), v128.load(p, 80)));
        if (onto) {
          x = add(x, v128.load(to));
          y = add(y, v128.load(to1));
          z = add(z, v128.load(to2));
          w = add(w, v128.load(to3));
        }
        v128.store(to, x);
        v128.store(to1, y);
        v128.store(to2, z);
        v128.store(to3, w);
      }
    }
    source += pitch;
  }
}

// ---- Other convolutions: places to rows of a matrix, and back -------------------------------------------------------------

/**
 * Windows of `size` × `size` places, `stride` apart, from window number `first` on, in raster order → a row of a left matrix each,
 * through a leaky ReLU. `source` is the first window's corner.
 */
export function gather(
  source: usize, rowPitch: usize, channels: i32, size: i32, stride: i32, windowsInRow: i32,
  first: i32, count: i32, target: usize, slope: f32,
): void {
  const place = <usize>channels << 2, run = <usize>size * place, slopes = f32x4.splat(slope);
  for (let i = 0; i < count; i++) {
    const window = first + i;
    let p = source + <usize>(window / windowsInRow * stride) * rowPitch + <usize>(window % windowsInRow * stride) * place;
    for (let row = 0; row < size; row++) {
      for (let at: usize = 0; at < run; at += 16) v128.store(target + at, leaky(v128.load(p + at), slopes));
      target += run;
      p += rowPitch;
    }
  }
}

/** Rows of a matrix, `pitch` bytes apart, → places in raster order, plus a bias a channel, plus what was there if `onto`. */
export function scatter(
  source: usize, pitch: usize, target: usize, rowPitch: usize, channels: i32, placesInRow: i32,
  first: i32, count: i32, bias: usize, onto: bool,
): void {
  const place = <usize>channels << 2;
  for (let i = 0; i < count; i++) {
    const at = first + i;
    const to = target + <usize>(at / placesInRow) * rowPitch + <usize>(at % placesInRow) * place;
    for (let channel: usize = 0; channel < place; channel += 16) {
      const x = add(v128.load(source + channel), v128.load(bias + channel));
      v128.store(to + channel, onto ? add(x, v128.load(to + channel)) : x);
    }
    source += pitch;
  }
}

// ---- Borders and orders -----------------------------------------------------------------------------------------------

/**
 * Everything around the `rows` × `columns` places of a map whose border begins at `map`: zeros, or the nearest place. `fullRows` ×
 * `fullColumns` are there, border included. Where the picture goes on, `above` and `below` are the addresses of its next rows.
 */
export function fillBorder(
  map: usize, channels: i32, rows: i32, columns: i32, fullRows: i32, fullColumns: i32, edge: bool, above: usize, below: usize,
): void {
  const place = <usize>channels << 2, rowPitch = <usize>fullColumns * place, run = <usize>columns * place;
  const last = map + <usize>rows * rowPitch;
  if (above != 0) memory.copy(map + place, above, run);
  if (below != 0) memory.copy(last + rowPitch + place, below, run);
  for (let row = above != 0 ? 0 : 1; row <= (below != 0 ? rows + 1 : rows); row++) {
    const p = map + <usize>row * rowPitch;
    fillPlace(p, p + place, place, edge);
    const end = p + <usize>columns * place;
    for (let column = columns + 1; column < fullColumns; column++) {
      fillPlace(p + <usize>column * place, end, place, edge);
    }
  }
  if (above == 0) fillPlace(map, map + rowPitch, rowPitch, edge);
  if (below != 0) return;
  for (let row = rows + 1; row < fullRows; row++) fillPlace(map + <usize>row * rowPitch, last, rowPitch, edge);
}

// @ts-ignore: decorator
@inline
function fillPlace(target: usize, source: usize, byteLength: usize, edge: bool): void {
  if (edge) memory.copy(target, source, byteLength);
  else memory.fill(target, 0, byteLength);
}

/**
 * Planes → places: square blocks of `factor` × `factor` values of each plane become channels, (plane, row, column) in the block;
 * `offset` is added. `rows` × `columns` places, the first one at `target`.
 */
export function blocksToPlaces(
  source: usize, planes: i32, target: usize, rowPitch: usize, rows: i32, columns: i32, factor: i32, offset: f32,
): void {
  const line = <usize>(columns * factor) << 2, run = <usize>factor << 2;
  for (let plane = 0; plane < planes; plane++) {
    for (let row = 0; row < rows; row++) {
      for (let blockRow = 0; blockRow < factor; blockRow++) {
        let to = target + <usize>row * rowPitch + <usize>((plane * factor + blockRow) * factor << 2);
        const end = source + line;
        while (source < end) {
          for (let at: usize = 0; at < run; at += 4) store<f32>(to + at, load<f32>(source + at) + offset);
          source += run;
          to += <usize>(planes * factor * factor) << 2;
        }
      }
    }
  }
}

/**
 * The inverse of `blocksToPlaces`: plus what was there if `onto`, plus `offset`, and then not below `low` nor above `high`.
 */
export function placesToBlocks(
  source: usize, rowPitch: usize, rows: i32, columns: i32, factor: i32, target: usize, planes: i32,
  onto: bool, offset: f32, low: f32, high: f32,
): void {
  const line = <usize>(columns * factor) << 2, run = <usize>factor << 2;
  for (let plane = 0; plane < planes; plane++) {
    for (let row = 0; row < rows; row++) {
      for (let blockRow = 0; blockRow < factor; blockRow++) {
        let from = source + <usize>row * rowPitch + <usize>((plane * factor + blockRow) * factor << 2);
        const end = target + line;
        while (target < end) {
          for (let at: usize = 0; at < run; at += 4) {
            const x = load<f32>(from + at) + (onto ? load<f32>(target + at) : 0) + offset;
            store<f32>(target + at, max<f32>(low, min<f32>(high, x)));
          }
          target += run;
          from += <usize>(planes * factor * factor) << 2;
        }
      }
    }
  }
}

/** `count` places of three planes from 0 to 1, `planeBytes` apart → RGBA bytes with alpha 255 in the place of the first plane. */
export function planesToRgba8(source: usize, planeBytes: usize, count: i32): void {
  const alpha = i32x4.splat(0xff000000);
  for (const last = source + (<usize>count << 2); source < last; source += 8) {
    const red = bytesAt(source), green = bytesAt(source + planeBytes), blue = bytesAt(source + 2 * planeBytes);
    const rgba = v128.or(v128.or(red, alpha), v128.or(i32x4.shl(green, 8), i32x4.shl(blue, 16)));
    if (source + 4 == last) v128.store32_lane(source, rgba, 0);
    else v128.store64_lane(source, rgba, 0);
  }
}

/** 255 · value of two values, to the nearest, as 32 bits each. */
// @ts-ignore: decorator
@inline
function bytesAt(source: usize): V {
  const levels = f64x2.mul(f64x2.promote_low_f32x4(v128.load64_zero(source)), f64x2.splat(255));
  const rounded = i32x4.trunc_sat_f64x2_s_zero(f64x2.add(levels, f64x2.splat(0.5)));
  return i32x4.min_s(i32x4.max_s(rounded, i32x4.splat(0)), i32x4.splat(255));
}

/** Four channels of a place, (channel, row, column) of 2 × 2, → four places, plus what was there if `onto`. */
export function spreadPlaces(
  source: usize, sourcePitch: usize, rows: i32, columns: i32, target: usize, targetPitch: usize, channels: i32,
  onto: bool,
): void {
  const place = <usize>channels << 2;
  for (let row = 0; row < rows; row++) {
    let from = source + <usize>row * sourcePitch, to = target + 2 * <usize>row * targetPitch;
    for (let column = 0; column < columns; column++) {
      for (let channel: usize = 0; channel < place; channel += 16) {
        const p = from + 4 * channel;
        const a = v128.load(p), b = v128.load(p, 16), c = v128.load(p, 32), d = v128.load(p, 48);
        const q = to + channel, below = q + targetPitch;
        storeTurned(a, b, c, d, q, q + place, below, below + place, onto);
      }
      from += 4 * place;
      to += 2 * place;
    }
  }
}

/** First values of four vectors to `p`, second ones to `q`, and so on, plus what was there if `onto`. */
// @ts-ignore: decorator
@inline
function storeTurned(a: V, b: V, c: V, d: V, p: usize, q: usize, r: usize, s: usize, onto: bool): void {
  const ab = v128.shuffle<i32>(a, b, 0, 4, 1, 5), cd = v128.shuffle<i32>(c, d, 0, 4, 1, 5);
  const lastAb = v128.shuffle<i32>(a, b, 2, 6, 3, 7), lastCd = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
  storeSum(p, v128.shuffle<i64>(ab, cd, 0, 2), onto);
  storeSum(q, v128.shuffle<i64>(ab, cd, 1, 3), onto);
  storeSum(r, v128.shuffle<i64>(lastAb, lastCd, 0, 2), onto);
  storeSum(s, v128.shuffle<i64>(lastAb, lastCd, 1, 3), onto);
}

// @ts-ignore: decorator
@inline
function storeSum(p: usize, x: V, onto: bool): void {
  v128.store(p, onto ? add(x, v128.load(p)) : x);
}

// ---- Derivatives ------------------------------------------------------------------------------------------------------

/** Which values of a map's places are negative, a byte for four channels. */
export function saveSigns(
  source: usize, rowPitch: usize, rows: i32, columns: i32, channels: i32, target: usize,
): void {
  const byteLength = <usize>(columns * channels) << 2;
  for (let row = 0; row < rows; row++) {
    for (let at: usize = 0; at < byteLength; at += 16) {
      store<u8>(target, <u8>i32x4.bitmask(v128.load(source + at)));
      target++;
    }
    source += rowPitch;
  }
}

/**
 * A map's places, times `slope` where `signs` are negative, → another's, plus what was there if `onto`. Without signs, at address
 * 0, as they are.
 */
export function addBehindSigns(
  source: usize, sourcePitch: usize, rows: i32, columns: i32, channels: i32, signs: usize, slope: f32,
  target: usize, targetPitch: usize, onto: bool,
): void {
  const byteLength = <usize>(columns * channels) << 2, slopes = f32x4.splat(slope), lanes = i32x4(1, 2, 4, 8);
  for (let row = 0; row < rows; row++) {
    for (let at: usize = 0; at < byteLength; at += 16) {
      let x = v128.load(source + at);
      if (signs != 0) {
        const negative = i32x4.eq(v128.and(i32x4.splat(<i32>load<u8>(signs)), lanes), lanes);
        x = v128.bitselect(f32x4.mul(x, slopes), x, negative);
        signs++;
      }
      storeSum(target + at, x, onto);
    }
    source += sourcePitch;
    target += targetPitch;
  }
}

/** The inverse of `spreadPlaces`: `rows` × `columns` of the target. */
export function gatherPlaces(
  source: usize, sourcePitch: usize, rows: i32, columns: i32, target: usize, targetPitch: usize, channels: i32,
  onto: bool,
): void {
  const place = <usize>channels << 2;
  for (let row = 0; row < rows; row++) {
    let from = source + 2 * <usize>row * sourcePitch, to = target + <usize>row * targetPitch;
    for (let column = 0; column < columns; column++) {
      for (let channel: usize = 0; channel < place; channel += 16) {
        const p = from + channel, below = p + sourcePitch;
        const a = v128.load(p), b = v128.load(p + place), c = v128.load(below), d = v128.load(below + place);
        const q = to + 4 * channel;
        storeTurned(a, b, c, d, q, q + 16, q + 32, q + 48, onto);
      }
      from += 2 * place;
      to += 4 * place;
    }
  }
}

/** Places of a map into the middle of one that is two larger each way, zeros around them. */
export function surround(
  source: usize, sourcePitch: usize, rows: i32, columns: i32, channels: i32, target: usize, targetPitch: usize,
): void {
  const place = <usize>channels << 2, run = <usize>columns * place;
  memory.fill(target, 0, run + 2 * place);
  for (let row = 0; row < rows; row++) {
    target += targetPitch;
    memory.fill(target, 0, place);
    memory.copy(target + place, source, run);
    memory.fill(target + place + run, 0, place);
    source += sourcePitch;
  }
  memory.fill(target + targetPitch, 0, run + 2 * place);
}

/** Adds the outermost places of a map of `rows` × `columns` to those next to them: what was repeated beyond an edge adds to it. */
export function foldEdges(map: usize, rowPitch: usize, rows: i32, columns: i32, channels: i32): void {
  const place = <usize>channels << 2, run = <usize>columns * place;
  const last = map + <usize>(rows - 1) * rowPitch;
  addRun(map, map + rowPitch, run);
  addRun(last, last - rowPitch, run);
  for (let row = 1; row < rows - 1; row++) {
    const p = map + <usize>row * rowPitch, end = p + run - place;
    addRun(p, p + place, place);
    addRun(end, end - place, place);
  }
}

// @ts-ignore: decorator
@inline
function addRun(source: usize, target: usize, byteLength: usize): void {
  for (let at: usize = 0; at < byteLength; at += 16) {
    v128.store(target + at, add(v128.load(source + at), v128.load(target + at)));
  }
}
