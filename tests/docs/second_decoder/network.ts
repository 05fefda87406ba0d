/** Part 4.7 of the specification. */

import { clamp, limit } from "./arithmetic.ts";
import { levelOf, type SeenBand } from "./context_coder.ts";

/** Arrays of numbers in the order of the initial state. */
export interface Network {
  readonly tapWeights: readonly number[];
  readonly densityWeights: readonly number[];
  readonly biases: readonly number[];
  readonly outputs: readonly number[];
  readonly outputBiases: readonly number[];
}

type Tap = readonly [dx: number, dy: number];
type Seen = SeenBand | undefined;
/** LEVEL of what a plane holds at a position. */
type Level = (x: number, y: number) => number;

// deno-fmt-ignore
const CAUSAL: readonly Tap[] = [[0, -1], [-1, -1], [1, -1], [-2, -1], [2, -1], [3, -1], [0, -2], [-1, -2], [1, -2], [-2, -2], [2, -2], [0, -3]];
// deno-fmt-ignore
const SQUARE: readonly Tap[] = [[0, 0], [-1, 0], [1, 0], [0, -1], [0, 1], [-1, -1], [1, -1], [-1, 1], [1, 1], [2, 0]];
const CENTRE: readonly Tap[] = [[0, 0], [1, 0]];
const HERE: Tap = [0, 0];
const TAPS: readonly (readonly Tap[])[] = [
  CAUSAL,
  ...new Array<readonly Tap[]>(5).fill(SQUARE),
  ...new Array<readonly Tap[]>(6).fill(CENTRE),
  [HERE, [-1, 0]],
  [HERE, [0, -1]],
  [HERE, [1, 0]],
  [HERE, [0, 1]],
  SQUARE,
  ...new Array<readonly Tap[]>(5).fill(CENTRE),
];
const SERIAL: readonly Tap[] = [[-1, 0], [-2, 0], [-3, 0], [-4, 0]];
const UNITS = 32, PAIRS = 53, HALF = 16;

/** The network, turned to a band. */
export class NetworkOnBand {
  readonly #planes: (Level | undefined)[];
  readonly #densities: number[];
  #units: number[] = [];

  constructor(
    readonly network: Network,
    readonly own: SeenBand,
    channelCount: number,
    low: Seen,
    find: (level: number, orientation: number, channel: number) => Seen,
  ) {
    const { level, orientation, channel } = own.band;
    const others = [1, 2, 3].map((k) => k < channelCount ? (channel + k) % channelCount : -1);
    const hl = (c: number) => orientation >= 2 ? find(level, 1, c) : undefined;
    const lh = (c: number) => orientation === 3 ? find(level, 2, c) : undefined;
    const siblings = [1, 2, 3].filter((other) => other !== orientation);
    const bands = [
      own,
      ...[1, 2, 3].map((back) => find(level, orientation, channel - back)),
      hl(channel),
      lh(channel),
      ...others.map(hl),
      ...others.map(lh),
      undefined,
      undefined,
      undefined,
      undefined,
      find(level + 1, orientation, channel),
      ...others.map((other) => find(level + 1, orientation, other)),
      ...siblings.map((other) => find(level + 1, other, channel)),
    ];
    this.#planes = bands.map((seen) => seen && ((x, y) => levelOf(seen.magnitudes.at(x, y))));
    if (low) this.#planes.splice(12, 4, ...lowPlanes(low));
    this.#densities = [...[16, 1, 4, 5].map((plane) => density(bands[plane])), roughness(low)];
  }

  /** Computes the units of a position. */
  place(x: number, y: number): void {
    const { level, orientation, channel, width, height } = this.own.band, row = orientation - 1;
    const { biases, densityWeights, tapWeights } = this.network;
    const k = 4 * (Math.min(level, 3) - 1) + Math.min(channel, 3);
    const sums = Array.from({ length: UNITS }, (_, i) => {
      const fromDensities = this.#densities.reduce(
        (sum, density, j) => sum + density * densityWeights[(row * 5 + j) * UNITS + i],
        0,
      );
      return 16 * biases[(row * 12 + k) * UNITS + i] + fromDensities;
    });
    let number = 0;
    const add = (plane: number, [dx, dy]: Tap) => {
      const isHalf = plane >= HALF, source = this.#planes[plane], tap = number++;
      const sx = x % 2 === 1 ? 1 : -1, sy = y % 2 === 1 ? 1 : -1;
      const [tx, ty] = isHalf ? [(x >> 1) + sx * dx, (y >> 1) + sy * dy] : [x + dx, y + dy];
      const [columns, rows] = isHalf ? [Math.ceil(width / 2), Math.ceil(height / 2)] : [width, height];
      const input = source && tx >= 0 && ty >= 0 && tx < columns && ty < rows ? source(tx, ty) : 0;
      if (input === 0) return;
      const weights = (row * PAIRS + (tap >> 1)) * UNITS;
      for (let i = 0; i < UNITS; i++) sums[i] += input * tapWeights[(weights + i) * 2 + tap % 2];
    };
    TAPS.forEach((taps, plane) => taps.forEach((tap) => add(plane, tap)));
    for (const tap of SERIAL) add(0, tap);
    this.#units = sums.map((sum) => clamp(sum >> 4, 0, 2047));
  }

  /** A logit of the position. */
  logit(quantiser: number, step: number): number {
    const { outputs, outputBiases } = this.network;
    const row = ((this.own.band.orientation - 1) * 2 + quantiser) * 13 + step;
    const sum = this.#units.reduce(
      (sum, unit, i) => sum + unit * outputs[row * UNITS + i],
      256 * outputBiases[row],
    );
    return limit(sum >> 10, 2047);
  }
}

function lowPlanes({ values, band: { width, height } }: SeenBand): Level[] {
  const v = (x: number, y: number) => values.at(clamp(x, 0, width - 1), clamp(y, 0, height - 1));
  return [
    (x, y) => levelOf(Math.abs(v(x + 1, y) - v(x, y))),
    (x, y) => levelOf(Math.abs(v(x, y + 1) - v(x, y))),
    (x, y) => levelOf(Math.abs(v(x + 1, y) - 2 * v(x, y) + v(x - 1, y))),
    (x, y) => levelOf(Math.abs(v(x, y + 1) - 2 * v(x, y) + v(x, y - 1))),
  ];
}

function density(seen: Seen): number {
  return seen ? levelOf(Math.floor(16 * seen.magnitudes.sum() / seen.band.values.length)) : 0;
}

function roughness(low: Seen): number {
  if (!low) return 0;
  const { values, band: { width, height } } = low;
  let sum = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 1; x < width; x++) sum += Math.min(4095, Math.abs(values.at(x, y) - values.at(x - 1, y)));
  }
  return levelOf(Math.floor(16 * sum / (width * height)));
}
