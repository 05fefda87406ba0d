// deno-doc-ignore-file private-type-ref -- other entry points of the package export these types
import { type PictureSize, WaveletPyr, YUVW4 } from "../components/mod.ts";
import {
  batchesOf,
  type Component,
  type ComponentType,
  type Entity,
  groupEntities,
  layoutKey,
  MAX_LEVELS,
  pyramidLayout,
  type TensorRef,
  Transform,
  type TransformMode,
} from "../core/mod.ts";
import { checkOption, checkWholeOption } from "../core/check_option.ts";
import { checkNames } from "../core/option_rules.ts";
import type { Kernels, KernelWorld } from "../kernels/kernels.ts";
import { type WaveletName, waveletNamed } from "../wavelets/mod.ts";

/**
 * Components that a wavelet can take apart: planes of one size, e.g. {@linkcode YUVW4} and {@linkcode Ycc3}. The inverse
 * makes one by `new (values, picture, bound)`.
 */
export interface Planes extends Component {
  /** Shape (channels, h, w), planar. */
  readonly values: TensorRef<"f32" | "i32">;
  /** Size of the picture. */
  readonly picture: PictureSize;
  /** Handed through the pyramid, see {@linkcode Ycc3}. */
  readonly bound?: number;
}

/** Options of a wavelet. */
export interface WaveletOptions<P extends Planes = YUVW4> {
  /** Levels of a forward transform, 0 to 10; 3 by default. The inverse reads them from the pyramid. */
  readonly levels?: number;
  /** What is taken apart and put together; {@linkcode YUVW4} by default. */
  readonly planes?: ComponentType<P>;
}

/**
 * Lifting wavelet over each channel, for any size ≥ 1×1. Floats round-trip to about 1e-6 of their range, integers
 * exactly.
 *
 * Forward: planes → {@linkcode WaveletPyr}; inverse: the other way.
 */
export abstract class LiftingWavelet<M extends TransformMode, P extends Planes = YUVW4>
  extends Transform<M, P, WaveletPyr, Kernels> {
  /** Levels of a forward transform. */
  readonly levels: number;
  /** Which lifting scheme. */
  protected abstract readonly wavelet: WaveletName;
  readonly #planes: ComponentType<Planes>;

  /**
   * Makes the system.
   *
   * @param mode Direction.
   * @param options Levels and component.
   */
  constructor(mode: M, options: WaveletOptions<P> = {}) {
    checkNames(`make ${new.target.name}`, options, ["levels", "planes"]);
    const planes: ComponentType<Planes> = options.planes ?? YUVW4;
    super(mode, [planes as ComponentType<P>], [WaveletPyr]);
    checkWholeOption(new.target.name, "levels", options.levels, 0, MAX_LEVELS);
    checkOption(new.target.name, typeof planes === "function", "planes", "a component class", planes);
    this.levels = options.levels ?? 3;
    this.#planes = planes;
  }

  /** Processes the batch; see {@linkcode System.run}. */
  // deno-lint-ignore require-await -- systems are asynchronous by contract.
  async run(world: KernelWorld, entities: readonly Entity[]): Promise<void> {
    if (this.mode === "forward") this.#forward(world, entities);
    else this.#inverse(world, entities);
  }

  #forward(world: KernelWorld, entities: readonly Entity[]): void {
    const planesOf = (entity: Entity) => world.get(entity, this.#planes);
    const tensorOf = (entity: Entity): TensorRef<"f32" | "i32"> => planesOf(entity).values;
    for (const batch of batchesOf(world.arena, entities, tensorOf, world.kernels.maxTensorBytes)) {
      const [count, channels, height, width] = batch.tensor.shape;
      const layout = pyramidLayout(this.wavelet, this.levels, { channels, height, width });
      const target = world.arena.allocate([count, layout.coefficientCount], batch.tensor.dtype);
      world.kernels.waveletForward(batch.tensor, target, layout);
      for (const [i, entity] of batch.entities.entries()) {
        const { picture, bound } = planesOf(entity);
        world.add(entity, new WaveletPyr(world.arena.subref(target, i), layout, picture, bound));
      }
    }
  }

  #inverse(world: KernelWorld, entities: readonly Entity[]): void {
    const tensorOf = (entity: Entity) => world.get(entity, WaveletPyr).coefficients;
    for (
      const group of groupEntities(entities, (entity) => layoutKey(world.get(entity, WaveletPyr).layout))
    ) {
      const { layout } = world.get(group[0], WaveletPyr);
      for (const batch of batchesOf(world.arena, group, tensorOf, world.kernels.maxTensorBytes)) {
        const target = world.arena.allocate(
          [batch.entities.length, layout.channels, layout.height, layout.width],
          batch.tensor.dtype,
        );
        world.kernels.waveletInverse(batch.tensor, target, layout);
        for (const [i, entity] of batch.entities.entries()) {
          const { picture, bound } = world.get(entity, WaveletPyr);
          world.add(entity, new this.#planes(world.arena.subref(target, i), picture, bound));
        }
      }
    }
  }
}

/** The LeGall 5/3, biorthogonal: smooth, no block edges; exact in integers. */
export class WaveletCDF53<M extends TransformMode, P extends Planes = YUVW4> extends LiftingWavelet<M, P> {
  /** Which lifting scheme. */
  protected readonly wavelet = "cdf53" as const;
}

/** The Haar wavelet: two samples wide, no overlap; exact in integers. */
export class WaveletHaar<M extends TransformMode, P extends Planes = YUVW4> extends LiftingWavelet<M, P> {
  /** Which lifting scheme. */
  protected readonly wavelet = "haar" as const;
}

/** The Cohen-Daubechies-Feauveau 9/7, nearly orthogonal: the best of the three for lossy pixels; floats only. */
export class WaveletCdf97<M extends TransformMode, P extends Planes = YUVW4> extends LiftingWavelet<M, P> {
  /** Which lifting scheme. */
  protected readonly wavelet = "cdf97" as const;
}

/** Any wavelet of `src/wavelets/` by its name. */
export class NamedWavelet<M extends TransformMode, P extends Planes = YUVW4> extends LiftingWavelet<M, P> {
  /**
   * Makes the system.
   *
   * @param wavelet Name of the wavelet.
   * @param mode Direction.
   * @param options Levels and component.
   */
  constructor(protected readonly wavelet: WaveletName, mode: M, options: WaveletOptions<P>) {
    super(mode, options);
  }

  /** Wavelet and mode, for errors and traces. */
  override get label(): string {
    return `Wavelet(${this.wavelet}, ${this.mode})`;
  }
}

/** The system of a wavelet by its name, as files and manifests give it. Errors: `InvalidValueError` ("wavelet-unknown"). */
export function waveletSystem<M extends TransformMode, P extends Planes = YUVW4>(
  wavelet: WaveletName,
  mode: M,
  options: WaveletOptions<P> = {},
): LiftingWavelet<M, P> {
  return new NamedWavelet(waveletNamed(wavelet).name as WaveletName, mode, options);
}
