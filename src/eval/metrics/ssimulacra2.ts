import { ssimulacra2, SSIMULACRA2_MIN_SIDE } from "../../kernels/cpu/metrics/ssimulacra2.ts";
import type { Metric } from "./metric.ts";

/** SSIMULACRA2 2.1; see {@linkcode ssimulacra2}. */
export const SSIMULACRA2_METRIC: Metric = {
  id: "ssimulacra2",
  label: "SSIMULACRA2",
  unit: "",
  better: "higher",
  scale: "linear",
  digits: 2,
  minSide: SSIMULACRA2_MIN_SIDE,
  best: 100,
  comparesRates: true,
  measure: ssimulacra2,
};
