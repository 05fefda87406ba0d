import { InvalidValueError } from "../core/mod.ts";
import { MAX_STEP_CODE } from "../components/mod.ts";

/** What a search found: a step code and what encoding with it gave. */
export interface SearchResult<T> {
  /** Code of the base step, see `components/step_code.ts`. */
  readonly stepCode: number;
  /** What was encoded. */
  readonly value: T;
}

/** Codes tried beyond the boundary that the search finds, since size is not quite monotone in the step. */
const NEIGHBOURS_TRIED = 2;
/** Codes in which a file's size halves, about: only the first guesses lean on it. */
const CODES_A_HALVING = 80;

/**
 * Finds the finest step whose file is no larger than `limit`.
 *
 * The logarithm of the size is about linear in the step code: from a first guess the search brackets the limit and
 * interpolates, six to ten encodings of the same latent, then tries the next finer codes in case the size dips. Errors:
 * `InvalidValueError` ("rate-unreachable") when even the coarsest step needs more.
 *
 * @param encode Encodes with a step code; called at most once a code.
 * @param sizeOf Bytes of the whole file.
 * @param limit Bytes never exceeded.
 * @param guess Code to begin with.
 * @param slack Share of the limit by which the file may stay below it: the search ends there.
 */
export async function searchSize<T>(
  encode: (stepCode: number) => Promise<T>,
  sizeOf: (value: T) => number,
  limit: number,
  guess: number,
  slack = 0,
): Promise<SearchResult<T>> {
  const known = new Map<number, T>();
  const at = async (stepCode: number) => {
    if (!known.has(stepCode)) known.set(stepCode, await encode(stepCode));
    const value = known.get(stepCode)!;
    return { stepCode, value, excess: Math.log2(sizeOf(value) / limit) };
  };
  let fits: Awaited<ReturnType<typeof at>> | undefined, over: typeof fits;
  const isEnough = (found: typeof fits): found is NonNullable<typeof fits> =>
    slack > 0 && found !== undefined && found.excess >= Math.log2(1 - slack);
  for (let code = guess; !fits || !over;) {
    const probe = await at(code);
    if (probe.excess <= 0) fits = probe;
    else over = probe;
    if (isEnough(fits)) return fits;
    if (probe.excess > 0 && code === MAX_STEP_CODE) {
      throw new InvalidValueError(
        "rate-unreachable",
        `Cannot compress to ${limit} bytes: the smallest file of this picture has ${sizeOf(probe.value)}; ` +
          "allow more bytes or make the picture smaller",
      );
    }
    if (probe.excess <= 0 && code === 0) return probe;
    // A little further than the slope says, so that the next probe likely lies beyond the limit.
    const move = probe.excess * CODES_A_HALVING * 1.2 + (probe.excess > 0 ? 8 : -8);
    code = Math.max(0, Math.min(MAX_STEP_CODE, Math.round(code + move)));
  }
  let best = fits;
  while (best.stepCode - over.stepCode > 1) {
    const share: number = over.excess / (over.excess - best.excess);
    const code: number = Math.round(
      over.stepCode + Math.min(0.9, Math.max(0.1, share)) * (best.stepCode - over.stepCode),
    );
    const probe = await at(Math.min(best.stepCode - 1, Math.max(over.stepCode + 1, code)));
    if (probe.excess <= 0) best = probe;
    else over = probe;
    if (isEnough(best)) return best;
  }
  const boundary = best.stepCode;
  for (let code = boundary - 2; code >= Math.max(0, boundary - 1 - NEIGHBOURS_TRIED); code--) {
    const probe = await at(code);
    if (probe.excess <= 0) best = probe;
  }
  return best;
}

/** Most decodings a search for a quality may take. */
const MAX_QUALITY_PROBES = 9;

/**
 * Finds the coarsest step whose picture is at least as good as `target`: regula falsi on the step code, with one decoding
 * a probe, between a coarse and a fine code that are widened as needed.
 *
 * Errors: `InvalidValueError` ("quality-unreachable") when the finest step is not good enough.
 *
 * @param probe Encodes and decodes with a step code.
 * @param scoreOf Higher is better, and about linear in the code, e.g. decibels.
 * @param target Score to reach.
 * @param tolerance A score so little above the target ends the search.
 * @param range Codes to begin with, fine and coarse, and the finest allowed.
 */
export async function searchQuality<T>(
  probe: (stepCode: number) => Promise<T>,
  scoreOf: (value: T) => number,
  target: number,
  tolerance: number,
  range: { readonly fine: number; readonly coarse: number; readonly finest: number },
): Promise<SearchResult<T>> {
  const at = async (stepCode: number) => {
    const value = await probe(stepCode);
    return { stepCode, value, score: scoreOf(value) };
  };
  let good = await at(range.fine);
  while (good.score < target) {
    if (good.stepCode <= range.finest) {
      throw new InvalidValueError(
        "quality-unreachable",
        `Cannot reach ${target}: the model's best for this picture is ${
          good.score.toPrecision(5)
        }; ask for less`,
      );
    }
    good = await at(Math.max(range.finest, good.stepCode - 128));
  }
  let bad = await at(range.coarse);
  while (bad.score >= target && bad.stepCode < MAX_STEP_CODE) {
    good = bad;
    bad = await at(Math.min(MAX_STEP_CODE, bad.stepCode + 128));
  }
  if (bad.score >= target) return bad;
  for (let i = 0; i < MAX_QUALITY_PROBES && bad.stepCode - good.stepCode > 1; i++) {
    if (good.score - target <= tolerance) break;
    const share = (good.score - target) / (good.score - bad.score);
    // Stay off the ends, so that each probe shortens the interval even where the score is not linear.
    const clamped = Math.min(0.85, Math.max(0.15, share));
    const code = Math.round(good.stepCode + clamped * (bad.stepCode - good.stepCode));
    const middle = await at(Math.min(bad.stepCode - 1, Math.max(good.stepCode + 1, code)));
    if (middle.score >= target) good = middle;
    else bad = middle;
  }
  return good;
}
