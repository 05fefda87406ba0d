import { alignUp } from "../../core/bump_arena.ts";
import type { CpuArena, PyramidLayout, TensorRef } from "../../core/mod.ts";
import type { Kernels, MetricName, Net, PixelRange, QuantiseOptions } from "../kernels.ts";
import type { Gpu } from "./device.ts";
import type { GpuArena, TensorBinding } from "./gpu_arena.ts";
import { compareOnGpu } from "./metrics.ts";
import { itemGroups, parameters } from "./parameters.ts";
import type { Pipeline } from "./pipelines.ts";
import { unquantisable } from "../cpu/quantise.ts";
import { bandTable, escapePairs, sortedEscapes, wordsOfSlices } from "./symbols.ts";
import { waveletLevels } from "./wavelet_levels.ts";

/** Bytes of a pair of index and multiple. */
const ESCAPE_BYTES = 8;
/** What `shaders/quantise.wgsl` gives for a coefficient whose multiple an i32 cannot hold. */
const BEYOND_I32 = -(2 ** 31);
/** Room for escapes: one coefficient in so many. More of them cost a second pass. */
const COEFFICIENTS_AN_ESCAPE = 16;

/**
 * The kernels as WGSL compute shaders. What they are told is queued; only what ends in the host's memory, or is a number,
 * waits for the device.
 */
export class GpuKernels implements Kernels {
  readonly device = "gpu" as const;
  readonly maxTensorBytes: number;
  readonly #gpu: Gpu;
  readonly #arena: GpuArena;
  readonly #host: CpuArena;

  /**
   * @param gpu Where to compute.
   * @param arena Memory of the tensors that will be passed in.
   * @param host Memory of symbols.
   */
  constructor(gpu: Gpu, arena: GpuArena, host: CpuArena) {
    this.#gpu = gpu;
    this.#arena = arena;
    this.#host = host;
    this.maxTensorBytes = arena.maxTensorBytes;
  }

  async infer(
    net: Net,
    source: TensorRef<"f32">,
    place: (shape: readonly number[]) => TensorRef<"f32">,
  ): Promise<TensorRef<"f32">> {
    if (!net.runOnGpu) {
      const output = await net.run({ values: await this.#arena.read(source), shape: source.shape });
      const target = place(output.shape);
      this.#arena.write(target, output.values as Float32Array<ArrayBuffer>);
      return target;
    }
    const { device, queue } = this.#gpu;
    // onnxruntime takes whole buffers, not ranges of one.
    const input = device.createBuffer({
      label: "vaerans net input",
      size: source.byteLength,
      usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
    });
    try {
      const { binding, shiftBytes } = this.#arena.bindingOf(source);
      queue.copy(binding.buffer, binding.offset + shiftBytes, input, 0, source.byteLength);
      queue.submit();
      const output = await net.runOnGpu(device, { buffer: input, shape: source.shape });
      try {
        const target = place(output.shape), to = this.#arena.bindingOf(target);
        queue.copy(output.buffer, 0, to.binding.buffer, to.binding.offset + to.shiftBytes, target.byteLength);
        queue.submit();
        return target;
      } finally {
        output.release();
      }
    } finally {
      input.destroy();
    }
  }

  affine(source: TensorRef<"f32">, target: TensorRef<"f32">, scale: number, shift: number): void {
    this.#items(this.#gpu.pipelines.affine, source, target, source.elementCount, [], [scale, shift]);
  }

  async rgbToRgba8(source: TensorRef<"f32">, target: TensorRef<"u8">): Promise<void> {
    const count = source.elementCount / 3;
    if (count === 0) return;
    const [result] = this.#arena.scratch(4 * count);
    const from = this.#arena.bindingOf(source);
    this.#gpu.queue.dispatch({
      pipeline: this.#gpu.pipelines.rgbToRgba8,
      buffers: [from.binding, result.binding],
      parameters: parameters([count, from.shiftBytes / 4, 0]),
      workgroups: itemGroups(count),
    });
    this.#host.view(target).set(await this.#take(result, 4 * count));
  }

