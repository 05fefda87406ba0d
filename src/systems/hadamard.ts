// deno-doc-ignore-file private-type-ref -- other entry points of the package export these types
import { Latent4, YUVW4 } from "../components/mod.ts";
import { batchesOf, type Entity, type TensorRef, Transform, type TransformMode } from "../core/mod.ts";
import type { Kernels, KernelWorld } from "../kernels/kernels.ts";

/**
 * Rotates a latent's four channels by the orthonormal 4×4 Hadamard matrix, or back: the matrix is its own inverse.
 *
 * Forward: {@linkcode Latent4} → {@linkcode YUVW4}; inverse: the other way.
 */
export class Hadamard4<M extends TransformMode> extends Transform<M, Latent4, YUVW4, Kernels> {
  /**
   * Makes the system.
   *
   * @param mode Direction.
   */
  constructor(mode: M) {
    super(mode, [Latent4], [YUVW4]);
  }

  /** Processes the batch; see {@linkcode System.run}. */
  // deno-lint-ignore require-await -- systems are asynchronous by contract.
  async run(world: KernelWorld, entities: readonly Entity[]): Promise<void> {
    const sourceOf = (entity: Entity): Latent4 | YUVW4 =>
      this.mode === "forward" ? world.get(entity, Latent4) : world.get(entity, YUVW4);
    const tensorOf = (entity: Entity) => sourceOf(entity).values as TensorRef<"f32">;
    for (const batch of batchesOf(world.arena, entities, tensorOf, world.kernels.maxTensorBytes)) {
      const target = world.arena.allocate(batch.tensor.shape, "f32");
      world.kernels.hadamard4(batch.tensor, target);
      for (const [i, entity] of batch.entities.entries()) {
        const values = world.arena.subref(target, i), { picture } = sourceOf(entity);
        world.add(
          entity,
          this.mode === "forward" ? new YUVW4(values, picture) : new Latent4(values, picture),
        );
      }
    }
  }
}
