// deno-doc-ignore-file private-type-ref -- other entry points of the package export these types
import type { Arena, DenseTensor, EntityWorld, PyramidLayout, TensorRef } from "../core/mod.ts";
import type { NetPlan } from "./net_plan.ts";

export { NET_RUNTIMES, outputPlanes, TILE_SIDE } from "./net_plan.ts";
export type {
  BlocksStep,
  ConvolutionStep,
  NetMap,
  NetOutput,
  NetPlan,
  NetRuntime,
  NetStep,
  SpreadStep,
} from "./net_plan.ts";

/** Affine map between stored and normalised pixel values: `value = normalised * scale + shift`, normalised in [0, 1]. */
export interface PixelRange {
  /** Factor; 1 for models that take [0, 1], 2 for [-1, 1]. */
  readonly scale: number;
  /** Offset; 0 for [0, 1], -1 for [-1, 1]. */
  readonly shift: number;
}

/** How a quantiser rounds. */
export interface QuantizeKernelOptions {
  /** Step of each band of the layout, in its order. */
  readonly steps: Float32Array;
  /**
   * Added to |y / step| before truncation, in [0, 0.5]: 0.5 rounds to the nearest (halves away from zero), less widens
   * the dead zone around zero.
   */
  readonly rounding: number;
  /** Most multiples are expected to lie within ±127, so that a GPU reads back bytes. */
  readonly mostlySmall: boolean;
}

/** A measure of how far a shown picture is from its source; the functions `psnr`, `ssim` and `msSsim` define them. */
export type MetricName = "psnr" | "ssim" | "msSsim";

/** f32 values in a buffer of a GPU, row-major, from the buffer's start. */
export interface GpuValues {
  /** Where the values are; usable in shaders and copies. */
  readonly buffer: GPUBuffer;
  /** Extents. */
  readonly shape: readonly number[];
}

/** Values that somebody else's memory holds for us. */
export interface GpuTensor extends GpuValues {
  /** Says that the values are no longer needed. */
  release(): void;
}

/** A neural network as kernels run it. */
export interface Net {
  /** On the CPU. */
  run(input: DenseTensor): Promise<DenseTensor>;
  /** On a GPU, from and to its buffers. A net without it runs on the CPU, its tensors crossing over and back. */
  runOnGpu?(device: GPUDevice, input: GpuValues): Promise<GpuTensor>;
  /** What the net does, where kernels could do that themselves; they need not. */
  plan?(): Promise<NetPlan | undefined>;
  /** (n): what the plan's shifts are told of each picture. */
  readonly conditions?: Float32Array;
}

/**
 * The arithmetic that systems ask for, on tensors of a world. An implementation owns no tensors and knows no
 * components; it may run at once (CPU) or queue its work (GPU), in order.
 *
 * Tensors are in the world's `arena`, or where it is said so in its `host`. Every tensor may have one more axis in
 * front, n slices in the source and as many in the target: a batch, done in one go.
 *
 * Shapes and ranges are the caller's duty: systems pass refs that their components have validated.
 */
export interface Kernels {
  /** Where the arithmetic runs. */
  readonly device: "cpu" | "gpu";
  /** Largest tensor the kernels can work on, in bytes: groups of entities are split to stay below. */
  readonly maxTensorBytes: number;

  /**
   * Runs a net over `source`.
   *
   * @param place Makes the tensor for an output of this shape, or throws if the shape is wrong.
   * @returns What `place` made, filled.
   */
  infer(
    net: Net,
    source: TensorRef<"f32">,
    place: (shape: readonly number[]) => TensorRef<"f32">,
  ): Promise<TensorRef<"f32">>;

  /**
   * Runs a decoder over one `source` (c, h, w) → u8 (H, W, 4) in the host's memory: 255 · value, to the nearest, cropped to the
   * top left; alpha 255. Absent where the output must be floats first.
   *
   * @param isGrey Whether R, G and B become the luma of BT.601.
   * @returns Shape of the output before it is cropped.
   */
  inferBytes?(
    net: Net,
    source: TensorRef<"f32">,
    target: TensorRef<"u8">,
    range: PixelRange,
    isGrey: boolean,
  ): Promise<readonly number[]>;

  /** f32 → f32 of as many elements: value · scale + shift. */
  affine(source: TensorRef<"f32">, target: TensorRef<"f32">, scale: number, shift: number): void;

  /** f32 (H, W, 3) in [0, 1] → u8 (H, W, 4) in the host's memory: 255 · value, to the nearest; alpha 255. */
  rgbToRgba8(source: TensorRef<"f32">, target: TensorRef<"u8">): void | Promise<void>;

