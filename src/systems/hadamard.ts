import { Latent4, YUVW4 } from "../components/mod.ts";
import { type ComponentType, type Entity, System, type TensorRef } from "../core/mod.ts";
import type { Kernels, KernelWorld } from "../kernels/kernels.ts";

/** Directions of a transform. */
export type TransformMode = "forward" | "inverse";

/**
 * Rotates a latent's four channels by the orthonormal 4×4 Hadamard matrix, or back: the matrix is its own inverse.
 *
 * Forward: {@linkcode Latent4} → {@linkcode YUVW4}; inverse: the other way.
 */
export class Hadamard4<M extends TransformMode> extends System<
  M extends "forward" ? Latent4 : YUVW4,
  M extends "forward" ? YUVW4 : Latent4,
  Kernels
> {
  /** Direction. */
  readonly mode: M;
  /** Components every entity must have. */
  readonly required: readonly ComponentType<M extends "forward" ? Latent4 : YUVW4>[];
  /** Components every entity has afterwards. */
  readonly produced: readonly ComponentType<M extends "forward" ? YUVW4 : Latent4>[];

  /**
   * Makes the system.
   *
   * @param mode Direction.
   */
  constructor(mode: M) {
    super();
    this.mode = mode;
    const types: ComponentType[] = mode === "forward" ? [Latent4, YUVW4] : [YUVW4, Latent4];
    this.required = [types[0]] as never;
    this.produced = [types[1]] as never;
  }

  /** Processes the batch; see {@linkcode System.run}. */
  // deno-lint-ignore require-await -- systems are asynchronous by contract.
  async run(world: KernelWorld, entities: readonly Entity[]): Promise<void> {
    for (const entity of entities) {
      const source = this.mode === "forward" ? world.get(entity, Latent4) : world.get(entity, YUVW4);
      const values = source.values as TensorRef<"f32">;
      const target = world.arena.allocate(values.shape, "f32");
      world.kernels.hadamard4(values, target);
      world.add(
        entity,
        this.mode === "forward" ? new YUVW4(target, source.picture) : new Latent4(target, source.picture),
      );
    }
  }
}
