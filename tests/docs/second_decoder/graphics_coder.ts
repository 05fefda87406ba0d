/** Part 7 of the specification, without regard to speed. Section numbers are the page's. */

import { clamp, log2fixed, stretch as stretchAt, wideSquash as squash } from "./arithmetic.ts";
import { Decisions } from "./rans.ts";

/** A rectangle of interleaved samples. */
interface Shape {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly bitDepth: number;
}

const BIT_COST = Array.from({ length: 4096 }, (_, i) => 4096 - log2fixed(16 * i + 8, 8));
const stretch = (p: number) => stretchAt(p >> 4);
const log2 = (v: number) => 31 - Math.clz32(v);
const levelEnds = [0, 1, 2, 3, 4, 5, 7, 10, 14, 20, 29, 41, 59, 83, 126];

function level(n: number): number {
  const found = levelEnds.findIndex((end) => n <= end);
  return found < 0 ? 15 : found;
}

function mix(a: number, ...others: number[]): number {
  return others.reduce((so, b) => {
    const h = Math.imul(so ^ Math.imul(b, 0x9E3779B1), 0x85EBCA6B);
    return h ^ (h >>> 15);
  }, a);
}

/** §2: a counter, of 16 bits. */
class Counter {
  p = 32768;
  count = 0;
  constructor(readonly limit: number) {}
  learn(outcome: boolean): void {
    const rate = Math.trunc(131072 / (2 * this.count + 3));
    this.p += Math.imul((outcome ? 65535 : 0) - this.p, rate) >> 16;
    if (this.count < this.limit) this.count++;
  }
}

/** §2: a long counter. */
class LongCounter {
  #p = 1 << 21;
  #count = 0;
  get p(): number {
    return this.#p >> 6;
  }
  learn(outcome: boolean): void {
    this.#p += Math.trunc(((outcome ? 2 ** 22 - 1 : 0) - this.#p) / (this.#count + 2));
    this.#count = Math.min(this.#count + 1, 1022);
  }
}

/** Values that are made when they are first asked for. */
class Made<T> {
  readonly #made: Map<number, T> = new Map();
  constructor(readonly make: (key: number) => T) {}
  get(key: number): T {
    let value = this.#made.get(key);
    if (value === undefined) this.#made.set(key, value = this.make(key));
    return value;
  }
}

interface Slot {
  p: number;
  n0: number;
  n1: number;
  check: number;
}

interface Weights {
  w: number[];
  uses: number;
}

interface Asked {
  readonly kind: number;
  readonly symbol: number;
  readonly hint: number;
  readonly sets: readonly [number, number, number];
  readonly curves: readonly [number, number];
}

