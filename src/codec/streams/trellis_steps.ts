import type { PyramidLayout } from "../../core/mod.ts";
import type { ModelManifest } from "../../models/manifest.ts";

/** Half step of a trellis, of the base step, for models whose manifest does not say. */
const USUAL_HALF_STEP = 0.65;
/**
 * What a bit is worth, of the base step's square, times the half step's share of the step: coefficients that are seldom not
 * zero want a fine trellis and many zeros, busy ones a coarse trellis and few.
 */
const BIT_WEIGHT = 0.038;

/**
 * The half step of a latent's trellis. Decoders are told the base step: that of a quantiser of single coefficients that would
 * err as much.
 *
 * @param manifest The model's.
 * @param step Base step.
 * @returns Half step, of the base step.
 */
export function halfStepShare({ halfSteps }: Pick<ModelManifest, "halfSteps">, step: number): number {
  if (!halfSteps) return USUAL_HALF_STEP;
  const [[fine, fineShare], [coarse, coarseShare]] = halfSteps;
  const place = Math.log(step / fine) / Math.log(coarse / fine);
  return fineShare + (coarseShare - fineShare) * Math.max(0, Math.min(1, place));
}

/**
 * Factors on the base step of each band of a trellis; LL bands keep the whole step.
 *
 * @param layout The bands.
 * @param gains Factors that a band's step has anyway; all 1 if not given.
 * @param share Half step, of the base step.
 */
export function trellisGains(
  { bands }: PyramidLayout,
  gains: readonly number[] | undefined,
  share: number,
): number[] {
  return bands.map(({ orientation }, band) => (gains?.[band] ?? 1) * (orientation === 0 ? 1 : share));
}

/** What a bit is worth, of the base step's square. */
export function bitWeight(share: number): number {
  return BIT_WEIGHT / share;
}
