/**
 * A trained start of the context model: what its counters and weights knew after other pictures.
 *
 * Serialised form: the bytes `VPR` and a version (3), then one rANS stream of binary decisions with the counters of
 * `COUNTER_PLAN`, in the order of {@linkcode walkPrior}; the context net comes last, as it is. What else is stored is coarser than what is learned: a counter's
 * probability as a logit in 1/16, its count as one of eight, a weight in 1/512.
 */

import { type PriorCoder, PriorReader, PriorWriter } from "./prior_coders.ts";
import { CONTEXT_MODEL_SHAPE } from "./context_layout.ts";
import { type ContextNet, emptyNet, NET_WEIGHT_LIMIT, netArrays } from "./context_net.ts";
import { SQUASH, SQUASH_LIMIT, STRETCH, WEIGHT_COUNT_LIMIT } from "../mixing/context_tables.ts";
import { EntropyError } from "../errors.ts";
import { COUNT_BITS, FRESH_COUNTER } from "../mixing/counter.ts";
import {
  DIRECT_STRIDE,
  freshState,
  MIXER_STRIDE,
  type MixingState,
  WEIGHT_BITS,
} from "../mixing/mixing_block.ts";

/** State of a context model, as {@linkcode parsePrior} gives it. The arrays follow `context_layout.ts`. */
export interface ContextPrior extends MixingState {
  /** The context net, if there is one; the direct weights of detail magnitudes then belong to what it says. */
  readonly net?: ContextNet;
}

/** Bytes in front of the stream. */
const HEADER: readonly number[] = [0x56, 0x50, 0x52, 3];
/** Counts that a stored counter may have; 0 means fresh, and nothing else is stored. */
const STORED_COUNTS: readonly number[] = [0, 1, 2, 3, 4, 6, 8, 12];
/** A stored counter logit is in units of 16/256. */
const LOGIT_SHIFT = 4;
/** A stored weight is in units of 2^(20 − 9). */
const WEIGHT_SHIFT: number = WEIGHT_BITS - 9;
/** Update counts of weight sets are stored as bit lengths, 0..8. */
const SET_COUNT_BITS = 4;
/** The largest weight in those units. */
const WEIGHT_UNITS: number = 4 << (WEIGHT_BITS - WEIGHT_SHIFT);
/** Counters of a weight: 16 of its bit length, one of its sign, one a bit length. */
const NET_ARRAY_COUNTERS = 64;

/** First counter of each kind of decision in the prior's own stream. */
const COUNTER_PLAN = {
  count: 0,
  logit: 64,
  setCount: 64 + 8 * 256,
  weight: 64 + 8 * 256 + 16,
  hasNet: 64 + 8 * 256 + 16 + 64,
  netWeight: 64 + 8 * 256 + 16 + 64 + 1,
  total: 4096,
} as const;

/**
 * Serialises a prior, rounding it to what can be stored.
 *
 * @param prior The prior.
 * @returns Its bytes.
 * @throws {EntropyError} `entropy-bad-prior` when its arrays do not fit this model.
 */
export function serialisePrior(prior: ContextPrior): Uint8Array {
  checkShape(prior);
  const coder = new PriorWriter(COUNTER_PLAN.total);
  walkPrior(coder, prior);
  const stream = coder.finish();
  const bytes = new Uint8Array(HEADER.length + stream.length);
  bytes.set(HEADER);
  bytes.set(stream, HEADER.length);
  return bytes;
}

/**
 * Reads a serialised prior.
 *
 * @param bytes What {@linkcode serialisePrior} gave.
 * @returns The prior.
 * @throws {EntropyError} `entropy-bad-prior` when the bytes are none, of another version, or damaged.
 */
