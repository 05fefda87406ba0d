/** Seeded data for the entropy tests. */

import { assert } from "@std/assert";
import { RandomNumbers } from "../../scripts/random.ts";
import { bandLayout, type BandShape, coefficientCount } from "../../src/entropy/bands.ts";
import { decodeSections } from "../../src/entropy/decode_sections.ts";
import { EntropyError } from "../../src/entropy/errors.ts";
import type { EntropyOptions } from "../../src/entropy/mod.ts";
import { MAX_MAGNITUDE } from "../../src/entropy/symbols.ts";
import type { BinaryCoder } from "../../src/entropy/rans/binary_coder.ts";
import { ContextModel, type ContextModelOptions } from "../../src/entropy/latent/context_model.ts";
import type { ContextPrior } from "../../src/entropy/latent/prior.ts";

/** Numbers of the entropy tests. */
export class SeededRandom extends RandomNumbers {
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

/** Values whose magnitudes have `size` for their scale, most of them zero in regions. */
export function regionalValues(bands: readonly BandShape[], size: number, next: () => number): Int32Array {
  const values = new Int32Array(coefficientCount(bands));
  const period = 3 + 40 * next();
  for (let i = 0; i < values.length; i++) {
    const isBusy = Math.sin(i / period) > 0.3;
    if (!isBusy && next() < 0.98) continue;
    const drawn = size ** next() * (next() < 0.5 ? 1 : -1) * (isBusy ? 1 : 0.6);
    values[i] = Math.max(-(2 ** 30), Math.min(2 ** 30, Math.round(drawn - Math.sign(drawn) * 0.9)));
  }
  return values;
}

/** Bands that the coder must take although no wavelet makes them: sizes that have nothing to do with each other. */
export function unrelatedBands(next: () => number): BandShape[] {
  const bands: BandShape[] = [];
  let offset = 0;
  const side = (): number => next() < 0.1 ? 0 : 1 + Math.floor(next() * 30);
  const add = (level: number, orientation: 0 | 1 | 2 | 3, channel: number): void => {
    if (orientation > 0 && next() < 0.2) return;
    const [width, height] = next() < 0.3 || bands.length === 0 ? [side(), side()] : [
      next() < 0.7 ? bands.at(-1)!.width : side(),
      next() < 0.5 ? bands.at(-1)!.height : side(),
    ];
    bands.push({ level, orientation, channel, offset, width, height });
    offset += width * height;
  };
  for (const channel of [0, 1, 2]) add(3, 0, channel);
  for (const level of [3, 2, 1]) {
    for (const orientation of [1, 2, 3] as const) {
      for (const channel of [0, 1, 2]) add(level, orientation, channel);
    }
  }
  return bands;
}

/** What came of it: the result, or code and message of the error. */
export function outcomeOf<T>(run: () => T): T | string {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof EntropyError)) throw error;
    return `${error.code}: ${error.message}`;
  }
}

/** Whether sections are refused by an `EntropyError`; if they are not, their values must be in range. */
export function areRefused(
  sections: readonly Uint8Array[],
  bands: readonly BandShape[],
  options: EntropyOptions,
): boolean {
  const outcome = outcomeOf(() => decodeSections(sections, bands, options));
  if (typeof outcome === "string") return true;
  assert(outcome.every((value) => Math.abs(value) <= MAX_MAGNITUDE));
  return false;
}

/** Bytes of all sections. */
export function totalBytes(sections: readonly Uint8Array[]): number {
  return sections.reduce((sum, { length }) => sum + length, 0);
}

/** Coefficients of every size, level count and density that tends to break. */
export function* awkwardPictures(
  channelCounts: readonly number[],
): Generator<{ bands: BandShape[]; coefficients: Int32Array }> {
  for (const [width, height] of [[1, 1], [1, 9], [7, 13], [64, 1], [33, 32], [0, 4]]) {
    for (const levels of [0, 1, 3, 10]) {
      for (const channels of channelCounts) {
        for (const percent of [0, 3, 40, 97]) {
          const bands = bandLayout({ width, height, channels, levels }), count = coefficientCount(bands);
          yield { bands, coefficients: laplacianCoefficients(levels + 1, count, percent, percent % 7) };
        }
      }
    }
  }
}
