/** One step of Viterbi's algorithm over the trellis, in TypeScript: the reference, and what runs where there is no SIMD. */

import { NEXT_STATE, quantiserOf, QUANTISERS, TRELLIS_STATES } from "../latent/trellis.ts";
import { consecutive } from "../mixing/mixing_block.ts";

/** More than any way can cost. */
export const NEVER: number = 2 ** 52;
/** Ways to go on from a place: a level of either parity for each quantiser. */
export const WAYS: number = 2 * QUANTISERS;
/** Places that a kernel takes at most at once. */
export const PLACES_AT_ONCE = 1024;

/** States in the order in which kernels keep their costs, which suits vectors of two. */
const STATE_ORDER: readonly number[] = [0, 2, 4, 6, 1, 3, 7, 5];
/** Place of each state's cost. */
export const COST_INDEX: readonly number[] = Array.from(
  { length: TRELLIS_STATES },
  (_, state) => STATE_ORDER.indexOf(state),
);

/** One of the two ways to get to a state. */
export interface Arrival {
  /** The state before. */
  readonly state: number;
  /** 2 · its quantiser + parity of the level. */
  readonly way: number;
}

/** By state: from the lower of two states, from the higher. */
export const ARRIVALS: readonly (readonly Arrival[])[] = Array.from(
  { length: TRELLIS_STATES },
  (_, to) =>
    Array.from(NEXT_STATE, (next, i) => ({ next, state: i >> 1, way: 2 * quantiserOf(i >> 1) + (i & 1) }))
      .filter(({ next }) => next === to).map(({ state, way }) => ({ state, way })),
);

/** Where `wasm/trellis.ts` finds things in its memory. */
export const TRELLIS_ADDRESSES: Readonly<Record<"never" | "states" | "ways" | "choices" | "end", number>> =
  consecutive({
    /** f64, {@linkcode NEVER} twice. */
    never: 16,
    /** f64 a state. */
    states: TRELLIS_STATES * 8,
    /** f64, place × way. */
    ways: PLACES_AT_ONCE * WAYS * 8,
    /** u8 a place. */
    choices: PLACES_AT_ONCE,
    end: 0,
  });

/** Goes on through the trellis. */
export interface TrellisKernel {
  /**
   * Adds places.
   *
   * @param costs Costs of the cheapest way to each state, by {@linkcode COST_INDEX}; replaced by those after the places.
   * @param ways Costs of going on, place × way; {@linkcode NEVER} for what cannot be.
   * @param count Places, at most {@linkcode PLACES_AT_ONCE}.
   * @param choices Gets a byte a place: a bit a state, 1 if the cheapest way there comes from the higher state before it.
   */
  advance(costs: Float64Array, ways: Float64Array, count: number, choices: Uint8Array): void;
}

/** The steps in plain TypeScript. */
export class TypeScriptTrellisKernel implements TrellisKernel {
  /** See {@linkcode TrellisKernel.advance}. */
  advance(costs: Float64Array, ways: Float64Array, count: number, choices: Uint8Array): void {
    const before = new Float64Array(TRELLIS_STATES);
    for (let place = 0; place < count; place++) {
      before.set(costs);
      let choice = 0;
      for (let to = 0; to < TRELLIS_STATES; to++) {
        const [low, high] = ARRIVALS[to];
        const fromLow = before[COST_INDEX[low.state]] + ways[place * WAYS + low.way];
        const fromHigh = before[COST_INDEX[high.state]] + ways[place * WAYS + high.way];
        if (fromHigh < fromLow) choice |= 1 << to;
        costs[COST_INDEX[to]] = Math.min(fromLow, fromHigh, NEVER);
      }
      choices[place] = choice;
    }
  }
}
