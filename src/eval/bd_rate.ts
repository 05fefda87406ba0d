import { interpolate, type Interpolation } from "./monotone_curve.ts";

/** One setting of a codec: what it costs and how good it looks. */
export interface RatePoint {
  /** Bits per pixel, above 0. */
  readonly bpp: number;
  /** Quality, higher is better: a metric's value on its scale, see `qualityOf`. */
  readonly quality: number;
}

/** Options of {@linkcode bdRate}. */
export interface BdRateOptions {
  /** Judge only the qualities that the reference reaches from this rate on, in bits a pixel. */
  readonly minBpp?: number;
  /** Judge only the qualities that the reference reaches up to this rate, in bits a pixel. */
  readonly maxBpp?: number;
  /** How to join the points; `pchip` by default. */
  readonly interpolation?: Interpolation;
}

/** Steps of the numerical integral over quality. */
const STEPS = 1000;

/**
 * Bjøntegaard's rate difference (VCEG-M33, 2001) by piecewise interpolation: how many more bits the tested codec
 * takes than the reference at equal quality, on average over the qualities that both reach.
 *
 * Log-rate is a function of quality, joined by a monotone cubic; a point that costs more than another and looks no
 * better is left out; nothing is extrapolated.
 *
 * @example Half the bits at every quality
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const reference = [{ bpp: 0.2, quality: 30 }, { bpp: 0.4, quality: 33 }, { bpp: 0.8, quality: 36 }];
 * const tested = reference.map(({ bpp, quality }) => ({ bpp: bpp / 2, quality }));
 * assertAlmostEquals(bdRate(reference, tested)!, -50);
 * ```
 *
 * @param reference The codec to compare with.
 * @param tested The codec under test.
 * @param options The rates to judge over, and the interpolation.
 * @returns Percent, negative when the tested codec takes fewer bits; `undefined` when the qualities do not overlap.
 */
export function bdRate(
  reference: readonly RatePoint[],
  tested: readonly RatePoint[],
  options: BdRateOptions = {},
): number | undefined {
  return compareRates(reference, tested, options)?.percent;
}

/** A rate difference, and how much of what was to be judged it is over. */
export interface RateDifference {
  /** Percent, negative when the tested codec takes fewer bits. */
  readonly percent: number;
  /** Share of the reference's qualities, within the rates to judge over, that the tested codec reaches: 0 to 1. */
  readonly coverage: number;
}

/**
 * {@linkcode bdRate} with the share of the qualities that it is over.
 *
 * @param reference The codec to compare with.
 * @param tested The codec under test.
 * @param options The rates to judge over, and the interpolation.
 * @returns The difference; `undefined` when the qualities do not overlap.
 */
export function compareRates(
  reference: readonly RatePoint[],
  tested: readonly RatePoint[],
  options: BdRateOptions = {},
): RateDifference | undefined {
  const from = logRateCurve(reference, options.interpolation),
    to = logRateCurve(tested, options.interpolation);
  if (!from || !to) return undefined;
  let { minQuality: wantedLow, maxQuality: wantedHigh } = from;
  if (options.minBpp !== undefined) wantedLow = qualityAt(from, Math.log(options.minBpp));
  if (options.maxBpp !== undefined) wantedHigh = qualityAt(from, Math.log(options.maxBpp));
  const low = Math.max(wantedLow, to.minQuality), high = Math.min(wantedHigh, to.maxQuality);
  if (!(high > low)) return undefined;
  let total = 0;
  for (let i = 0; i <= STEPS; i++) {
    const quality = low + (high - low) * i / STEPS;
    const weight = i === 0 || i === STEPS ? 0.5 : 1; // the trapezoidal rule
    total += weight * (to.logRate(quality) - from.logRate(quality));
  }
  return { percent: 100 * Math.expm1(total / STEPS), coverage: (high - low) / (wantedHigh - wantedLow) };
}

interface LogRateCurve {
  readonly logRate: (quality: number) => number;
  readonly minQuality: number;
  readonly maxQuality: number;
}

function logRateCurve(points: readonly RatePoint[], interpolation?: Interpolation): LogRateCurve | undefined {
  const useful: RatePoint[] = [];
  const finite = points.filter(({ bpp, quality }) => Number.isFinite(quality) && bpp > 0);
  for (const point of finite.sort((a, b) => a.bpp - b.bpp)) {
    if (useful.length === 0 || point.quality > useful[useful.length - 1].quality + 1e-9) useful.push(point);
  }
  if (useful.length === 0) return undefined;
  const qualities = useful.map(({ quality }) => quality);
  return {
    logRate: interpolate(qualities, useful.map(({ bpp }) => Math.log(bpp)), interpolation),
    minQuality: qualities[0],
    maxQuality: qualities[qualities.length - 1],
  };
}

/** The quality that a codec reaches at a rate; its lowest or highest one when the rate is outside its range. */
function qualityAt({ logRate, minQuality, maxQuality }: LogRateCurve, target: number): number {
  let low = minQuality, high = maxQuality;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (logRate(middle) < target) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
