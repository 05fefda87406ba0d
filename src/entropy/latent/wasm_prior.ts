/** Reads a prior in WebAssembly, in the room that a kernel has for the planes of bands; see `wasm/prior.ts`. */

import { DIRECT_STRIDE, freshState, MIXER_STRIDE } from "../mixing/mixing_block.ts";
import { FRESH_COUNTER } from "../mixing/counter.ts";
import { PROBABILITY_BITS } from "../mixing/context_tables.ts";
import type { WasmMixingKernel } from "../mixing/wasm_mixing_kernel.ts";
import { checkEnd, DecisionReader } from "../rans/rans_single_decode.ts";
import { emptyNet, NET_WEIGHT_LIMIT, netArrays } from "./context_net.ts";
import { DETAIL_ADDRESSES } from "./detail_block.ts";
import { type ContextPrior, weightError } from "./prior.ts";
import {
  NET_ARRAY_COUNTERS,
  PRIOR_MODEL_COUNT,
  PRIOR_MODELS,
  WEIGHT_SHIFT,
  WEIGHT_UNITS,
} from "./prior_plan.ts";

/**
 * Reads what is behind the header of a prior.
 *
 * @param kernel The kernel; none of its bands is being coded.
 * @param stream The bytes.
 * @returns The prior.
 * @throws {EntropyError} When it is damaged.
 */
export function readPriorByWasm(
  { detail, memory: { buffer } }: WasmMixingKernel,
  stream: Uint8Array,
): ContextPrior {
  const { state, rest } = new DecisionReader(stream, PROBABILITY_BITS), read = freshState(), net = emptyNet();
  const { counters, mixerWeights, mixerCounts, directWeights, directCounts } = read;
  const arrays = [counters, mixerWeights, mixerCounts, directWeights, directCounts, ...netArrays(net)];
  const models = DETAIL_ADDRESSES.planes, bytes = models + 4 * PRIOR_MODEL_COUNT;
  let next = bytes + rest.length;
  const at = arrays.map(({ byteLength }) => {
    const address = next + 15 & ~15;
    next = address + byteLength;
    return address;
  });
  const all = new Uint8Array(buffer);
  const bytesOf = (array: ArrayBufferView) =>
    new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  new Int32Array(buffer, models, PRIOR_MODEL_COUNT).fill(FRESH_COUNTER);
  all.set(rest, bytes);
  arrays.slice(0, 5).forEach((array, k) => all.set(bytesOf(array), at[k]));

  const check = (magnitude: number, limit: number) => {
    if (magnitude > 0) throw weightError(magnitude, limit);
  };
  detail.beginDecoding(bytes, rest.length, state);
  detail.readPriorCounters(at[0], counters.length);
  const readSets = (weights: number, counts: number, sets: number, stride: number) =>
    check(detail.readPriorSets(weights, counts, sets, stride, WEIGHT_SHIFT, WEIGHT_UNITS), WEIGHT_UNITS);
  readSets(at[1], at[2], mixerCounts.length, MIXER_STRIDE);
  readSets(at[3], at[4], directCounts.length, DIRECT_STRIDE);
  const hasNet = detail.decidePrior(PRIOR_MODELS.priorHasNet) === 1;
  if (hasNet) {
    netArrays(net).forEach(({ length }, k) => {
      const base = PRIOR_MODELS.priorNetModels + k * NET_ARRAY_COUNTERS;
      check(detail.readPriorNet(at[5 + k], length, base, NET_WEIGHT_LIMIT), NET_WEIGHT_LIMIT);
    });
  }
  checkEnd(detail.endState(), bytes + rest.length - detail.end());
  arrays.forEach((array, k) => bytesOf(array).set(all.subarray(at[k], at[k] + array.byteLength)));
  return { ...read, ...hasNet && { net } };
}
