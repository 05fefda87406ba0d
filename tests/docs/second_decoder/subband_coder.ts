/** Part 5 of the specification. */

import { clamp, limit, log2fixed, squash, stretch, times } from "./arithmetic.ts";
import { type Band, checked } from "./bands.ts";
import { cross, Plane } from "./plane.ts";
import type { Decisions } from "./rans.ts";

const FINE = Array.from({ length: 16384 }, (_, e) => log2fixed(1 + e, 2));
/** Four classes per octave. */
export const fine = (energy: number): number => FINE[Math.min(energy, 16383)];
/** Two classes per three octaves. */
export const coarse = (energy: number): number => Math.floor(fine(energy) / 6);
/** Class of one magnitude. */
export const classOf = (m: number): number => m < 3 ? m : Math.min(9, (fine(m) >> 1) - 1);
/** Class of a sign and size. */
export const signClassOf = (v: number): number => v < -5 ? 0 : v < 0 ? 1 : v === 0 ? 2 : v <= 5 ? 3 : 4;
/** Energy near a position of an LL or HH band. */
export function nearEnergy(m: (dx: number, dy: number) => number): number {
  return 3 * (m(-1, 0) + m(0, -1)) + 2 * (m(-1, -1) + m(1, -1)) + ((2 * m(-2, 0) + m(0, -2)) >> 1);
}

/** A probability of 22 bits and a count. */
export class Counter {
  p = 2 ** 21;
  n = 0;
}

/** Counters by name, fresh at first. */
export class Counters {
  readonly #all = new Map<string, Counter>();

  get(name: string): Counter {
    let counter = this.#all.get(name);
    if (!counter) this.#all.set(name, counter = new Counter());
    return counter;
  }
}

/** The magnitude that remains to be read once a token is known. */
export function restOf(token: number, decisions: Decisions, extra: (index: string) => number): number {
  if (token <= 4) return token;
  const count = ((token - 5) >> 1) + 1;
  let value = 2 + ((token - 5) & 1), first = 0;
  for (let k = 0; k < count; k++) {
    const bit = k === 0 ? extra("first") : k === 1 ? extra(`second ${first}`) : decisions.bit(32768);
    if (k === 0) first = bit;
    value = 2 * value + bit;
  }
  return value + 1;
}

interface Seen {
  readonly band: Band;
  readonly magnitudes: Plane;
  readonly signs: Plane;
  readonly values: Plane;
}

interface WeightSet {
  readonly weights: number[];
  uses: number;
}

/** Decodes the packets of one tile in order. */
export class SubbandCoder {
  readonly #counters = new Counters();
  readonly #sets = new Map<string, WeightSet>();
  readonly #seen: Seen[] = [];
  readonly #isTrellis: boolean;

  constructor(isTrellis: boolean) {
    this.#isTrellis = isTrellis;
  }

  decode(decisions: Decisions, bands: readonly Band[]): void {
    for (const band of bands) this.#decodeBand(decisions, band);
    decisions.finish();
  }

