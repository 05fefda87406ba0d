import { TEXTURE_MIN_SIDE, textureError } from "../texture/compare.ts";
import type { Metric } from "./metric.ts";

/** Distance between local statistics of fine detail; see {@linkcode textureError}. */
export const TEXTURE_METRIC: Metric = {
  id: "texture",
  label: "texture error",
  unit: "",
  better: "lower",
  scale: "log",
  digits: 4,
  minSide: TEXTURE_MIN_SIDE,
  best: 0,
  comparesRates: true,
  measure: textureError,
};
