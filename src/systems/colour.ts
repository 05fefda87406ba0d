import { ReconRGB, RGB, YCC3 } from "../components/mod.ts";
import { type ComponentType, type Entity, System, type TransformMode } from "../core/mod.ts";
import type { Kernels, KernelWorld } from "../kernels/kernels.ts";

/** Options of a forward {@linkcode ColourYCC}; the inverse reads everything from the planes. */
export interface ColourOptions {
  /** Largest error of a sample in the integer transform, 0 to 127; left out, the transform is the float one. */
  readonly bound?: number;
}

/**
 * Luma and chroma: {@linkcode RGB} → {@linkcode YCC3} forward, {@linkcode YCC3} → {@linkcode ReconRGB} inverse. With a
 * `bound` in integers, reversible up to that error; otherwise BT.601 in floats.
 */
export class ColourYCC<M extends TransformMode> extends System<
  M extends "forward" ? RGB : YCC3,
  M extends "forward" ? YCC3 : ReconRGB,
  Kernels
> {
  /** Direction. */
  readonly mode: M;
  /** Components every entity must have. */
  readonly required: readonly ComponentType<M extends "forward" ? RGB : YCC3>[];
  /** Components every entity has afterwards. */
  readonly produced: readonly ComponentType<M extends "forward" ? YCC3 : ReconRGB>[];
  readonly #bound: number | undefined;

  /**
   * Makes the system.
   *
   * @param mode Direction.
   * @param options Exactness of a forward transform.
   */
  constructor(mode: M, options: ColourOptions = {}) {
    super();
    this.mode = mode;
    this.#bound = options.bound;
    const types: ComponentType[] = mode === "forward" ? [RGB, YCC3] : [YCC3, ReconRGB];
    this.required = [types[0]] as never;
    this.produced = [types[1]] as never;
  }

  /** Processes the batch; see {@linkcode System.run}. */
  // deno-lint-ignore require-await -- systems are asynchronous by contract.
  async run(world: KernelWorld, entities: readonly Entity[]): Promise<void> {
    for (const entity of entities) {
      if (this.mode === "forward") {
        const { pixels } = world.get(entity, RGB);
        const [height, width] = pixels.shape;
        const planes = world.arena.allocate([3, height, width], this.#bound === undefined ? "f32" : "i32");
        world.kernels.rgbToYcc(pixels, planes, this.#bound ?? 0);
        world.add(entity, new YCC3(planes, { width, height }, this.#bound));
      } else {
        const { values, picture, bound } = world.get(entity, YCC3);
        const pixels = world.arena.allocate([picture.height, picture.width, 3], "f32");
        world.kernels.yccToRgb(values, pixels, bound);
        world.add(entity, new ReconRGB(pixels));
      }
    }
  }
}
