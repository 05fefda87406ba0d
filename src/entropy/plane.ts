/** A band's coefficients as context: with a margin of zeros, so that neighbours need no bounds checks. */

import { clippedMagnitude, magnitudeLevel } from "./mixing/context_tables.ts";

/** Zeros on every side of a plane. */
export const PLANE_MARGIN = 3;

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
    const clipped = clippedMagnitude(magnitude);
    this.magnitudes[index] = clipped;
    this.levels[index] = magnitudeLevel(clipped);
    this.signed[index] = clip3(value);
    this.magnitudeSum += clipped;
  }
}

/** Stands for a plane that does not exist. */
export const NOWHERE: Plane = new Plane(0, 0, true);

/** A plane if it has the size of another, else {@linkcode NOWHERE}. */
export function ofSameSize(candidate: Plane | undefined, { width, height }: Plane): Plane {
  return candidate?.width === width && candidate.height === height ? candidate : NOWHERE;
}

/** A signed value clipped to ±3, as it serves as context. */
export function clip3(value: number): number {
  return value > 3 ? 3 : value < -3 ? -3 : value;
}

/** 0 for zero, 1 for positive, 2 for negative. */
export function signClass(value: number): number {
  return value > 0 ? 1 : value < 0 ? 2 : 0;
}
