// deno-doc-ignore-file private-type-ref -- other entry points of the package export these types
import { ReconRGB, Residual, RGB } from "../components/mod.ts";
import { bytesOfRgb } from "../components/rgb.ts";
import { type ComponentType, type Entity, System } from "../core/mod.ts";
import type { Kernels, KernelWorld } from "../kernels/kernels.ts";
import { checkSameShape } from "./same_shape.ts";

/**
 * What a reconstruction lacks: {@linkcode RGB} and {@linkcode ReconRGB}, rounded to bytes, → their difference,
 * {@linkcode Residual}. A second, optional stream can carry it.
 *
 * Errors: `InvalidValueError` ("picture-mismatch", and "picture-dtype" for pictures of f32).
 */
export class TakeResidual extends System<RGB | ReconRGB, Residual, Kernels> {
  /** Direction. */
  readonly mode = "forward" as const;
  /** Components every entity must have. */
  readonly required: readonly ComponentType<RGB | ReconRGB>[] = [RGB, ReconRGB];
  /** Components every entity has afterwards. */
  readonly produced: readonly ComponentType<Residual>[] = [Residual];

  /** Processes the batch; see {@linkcode System.run}. */
  // deno-lint-ignore require-await -- systems are asynchronous by contract.
  async run(world: KernelWorld, entities: readonly Entity[]): Promise<void> {
    for (const entity of entities) {
      const pixels = bytesOfRgb(world.get(entity, RGB), "TakeResidual");
      const shown = world.get(entity, ReconRGB).pixels;
      checkSameShape(entity, pixels, shown);
      const difference = world.arena.allocate(pixels.shape, "i16");
      world.kernels.subtractShown(pixels, shown, difference);
      world.add(entity, new Residual(difference));
    }
  }
}

/**
 * The inverse of {@linkcode TakeResidual}: {@linkcode ReconRGB} and {@linkcode Residual} → {@linkcode RGB}, the very bytes
 * that the residual was taken from when the reconstruction is the same.
 *
 * Errors: `InvalidValueError` ("picture-mismatch").
 */
export class AddResidual extends System<ReconRGB | Residual, RGB, Kernels> {
  /** Direction. */
  readonly mode = "inverse" as const;
  /** Components every entity must have. */
  readonly required: readonly ComponentType<ReconRGB | Residual>[] = [ReconRGB, Residual];
  /** Components every entity has afterwards. */
  readonly produced: readonly ComponentType<RGB>[] = [RGB];

  /** Processes the batch; see {@linkcode System.run}. */
  // deno-lint-ignore require-await -- systems are asynchronous by contract.
  async run(world: KernelWorld, entities: readonly Entity[]): Promise<void> {
    for (const entity of entities) {
      const shown = world.get(entity, ReconRGB).pixels;
      const { difference } = world.get(entity, Residual);
      checkSameShape(entity, shown, difference);
      const pixels = world.arena.allocate(shown.shape, "u8");
      world.kernels.addToShown(shown, difference, pixels);
      world.add(entity, new RGB(pixels));
    }
  }
}