  #decodeBand(decisions: Decisions, band: Band): void {
    const { level, orientation, channel, width, height } = band;
    const own: Seen = {
      band,
      magnitudes: new Plane(width, height),
      signs: new Plane(width, height, 2),
      values: new Plane(width, height),
    };
    const find = (l: number, o: number, c: number) =>
      this.#seen.find(({ band }) => band.level === l && band.orientation === o && band.channel === c);
    const aligned = (o: number, c: number) => {
      const other = find(level, o, c);
      return other && other.band.width === width && other.band.height >= height ? other : undefined;
    };
    const hl = orientation >= 2 ? aligned(1, channel) : undefined,
      lh = orientation === 3 ? aligned(2, channel) : undefined;
    const c1 = aligned(orientation, channel - 1), c2 = aligned(orientation, channel - 2);
    const parent = orientation === 0 ? undefined : find(level + 1, orientation, channel);
    this.#seen.push(own);
    const kind = 4 * Math.min(channel, 2) + orientation, levelClass = Math.min(level, 3) - 1;
    const next = [0, 2, 5, 7, 1, 3, 6, 4, 2, 0, 4, 6, 3, 1, 7, 5];
    const isTrellis = this.#isTrellis && orientation !== 0;
    let state = 0;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const m = (dx: number, dy: number) => own.magnitudes.at(x + dx, y + dy);
        const v = (dx: number, dy: number) => own.values.at(x + dx, y + dy);
        const s = (dx: number, dy: number) => own.signs.at(x + dx, y + dy);
        let prediction = 0, gradient = 0;
        if (orientation === 0) {
          const [w, n, nw] = [v(-1, 0), v(0, -1), v(-1, -1)], ne = x === width - 1 ? n : v(1, -1);
          if (y === 0) prediction = w;
          else if (x === 0) prediction = n;
          else {
            prediction = Math.floor((2 * w + 2 * n - nw + ne) / 4);
            gradient = Math.abs(w - nw) + Math.abs(n - nw) + Math.abs(n - ne);
          }
        }
        const [along, across] = orientation === 1 ? [m(0, -1), m(-1, 0)] : [m(-1, 0), m(0, -1)];
        const far = orientation === 1 ? 2 * m(0, -2) + m(-2, 0) : 2 * m(-2, 0) + m(0, -2);
        const diagonal = m(-1, -1) + m(1, -1);
        const near = orientation === 1 || orientation === 2
          ? 5 * along + 2 * across + diagonal + (diagonal >> 1) + (far >> 1)
          : nearEnergy(m);
        const px = parent ? Math.min(x >> 1, parent.band.width - 1) : 0;
        const py = parent ? Math.min(y >> 1, parent.band.height - 1) : 0;
        const relatives = gradient + cross(parent?.magnitudes, px, py, 4);
        const siblings = cross(hl?.magnitudes, x, y, 4) + cross(lh?.magnitudes, x, y, 4);
        const channels = cross(c1?.magnitudes, x, y, 4) + (cross(c2?.magnitudes, x, y, 4) >> 1);
        const total = 2 * near + relatives + siblings + channels;
        const contexts = [
          [levelClass, fine(near)],
          [fine(total)],
          [classOf(along), classOf(across)],
          [coarse(channels), coarse(near)],
          [coarse(relatives), coarse(siblings === 0 ? near : siblings)],
          [coarse(4 * (m(-2, 0) + m(0, -2) + m(1, -1))), coarse(total)],
          [levelClass, fine(siblings + channels + relatives)],
          [classOf(c1 ? c1.magnitudes.at(x, y) : m(-2, 0)), classOf((m(-1, 0) + m(0, -1) + 1) >> 1)],
          [
            classOf(Math.max(m(-1, 0), m(0, -1), m(-1, -1), m(1, -1))),
            classOf(Math.min(m(-1, 0), m(0, -1), m(1, -1))),
          ],
          [coarse(near)],
        ];
        const quantiser = isTrellis ? state & 1 : 0, setQuantiser = total === 0 ? 0 : quantiser;
        let token = 0;
        for (;; token++) {
          if (token === 64) throw new Error("token");
          const step = Math.min(token, 21);
          const names = contexts.map((context, i) => `token ${i} ${kind} ${step} ${context}`);
          const sets = [
            `token ${kind} ${step} ${levelClass} ${setQuantiser}`,
            `energy ${Math.min(step, 3)} ${fine(total)} ${setQuantiser}`,
          ];
          if (this.#decide(decisions, names, sets) === 0) break;
        }
        let difference = 0;
        if (token > 0) {
          const sc1 = c1?.signs.at(x, y) ?? 2, sc2 = c2?.signs.at(x, y) ?? 2;
          const relative = hl ?? parent, [rx, ry] = hl ? [x, y] : [px, py];
          const contexts = [
            [s(-1, 0), s(0, -1), sc1],
            [s(-1, -1), s(0, -1), s(1, -1)],
            [s(-1, 0), s(-2, 0), s(-1, -1)],
            [s(0, -1), s(0, -2), sc1],
            [sc1, sc2, s(-1, 0)],
            c1 ? [c1.signs.at(x - 1, y), c1.signs.at(x + 1, y), sc1] : [2, 2, 2],
            c1 ? [c1.signs.at(x, y - 1), c1.signs.at(x, y + 1), sc1] : [2, 2, 2],
            relative
              ? [relative.signs.at(rx, ry), relative.signs.at(rx + 1, ry), relative.signs.at(rx, ry + 1)]
              : [2, 2, 2],
            lh ? [lh.signs.at(x, y), lh.signs.at(x + 1, y), s(0, -1)] : [2, 2, 2],
            [coarse(near)],
          ];
          const names = contexts.map((context, i) => `sign ${i} ${kind} ${levelClass} ${context}`);
          const isNegative = this.#decide(decisions, names, [
            `sign ${kind} ${levelClass}`,
            `sign near ${coarse(near)}`,
          ]);
          const magnitude = restOf(token, decisions, (name) => {
            const counter = this.#counters.get(`extra ${kind} ${token} ${name}`);
            const outcome = decisions.bit(squash(stretch(counter.p >> 10)));
            learn(counter, outcome);
            return outcome;
          });
          difference = isNegative ? -magnitude : magnitude;
        }
        const value = checked(prediction + difference);
        band.values[y * width + x] = isTrellis ? checked(2 * value - quantiser * Math.sign(value)) : value;
        state = next[2 * state + (value & 1)];
        own.values.set(x, y, value);
        own.magnitudes.set(x, y, Math.min(2047, Math.abs(difference)));
        own.signs.set(x, y, signClassOf(difference));
      }
    }
  }

  #decide(decisions: Decisions, names: readonly string[], setNames: readonly string[]): number {
    const counters = names.map((name) => this.#counters.get(name));
    const inputs = counters.map(({ p, n }) => (stretch(p >> 10) * Math.floor(256 * n / (n + 1))) >> 8);
    inputs.push(256);
    const sets = setNames.map((name) => {
      let set = this.#sets.get(name);
      if (!set) {
        set = { weights: [...new Array<number>(10).fill(8519), 0], uses: 0 };
        this.#sets.set(name, set);
      }
      return set;
    });
    const outputs = sets.map(({ weights }) =>
      clamp(
        weights.reduce((sum, weight, i) => (sum + times(weight >> 2, inputs[i])) | 0, 0) >> 14,
        -3072,
        3071,
      )
    );
    const outcome = decisions.bit(squash((outputs[0] + outputs[1]) >> 1));
    sets.forEach((set, k) => {
      const error = times(65536 * outcome - squash(outputs[k]), 14 + Math.floor(2400 / (20 + set.uses))) >>
        10;
      inputs.forEach((input, i) =>
        set.weights[i] = limit(set.weights[i] + (times(input, error) >> 10), 2 ** 18)
      );
      set.uses = Math.min(255, set.uses + 1);
    });
    for (const counter of counters) learn(counter, outcome);
    return outcome;
  }
}

function learn(counter: Counter, outcome: number): void {
  const rate = Math.floor(32768 / (2 * counter.n + 3));
  if (outcome === 1) counter.p += times((2 ** 22 - 1 - counter.p) >> 6, rate) >> 8;
  else counter.p -= times(counter.p >> 6, rate) >> 8;
  counter.n = Math.min(255, counter.n + 1);
}
