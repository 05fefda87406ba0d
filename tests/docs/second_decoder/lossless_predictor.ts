/** Part 6 of the specification. */

import { bits, clamp, limit, squash, stretch, times } from "./arithmetic.ts";
import { type Band, checked } from "./bands.ts";
import { Decisions } from "./rans.ts";
import {
  classOf,
  coarse,
  type Counter,
  Counters,
  fine,
  nearEnergy,
  restOf,
  signClassOf,
} from "./subband_coder.ts";

/** A tap is the plane (0 the channel itself, 1 is C, 2 is D) and the offset. */
type Tap = readonly [plane: number, dx: number, dy: number];
const TAPS: readonly (readonly Tap[])[] = [
  [
    ...[[0, -1, 0], [0, -1, -1], [0, 1, -1], [0, 0, -2], [0, -2, 0], [0, 1, -2], [0, -2, -1], [0, 0, -3]],
    ...[[0, -3, 0], [0, -1, -2], [0, 2, -1], [0, 3, -1], [0, 2, -2], [0, -2, -2], [0, 0, -4], [0, -3, -1]],
    ...[[0, -4, 0], [0, 1, -3], [0, -1, -3]],
  ] as unknown as Tap[],
  [
    ...[[0, -1, 0], [0, 1, -1], [0, -1, -1], [1, 0, 0], [0, 1, -2], [0, -2, -1], [0, -2, 0], [1, 1, 1]],
    ...[[0, 2, -1], [0, -1, -2], [0, 0, -2], [0, -2, -2], [1, 1, 0], [1, 0, 1], [1, -1, 0], [0, -3, 0]],
    ...[[0, 0, -3], [1, -1, -1], [1, 1, -1], [1, -1, 1], [0, 2, -2], [1, 1, -2], [1, -2, 0], [1, 2, 0]],
    ...[[1, 0, 2]],
  ] as unknown as Tap[],
  [
    ...[[0, -1, 0], [0, 1, -1], [0, -1, -1], [1, 0, 0], [2, 0, 0], [0, 1, -2], [0, -2, -1], [0, -2, 0]],
    ...[[1, 1, 1], [1, -1, -1], [2, 1, 1], [0, 2, -1], [0, 0, -2], [1, 1, 0], [1, 0, 1], [1, -1, 0]],
    ...[[2, 1, 0], [2, 0, 1], [2, -1, 0], [0, -1, -2], [0, 2, -2], [0, -2, -2], [1, 1, -1], [1, -1, 1]],
    ...[[1, 1, -2], [1, -2, 0], [0, -3, 0], [0, 0, -3]],
  ] as unknown as Tap[],
];
const MISSES = [[-1, 0], [0, -1], [-1, -1], [1, -1], [-2, 0], [0, -2]];
const VALUE_TAPS = 28;

interface WindowShape {
  /** Number of taps. */
  readonly n: number;
  readonly f: number;
  readonly r: number;
  readonly hasParities: boolean;
}

