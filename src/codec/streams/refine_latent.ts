import { bandSteps, stepFromCode } from "../../components/mod.ts";
import type { PyramidLayout } from "../../core/mod.ts";
import { loadModel } from "../../models/load.ts";
import type { World } from "../../world.ts";
import type { RefinementChoice, RefinementPlace } from "./job_types.ts";
import type { PlacedPyramid } from "../tiles/tile_grid.ts";
import { gainsOf } from "./latent.ts";
import { latentEncoding } from "./latent_encoding.ts";
import { tryLatent } from "./latent_trial.ts";
import { PictureJudge } from "./picture_judge.ts";
import type { StreamSpec } from "./stream_spec.ts";
import type { JobPipeOptions } from "../run/tile_job.ts";
import { bitWeight, halfStepShare } from "./trellis_steps.ts";

/** Smaller pictures have no structure to gain. */
const LEAST_SIDE_PIXELS = 16;
/** How far the first pass goes, of the whole way. */
const FIRST_SHARE = 0.7;
/** Passes after which the share is half of the first one. */
const SHARE_DECAY_PASSES = 3;
/** Bits a squared step: in bands of a larger curvature shares are smaller in proportion, or the passes would overshoot. */
const SAFE_CURVATURE = 12;

/**
 * Moves a latent to where its own decoder shows the picture better for the same bits: what an encoder net, one pass for all
 * pictures, leaves over. A file does not tell whether this was done.
 *
 * The quantiser takes the squared error of the coefficients for the picture's. Each pass corrects that to first order: the
 * quantiser's target becomes the place seen from which the squared error has, at what was coded last, the derivatives that
 * the picture's error really has there. This is a proximal gradient step (Daubechies, Defrise, De Mol 2004) with the
 * quantiser as the proximal map; latents were first refined for one picture by Campos et al. 2019. Coefficients go there by a
 * share of the way, since their neighbours move at the same time. What cost the fewest bits, the stream's and those that the
 * error is worth, is kept: never worse, by the model's own measure, than what was given.
 *
 * @param window Coefficients and where they lie.
 * @param place The source, and what the decoder is handed.
 * @returns Coefficients to quantise instead, of the same layout.
 */
export async function refineLatent(
  world: World,
  pipe: JobPipeOptions,
  spec: StreamSpec,
  window: PlacedPyramid<Float32Array>,
  { shown, net, pixels }: RefinementPlace,
  { stepCode, passes }: RefinementChoice,
): Promise<Float32Array> {
  const [model, stages] = await Promise.all([loadModel(spec.model), latentEncoding(spec)]);
  const { objective } = model.manifest, { width, height } = pixels, { layout } = window;
  if (!objective || Math.min(width, height) < LEAST_SIDE_PIXELS) return window.coefficients;
  const judge = new PictureJudge({ data: shown, width, height }, objective, stepCode);
  const steps = bandSteps(layout, stepCode, gainsOf(model.manifest, spec));
  // Squared steps of error that half a bit is worth to the quantiser: how far a derivative of one bit a step leads, in steps.
  const reach = bitWeight(halfStepShare(model.manifest, stepFromCode(stepCode))) / 2;
  let coefficients = window.coefficients, best = coefficients, leastBits = Infinity;
  let curvatures: readonly number[] | undefined;
  for (let pass = 0; pass <= passes; pass++) {
    const { costBits, dequantised, derive } = await tryLatent(
      world,
      { ...window, coefficients },
      { spec, model, stages, stepCode, net, pixels, judge, pipe },
    );
    if (costBits < leastBits) [best, leastBits] = [coefficients, costBits];
    if (pass < passes) {
      const gradient = await derive(), share = FIRST_SHARE / (1 + pass / SHARE_DECAY_PASSES);
      curvatures ??= curvaturesOf(coefficients, dequantised, gradient, layout, steps);
      coefficients = moved(coefficients, dequantised, gradient, layout, steps, curvatures, { share, reach });
    }
    world.clear();
  }
  return best;
}

/**
 * How fast the derivative of each band's coefficients changes with them, in bits a squared step: regressed over the quantiser's
 * own errors, whose derivative is 0 where they are none.
 */
function curvaturesOf(
  coefficients: Float32Array,
  dequantised: Float32Array,
  gradient: Float32Array,
  { bands }: PyramidLayout,
  steps: Float32Array,
): number[] {
  return bands.map(({ offset, width, height }, band) => {
    let slope = 0, squares = 0;
    for (let i = offset; i < offset + width * height; i++) {
      const error = dequantised[i] - coefficients[i];
      slope += error * gradient[i];
      squares += error * error;
    }
    return squares === 0 ? 0 : steps[band] ** 2 * slope / squares;
  });
}

/** Coefficients after a share of the way, less in bands whose derivatives change fast. */
function moved(
  coefficients: Float32Array,
  dequantised: Float32Array,
  gradient: Float32Array,
  { bands }: PyramidLayout,
  steps: Float32Array,
  curvatures: readonly number[],
  { share, reach }: { readonly share: number; readonly reach: number },
): Float32Array {
  const result = coefficients.slice();
  for (const [band, { offset, width, height }] of bands.entries()) {
    const length = reach * steps[band] ** 2;
    const own = share / Math.max(1, curvatures[band] / SAFE_CURVATURE);
    for (let i = offset; i < offset + width * height; i++) {
      result[i] += own * (dequantised[i] - length * gradient[i] - coefficients[i]);
    }
  }
  return result;
}
