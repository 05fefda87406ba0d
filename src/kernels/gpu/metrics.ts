import type { TensorRef } from "../../core/mod.ts";
import { msSsimOfMeans, usableScales } from "../cpu/metrics/ms_ssim.ts";
import { psnrOfError } from "../cpu/metrics/psnr.ts";
import { gaussianWindow, type SsimMeans } from "../cpu/metrics/ssim_window.ts";
import type { MetricName } from "../kernels.ts";
import type { Gpu } from "./device.ts";
import type { GpuArena } from "./gpu_arena.ts";
import { itemGroups, parameters } from "./parameters.ts";

/** Samples of one workgroup, see `shaders/squared_error.wgsl`. */
const SAMPLES_A_PART = 4096;
/** Windows along a side of a workgroup, see `shaders/ssim_windows.wgsl`. */
const WINDOW_TILE = 16;

/** Scores a picture; only sums leave the device. */
export async function compareOnGpu(
  gpu: Gpu,
  arena: GpuArena,
  metric: MetricName,
  source: TensorRef<"u8">,
  shown: TensorRef<"f32">,
): Promise<number> {
  if (metric === "psnr") {
    return psnrOfError(await squaredError(gpu, arena, source, shown) / source.elementCount);
  }
  const [height, width] = source.shape;
  const scaleCount = metric === "ssim" ? 1 : usableScales(Math.min(width, height));
  const channels = await scaleMeans(gpu, arena, source, shown, scaleCount);
  return metric === "ssim"
    ? channels.reduce((sum, [{ ssim }]) => sum + ssim, 0) / 3
    : msSsimOfMeans(channels);
}

async function squaredError(
  { queue, pipelines }: Gpu,
  arena: GpuArena,
  source: TensorRef<"u8">,
  shown: TensorRef<"f32">,
): Promise<number> {
  const count = source.elementCount, parts = Math.ceil(count / SAMPLES_A_PART);
  const [result] = arena.scratch(4 * parts);
  const from = arena.bindingOf(source), other = arena.bindingOf(shown);
  queue.dispatch({
    pipeline: pipelines.squaredError,
    buffers: [from.binding, other.binding, result.binding],
    parameters: parameters([count, from.shiftBytes, other.shiftBytes / 4]),
    workgroups: itemGroups(count / (SAMPLES_A_PART / 256)),
  });
  const bytes = await queue.read(result.binding.buffer, result.binding.offset, 4 * parts);
  return new Uint32Array(bytes.buffer).reduce((sum, part) => sum + part, 0);
}

/** Means of every channel, at every scale. */
async function scaleMeans(
  gpu: Gpu,
  arena: GpuArena,
  source: TensorRef<"u8">,
  shown: TensorRef<"f32">,
  scaleCount: number,
): Promise<SsimMeans[][]> {
  const { queue, pipelines } = gpu;
  let [height, width] = source.shape;
  const grids = Array.from({ length: scaleCount }, (_, scale) => {
    const size = { width: halved(width, scale), height: halved(height, scale) };
    const windows = { across: gaussianWindow(size.width), down: gaussianWindow(size.height) };
    const columns = size.width - windows.across.length + 1, rows = size.height - windows.down.length + 1;
    const groups: [number, number, number] = [
      Math.ceil(columns / WINDOW_TILE),
      Math.ceil(rows / WINDOW_TILE),
      3,
    ];
    return { windows, groups, windowCount: columns * rows, partCount: groups[0] * groups[1] };
  });
  const starts: number[] = [];
  let partBytes = 0;
  for (const { partCount } of grids) {
    starts.push(partBytes);
    partBytes += Math.ceil(8 * 3 * partCount / 256) * 256;
  }
  const [result, ...planes] = arena.scratch(
    partBytes,
    24 * width * height,
    24 * halved(width, 1) * halved(height, 1),
  );
  const from = arena.bindingOf(source), other = arena.bindingOf(shown);
  queue.dispatch({
    pipeline: pipelines.ssimPlanes,
    buffers: [from.binding, other.binding, planes[0].binding],
    parameters: parameters([3 * width * height, from.shiftBytes, other.shiftBytes / 4, width * height]),
    workgroups: itemGroups(3 * width * height),
  });
  for (const [scale, { windows, groups, partCount }] of grids.entries()) {
    const { across, down } = windows, here = planes[scale % 2].binding;
    queue.dispatch({
      pipeline: pipelines.ssimWindows,
      buffers: [
        here,
        {
          buffer: result.binding.buffer,
          offset: result.binding.offset + starts[scale],
          size: 8 * 3 * partCount,
        },
      ],
      parameters: parameters([width, height, across.length, down.length]),
      table: new Uint8Array(Float32Array.from([...across, ...down]).buffer),
      workgroups: groups,
    });
    if (scale === scaleCount - 1) break;
    const pooled = 6 * halved(width, 1) * halved(height, 1);
    queue.dispatch({
      pipeline: pipelines.ssimPool,
      buffers: [here, planes[(scale + 1) % 2].binding],
      parameters: parameters([pooled, width, height]),
      workgroups: itemGroups(pooled),
    });
    [width, height] = [halved(width, 1), halved(height, 1)];
  }
  const parts = new Float32Array(
    (await queue.read(result.binding.buffer, result.binding.offset, partBytes)).buffer,
  );
  return [0, 1, 2].map((channel) =>
    grids.map(({ partCount, windowCount }, scale) => {
      let ssim = 0, contrastStructure = 0;
      for (
        let part = 0, at = starts[scale] / 4 + 2 * channel * partCount;
        part < partCount;
        part++, at += 2
      ) {
        ssim += parts[at];
        contrastStructure += parts[at + 1];
      }
      return { ssim: ssim / windowCount, contrastStructure: contrastStructure / windowCount };
    })
  );
}

/** A side after so many poolings, each rounding up. */
function halved(side: number, times: number): number {
  return Math.ceil(side / 2 ** times);
}
