import { bdRate, type BdRateOptions, type RatePoint } from "./bd_rate.ts";
import { meanOf } from "./mean.ts";
import { type Metric, metricsIn, qualityOf, type Scores } from "./metrics/mod.ts";
import type { ResultRow } from "./results.ts";

/** The means over all pictures of one codec at one setting. */
export interface SettingMean {
  /** The codec's name. */
  readonly codec: string;
  /** Its quality setting. */
  readonly setting: number;
  /** How many pictures the means are over. */
  readonly pictureCount: number;
  /** Mean bytes per file. */
  readonly bytes: number;
  /** Mean bits per pixel. */
  readonly bpp: number;
  /**
   * Mean of each metric, over the pictures that it is defined for; absent where one of them was not measured, NaN
   * where it is defined for none.
   */
  readonly scores: Scores;
  /** Mean encoding time. */
  readonly encodeMs: number;
  /** Mean decoding time. */
  readonly decodeMs: number;
}

/** A codec's rate-distortion curve: its settings' means. */
export interface CodecCurve {
  /** The codec's name. */
  readonly name: string;
  /** One point per setting; a metric that was not measured is absent. */
  readonly points: readonly { readonly bpp: number; readonly scores: Scores }[];
}

/** Rate differences: for each reference (key), each tested codec's percentage; `null` without overlap. */
export type BdTable = Record<string, Record<string, number | null>>;

/** Rate differences by metric, in the report's order; those that are not compared are absent. */
export type BdTables = Readonly<Record<string, BdTable>>;

/**
 * Averages rows by codec and setting.
 *
 * @param rows The measurements.
 * @returns A line per codec and setting, codecs in order of appearance, settings ascending.
 */
export function settingMeans(rows: readonly ResultRow[]): SettingMean[] {
  const groups = Map.groupBy(rows, ({ codec, setting }) => `${codec}\t${setting}`);
  const order = [...new Set(rows.map(({ codec }) => codec))];
  const means = [...groups.values()].map((group) => {
    const mean = (column: "bytes" | "bpp" | "encodeMs" | "decodeMs") =>
      meanOf(group.map((row) => row[column]));
    return {
      codec: group[0].codec,
      setting: group[0].setting,
      pictureCount: group.length,
      bytes: mean("bytes"),
      bpp: mean("bpp"),
      scores: meanScores(group.map(({ scores }) => scores)),
      encodeMs: mean("encodeMs"),
      decodeMs: mean("decodeMs"),
    };
  });
  return means.sort((a, b) => order.indexOf(a.codec) - order.indexOf(b.codec) || a.setting - b.setting);
}

/**
 * Averages the scores of several pictures.
 *
 * @param all The scores, one picture each.
 * @returns The mean per metric, over the pictures that it is defined for; a metric that one of them lacks is absent.
 */
export function meanScores(all: readonly Scores[]): Scores {
  const measured = metricsIn(all).filter(({ id }) => all.every((scores) => scores[id] !== undefined));
  return Object.fromEntries(measured.map(({ id }) => {
    return [id, meanOf(all.map((scores) => scores[id]).filter((value) => !Number.isNaN(value)))];
  }));
}

/**
 * The curves of a run. Settings that lack pictures are left out: a mean over other pictures is another curve.
 *
 * @param means The means.
 * @param pictureCount The pictures of the run.
 * @returns A curve per codec.
 */
export function curvesOf(means: readonly SettingMean[], pictureCount: number): CodecCurve[] {
  const complete = means.filter((mean) => mean.pictureCount === pictureCount);
  return [...Map.groupBy(complete, ({ codec }) => codec)].map(([name, points]) => ({ name, points }));
}

/**
 * Compares all codecs of a run with each other and with anchors.
 *
 * @param tested The run's curves.
 * @param anchors Curves measured elsewhere on the same pictures.
 * @param metric The quality to hold equal, on its scale of the mean.
 * @param options The rates to judge over.
 * @returns A table with a row for each of them that was measured as the reference.
 */
export function bdTable(
  tested: readonly CodecCurve[],
  anchors: readonly CodecCurve[],
  metric: Metric,
  options?: BdRateOptions,
): BdTable {
  const references = [...tested, ...anchors].filter((curve) => ratePoints(curve, metric).length > 0);
  return Object.fromEntries(references.map((reference) => [
    reference.name,
    Object.fromEntries(tested.map((codec) => [
      codec.name,
      bdRate(ratePoints(reference, metric), ratePoints(codec, metric), options) ?? null,
    ])),
  ]));
}

/**
 * A curve as points of rate and quality by one metric.
 *
 * @param curve The curve.
 * @param metric The metric.
 * @returns The points that were measured.
 */
export function ratePoints({ points }: CodecCurve, metric: Metric): RatePoint[] {
  return points.flatMap(({ bpp, scores }) => {
    const value = scores[metric.id];
    return value === undefined ? [] : [{ bpp, quality: qualityOf(metric, value) }];
  });
}
