/**
 * Rate-distortion-optimised quantisation: chooses, coefficient by coefficient, the value that costs least in
 * `distortion + lambda · bits`, with the bits that the context model would really charge at that moment. The model
 * learns from what was chosen, as the encoder's will. Integers only.
 *
 * | effort | what is done |
 * |---|---|
 * | 1 | rounded to the nearest |
 * | 2, 3 | rounded with a dead zone: a fraction counts as more only from 0.6 step |
 * | 4 … 6 | one pass: the nearest value, one nearer to zero, and zero (for 1 and 2) compete by cost |
 * | 7 … 9 | two passes: the second starts from what the first one taught the model (context coder; the wide one has one) |
 */

import { type BandShape, checkBands, coefficientCount } from "./bands.ts";
import { CostCoder } from "./binary_coder.ts";
import { ContextModel } from "./context_model.ts";
import { EntropyError } from "./errors.ts";
import type { ContextPrior } from "./prior.ts";
import type { CostedModel, ValueCoder } from "./value_chooser.ts";
import { WideModel } from "./wide_model.ts";

/** Units of a scaled coefficient in a quantisation step. */
export const SCALED_UNITS_PER_STEP = 64;
/**
 * A good `lambda` for the context coder, 0.08 step² a bit, in (step/64)² a bit: the embedded models were trained with it in
 * the loop (`BIT_WEIGHT` of `scripts/train/train.py`).
 */
export const DEFAULT_LAMBDA = 328;
/** The same for the wide coder: 0.1 step² a bit. */
const DEFAULT_WIDE_LAMBDA = 410;
/** Largest `lambda`: 16 step² a bit; beyond it everything is 0 anyway. */
export const MAX_LAMBDA = 65_536;
/** A good `effort` for most uses. */
export const DEFAULT_EFFORT = 5;

const NEAREST_OFFSET: number = SCALED_UNITS_PER_STEP >> 1;
/** floor(0.4 · 64): what is added before rounding down at efforts 2 and 3. */
const DEAD_ZONE_OFFSET = 26;

/** Options of {@linkcode optimiseCoefficients}. */
export interface OptimiseOptions {
  /** What a bit is worth, in (step/64)² of distortion: an integer, 0 … 65536. By default what suits the coder. */
  readonly lambda?: number;
  /** How hard to try, 1..9; see the table at the top of this file. */
  readonly effort: number;
  /** Which coder will code them; `context` by default. */
  readonly coder?: "context" | "wide";
  /** What the context coder will start from. */
  readonly prior?: ContextPrior;
}

/**
 * Quantises with the coder's own costs. Every band's distortion weighs alike: the steps equalise it.
 *
 * @param scaled Coefficient / step in 1/64, packed in coding order; magnitudes up to 2^31 − 1.
 * @param bands The bands, in coding order.
 * @param options Trade-off, effort and prior.
 * @returns Quantised coefficients, for `encodeSections`.
 * @throws {EntropyError} `ENTROPY_BAD_BANDS` when sizes differ, `ENTROPY_RANGE` when an option is out of range.
 *
 * @example A lone small coefficient is not worth its bits
 * ```ts
 * import { bandLayout, optimiseCoefficients } from "./mod.ts";
 *
 * const bands = bandLayout({ width: 8, height: 8, channels: 1, levels: 1 });
 * const scaled = new Int32Array(64);
 * scaled[40] = 36; // 0.56 step
 * const chosen = optimiseCoefficients(scaled, bands, { lambda: 451, effort: 5 });
 * console.assert(chosen[40] === 0);
 * ```
 */
export function optimiseCoefficients(
  scaled: Int32Array,
  bands: readonly BandShape[],
  options: OptimiseOptions,
): Int32Array {
  checkBands(bands);
  const expected = coefficientCount(bands);
  if (scaled.length !== expected) {
    throw new EntropyError(
      "ENTROPY_BAD_BANDS",
      `Cannot quantise because coefficients and bands differ in size: value is ${scaled.length}, ` +
        `limit ${expected}; pass the bands of these coefficients`,
    );
  }
  const { effort, prior, coder = "context" } = options;
  const { lambda = coder === "wide" ? DEFAULT_WIDE_LAMBDA : DEFAULT_LAMBDA } = options;
  checkOption("lambda", lambda, 0, MAX_LAMBDA);
  checkOption("effort", effort, 1, 9);
  if (effort === 1) return scaled.map((value) => rounded(value, NEAREST_OFFSET));
  if (effort <= 3) return scaled.map((value) => rounded(value, DEAD_ZONE_OFFSET));
  if (coder === "wide") return chooseByCost(scaled, bands, lambda, new WideModel());
  const model = new ContextModel(bands, prior);
  const chosen = chooseByCost(scaled, bands, lambda, model);
  return effort < 7 ? chosen : chooseByCost(scaled, bands, lambda, new ContextModel(bands, model.state));
}

/** One greedy pass; the model has learned from the choice afterwards. */
function chooseByCost(
  scaled: Int32Array,
  bands: readonly BandShape[],
  lambda: number,
  model: CostedModel,
): Int32Array {
  const probe = new CostCoder();
  const chosen = new Int32Array(scaled.length);
  // Distortion and rate both in 1/256 of their units; below 2^53 for every error a candidate can have.
  const costOf = (place: ValueCoder, target: number, value: number): number => {
    const error = target - value * SCALED_UNITS_PER_STEP;
    probe.cost = 0;
    place.code(probe, value);
    return error * error * 256 + lambda * probe.cost;
  };
  const choose = (place: ValueCoder, index: number): number => {
    const target = scaled[index];
    const nearest = rounded(target, NEAREST_OFFSET);
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
  return chosen;
}

/** (|value| + offset) / 64 rounded down, with the sign of the value; at most 2^25. */
function rounded(value: number, offset: number): number {
  const magnitude = Math.floor((Math.abs(value) + offset) / SCALED_UNITS_PER_STEP);
  return value < 0 ? -magnitude : magnitude;
}

function checkOption(name: string, value: number, least: number, most: number): void {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new EntropyError(
      "ENTROPY_RANGE",
      `Cannot quantise because ${name} is out of range: value is ${value}, limit ${least}..${most}; ` +
        "use an integer within it",
    );
  }
}