  rgbToPlanar(source: TensorRef<"u8" | "f32">, target: TensorRef<"f32">, range: PixelRange): void {
    const [height, width] = source.shape.slice(-3), [targetHeight, targetWidth] = target.shape.slice(-2);
    const sizes = [width, height, targetWidth, targetHeight];
    const { rgbBytesToPlanar, rgbFloatsToPlanar } = this.#gpu.pipelines;
    const pipeline = source.dtype === "u8" ? rgbBytesToPlanar : rgbFloatsToPlanar;
    this.#items(pipeline, source, target, target.elementCount / 3, sizes, [range.scale, range.shift]);
  }

  planarToRgb(source: TensorRef<"f32">, target: TensorRef<"f32">, range: PixelRange): void {
    const [sourceHeight, sourceWidth] = source.shape.slice(-2), [height, width] = target.shape.slice(-3);
    const sizes = [sourceWidth, sourceHeight, width, height];
    const { planarToRgb } = this.#gpu.pipelines;
    this.#items(planarToRgb, source, target, target.elementCount / 3, sizes, [range.scale, range.shift]);
  }

  rgbToYcc(source: TensorRef<"u8">, target: TensorRef<"f32" | "i32">, bound: number): void {
    const { rgbToYcbcr, rgbToYcocg } = this.#gpu.pipelines;
    const pipeline = target.dtype === "f32" ? rgbToYcbcr : rgbToYcocg;
    this.#items(pipeline, source, target, source.elementCount / 3, [planeOf(target), bound]);
  }

  yccToRgb(source: TensorRef<"f32" | "i32">, target: TensorRef<"f32">, bound: number): void {
    const { ycbcrToRgb, ycocgToRgb } = this.#gpu.pipelines;
    const pipeline = source.dtype === "f32" ? ycbcrToRgb : ycocgToRgb;
    this.#items(pipeline, source, target, target.elementCount / 3, [planeOf(source), bound]);
  }

  crop<D extends "f32" | "i32">(source: TensorRef<D>, target: TensorRef<D>, x: number, y: number): void {
    const [sourceHeight, sourceWidth] = source.shape.slice(-2), [height, width] = target.shape.slice(-2);
    const sizes = [sourceWidth, sourceHeight, width, height, x, y];
    this.#items(this.#gpu.pipelines.crop, source, target, target.elementCount, sizes);
  }

  hadamard4(source: TensorRef<"f32">, target: TensorRef<"f32">): void {
    this.#items(this.#gpu.pipelines.hadamard4, source, target, source.elementCount / 4, [planeOf(source)]);
  }