export function parsePrior(bytes: Uint8Array): ContextPrior {
  if (HEADER.some((byte, i) => bytes[i] !== byte)) {
    throw new EntropyError(
      "entropy-bad-prior",
      `Cannot read the prior: its header must be ${HEADER.join(" ")} (got ${bytes.slice(0, 4).join(" ")}). ` +
        "Use the prior of the model.",
    );
  }
  try {
    const coder = new PriorReader(COUNTER_PLAN.total, bytes.subarray(HEADER.length));
    const prior = walkPrior(coder, undefined);
    coder.finish();
    return prior;
  } catch (cause) {
    if (!(cause instanceof EntropyError)) throw cause;
    throw new EntropyError(
      "entropy-bad-prior",
      `Cannot read the prior: it must be intact (got: ${cause.message}) Use the prior of the model.`,
      {
        cause,
      },
    );
  }
}

/** Codes a prior: the counters in order, then the mixer sets, then the direct sets. Gives what a decoder reads. */
function walkPrior(coder: PriorCoder, given: ContextPrior | undefined): ContextPrior {
  const read = freshState();
  let lastCount = 0;
  let olderCount = 0;
  let lastLogit = 0;
  for (let i = 0; i < read.counters.length; i++) {
    const counter = given === undefined ? FRESH_COUNTER : given.counters[i];
    const context = COUNTER_PLAN.count + (Math.min(lastCount, 1) + 2 * Math.min(olderCount, 1)) * 8;
    const count = codeTree(coder, context, 3, storedCount(counter & ((1 << COUNT_BITS) - 1)));
    olderCount = lastCount;
    lastCount = count;
    if (count === 0) continue; // it is fresh already
    // Neighbouring contexts are alike: send the difference to the last one, modulo 256.
    const logit = Math.min(127, (STRETCH[counter >>> 20] + 8) >> LOGIT_SHIFT);
    const difference = codeTree(coder, COUNTER_PLAN.logit + count * 256, 8, (logit - lastLogit) & 255);
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
  if (coder.decide(given === undefined ? 0 : 1, COUNTER_PLAN.hasNet) === 0) return undefined;
  const net = emptyNet();
  const givenArrays = given && netArrays(given);
  netArrays(net).forEach((array, k) => {
    const base = COUNTER_PLAN.netWeight + k * NET_ARRAY_COUNTERS;
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
    const readLength = codeTree(coder, COUNTER_PLAN.setCount, SET_COUNT_BITS, length);
    counts[set] = Math.min(WEIGHT_COUNT_LIMIT, (1 << readLength) - 1);
    if (readLength === 0) continue; // its weights are fresh already
    for (let k = 0; k < stride; k++) {
      const i = set * stride + k;
      const weight = givenWeights === undefined
        ? 0
        : (givenWeights[i] + (1 << (WEIGHT_SHIFT - 1))) >> WEIGHT_SHIFT;
      weights[i] = codeWeight(coder, weight, COUNTER_PLAN.weight, WEIGHT_UNITS) << WEIGHT_SHIFT;
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
  if (magnitude > limit) {
    throw new EntropyError(
      "entropy-bad-prior",
      `Cannot read a weight: its magnitude must be at most ${limit} (got ${magnitude}). Fetch the prior again.`,
    );
  }
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

/**
 * Checks that a prior fits the context model.
 *
 * @param prior The prior.
 * @throws {EntropyError} `entropy-bad-prior`.
 */
export function checkShape(prior: ContextPrior): void {
  const { counters, mixerSets, directSets } = CONTEXT_MODEL_SHAPE;
  const fits = prior.counters.length === counters && prior.mixerCounts.length === mixerSets &&
    prior.mixerWeights.length === mixerSets * MIXER_STRIDE && prior.directCounts.length === directSets &&
    prior.directWeights.length === directSets * DIRECT_STRIDE;
  if (!fits) {
    throw new EntropyError(
      "entropy-bad-prior",
      `Cannot use the prior: it must have ${counters} counters (got ${prior.counters.length}). ` +
        "Use parsePrior().",
    );
  }
}
