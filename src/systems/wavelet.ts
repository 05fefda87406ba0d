import { WaveletPyr, YUVW4 } from "../components/mod.ts";
import { type ComponentType, type Entity, pyramidLayout, System, type WaveletName } from "../core/mod.ts";
import type { Kernels, KernelWorld } from "../kernels/kernels.ts";
import type { TransformMode } from "./hadamard.ts";

/** Options of a forward wavelet; the inverse reads everything from the pyramid. */
export interface WaveletOptions {
  /** Levels of decomposition, 0 to 10; 3 by default. */
  readonly levels?: number;
}

/**
 * Lifting wavelet over each channel, for any size ≥ 1×1. Floats round-trip to about 1e-6, integers exactly.
 *
 * Forward: {@linkcode YUVW4} → {@linkcode WaveletPyr}; inverse: the other way.
 */
export abstract class LiftingWavelet<M extends TransformMode> extends System<
  M extends "forward" ? YUVW4 : WaveletPyr,
  M extends "forward" ? WaveletPyr : YUVW4,
  Kernels
> {
  /** Direction. */
  readonly mode: M;
  /** Levels of a forward transform. */
  readonly levels: number;
  /** Components every entity must have. */
  readonly required: readonly ComponentType<M extends "forward" ? YUVW4 : WaveletPyr>[];
  /** Components every entity has afterwards. */
  readonly produced: readonly ComponentType<M extends "forward" ? WaveletPyr : YUVW4>[];
  /** Which lifting scheme. */
  protected abstract readonly wavelet: WaveletName;

  /**
   * Makes the system.
   *
   * @param mode Direction.
   * @param options Levels.
   */
  constructor(mode: M, options: WaveletOptions = {}) {
    super();
    this.mode = mode;
    this.levels = options.levels ?? 3;
    const types: ComponentType[] = mode === "forward" ? [YUVW4, WaveletPyr] : [WaveletPyr, YUVW4];
    this.required = [types[0]] as never;
    this.produced = [types[1]] as never;
  }

  /** Processes the batch; see {@linkcode System.run}. */
  // deno-lint-ignore require-await -- systems are asynchronous by contract.
  async run(world: KernelWorld, entities: readonly Entity[]): Promise<void> {
    for (const entity of entities) {
      if (this.mode === "forward") {
        const { values, picture } = world.get(entity, YUVW4);
        const [channels, height, width] = values.shape;
        const layout = pyramidLayout(this.wavelet, this.levels, { channels, height, width });
        const target = world.arena.allocate([layout.coefficientCount], values.dtype);
        world.kernels.waveletForward(values, target, layout);
        world.add(entity, new WaveletPyr(target, layout, picture));
      } else {
        const { coefficients, layout, picture } = world.get(entity, WaveletPyr);
        const target = world.arena.allocate(
          [layout.channels, layout.height, layout.width],
          coefficients.dtype,
        );
        world.kernels.waveletInverse(coefficients, target, layout);
        world.add(entity, new YUVW4(target, picture));
      }
    }
  }
}

/** The LeGall 5/3, biorthogonal: smooth, no block edges. */
export class WaveletCDF53<M extends TransformMode> extends LiftingWavelet<M> {
  /** Which lifting scheme. */
  protected readonly wavelet = "cdf53" as const;
}

/** The Haar wavelet: two samples wide, no overlap. */
export class WaveletHaar<M extends TransformMode> extends LiftingWavelet<M> {
  /** Which lifting scheme. */
  protected readonly wavelet = "haar" as const;
}

/** The system of a wavelet by its name, as files and manifests give it. */
export function waveletSystem<M extends TransformMode>(
  wavelet: WaveletName,
  mode: M,
  options: WaveletOptions = {},
): WaveletCDF53<M> | WaveletHaar<M> {
  return wavelet === "haar" ? new WaveletHaar(mode, options) : new WaveletCDF53(mode, options);
}