  waveletForward<D extends "f32" | "i32">(
    source: TensorRef<D>,
    target: TensorRef<D>,
    layout: PyramidLayout,
  ): void {
    waveletLevels(this.#gpu, this.#arena, "Forward", source, target, layout);
  }

  waveletInverse<D extends "f32" | "i32">(
    source: TensorRef<D>,
    target: TensorRef<D>,
    layout: PyramidLayout,
  ): void {
    waveletLevels(this.#gpu, this.#arena, "Inverse", target, source, layout);
  }

  async quantiseU8(
    source: TensorRef<"f32">,
    target: TensorRef<"u8">,
    layout: PyramidLayout,
    options: QuantiseOptions,
  ): Promise<Int32Array> {
    const sliceCount = layout.coefficientCount, slices = source.elementCount / sliceCount;
    const symbolBytes = 4 * wordsOfSlices(slices, sliceCount);
    const room = Math.ceil(source.elementCount / COEFFICIENTS_AN_ESCAPE) + 64;
    const { queue, pipelines } = this.#gpu;
    // One range, so that one copy brings everything: the symbols, then the count and the list of escapes.
    const listStart = alignUp(symbolBytes, this.#gpu.device.limits.minStorageBufferOffsetAlignment);
    const listBytes = 4 + ESCAPE_BYTES * room;
    const [result] = this.#arena.scratch(listStart + listBytes);
    const { buffer, offset } = result.binding, from = this.#arena.bindingOf(source);
    queue.clear(buffer, offset + listStart, 4);
    queue.dispatch({
      pipeline: pipelines.quantiseSymbols,
      buffers: [from.binding, { buffer, offset, size: symbolBytes }],
      parameters: parameters([symbolBytes / 4, from.shiftBytes / 4, sliceCount], [options.rounding]),
      table: bandTable(layout, options.steps, "reciprocal"),
      more: [{ buffer, offset: offset + listStart, size: listBytes }],
      workgroups: itemGroups(symbolBytes / 4),
    });
    const bytes = await this.#take(result, listStart + listBytes);
    const symbols = this.#host.view(target), stride = symbolBytes / slices;
    for (let slice = 0; slice < slices; slice++) {
      const start = slice * stride;
      symbols.set(bytes.subarray(start, start + sliceCount), slice * sliceCount);
    }
    const list = new Int32Array(bytes.buffer, listStart), escapeCount = list[0];
    if (escapeCount <= room) {
      const escapes = sortedEscapes(list.subarray(1, 1 + 2 * escapeCount));
      await this.#checkMultiples(escapes, source, layout, options.steps);
      return escapes;
    }
    const all = await this.#multiples(source, layout, options);
    return all.filter((_, i) => symbols[i] === 0);
  }

  async quantiseI32(
    source: TensorRef<"f32">,
    target: TensorRef<"i32">,
    layout: PyramidLayout,
    steps: Float32Array,
  ): Promise<void> {
    this.#host.view(target).set(await this.#multiples(source, layout, { steps, rounding: 0.5 }));
  }

  dequantiseU8(
    source: TensorRef<"u8">,
    escapes: TensorRef<"i32">,
    target: TensorRef<"f32">,
    layout: PyramidLayout,
    steps: Float32Array,
  ): void {
    const sliceCount = layout.coefficientCount, count = target.elementCount;
    const symbols = this.#host.view(source), words = wordsOfSlices(count / sliceCount, sliceCount);
    const bytes = new Uint8Array(4 * words), stride = 4 * words / (count / sliceCount);
    for (let slice = 0; slice * sliceCount < count; slice++) {
      bytes.set(symbols.subarray(slice * sliceCount, (slice + 1) * sliceCount), slice * stride);
    }
    const pairs = escapePairs(symbols, this.#host.view(escapes));
    const [from, list] = this.#arena.scratch(bytes.length, Math.max(ESCAPE_BYTES, pairs.byteLength));
    const { queue, pipelines } = this.#gpu, to = this.#arena.bindingOf(target);
    const table = bandTable(layout, steps, "step");
    queue.write(from.binding.buffer, from.binding.offset, bytes);
    queue.dispatch({
      pipeline: pipelines.dequantise,
      buffers: [from.binding, to.binding],
      parameters: parameters([count, to.shiftBytes / 4, sliceCount]),
      table,
      workgroups: itemGroups(count),
    });
    if (escapes.elementCount === 0) return;
    queue.write(list.binding.buffer, list.binding.offset, new Uint8Array(pairs.buffer));
    queue.dispatch({
      pipeline: pipelines.patchEscapes,
      buffers: [list.binding, to.binding],
      parameters: parameters([escapes.elementCount, to.shiftBytes / 4, sliceCount]),
      table,
      workgroups: itemGroups(escapes.elementCount),
    });
  }

  gaussianBlur(source: TensorRef<"u8" | "f32">, target: TensorRef<"f32">, weights: Float32Array): void {
    const [height, width] = source.shape.slice(-3), count = source.elementCount;
    const { queue, pipelines } = this.#gpu;
    const from = this.#arena.bindingOf(source), to = this.#arena.bindingOf(target);
    const [between] = this.#arena.scratch(4 * count);
    const table = new Uint8Array(Float32Array.from(weights).buffer), radius = (weights.length - 1) / 2;
    const bytes = source.dtype === "u8";
    queue.dispatch({
      pipeline: bytes ? pipelines.blurBytes : pipelines.blurFloats,
      buffers: [from.binding, between.binding],
      parameters: parameters([
        count,
        bytes ? from.shiftBytes : from.shiftBytes / 4,
        0,
        width,
        height,
        0,
        radius,
      ]),
      table,
      workgroups: itemGroups(count),
    });
    queue.dispatch({
      pipeline: pipelines.blurFloats,
      buffers: [between.binding, to.binding],
      parameters: parameters([count, 0, to.shiftBytes / 4, width, height, 1, radius]),
      table,
      workgroups: itemGroups(count),
    });
  }

  subtractShown(source: TensorRef<"u8">, shown: TensorRef<"f32">, target: TensorRef<"i16">): void {
    const { subtractShown } = this.#gpu.pipelines;
    this.#combine(subtractShown, source, this.#arena.bindingOf(source).shiftBytes, shown, target, 2);
  }

  addToShown(shown: TensorRef<"f32">, difference: TensorRef<"i16">, target: TensorRef<"u8">): void {
    const { addToShown } = this.#gpu.pipelines;
    this.#combine(addToShown, difference, this.#arena.bindingOf(difference).shiftBytes / 2, shown, target, 4);
  }

  compare(metric: MetricName, source: TensorRef<"u8">, shown: TensorRef<"f32">): Promise<number> {
    return compareOnGpu(this.#gpu, this.#arena, metric, source, shown);
  }

  /** A kernel of shaders/residual.wgsl, whose results share words. */
  #combine(
    pipeline: Pipeline,
    source: TensorRef,
    sourceOffset: number,
    shown: TensorRef<"f32">,
    target: TensorRef,
    samplesOfWord: number,
  ): void {
    const [from, other, to] = [source, shown, target].map((ref) => this.#arena.bindingOf(ref));
    const count = target.elementCount, words = Math.ceil(count / samplesOfWord);
    this.#arena.checkWritable(target);
    this.#gpu.queue.dispatch({
      pipeline,
      buffers: [from.binding, other.binding, to.binding],
      parameters: parameters([words, sourceOffset, other.shiftBytes / 4, to.shiftBytes / 4, count]),
      workgroups: itemGroups(words),
    });
  }

  /** Every multiple, read back. */
  async #multiples(
    source: TensorRef<"f32">,
    layout: PyramidLayout,
    { steps, rounding }: QuantiseOptions,
  ): Promise<Int32Array> {
    const count = source.elementCount, from = this.#arena.bindingOf(source);
    const [result] = this.#arena.scratch(4 * count);
    this.#gpu.queue.dispatch({
      pipeline: this.#gpu.pipelines.quantiseIntegers,
      buffers: [from.binding, result.binding],
      parameters: parameters([count, from.shiftBytes / 4, layout.coefficientCount], [rounding]),
      table: bandTable(layout, steps, "reciprocal"),
      workgroups: itemGroups(count),
    });
    const multiples = new Int32Array((await this.#take(result, 4 * count)).buffer);
    await this.#checkMultiples(multiples, source, layout, steps);
    return multiples;
  }

  /** Throws `InvalidValueError` ("quant-range") if a shader found a coefficient whose multiple an i32 cannot hold. */
  async #checkMultiples(
    multiples: Int32Array,
    source: TensorRef<"f32">,
    layout: PyramidLayout,
    steps: Float32Array,
  ): Promise<void> {
    if (!multiples.includes(BEYOND_I32)) return;
    throw unquantisable(await this.#arena.read(source), layout, steps);
  }

  /** A kernel of one source and one target that works on items. */
  #items(
    pipeline: Pipeline,
    source: TensorRef,
    target: TensorRef,
    itemCount: number,
    integers: readonly number[] = [],
    floats: readonly number[] = [],
  ): void {
    if (itemCount === 0) return;
    const from = this.#arena.bindingOf(source), to = this.#arena.bindingOf(target);
    const fromOffset = source.dtype === "u8" ? from.shiftBytes : from.shiftBytes / 4;
    this.#gpu.queue.dispatch({
      pipeline,
      buffers: [from.binding, to.binding],
      parameters: parameters([itemCount, fromOffset, to.shiftBytes / 4, ...integers], floats),
      workgroups: itemGroups(itemCount),
    });
  }

  async #take({ binding }: TensorBinding, byteLength: number): Promise<Uint8Array<ArrayBuffer>> {
    return await this.#gpu.queue.read(binding.buffer, binding.offset, byteLength);
  }
}

function planeOf({ shape }: TensorRef): number {
  const [height, width] = shape.slice(-2);
  return height * width;
}
