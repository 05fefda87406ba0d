import { fineEnergy, TEXTURE_MIN_SIDE } from "../texture/compare.ts";
import type { Metric } from "./metric.ts";

/** Share of the finest octave's energy that is left; see {@linkcode fineEnergy}. */
export const FINE_ENERGY_METRIC: Metric = {
  id: "fine",
  label: "fine energy",
  unit: "",
  better: "nearer-1",
  scale: "log",
  digits: 3,
  minSide: TEXTURE_MIN_SIDE,
  best: 1,
  comparesRates: false,
  measure: fineEnergy,
};
