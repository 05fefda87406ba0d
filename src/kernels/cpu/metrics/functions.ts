import type { MetricName } from "../../kernels.ts";
import type { Samples8 } from "./samples.ts";

/** Compares a picture with its source. */
export type MetricFunction = (source: Samples8, shown: Samples8) => number;

/** The metrics by name; `mod.ts` enters them. Programs that only decode do without them. */
export const METRIC_FUNCTIONS: { [name in MetricName]?: MetricFunction } = {};
