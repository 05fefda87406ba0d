// deno-doc-ignore-file private-type-ref -- other entry points of the package export these types
import { MAX_BOUND, ReconRGB, RGB, YCC3 } from "../components/mod.ts";
import { bytesOfRgb } from "../components/rgb.ts";
import { checkMode, checkWholeOption } from "../core/check_option.ts";
import {
  batchesOf,
  type ComponentType,
  type Entity,
  groupEntities,
  System,
  type TransformMode,
} from "../core/mod.ts";
import type { Kernels, KernelWorld } from "../kernels/kernels.ts";

/** Options of a forward {@linkcode ColourYCC}; the inverse reads everything from the planes. */
export interface ColourOptions {
  /** Largest error of a sample in the integer transform, 0 to 127; left out, the transform is the float one. */
  readonly bound?: number;
}

/**
 * Luma and chroma: {@linkcode RGB} → {@linkcode YCC3} forward, {@linkcode YCC3} → {@linkcode ReconRGB} inverse. With a
 * `bound` in integers, reversible up to that error; otherwise BT.601 in floats.
 *
 * Errors: `InvalidValueError` ("picture-dtype") for pictures of f32.
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
    checkMode("ColourYCC", mode, ["forward", "inverse"]);
    checkWholeOption("ColourYCC", "bound", options.bound, 0, MAX_BOUND);
    this.mode = mode;
    this.#bound = options.bound;
    const types: ComponentType[] = mode === "forward" ? [RGB, YCC3] : [YCC3, ReconRGB];
    this.required = [types[0]] as never;
    this.produced = [types[1]] as never;
  }

  /** Processes the batch; see {@linkcode System.run}. */
  // deno-lint-ignore require-await -- systems are asynchronous by contract.
  async run(world: KernelWorld, entities: readonly Entity[]): Promise<void> {
    if (this.mode === "forward") this.#forward(world, entities);
    else this.#inverse(world, entities);
  }

  #forward(world: KernelWorld, entities: readonly Entity[]): void {
    const tensorOf = (entity: Entity) => bytesOfRgb(world.get(entity, RGB), "ColourYCC");
    // Planes take four bytes where pixels take one.
    for (const batch of batchesOf(world.arena, entities, tensorOf, world.kernels.maxTensorBytes / 4)) {
      const [count, height, width] = batch.tensor.shape;
      const dtype = this.#bound === undefined ? "f32" : "i32";
      const planes = world.arena.allocate([count, 3, height, width], dtype);
      world.kernels.rgbToYcc(batch.tensor, planes, this.#bound ?? 0);
      for (const [i, entity] of batch.entities.entries()) {
        world.add(entity, new YCC3(world.arena.subref(planes, i), { width, height }, this.#bound));
      }
    }
  }

  #inverse(world: KernelWorld, entities: readonly Entity[]): void {
    const planesOf = (entity: Entity) => world.get(entity, YCC3);
    for (const group of groupEntities(entities, (entity) => [planesOf(entity).bound])) {
      const tensorOf = (entity: Entity) => planesOf(entity).values;
      for (const batch of batchesOf(world.arena, group, tensorOf, world.kernels.maxTensorBytes)) {
        const [count, , height, width] = batch.tensor.shape;
        const pixels = world.arena.allocate([count, height, width, 3], "f32");
        world.kernels.yccToRgb(batch.tensor, pixels, planesOf(group[0]).bound);
        for (const [i, entity] of batch.entities.entries()) {
          world.add(entity, new ReconRGB(world.arena.subref(pixels, i)));
        }
      }
    }
  }
}
