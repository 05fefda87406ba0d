import { bandSteps, QuantParams, ReconRGB, stepFromCode, YUVW4 } from "../components/mod.ts";
import type { WaveletPyr } from "../components/mod.ts";
import type { Entity } from "../core/mod.ts";
import { loadModel } from "../models/mod.ts";
import type { PictureLike } from "../world.ts";
import { Hadamard4, OnnxVAEDecode, OnnxVAEEncode, waveletSystem } from "../systems/mod.ts";
import { cropPlanes, samplesFromFloats } from "./planes.ts";
import { priorOf } from "./prior.ts";
import type { StreamSpec } from "./stream_spec.ts";
import type { StreamStages } from "./stream_stages.ts";
import { unwrapped } from "./unwrap.ts";

/** A model's latent, rotated and taken apart by its wavelet. */
export async function latentStages(spec: StreamSpec): Promise<StreamStages> {
  const model = await loadModel(spec.model);
  const prior = await priorOf(model);
  const start = prior === undefined ? {} : { prior };
  const { manifest } = model;
  // Gains belong to the levels that the model was trained with.
  const gains = spec.levels === manifest.levels ? manifest.bandGains : undefined;
  return {
    decoder: start,
    async analyse(world, pictures, pipe) {
      const entities = pictures.map((picture) => world.spawnImage(picture as PictureLike));
      await unwrapped(
        world.pipe(entities, pipe)
          .to(new OnnxVAEEncode(model))
          .to(new Hadamard4("forward"))
          .to(waveletSystem(spec.wavelet, "forward", { levels: spec.levels })),
      );
      return entities as Entity[];
    },
    coding: (_layout, { stepCode, entropy, effort }) => ({
      quantiser: {
        step: stepFromCode(stepCode),
        ...(gains && { gains }),
        ...(entropy === "context" && { optimise: { effort, ...start } }),
      },
      coder: { model: entropy, ...start },
    }),
    quant: (layout, stepCode) => new QuantParams(bandSteps(layout, stepCode, gains), stepCode, 0),
    async synthesise(world, entity, net, place, pipe) {
      await unwrapped(
        world.pipe(entity as Entity as Entity<WaveletPyr>, pipe).to(waveletSystem(spec.wavelet, "inverse")),
      );
      const latent = cropPlanes(world, world.get(entity, YUVW4).values, net);
      const { width, height } = place.pixels;
      world.add(entity, new YUVW4(latent, { width, height }));
      await unwrapped(
        world.pipe(entity as Entity as Entity<YUVW4>, pipe)
          .to(new Hadamard4("inverse"))
          .to(new OnnxVAEDecode(model)),
      );
      const floats = await world.read(world.get(entity, ReconRGB).pixels);
      return samplesFromFloats(floats, place, spec.grey);
    },
  };
}