/** §6: the model of decisions. */
class Mixer {
  readonly hashes: number[] = new Array(15).fill(0);
  spent = 0;
  readonly #slots: Slot[];
  readonly #slotBits: number;
  readonly #maps = new Made((key: number) => {
    const state = key & 255, n0 = state >> 4, n1 = state & 15, map = new Counter(255);
    map.p = Math.trunc(((2 * n1 + 1) * 65535) / (2 * (n0 + n1) + 2));
    map.count = 3;
    return map;
  });
  readonly #general = new Made(() => ({
    w: Array.from({ length: 32 }, (_, i) => i < 30 ? (i % 2 === 0 ? 700 : 2200) : i === 30 ? 4000 : 0),
    uses: 0,
  }));
  readonly #sets = [0, 1, 2].map(() => new Made((): Weights => ({ w: new Array(32).fill(0), uses: 0 })));
  readonly #curves = [0, 1].map(() =>
    new Made(() => Array.from({ length: 33 }, (_, q) => squash(Math.min(3071, 192 * q - 3072))))
  );

  constructor(readonly read: (probability: number) => boolean, slotBits: number) {
    this.#slotBits = slotBits;
    this.#slots = Array.from({ length: 2 ** slotBits }, () => ({ p: 0, n0: 0, n1: 0, check: 0 }));
  }

  note(context: number, hash: number): void {
    this.hashes[context] = mix(hash, context + 1);
  }

  decide({ kind, symbol, hint, sets, curves }: Asked): boolean {
    const kindSalt = Math.imul(kind, 0x85EBCA6B),
      inputs: number[] = [],
      slots: Slot[] = [],
      maps: Counter[] = [];
    for (let i = 0; i < 15; i++) {
      let h = this.hashes[i] + (i < 12 ? Math.imul(symbol + 1, 0x9E3779B1) ^ kindSalt : kindSalt) | 0;
      h = Math.imul(h ^ (h >>> 15), 0x2C1B3C6D);
      const slot = this.#slotOf(Math.imul(h ^ (h >>> 13), 0x297A2D39));
      const map = this.#maps.get((kind * 15 + i) << 8 | level(slot.n0) << 4 | level(slot.n1)),
        n = slot.n0 + slot.n1;
      slots.push(slot);
      maps.push(map);
      inputs.push((stretch(slot.p) * Math.trunc((256 * n) / (n + 1))) >> 8, stretch(map.p));
    }
    inputs.push(hint, 256);
    const general = this.#general.get(kind), all = sets.map((set, i) => this.#sets[i].get(set));
    for (const set of all) if (set.uses === 0) set.w = [...general.w];
    all.push(general);
    const outputs = all.map(({ w }) =>
      clamp(w.reduce((sum, v, i) => sum + v * inputs[i], 0) >> 14, -3072, 3071)
    );
    const x = clamp((outputs.reduce((sum, o) => sum + o) + 2) >> 2, -3072, 3071);
    const q = Math.trunc((x + 3072) / 192), r = x + 3072 - 192 * q;
    const points = curves.map((curve, i) => this.#curves[i].get(curve));
    const refined = points.map((c) => Math.trunc((c[q] * (192 - r) + c[q + 1] * r) / 192));
    const p = clamp((2 * squash(x) + refined[0] + refined[1]) >> 2, 2, 65534);
    const outcome = this.read(p), target = outcome ? 65535 : 0;
    this.spent += BIT_COST[(outcome ? p : 65536 - p) >> 4];
    const nearer = r < 96 ? q : q + 1;
    for (const c of points) c[nearer] += (target - c[nearer]) >> 6;
    all.forEach((set, k) => {
      const rate = 16 + Math.trunc(3200 / (32 + set.uses));
      const change = (Math.imul((outcome ? 65536 : 0) - squash(outputs[k]), rate) + 1024) >> 11;
      set.uses = Math.min(255, set.uses + 1);
      set.w = set.w.map((w, i) => clamp(w + ((16 * inputs[i] * change + 2 ** 14) >> 15), -32768, 32767));
    });
    for (let i = 0; i < 15; i++) {
      maps[i].learn(outcome);
      const slot = slots[i], rate = Math.trunc(131072 / (2 * (slot.n0 + slot.n1) + 3));
      slot.p = (slot.p + (Math.imul(target - slot.p, rate) >> 16)) & 0xffff;
      const [same, other] = outcome ? [slot.n1, slot.n0] : [slot.n0, slot.n1];
      const more = Math.min(same + 1, 127), less = other > 2 ? (other + 2) >> 1 : other;
      [slot.n0, slot.n1] = outcome ? [less, more] : [more, less];
    }
    return outcome;
  }

  #slotOf(h: number): Slot {
    const at = h >>> (32 - this.#slotBits), check = h & 0xffff, a = this.#slots[at], b = this.#slots[at ^ 1];
    if (a.check === check) return a;
    if (b.check === check) return b;
    return Object.assign(a.n0 + a.n1 <= b.n0 + b.n1 ? a : b, { p: 32768, n0: 0, n1: 0, check });
  }
}

interface Candidate {
  readonly id: number;
  mask: number;
  score: number;
}

interface Match {
  at: number;
  length: number;
  readonly places: Map<number, number>;
}

interface Guess {
  check: number;
  ids: number[];
  runs: number;
}

/** §7: errors of twelve predictions and the residual. */
interface Place {
  errors: number[];
  residual: number;
}
const NEUTRAL: Place = { errors: new Array(12).fill(2), residual: 0 };
const NOTHING: Place = { errors: new Array(12).fill(0), residual: 0 };

/** What all layers share. */
interface Plan {
  readonly read: (probability: number) => boolean;
  readonly readRaw: (bits: number) => number;
  readonly bits: number;
  readonly width: number;
  readonly height: number;
  readonly columns: number;
  readonly rows: number;
  readonly hidden: boolean;
}

