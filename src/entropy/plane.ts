/** A band's coefficients as context: with a margin of zeros, so that neighbours need no bounds checks. */

import { MAGNITUDE_CLIP, magnitudeLevel } from "./mixing/context_tables.ts";

/** Zeros on every side of a plane. */
export const PLANE_MARGIN = 3;
/** Signed values are clipped to ±3 where they serve as context. */
const SIGNED_CLIP = 3;

/** Context view of one band; entries not coded yet are 0. */
export class Plane {
  /** Coefficients a row, without margins. */
  readonly width: number;
  /** Rows, without margins. */
  readonly height: number;
  /** Entries a row, with margins. */
  readonly stride: number;
  /** |q| (of a residual in LL bands), clipped to 4095. */
  readonly magnitudes: Uint16Array;
  /** log2 of 1 + 2 |q| in 1/16. */
  readonly levels: Uint8Array;
  /** q clipped to ±3. */
  readonly signed: Int8Array;
  /** q itself; only in LL bands. */
  readonly values: Int32Array;
  /** Sum of the clipped magnitudes. */
  magnitudeSum = 0;

  /**
   * @param width Coefficients a row.
   * @param height Rows.
   * @param keepsValues Whether the values are needed (LL bands).
   */
  constructor(width: number, height: number, keepsValues: boolean) {
    this.width = width;
    this.height = height;
    this.stride = width + 2 * PLANE_MARGIN;
    const entries = this.stride * (height + 2 * PLANE_MARGIN);
    this.magnitudes = new Uint16Array(entries);
    this.levels = new Uint8Array(entries);
    this.signed = new Int8Array(entries);
    this.values = new Int32Array(keepsValues ? entries : 0);
  }

  /** Whether there is anything in it. */
  get isEmpty(): boolean {
    return this.width === 0 || this.height === 0;
  }

  /**
   * Index of a place.
   *
   * @param x Column, clamped into the plane.
   * @param y Row, clamped into the plane.
   * @returns Index into the arrays.
   */
  indexOf(x: number, y: number): number {
    const column = x < this.width ? x : this.width - 1;
    const row = y < this.height ? y : this.height - 1;
    return this.indexInside(column, row);
  }

  /**
   * Index of a place that is known to be inside.
   *
   * @param x Column.
   * @param y Row.
   * @returns Index into the arrays.
   */
  indexInside(x: number, y: number): number {
    return (y + PLANE_MARGIN) * this.stride + x + PLANE_MARGIN;
  }

  /**
   * Notes a coefficient.
   *
   * @param index Its index.
   * @param value The coefficient.
   * @param magnitude Its magnitude, or its residual's.
   */
  set(index: number, value: number, magnitude: number): void {
    const clipped = magnitude < MAGNITUDE_CLIP ? magnitude : MAGNITUDE_CLIP;
    this.magnitudes[index] = clipped;
    this.levels[index] = magnitudeLevel(clipped);
    this.signed[index] = value > SIGNED_CLIP ? SIGNED_CLIP : value < -SIGNED_CLIP ? -SIGNED_CLIP : value;
    this.magnitudeSum += clipped;
  }
}
