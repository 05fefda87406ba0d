import { levelSizes } from "../../core/level_sizes.ts";
import type { PyramidLayout, TensorRef } from "../../core/mod.ts";
import { checkWaveletDtype, waveletNamed } from "../../wavelets/mod.ts";
import type { Gpu } from "./device.ts";
import type { GpuArena } from "./gpu_arena.ts";
import { itemGroups, parameters } from "./parameters.ts";
import { waveletPipelineName } from "./pipelines.ts";

const TILE = 32;

/** Queues all levels of a transform between planes, (n, channels, h, w), and packed pyramids. */
export function waveletLevels(
  { queue, pipelines }: Gpu,
  arena: GpuArena,
  direction: "Forward" | "Inverse",
  planes: TensorRef<"f32" | "i32">,
  packed: TensorRef<"f32" | "i32">,
  layout: PyramidLayout,
): void {
  const { wavelet, levels, channels, width, height } = layout, sizes = levelSizes(layout);
  checkWaveletDtype(waveletNamed(wavelet), planes.dtype);
  const slices = planes.elementCount / (width * height);
  const flat = arena.bindingOf(planes), pyramid = arena.bindingOf(packed);
  if (levels === 0) {
    const [from, to] = direction === "Forward" ? [flat, pyramid] : [pyramid, flat];
    queue.dispatch({
      pipeline: pipelines.copy,
      buffers: [from.binding, to.binding],
      parameters: parameters([planes.elementCount, from.shiftBytes / 4, to.shiftBytes / 4]),
      workgroups: itemGroups(planes.elementCount),
    });
    return;
  }
  // LL of the levels between, in two ranges by turns. The last one's LL is part of the pyramid: it gets a range too, of
  // which nothing is used, since one range cannot be bound twice.
  const bytesOf = (n: number) => 4 * slices * sizes[n].width * sizes[n].height;
  const lows = arena.scratch(bytesOf(1), bytesOf(Math.min(2, levels)));
  const suffix = planes.dtype === "f32" ? "F32" as const : "I32" as const;
  const name = waveletPipelineName(wavelet, direction, suffix);
  const order = Array.from({ length: levels }, (_, i) => direction === "Forward" ? i + 1 : levels - i);
  for (const n of order) {
    const size = sizes[n - 1], outer = n === 1 ? flat : lows[n % 2], low = lows[(n + 1) % 2];
    queue.dispatch({
      pipeline: pipelines.wavelets.get(name)!,
      buffers: [outer.binding, pyramid.binding, low.binding],
      parameters: parameters([
        size.width,
        size.height,
        channels,
        outer.shiftBytes / 4,
        pyramid.shiftBytes / 4,
        layout.coefficientCount,
        0,
        n === levels ? 1 : 0,
      ]),
      workgroups: [Math.ceil(size.width / TILE), Math.ceil(size.height / TILE), slices],
    });
  }
}
