/**
 * A trained start of the context model: what its counters and weights knew after other pictures.
 *
 * Serialised form: the bytes `VPR` and a version (3), then one rANS stream of binary decisions with the counters of
 * `PRIOR_MODELS`, in the order of `walkPrior`; the context net comes last, as it is. What else is stored is coarser than what is learned: a counter's
 * probability as a logit in 1/16, its count as one of eight, a weight in 1/512.
 */

import { EntropyError } from "../errors.ts";
import { DIRECT_STRIDE, MIXER_STRIDE, type MixingState } from "../mixing/mixing_block.ts";
import { sharedMixingKernel, WasmMixingKernel } from "../mixing/wasm_mixing_kernel.ts";
import { plainForms } from "../plain_forms.ts";
import { CONTEXT_MODEL_SHAPE } from "./context_layout.ts";
import type { ContextNet } from "./context_net.ts";
import { readPriorByWasm } from "./wasm_prior.ts";

/** State of a context model, as {@linkcode parsePrior} gives it. The arrays follow `context_layout.ts`. */
export interface ContextPrior extends MixingState {
  /** The context net, if there is one; the direct weights of detail magnitudes then belong to what it says. */
  readonly net?: ContextNet;
}

/** Bytes in front of the stream. */
export const PRIOR_HEADER: readonly number[] = [0x56, 0x50, 0x52, 3];

/**
 * Reads a serialised prior.
 *
 * @param bytes What {@linkcode serialisePrior} gave.
 * @returns The prior.
 * @throws {EntropyError} `entropy-bad-prior` when the bytes are none, of another version, or damaged.
 */
export function parsePrior(bytes: Uint8Array): ContextPrior {
  if (PRIOR_HEADER.some((byte, i) => bytes[i] !== byte)) {
    throw new EntropyError(
      "entropy-bad-prior",
      `Cannot read the prior: its header must be ${PRIOR_HEADER.join(" ")} (got ${
        bytes.slice(0, 4).join(" ")
      }). ` +
        "Use the prior of the model.",
    );
  }
  try {
    const stream = bytes.subarray(PRIOR_HEADER.length), kernel = sharedMixingKernel();
    return kernel instanceof WasmMixingKernel
      ? readPriorByWasm(kernel, stream)
      : plainForms().readPriorPlainly(stream);
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

/**
 * The error of a weight.
 *
 * @param magnitude What was read.
 * @param limit The most that there may be.
 * @returns The error.
 */
export function weightError(magnitude: number, limit: number): EntropyError {
  return new EntropyError(
    "entropy-bad-prior",
    `Cannot read a weight: its magnitude must be at most ${limit} (got ${magnitude}). Fetch the prior again.`,
  );
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
