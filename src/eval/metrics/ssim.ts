import { ssim } from "../../kernels/cpu/metrics/mod.ts";
import type { Metric } from "./metric.ts";

/** Structural similarity at the picture's own resolution, mean over red, green and blue; see {@linkcode ssim}. */
export const SSIM_METRIC: Metric = {
  id: "ssim",
  label: "SSIM",
  unit: "",
  better: "higher",
  scale: "decibels",
  digits: 4,
  minSide: 1,
  best: 1,
  comparesRates: false,
  measure: ssim,
};
