// deno-doc-ignore-file private-type-ref -- other entry points of the package export these types
import { Latent4, ReconRGBA8 } from "../components/mod.ts";
import { type ComponentType, type Entity, System } from "../core/mod.ts";
import type { Kernels, KernelWorld } from "../kernels/kernels.ts";
import { checkShape, decoderNet, decoderScale, stepOf, type VaeModel, type VaeOptions } from "./vae.ts";

/**
 * Runs a model's decoder where the kernels have `inferBytes`: {@linkcode Latent4} → {@linkcode ReconRGBA8}, the bytes that
 * {@linkcode OnnxVAEDecode} and rounding give, without floats of the whole picture.
 */
export class OnnxVAEDecodeU8 extends System<Latent4, ReconRGBA8, Kernels> {
  /** Direction. */
  readonly mode = "decode" as const;
  /** Components every entity must have. */
  readonly required: readonly ComponentType<Latent4>[] = [Latent4];
  /** Components every entity has afterwards. */
  readonly produced: readonly ComponentType<ReconRGBA8>[] = [ReconRGBA8];

  /**
   * Makes the system.
   *
   * @param model The model, loaded.
   * @param options Runtime of the net; whether R, G and B become the luma of BT.601.
   */
  constructor(readonly model: VaeModel, readonly options: VaeOptions & { readonly isGrey: boolean }) {
    super();
  }

  /** Processes the batch, one latent after the other; see {@linkcode System.run}. */
  async run(world: KernelWorld, entities: readonly Entity[]): Promise<void> {
    const { model, options } = this, [scale, shift] = decoderScale(model);
    for (const entity of entities) {
      const { values, picture } = world.get(entity as Entity<Latent4>, Latent4),
        [, height, width] = values.shape;
      const latent = world.arena.allocate(values.shape, "f32");
      world.kernels.affine(values, latent, scale, shift);
      const pixels = world.host.allocate([picture.height, picture.width, 4], "u8");
      const net = decoderNet(world, model, options, Float32Array.of(stepOf(world, entity)));
      const shape = await world.kernels.inferBytes!(net, latent, pixels, model.outputRange, options.isGrey);
      checkShape(model.name, "decoder", shape, [
        1,
        3,
        height * model.downsampling,
        width * model.downsampling,
      ]);
      world.add(entity, new ReconRGBA8(pixels));
    }
  }
}
