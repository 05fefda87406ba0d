/** Part 6 of the specification. */

import { bits, clamp, limit, log2fixed, squash, stretch, times } from "./arithmetic.ts";
import { type Band, checked } from "./bands.ts";
import { Decisions } from "./rans.ts";
import { coarse, type Counter, Counters, fine, nearEnergy, signClassOf } from "./subband_coder.ts";

/** A tap is the plane (0 the channel itself, 1 is C, 2 is D) and the offset. */
type Tap = readonly [plane: number, dx: number, dy: number];
const TAPS: readonly (readonly Tap[])[] = [
  [
    ...[[0, -1, 0], [0, -1, -1], [0, 1, -1], [0, 0, -2], [0, -2, 0], [0, 1, -2], [0, -2, -1], [0, 0, -3]],
    ...[[0, -3, 0], [0, -1, -2], [0, 2, -1], [0, 3, -1], [0, 2, -2], [0, -2, -2], [0, 0, -4], [0, -3, -1]],
    ...[[0, -4, 0], [0, 1, -3], [0, -1, -3], [0, 3, -2]],
  ] as unknown as Tap[],
  [
    ...[[0, -1, 0], [0, 1, -1], [0, -1, -1], [1, 0, 0], [0, 1, -2], [0, -2, -1], [0, -2, 0], [1, 1, 1]],
    ...[[0, 2, -1], [0, -1, -2], [0, 0, -2], [0, -2, -2], [1, 1, 0], [1, 0, 1], [1, -1, 0], [0, -3, 0]],
    ...[[0, 0, -3], [1, -1, -1], [1, 1, -1], [1, -1, 1]],
  ] as unknown as Tap[],
  [
    ...[[0, -1, 0], [0, 1, -1], [0, -1, -1], [1, 0, 0], [2, 0, 0], [0, 1, -2], [0, -2, -1], [0, -2, 0]],
    ...[[1, 1, 1], [1, -1, -1], [2, 1, 1], [0, 2, -1], [0, 0, -2], [1, 1, 0], [1, 0, 1], [1, -1, 0]],
    ...[[2, 1, 0], [2, 0, 1], [2, -1, 0], [2, -1, -1]],
  ] as unknown as Tap[],
];
/** Taps 8 to 11; those of values lie around them. */
const MISSES = [[0, -2], [-1, 0], [0, -1], [-1, -1]];
const FIRST_MISS = 8;
/** Taps of each level. */
const TAP_COUNTS = [12, 20, 24, 24];

interface WindowShape {
  /** Number of taps. */
  readonly n: number;
  /** What is kept of the blocks on the left, here and on the right. */
  readonly kept: readonly number[];
  /** Positions of a block. */
  readonly length: number;
  /** 2 where the window sees one parity of columns and of rows. */
  readonly stride: number;
}

/** The windows of a level for a kind. */
function windowShapes(level: number, kind: number, hasParities: boolean): WindowShape[] {
  const kept = kind === 0
    ? [[0.2, 0.3, 0.15], [0.34, 0.42, 0.22], [0.3, 0.36, 0.18]]
    : [[0.27, 0.3, 0.16], [0.41, 0.41, 0.13], [0.36, 0.36, 0.12]];
  return [8, level === 3 ? 24 : 16, 16].slice(0, level).map((n, k) => {
    const isSplit = hasParities && kind > 0 && (level === 1 || k > 0);
    const own = isSplit ? [[0.33, 0.37, 0.2], [0.37, 0.43, 0.18], [0.35, 0.4, 0.15]][k] : kept[k];
    return { n, kept: own.map(Math.fround), length: k === 2 ? 2 : 4, stride: isSplit ? 2 : 1 };
  });
}

/** A plane with margins of its own, as 6.2 says. */
class Margined {
  readonly #rows: Map<number, number>[] = [];

  constructor(readonly outside: number) {}

  at(x: number, y: number): number {
    return this.#rows[y]?.get(x) ?? this.outside;
  }

