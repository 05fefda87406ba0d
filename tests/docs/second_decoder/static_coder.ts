/** Part 3.6 of the specification. */

import type { Band } from "./bands.ts";
import { bits } from "./arithmetic.ts";
import { Decisions, interleavedSymbols } from "./rans.ts";

const SLOTS =
  "0 3 5 8 12 18 26 38 54 76 106 146 200 270 360 470 600 760 950 1170 1420 1700 2010 2340 2680 3020 3340 3600 3800 3950 4040"
    .split(" ").map(Number);
const RATIOS = "4 16 30 48 68 90 112 134 156 176 194 210 224 236 246 252".split(" ").map(Number);
const UNIFORM = new Array<number>(256).fill(16);
const FAIR = Array.from({ length: 256 }, (_, symbol) => symbol < 2 ? 2048 : 0);
const CLASSES = Array.from({ length: 256 }, (_, symbol) => symbol < 16 ? 256 : 0);
const WEIGHT_DIFFERENCES = differenceTable(32), DECAY_DIFFERENCES = differenceTable(16);

/** Decodes the packets of one tile in order. */
export class StaticCoder {
  #classes = new Map<string, [weight: number, decay: number]>();
  #last: [weight: number, decay: number] = [12, 4];

  decode(packet: Uint8Array, bands: readonly Band[]): void {
    const parts = bands.some(({ values }) => values.length >= 16384) ? partsOf(packet) : [packet];
    const decisions = new Decisions(parts.shift()!, 12);
    for (const band of bands) if (band.values.length > 0) this.#decodeBand(band, decisions, parts);
    decisions.finish();
    if (parts.length > 0) throw new Error("parts are left");
  }

  #decodeBand(
    { level, orientation, channel, width, values }: Band,
    decisions: Decisions,
    parts: Uint8Array[],
  ): void {
    const hint = this.#classes.get(`${level + 1} ${orientation} ${channel}`) ?? this.#last;
    const weight = (hint[0] + decisions.symbol(WEIGHT_DIFFERENCES)) % 32;
    const classes: [number, number] = [weight, hint[1]];
    this.#classes.set(`${level} ${orientation} ${channel}`, classes);
    this.#last = classes;
    if (weight === 0) return;
    const areResiduals = orientation === 0 && decisions.symbol(FAIR) === 1;
    if (weight < 31) classes[1] = (hint[1] + decisions.symbol(DECAY_DIFFERENCES)) % 16;
    const table = weight === 31 ? explicitTable(decisions) : parametricTable(weight, classes[1]);
    const isOwnPart = Math.floor(values.length * (4096 - table[0]) / 4096) >= 16384;
    const symbols = isOwnPart
      ? interleavedSymbols(parts.shift()!, values.length, table)
      : Array.from(values, () => decisions.symbol(table));
    symbols.forEach((symbol, i) => values[i] = symbol === 128 ? escaped(decisions) : symbol << 24 >> 24);
    if (!areResiduals) return;
    for (let i = 0; i < values.length; i++) {
      const x = i % width, w = values[i - 1], n = values[i - width];
      const median = i === 0
        ? 0
        : i < width
        ? w
        : x === 0
        ? n
        : [w, n, w + n - values[i - width - 1]].sort((a, b) => a - b)[1];
      values[i] += median;
    }
  }
}

function escaped(decisions: Decisions): number {
  const folded = varint(() => decisions.symbol(UNIFORM));
  return folded % 2 === 0 ? folded / 2 : -(folded + 1) / 2;
}

function varint(next: () => number): number {
  let value = 0;
  for (let factor = 1;; factor *= 128) {
    const byte = next();
    value += (byte & 127) * factor;
    if (byte < 128) return value;
  }
}

function partsOf(packet: Uint8Array): Uint8Array[] {
  const parts = [];
  for (let at = 0; at < packet.length;) {
    const length = varint(() => packet[at++]);
    parts.push(packet.subarray(at, at += length));
  }
  return parts;
}

function normalise(counts: readonly number[]): number[] {
  const sum = counts.reduce((a, b) => a + b);
  const frequencies = counts.map((count) => count === 0 ? 0 : Math.max(1, Math.floor(count * 4096 / sum)));
  for (let left = 4096 - frequencies.reduce((a, b) => a + b); left !== 0;) {
    const largest = frequencies.indexOf(Math.max(...frequencies));
    const change = left > 0 ? left : -Math.min(-left, (frequencies[largest] + 1) >> 1);
    frequencies[largest] += change;
    left -= change;
  }
  return frequencies;
}

function differenceTable(n: number): number[] {
  return normalise(Array.from({ length: 256 }, (_, d) => {
    if (d >= n) return 0;
    let count = 2 ** 20;
    for (let k = Math.min(d, n - d); k > 0; k--) count = Math.floor(count * 5 / 8);
    return count;
  }));
}

function parametricTable(weight: number, decay: number): number[] {
  const z = SLOTS[weight], r = RATIOS[decay], half = (z - 1) >> 1, sum = Math.floor(2 ** 28 / (256 - r));
  const frequencies = new Array<number>(256).fill(0);
  let left = 4096;
  for (let m = 1, w = 2 ** 20; m <= 127; m++) {
    const slots = Math.floor(half * w / sum);
    if (slots === 0 && m > 1) break;
    frequencies[m] = frequencies[256 - m] = Math.max(1, slots);
    left -= 2 * Math.max(1, slots);
    w = Math.floor(w * r / 256);
  }
  frequencies[0] = Math.min(left - 1, 4096 - z);
  left -= frequencies[0] + 1;
  frequencies[128] = 1;
  frequencies[1] += left >> 1;
  frequencies[255] += left - (left >> 1);
  return frequencies;
}

function explicitTable(decisions: Decisions): number[] {
  const lowest = decisions.symbol(UNIFORM) << 24 >> 24, highest = decisions.symbol(UNIFORM) << 24 >> 24;
  const counts = new Array<number>(256).fill(0);
  const frequency = () => {
    const length = decisions.symbol(CLASSES);
    if (length === 0) return 0;
    const mantissaBits = Math.min(length - 1, 3);
    let value = 1;
    for (let k = 0; k < mantissaBits; k++) value = 2 * value + decisions.symbol(FAIR);
    return value * 2 ** (length - bits(value));
  };
  for (let value = lowest; value <= highest; value++) counts[value & 255] = frequency();
  counts[128] = frequency();
  counts[0] = Math.max(1, counts[0]);
  counts[128] = Math.max(1, counts[128]);
  return normalise(counts);
}
