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
 *
 * The trellis coder has its own table, see `optimise_trellis.ts`.
 */

import { type BandShape, checkBands, coefficientCount } from "./bands.ts";
import { chooseByCost, DEFAULT_LAMBDA, rounded, SCALED_UNITS_PER_STEP } from "./choose_by_cost.ts";
import { ContextModel } from "./context_model.ts";
import { EntropyError } from "./errors.ts";
import { chooseTrellisValues } from "./optimise_trellis.ts";
import type { ContextPrior } from "./prior.ts";
import { WideModel } from "./wide_model.ts";

/** A good `lambda` for the wide coder: 0.1 step² a bit. */
const DEFAULT_WIDE_LAMBDA = 410;
/** The same for the trellis coder, in half steps: 0.15 of a half step's square a bit. */
export const DEFAULT_TRELLIS_LAMBDA = 614;
const DEFAULT_LAMBDAS = {
  context: DEFAULT_LAMBDA,
  wide: DEFAULT_WIDE_LAMBDA,
  trellis: DEFAULT_TRELLIS_LAMBDA,
} as const;
/** Largest `lambda`: 16 step² a bit; beyond it everything is 0 anyway. */
export const MAX_LAMBDA = 65_536;
/** A good `effort` for most uses. */
export const DEFAULT_EFFORT = 5;

/** floor(0.4 · 64): what is added before rounding down at efforts 2 and 3. */
const DEAD_ZONE_OFFSET = 26;

/** Options of {@linkcode optimiseCoefficients}. */
export interface OptimiseOptions {
  /** What a bit is worth, in (step/64)² of distortion: an integer, 0 … 65536. By default what suits the coder. */
  readonly lambda?: number;
  /** How hard to try, 1..9; see the table at the top of this file. */
  readonly effort: number;
  /** Which coder will code them; `context` by default. For `trellis` a step is a half step of the quantisers'. */
  readonly coder?: "context" | "wide" | "trellis";
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
 * import { assertEquals } from "@std/assert";
 *
 * const bands = bandLayout({ width: 8, height: 8, channels: 1, levels: 1 });
 * const scaled = new Int32Array(64);
 * scaled[40] = 36; // 0.56 step
 * const chosen = optimiseCoefficients(scaled, bands, { lambda: 451, effort: 5 });
 * assertEquals(chosen[40], 0);
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
  const { lambda = DEFAULT_LAMBDAS[coder] } = options;
  checkOption("lambda", lambda, 0, MAX_LAMBDA);
  checkOption("effort", effort, 1, 9);
  if (coder === "trellis") return chooseTrellisValues(scaled, bands, { lambda, effort, prior });
  if (effort === 1) return scaled.map((value) => rounded(value, SCALED_UNITS_PER_STEP >> 1));
  if (effort <= 3) return scaled.map((value) => rounded(value, DEAD_ZONE_OFFSET));
  const chosen = new Int32Array(scaled.length);
  let model = coder === "wide" ? new WideModel() : new ContextModel(bands, prior);
  chooseByCost(scaled, chosen, bands, lambda, model);
  if (!(model instanceof ContextModel)) return chosen;
  if (effort >= 7) {
    const { state } = model;
    model.release();
    chooseByCost(scaled, chosen, bands, lambda, model = new ContextModel(bands, state));
  }
  model.release();
  return chosen;
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
