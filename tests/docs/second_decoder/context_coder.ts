/** Part 4 of the specification, without the network and the initial state. */

import { clamp, limit, log2fixed, squash, stretch, times } from "./arithmetic.ts";
import { type Band, checked } from "./bands.ts";
import { type Network, NetworkOnBand } from "./network.ts";
import { cross, Plane } from "./plane.ts";
import type { Decisions } from "./rans.ts";

const LOGS = Array.from({ length: 4096 }, (_, m) => log2fixed(1 + 2 * m, 7));
const CLASSES = Array.from(
  { length: 4096 },
  (_, m) =>
    m < 5 ? m : Math.min(31, 5 + Math.floor((5 * (log2fixed(m, 10) - log2fixed(5, 10)) + 1024) / 2048)),
);
const log = (m: number): number => LOGS[Math.min(m, 4095)];
const classOf = (m: number): number => CLASSES[Math.min(m, 4095)];
const halfClass = (m: number): number => classOf(m) >> 1;
const up3 = (m: number): number => Math.min(3, m);
const signOf = (v: number): number => v === 0 ? 0 : v > 0 ? 1 : 2;
/** log2 of 1 + 2m in 1/16. */
export const levelOf = (m: number): number => log(m) >> 3;

// deno-fmt-ignore
const COUNTERS = {
  wide: 0, near: 6912, sibling: 20736, channel: 48384, place: 76032, total: 89856, high: 96768, signLogit: 100608,
  signNear: 101760, signPlace: 102084, llGradient: 103056, llResidual: 105616, llChannel: 108176, llBoth: 113296,
  llLogit: 118416, llSign: 120976, tail: 121012, end: 121140,
};
// deno-fmt-ignore
const MIXERS = { detail: 0, sign: 216, ll: 252, llSign: 332, detailLogit: 336, signLogit: 528, llResidual: 560, llSignAll: 592, end: 593 };
const DIRECTS = { detail: 0, sign: 78, ll: 114, llSign: 194, end: 198 };
const NEXT = [0, 2, 5, 7, 1, 3, 6, 4, 2, 0, 4, 6, 3, 1, 7, 5];

/** A counter: a probability of 22 bits and a count. */
export interface Counter {
  p: number;
  n: number;
}

/** Weights and how often they learned. */
export interface WeightSet {
  weights: number[];
  n: number;
}

/** What a model knows. */
export interface ModelState {
  readonly counters: Counter[];
  readonly mixers: WeightSet[];
  readonly directs: WeightSet[];
  readonly network?: Network;
}

/** What a model without an initial state knows. */
export function freshState(): ModelState {
  return {
    counters: Array.from({ length: COUNTERS.end }, () => ({ p: 2 ** 21, n: 0 })),
    mixers: Array.from({ length: MIXERS.end }, () => {
      const weights = new Array<number>(8).fill(314573);
      weights[1] = 0;
      return { weights, n: 0 };
    }),
    directs: Array.from({ length: DIRECTS.end }, () => ({ weights: new Array<number>(36).fill(0), n: 0 })),
  };
}

/** A decision by one counter, which learns. */
export function decideByOne(decisions: Decisions, counter: Counter): number {
  const outcome = decisions.bit(clamp(counter.p >> 6, 32, 65504));
  learn(counter, outcome);
  return outcome;
}

function learn(counter: Counter, outcome: number): void {
  const rate = Math.floor(32768 / (2 * counter.n + 3));
  if (outcome === 1) counter.p += times((2 ** 22 - counter.p) >> 6, rate) >> 8;
  else counter.p -= times(counter.p >> 6, rate) >> 8;
  counter.n = Math.min(120, counter.n + 1);
}

/** What contexts see of a band that is coded. */
export interface SeenBand {
  readonly band: Band;
  readonly magnitudes: Plane;
  readonly signed: Plane;
  readonly values: Plane;
}

type Seen = SeenBand | undefined;

/** Decodes the packets of one tile in order. */
export class ContextCoder {
  readonly #seen: SeenBand[] = [];
  readonly #channelCount: number;
  readonly #coarsest: number;

  constructor(bands: readonly Band[], readonly state: ModelState, readonly isTrellis: boolean) {
    this.#channelCount = bands.filter(({ orientation }) => orientation === 0).length;
    this.#coarsest = bands[0].level;
  }