/** The windows of a level for a kind. */
function windowShapes(level: number, kind: number): WindowShape[] {
  const first = { n: 7, f: kind === 0 ? 1 : 2, r: 3, hasParities: false };
  const second = { n: level === 2 ? 11 : 19, f: 3, r: 7, hasParities: kind > 0 };
  return [first, second].slice(0, Math.min(2, level));
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

/** Sums of a window and a parity of the columns. */
interface Sums {
  readonly left: Matrix;
  readonly right: Matrix;
}

interface Window {
  readonly shape: WindowShape;
  readonly sums: readonly Sums[];
  /** By the parity of the row and the column. */
  readonly columns: Map<string, Matrix>;
  readonly rowParity: number;
}

type Matrix = Int32Array;

/** Decodes a packet of planes of one size. */
export function decodeSamples(packet: Uint8Array, bands: readonly Band[]): void {
  if (packet.length === 0) return;
  new LosslessPredictor(packet, bands).decode();
}

class LosslessPredictor {
  readonly #decisions: Decisions;
  readonly #shift: number;
  readonly #level: number;
  readonly #counters = new Counters();
  readonly #sets = new Map<string, WeightSet>();
  readonly #maps = new Map<string, number[]>();
  readonly #steppedWeights = new Map<string, number[]>();
  readonly #channels: Channel[] = [];

  constructor(packet: Uint8Array, readonly bands: readonly Band[]) {
    this.#shift = packet[0] & 31;
    this.#level = packet[0] >> 5;
    if (this.#level > 3) throw new Error("level");
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
    const misses = new Margined(0),
      errors = Array.from({ length: 2 + Math.min(2, this.#level) }, () => new Margined(0));
    const shapes = windowShapes(this.#level, kind), columns = shapes.map(() => new Map<string, Matrix>());
    for (let y = 0; y < height; y++) {
      if (y > 0) {
        for (let k = 1; k <= 3; k++) own.values.set(-k, y, own.values.at(0, y - 1));
        for (let k = 1; k <= 2; k++) {
          own.magnitudes.set(-k, y, own.magnitudes.at(0, y - 1));
          for (const error of errors) error.set(-k, y, error.at(0, y - 1));
        }
      }
      const windows = columns.map((of, k) => beginRow(of, shapes[k], y, width));
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
    const { own, C, D, kind, x, y, width, misses, errors, windows } = place;
    const v = (dx: number, dy: number) => own.values.at(x + dx, y + dy);
    const w = v(-1, 0), n = y === 0 ? w : v(0, -1), m = w + n;
    const planes = [own.values, C?.values, D?.values];
    const means = planes.map((plane, k) => k === 0 ? m : plane ? plane.at(x - 1, y) + plane.at(x, y - 1) : 0);
    const taps = new Array<number>(VALUE_TAPS + MISSES.length).fill(0);
    TAPS[kind].forEach(([plane, dx, dy], k) =>
      taps[k] = (2 * planes[plane]!.at(x + dx, y + dy) - means[plane]) | 0
    );
    MISSES.forEach(([dx, dy], k) => taps[VALUE_TAPS + k] = misses.at(x + dx, y + dy));
    const scaledTaps = taps.map((tap) => this.#scaled(tap));
    const energy = scaledTaps.reduce((sum, tap) => sum + tap * tap, 0);

    const phase = kind === 0 ? 0 : (x & 1) + 2 * (y & 1);
    const stepped = [0, 1].map((p) => weightsOf(this.#steppedWeights, `${p} ${kind} ${phase}`, kind));
    const changes = stepped.map((weights) => changeOf(weights, taps));
    for (const window of windows) {
      const { n, r } = window.shape;
      if (x + r < width) enter(window, x + r);
      changes.push(changeOf(solved(window, x), taps.slice(0, n)));
    }
    const recent = errors.map((error) => {
      const e = (dx: number, dy: number) => error.at(x + dx, y + dy);
      return 10 + 2 * (e(-1, 0) + e(0, -1)) + e(-1, -1) + e(1, -1) + e(-2, 0) + e(0, -2);
    });
    const least = Math.min(...recent);
    const trusts = recent.map((error) => {
      const ratio = Math.floor(4096 * least / error), square = (ratio * ratio) >> 12;
      return Math.max(1, (square * square) >> 12);
    });
    const weighted = trusts.reduce((sum, trust, k) => sum + trust * changes[k], 0);
    const blend = this.#level === 0
      ? (changes[0] + changes[1]) >> 1
      : Math.trunc(weighted / trusts.reduce((a, b) => a + b));
    const P = (8 * m + blend) | 0;
    const prediction = limit((P + 8) >> 4, 2 ** 29), fraction = (P + 8) & 15;
    const lately = Math.floor(recent.reduce((a, b) => a + b) / (4 * recent.length));
    const spreadOf = (other: number) =>
      Math.min(11, Math.max(0, bits(Math.abs(changes[0] - changes[other]) >> this.#shift) - 1));
    const spread = spreadOf(1), spread2 = this.#level === 0 ? 0 : spreadOf(2);

    const mag = (dx: number, dy: number) => own.magnitudes.at(x + dx, y + dy);
    const near = nearEnergy(mag);
    const [vw, vn, vnw, vne] = [v(-1, 0), v(0, -1), v(-1, -1), v(1, -1)];
    const most = 2 ** 20;
    const gradient = Math.min(most, Math.abs(vw - vnw)) + Math.min(most, Math.abs(vn - vnw)) +
      Math.min(most, Math.abs(vn - vne));
    const crossOf = ({ magnitudes: a }: Channel) =>
      4 * a.at(x, y) + a.at(x - 1, y) + a.at(x + 1, y) + a.at(x, y - 1) + a.at(x, y + 1);
    const channels = (C ? crossOf(C) : 0) + (D ? crossOf(D) >> 1 : 0), total = 2 * near + gradient + channels;
    const contexts = [
      [classOf(mag(-1, 0)), classOf(mag(0, -1))],
      [coarse(gradient), coarse(near)],
      [fine(channels + gradient)],
      [coarse(lately), spread2],
      [fraction, coarse(lately)],
      [x & 1, y & 1, fine(total)],
      [classOf(C ? C.magnitudes.at(x, y) : mag(-2, 0)), classOf(D ? D.magnitudes.at(x, y) : mag(1, -1))],
    ];
    const fastContexts = [[fine(total)], [coarse(near), coarse(channels + gradient)]];
    let token = 0;
    for (;; token++) {
      if (token === 64) throw new Error("token");
      const step = Math.min(token, 23);
      const outcome = this.#level === 0
        ? this.#decideFast(fastContexts.map((context, i) => `token ${i} ${kind} ${step} ${context}`))
        : this.#decide(
          contexts.map((context, i) => `token ${i} ${kind} ${step} ${context}`),
          [
            `0 ${Math.min(step, 5)} ${kind} ${fine(lately)}`,
            `1 ${Math.min(step, 3)} ${spread2} ${coarse(total)}`,
          ],
          [`a ${kind} ${step} ${fine(lately)}`, `b ${kind} ${step} ${spread} ${coarse(channels + near)}`],
        );
      if (outcome === 0) break;
    }
    let difference = 0;
    if (token > 0) {
      const s = (dx: number, dy: number) => own.signs.at(x + dx, y + dy);
      const c = (dx: number, dy: number) => C?.signs.at(x + dx, y + dy) ?? 2, d = D?.signs.at(x, y) ?? 2;
      const side = (change: number) => {
        const a = (8 * m - 16 * prediction + change) >> this.#shift;
        return a < -16 ? 0 : a < -4 ? 1 : a < 4 ? 2 : a < 16 ? 3 : 4;
      };
      const shortToken = Math.min(15, token);
      const signContexts = [
        [s(-1, 0), s(0, -1), c(0, 0)],
        [s(-1, -1), s(0, -1), s(1, -1)],
        [c(0, 0), d, s(-1, 0)],
        [c(-1, 0), c(1, 0), c(0, 0)],
        [c(0, -1), c(0, 1), c(0, 0)],
        changes.slice(0, 3).map(side),
        [fraction, shortToken],
      ];
      const isNegative = this.#level === 0
        ? this.#decideFast([`sign 0 ${kind} ${signContexts[0]}`, `sign 6 ${kind} ${fraction}`])
        : this.#decide(
          signContexts.map((context, i) => `sign ${i} ${kind} ${context}`),
          [`s0 ${coarse(near)}`, `s1 ${fraction}`],
          [`sa ${kind} ${fraction}`, `sb ${signContexts[0]}`],
        );
      const magnitude = restOf(token, this.#decisions, (name) => {
        const counter = this.#counters.get(`extra ${kind} ${token} ${name}`);
        const outcome = this.#decisions.bit(squash(stretch(counter.p >> 10)));
        learn(counter, outcome);
        return outcome;
      });
      difference = isNegative ? -magnitude : magnitude;
    }
    const value = checked(prediction + difference);

    own.magnitudes.set(x, y, Math.min(2047, Math.abs(difference)));
    own.signs.set(x, y, signClassOf(difference));
    misses.set(x, y, limit((16 * value - P) >> 3, 2 ** 20));
    changes.forEach((change, p) => {
      const error = (16 * value - 8 * m - change) >> this.#shift;
      errors[p].set(x, y, Math.min(65535, Math.abs(error)));
      if (p > 1) return;
      const gain = Math.trunc([60, 400][p] * 256 * limit(error, 8192) / (energy + 88));
      stepped[p].forEach((weight, k) =>
        stepped[p][k] = limit(weight + ((times(gain, scaledTaps[k]) + 128) >> 8), 2 ** 20)
      );
    });
    for (const window of windows) {
      include(window, x, [...scaledTaps.slice(0, window.shape.n), this.#scaled(2 * value - m)]);
    }
    return value;
  }

  /** By the mean of two counters. */
  #decideFast(names: readonly string[]): number {
    const [a, b] = names.map((name) => this.#counters.get(name));
    const outcome = this.#decisions.bit(clamp(((a.p >> 6) + (b.p >> 6)) >> 1, 32, 65504));
    for (const counter of [a, b]) learn(counter, outcome);
    return outcome;
  }

  #decide(names: readonly string[], setNames: readonly string[], mapNames: readonly string[]): number {
    const counters = names.map((name) => this.#counters.get(name));
    const inputs = counters.map(({ p, n }) => product(stretch(p >> 10), Math.floor(32768 * n / (n + 1))));
    inputs.push(256);
    const sets = setNames.map((name) => {
      let set = this.#sets.get(name);
      if (!set) this.#sets.set(name, set = { weights: [...new Array<number>(7).fill(2129), 0], uses: 0 });
      return set;
    });
    const outputs = sets.map(({ weights }) =>
      clamp(weights.reduce((sum, weight, i) => sum + weight * inputs[i], 0) >> 14, -3072, 3071)
    );
    const x = outputs.reduce((a, b) => a + b) >> 1;
    const [a, b] = mapNames.map((name) => {
      let points = this.#maps.get(name);
      if (!points) {
        points = Array.from({ length: 33 }, (_, j) => 64 * squash(Math.min(3071, 192 * j - 3072)));
        this.#maps.set(name, points);
      }
      return points;
    });
    const q = Math.floor((x + 3072) / 192), r = x + 3072 - 192 * q;
    const refined = Math.floor((((a[q] + b[q]) >> 6) * (192 - r) + ((a[q + 1] + b[q + 1]) >> 6) * r) / 192);
    const outcome = this.#decisions.bit(clamp((2 * squash(x) + refined) >> 2, 32, 65504));
    const nearer = r < 96 ? q : q + 1;
    for (const points of [a, b]) points[nearer] += (2 ** 22 * outcome - points[nearer]) >> 6;
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
    weights = new Array<number>(VALUE_TAPS + MISSES.length).fill(0);
    [weights[1], weights[2]] = kind === 0 ? [-13107, 13107] : [13107, -13107];
    all.set(name, weights);
  }
  return weights;
}

function changeOf(weights: readonly number[], taps: readonly number[]): number {
  let sum = 0, magnitudes = 0;
  weights.forEach((weight, k) => {
    sum += weight * taps[k];
    magnitudes += Math.abs(weight * taps[k]);
  });
  // Doubles hold smaller sums exactly.
  const exact = magnitudes < 2 ** 53
    ? Math.floor(sum / 2 ** 13)
    : Number(weights.reduce((sum, weight, k) => sum + BigInt(weight) * BigInt(taps[k]), 0n) >> 13n);
  return limit(exact, 2 ** 26);
}

function beginRow(columns: Map<string, Matrix>, shape: WindowShape, y: number, width: number): Window {
  const sums = [0, 1].map(() => ({ left: emptyMatrix(shape), right: emptyMatrix(shape) }));
  const window = { shape, sums, columns, rowParity: shape.hasParities ? y & 1 : 0 };
  for (let x = 0; x < Math.min(shape.r, width); x++) enter(window, x);
  return window;
}

function emptyMatrix({ n }: WindowShape): Matrix {
  return new Int32Array(n * (n + 1));
}

function columnOf({ columns, shape, rowParity }: Window, x: number): Matrix {
  const name = `${rowParity} ${x % 65536}`;
  if (!columns.has(name)) columns.set(name, emptyMatrix(shape));
  return columns.get(name)!;
}

function sumsOf({ shape, sums }: Window, x: number): Sums {
  return sums[shape.hasParities ? x & 1 : 0];
}

function enter(window: Window, x: number): void {
  const { right } = sumsOf(window, x);
  columnOf(window, x).forEach((sum, i) => right[i] += sum - (sum >> window.shape.f));
}

function include(window: Window, x: number, row: readonly number[]): void {
  const column = columnOf(window, x), { left, right } = sumsOf(window, x), { n, f } = window.shape;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= n; j++) {
      const at = i * (n + 1) + j, old = column[at] - (column[at] >> f);
      right[at] -= old;
      column[at] = old + row[i] * row[j];
      left[at] += column[at];
      left[at] -= left[at] >> f;
    }
  }
}

/** The weights that solve a window's equations, in 64 bits that wrap. */
function solved(window: Window, x: number): number[] {
  const { left, right } = sumsOf(window, x),
    { n } = window.shape,
    wrap = (value: bigint) => BigInt.asIntN(64, value);
  const least = 32n << 8n;
  const rows = Array.from({ length: n }, (_, j) =>
    Array.from({ length: n + 1 }, (_, i) => {
      const at = j * (n + 1) + i;
      return (BigInt((left[at] + right[at]) | 0) << 8n) + (i === j ? least : 0n);
    }));
  const factors: bigint[][] = [], weights: bigint[] = [];
  for (let j = 0; j < n; j++) {
    const pivot = rows[j][j] > least ? rows[j][j] : least, inverse = 2n ** 48n / pivot;
    factors.push(rows[j].map((entry) => wrap(entry * inverse) >> 26n));
    for (let k = j + 1; k < n; k++) {
      for (let i = k; i <= n; i++) rows[k][i] = wrap(rows[k][i] - (wrap(factors[j][k] * rows[j][i]) >> 22n));
    }
    weights.push(wrap(rows[j][n] * inverse) >> 32n);
  }
  for (let j = n - 1; j >= 0; j--) {
    let weight = weights[j];
    for (let i = j + 1; i < n; i++) weight = wrap(weight - (wrap(factors[j][i] * weights[i]) >> 22n));
    const most = 2n ** 20n;
    weights[j] = weight > most ? most : weight < -most ? -most : weight;
  }
  return weights.map(Number);
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
