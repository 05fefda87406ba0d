import { messageOf } from "../../core/error_message.ts";
import type { Picture } from "../../image/mod.ts";
import type { Metric } from "./metric.ts";
import type { MetricTools } from "./tools.ts";

/** A metric that cannot be measured on this machine. */
export interface MissingMetric {
  /** The metric. */
  readonly metric: Metric;
  /** Why, with the remedy: one line. */
  readonly reason: string;
}

/**
 * Finds out which metrics can be measured, by measuring each one whose program is external on a small picture.
 *
 * @param metrics The metrics wanted.
 * @param tools Their external programs.
 * @param probe A small opaque picture.
 * @returns Those that can be measured, and those that cannot.
 */
export async function availableMetrics(
  metrics: readonly Metric[],
  tools: MetricTools,
  probe: Picture,
): Promise<{ available: Metric[]; missing: MissingMetric[] }> {
  const available: Metric[] = [], missing: MissingMetric[] = [];
  for (const metric of metrics) {
    try {
      if (metric.tool) await metric.measure(probe, probe, tools);
      available.push(metric);
    } catch (error) {
      const [reason] = messageOf(error).split("\n");
      const install = metric.tool?.install ?? "";
      missing.push({ metric, reason: reason.includes(install) ? reason : `${reason}. ${install}` });
    }
  }
  return { available, missing };
}
