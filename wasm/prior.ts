// Reads priors: a part of the mixing model's module, since their decisions have counters like its own. What the parts of a prior are is
// in src/entropy/latent/prior_plan.ts; PRIOR_MODELS is the address of the counters of its stream. The functions that read weights give 0,
// or the magnitude of the first weight that is larger than `limit`.

const LOGIT_UNIT: i32 = 16;
/** Counts that a counter may have, a byte each. */
const STORED_COUNTS: u64 = 0x0C08060403020100;
const LEAST_PROBABILITY: i32 = 32;
const EVEN_PROBABILITY: i32 = 32768;

/** Takes a decision by a counter of the stream, which learns. */
export function decidePrior(index: i32): i32 {
  const at = PRIOR_MODELS + (<usize>index << 2);
  const probability = <i32>load<u16>(at, 2);
  const outcome = code(0, max(LEAST_PROBABILITY, min(65536 - LEAST_PROBABILITY, probability)));
  moveCounter(at, outcome);
  return outcome;
}

/** `2^bits` and a number of so many bits, highest first, each with the counter that the bits before it name. */
function priorTree(base: i32, bits: i32): i32 {
  let node = 1;
  for (; bits > 0; bits--) node = node * 2 + decidePrior(base + node);
  return node;
}

/** A weight: bit length, sign, the bits below the leading one. */
function priorWeight(base: i32): i32 {
  const length = priorTree(base, 4) - 16;
  if (length == 0) return 0;
  const isNegative = decidePrior(base + 16);
  let magnitude = 1;
  if (length > 1) magnitude = 2 + decidePrior(base + 17 + length);
  for (let bit = length - 2; bit > 0; bit--) magnitude = magnitude * 2 + code(0, EVEN_PROBABILITY);
  return isNegative ? -magnitude : magnitude;
}

/** Counters, which are fresh before. */
export function readPriorCounters(target: usize, count: i32): void {
  let context = 0, logit = 0;
  for (const end = target + (<usize>count << 2); target < end; target += 4) {
    const stored = priorTree(PRIOR_COUNT_MODELS + context * 8, 3) - 8;
    context = (context & 1) * 2 + i32(stored != 0);
    if (stored == 0) continue;
    logit = <i32><i8>(logit + priorTree(PRIOR_LOGIT_MODELS + stored * 256, 8));
    store<u32>(target, <u32>squash(logit * LOGIT_UNIT) << 16 | <u32>(STORED_COUNTS >> (<u64>stored * 8)) & 255);
  }
}

/** Weight sets of `stride` weights, which are fresh before, and how often each was updated. */
export function readPriorSets(weights: usize, counts: usize, sets: i32, stride: i32, shift: i32, limit: i32): i32 {
  for (; sets > 0; sets--, counts++) {
    const length = priorTree(PRIOR_SET_MODELS, 4) - 16;
    store<u8>(counts, min(SET_COUNT_LIMIT, (1 << length) - 1));
    if (length == 0) {
      weights += <usize>stride << 2;
      continue;
    }
    for (let k = 0; k < stride; k++, weights += 4) {
      const weight = priorWeight(PRIOR_WEIGHT_MODELS);
      if (abs(weight) > limit) return abs(weight);
      store<i32>(weights, weight << shift);
    }
  }
  return 0;
}

/** Weights of the net. */
export function readPriorNet(target: usize, count: i32, base: i32, limit: i32): i32 {
  for (const end = target + (<usize>count << 1); target < end; target += 2) {
    const weight = priorWeight(base);
    if (abs(weight) > limit) return abs(weight);
    store<i16>(target, weight);
  }
  return 0;
}
