/**
 * The metrics of the comparison, one descriptor per file. A new metric is one file and one line in
 * {@linkcode METRICS}.
 *
 * @module
 */
import { BUTTERAUGLI_METRIC } from "./butteraugli.ts";
import { CVVDP_METRIC } from "./cvvdp.ts";
import { FINE_ENERGY_METRIC } from "./fine_energy.ts";
import type { Metric } from "./metric.ts";
import { MS_SSIM_METRIC } from "./ms_ssim.ts";
import { PSNR_METRIC } from "./psnr.ts";
import { SSIM_METRIC } from "./ssim.ts";
import { SSIMULACRA2_METRIC } from "./ssimulacra2.ts";
import { TEXTURE_METRIC } from "./texture.ts";

export {
  type Better,
  formatScore,
  type Metric,
  type MetricTool,
  qualityOf,
  type Scale,
  titleOf,
} from "./metric.ts";
export { availableMetrics, type MissingMetric } from "./available.ts";
export { MetricTools, type ToolSettings } from "./tools.ts";

/** All metrics in the order of columns, tables and plots; those that agree best with people's ratings come first. */
export const METRICS: readonly Metric[] = [
  CVVDP_METRIC,
  SSIMULACRA2_METRIC,
  MS_SSIM_METRIC,
  BUTTERAUGLI_METRIC,
  TEXTURE_METRIC,
  FINE_ENERGY_METRIC,
  PSNR_METRIC,
  SSIM_METRIC,
];

/**
 * Finds a metric.
 *
 * @param id Its `id`.
 * @returns The metric.
 * @throws RangeError When there is none.
 */
export function metricOf(id: string): Metric {
  const metric = METRICS.find((known) => known.id === id);
  if (metric) return metric;
  const ids = METRICS.map((known) => known.id).join(", ");
  throw new RangeError(`Cannot find the metric: its id must be one of ${ids} (got "${id}").`);
}

/** Values of metrics by `id`; absent where not measured, NaN where the metric is not defined for the picture. */
export type Scores = Readonly<Record<string, number>>;

/**
 * The metrics that some of the scores hold, in the order of {@linkcode METRICS}.
 *
 * @param all Scores.
 * @returns The metrics.
 */
export function metricsIn(all: Iterable<Scores>): Metric[] {
  const ids = new Set<string>();
  for (const scores of all) for (const id of Object.keys(scores)) ids.add(id);
  return METRICS.filter(({ id }) => ids.has(id));
}
