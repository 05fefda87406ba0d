/** Writes a prior, and reads one without WebAssembly. */

import { SQUASH, SQUASH_LIMIT, STRETCH, WEIGHT_COUNT_LIMIT } from "../mixing/context_tables.ts";
import { COUNT_BITS, FRESH_COUNTER } from "../mixing/counter.ts";
import { DIRECT_STRIDE, freshState, MIXER_STRIDE } from "../mixing/mixing_block.ts";
import { type ContextNet, emptyNet, NET_WEIGHT_LIMIT, netArrays } from "./context_net.ts";
import { checkShape, type ContextPrior, PRIOR_HEADER, weightError } from "./prior.ts";
import { type PriorCoder, PriorReader, PriorWriter } from "./prior_coders.ts";
import {
  LOGIT_SHIFT,
  NET_ARRAY_COUNTERS,
  PRIOR_MODEL_COUNT,
  PRIOR_MODELS,
  STORED_COUNTS,
  WEIGHT_SHIFT,
  WEIGHT_UNITS,
} from "./prior_plan.ts";

const SET_COUNT_BITS = 4;

/**
 * Serialises a prior, rounding it to what can be stored.
 *
 * @param prior The prior.
 * @returns Its bytes.
 * @throws {EntropyError} `entropy-bad-prior` when its arrays do not fit this model.
 */
export function serialisePrior(prior: ContextPrior): Uint8Array {
  checkShape(prior);
  const coder = new PriorWriter(PRIOR_MODEL_COUNT);
  walkPrior(coder, prior);
  const stream = coder.finish();
  const bytes = new Uint8Array(PRIOR_HEADER.length + stream.length);
  bytes.set(PRIOR_HEADER);
  bytes.set(stream, PRIOR_HEADER.length);
  return bytes;
}

/**
 * Reads what is behind the header of a prior.
 *
 * @param stream The bytes.
 * @returns The prior.
 * @throws {EntropyError} When it is damaged.
 */
export function readPriorPlainly(stream: Uint8Array): ContextPrior {
  const coder = new PriorReader(PRIOR_MODEL_COUNT, stream);
  const prior = walkPrior(coder, undefined);
  coder.finish();
  return prior;
}

/** Codes a prior: the counters in order, then the mixer sets, then the direct sets. Gives what a decoder reads. */
function walkPrior(coder: PriorCoder, given: ContextPrior | undefined): ContextPrior {
  const read = freshState();
  let lastCount = 0;
  let olderCount = 0;
  let lastLogit = 0;
  for (let i = 0; i < read.counters.length; i++) {
    const counter = given === undefined ? FRESH_COUNTER : given.counters[i];
    const context = PRIOR_MODELS.priorCountModels +
      (Math.min(lastCount, 1) + 2 * Math.min(olderCount, 1)) * 8;
    const count = codeTree(coder, context, 3, storedCount(counter & ((1 << COUNT_BITS) - 1)));
    olderCount = lastCount;
    lastCount = count;
    if (count === 0) continue; // it is fresh already
    // Neighbouring contexts are alike: send the difference to the last one, modulo 256.
    const logit = Math.min(127, (STRETCH[counter >>> 20] + 8) >> LOGIT_SHIFT);
    const difference = codeTree(
      coder,
      PRIOR_MODELS.priorLogitModels + count * 256,
      8,
      (logit - lastLogit) & 255,
    );
    lastLogit = ((lastLogit + difference) << 24) >> 24;
    const probability = SQUASH[lastLogit * (1 << LOGIT_SHIFT) + SQUASH_LIMIT];
    read.counters[i] = (probability << 16) | STORED_COUNTS[count];
  }
  codeSets(
    coder,
    MIXER_STRIDE,
    given?.mixerWeights,
    given?.mixerCounts,
    read.mixerWeights,
    read.mixerCounts,
  );
  codeSets(
    coder,
    DIRECT_STRIDE,
    given?.directWeights,
    given?.directCounts,
    read.directWeights,
    read.directCounts,
  );
  const net = codeNet(coder, given?.net);
  return { ...read, ...(net && { net }) };
}

/** Codes whether there is a net, and its arrays. */
function codeNet(
  coder: PriorCoder,
  given: ContextNet | undefined,
): ContextNet | undefined {
  if (coder.decide(given === undefined ? 0 : 1, PRIOR_MODELS.priorHasNet) === 0) return undefined;
  const net = emptyNet();
  const givenArrays = given && netArrays(given);
  netArrays(net).forEach((array, k) => {
    const base = PRIOR_MODELS.priorNetModels + k * NET_ARRAY_COUNTERS;
    for (let i = 0; i < array.length; i++) {
      array[i] = codeWeight(coder, givenArrays?.[k][i] ?? 0, base, NET_WEIGHT_LIMIT);
    }
  });
  return net;
}

/** Codes weight sets: how often each was updated (as a bit length), and its weights unless that is 0. */
function codeSets(
  coder: PriorCoder,
  stride: number,
  givenWeights: Int32Array | undefined,
  givenCounts: Uint8Array | undefined,
  weights: Int32Array,
  counts: Uint8Array,
): void {
  for (let set = 0; set < counts.length; set++) {
    const length = givenCounts === undefined ? 0 : 32 - Math.clz32(givenCounts[set]);
    const readLength = codeTree(coder, PRIOR_MODELS.priorSetModels, SET_COUNT_BITS, length);
    counts[set] = Math.min(WEIGHT_COUNT_LIMIT, (1 << readLength) - 1);
    if (readLength === 0) continue; // its weights are fresh already
    for (let k = 0; k < stride; k++) {
      const i = set * stride + k;
      const weight = givenWeights === undefined
        ? 0
        : (givenWeights[i] + (1 << (WEIGHT_SHIFT - 1))) >> WEIGHT_SHIFT;
      weights[i] = codeWeight(coder, weight, PRIOR_MODELS.priorWeightModels, WEIGHT_UNITS) << WEIGHT_SHIFT;
    }
  }
}

/** A weight of up to 15 bits: bit length, sign, the bits below the leading one. */
function codeWeight(
  coder: PriorCoder,
  weight: number,
  base: number,
  limit: number,
): number {
  const wanted = Math.abs(weight);
  const length = codeTree(coder, base, 4, 32 - Math.clz32(wanted));
  if (length === 0) return 0;
  const negative = coder.decide(weight < 0 ? 1 : 0, base + 16) === 1;
  let magnitude = 1;
  for (let bit = length - 2; bit >= 0; bit--) {
    const outcome = (wanted >> bit) & 1;
    magnitude = magnitude * 2 +
      (bit === length - 2 ? coder.decide(outcome, base + 17 + length) : coder.decideEvenly(outcome));
  }
  if (magnitude > limit) throw weightError(magnitude, limit);
  return negative ? -magnitude : magnitude;
}

/** Codes `bits` bits, highest first, each with the counter that the bits before it name: 2^bits counters. */
function codeTree(
  coder: PriorCoder,
  base: number,
  bits: number,
  value: number,
): number {
  let node = 1;
  for (let bit = bits - 1; bit >= 0; bit--) {
    node = node * 2 + coder.decide((value >> bit) & 1, base + node);
  }
  return node - (1 << bits);
}

/** The class of the largest stored count not above `count`. */
function storedCount(count: number): number {
  let stored = STORED_COUNTS.length - 1;
  while (STORED_COUNTS[stored] > count) stored--;
  return stored;
}
