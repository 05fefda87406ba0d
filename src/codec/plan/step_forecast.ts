import type { PictureLike } from "../../world.ts";
import { PIXELS } from "../streams/pixel_params.ts";
import { activityOf } from "./picture_activity.ts";

/** A stream, and its step for a quality on the ground of two streams. */
export interface StepForecast {
  /** Name of the model; "pixels" for none. */
  readonly name: string;
  /** The quality whose step the stream's step is counted from. */
  readonly quality: number;
  /** What is added to that step's code. */
  readonly codes: number;
}

/** By how many codes a step moves at a quality: a constant and a factor on each of {@linkcode activityOf}. */
interface Node {
  readonly quality: number;
  readonly weights: readonly number[];
}

/** Qualities that are left to one stream. */
interface Ground {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  /** The quality whose own step is moved; the quality asked for if absent. */
  readonly anchor?: number;
  /** In order; what lies between is interpolated, and beyond them continued. */
  readonly nodes: readonly Node[];
}

const UNMOVED = Array.from({ length: 8 }, () => 0);
/** Range of each activity on the photographs that the weights were learned from. */
const LEAST_ACTIVITY = [1, 0.4, 1.5, 0.4, 2, 0.4, -2], MOST_ACTIVITY = [4.7, 2, 5, 1.8, 5.4, 1.7, 5.5];

/**
 * Near a border a quality has the bytes that lie between those of both streams, see `overlapOf`. By these weights one stream's step is
 * foretold at which it has them: learned by `scripts/fit_forecast.ts` from 150 photographs of 0.1 to 0.6 megapixels, constants from those held out. On others the
 * bytes are within 8% where the two streams' share is even, in the mean of squares, and exact at both ends.
 *
 * The stream is the one that on such photographs looks better on average: vaerans-4 from quality 40 on, and pixels from 78 on.
 */
const GROUNDS: readonly Ground[] = [
  {
    name: "vaerans-8",
    from: 20,
    to: 40,
    nodes: [
      { quality: 20, weights: UNMOVED },
      { quality: 26, weights: [17.99, 0.04, -0.03, -0.15, -5.95, -3.10, -0.81, -0.50] },
      { quality: 32, weights: [43.35, -0.40, -0.31, -1.31, -11.94, -5.59, -1.87, -1.04] },
      { quality: 40, weights: [87.04, -2.54, -2.72, -5.36, -18.25, -6.50, -5.52, -2.22] },
    ],
  },
  {
    name: "vaerans-4",
    from: 40,
    to: 44,
    nodes: [
      { quality: 40, weights: [-12.32, 0.40, 0.48, 0.59, 2.53, 1.00, 0.59, 0.32] },
      { quality: 44, weights: UNMOVED },
    ],
  },
  {
    name: "vaerans-4",
    from: 70,
    to: 78,
    anchor: 70,
    nodes: [
      { quality: 70, weights: UNMOVED },
      { quality: 74, weights: [18.01, -10.34, -7.26, -1.30, -2.59, 1.29, -5.37, -2.85] },
      { quality: 77, weights: [35.22, -20.61, -12.62, -2.90, -0.45, 2.84, -14.27, -5.23] },
    ],
  },
  {
    name: PIXELS.name,
    from: 78,
    to: 87,
    anchor: 87,
    nodes: [
      { quality: 78, weights: [-7.17, 9.82, 25.88, -1.03, 18.73, 6.37, -16.28, 0.72] },
      { quality: 83, weights: [-5.40, 5.60, 14.00, -0.66, 8.35, 2.59, -8.82, 0.24] },
      { quality: 87, weights: UNMOVED },
    ],
  },
  { name: PIXELS.name, from: 87, to: Infinity, nodes: [] },
];

/** The stream and the step for a quality near a border, foretold from the picture; `undefined` where a quality has one stream alone. */
export function forecastStep(picture: PictureLike, quality: number): StepForecast | undefined {
  const ground = GROUNDS.find(({ from, to }) => quality >= from && quality < to);
  if (!ground) return undefined;
  const { name, nodes, anchor = quality } = ground;
  if (nodes.length === 0) return { name, quality, codes: 0 };
  const activity = activityOf(picture).map((octaves, i) =>
    Math.max(LEAST_ACTIVITY[i], Math.min(MOST_ACTIVITY[i], octaves))
  );
  const codesAt = ({ weights: [constant, ...factors] }: Node) =>
    factors.reduce((sum, factor, i) => sum + factor * activity[i], constant);
  const above = nodes.findIndex((node) => node.quality > quality);
  const upper = nodes[above < 0 ? nodes.length - 1 : above], lower = nodes[nodes.indexOf(upper) - 1];
  const share = (quality - lower.quality) / (upper.quality - lower.quality);
  const codes = (1 - share) * codesAt(lower) + share * codesAt(upper);
  return { name, quality: anchor, codes: Math.round(codes) };
}
