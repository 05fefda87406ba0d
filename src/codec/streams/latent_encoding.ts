import { stepFromCode } from "../../components/mod.ts";
import type { Entity } from "../../core/mod.ts";
import type { PyramidLayout } from "../../core/mod.ts";
import { SCALED_UNITS_PER_STEP } from "../../entropy/mod.ts";
import type { ModelManifest } from "../../models/manifest.ts";
import type { PictureLike } from "../../world.ts";
import {
  Hadamard4,
  OnnxVAEEncode,
  type OptimiseChoice,
  type QuantizeOptions,
  waveletSystem,
} from "../../systems/mod.ts";
import { openLatent } from "./latent.ts";
import type { StreamSpec } from "./stream_spec.ts";
import type { EncodingStages } from "./stream_stages.ts";
import { bitWeight, halfStepShare, trellisGains } from "./trellis_steps.ts";
import { runPipe } from "./run_pipe.ts";

/** Makes a model's latent, rotates it and takes it apart by its wavelet. */
export async function latentEncoding(spec: StreamSpec): Promise<EncodingStages> {
  const { model, start, gains, run } = await openLatent(spec), { manifest } = model;
  return {
    async analyse(world, pictures, pipe) {
      const entities = pictures.map((picture) => world.spawnImage(picture as PictureLike));
      await runPipe(
        world.pipe(entities, pipe)
          .to(new OnnxVAEEncode(model, run))
          .to(new Hadamard4("forward"))
          .to(waveletSystem(spec.wavelet, "forward", { levels: spec.levels })),
      );
      return entities as Entity[];
    },
    coding(layout, { stepCode, effort }) {
      const step = stepFromCode(stepCode);
      if (!spec.trellis) return { quantiser: { step, ...(gains && { gains }) }, coder: { model: "static" } };
      return {
        quantiser: trellisQuantiser(manifest, layout, gains, step, { effort, ...start }),
        coder: { model: "trellis", ...start },
      };
    },
  };
}

/**
 * How a latent's pyramid is quantised for the trellis coder.
 *
 * @param manifest The model's.
 * @param layout The bands.
 * @param gains Factors on their steps; all 1 if not given.
 * @param step Base step.
 * @param choice Effort, and what the coder will start from.
 */
export function trellisQuantiser(
  manifest: Pick<ModelManifest, "halfSteps">,
  layout: PyramidLayout,
  gains: readonly number[] | undefined,
  step: number,
  choice: Pick<OptimiseChoice, "effort" | "prior">,
): QuantizeOptions {
  const share = halfStepShare(manifest, step);
  const lambda = Math.round(bitWeight(share) / share ** 2 * SCALED_UNITS_PER_STEP ** 2);
  return {
    step,
    gains: trellisGains(layout, gains, share),
    optimise: { coder: "trellis", lambda, ...choice },
  };
}