  set(x: number, y: number, value: number): void {
    (this.#rows[y] ??= new Map()).set(x, value);
  }
}

/** What the planes of one channel hold. */
interface Channel {
  readonly values: Margined;
  readonly magnitudes: Margined;
  readonly signs: Margined;
}

interface WeightSet {
  readonly weights: number[];
  uses: number;
}

interface Window {
  readonly shape: WindowShape;
  /** By the parities and the block. */
  readonly blocks: Map<string, Matrix>;
  readonly rowParity: number;
  readonly width: number;
  /** What is being coded, by the parity of the column. */
  readonly open: OpenBlock[];
}

/** A block whose positions are being coded. */
interface OpenBlock {
  readonly known: Matrix;
  readonly weights: readonly number[];
  /** Scaled taps and target of each position so far. */
  readonly rows: number[][];
}

/** n rows of n + 1 sums; the last column is the target's. */
type Matrix = Float32Array;

/** Decodes a packet of planes of one size. */
export function decodeSamples(packet: Uint8Array, bands: readonly Band[]): void {
  if (packet.length === 0) return;
  new LosslessPredictor(packet, bands).decode();
}

class LosslessPredictor {
  readonly #decisions: Decisions;
  readonly #shift: number;
  readonly #level: number;
  readonly #hasParities: boolean;
  readonly #counters = new Counters();
  readonly #sets = new Map<string, WeightSet>();
  readonly #steppedWeights = new Map<string, number[]>();
  readonly #channels: Channel[] = [];

  constructor(packet: Uint8Array, readonly bands: readonly Band[]) {
    this.#shift = packet[0] & 31;
    this.#level = packet[0] >> 5 & 3;
    this.#hasParities = packet[0] >= 128;
    this.#decisions = new Decisions(packet.subarray(1), 16);
  }

  decode(): void {
    for (const [channel, band] of this.bands.entries()) this.#decodeChannel(channel, band);
    this.#decisions.finish();
  }

  #scaled(tap: number): number {
    return limit(tap >> this.#shift, 1023);
  }

  #decodeChannel(channel: number, { width, height, values: result }: Band): void {
    const own: Channel = { values: new Margined(0), magnitudes: new Margined(0), signs: new Margined(2) };
    const kind = Math.min(channel, 2), C = this.#channels[channel - 1], D = this.#channels[channel - 2];
    const shapes = windowShapes(this.#level, kind, this.#hasParities);
    const misses = new Margined(0), errors = [0, ...shapes].map(() => new Margined(32));
    const blocks = shapes.map(() => new Map<string, Matrix>());
    for (let y = 0; y < height; y++) {
      if (y > 0) {
        for (let k = 1; k <= 3; k++) own.values.set(-k, y, own.values.at(0, y - 1));
        for (let k = 1; k <= 2; k++) {
          own.magnitudes.set(-k, y, own.magnitudes.at(0, y - 1));
          for (const error of errors) error.set(-k, y, error.at(0, y - 1));
        }
      }
      const windows = blocks.map((of, k) => ({
        shape: shapes[k],
        blocks: of,
        rowParity: shapes[k].stride === 2 ? y & 1 : 0,
        width,
        open: [],
      }));
      for (let x = 0; x < width; x++) {
        const value = this.#decodeSample({ own, C, D, kind, x, y, width, misses, errors, windows });
        own.values.set(x, y, value);
        result[y * width + x] = value;
      }
      for (let k = 0; k < 2; k++) own.values.set(width + k, y, own.values.at(width - 1, y));
      own.magnitudes.set(width, y, own.magnitudes.at(width - 1, y));
      for (const error of errors) error.set(width, y, error.at(width - 1, y));
    }
    this.#channels.push({ ...own, values: continued(own.values, width, height) });
  }

