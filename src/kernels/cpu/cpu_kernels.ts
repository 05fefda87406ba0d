import { type CpuArena, type PyramidLayout, type TensorRef, VaeransError } from "../../core/mod.ts";
import type { Kernels, MetricName, Net, PixelRange, QuantizeKernelOptions } from "../kernels.ts";
import { ycbcrToRgb, ycocgToRgb } from "./colour.ts";
import { plainFunctions } from "./plain_functions.ts";
import { METRIC_FUNCTIONS } from "./metrics/functions.ts";
import { planarToRgba8 } from "./pixels.ts";
import { addToShown, byteOf } from "./residual.ts";
import { waveletInverse } from "./wavelet.ts";

/**
 * The kernels in plain TypeScript, without a batch axis: the reference that every other implementation is tested
 * against. {@linkcode BatchKernels} adds the axis.
 */
export class CpuKernels implements Kernels {
  readonly device = "cpu" as const;
  readonly maxTensorBytes: number = 2 ** 28;
  /** Where the tensors are. */
  protected readonly arena: CpuArena;

  /** @param arena Memory of the tensors that will be passed in. */
  constructor(arena: CpuArena) {
    this.arena = arena;
  }

  async infer(
    net: Net,
    source: TensorRef<"f32">,
    place: (shape: readonly number[]) => TensorRef<"f32">,
  ): Promise<TensorRef<"f32">> {
    const output = await net.run({ values: this.arena.view(source), shape: source.shape });
    const target = place(output.shape);
    this.arena.view(target).set(output.values);
    return target;
  }

  async inferBytes(
    net: Net,
    source: TensorRef<"f32">,
    target: TensorRef<"u8">,
    range: PixelRange,
    isGrey: boolean,
  ): Promise<readonly number[]> {
    const { values, shape } = await net.run({ values: this.arena.view(source), shape: [1, ...source.shape] });
    const [, , rows, columns] = shape;
    planarToRgba8(values, columns, rows, this.arena.view(target), target.shape, 0, range, isGrey);
    return shape;
  }

  affine(source: TensorRef<"f32">, target: TensorRef<"f32">, scale: number, shift: number): void {
    const from = this.arena.view(source), to = this.arena.view(target);
    for (let i = 0; i < to.length; i++) to[i] = from[i] * scale + shift;
  }

  rgbToRgba8(source: TensorRef<"f32">, target: TensorRef<"u8">): void {
    plainFunctions().rgbToRgba8(this.arena.view(source), this.arena.view(target));
  }

  rgbToPlanar(source: TensorRef<"u8" | "f32">, target: TensorRef<"f32">, range: PixelRange): void {
    const [height, width] = source.shape, [, targetHeight, targetWidth] = target.shape;
    plainFunctions().rgbToPlanar(
      this.arena.view(source),
      width,
      height,
      this.arena.view(target),
      targetWidth,
      targetHeight,
      range,
      source.dtype === "u8" ? 255 : 1,
    );
  }

  planarToRgb(source: TensorRef<"f32">, target: TensorRef<"f32">, range: PixelRange): void {
    const [, sourceHeight, sourceWidth] = source.shape, [height, width] = target.shape;
    plainFunctions().planarToRgb(
      this.arena.view(source),
      sourceWidth,
      sourceHeight,
      this.arena.view(target),
      width,
      height,
      range,
    );
  }

  rgbToYcc(source: TensorRef<"u8">, target: TensorRef<"f32" | "i32">, bound: number): void {
    const pixels = this.arena.view(source), planes = this.arena.view(target), count = source.elementCount / 3;
    const { rgbToYcbcr, rgbToYcocg } = plainFunctions();
    if (planes instanceof Float32Array) rgbToYcbcr(pixels, planes, count);
    else rgbToYcocg(pixels, planes, count, bound);
  }

  yccToRgb(source: TensorRef<"f32" | "i32">, target: TensorRef<"f32">, bound: number): void {
    const planes = this.arena.view(source), pixels = this.arena.view(target), count = source.elementCount / 3;
    if (planes instanceof Float32Array) ycbcrToRgb(planes, pixels, count);
    else ycocgToRgb(planes, pixels, count, bound);
  }

  crop<D extends "f32" | "i32">(source: TensorRef<D>, target: TensorRef<D>, x: number, y: number): void {
    const [, sourceHeight, sourceWidth] = source.shape, [channels, height, width] = target.shape;
    const from = this.arena.view(source), to = this.arena.view(target);
    for (let row = 0; row < channels * height; row++) {
      const channel = Math.floor(row / height), line = channel * sourceHeight + y + row % height;
      const start = line * sourceWidth + x;
      to.set(from.subarray(start, start + width) as never, row * width);
    }
  }

  hadamard4(source: TensorRef<"f32">, target: TensorRef<"f32">): void {
    plainFunctions().hadamard4(this.arena.view(source), this.arena.view(target), source.elementCount / 4);
  }

  waveletForward<D extends "f32" | "i32">(
    source: TensorRef<D>,
    target: TensorRef<D>,
    layout: PyramidLayout,
  ): void {
    plainFunctions().waveletForward(this.arena.view(source), this.arena.view(target), layout);
  }

  waveletInverse<D extends "f32" | "i32">(
    source: TensorRef<D>,
    target: TensorRef<D>,
    layout: PyramidLayout,
  ): void {
    waveletInverse(this.arena.view(source), this.arena.view(target), layout);
  }

  quantize(
    source: TensorRef<"f32">,
    target: TensorRef<"i32">,
    layout: PyramidLayout,
    options: QuantizeKernelOptions,
  ): void {
    plainFunctions().quantize(this.arena.view(source), this.arena.view(target), layout, options);
  }

  dequantize(
    source: TensorRef<"i32">,
    target: TensorRef<"f32">,
    layout: PyramidLayout,
    steps: Float32Array,
  ): void {
    plainFunctions().dequantize(this.arena.view(source), this.arena.view(target), layout, steps);
  }

  gaussianBlur(source: TensorRef<"u8" | "f32">, target: TensorRef<"f32">, weights: Float32Array): void {
    const [height, width] = source.shape, scale = source.dtype === "u8" ? 1 / 255 : 1;
    plainFunctions().gaussianBlur(
      this.arena.view(source),
      this.arena.view(target),
      width,
      height,
      weights,
      scale,
    );
  }

  subtractShown(source: TensorRef<"u8">, shown: TensorRef<"f32">, target: TensorRef<"i16">): void {
    plainFunctions().subtractShown(
      this.arena.view(source),
      this.arena.view(shown),
      this.arena.view(target),
    );
  }

  addToShown(shown: TensorRef<"f32">, difference: TensorRef<"i16">, target: TensorRef<"u8">): void {
    addToShown(this.arena.view(shown), this.arena.view(difference), this.arena.view(target));
  }

  compare(metric: MetricName, source: TensorRef<"u8">, shown: TensorRef<"f32">): number {
    const [height, width] = source.shape;
    const bytes = Uint8Array.from(this.arena.view(shown), byteOf), compared = METRIC_FUNCTIONS[metric];
    if (!compared) {
      throw new VaeransError(
        "metric-missing",
        `Cannot compare pictures by ${metric}: the program must have the metrics (got the decoder only). Import the package's ` +
          "main entry point.",
      );
    }
    return compared(
      { data: this.arena.view(source), width, height },
      { data: bytes, width, height },
    );
  }
}