  decode(decisions: Decisions, bands: readonly Band[]): void {
    for (const band of bands) {
      const { width, height } = band,
        own: SeenBand = {
          band,
          magnitudes: new Plane(width, height),
          signed: new Plane(width, height),
          values: new Plane(width, height),
        };
      if (band.orientation === 0) this.#decodeLowPass(decisions, own);
      else this.#decodeHighPass(decisions, own);
      this.#seen.push(own);
    }
    decisions.finish();
  }

  #find(level: number, orientation: number, channel: number): Seen {
    return this.#seen.find(({ band }) =>
      band.level === level && band.orientation === orientation && band.channel === channel &&
      band.values.length > 0
    );
  }

  /** The band of some channel and those of the three channels before it. */
  #vector(level: number, orientation: number, channel: number): Seen[] {
    return [0, 1, 2, 3].map((back) => this.#find(level, orientation, channel - back));
  }

  #decodeHighPass(decisions: Decisions, own: SeenBand): void {
    const { level, orientation, channel, width, height, values } = own.band;
    const channelClass = Math.min(channel, 3), levelClass = Math.min(level, 3) - 1;
    const shape = levelClass * 3 + orientation - 1, band = shape * 4 + channelClass;
    const edge = (orientation - 1) * 4 + channelClass;
    const parents = this.#vector(level + 1, orientation, channel), parent = parents[0];
    const hls = orientation > 1 ? this.#vector(level, 1, channel) : [], hl = hls[0];
    const lhs = orientation > 2 ? this.#vector(level, 2, channel) : [], lh = lhs[0];
    const earlier = this.#vector(level, orientation, channel).slice(1), [C1, C2, C3] = earlier;
    const low = level === this.#coarsest ? this.#find(level, 0, channel) : undefined;
    const network = this.state.network && new NetworkOnBand(
      this.state.network,
      own,
      this.#channelCount,
      low,
      (l, o, c) => this.#find(l, o, c),
    );
    let trellis = 0;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const quantiser = this.isTrellis ? trellis & 1 : 0;
        const m = (dx: number, dy: number) => own.magnitudes.at(x + dx, y + dy);
        const [w, n, nw, ne, ww, nn] = [m(-1, 0), m(0, -1), m(-1, -1), m(1, -1), m(-2, 0), m(0, -2)];
        const [along, across, along2, across2] = orientation === 1 ? [n, w, nn, ww] : [w, n, ww, nn];
        const isDiagonal = orientation === 3;
        const near = isDiagonal ? 3 * (w + n) + nw + ne : 4 * along + 2 * across + nw + ne;
        const far = 2 * along2 + across2 + m(-1, -2) + m(1, -2) + m(-2, -1) + m(2, -1);
        let pc = 0, px = 0;
        const [ppx, ppy] = inside(parent, x >> 1, y >> 1), [lx, ly] = inside(low, x, y);
        const v = (dx: number, dy: number) => low!.values.at(lx + dx, ly + dy);
        if (parent) {
          pc = parent.magnitudes.at(ppx, ppy);
          px = cross(parent.magnitudes, ppx, ppy, 0);
        } else if (low) {
          const gx = Math.abs(v(1, 0) - 2 * v(0, 0) + v(-1, 0)),
            gy = Math.abs(v(0, 1) - 2 * v(0, 0) + v(0, -1));
          const g = Math.min(
            4095,
            orientation === 1 ? gx : orientation === 2 ? gy : Math.floor((gx + gy) / 2),
          );
          [pc, px] = [g >> 3, g >> 1];
        }
        const [hx, hy] = inside(hl, x, y), [vx, vy] = inside(lh, x, y);
        const h = (dx: number, dy: number) => hl?.magnitudes.at(hx + dx, hy + dy) ?? 0;
        const l = (dx: number, dy: number) => lh?.magnitudes.at(vx + dx, vy + dy) ?? 0;
        const hn = h(0, 0) + h(0, 1), hf = h(-1, 0) + h(1, 0) + h(0, -1) + h(1, 1) + h(-1, 1);
        const vn = l(0, 0) + l(1, 0), vf = l(-1, 0) + l(0, -1) + l(0, 1);
        const [c1, c2, c3] = earlier.map((seen) => seen?.magnitudes.at(x, y) ?? 0);
        const k1 = cross(C1?.magnitudes, x, y, 0);
        const k2 = cross(C2?.magnitudes, x, y, 0) + cross(C3?.magnitudes, x, y, 0);
        const place = 3 * c1 + 2 * c2 + 2 * c3;
        const total = isDiagonal
          ? (4 * (w + n) + 2 * (nw + ne) + ww + nn + 5 * c1 + c2 + c3 + 3 * (hn + vn) + hf + vf + pc +
            (px >> 1)) >> 1
          : (9 * along + 4 * across + 2 * (nw + ne) + 3 * along2 + 2 * across2 + 6 * c1 + c2 + c3 + 2 * hn +
            hf + pc +
            px) >> 1;
        let agreement = 0;
        // deno-fmt-ignore
        const features = network ? [] : [
          256, log(w), log(n), log(nw), log(ne), log(ww), log(nn),
          log(far), log(c1), log(c2), log(c3), log(k1), log(k2),
          log(pc), log(px), log(hn), log(hf), log(vn), log(vf),
          log(near), log(near + far), log(total),
          density(parent), density(C1), density(hl),
          0, log(2 * c1 + pc + 3 * along + 2 * across), log(4 * c1 + 2 * c2 + 2 * c3 + k1 + k2),
        ];
        network?.place(x, y);
        const n8 = Math.min(7, halfClass(near));
        const step = (k: number): number => {
          const s = quantiser === 1 && k < 2 ? 4 + k : Math.min(k, 3),
            base = 6 * band + s,
            long = Math.min(k, 12);
          const f = network ? [256, network.logit(quantiser, long), agreement] : features.with(25, agreement);
          const contexts = [
            COUNTERS.wide + 32 * base + classOf(near + far),
            COUNTERS.near + 64 * base + 16 * up3(along) + 4 * up3(across) + up3(nw + ne),
            COUNTERS.sibling + 128 * base +
            8 * (orientation === 1 ? halfClass(2 * pc + px) : halfClass(2 * (hn + vn) + hf + vf)) + n8,
            COUNTERS.channel + 128 * base +
            8 * (C1 ? halfClass(place + ((k1 + k2) >> 1)) : halfClass(2 * pc + px)) + n8,
            COUNTERS.place + 64 * base +
            (C1 ? 16 * up3(c1) + 4 * up3(c2) + up3(c3) : 16 * up3(pc) + 4 * up3(ww) + up3(nn)),
            k < 3
              ? COUNTERS.total + 128 * (6 * shape + s) + 4 * classOf(total) + up3(c1)
              : COUNTERS.high + 32 * ((long - 3) * 12 + edge) + classOf(near + far),
          ];
          const direct = DIRECTS.detail + 3 * (13 * quantiser + long) + orientation - 1;
          return this.#decide(
            decisions,
            network ? contexts.slice(2) : contexts,
            MIXERS.detail + base,
            (d) => MIXERS.detailLogit + 32 * s + ((d + 2048) >> 7),
            direct,
            f,
          ).outcome;
        };
        const sign = (): number => {
          const g = (dx: number, dy: number) => own.signed.at(x + dx, y + dy);
          const c = (seen: Seen, dx = 0, dy = 0) => seen?.signed.at(x + dx, y + dy) ?? 0;
          const hs = (dx: number, dy: number) => hl?.signed.at(hx + dx, hy + dy) ?? 0;
          const ls = (dx: number, dy: number) => lh?.signed.at(vx + dx, vy + dy) ?? 0;
          const ps = (dx: number, dy: number) => parent!.signed.at(ppx + dx, ppy + dy);
          const sx = x % 2 === 1 ? 1 : -1, sy = y % 2 === 1 ? 1 : -1;
          const towards = (k: number) => orientation === 1 ? v(k, 0) : v(0, k);
          const cVector = earlier.map((seen) => c(seen));
          const vector = (bands: readonly Seen[], at: readonly [number, number]): number => {
            const [first, ...others] = bands;
            if (!first) return 0;
            const fits = (seen: Seen) =>
              seen && seen.band.width === first.band.width && seen.band.height === first.band.height;
            const nVector = others.map((seen) => fits(seen) ? seen!.signed.at(...at) : 0);
            const dot = nVector.reduce((sum, a, i) => sum + a * cVector[i], 0);
            const square = nVector.reduce((sum, a) => sum + a * a, 0);
            return Math.trunc(64 * first.signed.at(...at) * dot / (1 + square));
          };
          // deno-fmt-ignore
          const f = [
            4, g(-1, 0), g(0, -1), g(-1, -1), g(1, -1), g(-2, 0), g(0, -2),
            c(C1), c(C2), c(C3),
            c(C1, 1, 0) - c(C1, -1, 0), c(C1, 0, 1) - c(C1, 0, -1), c(C3, 1, 0) - c(C3, -1, 0), c(C3, 0, 1) - c(C3, 0, -1),
            hs(0, 0), hs(0, 1), hs(0, -1), hs(-1, 0), hs(1, 0), hs(-1, 1), hs(1, 1),
            ls(0, 0), ls(1, 0), ls(-1, 0),
            ...(parent
              ? [ps(0, 0), sx * (ps(1, 0) - ps(-1, 0)), sy * (ps(0, 1) - ps(0, -1)), sx * ps(0, 0), sy * ps(0, 0)]
              : low
              ? [[1, 0], [0, -1], [2, 1]].map(([a, b]) => limit((towards(a) - towards(b)) >> 2, 3)).concat(0, 0)
              : [0, 0, 0, 0, 0]),
            0,
          ].map((value) => 64 * value);
          const ownVector = [own, ...earlier];
          f.push(
            ...([[-1, 0], [0, -1], [1, -1], [-1, -1]] as const).map(([dx, dy]) =>
              vector(ownVector, [x + dx, y + dy])
            ),
            vector(parents, [ppx, ppy]),
            vector(hls, [hx, hy]) + vector(lhs, [vx, vy]),
          );
          const logitClass = (d: number) => clamp((d + 512) >> 5, 0, 31);
          const { outcome, d } = this.#decide(
            decisions,
            [
              (d: number) => COUNTERS.signLogit + 32 * band + logitClass(d),
              COUNTERS.signNear + 9 * band + 3 * signOf(g(-1, 0)) + signOf(g(0, -1)),
              COUNTERS.signPlace + 27 * band + 9 * signOf(cVector[0]) + 3 * signOf(cVector[1]) +
              signOf(cVector[2]),
            ],
            MIXERS.sign + band,
            (d) => MIXERS.signLogit + logitClass(d),
            DIRECTS.sign + band,
            f,
          );
          agreement = outcome === 1 ? d : -d;
          return outcome;
        };
        const coded = checked(this.#binarised(decisions, 1, step, sign));
        values[y * width + x] = this.isTrellis ? checked(2 * coded - quantiser * Math.sign(coded)) : coded;
        trellis = NEXT[2 * trellis + (coded & 1)];
        own.magnitudes.set(x, y, Math.min(4095, Math.abs(coded)));
        own.signed.set(x, y, limit(coded, 3));
      }
    }
  }

  #decodeLowPass(decisions: Decisions, own: SeenBand): void {
    const { level, channel, width, height, values } = own.band,
      earlier = this.#vector(level, 0, channel).slice(1);
    const ch = Math.min(channel, 3);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const v = (dx: number, dy: number) => own.values.at(x + dx, y + dy);
        const m = (dx: number, dy: number) => own.magnitudes.at(x + dx, y + dy);
        const [w, n, nw] = [v(-1, 0), v(0, -1), v(-1, -1)], ne = x === width - 1 ? n : v(1, -1);
        const isEdge = x === 0 || y === 0;
        const prediction = y === 0 ? w : x === 0 ? n : Math.floor((2 * w + 2 * n - nw + ne) / 4);
        const g = isEdge ? Math.abs(w) + Math.abs(n) : Math.abs(w - nw) + Math.abs(n - nw) + Math.abs(n - ne);
        const around = [m(-1, 0), m(0, -1), m(-1, -1), m(1, -1)], r = around.reduce((a, b) => a + b);
        const before = earlier.map((seen) => seen?.magnitudes.at(x, y) ?? 0), [c1, c2, c3] = before;
        const f = [256, log(g), ...around.map(log), ...before.map(log), log(r), x === 0 && y === 0 ? 256 : 0];
        const step = (of: number): number => {
          const k = Math.min(of, 19), base = 4 * k + ch;
          return this.#decide(
            decisions,
            [
              COUNTERS.llGradient + 32 * base + classOf(g),
              COUNTERS.llResidual + 32 * base + classOf(r),
              COUNTERS.llChannel + 8 * (32 * k + classOf(2 * c1 + c2 + c3)) + (classOf(r) >> 2),
              COUNTERS.llBoth + 8 * (32 * k + classOf(g)) + (classOf(r) >> 2),
              (d) => COUNTERS.llLogit + 32 * base + ((d + 2048) >> 7),
            ],
            MIXERS.ll + base,
            () => MIXERS.llResidual + classOf(r),
            DIRECTS.ll + base,
            f,
          ).outcome;
        };
        const sign = (): number => {
          const differences = [w - nw, n - nw, ne - n, w - ne].map((difference) => 64 * limit(difference, 3));
          const s = [256, ...differences, ...earlier.map((seen) => 64 * (seen?.signed.at(x, y) ?? 0))];
          const counter = COUNTERS.llSign + 9 * ch + 3 * signOf(s[1]) + signOf(s[2]);
          return this.#decide(
            decisions,
            [counter],
            MIXERS.llSign + ch,
            () => MIXERS.llSignAll,
            DIRECTS.llSign + ch,
            s,
          ).outcome;
        };
        const residual = this.#binarised(decisions, 0, step, sign), value = checked(prediction + residual);
        values[y * width + x] = value;
        own.values.set(x, y, value);
        own.magnitudes.set(x, y, Math.min(4095, Math.abs(residual)));
        own.signed.set(x, y, limit(residual, 3));
      }
    }
  }

  #binarised(decisions: Decisions, kind: number, step: (k: number) => number, sign: () => number): number {
    if (step(0) === 0) return 0;
    const isNegative = sign() === 1;
    let magnitude = 1;
    while (magnitude < 20 && step(magnitude) === 1) magnitude++;
    if (magnitude === 20) {
      const one = (index: number) =>
        decideByOne(decisions, this.state.counters[COUNTERS.tail + 64 * kind + index]);
      let n = 0;
      while (one(n) === 1) if (++n > 31) throw new Error("tail");
      let value = 1;
      for (let i = 0; i < n; i++) value = 2 * value + (i === 0 ? one(32 + n) : decisions.bit(32768));
      magnitude += value - 1;
    }
    return isNegative ? -magnitude : magnitude;
  }

  #decide(
    decisions: Decisions,
    contexts: readonly (number | ((d: number) => number))[],
    a: number,
    b: (d: number) => number,
    direct: number,
    f: readonly number[],
  ): { outcome: number; d: number } {
    const { counters, mixers, directs } = this.state, D = directs[direct];
    const d = limit(
      f.reduce((sum, feature, i) => (sum + times(D.weights[i] >> 7, feature)) | 0, 0) >> 13,
      2047,
    );
    const used = contexts.map((context) => counters[typeof context === "number" ? context : context(d)]);
    const u = [
      d,
      256,
      ...used.map(({ p, n }) => (stretch(p >> 10) * Math.floor(256 * n / (n + 1))) >> 8),
    ];
    const sets = [mixers[a], mixers[b(d)]];
    const logits = sets.map(({ weights }) =>
      clamp(u.reduce((sum, input, i) => (sum + times(weights[i] >> 7, input)) | 0, 0) >> 13, -3072, 3071)
    );
    const outcome = decisions.bit(squash((logits[0] + logits[1]) >> 1));
    sets.forEach((set, k) => teach(set, u, logits[k], outcome, 32 + Math.floor(208 * 32 / (32 + set.n))));
    teach(D, f, d, outcome, 40 + Math.floor(8 * 32 / (32 + D.n)));
    for (const counter of used) learn(counter, outcome);
    return { outcome, d };
  }
}

function teach(
  set: WeightSet,
  inputs: readonly number[],
  logit: number,
  outcome: number,
  rate: number,
): void {
  const error = times(65536 * outcome - squash(logit), rate) >> 8;
  inputs.forEach((input, i) => set.weights[i] = limit(set.weights[i] + (times(input, error) >> 10), 2 ** 22));
  set.n = Math.min(255, set.n + 1);
}

function density(seen: Seen): number {
  return seen ? log(Math.floor(16 * seen.magnitudes.sum() / seen.band.values.length)) : 0;
}

function inside(seen: Seen, x: number, y: number): [number, number] {
  return seen ? [Math.min(x, seen.band.width - 1), Math.min(y, seen.band.height - 1)] : [x, y];
}
