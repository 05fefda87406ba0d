/**
 * Tables of the context model, all made by integers or by sums, products and quotients of doubles, so that every machine has the
 * same.
 *
 * Units: a *probability* is of the outcome 1, in 1/65536. A *logit* is ln(p / (1 − p)) in 1/256.
 */

import { log2Fixed, risingTable } from "../fixed_log2.ts";

/** Bits of the probabilities that drive rANS. */
export const PROBABILITY_BITS = 16;
/** No decision is more certain than 1 − 32/65536: an outcome against all odds costs at most 11 bits. */
export const LEAST_PROBABILITY = 32;
/** Largest magnitude of a logit that a counter or the direct stage gives. */
export const LOGIT_LIMIT = 2047;
/** Logits of the mixer's output are clamped to −3072 … 3071. */
export const SQUASH_LIMIT = 3072;

/** A logit clamped to what {@linkcode SQUASH} has. */
export function clampLogit(logit: number): number {
  return logit >= SQUASH_LIMIT ? SQUASH_LIMIT - 1 : logit < -SQUASH_LIMIT ? -SQUASH_LIMIT : logit;
}

/** e^(1/256). */
const LOGIT_RATIO = 1.003913889338347573;

/** `SQUASH[x + 3072]`: the probability of logit x, floor(65536 / (1 + e^(−x/256))), clamped to 32 … 65504. */
export const SQUASH: Int32Array = logisticTable(LEAST_PROBABILITY);

/** `STRETCH[p >> 4]`: the logit of a probability, the smallest x with SQUASH(x) ≥ p + 8, clamped to ±2047. */
export const STRETCH: Int32Array = buildStretch();

/** Magnitudes are clipped to this where they serve as context. */
export const MAGNITUDE_CLIP = 4095;

/** A magnitude of at most 4095, as it serves as context. */
export function clippedMagnitude(magnitude: number): number {
  return magnitude < MAGNITUDE_CLIP ? magnitude : MAGNITUDE_CLIP;
}

/** `LOG_FEATURE[m]`: log2(1 + 2m) in 1/128, for sums of magnitudes up to 4095. */
export const LOG_FEATURE: Int32Array = new Int32Array(MAGNITUDE_CLIP + 1).map((_, m) =>
  log2Fixed(1 + 2 * m, 7)
);

/**
 * A magnitude as the context net and its planes have it.
 *
 * @param magnitude The magnitude.
 * @returns log2(1 + 2 magnitude) in 1/16, of at most 4095.
 */
export function magnitudeLevel(magnitude: number): number {
  return LOG_FEATURE[clippedMagnitude(magnitude)] >> 3;
}

const LOG_OF_5 = log2Fixed(5, 10);

/** `ENERGY_CLASS[m]`: 0..4 as they are, then 2.5 classes an octave, up to 31. */
export const ENERGY_CLASS: Uint8Array = risingTable(
  new Uint8Array(MAGNITUDE_CLIP + 1),
  (m) => m < 5 ? m : Math.min(31, 5 + Math.floor(((log2Fixed(m, 10) - LOG_OF_5) * 5 + 1024) / 2048)),
);

/** Largest count a counter keeps. */
export const COUNT_LIMIT = 120;

/** What a counter with n updates moves by, up to a limit: floor(2^15 / (2n + 3)), that is 2^14 / (n + 1.5). */
export function counterRates(limit: number): Int32Array {
  return Int32Array.from({ length: limit + 1 }, (_, n) => Math.floor(32768 / (2 * n + 3)));
}

/** How much of its logit a counter with n updates puts in, in 1/256, up to a limit. */
export function confidences(limit: number): Int32Array {
  return Int32Array.from({ length: limit + 1 }, (_, n) => Math.floor((256 * n) / (n + 1)));
}

/** By the count of a counter. */
export const COUNTER_RATE: Int32Array = counterRates(COUNT_LIMIT),
  CONFIDENCE: Int32Array = confidences(COUNT_LIMIT);

/** Largest count a weight set keeps. */
export const WEIGHT_COUNT_LIMIT = 255;

/** `MIXER_RATE[n]`: learning rate of a mixer weight set after n updates, in 1/4: 240 falling to 55. */
export const MIXER_RATE: Int32Array = learningRates(32, 208, 32);

/** `DIRECT_RATE[n]`: learning rate of a direct weight set after n updates, in 1/4: 48 falling to 40. */
export const DIRECT_RATE: Int32Array = learningRates(40, 8, 32);

/** `BIT_COST[p >> 4]`: −log2 of a probability, in 1/256 bit. */
export const BIT_COST: Int32Array = new Int32Array(4096).map((_, p) =>
  PROBABILITY_BITS * 256 - log2Fixed((p << 4) + 8, 8)
);

function learningRates(last: number, extra: number, halfLife: number): Int32Array {
  return Int32Array.from(
    { length: WEIGHT_COUNT_LIMIT + 1 },
    (_, n) => last + Math.floor((extra * halfLife) / (halfLife + n)),
  );
}

/**
 * Probabilities of logits −3072 … 3071.
 *
 * @param least They are limited to `least` … 65536 − `least`.
 * @returns floor(65536 / (1 + e^(−x/256))) at x + 3072.
 */
export function logisticTable(least: number): Int32Array {
  const table = new Int32Array(2 * SQUASH_LIMIT).fill(65536 - least);
  table.fill(least, 0, SQUASH_LIMIT);
  let power = 1; // e^(x/256)
  for (let x = 0; x < SQUASH_LIMIT; x++) {
    const probability = Math.floor(65536 * power / (power + 1));
    if (probability > 65536 - least) break;
    table[SQUASH_LIMIT + x] = probability;
    table[SQUASH_LIMIT - x] = 65536 - probability;
    power *= LOGIT_RATIO;
  }
  return table;
}

function buildStretch(): Int32Array {
  const table = new Int32Array(4096);
  let x = -LOGIT_LIMIT;
  for (let p = 0; p < 4096; p++) {
    while (x < LOGIT_LIMIT && SQUASH[x + SQUASH_LIMIT] < p * 16 + 8) x++;
    table[p] = x;
  }
  return table;
}
