import type { Picture } from "../../image/mod.ts";
import type { MetricTools } from "./tools.ts";

/** Which direction of a metric's values means a better picture; `nearer-1` is the smaller distance from 1. */
export type Better = "higher" | "lower" | "nearer-1";

/**
 * How values become positions on the axis of a plot and qualities of a BD-rate: as they are (`linear`), as
 * −10·log₁₀(1 − value) (`decibels`, for values from 0 to 1), or as logarithms (`log`, for values above 0).
 */
export type Scale = "linear" | "decibels" | "log";

/** A program outside this package. */
export interface MetricTool {
  /** Command that is tried where the user names none; absent where there is no usual one. */
  readonly command?: string;
  /** How to get the program, as an imperative sentence. */
  readonly install: string;
}

/**
 * A metric of similarity between a decoded picture and its source. The columns of the results, the options, the
 * tables, the plots and the BD-rates derive from the list of these descriptors in `mod.ts`.
 */
export interface Metric {
  /** Column of the results and value of `--metrics`: small letters and digits. */
  readonly id: string;
  /** Name in tables and plots. */
  readonly label: string;
  /** Unit of the values; empty for a number without a unit. */
  readonly unit: string;
  /** Which direction is better. */
  readonly better: Better;
  /** Scale of plots and BD-rates. */
  readonly scale: Scale;
  /** Digits after the point in tables. */
  readonly digits: number;
  /** Smallest side of a picture, in pixels, for which the metric is defined; at least 1. */
  readonly minSide: number;
  /** Value of a picture compared with itself. */
  readonly best: number;
  /** Whether codecs are compared at equal values: a plot and a table of BD-rates. */
  readonly comparesRates: boolean;
  /** Names of the same figure in JSON files of anchors, beside `id`. */
  readonly anchorNames?: readonly string[];
  /** The program that measures it, where this package does not. `--ID COMMAND` names another one. */
  readonly tool?: MetricTool;
  /**
   * Compares two opaque RGBA pictures of the same size, both sides at least `minSide` pixels.
   *
   * @param source The source.
   * @param decoded The picture under test.
   * @param tools The external programs.
   * @returns The value.
   * @throws RangeError When the pictures cannot be compared; Error when an external program fails.
   */
  measure(source: Picture, decoded: Picture, tools: MetricTools): number | Promise<number>;
}

/**
 * The quality that belongs to a value: higher is better, whatever the direction of the metric.
 *
 * @param metric Its direction and scale.
 * @param value A value.
 * @returns The quality on the metric's scale; not finite where the scale has no place for the value.
 */
export function qualityOf({ better, scale }: Pick<Metric, "better" | "scale">, value: number): number {
  const position = axisPosition(scale, value);
  if (better === "higher") return position;
  return better === "lower" ? -position : -Math.abs(position - axisPosition(scale, 1));
}

function axisPosition(scale: Scale, value: number): number {
  if (scale === "linear") return value;
  return scale === "log" ? Math.log(value) : -10 * Math.log10(1 - value);
}

/**
 * A value as text.
 *
 * @param metric Its number of digits.
 * @param value A value; absent or NaN where nothing was measured.
 * @returns The digits with a true minus sign; `–` for no value, `∞` for an infinite one.
 */
export function formatScore({ digits }: Pick<Metric, "digits">, value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return "–";
  if (value === Infinity) return "∞";
  return value.toFixed(digits).replace("-", "−");
}

/** The metric's name with its unit, for the head of a column. */
export function titleOf({ label, unit }: Pick<Metric, "label" | "unit">): string {
  return unit === "" ? label : `${label}, ${unit}`;
}
