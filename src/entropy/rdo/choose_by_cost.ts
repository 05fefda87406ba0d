/** Greedy rate-distortion-optimised rounding: what `optimise.ts` does with each coefficient by itself. */

import type { BandShape } from "../bands.ts";
import { CostCoder } from "../rans/binary_coder.ts";
import type { CostedModel, ValueCoder } from "../latent/value_chooser.ts";

/** Units of a scaled coefficient in a quantisation step. */
export const SCALED_UNITS_PER_STEP = 64;
/** Largest `lambda`: 16 step² a bit; beyond it everything is 0 anyway. */
export const MAX_LAMBDA = 65_536;
/**
 * A good `lambda` for the context coder, 0.08 step² a bit, in (step/64)² a bit: the embedded models were trained with it in
 * the loop (`BIT_WEIGHT` of `scripts/train/train.py`).
 */
export const DEFAULT_LAMBDA = 328;

/**
 * One greedy pass over bands; the model has learned from the choice afterwards.
 *
 * @param scaled Coefficients in 1/64 of a step, packed in coding order.
 * @param chosen Gets the values of these bands.
 * @param bands The bands, in coding order.
 * @param lambda What a bit is worth, in (step/64)².
 * @param model Tells costs and codes.
 */
export function chooseByCost(
  scaled: Int32Array,
  chosen: Int32Array,
  bands: readonly BandShape[],
  lambda: number,
  model: CostedModel,
): void {
  const probe = new CostCoder();
  // Distortion and rate both in 1/256 of their units; below 2^53 for every error a candidate can have.
  const costOf = (place: ValueCoder, target: number, value: number): number => {
    const error = target - value * SCALED_UNITS_PER_STEP;
    probe.cost = 0;
    place.code(probe, value);
    return error * error * 256 + lambda * probe.cost;
  };
  const choose = (place: ValueCoder, index: number): number => {
    const target = scaled[index];
    const nearest = rounded(target, SCALED_UNITS_PER_STEP >> 1);
    if (nearest === 0) return 0;
    const nearer = nearest < 0 ? nearest + 1 : nearest - 1;
    model.learning = false;
    let best = nearest;
    let bestCost = costOf(place, target, nearest);
    const nearerCost = costOf(place, target, nearer);
    if (nearerCost < bestCost) {
      best = nearer;
      bestCost = nearerCost;
    }
    if ((nearer === 1 || nearer === -1) && costOf(place, target, 0) < bestCost) best = 0;
    model.learning = true;
    return best;
  };
  const sink = new CostCoder();
  for (const band of bands) model.codeBand(chosen, band, sink, choose);
}

/**
 * A coefficient as a whole number.
 *
 * @param value In 1/64 of a step.
 * @param offset What is added to its magnitude.
 * @returns (|value| + offset) / 64 rounded down, with the sign of the value.
 */
export function rounded(value: number, offset: number): number {
  const magnitude = Math.floor((Math.abs(value) + offset) / SCALED_UNITS_PER_STEP);
  return value < 0 ? -magnitude : magnitude;
}

/** floor(0.4 · 64): what is added before rounding down at efforts 2 and 3. */
const DEAD_ZONE_OFFSET = 26;

/**
 * Values of the efforts at which costs are not asked for.
 *
 * @param scaled Coefficients in 1/64 of a step.
 * @param effort 1 rounds to the nearest value; 2 and 3 round with a dead zone of 0.6 step.
 * @returns The values; `undefined` from effort 4 on.
 */
export function roundedByEffort(scaled: Int32Array, effort: number): Int32Array | undefined {
  if (effort === 1) return scaled.map((value) => rounded(value, SCALED_UNITS_PER_STEP >> 1));
  return effort <= 3 ? scaled.map((value) => rounded(value, DEAD_ZONE_OFFSET)) : undefined;
}