  /**
   * u8, or f32 in [0, 1], (H, W, 3) → f32 (3, h, w) with h ≥ H, w ≥ W: planar, in the model's range, last row and column
   * repeated.
   */
  rgbToPlanar(source: TensorRef<"u8" | "f32">, target: TensorRef<"f32">, range: PixelRange): void;

  /** f32 (3, h, w) in the model's range → f32 (H, W, 3) in [0, 1], clipped; cropped to the top left. */
  planarToRgb(source: TensorRef<"f32">, target: TensorRef<"f32">, range: PixelRange): void;

  /**
   * u8 (H, W, 3) → (3, H, W): f32 gives Y − 128, Cb, Cr of BT.601; i32 the reversible YCoCg-R of the samples over
   * 2 · bound + 1, rounded, so that no sample comes back wrong by more than `bound`.
   */
  rgbToYcc(source: TensorRef<"u8">, target: TensorRef<"f32" | "i32">, bound: number): void;

  /** The inverse: (3, H, W) → f32 (H, W, 3) in [0, 1], clipped. */
  yccToRgb(source: TensorRef<"f32" | "i32">, target: TensorRef<"f32">, bound: number): void;

  /** (channels, H, W) → (channels, h, w): the part whose top left is at column `x`, row `y`. f32 or i32. */
  crop<D extends "f32" | "i32">(source: TensorRef<D>, target: TensorRef<D>, x: number, y: number): void;

  /** f32 (4, h, w) → f32 (4, h, w): ½ [[1,1,1,1],[1,1,−1,−1],[1,−1,−1,1],[1,−1,1,−1]] at each place; its own inverse. */
  hadamard4(source: TensorRef<"f32">, target: TensorRef<"f32">): void;

  /** (channels, h, w) → packed pyramid; f32 lifts in single precision, i32 in integers, exactly reversible. */
  waveletForward<D extends "f32" | "i32">(
    source: TensorRef<D>,
    target: TensorRef<D>,
    layout: PyramidLayout,
  ): void;

  /** Packed pyramid → (channels, h, w). */
  waveletInverse<D extends "f32" | "i32">(
    source: TensorRef<D>,
    target: TensorRef<D>,
    layout: PyramidLayout,
  ): void;

  /**
   * f32 coefficients → i32 in the host's memory: the signed multiples of each band's step. The one step at which
   * coefficients leave a GPU.
   *
   * @throws InvalidValueError ("quant-range") when a coefficient is NaN or infinite, or a multiple exceeds 2^31 − 128.
   */
  quantize(
    source: TensorRef<"f32">,
    target: TensorRef<"i32">,
    layout: PyramidLayout,
    options: QuantizeKernelOptions,
  ): void | Promise<void>;

  /** The inverse: i32 of the host's memory → f32, each times its band's step, in single precision. */
  dequantize(
    source: TensorRef<"i32">,
    target: TensorRef<"f32">,
    layout: PyramidLayout,
    steps: Float32Array,
  ): void;

  /**
   * Separable blur, (H, W, 3) → f32 (H, W, 3) in [0, 1]; bytes are divided by 255. Beyond an edge its last pixel is
   * repeated.
   *
   * @param weights Taps, an odd number, the middle one on the pixel itself.
   */
  gaussianBlur(source: TensorRef<"u8" | "f32">, target: TensorRef<"f32">, weights: Float32Array): void;

  /** u8 source − f32 [0, 1] picture as bytes (255 times it, to the nearest, halves up, clipped) → i16, all (H, W, 3). */
  subtractShown(source: TensorRef<"u8">, shown: TensorRef<"f32">, target: TensorRef<"i16">): void;

  /** The inverse: f32 [0, 1] picture as bytes + i16 → u8, clipped. */
  addToShown(shown: TensorRef<"f32">, difference: TensorRef<"i16">, target: TensorRef<"u8">): void;

  /** How far a picture, f32 (H, W, 3) in [0, 1] as bytes, is from its source, u8 (H, W, 3): one picture, no batch. */
  compare(
    metric: MetricName,
    source: TensorRef<"u8">,
    shown: TensorRef<"f32">,
  ): number | Promise<number>;
}

/**
 * A world whose systems can compute, on any device. A system that works on tensors itself reads and writes them through
 * the arena; one that is for the CPU alone may ask for `KernelWorld<CpuArena>` and its views.
 *
 * @typeParam A Kind of the arena.
 */
export type KernelWorld<A extends Arena = Arena> = EntityWorld<Kernels, A>;
