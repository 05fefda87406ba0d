import type { PyramidLayout } from "../../core/mod.ts";
import { SCALED_UNITS_PER_STEP } from "../../entropy/mod.ts";
import type { OptimiseChoice } from "../../systems/mod.ts";
import { type ByLevel, PIXEL_HALF_STEP, valueOfBand } from "./pixel_params.ts";

/** What a bit is worth, of the base step's square. */
const BIT_WEIGHT = 0.09;

/**
 * Factors on what a bit is worth in weighted streams. Where bits are cheap, fewer small coefficients become zero: the finest level
 * of luma holds the texture.
 */
const BIT_WEIGHTS: ByLevel = {
  luma: [0.36, 0.8, 0.8, 0.9, 0.9],
  chroma: [0.58, 1.3, 1.3, 1.4, 1.4],
};

/**
 * How a lossy pixel stream's coefficients are chosen by their bits; LL bands have whole steps, and the weight of whole steps.
 *
 * @param layout The bands.
 * @param weighted Whether errors count by how they show instead of by their energy.
 */
export function pixelOptimisation(
  { bands }: PyramidLayout,
  weighted: boolean,
): Required<Pick<OptimiseChoice, "coder" | "lambda" | "bitWeights">> {
  return {
    coder: "subband-trellis",
    lambda: Math.round(BIT_WEIGHT / PIXEL_HALF_STEP ** 2 * SCALED_UNITS_PER_STEP ** 2),
    bitWeights: bands.map((band) =>
      (weighted ? valueOfBand(BIT_WEIGHTS, band) : 1) * (band.orientation === 0 ? PIXEL_HALF_STEP ** 2 : 1)
    ),
  };
}
