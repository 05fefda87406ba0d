import { msSsimDecibels } from "../kernels/cpu/metrics/mod.ts";
import { bdRate, type BdRateOptions, type RatePoint } from "./bd_rate.ts";
import type { ResultRow } from "./results.ts";

/** The means over all pictures of one codec at one setting. */
export interface SettingMean {
  /** The codec's name. */
  readonly codec: string;
  /** Its quality setting. */
  readonly setting: number;
  /** How many pictures the means are over. */
  readonly pictureCount: number;
  /** Mean bytes a file. */
  readonly bytes: number;
  /** Mean bits a pixel. */
  readonly bpp: number;
  /** Mean of the decibels. */
  readonly psnr: number;
  /** Mean SSIM. */
  readonly ssim: number;
  /** Mean MS-SSIM. */
  readonly msssim: number;
  /** Mean SSIMULACRA2. */
  readonly ssimulacra2: number;
  /** Mean encoding time. */
  readonly encodeMs: number;
  /** Mean decoding time. */
  readonly decodeMs: number;
}

/** The metrics that rates are compared at. */
export type BdMetric = "msssim" | "ssimulacra2" | "psnr";

/** All of them, in the order of reports. */
export const BD_METRICS: readonly BdMetric[] = ["msssim", "ssimulacra2", "psnr"];

/** A codec's rate-distortion curve: its settings' means. */
export interface CodecCurve {
  /** The codec's name. */
  readonly name: string;
  /** One point a setting; a metric that was not measured is absent. */
  readonly points: readonly ({ readonly bpp: number } & { readonly [metric in BdMetric]?: number })[];
}

/** Rate differences: for each reference (key), each tested codec's percentage; `null` without overlap. */
export type BdTable = Record<string, Record<string, number | null>>;

/** Rate differences by metric, in the report's order; those that are not compared are absent. */
export type BdTables = { readonly [metric in BdMetric]?: BdTable };

/**
 * Averages rows by codec and setting.
 *
 * @param rows The measurements.
 * @returns A line a codec and setting, codecs in order of appearance, settings ascending.
 */
export function settingMeans(rows: readonly ResultRow[]): SettingMean[] {
  const groups = Map.groupBy(rows, ({ codec, setting }) => `${codec}\t${setting}`);
  const order = [...new Set(rows.map(({ codec }) => codec))];
  const means = [...groups.values()].map((group) => {
    const mean = (
      column: "bytes" | "bpp" | "psnr" | "ssim" | "msssim" | "ssimulacra2" | "encodeMs" | "decodeMs",
    ) => group.reduce((sum, row) => sum + row[column], 0) / group.length;
    return {
      codec: group[0].codec,
      setting: group[0].setting,
      pictureCount: group.length,
      bytes: mean("bytes"),
      bpp: mean("bpp"),
      psnr: mean("psnr"),
      ssim: mean("ssim"),
      msssim: mean("msssim"),
      ssimulacra2: mean("ssimulacra2"),
      encodeMs: mean("encodeMs"),
      decodeMs: mean("decodeMs"),
    };
  });
  return means.sort((a, b) => order.indexOf(a.codec) - order.indexOf(b.codec) || a.setting - b.setting);
}

/**
 * The curves of a run. Settings that lack pictures are left out: a mean over other pictures is another curve.
 *
 * @param means The means.
 * @param pictureCount The pictures of the run.
 * @returns A curve a codec.
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
 * @param metric The quality to hold equal; MS-SSIM is compared in decibels of the mean.
 * @param options The rates to judge over.
 * @returns A table with a row for each of them as the reference.
 */
export function bdTable(
  tested: readonly CodecCurve[],
  anchors: readonly CodecCurve[],
  metric: BdMetric,
  options?: BdRateOptions,
): BdTable {
  return Object.fromEntries([...tested, ...anchors].map((reference) => [
    reference.name,
    Object.fromEntries(tested.map((codec) => [
      codec.name,
      bdRate(ratePoints(reference, metric), ratePoints(codec, metric), options) ?? null,
    ])),
  ]));
}

function ratePoints({ points }: CodecCurve, metric: BdMetric): RatePoint[] {
  return points.flatMap((point) => {
    const value = point[metric];
    if (value === undefined) return [];
    return [{ bpp: point.bpp, quality: metric === "msssim" ? msSsimDecibels(value) : value }];
  });
}
