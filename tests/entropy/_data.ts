/** Seeded data for the entropy tests. */

import type { BandShape } from "../../src/entropy/bands.ts";
import type { BinaryCoder } from "../../src/entropy/rans/binary_coder.ts";
import { ContextModel, type ContextModelOptions } from "../../src/entropy/latent/context_model.ts";
import type { ContextPrior } from "../../src/entropy/latent/prior.ts";

/** A small repeatable generator (xorshift32) of numbers in [0, 2^32). */
export class SeededRandom {
  #state: number;

  constructor(seed: number) {
    this.#state = (seed | 0) || 1;
  }

  /** Next u32. */
  next(): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x;
    return x >>> 0;
  }

  /** Next integer in [0, limit). */
  below(limit: number): number {
    return this.next() % limit;
  }

  /** Two-sided geometric value; the chance to go on is `percent` in 100. */
  laplacian(percent: number): number {
    let magnitude = 0;
    while (magnitude < 1000 && this.below(100) < percent) magnitude++;
    return this.below(2) === 0 ? magnitude : -magnitude;
  }
}

/** Probabilities of all decisions of a picture, coded by a model. */
export function probabilitiesOf(
  coefficients: Int32Array,
  bands: readonly BandShape[],
  prior: ContextPrior | undefined,
  options: ContextModelOptions,
): number[] {
  const seen: number[] = [];
  const coder: BinaryCoder = {
    code(bit, probability) {
      seen.push(probability);
      return bit;
    },
  };
  const model = new ContextModel(bands, prior, options);
  for (const band of bands) model.codeBand(coefficients.slice(), band, coder);
  return seen;
}

/** Coefficients with a given chance to go on, some of them escapes when `escapePerMille` is above 0. */
export function laplacianCoefficients(
  seed: number,
  count: number,
  percent: number,
  escapePerMille = 0,
): Int32Array {
  const random = new SeededRandom(seed);
  return Int32Array.from({ length: count }, () => {
    const value = random.laplacian(percent);
    return random.below(1000) < escapePerMille ? (random.next() | 0) >> (1 + random.below(20)) : value;
  });
}