/** §4 to §7: the colours of a layer, each a list of samples by channel. */
class Layer {
  readonly ids: Int32Array;
  readonly colours: number[][] = [];
  readonly #known: Map<string, number> = new Map();
  readonly #stride: number;
  readonly #mixer: Mixer;
  readonly #most: number;
  readonly #s: number;
  readonly #matches: [Match, Match];
  readonly #placeBits: number;
  readonly #guessBits: number;
  readonly #guesses: Map<number, Guess>[] = [new Map(), new Map(), new Map()];
  readonly #scores = new Made((key: number) => {
    const counter = new Counter(60);
    if (key >> 5 === 14) counter.p = 8192;
    return counter;
  });
  readonly #flat = new Made(() => new LongCounter());
  readonly #raw = new LongCounter();
  readonly #likely = new Made(() => new Counter(30));
  readonly #weights = new Made(() => new Array<number>(24).fill(0));
  readonly #seen: [Map<number, number>, Map<number, number>] = [new Map(), new Map()];
  readonly #kept: number[];
  readonly #records: Place[][][];
  #recent: number[] = [];
  #average = 0;
  #rawCount = 0;
  #mirror = { sum: 0, length: 0 };
  #columnHashes: number[] = [];

  /** @param order The channels in coding order. */
  constructor(readonly plan: Plan, readonly order: readonly number[]) {
    const b = 32 - Math.clz32(plan.width * plan.height + 4);
    this.#stride = plan.width + 12;
    this.ids = new Int32Array(this.#stride * (plan.rows + 6));
    this.#mixer = new Mixer(plan.read, clamp(b + 5, 12, 21));
    this.#guessBits = clamp(b, 10, 16);
    this.#placeBits = clamp(b + 1, 10, 18);
    this.#most = 2 ** plan.bits - 1;
    this.#s = Math.max(0, plan.bits - 8);
    this.#matches = [{ at: 0, length: 0, places: new Map() }, { at: 0, length: 0, places: new Map() }];
    this.#kept = new Array(plan.columns).fill(0);
    this.#records = Array.from({ length: plan.rows }, () => []);
    const filled = (value: number, alpha: number) => {
      const colour = [0, 0, 0, 0];
      for (const channel of order) colour[channel] = channel === 3 ? alpha : value;
      return colour;
    };
    this.idOf(filled(this.#most, this.#most));
    this.idOf(filled(0, this.#most));
    if (order.includes(3)) this.idOf(filled(0, 0));
  }

  idOf(colour: number[]): number {
    const key = colour.join();
    let id = this.#known.get(key);
    if (id === undefined) {
      this.#known.set(key, id = this.colours.length);
      this.colours.push(colour);
    }
    return id;
  }

  beginRow(y: number): void {
    const at = this.indexOf(0, y), { columns } = this.plan;
    for (let i = 1; i <= 6; i++) {
      this.ids[at - i] = this.ids[at - this.#stride];
      if (y > 0) this.ids[at - this.#stride + columns - 1 + i] = this.ids[at - this.#stride + columns - 1];
    }
    this.#columnHashes = Array.from({ length: this.#stride }, (_, i) => {
      const above = at + i - 6 - 3 * this.#stride;
      return mix(this.ids[above], this.ids[above - this.#stride], this.ids[above - 2 * this.#stride]);
    });
    this.#mirror.length = 0;
  }

  indexOf(x: number, y: number): number {
    return (y + 6) * this.#stride + x + 6;
  }

  /** A pixel that is known from elsewhere. */
  skip(x: number, y: number, colour: number[]): void {
    this.ids[this.indexOf(x, y)] = this.idOf(colour);
    this.#records[y][x] = this.order.map(() => NEUTRAL);
    for (const match of this.#matches) match.length = 0;
  }

  pixel(x: number, y: number): number[] {
    const at = this.indexOf(x, y), id = this.#pixel(x, y, at);
    this.ids[at] = id;
    this.#records[y][x] ??= this.order.map(() => NEUTRAL);
    return this.colours[id];
  }

  #pixel(x: number, y: number, at: number): number {
    const near = (dx: number, dy: number) => this.ids[at + dy * this.#stride + dx],
      w = near(-1, 0),
      n = near(0, -1);
    const [long, short] = this.#matches, mirror = this.#mirror;
    if (this.#average > (this.order.length * this.plan.bits) << 14 && ++this.#rawCount % 128 !== 0) {
      const raw = this.plan.read(clamp(this.#raw.p, 64, 65534));
      this.#raw.learn(raw);
      if (raw) {
        long.length =
          short.length =
          mirror.length =
          this.#kept[x] =
            0;
        return this.idOf(this.#rawColour());
      }
    }
    const flat = this.#flatCounter(near);
    let missed = false;
    if (flat !== undefined && flat.p >= 65470) {
      const hit = this.plan.read(Math.min(flat.p, 65534));
      flat.learn(hit);
      if (hit) {
        for (const match of this.#matches) if (match.length > 0) match.at++;
        mirror.length = this.#kept[x] = 0;
        return w;
      }
      missed = true;
    }

    const [ne, nw, ww, nn, nne] = [near(1, -1), near(-1, -1), near(-2, 0), near(0, -2), near(1, -2)];
    const h2 = mix(w, n, 77), h3 = mix(h2, ne), h4 = mix(h3, nw), h7 = mix(h4, ww, nn, nne);
    const h12 = mix(h7, near(-3, 0), near(-1, -2), near(-2, -1), near(2, -1), near(3, -1));
    const column = (dx: number) => this.#columnHashes[x + 6 + dx];
    const big = mix(h12, column(0), ...[-3, -2, -1, 0, 1, 2, 3, 4].map(column));
    const big6 = mix(big, mix(near(-4, 0), near(-5, 0)), near(-6, 0));
    this.#find(long, big6, at);
    this.#find(short, h12, at);
    const predicted = [long, short].map(({ at, length }) => length > 0 ? this.ids[at] : -1);
    const classes = [long, short].map(({ length }) => lengthClass(length));
    this.#findMirror(x, near);
    const mirrored = mirror.length > 0 ? near(mirror.sum - 2 * x, 0) : -1;
    const guesses = [h12, h4, h2].map((hash, i) => this.#guessOf(i, Math.imul(hash, 0x2C1B3C6D)));

    const same = Number(w === n) + 2 * Number(n === nw) + 4 * Number(n === ne) + 8 * Number(w === ww) +
      16 * Number(n === nn);
    const proposals: [source: number, id: number, state: number][] = [
      [0, predicted[0], classes[0]],
      [1, predicted[1], classes[1]],
      ...guesses.map(({ ids, runs }, i): [number, number, number] => [2 + i, ids[0] ?? -1, runs]),
      [5, w, same],
      [6, n, same],
      [7, ne, same],
      [8, nw, same],
      [9, guesses[1].ids[1] ?? -1, guesses[1].runs],
      [10, guesses[2].ids[1] ?? -1, guesses[2].runs],
      [11, ww, same],
      [12, nn, same],
      [13, guesses[0].ids[1] ?? -1, guesses[0].runs],
      [15, mirrored, Math.min(15, mirror.length)],
    ];
    const candidates: Candidate[] = [];
    for (const [source, id, state] of proposals) this.#propose(candidates, source, id, state);
    const room = this.colours.length <= 40 ? 40 : 20;
    this.#recent.forEach((id, i) => {
      if (candidates.length < room) this.#propose(candidates, 14, id, i);
    });
    candidates.sort((a, b) => b.score - a.score);

    const relation = (id: number) => {
      const found = [w, n, nw, ne, ww, nn].indexOf(id);
      return found < 0 ? 6 : found;
    };
    const first = (id: number, ...others: number[]) => {
      const found = others.indexOf(id);
      return found < 0 ? others.length : found;
    };
    let pattern = n === w ? 0 : 1;
    pattern = 7 * pattern + first(nw, w, n);
    pattern = 7 * pattern + first(ne, w, n, nw);
    pattern = 7 * pattern + first(ww, w, n, nw, ne);
    pattern = 7 * pattern + first(nn, w, n, nw, ne, ww);
    let far = pattern;
    for (const id of [nne, near(2, -1), near(-2, -1)]) far = Math.imul(far, 9) + relation(id) | 0;
    const mixer = this.#mixer;
    const contexts = [
      big,
      h12,
      h7,
      h4,
      h3,
      h2,
      mix(w, ww, near(-3, 0), near(-4, 0)),
      mix(n, nn, near(0, -3), 5),
      mix(mirrored, Math.min(15, mirror.length), 8),
      mix(predicted[0], classes[0]),
      mix(predicted[1], classes[1], w),
      0,
    ];
    contexts.forEach((hash, i) => mixer.note(i, hash));
    const farHash = mix(far, 12345), nearHash = mix(pattern, 54321);
    const longest = lengthClass(Math.max(long.length, short.length));
    let id: number | undefined;
    for (const [i, candidate] of candidates.entries()) {
      if (i === 1) {
        mixer.hashes.splice(12, 3, farHash, nearHash, mix(candidates.length, 999));
        const escaped = mixer.decide({
          kind: 1,
          symbol: 0xffffff,
          hint: 0,
          sets: [1024 + same, 1024 + longest, 1024 + candidates.length],
          curves: [1024 + same, 1024 + longest],
        });
        if (escaped) break;
      }
      if (i > 0 && i === candidates.length - 1) {
        id = candidate.id;
        break;
      }
      const { mask, score } = candidate, rank = Math.min(i, 3), related = relation(candidate.id);
      mixer.hashes.splice(12, 3, mix(farHash, related), mix(nearHash, related), mix(mask, rank));
      const byPattern = rank * 256 + same * 8 + related, byLength = rank * 128 + (mask & 3) * 32 + longest;
      const yes = !(missed && candidate.id === w) && mixer.decide({
        kind: i === 0 ? 0 : 2,
        symbol: candidate.id,
        hint: stretch(score),
        sets: [byPattern, byLength, rank * 32 + (mask & 31)],
        curves: [byLength, byPattern],
      });
      if (yes) {
        id = candidate.id;
        break;
      }
    }
    id ??= this.idOf(this.#newColour(x, y, near, candidates[0].id));
    if (flat !== undefined && !missed) flat.learn(id === w);

    if (id !== w) {
      const value = this.colours[id][this.order[0]];
      this.#seen[0].set(value & 4095, id);
      this.#seen[1].set(mix(value, w) >>> 20, id);
    }
    for (const [source, proposed, state] of proposals) {
      if (proposed >= 0) this.#scores.get(source << 5 | state).learn(proposed === id);
    }
    for (const guess of guesses) {
      if (guess.ids[0] === id) guess.runs = Math.min(15, guess.runs + 1);
      else {
        guess.ids = [id, guess.ids[0] ?? -1];
        guess.runs = 0;
      }
    }
    for (const match of this.#matches) {
      if (match.length === 0) continue;
      if (this.ids[match.at] === id) match.length = Math.min(65535, match.length + 1);
      else match.length = match === long ? match.length >> 3 : 0;
      match.at++;
    }
    if (mirror.length > 0) {
      this.#kept[x] = mirrored === id ? mirror.sum : 0;
      mirror.length = mirrored === id ? mirror.length + 1 : 0;
    } else this.#kept[x] = 0;
    if (id !== w) this.#recent = [id, ...this.#recent.filter((other) => other !== id)].slice(0, 32);
    return id;
  }

  #rawColour(): number[] {
    const colour = [0, 0, 0, 0], { bits, readRaw } = this.plan;
    for (const channel of this.order) {
      colour[channel] = bits > 8 ? readRaw(bits - 8) * 256 + readRaw(8) : readRaw(bits);
    }
    return colour;
  }

  #flatCounter(near: (dx: number, dy: number) => number): LongCounter | undefined {
    const w = near(-1, 0);
    const around = [[0, -1], [1, -1], [2, -1], [-1, -1], [-2, 0], [0, -2], [-3, 0], [3, -1], [1, -2], [
      -2,
      -1,
    ]];
    around.push([-1, -2], [0, -3], [-4, 0], [-5, 0], [4, -1], [2, -2]);
    if (around.some(([dx, dy]) => near(dx, dy) !== w)) return undefined;
    if (this.#matches.some(({ at, length }) => length > 0 && this.ids[at] !== w)) return undefined;
    return this.#flat.get(w & 63);
  }

  #find(match: Match, hash: number, at: number): void {
    const key = Math.imul(hash, 0x9E3779B1) >>> (32 - this.#placeBits), place = match.places.get(key);
    if (match.length < 16 && place !== undefined) {
      let length = 0;
      while (length < 20 && this.ids[place - length - 1] === this.ids[at - length - 1]) length++;
      for (let dx = -2; dx < 5; dx++) {
        for (const up of [this.#stride, 2 * this.#stride]) {
          if (this.ids[place - up + dx] === this.ids[at - up + dx]) length++;
        }
      }
      if (length > match.length) Object.assign(match, { at: place, length });
    }
    match.places.set(key, at);
  }

  #findMirror(x: number, near: (dx: number, dy: number) => number): void {
    const mirror = this.#mirror, [w, ww, www] = [near(-1, 0), near(-2, 0), near(-3, 0)];
    if (mirror.length === 0) {
      if (this.#kept[x] > 0 && this.#kept[x] >= x) {
        mirror.sum = this.#kept[x];
        mirror.length = 4;
      } else if (x >= 5) {
        if (w === near(-4, 0) && ww === www && w !== ww) Object.assign(mirror, { sum: 2 * x - 5, length: 1 });
        else if (w === near(-5, 0) && ww === near(-4, 0) && (w !== ww || ww !== www)) {
          Object.assign(mirror, { sum: 2 * x - 6, length: 1 });
        }
        if (mirror.length > 0) this.#kept[x - 1] = this.#kept[x - 2] = mirror.sum;
      }
    }
    if (mirror.length > 0 && mirror.sum < x) mirror.length = 0;
  }

  #guessOf(table: number, g: number): Guess {
    const key = g >>> (32 - this.#guessBits), check = g & 0xffff | 1, guess = this.#guesses[table].get(key);
    if (guess?.check === check) return guess;
    const fresh: Guess = { check, ids: [], runs: 0 };
    this.#guesses[table].set(key, fresh);
    return fresh;
  }

  #propose(candidates: Candidate[], source: number, id: number, state: number): void {
    if (id < 0) return;
    const { p } = this.#scores.get(source << 5 | state),
      known = candidates.find((candidate) => candidate.id === id);
    if (known === undefined) candidates.push({ id, mask: 1 << source, score: p });
    else {
      known.mask |= 1 << source;
      known.score = Math.max(known.score, p);
    }
  }

  #newColour(x: number, y: number, near: (dx: number, dy: number) => number, firstId: number): number[] {
    const mixer = this.#mixer, colour = [0, 0, 0, 0], s = this.#s, most = this.#most, w0 = near(-1, 0);
    const around = [w0, near(0, -1), near(-1, -1), near(1, -1), near(-2, 0), near(0, -2), near(1, -2)];
    const ends = (list: number[]) => {
      const value = (id: number) => this.colours[id][this.order[0]];
      return list.reduce(
        ([low, high], id) => [value(id) < value(low) ? id : low, value(id) > value(high) ? id : high],
        [
          list[0],
          list[0],
        ],
      );
    };
    const nearEnds = ends(around), wideEnds = ends([...around, ...this.#recent.slice(0, 6)]);
    const record: Place[] = this.order.map(() => NEUTRAL);
    let seenIds = [0, 0], errors = [0, 0, 0, 0], prevValue = 0, prevResidual = 0;
    mixer.spent = 0;
    const signed = (d: number) => {
      const m = Math.abs(d) >> s,
        c = m < 3 ? m : m < 5 ? 3 : m < 9 ? 4 : m < 17 ? 5 : m < 33 ? 6 : m < 65 ? 7 : 8;
      return d < 0 ? -c : c;
    };
    for (const [k, channel] of this.order.entries()) {
      const sample = (id: number, c = channel) => this.colours[id][c];
      const at = (dx: number, dy: number, c = channel) => sample(near(dx, dy), c);
      const [w, n, nw, ne, ww, nn, nne] = around.map((id) => sample(id));
      const [nee, nww, nnw, c] = [at(2, -1), at(-2, -1), at(-1, -2), sample(firstId)], base = (w + n) >> 1;
      const raw = [w, n, nw, ne, ww, nn, nne, nee, nww, nnw].map((v) => v - base);
      if (k > 0) {
        const b = this.order[k - 1], bb = (at(-1, 0, b) + at(0, -1, b)) >> 1;
        const list = [
          colour[b],
          ...[w0, near(0, -1), near(-1, -1), near(1, -1), near(-2, 0), near(0, -2)].map((id) =>
            sample(id, b)
          ),
        ];
        raw.push(...list.map((v) => v - bb));
      }
      if (k > 1) {
        const a = this.order[k - 2], ab = (at(-1, 0, a) + at(0, -1, a)) >> 1;
        raw.push(...[colour[a], at(-1, 0, a), at(0, -1, a), at(-1, -1, a), at(1, -1, a)].map((v) => v - ab));
      }
      const taps = Array.from({ length: 24 }, (_, i) => clamp((raw[i] ?? 0) >> s, -1023, 1023));
      const linears = [0, 1, 2].map((j) => {
        const weights = this.#weights.get(j * 4 + k), used = j === 2 ? 10 : 24;
        let sum = 0n;
        for (let i = 0; i < used; i++) sum += BigInt(Math.imul(weights[i], taps[i]));
        return 8 * (w + n) + (clamp(Number(sum >> 12n), -(2 ** 24), 2 ** 24) << s);
      });
      const med = nw >= Math.max(w, n) ? Math.min(w, n) : nw <= Math.min(w, n) ? Math.max(w, n) : w + n - nw;
      const fixed = [med, w, n, w + n - nw],
        p = fixed.map((v, i) => clamp(v + errors[i], 0, most)),
        p0 = p[0];
      const blend = ([low, high]: number[]) => {
        if (k === 0) return p0;
        const b = this.order[0], from = sample(low, b), span = sample(high, b) - from, start = sample(low);
        if (span === 0) return p0;
        const rise = 2 * (sample(high) - start) * (colour[b] - from);
        const moved = (start + Math.trunc((rise + (rise < 0 ? -span : span)) / (2 * span))) | 0;
        return clamp(moved, 0, most);
      };
      const nearBlend = blend(nearEnds), wideBlend = blend(wideEnds);
      const seen = k === 0 ? p0 : sample(seenIds[0]), beside = k === 0 ? p0 : sample(seenIds[1]);
      const predictions = [...p, clamp(w + n - nw, 0, most), nearBlend].map((v) => 16 * v);
      const limited = linears.map((v) => clamp(v, 0, 16 * most));
      predictions.push(limited[0], limited[1], 16 * wideBlend, 16 * beside, limited[2], 16 * med);
      const recordAt = (dx: number, dy: number) => this.#records[y + dy]?.[x + dx]?.[k] ?? NOTHING;
      const [rW, rN, rNW, rNE] = [recordAt(-1, 0), recordAt(0, -1), recordAt(-1, -1), recordAt(1, -1)];
      const e = predictions.map((_, j) =>
        1 + 2 * (rW.errors[j] + rN.errors[j]) + rNW.errors[j] + rNE.errors[j]
      );
      const least = Math.min(...e);
      const trust = e.map((v) => {
        const ratio = Math.trunc((256 * least) / v), square = (ratio * ratio) >> 8;
        return Math.max(1, (square * square) >> 8);
      });
      const fine = Math.trunc(
        predictions.reduce((sum, v, j) => sum + trust[j] * v, 0) / trust.reduce((sum, v) => sum + v),
      );
      const P = (fine + 8) >> 4;
      const lately = 2 * (Math.abs(rW.residual) + Math.abs(rN.residual)) + Math.abs(rNW.residual) +
        Math.abs(rNE.residual);
      const slope = (Math.abs(w - nw) + Math.abs(n - nw) + Math.abs(n - ne)) >> s;
      const energy = level(Math.min(126, lately)), gradient = level(Math.min(126, slope));
      const size = level(Math.min(126, Math.abs(prevResidual) >> s)), t = 7919 * k;
      const low32 = colour[0] | colour[1] << 16, high32 = colour[2] | colour[3] << 16;
      const exact = [P, w, n, c, nearBlend, wideBlend, seen, beside, p0];
      const counters = exact.map((_, i) => this.#likely.get(k << 4 | i));
      const best = counters.reduce((so, { p }, i) => p > counters[so].p ? i : so, 0), likely = exact[best];
      const mask = exact.reduce((so, v, i) => so | Number(v === likely) << i, 0);
      const hashes = [
        mix(t, energy, gradient),
        mix(t, prevResidual, energy),
        mix(t, P, k),
        mix(t, w0, around[1]),
        mix(t, P, prevValue),
        mix(t, prevValue, w, n),
        mix(t, nearBlend - P, wideBlend - P),
        mix(t, signed(w - P), signed(n - P), size),
        mix(t, signed(ne - P), signed(nw - P), fine & 15),
        mix(t, signed(rW.residual), signed(rN.residual), size),
        mix(t, fine & 15, energy, 3),
        mix(t, c - P, 4),
        mix(t, seen - P, beside - P, 9),
        mix(t, low32 ^ Math.imul(high32, 31), P),
        mix(t, mask),
      ];
      hashes.forEach((hash, i) => mixer.note(i, hash));
      const bestP = counters[best].p;
      let value = likely;
      const hit = bestP >= 2048 && mixer.decide({
        kind: 3 + k,
        symbol: best,
        hint: stretch(bestP),
        sets: [1100 + 16 * k + energy, 1100 + 16 * k + size, 1200 + (512 * k + mask) % 800],
        curves: [1100 + 16 * k + energy, 1100 + 16 * k + size],
      });
      if (!hit) {
        const q = (v: number, i: number) => v >>> (i + s);
        const own = k === 0
          ? [
            P,
            mix(w, n),
            mix(mix(q(w, 5), q(n, 5)), mix(q(nw, 5), q(ne, 5))),
            mix(
              mix(4 * q(w, 6) | q(n, 6), 4 * q(nw, 6) | q(ne, 6)),
              mix(4 * q(ww, 6) | q(nn, 6), 16 * q(nne, 6) | 4 * q(nww, 6) | q(nee, 6)),
            ),
            mix(q(w, 4), q(n, 4), q(ne, 4)),
            mix(q(w, 4), q(nw, 4), q(n, 4)),
            mix(n, q(nn, 5)),
            mix(w, q(ww, 5)),
            mix(ne, q(n, 5)),
            mix(nw, q(n, 5)),
            mix(mix(mix(q(n, 5), q(nn, 5)), mix(q(nne, 5), q(ne, 5))), mix(q(w, 6), q(nnw, 6))),
            c,
          ]
          : [
            mix(P, k),
            mix(mix(prevValue, w), mix(n, k)),
            mix(nearBlend, k, 2),
            mix(wideBlend, beside, k),
            mix(seen, beside, k + 4),
            mix(fine, k, 1),
            mix(P, prevResidual, k),
            mix(prevValue, k, 8),
            mix(q(prevValue, 4), P >>> 1, k),
            mix(k, 77),
            mix(P >>> 2, k, size),
            mix(c, k, prevResidual),
          ];
        own.forEach((hash, i) => mixer.note(i, hash));
        const { bits } = this.plan;
        const distance = (v: number) => {
          const m = Math.abs(v) >> s, place = log2(m | 1);
          const d = m < 64 ? m >> 2 : 16 + 2 * (place - 6) + ((m >>> (place - 1)) & 1);
          return v < 0 ? -d - 1 : d;
        };
        let node = 1;
        for (let d = 0; d < bits; d++) {
          const from = 16 * (((2 * node + 1) << (bits - 1 - d)) - 2 ** bits) - 8;
          const close = distance(from - fine), other = distance(from - linears[2]);
          mixer.note(12, mix(k, d, close, energy));
          mixer.note(13, mix(mix(k, d, close), mix(size, gradient)));
          mixer.note(14, mix(k, d, close, other));
          const byNode = 2048 + 256 * k + Math.min(node, 255),
            byStep = 2048 + 256 * k + 16 * Math.min(d, 15) + energy;
          const bit = mixer.decide({
            kind: 7 + k,
            symbol: node,
            hint: 0,
            sets: [byNode, byStep, 2048 + 64 * k + clamp(close + 32, 0, 63)],
            curves: [byNode, byStep],
          });
          node = 2 * node + Number(bit);
        }
        value = node - 2 ** bits;
      }
      counters.forEach((counter, i) => counter.learn(exact[i] === value));
      record[k] = {
        errors: predictions.map((v) => Math.min(255, Math.abs(16 * value - v) >> (s + 1))),
        residual: clamp((value - P) >> s, -255, 255),
      };
      for (const [j, slowness] of [8, 2, 4].entries()) {
        const weights = this.#weights.get(j * 4 + k), used = j === 2 ? 10 : 24;
        const square = taps.slice(0, used).reduce((sum, v) => sum + v * v, 0);
        const gain = Math.trunc((clamp((16 * value - linears[j]) >> s, -4096, 4096) * 4096) / (square + 64));
        for (let i = 0; i < used; i++) {
          weights[i] = clamp(
            weights[i] + Math.trunc((gain * taps[i]) / (16 * slowness)),
            -(2 ** 19),
            2 ** 19,
          );
        }
      }
      errors = fixed.map((v) => value - v);
      colour[channel] = prevValue = value;
      prevResidual = value - P;
      if (k === 0) {
        seenIds = [this.#seen[0].get(value & 4095) ?? 0, this.#seen[1].get(mix(value, w0) >>> 20) ?? 0];
        if (channel === 3 && this.plan.hidden && value === 0) break;
      }
    }
    this.#average += ((mixer.spent << 6) - this.#average) >> 6;
    this.#records[y][x] = record;
    return colour;
  }
}

function lengthClass(n: number): number {
  return n < 16 ? n >> 1 : n < 32 ? 8 + ((n - 16) >> 3) : Math.min(15, 5 + log2(n));
}

/** Decodes a stream by the page; its end state is checked. */
export function decodeByThePage(
  bytes: Uint8Array,
  { width, height, channels, bitDepth }: Shape,
): number[] {
  const reader = new Decisions(bytes, 16);
  const read = (probability: number): boolean => {
    const one = probability & 0xfffe, zero = 65536 - one;
    const outcome = reader.slot >= zero;
    reader.take(outcome ? zero : 0, outcome ? one : zero);
    return outcome;
  };
  const readRaw = (bits: number): number => {
    const frequency = 2 ** (16 - bits), value = Math.trunc(reader.slot / frequency);
    reader.take(value * frequency, frequency);
    return value;
  };
  // §3.
  const gray = channels > 1 && read(16384), opaque = channels === 4 && read(32768);
  const hidden = channels === 4 && !opaque && read(8192);
  const copies = read(32768);
  const kept = (count: number) => {
    const counters = new Made(() => new Counter(60)), list: boolean[] = [];
    let since = 0, gap = 0;
    for (let i = 0; i < count; i++) {
      let different = true;
      if (copies && i > 0) {
        const counter = counters.get(Math.min(since, 15) * 16 + Math.min(gap, 15));
        different = read(clamp(counter.p, 32, 65504));
        counter.learn(different);
      }
      list.push(different);
      if (different) gap = since;
      since = different ? 0 : since + 1;
    }
    return list;
  };
  const rowsKept = kept(height), columnsKept = kept(width), scaled = bitDepth === 16 && read(32768);
  const rows = rowsKept.filter(Boolean).length, columns = columnsKept.filter(Boolean).length;
  const plan: Plan = { read, readRaw, bits: scaled ? 8 : bitDepth, width, height, columns, rows, hidden };
  const visible = channels === 4 && !opaque, most = 2 ** plan.bits - 1;
  const colours = gray || channels === 1 ? [0] : [1, 0, 2];
  const layer = new Layer(plan, visible ? [3, ...colours] : colours), picture: number[][] = [];
  for (let y = 0; y < rows; y++) {
    layer.beginRow(y);
    for (let x = 0; x < columns; x++) picture.push([...layer.pixel(x, y)]);
  }
  if (hidden) {
    const second = new Layer(plan, colours);
    for (let y = 0; y < rows; y++) {
      second.beginRow(y);
      for (let x = 0; x < columns; x++) {
        const pixel = picture[y * columns + x], [r, g, b, alpha] = pixel;
        if (alpha > 0) second.skip(x, y, [r, g, b, 0]);
        else pixel.splice(0, 3, ...second.pixel(x, y).slice(0, 3));
      }
    }
  }
  reader.finish();
  const samples: number[] = [];
  for (let y = 0, row = -1; y < height; y++) {
    if (rowsKept[y]) row++;
    for (let x = 0, column = -1; x < width; x++) {
      if (columnsKept[x]) column++;
      const [r, g, b, alpha] = picture[row * columns + column];
      const pixel = gray ? [r, r, r, alpha] : [r, g, b, alpha];
      if (opaque) pixel[3] = most;
      for (let c = 0; c < channels; c++) samples.push(pixel[c] * (scaled ? 257 : 1));
    }
  }
  return samples;
}
