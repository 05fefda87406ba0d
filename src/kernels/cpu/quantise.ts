import { InvalidValueError, type PyramidLayout } from "../../core/mod.ts";
import type { QuantizeKernelOptions } from "../kernels.ts";

/** Largest |q|: the largest single-precision number that an i32 holds. */
const MAX_MULTIPLE = 2 ** 31 - 128;
const BAND_NAMES = ["LL", "HL", "LH", "HH"] as const;

/**
 * f32 coefficients → i32 multiples of each band's step. See `Kernels.quantize`.
 *
 * All arithmetic is single precision, a product and a sum: what SIMD and shaders compute exactly alike. WGSL's division
 * may be inexact, hence the reciprocal. Errors: `InvalidValueError` ("quant-range").
 */
export function quantize(
  source: Float32Array,
  target: Int32Array,
  layout: PyramidLayout,
  { steps, rounding }: QuantizeKernelOptions,
): void {
  const half = Math.fround(rounding);
  for (const [index, band] of layout.bands.entries()) {
    const inverse = Math.fround(1 / steps[index]), end = band.offset + band.width * band.height;
    for (let i = band.offset; i < end; i++) {
      const q = multiple(source[i], inverse, half);
      if (!isRepresentable(q)) throw unquantisable(source, layout, steps);
      target[i] = q;
    }
  }
}

/** i32 multiples → f32 coefficients. See `Kernels.dequantize`. */
export function dequantize(
  source: Int32Array,
  target: Float32Array,
  layout: PyramidLayout,
  steps: Float32Array,
): void {
  for (const [index, band] of layout.bands.entries()) {
    const step = steps[index], end = band.offset + band.width * band.height;
    for (let i = band.offset; i < end; i++) target[i] = Math.fround(source[i]) * step;
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
            }). Use a coarser step, or correct the stage that made the value.`,
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
