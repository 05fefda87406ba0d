import { type Picture, World } from "../mod.ts";
import type { WaveletPyr } from "../src/components/mod.ts";
import type { Entity } from "../src/core/mod.ts";
import type { loadModel } from "../src/models/mod.ts";
import { Hadamard4, OnnxVAEEncode } from "../src/systems/mod.ts";
import { waveletSystem } from "../src/systems/wavelet.ts";

/** A picture's latent as wavelet coefficients. */
export interface OpenedLatent {
  readonly world: World;
  readonly entity: Entity<WaveletPyr>;
}

/** Makes a picture's wavelet pyramid: one encoder inference for all steps. */
export async function openLatent(
  model: Awaited<ReturnType<typeof loadModel>>,
  picture: Picture,
): Promise<OpenedLatent> {
  const world = new World(), entity = world.spawnImage(picture), { wavelet, levels } = model.manifest;
  await world.pipe(entity)
    .to(new OnnxVAEEncode(model))
    .to(new Hadamard4("forward"))
    .to(waveletSystem(wavelet, "forward", { levels }))
    .run();
  return { world, entity: entity as Entity as Entity<WaveletPyr> };
}
