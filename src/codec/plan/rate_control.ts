import { InvalidValueError } from "../../core/mod.ts";
import { MAX_STEP_CODE } from "../../components/mod.ts";

/** What a search found: a step code and what encoding with it gave. */
export interface SearchResult<T> {
  /** Code of the base step, see `components/step_code.ts`. */
  readonly stepCode: number;
  /** What was encoded. */
  readonly value: T;
}

/** Codes tried beyond the boundary that a search finds, since neither size nor quality is quite monotone in the step. */
const NEIGHBOURS_TRIED = 2;
/** Codes in which a file's size halves, about: the second guess leans on it. */
const CODES_A_HALVING = 80;
/** What two probes say of that is believed within these bounds. */
const HALVING_BOUNDS = [40, 240] as const;

/**
 * Finds the finest step whose file is no larger than `limit`, or with `slack` any whose file is little smaller.
 *
 * The logarithm of the size is about linear in the step code: the search follows its slope until it has codes on both sides
 * of the limit, then interpolates. With slack it aims at the middle of what is allowed, two or three encodings; without, it
 * goes on to the boundary, six to ten, and tries the next finer codes in case the size dips. Errors: `InvalidValueError`
 * ("rate-unreachable") when even the coarsest step needs more.
 *
 * @param encode Encodes with a step code; called at most once a code.
 * @param sizeOf Bytes of the whole file.
 * @param limit Bytes never exceeded.
 * @param guess Code to begin with.
 * @param bounds `slack`: share of the limit by which the file may stay below it, the search ends there; 0 by default.
 *   `finest`: code of the finest step to try; 0 by default.
 */
export async function searchSize<T>(
  encode: (stepCode: number) => Promise<T>,
  sizeOf: (value: T) => number,
  limit: number,
  guess: number,
  { slack = 0, finest = 0 }: { readonly slack?: number; readonly finest?: number } = {},
): Promise<SearchResult<T>> {
  const least = Math.log2(1 - slack), aim = Math.log2(1 - slack / 2);
  const tried = new Set<number>();
  const probe = async (stepCode: number) => {
    tried.add(stepCode);
    const value = await encode(stepCode);
    return { stepCode, value, excess: Math.log2(sizeOf(value) / limit) };
  };
  type Probe = Awaited<ReturnType<typeof probe>>;
  let fits: Probe | undefined, over: Probe | undefined, last: Probe | undefined;
  let codesAHalving = CODES_A_HALVING;
  for (let code = Math.max(finest, guess); !fits || !over;) {
    const next = await probe(code), { excess } = next;
    if (excess <= 0) fits = next;
    else over = next;
    if (slack > 0 && excess <= 0 && excess >= least) return next;
    if (excess > 0 && code === MAX_STEP_CODE) throw rateUnreachable(limit, sizeOf(next.value));
    if (excess <= 0 && code === finest) return next;
    if (last && last.excess !== excess) {
      const [lower, upper] = HALVING_BOUNDS;
      const slope = (code - last.stepCode) / (last.excess - excess);
      codesAHalving = Math.max(lower, Math.min(upper, slope));
    }
    last = next;
    // Without slack, a little further than the slope says: the next probe is to lie on the other side.
    const beyond = slack > 0 ? 1 : 8 + 0.2 * Math.abs(excess) * codesAHalving;
    const move = Math.round((excess - aim) * codesAHalving);
    code += excess > 0 ? Math.max(1, move) + beyond : Math.min(-1, move) - beyond;
    code = Math.max(finest, Math.min(MAX_STEP_CODE, Math.round(code)));
  }
  while (fits.stepCode - over.stepCode > 1) {
    const share = (over.excess - aim) / (over.excess - fits.excess);
    const code = Math.round(
      over.stepCode + Math.min(0.9, Math.max(0.1, share)) * (fits.stepCode - over.stepCode),
    );
    const next: Probe = await probe(Math.min(fits.stepCode - 1, Math.max(over.stepCode + 1, code)));
    if (next.excess <= 0) fits = next;
    else over = next;
    if (slack > 0 && fits.excess >= least) return fits;
  }
  const boundary = fits.stepCode;
  for (let code = boundary - 2; code >= Math.max(finest, boundary - 1 - NEIGHBOURS_TRIED); code--) {
    if (tried.has(code)) continue;
    const next = await probe(code);
    if (next.excess <= 0) fits = next;
  }
  return fits;
}

