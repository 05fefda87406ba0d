/** Values of a dense tensor outside any arena, with its shape. */
export interface DenseTensor {
  /** Row-major. */
  readonly values: Float32Array;
  /** Extents. */
  readonly shape: readonly number[];
}
