import { bandSteps, QuantParams, ReconRGB, ReconRGBA8, stepFromCode, YUVW4 } from "../../components/mod.ts";
import { loadModel } from "../../models/load.ts";
import type { ModelManifest } from "../../models/manifest.ts";
import { Hadamard4 } from "../../systems/hadamard.ts";
import type { OnnxVAEDecode } from "../../systems/vae.ts";
import { OnnxVAEDecodeU8 } from "../../systems/vae_bytes.ts";
import { waveletSystem } from "../../systems/wavelet.ts";
import { cropPlanes, placedSamples, samplesOfRgb } from "./planes.ts";
import { priorOf } from "./prior.ts";
import type { Rect } from "../tiles/tile_grid.ts";
import type { SynthesisPlace } from "./job_types.ts";
import type { StreamSpec } from "./stream_spec.ts";
import type { DecodingStages } from "./stream_stages.ts";
import { halfStepShare, trellisGains } from "./trellis_steps.ts";
import { runPipe } from "./run_pipe.ts";

/** The decoder of kernels without `inferBytes`: `gpu_jobs.ts` adds it, so that the graph of `/decode` does not hold it. */
export const DECODER_OF_FLOATS: { system?: typeof OnnxVAEDecode } = {};

/** Shows a latent without its network: `../latent_preview.ts` adds it, so that the graph of `/decode` does not hold it. */
export const LATENT_COLOURS: {
  show?: (latent: Float32Array, size: Rect, spec: StreamSpec, place: SynthesisPlace) => Uint8ClampedArray;
} = {};

/** Decodes a model's latent, which was rotated and taken apart by its wavelet. */
export async function latentDecoding(spec: StreamSpec): Promise<DecodingStages> {
  (await loadModel(spec.model)).prefetch("decoder"); // it arrives while the prior is parsed and the coefficients are decoded
  const { model, start, gains, run } = await openLatent(spec), { manifest } = model;
  return {
    decoder: start,
    quant(layout, stepCode) {
      const own = spec.trellis
        ? trellisGains(layout, gains, halfStepShare(manifest, stepFromCode(stepCode)))
        : gains;
      return new QuantParams(bandSteps(layout, stepCode, own), stepCode, 0);
    },
    async synthesise(world, entity, net, place, pipe) {
      await runPipe(world.pipe(entity, pipe).to(waveletSystem(spec.wavelet, "inverse")));
      const planes = cropPlanes(world, world.get(entity, YUVW4).values, net);
      if (spec.isPreview) {
        return LATENT_COLOURS.show!(await world.read(planes) as Float32Array, net, spec, place);
      }
      const cropped = new YUVW4(planes, place.pixels);
      const rotated = world.pipe(world.add(entity, cropped), pipe).to(new Hadamard4("inverse"));
      if (world.kernels.inferBytes) {
        await runPipe(rotated.to(new OnnxVAEDecodeU8(model, { ...run, isGrey: spec.grey })));
        return placedSamples(world.host.view(world.get(entity, ReconRGBA8).pixels), place);
      }
      await runPipe(rotated.to(new DECODER_OF_FLOATS.system!(model, run)));
      return await samplesOfRgb(world, world.get(entity, ReconRGB).pixels, place, spec.grey);
    },
  };
}

/** What both directions of a latent stream need of its model: the coder's initial state, the gains, the runtime of its networks. */
export async function openLatent(spec: StreamSpec) {
  const model = await loadModel(spec.model), prior = await priorOf(model);
  return {
    model,
    start: prior === undefined ? {} : { prior },
    gains: gainsOf(model.manifest, spec),
    run: { runtime: spec.runtime ?? "auto" } as const,
  };
}

/** Factors on the steps of bands: they belong to the levels that the model was trained with. */
export function gainsOf(
  { levels, bandGains }: ModelManifest,
  spec: Pick<StreamSpec, "levels">,
): readonly number[] | undefined {
  return spec.levels === levels ? bandGains : undefined;
}
