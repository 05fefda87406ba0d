/** What levels would cost at one place of a detail band, asked for one after another: each decision is predicted once. */

import { CostCoder } from "../rans/binary_coder.ts";
import { ProbabilityProbe } from "../rans/probability_probe.ts";
import { UNARY_LIMIT } from "./context_layout.ts";
import type { HighPassCoder } from "./high_pass_coder.ts";
import { QUANTISERS } from "./trellis.ts";

/** Costs at the place that a coder is at; the model must not learn meanwhile. They are those of {@linkcode HighPassCoder.code}. */
export class LevelCosts {
  readonly #probe: ProbabilityProbe = new ProbabilityProbe();
  readonly #tail: CostCoder = new CostCoder();
  /** By quantiser and magnitude below the limit of the unary part: what the magnitude costs, sign and all. */
  readonly #costs: Int32Array = new Int32Array(QUANTISERS * UNARY_LIMIT);
  /** By quantiser: how many of them are known, and what going on from there costs. */
  readonly #known: Int32Array = new Int32Array(QUANTISERS);
  readonly #going: Int32Array = new Int32Array(QUANTISERS);
  #place: HighPassCoder | undefined;
  #isNegative = false;
  /** −1 until it is asked for; both quantisers have the same. */
  #signCost = -1;

  /**
   * Turns to a place.
   *
   * @param place The coder that is at it.
   * @param isNegative Sign of the levels.
   */
  turnTo(place: HighPassCoder, isNegative: boolean): void {
    this.#place = place;
    this.#isNegative = isNegative;
    this.#signCost = -1;
    this.#known.fill(0);
    this.#going.fill(0);
  }

  /**
   * The cost of a level, in 1/256 bit.
   *
   * @param magnitude The level's magnitude.
   * @param quantiser Its quantiser.
   * @returns The cost.
   */
  readonly bitsOf = (magnitude: number, quantiser: number): number => {
    const last = magnitude < UNARY_LIMIT ? magnitude : UNARY_LIMIT - 1;
    if (this.#known[quantiser] <= last) this.#learnUpTo(last, quantiser);
    if (magnitude < UNARY_LIMIT) return this.#costs[quantiser * UNARY_LIMIT + magnitude];
    this.#tail.cost = 0;
    this.#place!.codeTail(this.#tail, magnitude - UNARY_LIMIT);
    return this.#going[quantiser] + this.#tail.cost;
  };

  #learnUpTo(last: number, quantiser: number): void {
    const place = this.#place!, probe = this.#probe, first = quantiser * UNARY_LIMIT;
    let known = this.#known[quantiser], going = this.#going[quantiser];
    place.quantiser = quantiser;
    if (known === 0) {
      place.decideZero(probe, 0);
      this.#costs[first] = probe.costOf(0);
      going = probe.costOf(1);
      known = 1;
    }
    if (known <= last) {
      if (this.#signCost < 0) {
        place.decideSign(probe, 0);
        this.#signCost = probe.costOf(this.#isNegative ? 1 : 0);
      }
      if (known === 1) going += this.#signCost;
      place.agree(this.#isNegative);
      for (; known <= last; known++) {
        place.decideStep(probe, known, 0);
        this.#costs[first + known] = going + probe.costOf(0);
        going += probe.costOf(1);
      }
    }
    place.quantiser = 0;
    this.#known[quantiser] = known;
    this.#going[quantiser] = going;
  }
}
