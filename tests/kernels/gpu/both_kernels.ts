import "../../../src/kernels/cpu/all_kernels.ts";
import { CpuArena, type Dtype, type TensorRef, type TypedArrays } from "../../../src/core/mod.ts";
import { BatchKernels } from "../../../src/kernels/cpu/batch_kernels.ts";
import { CpuKernels } from "../../../src/kernels/cpu/cpu_kernels.ts";
import "../../../src/kernels/cpu/metrics/mod.ts";
import type { Gpu } from "../../../src/kernels/gpu/device.ts";
import { GpuArena } from "../../../src/kernels/gpu/gpu_arena.ts";
import { GpuKernels } from "../../../src/kernels/gpu/gpu_kernels.ts";
import type { Kernels } from "../../../src/kernels/kernels.ts";

/** Makes tensors for one of the two implementations. */
export interface Side {
  readonly kernels: Kernels;
  /** A tensor the kernels work on. */
  tensor<D extends Dtype>(shape: readonly number[], dtype: D, values?: TypedArrays[D]): TensorRef<D>;
  /** A tensor of the host's memory. */
  hosted<D extends Dtype>(shape: readonly number[], dtype: D, values?: TypedArrays[D]): TensorRef<D>;
}

/** What `work` returns, read, from the reference and from the GPU. */
export async function onBoth<D extends Dtype>(
  gpu: Gpu,
  work: (side: Side) => TensorRef<D> | Promise<TensorRef<D>>,
): Promise<{ expected: TypedArrays[D]; actual: TypedArrays[D] }> {
  const cpuArena = new CpuArena(2 ** 26),
    host = new CpuArena(2 ** 24),
    arena = new GpuArena(gpu.queue, 2 ** 26);
  const reference = new BatchKernels(cpuArena, new CpuKernels(cpuArena));
  const cpuTensor: Side["tensor"] = (shape, dtype, values) => filled(cpuArena, shape, dtype, values);
  const expectedRef = await work({ kernels: reference, tensor: cpuTensor, hosted: cpuTensor });
  const actualRef = await work({
    kernels: new GpuKernels(gpu, arena, host),
    tensor: (shape, dtype, values) => filled(arena, shape, dtype, values),
    hosted: (shape, dtype, values) => filled(host, shape, dtype, values),
  });
  const actual = await (actualRef.arenaId === host.id ? host : arena).read(actualRef);
  arena.destroy();
  return { expected: await cpuArena.read(expectedRef), actual };
}

function filled<D extends Dtype>(
  arena: CpuArena | GpuArena,
  shape: readonly number[],
  dtype: D,
  values?: TypedArrays[D],
): TensorRef<D> {
  const ref = arena.allocate(shape, dtype);
  if (values) arena.write(ref, values);
  return ref;
}

/** Throws unless all values agree within `tolerance` of the largest magnitude expected. */
export function assertClose(
  actual: Float32Array,
  expected: Float32Array,
  tolerance: number,
  label: string,
): void {
  const scale = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-30);
  expected.forEach((value, i) => {
    if (!(Math.abs(actual[i] - value) <= tolerance * scale)) {
      throw new Error(`${label}: value ${i} is ${actual[i]}, ${value} is due (largest magnitude ${scale})`);
    }
  });
}
