/** Element types a tensor can hold. */
export type Dtype = "u8" | "i16" | "i32" | "f32";

/** The typed array of each {@linkcode Dtype}. */
export interface TypedArrays {
  /** Unsigned bytes. */
  u8: Uint8Array<ArrayBuffer>;
  /** Signed 16-bit integers. */
  i16: Int16Array<ArrayBuffer>;
  /** Signed 32-bit integers. */
  i32: Int32Array<ArrayBuffer>;
  /** IEEE single precision. */
  f32: Float32Array<ArrayBuffer>;
}

/** Bytes of one element of each type. */
export const BYTES_PER_ELEMENT: { readonly [D in Dtype]: number } = { u8: 1, i16: 2, i32: 4, f32: 4 };

const ARRAYS = { u8: Uint8Array, i16: Int16Array, i32: Int32Array, f32: Float32Array };

/** A typed array of `elementCount` elements over `buffer`, from `offsetBytes`, without copying. */
export function typedView<D extends Dtype>(
  dtype: D,
  buffer: ArrayBuffer,
  offsetBytes: number,
  elementCount: number,
): TypedArrays[D] {
  return new ARRAYS[dtype](buffer, offsetBytes, elementCount) as TypedArrays[D];
}
