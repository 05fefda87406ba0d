// deno-doc-ignore-file private-type-ref -- other entry points of the package export these types
import { MAX_BOUND, ReconRGB, RGB, Ycc3 } from "../components/mod.ts";
import { bytesOfRgb } from "../components/rgb.ts";
import { checkMode, checkWholeOption } from "../core/check_option.ts";
import { checkNames } from "../core/option_rules.ts";
import {
  batchesOf,
  type ComponentType,
  type Entity,
  groupEntities,
  System,
  type TransformMode,
} from "../core/mod.ts";
import type { Kernels, KernelWorld } from "../kernels/kernels.ts";

/** Options of a forward {@linkcode ColourYcc}; the inverse reads everything from the planes. */
export interface ColourOptions {
  /** Largest error of a sample in the integer transform, 0 to 127; left out, the transform is the float one. */
  readonly bound?: number;
}

/**
 * Luma and chroma: {@linkcode RGB} → {@linkcode Ycc3} forward, {@linkcode Ycc3} → {@linkcode ReconRGB} inverse. With a
 * `bound` in integers, reversible up to that error; otherwise BT.601 in floats.
 *
 * Errors: `InvalidValueError` ("picture-dtype") for pictures of f32.
 */
export class ColourYcc<M extends TransformMode> extends System<
  M extends "forward" ? RGB : Ycc3,
  M extends "forward" ? Ycc3 : ReconRGB,
  Kernels
> {
  /** Direction. */
  readonly mode: M;
  /** Components every entity must have. */
  readonly required: readonly ComponentType<M extends "forward" ? RGB : Ycc3>[];
  /** Components every entity has afterwards. */
  readonly produced: readonly ComponentType<M extends "forward" ? Ycc3 : ReconRGB>[];
  readonly #bound: number | undefined;

  /**
   * Makes the system.
   *
   * @param mode Direction.
   * @param options Exactness of a forward transform.
   */
  constructor(mode: M, options: ColourOptions = {}) {
    super();
    checkMode("ColourYcc", mode, ["forward", "inverse"]);
    checkNames("make ColourYcc", options, ["bound"]);
    checkWholeOption("ColourYcc", "bound", options.bound, 0, MAX_BOUND);
    this.mode = mode;
    this.#bound = options.bound;
    const types: ComponentType[] = mode === "forward" ? [RGB, Ycc3] : [Ycc3, ReconRGB];
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
    const tensorOf = (entity: Entity) => bytesOfRgb(world.get(entity, RGB), "ColourYcc");
    // Planes take four bytes where pixels take one.
    for (const batch of batchesOf(world.arena, entities, tensorOf, world.kernels.maxTensorBytes / 4)) {
      const [count, height, width] = batch.tensor.shape;
      const dtype = this.#bound === undefined ? "f32" : "i32";
      const planes = world.arena.allocate([count, 3, height, width], dtype);
      world.kernels.rgbToYcc(batch.tensor, planes, this.#bound ?? 0);
      for (const [i, entity] of batch.entities.entries()) {
        world.add(entity, new Ycc3(world.arena.subref(planes, i), { width, height }, this.#bound));
      }
    }
  }

  #inverse(world: KernelWorld, entities: readonly Entity[]): void {
    const planesOf = (entity: Entity) => world.get(entity, Ycc3);
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
