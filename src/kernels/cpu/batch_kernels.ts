import type { CpuArena, Dtype, PyramidLayout, TensorRef } from "../../core/mod.ts";
import type { Kernels, MetricName, Net, PixelRange, QuantizeKernelOptions } from "../kernels.ts";

/** Adds the batch axis to kernels that have none, by working on one slice after the other. */
export class BatchKernels implements Kernels {
  readonly device: "cpu" | "gpu";
  readonly maxTensorBytes: number;
  readonly #arena: CpuArena;
  readonly #single: Kernels;

  /**
   * @param arena Memory of the tensors that will be passed in.
   * @param single The kernels for one slice.
   */
  constructor(arena: CpuArena, single: Kernels) {
    this.#arena = arena;
    this.#single = single;
    this.device = single.device;
    this.maxTensorBytes = single.maxTensorBytes;
  }

  infer(
    net: Net,
    source: TensorRef<"f32">,
    place: (shape: readonly number[]) => TensorRef<"f32">,
  ): Promise<TensorRef<"f32">> {
    return this.#single.infer(net, source, place);
  }

  inferBytes(
    ...args: Parameters<NonNullable<Kernels["inferBytes"]>>
  ): Promise<readonly number[]> {
    return this.#single.inferBytes!(...args);
  }

  affine(source: TensorRef<"f32">, target: TensorRef<"f32">, scale: number, shift: number): void {
    this.#single.affine(source, target, scale, shift);
  }

  rgbToRgba8(source: TensorRef<"f32">, target: TensorRef<"u8">): void | Promise<void> {
    return this.#single.rgbToRgba8(source, target);
  }

  rgbToPlanar(source: TensorRef<"u8" | "f32">, target: TensorRef<"f32">, range: PixelRange): void {
    for (const [from, to] of this.#slices(3, source, target)) this.#single.rgbToPlanar(from, to, range);
  }

  planarToRgb(source: TensorRef<"f32">, target: TensorRef<"f32">, range: PixelRange): void {
    for (const [from, to] of this.#slices(3, source, target)) this.#single.planarToRgb(from, to, range);
  }

  rgbToYcc(source: TensorRef<"u8">, target: TensorRef<"f32" | "i32">, bound: number): void {
    for (const [from, to] of this.#slices(3, source, target)) this.#single.rgbToYcc(from, to, bound);
  }

  yccToRgb(source: TensorRef<"f32" | "i32">, target: TensorRef<"f32">, bound: number): void {
    for (const [from, to] of this.#slices(3, source, target)) this.#single.yccToRgb(from, to, bound);
  }

  crop<D extends "f32" | "i32">(source: TensorRef<D>, target: TensorRef<D>, x: number, y: number): void {
    for (const [from, to] of this.#slices(3, source, target)) this.#single.crop(from, to, x, y);
  }

  hadamard4(source: TensorRef<"f32">, target: TensorRef<"f32">): void {
    for (const [from, to] of this.#slices(3, source, target)) this.#single.hadamard4(from, to);
  }

  waveletForward<D extends "f32" | "i32">(
    source: TensorRef<D>,
    target: TensorRef<D>,
    layout: PyramidLayout,
  ): void {
    for (const [from, to] of this.#slices(3, source, target)) this.#single.waveletForward(from, to, layout);
  }

  waveletInverse<D extends "f32" | "i32">(
    source: TensorRef<D>,
    target: TensorRef<D>,
    layout: PyramidLayout,
  ): void {
    for (const [from, to] of this.#slices(1, source, target)) this.#single.waveletInverse(from, to, layout);
  }

  async quantize(
    source: TensorRef<"f32">,
    target: TensorRef<"i32">,
    layout: PyramidLayout,
    options: QuantizeKernelOptions,
  ): Promise<void> {
    for (const [from, to] of this.#slices(1, source, target)) {
      await this.#single.quantize(from, to, layout, options);
    }
  }

  dequantize(
    source: TensorRef<"i32">,
    target: TensorRef<"f32">,
    layout: PyramidLayout,
    steps: Float32Array,
  ): void {
    for (const [from, to] of this.#slices(1, source, target)) {
      this.#single.dequantize(from, to, layout, steps);
    }
  }

  gaussianBlur(source: TensorRef<"u8" | "f32">, target: TensorRef<"f32">, weights: Float32Array): void {
    for (const [from, to] of this.#slices(3, source, target)) this.#single.gaussianBlur(from, to, weights);
  }

  subtractShown(source: TensorRef<"u8">, shown: TensorRef<"f32">, target: TensorRef<"i16">): void {
    this.#single.subtractShown(source, shown, target);
  }

  addToShown(shown: TensorRef<"f32">, difference: TensorRef<"i16">, target: TensorRef<"u8">): void {
    this.#single.addToShown(shown, difference, target);
  }

  compare(
    metric: MetricName,
    source: TensorRef<"u8">,
    shown: TensorRef<"f32">,
  ): number | Promise<number> {
    return this.#single.compare(metric, source, shown);
  }

  /** Slices of a batch, or the tensors themselves when the source has `rank` axes. */
  *#slices<S extends Dtype, T extends Dtype>(
    rank: number,
    source: TensorRef<S>,
    target: TensorRef<T>,
  ): Generator<[TensorRef<S>, TensorRef<T>]> {
    if (source.shape.length === rank) return yield [source, target];
    for (let i = 0; i < source.shape[0]; i++) {
      yield [this.#arena.subref(source, i), this.#arena.subref(target, i)];
    }
  }
}
