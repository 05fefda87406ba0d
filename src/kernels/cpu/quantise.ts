import { InvalidValueError, type PyramidLayout } from "../../core/mod.ts";
import type { QuantiseOptions } from "../kernels.ts";

/** Symbol of coefficient 0. */
const ZERO_SYMBOL = 128;
/** Largest |q| a symbol can say without an escape. */
const MAX_PLAIN = 127;
/** Largest |q|: the largest single-precision number that an i32 holds. */
const MAX_MULTIPLE = 2 ** 31 - 128;
const BAND_NAMES = ["LL", "HL", "LH", "HH"] as const;

/**
 * f32 coefficients → u8 symbols; returns the escapes. See `Kernels.quantiseU8`.
 *
 * All arithmetic is single precision, a product and a sum: what SIMD and shaders compute exactly alike. WGSL's division
 * may be inexact, hence the reciprocal.
 */
export function quantiseU8(
  source: Float32Array,
  target: Uint8Array,
  layout: PyramidLayout,
  options: QuantiseOptions,
): Int32Array {
  let escapeCount = 0;
  for (const [index, band] of layout.bands.entries()) {
    const inverse = Math.fround(1 / options.steps[index]), rounding = Math.fround(options.rounding);
    const end = band.offset + band.width * band.height;
    for (let i = band.offset; i < end; i++) {
      const q = multiple(source[i], inverse, rounding);
      if (q >= -MAX_PLAIN && q <= MAX_PLAIN) { // false for NaN
        target[i] = q + ZERO_SYMBOL;
      } else {
        target[i] = 0;
        escapeCount++;
      }
    }
  }
  return escapeCount === 0 ? new Int32Array(0) : escapesOf(source, target, layout, options);
}

/**
 * f32 coefficients → i32 multiples of each band's step, to the nearest. See `Kernels.quantiseI32`.
 *
 * Errors: `InvalidValueError` ("quant-range").
 */
export function quantiseI32(
  source: Float32Array,
  target: Int32Array,
  layout: PyramidLayout,
  steps: Float32Array,
): void {
  for (const [index, band] of layout.bands.entries()) {
    const inverse = Math.fround(1 / steps[index]), end = band.offset + band.width * band.height;
    for (let i = band.offset; i < end; i++) {
      const q = multiple(source[i], inverse, 0.5);
      if (!isRepresentable(q)) throw unquantisable(source, layout, steps);
      target[i] = q;
    }
  }
}

/** The q of the symbols that are 0, in order. Errors: `InvalidValueError` ("quant-range"). */
export function escapesOf(
  source: Float32Array,
  symbols: Uint8Array,
  layout: PyramidLayout,
  { steps, rounding }: QuantiseOptions,
): Int32Array {
  const escapes: number[] = [];
  for (const [index, band] of layout.bands.entries()) {
    const end = band.offset + band.width * band.height;
    for (let i = band.offset; i < end; i++) {
      if (symbols[i] === 0) {
        const q = multiple(source[i], Math.fround(1 / steps[index]), Math.fround(rounding));
        if (!isRepresentable(q)) throw unquantisable(source, layout, steps);
        escapes.push(q);
      }
    }
  }
  return Int32Array.from(escapes);
}

/** u8 symbols and escapes → f32 coefficients. See `Kernels.dequantiseU8`. */
export function dequantiseU8(
  source: Uint8Array,
  escapes: Int32Array,
  target: Float32Array,
  layout: PyramidLayout,
  steps: Float32Array,
): void {
  for (const [index, band] of layout.bands.entries()) {
    const step = steps[index], end = band.offset + band.width * band.height;
    for (let i = band.offset; i < end; i++) target[i] = (source[i] - ZERO_SYMBOL) * step;
  }
  if (escapes.length > 0) patchEscapes(source, escapes, target, layout, steps);
}

/** Replaces the coefficients of escape symbols by the escapes' multiples. */
export function patchEscapes(
  source: Uint8Array,
  escapes: Int32Array,
  target: Float32Array,
  layout: PyramidLayout,
  steps: Float32Array,
): void {
  let escape = 0;
  for (const [index, band] of layout.bands.entries()) {
    const end = band.offset + band.width * band.height;
    for (let i = band.offset; i < end; i++) {
      if (source[i] === 0) target[i] = escapes[escape++] * steps[index];
    }
  }
}

/**
 * The error that names the first coefficient whose multiple an i32 cannot hold: NaN, an infinity, or more than 2^31 − 128
 * steps.
 *
 * @param source Coefficients, one pyramid after another.
 * @param layout Bands of each pyramid.
 * @param steps Step of each band.
 */
export function unquantisable(
  source: Float32Array,
  layout: PyramidLayout,
  steps: Float32Array,
): InvalidValueError {
  const { bands, coefficientCount } = layout;
  for (let start = 0; start < source.length; start += coefficientCount) {
    for (const [index, { offset, width, height, level, orientation, channel }] of bands.entries()) {
      const inverse = Math.fround(1 / steps[index]), first = start + offset;
      for (let i = first; i < first + width * height; i++) {
        // With the largest rounding: what a kernel refused at a smaller one is found as well.
        if (isRepresentable(multiple(source[i], inverse, 0.5))) continue;
        return new InvalidValueError(
          "quant-range",
          `Cannot quantise coefficient ${i - first} of band ${
            BAND_NAMES[orientation]
          }, level ${level}, channel ` +
            `${channel}: its value must be finite and at most ${MAX_MULTIPLE} steps of ${steps[index]} (got ${
              source[i]
            }); use a coarser step, or correct the stage that made the value`,
        );
      }
    }
  }
  throw new RangeError("every coefficient has a multiple that an i32 holds");
}

function isRepresentable(multiple: number): boolean {
  return multiple >= -MAX_MULTIPLE && multiple <= MAX_MULTIPLE;
}

/** Sign · ⌊|coefficient · inverse| + rounding⌋; NaN for NaN. */
function multiple(coefficient: number, inverse: number, rounding: number): number {
  const scaled = Math.fround(coefficient * inverse);
  const magnitude = Math.floor(Math.fround(Math.abs(scaled) + rounding));
  return scaled < 0 ? -magnitude : magnitude;
}
