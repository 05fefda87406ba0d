/**
 * The cheapest way through the trellis for the coefficients of a band: Viterbi's algorithm over its eight states, by
 * squared error and bits. Integers only: costs are in (half step/64)² / 256, sums stay below 2^53.
 */

import { SCALED_UNITS_PER_STEP } from "./choose_by_cost.ts";
import { QUANTISERS, TRELLIS_STATES, valueOfLevel } from "../latent/trellis.ts";
import type { CostTaker } from "../latent/wasm_detail_coder.ts";
import { ARRIVALS, COST_INDEX, NEVER, PLACES_AT_ONCE, type TrellisKernel, WAYS } from "./trellis_kernel.ts";
import { sharedTrellisKernel } from "./wasm_trellis_kernel.ts";

/** Errors count in 1/256, as bits do. */
export const ERROR_SCALE = 256;
/**
 * Least magnitude, in 1/64 half steps, at which a level other than 0 may pay, a quantiser: below it zero is nearer by far
 * and costs less.
 */
export const LEAST_NONZERO: readonly number[] = [51, 26];

/** Bits of a level of a quantiser at the place at hand, in 1/256, given the level's magnitude; its sign is the target's. */
export type LevelCost = (magnitude: number, quantiser: number) => number;

/** Finds the way through one band. Offer each place in coding order, then trace. */
export class TrellisSearch implements CostTaker {
  readonly #lambda: number;
  readonly #kernel: TrellisKernel;
  /** Of the cheapest way to each state. */
  readonly #costs: Float64Array = new Float64Array(TRELLIS_STATES).fill(NEVER);
  /** By place and way: the level to go on with. */
  readonly #levels: Int32Array;
  readonly #choices: Uint8Array;
  #count = 0;
  /** Of the places that the kernel has not had. */
  readonly #ways: Float64Array = new Float64Array(PLACES_AT_ONCE * WAYS);
  #waiting = 0;

  /**
   * @param count Places of the band.
   * @param lambda What a bit is worth, in (half step/64)².
   * @param kernel What computes; that of this thread by default.
   */
  constructor(count: number, lambda: number, kernel: TrellisKernel = sharedTrellisKernel()) {
    this.#lambda = lambda;
    this.#kernel = kernel;
    this.#levels = new Int32Array(count * WAYS);
    this.#choices = new Uint8Array(count);
    this.#costs[COST_INDEX[0]] = 0;
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
    const costs = this.#ways, levels = this.#levels;
    const cost0 = this.#waiting * WAYS, level0 = this.#count * WAYS;
    for (let quantiser = 0; quantiser < QUANTISERS; quantiser++) {
      const first = 2 * quantiser;
      costs[cost0 + first] = costs[cost0 + first + 1] = NEVER;
      const lower = Math.floor((magnitude + SCALED_UNITS_PER_STEP * quantiser) / (2 * SCALED_UNITS_PER_STEP));
      const upper = lower > 0 || magnitude >= LEAST_NONZERO[quantiser] ? lower + 1 : lower;
      for (let level = Math.max(0, lower - 1); level <= upper; level++) {
        const error = magnitude - SCALED_UNITS_PER_STEP * valueOfLevel(level, quantiser);
        const cost = error * error * ERROR_SCALE + this.#lambda * bitsOf(level, quantiser);
        const way = first + (level & 1);
        if (cost < costs[cost0 + way]) {
          costs[cost0 + way] = cost;
          levels[level0 + way] = sign * level;
        }
      }
    }
    this.#count++;
    if (++this.#waiting === PLACES_AT_ONCE) this.#advance();
    return levels[level0 + (costs[cost0] <= costs[cost0 + 1] ? 0 : 1)];
  }

  /** Adds places whose costs are known: see {@linkcode CostTaker.take}. */
  take(ways: Float64Array, levels: Int32Array): void {
    this.#advance();
    this.#levels.set(levels, this.#count * WAYS);
    for (let from = 0; from < ways.length; from += PLACES_AT_ONCE * WAYS) {
      const some = ways.subarray(from, from + PLACES_AT_ONCE * WAYS);
      const count = some.length / WAYS, choices = this.#choices.subarray(this.#count, this.#count + count);
      this.#kernel.advance(this.#costs, some, count, choices);
      this.#count += count;
    }
  }

  /** The levels of the cheapest way, in coding order. */
  trace(): Int32Array {
    this.#advance();
    const costs = this.#costs;
    let state = 0;
    for (let other = 1; other < TRELLIS_STATES; other++) {
      if (costs[COST_INDEX[other]] < costs[COST_INDEX[state]]) state = other;
    }
    const levels = new Int32Array(this.#count);
    for (let place = this.#count - 1; place >= 0; place--) {
      const arrival = ARRIVALS[state][(this.#choices[place] >> state) & 1];
      levels[place] = this.#levels[place * WAYS + arrival.way];
      state = arrival.state;
    }
    return levels;
  }

  #advance(): void {
    const choices = this.#choices.subarray(this.#count - this.#waiting, this.#count);
    this.#kernel.advance(this.#costs, this.#ways, this.#waiting, choices);
    this.#waiting = 0;
  }
}
