/** Part 4.9 of the specification. */

import { squash } from "./arithmetic.ts";
import { decideByOne, freshState, type ModelState, type WeightSet } from "./context_coder.ts";
import { Decisions } from "./rans.ts";

const COUNTS = [0, 1, 2, 3, 4, 6, 8, 12];
const HEADER = [0x56, 0x50, 0x52, 3];
const ORIENTATIONS = 3, UNITS = 32, LENGTHS = [53 * UNITS * 2, 5 * UNITS, 12 * UNITS, 2 * 13 * UNITS, 2 * 13];

/** Reads the file of an initial model state. */
export function readInitialState(bytes: Uint8Array): ModelState {
  if (HEADER.some((byte, i) => bytes[i] !== byte)) throw new Error("header");
  const decisions = new Decisions(bytes.subarray(4), 16), state = freshState();
  const own = Array.from({ length: 4096 }, () => ({ p: 2 ** 21, n: 0 }));
  const one = (index: number) => decideByOne(decisions, own[index]);
  const tree = (base: number, bits: number): number => {
    let node = 1;
    for (let i = 0; i < bits; i++) node = 2 * node + one(base + node);
    return node - 2 ** bits;
  };
  const weight = (base: number): number => {
    const n = tree(base, 4);
    if (n === 0) return 0;
    const isNegative = one(base + 16) === 1;
    let magnitude = 1;
    for (let i = 1; i < n; i++) {
      magnitude = 2 * magnitude + (i === 1 ? one(base + 17 + n) : decisions.bit(32768));
    }
    return isNegative ? -magnitude : magnitude;
  };

  let before = 0, beforeThat = 0, l = 0;
  for (const counter of state.counters) {
    const context = Number(before > 0) + 2 * Number(beforeThat > 0), own = tree(8 * context, 3);
    [beforeThat, before] = [before, own];
    if (own === 0) continue;
    l = (l + tree(64 + 256 * own, 8)) << 24 >> 24;
    counter.p = 64 * squash(16 * l);
    counter.n = COUNTS[own];
  }
  const readSet = (set: WeightSet) => {
    const n = tree(2112, 4);
    set.n = Math.min(255, 2 ** n - 1);
    if (n > 0) set.weights = set.weights.map(() => weight(2128) * 2 ** 11);
  };
  state.mixers.forEach(readSet);
  state.directs.forEach(readSet);
  if (one(2192) === 0) {
    decisions.finish();
    return state;
  }
  const [tapWeights, densityWeights, biases, outputs, outputBiases] = LENGTHS.map((length, a) =>
    Array.from({ length: ORIENTATIONS * length }, () => weight(2193 + 64 * a))
  );
  decisions.finish();
  return { ...state, network: { tapWeights, densityWeights, biases, outputs, outputBiases } };
}
