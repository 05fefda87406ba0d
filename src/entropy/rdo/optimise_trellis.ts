/**
 * Chooses values of a trellis (`trellis.ts`) for coefficients: which way costs least in `distortion + lambda · bits`.
 *
 * | effort | where the bits of a level come from |
 * |---|---|
 * | 1 … 3 | from how many coefficients of the band are not small |
 * | 4 … 9 | from the context model, around the levels that single coefficients would choose |
 *
 * A second search, by a model that had learned from the first one's levels, took 0.8% more bits at equal MS-SSIM.
 */

import "../mixing/whole_mixing.ts";
import type { BandShape } from "../bands.ts";
import { LearningCoder } from "../rans/binary_coder.ts";
import { ContextModel, type ContextModelOptions } from "../latent/context_model.ts";
import { LevelCosts } from "../latent/level_costs.ts";
import { log2Fixed } from "../fixed_log2.ts";
import type { QuantiserChoice } from "../coder.ts";
import { TrellisWalk, valueOfLevel } from "../latent/trellis.ts";
import { TrellisSearch } from "./trellis_search.ts";
import { chooseByCost, DEFAULT_LAMBDA, rounded, SCALED_UNITS_PER_STEP } from "./choose_by_cost.ts";

/** A coefficient from here on, in 1/64 half steps, counts as one that is not small: 0.6 step. */
const NOT_SMALL = 77;
/** Bits of a sign and of saying that a magnitude is 1, and of each further one, in 1/256. */
const FIRST_LEVEL_BITS = 435;
const NEXT_LEVEL_BITS = 330;
/** Beyond so many a level costs no more: neighbours cost alike. */
const MOST_NEXT_LEVELS = 20;

/**
 * Chooses the values of all bands.
 *
 * @param scaled Coefficients in 1/64 half steps, packed in coding order.
 * @param bands The bands, in coding order.
 * @param choice Trade-off, effort and prior.
 * @param kernels What computes; those of this thread by default.
 * @returns Values in half steps, of LL bands in steps, for the trellis coder.
 */
export function chooseTrellisValues(
  scaled: Int32Array,
  bands: readonly BandShape[],
  { lambda, effort, prior }: QuantiserChoice,
  kernels: Omit<ContextModelOptions, "trellis"> = {},
): Int32Array {
  return effort <= 3
    ? chooseByDensity(scaled, bands, lambda)
    : byModel(scaled, bands, lambda, new ContextModel(bands, prior, { ...kernels, trellis: true }));
}

/**
 * Values by the model's costs. It goes through a detail band twice: to tell costs, the levels around being those that suit
 * each place by itself, and to learn from what was found.
 */
function byModel(
  scaled: Int32Array,
  bands: readonly BandShape[],
  lambda: number,
  model: ContextModel,
): Int32Array {
  const values = new Int32Array(scaled.length);
  const costs = new LevelCosts(), sink = new LearningCoder();
  for (const band of bands) {
    const { orientation, width, height } = band;
    if (orientation === 0) {
      // LL bands have no trellis, and steps of their own.
      chooseByCost(scaled, values, [band], Math.min(lambda, DEFAULT_LAMBDA), model);
      continue;
    }
    const search = new TrellisSearch(width * height, lambda);
    model.learning = false;
    if (!model.searchDetail(band, scaled, lambda, search)) {
      model.visitDetail(band, (place, index) => {
        costs.turnTo(place, scaled[index] < 0);
        return search.offer(scaled[index], costs.bitsOf);
      });
    }
    model.learning = true;
    write(search, band, values);
    // After the last band nobody asks the model.
    if (band !== bands.at(-1)) model.codeBand(values, band, sink);
  }
  model.release();
  return values;
}

/**
 * Chooses values without a model: each band's levels are as costly as they are rare.
 *
 * @param scaled Coefficients in 1/64 half steps, of LL bands in 1/64 steps, packed in coding order.
 * @param bands The bands, in coding order.
 * @param lambda What a bit is worth, in (half step/64)².
 * @param bitWeights A factor on it for each band; all 1 by default.
 * @returns Values in half steps, of LL bands in steps.
 */
export function chooseByDensity(
  scaled: Int32Array,
  bands: readonly BandShape[],
  lambda: number,
  bitWeights?: readonly number[],
): Int32Array {
  const values = new Int32Array(scaled.length);
  for (const [number, band] of bands.entries()) {
    const { orientation, offset, width, height } = band, end = offset + width * height;
    if (orientation === 0) {
      for (let i = offset; i < end; i++) values[i] = rounded(scaled[i], SCALED_UNITS_PER_STEP >> 1);
      continue;
    }
    let count = 0;
    for (let i = offset; i < end; i++) if (Math.abs(scaled[i]) >= NOT_SMALL) count++;
    const all = log2Fixed(end - offset + 2, 8);
    const zeroBits = all - log2Fixed(end - offset + 1 - count, 8);
    const firstBits = all - log2Fixed(count + 1, 8) + FIRST_LEVEL_BITS;
    const search = new TrellisSearch(end - offset, Math.round(lambda * (bitWeights?.[number] ?? 1)));
    const bitsOf = (level: number): number =>
      level === 0 ? zeroBits : firstBits + NEXT_LEVEL_BITS * Math.min(level - 1, MOST_NEXT_LEVELS);
    for (let i = offset; i < end; i++) search.offer(scaled[i], bitsOf);
    write(search, band, values);
  }
  return values;
}

/** Writes the values of the way that was found. */
function write(search: TrellisSearch, { offset }: BandShape, values: Int32Array): void {
  const walk = new TrellisWalk(), levels = search.trace();
  for (let i = 0; i < levels.length; i++) {
    const level = levels[i];
    values[offset + i] = valueOfLevel(level, walk.quantiser);
    walk.advance(level);
  }
}
