import type { GpuTensor, GpuValues } from "../kernels/kernels.ts";

const BYTES_A_VALUE = 4;

/** Runs a net that takes one picture at a time over each slice of `input`, (n, …) → (n, …), in one buffer again. */
export async function sliceBySlice(
  device: GPUDevice,
  { buffer, shape: [count, ...rest] }: GpuValues,
  run: (slice: GpuValues, index: number) => Promise<GpuTensor>,
): Promise<GpuTensor> {
  const sliceBytes = BYTES_A_VALUE * product(rest);
  const slice = emptyBuffer(device, sliceBytes), outputs: GpuTensor[] = [];
  try {
    for (let i = 0; i < count; i++) {
      copyRanges(device, [{ from: buffer, start: i * sliceBytes, byteLength: sliceBytes }], slice);
      outputs.push(await run({ buffer: slice, shape: [1, ...rest] }, i));
    }
    const [{ shape: [, ...outputRest] }] = outputs, byteLength = BYTES_A_VALUE * product(outputRest);
    const ranges = outputs.map((output) => ({ from: output.buffer, start: 0, byteLength }));
    return gathered(device, ranges, [count, ...outputRest]);
  } finally {
    outputs.forEach((output) => output.release());
    slice.destroy();
  }
}

/** The first `channels` planes of each slice of (n, c, h, w); `tensor` is released. */
export function firstPlanes(device: GPUDevice, tensor: GpuTensor, channels: number): GpuTensor {
  const { buffer, shape: [count, all, height, width] } = tensor;
  const planeBytes = BYTES_A_VALUE * height * width, byteLength = channels * planeBytes;
  const ranges = Array.from(
    { length: count },
    (_, i) => ({ from: buffer, start: i * all * planeBytes, byteLength }),
  );
  const planes = gathered(device, ranges, [count, channels, height, width]);
  tensor.release();
  return planes;
}

interface Range {
  readonly from: GPUBuffer;
  readonly start: number;
  readonly byteLength: number;
}

function gathered(device: GPUDevice, ranges: readonly Range[], shape: readonly number[]): GpuTensor {
  const buffer = emptyBuffer(device, BYTES_A_VALUE * product(shape));
  copyRanges(device, ranges, buffer);
  return { buffer, shape, release: () => buffer.destroy() };
}

/** Copies ranges one after the other to the start of `to`. */
function copyRanges(device: GPUDevice, ranges: readonly Range[], to: GPUBuffer): void {
  const encoder = device.createCommandEncoder();
  let end = 0;
  for (const { from, start, byteLength } of ranges) {
    encoder.copyBufferToBuffer(from, start, to, end, byteLength);
    end += byteLength;
  }
  device.queue.submit([encoder.finish()]);
}

function emptyBuffer(device: GPUDevice, byteLength: number): GPUBuffer {
  return device.createBuffer({
    label: "vaerans net slices",
    size: byteLength,
    usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
  });
}

function product(extents: readonly number[]): number {
  return extents.reduce((total, extent) => total * extent, 1);
}
