/**
 * The cheapest way through the trellis for the coefficients of a band: Viterbi's algorithm over its eight states, by
 * squared error and bits. Integers only: costs are in (half step/64)² / 256, sums stay below 2^53.
 */

import { SCALED_UNITS_PER_STEP } from "./choose_by_cost.ts";
import { NEXT_STATE, quantiserOf, QUANTISERS, TRELLIS_STATES, valueOfLevel } from "../latent/trellis.ts";

/** More than any way can cost. */
const NEVER: number = 2 ** 52;
/** Errors count in 1/256, as bits do. */
const ERROR_SCALE = 256;
/**
 * Least magnitude, in 1/64 half steps, at which a level other than 0 may pay, a quantiser: below it zero is nearer by far
 * and costs less.
 */
const LEAST_NONZERO: readonly number[] = [51, 26];

/** Bits of a level of a quantiser at the place at hand, in 1/256. */
export type LevelCost = (level: number, quantiser: number) => number;

/** Finds the way through one band. Offer each place in coding order, then trace. */
export class TrellisSearch {
  #lambda: number;
  #costs: Float64Array = new Float64Array(TRELLIS_STATES).fill(NEVER);
  #nextCosts: Float64Array = new Float64Array(TRELLIS_STATES);
  // By place and state after it: the level that led there, and the state before.
  #levels: Int32Array;
  #before: Uint8Array;
  #count = 0;
  // Of the place at hand, by 2 · quantiser + parity.
  #bestCosts: Float64Array = new Float64Array(2 * QUANTISERS);
  #bestLevels: Int32Array = new Int32Array(2 * QUANTISERS);

  /**
   * @param count Places of the band.
   * @param lambda What a bit is worth, in (half step/64)².
   */
  constructor(count: number, lambda: number) {
    this.#lambda = lambda;
    this.#levels = new Int32Array(count * TRELLIS_STATES);
    this.#before = new Uint8Array(count * TRELLIS_STATES);
    this.#costs[0] = 0;
  }

  /**
   * Adds a place.
   *
   * @param target Its coefficient in 1/64 half steps.
   * @param bitsOf What levels cost there; asked of few levels only.
   * @returns The level of quantiser 0 that is cheapest by itself.
   */
  offer(target: number, bitsOf: LevelCost): number {
    const magnitude = Math.abs(target), sign = target < 0 ? -1 : 1;
    const costs = this.#bestCosts, levels = this.#bestLevels;
    for (let quantiser = 0; quantiser < QUANTISERS; quantiser++) {
      const first = 2 * quantiser;
      costs[first] = costs[first + 1] = NEVER;
      const lower = Math.floor((magnitude + SCALED_UNITS_PER_STEP * quantiser) / (2 * SCALED_UNITS_PER_STEP));
      const upper = lower > 0 || magnitude >= LEAST_NONZERO[quantiser] ? lower + 1 : lower;
      for (let level = Math.max(0, lower - 1); level <= upper; level++) {
        const error = magnitude - SCALED_UNITS_PER_STEP * valueOfLevel(level, quantiser);
        const cost = error * error * ERROR_SCALE + this.#lambda * bitsOf(sign * level, quantiser);
        const way = first + (level & 1);
        if (cost < costs[way]) {
          costs[way] = cost;
          levels[way] = sign * level;
        }
      }
    }
    this.#advance();
    return costs[0] <= costs[1] ? levels[0] : levels[1];
  }

  /** The levels of the cheapest way, in coding order. */
  trace(): Int32Array {
    const costs = this.#costs;
    let state = 0;
    for (let other = 1; other < TRELLIS_STATES; other++) if (costs[other] < costs[state]) state = other;
    const levels = new Int32Array(this.#count);
    for (let place = this.#count - 1; place >= 0; place--) {
      const at = place * TRELLIS_STATES + state;
      levels[place] = this.#levels[at];
      state = this.#before[at];
    }
    return levels;
  }

  #advance(): void {
    const costs = this.#costs, next = this.#nextCosts.fill(NEVER);
    const at = this.#count++ * TRELLIS_STATES;
    for (let state = 0; state < TRELLIS_STATES; state++) {
      const first = 2 * quantiserOf(state);
      for (let parity = 0; parity < 2; parity++) {
        const cost = costs[state] + this.#bestCosts[first + parity], to = NEXT_STATE[2 * state + parity];
        if (cost >= next[to]) continue;
        next[to] = cost;
        this.#levels[at + to] = this.#bestLevels[first + parity];
        this.#before[at + to] = state;
      }
    }
    this.#nextCosts = costs;
    this.#costs = next;
  }
}
