import { psnr } from "../../kernels/cpu/metrics/mod.ts";
import type { Metric } from "./metric.ts";

/** Peak signal-to-noise ratio over red, green and blue, peak 255; see {@linkcode psnr}. */
export const PSNR_METRIC: Metric = {
  id: "psnr",
  label: "PSNR",
  unit: "dB",
  better: "higher",
  scale: "linear",
  digits: 2,
  minSide: 1,
  best: Infinity,
  comparesRates: true,
  measure: psnr,
};