  #decodeSample(place: {
    own: Channel;
    C: Channel | undefined;
    D: Channel | undefined;
    kind: number;
    x: number;
    y: number;
    width: number;
    misses: Margined;
    errors: Margined[];
    windows: Window[];
  }): number {
    const { own, C, D, kind, x, y, misses, errors, windows } = place;
    const v = (dx: number, dy: number) => own.values.at(x + dx, y + dy);
    const w = v(-1, 0), n = y === 0 ? w : v(0, -1), m = w + n;
    const planes = [own.values, C?.values, D?.values];
    const means = planes.map((plane, k) => k === 0 ? m : plane ? plane.at(x - 1, y) + plane.at(x, y - 1) : 0);
    const valueTaps = TAPS[kind].map(([plane, dx, dy]) =>
      (2 * planes[plane]!.at(x + dx, y + dy) - means[plane]) | 0
    );
    const missTaps = MISSES.map(([dx, dy]) => misses.at(x + dx, y + dy));
    const taps = [...valueTaps.slice(0, FIRST_MISS), ...missTaps, ...valueTaps.slice(FIRST_MISS)]
      .slice(0, TAP_COUNTS[this.#level]);
    const scaledTaps = taps.map((tap) => this.#scaled(tap)), energy = laneSum(scaledTaps, scaledTaps);

    const phase = kind === 0 ? 0 : (x & 1) + 2 * (y & 1);
    const stepped = weightsOf(this.#steppedWeights, `${kind} ${phase}`, kind);
    const open = windows.map((window) => openBlock(window, x));
    const changes = [stepped.slice(0, taps.length), ...open.map(({ weights }) => weights)].map((weights) =>
      changeOf(laneSum(weights, taps))
    );
    const recent = errors.map((error) => {
      const e = (dx: number, dy: number) => error.at(x + dx, y + dy);
      return 10 + 2 * (e(-1, 0) + e(0, -1)) + e(-1, -1) + e(1, -1) + e(-2, 0) + e(0, -2);
    });
    const inverses = recent.map((error) => f(1 / error));
    const trusts = inverses.map((inverse) => {
      const ratio = f(inverse * Math.min(...recent)), square = f(ratio * ratio);
      return f(square * square);
    });
    const blend = f(laneSum(trusts, changes) / laneSum(trusts, trusts.map(() => 1)));
    const P = (8 * m + (this.#level === 0 ? changes[0] : Math.trunc(blend))) | 0;
    const lately = Math.floor(recent.reduce((a, b) => a + b) / (4 * recent.length));
    const isFast = this.#level === 0;
    const apart = isFast ? 0 : Math.abs(changes[0] - changes[1]) >> this.#shift;
    const spread = Math.min(11, Math.max(0, bits(apart) - 1));

    const mag = (dx: number, dy: number) => own.magnitudes.at(x + dx, y + dy);
    const near = nearEnergy(mag);
    const [vw, vn, vnw, vne] = [v(-1, 0), v(0, -1), v(-1, -1), v(1, -1)];
    const most = 2 ** 20;
    const gradient = Math.min(most, Math.abs(vw - vnw)) + Math.min(most, Math.abs(vn - vnw)) +
      Math.min(most, Math.abs(vn - vne));
    const crossOf = ({ magnitudes: a }: Channel) =>
      4 * a.at(x, y) + a.at(x - 1, y) + a.at(x + 1, y) + a.at(x, y - 1) + a.at(x, y + 1);
    const channels = (C ? crossOf(C) : 0) + (D ? crossOf(D) >> 1 : 0), total = 2 * near + gradient + channels;
    const fewest = this.#level === 1 ? 6 : 7;
    const stepBits = Math.max(0, isFast ? bits(near) - 5 : Math.min(24, bits(lately) - fewest + this.#shift));
    const centre = P + (stepBits > 0 ? 16 : 8),
      prediction = limit(centre >> 4, 2 ** 29),
      fraction = centre & 15;
    const contexts = isFast ? [[fine(total)], [coarse(near), coarse(channels + gradient)]] : [
      [coarse(lately), spread],
      [fine((channels + gradient) >> stepBits)],
      [coarse(gradient >> stepBits), coarse(near >> stepBits)],
      [x & 1, y & 1, fine(total >> stepBits)],
    ];
    const decide = (step: string | number, stage: string | number, opinions: number[]) =>
      this.#decide(
        contexts.map((context, i) => `token ${i} ${kind} ${step} ${context}`),
        opinions,
        [
          `0 ${stage} ${stepBits > 0} ${kind} ${fine(lately)}`,
          `1 ${stage} ${stepBits > 0} ${kind} ${spread} ${coarse(total >> stepBits)}`,
        ],
      );

    // Distances to the borders of the prediction, and the size of a step, of each predictor that has an opinion.
    const scales = isFast ? [] : inverses.map((inverse) => Math.trunc(f(f(860000) * inverse)));
    const distances = scales.map((_, p) => 16 * prediction - 8 - 8 * m - changes[p]);
    const logitOf = (distance: number, p: number) =>
      times(limit(distance >> this.#shift, 16383), scales[p]) >> 8;
    const below = distances.map(logitOf);
    const above = stepBits > 0 ? [...below] : distances.map((distance, p) => logitOf(distance + 16, p));
    const step = (16 << Math.min(stepBits, 14)) >> this.#shift;
    const sizes = scales.map((scale) => Math.max(1, times(scale, step) >> 8));

    let value = prediction;
    const isOther = stepBits > 0 || decide(
      "zero",
      "zero",
      sizes.map((size, p) => {
        const [b, a] = [below[p], above[p]].map((x) => limit(x, 3071));
        return stepLog(Math.max(1, soft(b) + soft(a) - b - stepLog(size)));
      }),
    );
    if (isOther) {
      const s = (dx: number, dy: number) => own.signs.at(x + dx, y + dy);
      const c = C?.signs.at(x, y) ?? 2, d = D?.signs.at(x, y) ?? 2, group = stepBits > 0 ? 1 : 0;
      const side = (change: number) => {
        const a = (8 * m - 16 * prediction + 8 * group + (change ?? 0)) >> this.#shift;
        return a < -16 ? 0 : a < -4 ? 1 : a < 4 ? 2 : a < 16 ? 3 : 4;
      };
      const neighbours = [s(-1, 0), s(0, -1), c],
        sign = [neighbours, [fraction, isFast ? 0 : coarse(lately)]];
      if (!isFast) sign.push([c, d, s(-1, 0)], [0, 1, 2].map((p) => side(changes[p])));
      const isPositive = this.#decide(
        sign.map((context, i) => `sign ${i} ${group} ${kind} ${context}`),
        below.map((b, p) => soft(-b) - soft(above[p])),
        [`s0 ${group} ${kind} ${coarse(near)}`, `s1 ${group} ${kind} ${fraction} ${coarse(lately)}`],
      );
      const far = isPositive ? above : below.map((b) => -b), nearest = group === 1 && isPositive ? 0 : 1;
      let first = 0, width = stepBits, count = 0;
      for (;; count++) {
        if (count >= 6 && count % 2 === 0) {
          width++;
          sizes.forEach((size, p) => sizes[p] = Math.min(2 ** 20, 2 * size));
        }
        if (width > 29) throw new Error("magnitude");
        const opinions = far.map((distance, p) => soft(-distance) - stepLog(sizes[p]));
        far.forEach((distance, p) => far[p] = distance + sizes[p]);
        if (!decide(Math.min(count, 14), Math.min(count, 5), opinions)) break;
        first += 2 ** width;
      }
      let rest = 0, node = 0;
      for (let k = 0; k < Math.min(2, width); k++) {
        const counter = this.#counters.get(
          `rest ${kind} ${Math.min(stepBits, 15)} ${Math.min(count, 7)} ${node}`,
        );
        const outcome = this.#decisions.bit(even(clamp(counter.p >> 6, 32, 65504)));
        learn(counter, outcome);
        node = 1 + outcome;
        rest = 2 * rest + outcome;
      }
      for (let left = width - 2; left > 0; left -= 8) {
        rest = rest * 2 ** Math.min(8, left) + this.#decisions.raw(Math.min(8, left));
      }
      const magnitude = first + rest + nearest;
      value = checked(prediction + (isPositive ? magnitude : -magnitude));
    }
    const off = 16 * value - P, difference = (off + 8) >> 4;

    own.magnitudes.set(x, y, Math.min(2047, Math.abs(difference)));
    own.signs.set(x, y, signClassOf(difference));
    misses.set(x, y, limit((16 * value - P) >> 3, 2 ** 20));
    const errorOf = (change: number) => (16 * value - 8 * m - change) >> this.#shift;
    changes.forEach((change, p) => errors[p].set(x, y, Math.min(65535, Math.abs(errorOf(change)))));
    const gain = f(f(f(2 ** -8) * limit(errorOf(changes[0]), 8192)) / f(energy + 88));
    scaledTaps.forEach((tap, k) => stepped[k] = f(stepped[k] + f(tap * gain)));
    const target = this.#scaled(2 * value - m);
    for (const [k, window] of windows.entries()) {
      open[k].rows.push([...scaledTaps.slice(0, window.shape.n), target]);
      if (isLastOfBlock(window, x)) include(window, x, open[k]);
    }
    return value;
  }

  /** At level 0 by the mean of two counters. */
  #decide(
    names: readonly string[],
    opinions: readonly number[],
    setNames: readonly string[],
  ): number {
    const counters = names.map((name) => this.#counters.get(name));
    if (this.#level === 0) {
      const [a, b] = counters, p = clamp(((a.p >> 6) + (b.p >> 6)) >> 1, 32, 65504);
      const outcome = this.#decisions.bit(even(p));
      for (const counter of counters) learn(counter, outcome);
      return outcome;
    }
    const inputs = counters.map(({ p, n }) => product(stretch(p >> 10), Math.floor(32768 * n / (n + 1))));
    const lanes = [opinions[0], opinions[1], opinions[2] ?? 0].map((opinion) => limit(opinion, 2047));
    inputs.push(...lanes, opinions.length > 3 ? limit(opinions[3], 2047) : 256);
    const sets = setNames.slice(0, this.#level > 1 ? 2 : 1).map((name) => {
      let set = this.#sets.get(name);
      if (!set) {
        const weights = [1500, 1500, 1500, 1500, 4000, 4000, 4000, opinions.length > 3 ? 4000 : 0];
        this.#sets.set(name, set = { weights, uses: 0 });
      }
      return set;
    });
    const outputs = sets.map(({ weights }) =>
      clamp(weights.reduce((sum, weight, i) => sum + weight * inputs[i], 0) >> 14, -3072, 3071)
    );
    const x = Math.floor(outputs.reduce((a, b) => a + b) / outputs.length);
    const outcome = this.#decisions.bit(even(squash(x)));
    sets.forEach((set, k) => {
      const e = times(65536 * outcome - squash(outputs[k]), 14 + Math.floor(2400 / (20 + set.uses))) >> 11;
      inputs.forEach((input, i) =>
        set.weights[i] = clamp(set.weights[i] + product(16 * input, e), -(2 ** 15), 2 ** 15 - 1)
      );
      set.uses = Math.min(255, set.uses + 1);
    });
    for (const counter of counters) learn(counter, outcome);
    return outcome;
  }
}

function learn(counter: Counter, outcome: number): void {
  const rate = Math.floor(32768 / (2 * counter.n + 3));
  counter.p += times(((2 ** 22 - 1) * outcome - counter.p) >> 6, rate) >> 8;
  counter.n = Math.min(255, counter.n + 1);
}

function product(a: number, b: number): number {
  return (a * b + 2 ** 14) >> 15;
}

function weightsOf(all: Map<string, number[]>, name: string, kind: number): number[] {
  let weights = all.get(name);
  if (!weights) {
    weights = new Array<number>(TAP_COUNTS[3]).fill(0);
    [weights[1], weights[2]] = (kind === 0 ? [-0.2, 0.2] : [0.2, -0.2]).map(f);
    all.set(name, weights);
  }
  return weights;
}

/** A number of 32 bits. */
const f = Math.fround;

/** The coder makes probabilities even. */
function even(p: number): number {
  return p & ~1;
}

/** Σ a · b in numbers of 32 bits: four sums of every fourth product, then their sum. */
function laneSum(a: readonly number[], b: readonly number[]): number {
  const sums = [0, 0, 0, 0];
  a.forEach((factor, k) => sums[k % 4] = f(sums[k % 4] + f(f(factor) * f(b[k]))));
  return f(f(sums[0] + sums[2]) + f(sums[1] + sums[3]));
}

function changeOf(sum: number): number {
  return Math.trunc(limit(f(8 * sum), 2 ** 26)) || 0;
}

/** ln(1 + e^x), and ln(e^x − 1) of x > 0, in 1/256. */
function soft(x: number): number {
  return Math.max(0, x) + ln(65536) - ln(65536 - squash(-Math.min(2047, Math.abs(x))));
}

function stepLog(x: number): number {
  const least = Math.min(2047, x);
  return x + ln(2 * squash(least) - 65536) - ln(squash(least));
}

function ln(v: number): number {
  return Math.floor(log2fixed(v, 14) * 45426 / 2 ** 22);
}

/** The number of a position's block, among those of its parity. */
function blockOf({ shape: { length, stride } }: Window, x: number): number {
  return Math.floor(x / (length * stride));
}

function isLastOfBlock({ shape: { length, stride }, width }: Window, x: number): boolean {
  return x + stride >= width || Math.floor(x / stride) % length === length - 1;
}

/** What a window keeps of a block; nothing lies beyond the picture. */
function matrixOf(window: Window, x: number, block: number): Matrix | undefined {
  const { shape: { n, length, stride }, blocks, rowParity, width } = window, parity = x % stride;
  if (block < 0 || block * length * stride + parity >= width) return undefined;
  const name = `${rowParity} ${parity} ${block % (65536 / (length * stride))}`;
  if (!blocks.has(name)) blocks.set(name, new Float32Array(n * (n + 1)));
  return blocks.get(name)!;
}

/** The block of a position; the first of its positions begins it. */
function openBlock(window: Window, x: number): OpenBlock {
  const { length, stride } = window.shape;
  if (Math.floor(x / stride) % length === 0) {
    const known = gathered(window, x);
    window.open[x % stride] = { known, weights: solved(known, window.shape.n), rows: [] };
  }
  return window.open[x % stride];
}

/** What a window knows at a block. */
function gathered(window: Window, x: number): Matrix {
  const { n, kept: [west, here, east] } = window.shape, block = blockOf(window, x);
  const [w, h, e] = [-1, 0, 1].map((by) => matrixOf(window, x, block + by));
  return Float32Array.from(
    { length: n * (n + 1) },
    (_, at) => f(f(west * (w?.[at] ?? 0)) + f(here * h![at])) + f(f(east * (e?.[at] ?? 0)) + f(2 ** -40)),
  );
}

/** Adds a block's positions to what its window knows. */
function include(window: Window, x: number, { known, rows }: OpenBlock): void {
  const n = window.shape.n, matrix = matrixOf(window, x, blockOf(window, x))!;
  matrix.forEach((_, at) => {
    const i = Math.floor(at / (n + 1)), k = at % (n + 1);
    matrix[at] = known[at] + f(rows.reduce((sum, row) => sum + row[i] * row[k], 0));
  });
}

/** The weights that solve a window's equations. */
function solved(matrix: Matrix, n: number): number[] {
  const rows = Array.from({ length: n }, (_, j) => [...matrix.subarray(j * (n + 1), (j + 1) * (n + 1))]);
  rows.forEach((row, j) => row[j] = f(row[j] + 2));
  const factors: number[][] = [], z: number[] = [];
  for (let j = 0; j < n; j++) {
    const inverse = f(1 / (2 < rows[j][j] ? rows[j][j] : 2)), aim = rows[j][n];
    factors[j] = [];
    for (let k = j + 1; k < n; k++) {
      const factor = factors[j][k] = f(rows[j][k] * inverse);
      for (let i = k; i < n; i++) rows[k][i] = f(rows[k][i] - f(factor * rows[j][i]));
      rows[k][n] = f(rows[k][n] - f(aim * factor));
    }
    z[j] = f(aim * inverse);
  }
  for (let k = n - 1; k > 0; k--) {
    for (let j = 0; j < k; j++) z[j] = f(z[j] - f(factors[j][k] * z[k]));
  }
  return z;
}

/** The values of a plane, continued at the left, at the right and below. */
function continued(values: Margined, width: number, height: number): Margined {
  const plane = new Margined(0);
  for (let y = 0; y < height + 2; y++) {
    for (let x = -4; x < width + 4; x++) {
      plane.set(x, y, values.at(clamp(x, 0, width - 1), Math.min(y, height - 1)));
    }
  }
  return plane;
}
