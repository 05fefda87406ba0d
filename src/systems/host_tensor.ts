import type { TensorRef, TypedArrays } from "../core/mod.ts";
import type { KernelWorld } from "../kernels/kernels.ts";

/** Copies values into a tensor of the host's memory. */
export function hostTensor<D extends "u8" | "i32">(
  { host }: KernelWorld,
  dtype: D,
  values: { u8: Uint8Array; i32: Int32Array }[D],
): TensorRef<D> {
  const ref = host.allocate([values.length], dtype);
  host.write(ref, values as TypedArrays[D]);
  return ref;
}
