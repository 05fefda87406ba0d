import { levelSizes } from "../../core/level_sizes.ts";
import type { CpuArena, PyramidLayout, TensorRef } from "../../core/mod.ts";
import { compiledIfCan } from "../../host/wasm.ts";
import type { Net, PixelRange, QuantizeKernelOptions } from "../kernels.ts";
import { waveletNamed } from "../../wavelets/mod.ts";
import { CpuKernels } from "./cpu_kernels.ts";
import { DECODING_KERNELS_WASM } from "./decoding_kernels_wasm.ts";
import { plainFunctions } from "./plain_functions.ts";
import { plannedNet } from "./net/planned_net.ts";
import { planarToRgba8 } from "./pixels.ts";

/** Addresses are bytes in the arena; see `wasm/kernels.ts`. */
interface NamedExports {
  hadamard4(source: number, target: number, count: number): void;
  quantize?(source: number, target: number, count: number, inverse: number, rounding: number): number;
  dequantize(source: number, target: number, count: number, step: number): void;
  ycbcrToRgb(source: number, target: number, count: number): void;
  rgbToRgba8(source: number, target: number, count: number): void;
}

type Exports = NamedExports & { [forwardOrInverseLevel: string]: (...args: number[]) => number | void };

/** Whether this runtime has 128-bit SIMD; without it the TypeScript kernels do the same work, slower. */
export function wasmKernelsAvailable(): boolean {
  return compiledIfCan(DECODING_KERNELS_WASM) !== undefined;
}

/** The kernels of {@linkcode CpuKernels} with SIMD where it pays; the results are the same to the bit. */
export class WasmKernels extends CpuKernels {
  readonly #exports: Exports;

  /** @param arena Memory of the tensors that will be passed in; the module works on it directly. */
  constructor(arena: CpuArena) {
    super(arena);
    // Kernels that a module lacks run as TypeScript.
    const module = compiledIfCan(DECODING_KERNELS_WASM);
    if (!module) {
      throw new TypeError(
        "Cannot make WasmKernels: the runtime must have WebAssembly SIMD (got one without). Use CpuKernels.",
      );
    }
    const instance = new WebAssembly.Instance(module, { env: { memory: arena.memory } });
    this.#exports = instance.exports as unknown as Exports;
  }

  override async infer(
    net: Net,
    source: TensorRef<"f32">,
    place: (shape: readonly number[]) => TensorRef<"f32">,
  ): Promise<TensorRef<"f32">> {
    const plan = await net.plan?.();
    if (!plan) return super.infer(net, source, place);
    const own = plannedNet(plan), target = place(own.outputShape(source.shape));
    own.run(this.arena.view(source), source.shape, net.conditions, this.arena.view(target));
    return target;
  }

  override async inferBytes(
    decoder: Net,
    source: TensorRef<"f32">,
    target: TensorRef<"u8">,
    range: PixelRange,
    isGrey: boolean,
  ): Promise<readonly number[]> {
    const { conditions } = decoder, plan = await decoder.plan?.();
    if (!plan) return super.inferBytes(decoder, source, target, range, isGrey);
    const net = plannedNet(plan), from = this.arena.view(source), bytes = this.arena.view(target);
    const [height, width] = target.shape, isSimple = range.scale === 1 && range.shift === 0 && !isGrey;
    return net.runBands(from, [1, ...source.shape], conditions, (band, first, rows, columns) => {
      if (!isSimple) return planarToRgba8(band, columns, rows, bytes, target.shape, first, range, isGrey);
      const rgba = net.rgba8Of(band);
      for (let y = 0; y < Math.min(rows, height - first); y++) {
        bytes.set(rgba.subarray(4 * y * columns, 4 * (y * columns + width)), 4 * (first + y) * width);
      }
    });
  }

  override yccToRgb(source: TensorRef<"f32" | "i32">, target: TensorRef<"f32">, bound: number): void {
    if (source.dtype === "i32") return super.yccToRgb(source, target, bound);
    this.#exports.ycbcrToRgb(this.#address(source), this.#address(target), source.elementCount / 3);
  }

  override rgbToRgba8(source: TensorRef<"f32">, target: TensorRef<"u8">): void {
    this.#exports.rgbToRgba8(this.#address(source), this.#address(target), source.elementCount / 3);
  }

  override hadamard4(source: TensorRef<"f32">, target: TensorRef<"f32">): void {
    this.#exports.hadamard4(this.#address(source), this.#address(target), source.elementCount / 4);
  }

