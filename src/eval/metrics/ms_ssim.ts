import { msSsim } from "../../kernels/cpu/metrics/mod.ts";
import type { Metric } from "./metric.ts";

/** Multi-scale structural similarity, mean over red, green and blue; see {@linkcode msSsim}. */
export const MS_SSIM_METRIC: Metric = {
  id: "msssim",
  label: "MS-SSIM",
  unit: "",
  better: "higher",
  scale: "decibels",
  digits: 4,
  minSide: 1,
  best: 1,
  comparesRates: true,
  measure: msSsim,
};
