/**
 * The integer 5/3 that the wide coder may put in front of a plane of samples: smooth planes, such as resampled chroma,
 * cost less as wavelet bands than as prediction errors. All sums are modulo 2^32, so that it is reversible for any values.
 */

import { bandLayout, type BandShape } from "./bands.ts";

/** Levels of decomposition. */
const LEVELS = 5;

/**
 * The bands of a plane.
 *
 * @param width Samples a row.
 * @param height Rows.
 * @returns One channel's bands, in coding order.
 */
export function pyramidBands(width: number, height: number): BandShape[] {
  return bandLayout({ width, height, channels: 1, levels: LEVELS });
}

/**
 * Takes a plane apart.
 *
 * @param plane Samples, row-major.
 * @param width Samples a row.
 * @param height Rows.
 * @returns The packed coefficients of {@linkcode pyramidBands}.
 */
export function analyse(plane: Int32Array, width: number, height: number): Int32Array {
  const bands = pyramidBands(width, height), packed = new Int32Array(plane.length);
  let low = plane.slice(), w = width, h = height;
  for (let level = 1; level <= LEVELS; level++) {
    for (let y = 0; y < h; y++) forwardLine(low, y * w, 1, w);
    for (let x = 0; x < w; x++) forwardLine(low, x, w, h);
    for (const band of bands) {
      if (band.level === level && band.orientation !== 0) moveBand(band, low, w, h, packed, true);
    }
    const lowWidth = (w + 1) >> 1, lowHeight = (h + 1) >> 1, next = new Int32Array(lowWidth * lowHeight);
    for (let y = 0; y < lowHeight; y++) next.set(low.subarray(y * w, y * w + lowWidth), y * lowWidth);
    low = next;
    w = lowWidth;
    h = lowHeight;
  }
  packed.set(low);
  return packed;
}

/**
 * Puts a plane together.
 *
 * @param packed Coefficients of {@linkcode pyramidBands}.
 * @param width Samples a row.
 * @param height Rows.
 * @returns The samples, row-major.
 */
export function synthesise(packed: Int32Array, width: number, height: number): Int32Array {
  const bands = pyramidBands(width, height), widths = [width], heights = [height];
  for (let level = 0; level < LEVELS; level++) {
    widths.push((widths[level] + 1) >> 1);
    heights.push((heights[level] + 1) >> 1);
  }
  let low = packed.slice(0, widths[LEVELS] * heights[LEVELS]);
  for (let level = LEVELS; level >= 1; level--) {
    const w = widths[level - 1],
      h = heights[level - 1],
      lowWidth = widths[level],
      plane = new Int32Array(w * h);
    for (let y = 0; y < heights[level]; y++) {
      plane.set(low.subarray(y * lowWidth, (y + 1) * lowWidth), y * w);
    }
    for (const band of bands) {
      if (band.level === level && band.orientation !== 0) moveBand(band, plane, w, h, packed, false);
    }
    for (let x = 0; x < w; x++) inverseLine(plane, x, w, h);
    for (let y = 0; y < h; y++) inverseLine(plane, y * w, 1, w);
    low = plane;
  }
  return low;
}

/** Copies a band between its quadrant of a plane and the packed array. */
function moveBand(
  { orientation, offset, width, height }: BandShape,
  plane: Int32Array,
  planeWidth: number,
  planeHeight: number,
  packed: Int32Array,
  toPacked: boolean,
): void {
  const left = orientation & 1 ? (planeWidth + 1) >> 1 : 0;
  const top = orientation & 2 ? (planeHeight + 1) >> 1 : 0;
  for (let y = 0; y < height; y++) {
    const at = (top + y) * planeWidth + left, from = offset + y * width;
    if (toPacked) packed.set(plane.subarray(at, at + width), from);
    else plane.set(packed.subarray(from, from + width), at);
  }
}

let scratch = new Int32Array(0);

/** One line of `count` samples, `stride` apart: low samples first, then high ones. */
function forwardLine(x: Int32Array, start: number, stride: number, count: number): void {
  const high = count >> 1, low = count - high;
  if (high === 0) return;
  if (scratch.length < count) scratch = new Int32Array(count);
  const out = scratch;
  for (let i = 0; i < high; i++) {
    const at = start + 2 * i * stride, e = x[at];
    const right = 2 * i + 2 < count ? x[at + 2 * stride] : e;
    out[low + i] = x[at + stride] - ((e + right) >> 1);
  }
  for (let i = 0; i < low; i++) {
    const before = out[low + (i > 0 ? i - 1 : 0)], after = out[low + (i < high ? i : high - 1)];
    out[i] = x[start + 2 * i * stride] + ((before + after + 2) >> 2);
  }
  for (let i = 0; i < count; i++) x[start + i * stride] = out[i];
}

/** Undoes {@linkcode forwardLine}. */
function inverseLine(x: Int32Array, start: number, stride: number, count: number): void {
  const high = count >> 1, low = count - high;
  if (high === 0) return;
  if (scratch.length < count) scratch = new Int32Array(count);
  const out = scratch;
  for (let i = 0; i < low; i++) {
    const before = x[start + (low + (i > 0 ? i - 1 : 0)) * stride];
    const after = x[start + (low + (i < high ? i : high - 1)) * stride];
    out[2 * i] = x[start + i * stride] - ((before + after + 2) >> 2);
  }
  for (let i = 0; i < high; i++) {
    const right = 2 * i + 2 < count ? out[2 * i + 2] : out[2 * i];
    out[2 * i + 1] = x[start + (low + i) * stride] + ((out[2 * i] + right) >> 1);
  }
  for (let i = 0; i < count; i++) x[start + i * stride] = out[i];
}
