import { Latent4, YUVW4 } from "../components/mod.ts";
import { type Entity, type TensorRef, Transform, type TransformMode } from "../core/mod.ts";
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
