import { compareRates, type RateDifference } from "./bd_rate.ts";
import { interpolate } from "./monotone_curve.ts";
import type { Metric } from "./metrics/mod.ts";
import type { ResultRow } from "./results.ts";
import { type CodecCurve, curvesOf, ratePoints, settingMeans } from "./summary.ts";

/** Rates of the reference codec to compare over, in bits per pixel. */
export interface RateWindow {
  /** Lowest rate. */
  readonly minBpp: number;
  /** Highest rate. */
  readonly maxBpp: number;
}

/** A reference codec and codecs under test, over the pictures that all have in common. */
export interface WindowedCurves {
  /** The reference's curve. */
  readonly reference: CodecCurve;
  /** The curves under test. */
  readonly tested: readonly CodecCurve[];
  /** Names of the pictures that the means are over. */
  readonly pictures: readonly string[];
}

/**
 * Forms curves from rows of several tables, over the pictures that the reference and the codecs under test share.
 * Pictures are the same where their files are.
 *
 * @param rows Rows of all tables.
 * @param against The reference codec's name.
 * @param pictureNames Takes a picture or leaves it out, by name; all are taken by default.
 * @returns The curves; settings that lack one of the pictures are left out.
 * @throws RangeError When the reference has no rows, or no picture in common with the others.
 */
export function windowedCurves(
  rows: readonly ResultRow[],
  against: string,
  pictureNames: (name: string) => boolean = () => true,
): WindowedCurves {
  const wanted = rows.filter(({ picture }) => pictureNames(picture));
  const hashesOf = (some: readonly ResultRow[]) => new Set(some.map(({ sha256 }) => sha256));
  const references = wanted.filter(({ codec }) => codec === against);
  const shared = hashesOf(references).intersection(hashesOf(wanted.filter(({ codec }) => codec !== against)));
  if (shared.size === 0) {
    throw new RangeError(
      `Cannot compare rates: the tables must hold ${against} and another codec on the same pictures (got ` +
        `${
          hashesOf(references).size
        } pictures of ${against}, none in common). Name other tables or pictures.`,
    );
  }
  const common = wanted.filter(({ sha256 }) => shared.has(sha256));
  const curves = curvesOf(settingMeans(common), shared.size);
  const reference = curves.find(({ name }) => name === against);
  if (!reference || curves.length === 1) {
    throw new RangeError(
      `Cannot compare rates: ${against} and another codec must each have a setting with all ${shared.size} pictures ` +
        `(got ${
          curves.map(({ name }) => name).join(", ") || "none"
        }). Measure the others, or name fewer pictures.`,
    );
  }
  return {
    reference,
    tested: curves.filter((curve) => curve !== reference),
    pictures: [...shared].map((hash) => references.find(({ sha256 }) => sha256 === hash)!.picture).sort(),
  };
}

/**
 * Compares a codec with the reference in a window of the reference's rates.
 *
 * @param reference The reference's curve.
 * @param tested The curve under test.
 * @param metric The quality to hold equal.
 * @param window The reference's rates.
 * @returns The difference; `undefined` when the codec reaches none of the qualities.
 */
export function differenceInWindow(
  reference: CodecCurve,
  tested: CodecCurve,
  metric: Metric,
  window: RateWindow,
): RateDifference | undefined {
  return compareRates(ratePoints(reference, metric), ratePoints(tested, metric), window);
}

/**
 * A metric's value at a rate, between the settings that were measured.
 *
 * @param curve The curve.
 * @param metric The metric.
 * @param bpp The rate, in bits per pixel.
 * @returns The value; `undefined` outside the rates that were measured.
 */
export function valueAtRate({ points }: CodecCurve, metric: Metric, bpp: number): number | undefined {
  const measured = points.filter(({ scores }) => Number.isFinite(scores[metric.id])).sort((a, b) =>
    a.bpp - b.bpp
  );
  const distinct = measured.filter((point, i) => i === 0 || point.bpp > measured[i - 1].bpp);
  if (distinct.length === 0 || bpp < distinct[0].bpp || bpp > distinct.at(-1)!.bpp) return undefined;
  const curve = interpolate(
    distinct.map((point) => Math.log(point.bpp)),
    distinct.map(({ scores }) => scores[metric.id]),
  );
  return curve(Math.log(bpp));
}
