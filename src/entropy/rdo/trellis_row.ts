/**
 * The cheapest way through the trellis for one row of a band, found while the row is gone through: what a level costs may depend
 * on the levels of the cheapest way so far. `wasm/subband.ts` does the same.
 */

import { QUANTISERS, TRELLIS_STATES, valueOfLevel } from "../latent/trellis.ts";
import { SCALED_UNITS_PER_STEP } from "./choose_by_cost.ts";
import { ARRIVALS, NEVER, WAYS } from "./trellis_kernel.ts";
import { ERROR_SCALE, LEAST_NONZERO } from "./trellis_search.ts";

/** Bits of levels at a place, in 1/256. */
export interface LevelCosts {
  /**
   * Called once a place.
   *
   * @param largest The largest level that will be asked for, by quantiser.
   */
  prepare(largest: readonly number[]): void;
  /**
   * The cost of a level.
   *
   * @param magnitude Its magnitude; its sign is the target's.
   * @param quantiser Its quantiser.
   */
  bitsOf(magnitude: number, quantiser: number): number;
}

/** Finds the way through a row. Offer each place from left to right, then trace. */
export class TrellisRow {
  readonly #lambda: number;
  #costs: Float64Array = new Float64Array(TRELLIS_STATES).fill(NEVER);
  #next: Float64Array = new Float64Array(TRELLIS_STATES);
  /** By place and way: the level to go on with. */
  readonly #levels: Int32Array;
  /** By place: a bit a state, 1 where the way from the higher of two states is cheaper. */
  readonly #choices: Uint8Array;
  #count = 0;

  /**
   * @param count Places of the row.
   * @param lambda What a bit is worth, in (half step/64)².
   * @param state The state before the row.
   */
  constructor(count: number, lambda: number, state: number) {
    this.#lambda = lambda;
    this.#levels = new Int32Array(count * WAYS);
    this.#choices = new Uint8Array(count);
    this.#costs[state] = 0;
  }

  /**
   * Adds a place.
   *
   * @param target Its coefficient in 1/64 half steps.
   * @param isQuiet Whether all around is zero: both quantisers' zeros then cost the same.
   * @param costs What levels cost there.
   * @returns The level here of the cheapest way so far.
   */
  offer(target: number, isQuiet: boolean, costs: LevelCosts): number {
    const ways = new Float64Array(WAYS).fill(NEVER), place = this.#count++;
    const magnitude = Math.abs(target), sign = target < 0 ? -1 : 1;
    if (isQuiet && magnitude < LEAST_NONZERO[1]) {
      ways[0] = ways[2] = 0;
      this.#advance(place, ways);
      return 0;
    }
    const largest = LEAST_NONZERO.map((least, quantiser) => {
      const lower = Math.floor((magnitude + SCALED_UNITS_PER_STEP * quantiser) / (2 * SCALED_UNITS_PER_STEP));
      return lower > 0 || magnitude >= least ? lower + 1 : lower;
    });
    costs.prepare(largest);
    for (let quantiser = 0; quantiser < QUANTISERS; quantiser++) {
      for (let level = Math.max(0, largest[quantiser] - 2); level <= largest[quantiser]; level++) {
        const error = magnitude - SCALED_UNITS_PER_STEP * valueOfLevel(level, quantiser);
        const cost = error * error * ERROR_SCALE + this.#lambda * costs.bitsOf(level, quantiser);
        const way = 2 * quantiser + (level & 1);
        if (cost >= ways[way]) continue;
        ways[way] = cost;
        this.#levels[place * WAYS + way] = sign * level;
      }
    }
    this.#advance(place, ways);
    return this.#levels[place * WAYS + this.#arrival(place, this.#cheapest()).way];
  }

  /** The values of the cheapest way, in half steps. */
  trace(): Int32Array {
    const values = new Int32Array(this.#count);
    let state = this.#cheapest();
    for (let place = this.#count - 1; place >= 0; place--) {
      const { way, state: before } = this.#arrival(place, state);
      values[place] = valueOfLevel(this.#levels[place * WAYS + way], way >> 1);
      state = before;
    }
    return values;
  }

  #advance(place: number, ways: Float64Array): void {
    const costs = this.#costs, next = this.#next;
    let choices = 0;
    ARRIVALS.forEach(([lower, higher], to) => {
      const fromLower = costs[lower.state] + ways[lower.way],
        fromHigher = costs[higher.state] + ways[higher.way];
      if (fromHigher < fromLower) choices |= 1 << to;
      next[to] = Math.min(fromLower, fromHigher);
    });
    this.#choices[place] = choices;
    this.#costs = next;
    this.#next = costs;
  }

  #arrival(place: number, state: number) {
    return ARRIVALS[state][(this.#choices[place] >> state) & 1];
  }

  #cheapest(): number {
    return this.#costs.indexOf(Math.min(...this.#costs));
  }
}
