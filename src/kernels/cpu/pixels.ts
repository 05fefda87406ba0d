import type { PixelRange } from "../kernels.ts";
import { unit } from "./colour.ts";

/**
 * Interleaved (height, width, 3) → planar f32 (3, targetHeight, targetWidth), last row and column repeated.
 *
 * @param most The source's value of white: 255 or 1.
 */
export function rgbToPlanar(
  source: Uint8Array | Float32Array,
  width: number,
  height: number,
  target: Float32Array,
  targetWidth: number,
  targetHeight: number,
  range: PixelRange,
  most: number,
): void {
  const plane = targetWidth * targetHeight;
  const scale = range.scale / most;
  for (let y = 0; y < targetHeight; y++) {
    const row = Math.min(y, height - 1) * width;
    for (let x = 0; x < targetWidth; x++) {
      const from = (row + Math.min(x, width - 1)) * 3;
      const to = y * targetWidth + x;
      target[to] = source[from] * scale + range.shift;
      target[plane + to] = source[from + 1] * scale + range.shift;
      target[2 * plane + to] = source[from + 2] * scale + range.shift;
    }
  }
}

/** Planar f32 (3, sourceHeight, sourceWidth) → interleaved f32 (height, width, 3) in [0, 1], cropped to the top left. */
export function planarToRgb(
  source: Float32Array,
  sourceWidth: number,
  sourceHeight: number,
  target: Float32Array,
  width: number,
  height: number,
  range: PixelRange,
): void {
  const plane = sourceWidth * sourceHeight;
  const scale = 1 / range.scale;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const to = (y * width + x) * 3;
      for (let channel = 0; channel < 3; channel++) {
        target[to + channel] = unit((source[channel * plane + y * sourceWidth + x] - range.shift) * scale);
      }
    }
  }
}

/** Interleaved f32 (count, 3) in [0, 1] → interleaved u8 (count, 4), alpha 255. */
export function rgbToRgba8(source: Float32Array, target: Uint8Array): void {
  for (let from = 0, to = 0; from < source.length; from += 3, to += 4) {
    target[to] = source[from] * 255 + 0.5 | 0;
    target[to + 1] = source[from + 1] * 255 + 0.5 | 0;
    target[to + 2] = source[from + 2] * 255 + 0.5 | 0;
    target[to + 3] = 255;
  }
}

/**
 * Planar f32 (3, rows, columns) → interleaved bytes from row `firstRow` of (height, width, 4), cropped to the top left, alpha 255.
 *
 * @param isGrey Whether R, G and B become the luma.
 */
export function planarToRgba8(
  source: Float32Array,
  columns: number,
  rows: number,
  target: Uint8Array,
  [height, width]: readonly number[],
  firstRow: number,
  range: PixelRange,
  isGrey: boolean,
): void {
  const plane = rows * columns, scale = 1 / range.scale;
  const shown = (at: number) => unit(Math.fround((source[at] - range.shift) * scale));
  for (let y = 0; y < Math.min(rows, height - firstRow); y++) {
    let to = 4 * (firstRow + y) * width;
    for (let at = y * columns, end = at + width; at < end; at++, to += 4) {
      const red = shown(at), green = shown(plane + at), blue = shown(2 * plane + at);
      const luma = 0.299 * red + 0.587 * green + 0.114 * blue;
      target[to] = (isGrey ? luma : red) * 255 + 0.5;
      target[to + 1] = (isGrey ? luma : green) * 255 + 0.5;
      target[to + 2] = (isGrey ? luma : blue) * 255 + 0.5;
      target[to + 3] = 255;
    }
  }
}
