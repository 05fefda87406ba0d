/** A band's coefficients as context of the subband coder, with a margin of zeros so that neighbours need no bounds checks. */

/** Columns and rows around a plane. */
export const MARGIN = 2;
/** Magnitudes are clipped to this where they serve as context. */
export const MAGNITUDE_CLIP = 2047;
/** Magnitudes above this are large. */
const LARGE = 5;

/** Sign class of zero. */
const ZERO_SIGN = 2;

/** Context view of one band; entries not coded yet are 0. */
export class SubbandPlane {
  /** Coefficients a row, without margins. */
  readonly width: number;
  /** Rows, without margins. */
  readonly height: number;
  /** Entries a row, with margins. */
  readonly stride: number;
  /** Magnitudes (of residuals in LL bands), clipped to 2047. */
  readonly magnitudes: Uint16Array;
  /** Sign and size: 0 large negative, 1 small negative, 2 zero, 3 small positive, 4 large positive. */
  readonly signs: Uint8Array;
  /** The coefficients themselves. */
  readonly values: Int32Array;

  /**
   * @param width Coefficients a row.
   * @param height Rows.
   */
  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    this.stride = width + 2 * MARGIN;
    const entries = this.stride * (height + 2 * MARGIN);
    this.magnitudes = new Uint16Array(entries);
    this.signs = new Uint8Array(entries).fill(ZERO_SIGN);
    this.values = new Int32Array(entries);
  }

  /** Index of a place inside the plane. */
  indexOf(x: number, y: number): number {
    return (y + MARGIN) * this.stride + x + MARGIN;
  }

  /** Forgets a row. */
  clearRow(y: number): void {
    const first = this.indexOf(0, y), end = first + this.width;
    this.magnitudes.fill(0, first, end);
    this.signs.fill(ZERO_SIGN, first, end);
    this.values.fill(0, first, end);
  }

  /**
   * Notes a coefficient.
   *
   * @param index Its index.
   * @param residual What was coded.
   * @param value The coefficient.
   */
  set(index: number, residual: number, value: number): void {
    const magnitude = Math.abs(residual);
    this.magnitudes[index] = magnitude < MAGNITUDE_CLIP ? magnitude : MAGNITUDE_CLIP;
    this.signs[index] = signClass(residual);
    this.values[index] = value;
  }
}

/**
 * Sign and size of a residual.
 *
 * @param residual The residual.
 * @returns 0 large negative, 1 small negative, 2 zero, 3 small positive, 4 large positive.
 */
export function signClass(residual: number): number {
  if (residual === 0) return ZERO_SIGN;
  if (residual > 0) return residual > LARGE ? 4 : 3;
  return residual < -LARGE ? 0 : 1;
}
