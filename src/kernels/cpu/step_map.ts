import type { PyramidLayout } from "../../core/mod.ts";

/** Pixels of a block's side. */
const STEP_BLOCK_PIXELS = 32;
/** Exponents an octave of the step. */
const STEPS_AN_OCTAVE = 4;
/** Largest magnitude of an exponent: two octaves. */
export const MAX_STEP_EXPONENT = 8;

/** Variance is taken over cells of so many pixels a side. */
const CELL_PIXELS = 8;
/** Keeps a weight finite where nothing varies: that of a texture of 12 levels, below which errors show alike. */
const FLAT_VARIANCE = 300;
/** 1 would equalise what SSIM sees of errors; textures would then be too soft for SSIMULACRA2. Measured on training photographs. */
const STRENGTH = 0.65;
/** What encoders use of the range: blocks apart by three octaves. */
const MOST_USED_EXPONENT = 6;

/** How much coarser than the picture's a block's steps are. */
export interface StepMap {
  /** Blocks in a row: ⌈width / 32⌉. */
  readonly columns: number;
  /** Rows of blocks. */
  readonly rows: number;
  /** Row-major, −8 to 8: steps are the picture's times 2^(exponent / 4). */
  readonly exponents: Int8Array;
}

interface Rgba {
  readonly data: ArrayLike<number>;
  readonly width: number;
  readonly height: number;
}

/** Blocks that cover a picture. */
export function stepMapSize(
  { width, height }: Pick<Rgba, "width" | "height">,
): { columns: number; rows: number } {
  return { columns: Math.ceil(width / STEP_BLOCK_PIXELS), rows: Math.ceil(height / STEP_BLOCK_PIXELS) };
}

/**
 * Coarser steps where a picture is busy, finer ones where it is flat: errors are seen against the contrast around them. The
 * weight of an error has the form of SSIM's, 1 / (2 · variance + constant), its mean over a block; steps go with its inverse root to
 * the power 0.65, and their mean over the picture is 1 in octaves.
 *
 * @param picture RGBA of 8 bits.
 * @returns A block for each 32×32 pixels, those at the right and bottom smaller.
 */
export function stepMapOf(picture: Rgba): StepMap {
  const { columns, rows } = stepMapSize(picture), octaves = new Float64Array(columns * rows);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const weight = meanWeight(picture, column * STEP_BLOCK_PIXELS, row * STEP_BLOCK_PIXELS);
      octaves[row * columns + column] = -Math.log2(weight) / 2 * STRENGTH;
    }
  }
  const mean = octaves.reduce((sum, octave) => sum + octave, 0) / octaves.length;
  const exponents = Int8Array.from(octaves, (octave) => {
    const exponent = Math.round(STEPS_AN_OCTAVE * (octave - mean));
    return Math.min(MOST_USED_EXPONENT, Math.max(-MOST_USED_EXPONENT, exponent));
  });
  return { columns, rows, exponents };
}

/** Over the block at (left, top), inside the picture. */
function meanWeight({ data, width, height }: Rgba, left: number, top: number): number {
  const right = Math.min(width, left + STEP_BLOCK_PIXELS), bottom = Math.min(height, top + STEP_BLOCK_PIXELS);
  let weight = 0;
  for (let y0 = top; y0 < bottom; y0 += CELL_PIXELS) {
    for (let x0 = left; x0 < right; x0 += CELL_PIXELS) {
      const x1 = Math.min(right, x0 + CELL_PIXELS), y1 = Math.min(bottom, y0 + CELL_PIXELS);
      const count = (x1 - x0) * (y1 - y0);
      let sum = 0, squares = 0;
      for (let y = y0; y < y1; y++) {
        for (let x = x0, at = 4 * (y * width + x0); x < x1; x++, at += 4) {
          const luma = 0.299 * data[at] + 0.587 * data[at + 1] + 0.114 * data[at + 2];
          sum += luma;
          squares += luma * luma;
        }
      }
      const variance = Math.max(0, squares / count - (sum / count) ** 2);
      weight += count / (2 * variance + FLAT_VARIANCE);
    }
  }
  return weight / ((right - left) * (bottom - top));
}

/**
 * Divides the coefficients of a pyramid by their places' steps, or multiplies them again. Between the middles of blocks the
 * factor 2^(exponent / 4) is interpolated, along rows and columns; LL has none.
 *
 * @param values Packed as the layout says, changed in place.
 * @param layout Of the pyramid.
 * @param origin Its first sample among the picture's pixels, a multiple of 2^levels.
 * @param map Of the whole picture.
 * @param direction What to do.
 */
export function scaleByMap(
  values: Float32Array,
  layout: PyramidLayout,
  origin: { readonly x: number; readonly y: number },
  { columns, rows, exponents }: StepMap,
  direction: "divide" | "multiply",
): void {
  const factors = Float64Array.from(exponents, (exponent) => 2 ** (exponent / STEPS_AN_OCTAVE));
  const blended = new Float64Array(columns);
  for (const { level, orientation, offset, width, height } of layout.bands) {
    if (orientation === 0) continue;
    const across = placesAlong(width, origin.x, level, columns);
    const down = placesAlong(height, origin.y, level, rows);
    for (let y = 0; y < height; y++) {
      const above = down.first[y] * columns, below = down.second[y] * columns, share = down.share[y];
      for (let column = 0; column < columns; column++) {
        blended[column] = factors[above + column] +
          (factors[below + column] - factors[above + column]) * share;
      }
      scaleRow(
        values.subarray(offset + y * width, offset + (y + 1) * width),
        blended,
        across,
        direction === "divide",
      );
    }
  }
}

/** A row of a band. Most coefficients of a decoded picture are 0, and stay so. */
function scaleRow(
  row: Float32Array,
  blended: Float64Array,
  { first, second, share }: ReturnType<typeof placesAlong>,
  divides: boolean,
): void {
  for (let x = 0; x < row.length; x++) {
    const value = row[x];
    if (value === 0) continue;
    const left = blended[first[x]], factor = left + (blended[second[x]] - left) * share[x];
    row[x] = divides ? value / factor : value * factor;
  }
}

/** Between which blocks the coefficients of a row or column of a band lie, and how far from the first. */
function placesAlong(
  count: number,
  origin: number,
  level: number,
  blocks: number,
): { first: Int32Array; second: Int32Array; share: Float64Array } {
  const first = new Int32Array(count), second = new Int32Array(count), share = new Float64Array(count);
  const pixels = 2 ** level;
  for (let i = 0; i < count; i++) {
    const middle = (origin + (i + 0.5) * pixels) / STEP_BLOCK_PIXELS - 0.5;
    const place = Math.min(blocks - 1, Math.max(0, middle));
    first[i] = Math.floor(place);
    second[i] = Math.min(blocks - 1, first[i] + 1);
    share[i] = place - first[i];
  }
  return { first, second, share };
}