  override waveletForward<D extends "f32" | "i32">(
    source: TensorRef<D>,
    target: TensorRef<D>,
    layout: PyramidLayout,
  ): void {
    const level = this.#exports[`forward${suffixOf(layout, source)}`];
    // Wavelets without a compiled kernel run on the plain ones, which also refuse what is not reversible.
    if (!level) return super.waveletForward(source, target, layout);
    if (layout.levels === 0) return this.arena.view(target).set(this.arena.view(source));
    const planeBytes = 4 * layout.width * layout.height;
    const scratch = this.arena.scratch(waveletScratchBytes(layout)), sizes = levelSizes(layout);
    for (let channel = 0; channel < layout.channels; channel++) {
      let from = this.#address(source) + channel * planeBytes;
      for (let n = 1; n <= layout.levels; n++) {
        const last = n === layout.levels;
        const low = last ? this.#band(target, layout, n, 0, channel) : scratch + (n & 1) * planeBytes;
        const hl = this.#band(target, layout, n, 1, channel), lh = this.#band(target, layout, n, 2, channel);
        const hh = this.#band(target, layout, n, 3, channel), { width, height } = sizes[n - 1];
        level(from, low, hl, lh, hh, scratch + 2 * planeBytes, width, height);
        from = low;
      }
    }
  }

  override waveletInverse<D extends "f32" | "i32">(
    source: TensorRef<D>,
    target: TensorRef<D>,
    layout: PyramidLayout,
  ): void {
    const level = this.#exports[`inverse${suffixOf(layout, source)}`];
    if (!level) return super.waveletInverse(source, target, layout);
    if (layout.levels === 0) return this.arena.view(target).set(this.arena.view(source));
    const planeBytes = 4 * layout.width * layout.height;
    const scratch = this.arena.scratch(waveletScratchBytes(layout)), sizes = levelSizes(layout);
    for (let channel = 0; channel < layout.channels; channel++) {
      let low = this.#band(source, layout, layout.levels, 0, channel);
      for (let n = layout.levels; n >= 1; n--) {
        const to = n === 1 ? this.#address(target) + channel * planeBytes : scratch + (n & 1) * planeBytes;
        const hl = this.#band(source, layout, n, 1, channel), lh = this.#band(source, layout, n, 2, channel);
        const hh = this.#band(source, layout, n, 3, channel), { width, height } = sizes[n - 1];
        level(low, hl, lh, hh, to, scratch + 2 * planeBytes, width, height);
        low = to;
      }
    }
  }

  override quantize(
    source: TensorRef<"f32">,
    target: TensorRef<"i32">,
    layout: PyramidLayout,
    options: QuantizeKernelOptions,
  ): void {
    const { steps, rounding } = options, kernel = this.#exports.quantize;
    if (!kernel) return super.quantize(source, target, layout, options);
    let unfit = 0;
    for (const [index, band] of layout.bands.entries()) {
      const count = band.width * band.height;
      if (count === 0) continue;
      const from = this.#address(source) + 4 * band.offset, to = this.#address(target) + 4 * band.offset;
      unfit += kernel(from, to, count, Math.fround(1 / steps[index]), rounding);
    }
    if (unfit > 0) throw plainFunctions().unquantisable(this.arena.view(source), layout, steps);
  }

  override dequantize(
    source: TensorRef<"i32">,
    target: TensorRef<"f32">,
    layout: PyramidLayout,
    steps: Float32Array,
  ): void {
    for (const [index, band] of layout.bands.entries()) {
      const count = band.width * band.height;
      const from = this.#address(source) + 4 * band.offset, to = this.#address(target) + 4 * band.offset;
      if (count > 0) this.#exports.dequantize(from, to, count, steps[index]);
    }
  }

  /** Byte address, checked to be alive. */
  #address(ref: TensorRef): number {
    this.arena.check(ref);
    return ref.offsetBytes;
  }

  #band(
    packed: TensorRef,
    layout: PyramidLayout,
    level: number,
    orientation: number,
    channel: number,
  ): number {
    const first = orientation === 0
      ? 0
      : (1 + 3 * (layout.levels - level) + orientation - 1) * layout.channels;
    return this.#address(packed) + 4 * layout.bands[first + channel].offset;
  }
}

/** Name of a wavelet's kernels for a tensor's type, after `forward` and `inverse`. */
function suffixOf({ wavelet }: PyramidLayout, tensor: TensorRef): string {
  return waveletNamed(wavelet).kernelName + tensor.dtype.toUpperCase();
}

/** Rows that a level of the 9/7 keeps; the others take fewer. */
const SCRATCH_ROWS = 7;

/**
 * Bytes that a transform works in beside its tensors: two low bands, used in turn, and the rows of a level; loads may reach a
 * vector beyond the last row.
 */
export function waveletScratchBytes({ width, height }: PyramidLayout): number {
  return 4 * width * (2 * height + SCRATCH_ROWS) + 64;
}
