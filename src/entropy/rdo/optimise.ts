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
 * | 7 … 9 | two passes: the second starts from what the first one taught the model (context coder; the subband coder has one) |
 *
 * The trellis coder has its own table, see `optimise_trellis.ts`.
 */

import { type BandShape, checkBands, coefficientCount } from "../bands.ts";
import type { ChosenValues, EntropyMode } from "../coder.ts";
import { coderNamed } from "../coders.ts";
import { EntropyError } from "../errors.ts";
import type { ContextPrior } from "../latent/prior.ts";
import { MAX_LAMBDA } from "./choose_by_cost.ts";

/** Options of {@linkcode optimiseCoefficients}. */
export interface OptimiseOptions {
  /** What a bit is worth, in (step/64)² of distortion: an integer, 0 … 65536. By default what suits the coder. */
  readonly lambda?: number;
  /** A factor on `lambda` for each band, above 0, in their order; for the subband coders only. All 1 by default. */
  readonly bitWeights?: readonly number[];
  /** How hard to try, 1..9; see the table at the top of this file. */
  readonly effort: number;
  /** Which coder will code them; `context` by default. For the trellis coders a step is a half step of the quantisers'. */
  readonly coder?: Exclude<EntropyMode, "static">;
  /** What the context coder will start from. */
  readonly prior?: ContextPrior;
}

/**
 * Quantises with the coder's own costs. Every band's distortion weighs alike, since the steps equalise it, unless
 * `bitWeights` say otherwise.
 *
 * @param scaled Coefficient / step in 1/64, packed in coding order; magnitudes up to 2^31 − 1.
 * @param bands The bands, in coding order.
 * @param options Trade-off, effort and prior.
 * @returns Quantised coefficients, for `encodeSections`.
 * @throws {EntropyError} `entropy-bad-bands` when sizes differ, `entropy-range` when an option is out of range.
 *
 * @example A lone small coefficient is not worth its bits
 * ```ts
 * import { bandLayout, optimiseCoefficients } from "../mod.ts";
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
  return chooseCoefficients(scaled, bands, options).values;
}

/**
 * The same, with the sections of the values where the coder's quantiser made them on its way.
 *
 * @param scaled Coefficient / step in 1/64, packed in coding order; magnitudes up to 2^31 − 1.
 * @param bands The bands, in coding order.
 * @param options Trade-off, effort and prior.
 * @returns Quantised coefficients, and perhaps what `encodeSections` would make of them.
 * @throws {EntropyError} As {@linkcode optimiseCoefficients}.
 */
export function chooseCoefficients(
  scaled: Int32Array,
  bands: readonly BandShape[],
  options: OptimiseOptions,
): ChosenValues {
  checkBands(bands);
  const expected = coefficientCount(bands);
  if (scaled.length !== expected) {
    throw new EntropyError(
      "entropy-bad-bands",
      `Cannot quantise: there must be ${expected} coefficients for these bands (got ${scaled.length}). ` +
        "Pass the bands of these coefficients.",
    );
  }
  const { effort, prior, coder = "context", bitWeights } = options;
  const { cost } = coderNamed(coder);
  if (!cost) {
    throw new EntropyError(
      "entropy-bad-mode",
      `Cannot quantise for coder ${coder}: it must be context, subband, trellis or subband-trellis (got ${coder}). Use "context".`,
    );
  }
  const { lambda = cost.defaultLambda } = options;
  checkOption("lambda", lambda, 0, MAX_LAMBDA);
  checkOption("effort", effort, 1, 9);
  if (
    bitWeights &&
    !((coder === "subband" || coder === "subband-trellis") && bitWeights.length === bands.length &&
      bitWeights.every(isFactor))
  ) {
    throw new EntropyError(
      "entropy-range",
      `Cannot quantise: bitWeights must be ${bands.length} positive factors, one a band, with a subband coder (got ` +
        `${bitWeights.length} with coder ${coder}). Leave them out.`,
    );
  }
  return cost.choose(scaled, bands, { lambda, effort, prior, ...bitWeights && { bitWeights } });
}

function isFactor(value: number): boolean {
  return value > 0 && value < Infinity;
}

function checkOption(name: string, value: number, least: number, most: number): void {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new EntropyError(
      "entropy-range",
      `Cannot quantise: ${name} must be an integer from ${least} to ${most} (got ${value}). Give such an integer.`,
    );
  }
}