/** Octaves by which a file that {@linkcode searchNear} finds may be larger or smaller than asked for: before it has seen how sizes follow steps, and after. */
const NEAR_AT_FIRST_OCTAVES = 0.04, NEAR_OCTAVES = 0.12;
/** Most encodings that it takes. */
const MOST_NEAR_PROBES = 5;

/** What {@linkcode searchNear} found. */
export interface NearResult<T> extends SearchResult<T> {
  /** By how much the encoded file is larger than asked for, in octaves; the step code is that of a file which is not. */
  readonly octaves: number;
}

/**
 * Encodes with steps until a file is about as large as asked for, and estimates the step with which it would be: in one to three
 * encodings. Errors: `InvalidValueError` ("rate-unreachable") as {@linkcode searchSize}.
 *
 * @param encode Encodes with a step code.
 * @param sizeOf Bytes of the whole file.
 * @param bytes What is asked for.
 * @param guess Code to begin with.
 * @param finest Code of the finest step to try.
 */
export async function searchNear<T>(
  encode: (stepCode: number) => Promise<T>,
  sizeOf: (value: T) => number,
  bytes: number,
  guess: number,
  finest: number,
): Promise<NearResult<T>> {
  const [lower, upper] = HALVING_BOUNDS,
    bounded = (code: number) => Math.max(finest, Math.min(MAX_STEP_CODE, code));
  let code = bounded(guess), codesAHalving = CODES_A_HALVING;
  let last: { readonly code: number; readonly octaves: number } | undefined;
  for (let probe = 1;; probe++) {
    const value = await encode(code), octaves = Math.log2(sizeOf(value) / bytes);
    if (octaves > 0 && code === MAX_STEP_CODE) throw rateUnreachable(bytes, sizeOf(value));
    if (last && last.octaves !== octaves) {
      codesAHalving = Math.max(lower, Math.min(upper, (code - last.code) / (last.octaves - octaves)));
    }
    const next = bounded(Math.round(code + octaves * codesAHalving));
    if (
      Math.abs(octaves) <= (last ? NEAR_OCTAVES : NEAR_AT_FIRST_OCTAVES) || next === code ||
      probe === MOST_NEAR_PROBES
    ) {
      return { stepCode: next, value, octaves };
    }
    last = { code, octaves };
    code = next;
  }
}

function rateUnreachable(limit: number, least: number): InvalidValueError {
  return new InvalidValueError(
    "rate-unreachable",
    `Cannot compress to ${limit} bytes: the limit must be at least ${least} for this picture (got ${limit}). ` +
      "Allow more bytes, or scale the picture down.",
  );
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
 * @param isWorthIt Whether a step between one that is good enough and one that is not may save bytes worth a probe.
 */
export async function searchQuality<T>(
  probe: (stepCode: number) => Promise<T>,
  scoreOf: (value: T) => number,
  target: number,
  tolerance: number,
  range: { readonly fine: number; readonly coarse: number; readonly finest: number },
  isWorthIt: (good: T, bad: T) => boolean = () => true,
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
        `Cannot reach a score of ${target}: it must be at most ${
          good.score.toPrecision(5)
        } for this picture and model (got ${target}). Use a lower target.`,
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
    if (good.score - target <= tolerance || !isWorthIt(good.value, bad.value)) break;
    const share = (good.score - target) / (good.score - bad.score);
    // Stay off the ends, so that each probe shortens the interval even where the score is not linear.
    const clamped = Math.min(0.85, Math.max(0.15, share));
    const code = Math.round(good.stepCode + clamped * (bad.stepCode - good.stepCode));
    const middle = await at(Math.min(bad.stepCode - 1, Math.max(good.stepCode + 1, code)));
    if (middle.score >= target) good = middle;
    else bad = middle;
  }
  // A trellis takes another way at every step, so that scores are not quite monotone either.
  for (let tried = 1; tried <= NEIGHBOURS_TRIED && good.score - target > tolerance; tried++) {
    if (bad.stepCode + tried > MAX_STEP_CODE || !isWorthIt(good.value, bad.value)) break;
    const next = await at(bad.stepCode + tried);
    if (next.score >= target) good = next;
  }
  return good;
}
