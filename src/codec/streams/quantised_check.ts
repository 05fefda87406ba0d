import { VaeransError } from "../../core/mod.ts";
import type { PyramidLayout } from "../../core/mod.ts";

/** Steps that a quantiser moves a coefficient by, at most: those that weigh bits move it to a near value or to zero. */
const MOST_STEPS_MOVED = 5;
/** Of the coefficient: what single precision loses. */
const PRECISION = 2 ** -20;

/**
 * Checks that what will be coded stands for a picture's coefficients: each by a few steps at most, none clipped or lost.
 *
 * @param coefficients Before quantisation.
 * @param quantised Whole multiples of the steps.
 * @param layout The bands.
 * @param steps Of each band.
 * @throws VaeransError ("verify-failed").
 */
export function checkQuantised(
  coefficients: Float32Array,
  quantised: Int32Array,
  { bands }: PyramidLayout,
  steps: Float32Array,
): void {
  for (const [band, { offset, width, height }] of bands.entries()) {
    const step = steps[band], most = MOST_STEPS_MOVED * step, end = offset + width * height;
    for (let i = offset; i < end; i++) {
      const value = coefficients[i], error = Math.abs(value - quantised[i] * step);
      if (error <= most || error <= Math.abs(value) * PRECISION) continue;
      throw new VaeransError(
        "verify-failed",
        `Cannot verify the file: coefficient ${i} must be quantised to steps of ${step} near ${value} (got ` +
          `${quantised[i]} steps). Please report this bug with the source picture.`,
      );
    }
  }
}
