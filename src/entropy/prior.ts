/** A trained start of the context model. */

import { MIXER_STRIDE, type MixingModel, WEIGHT_BITS } from "./mixing_model.ts";

/** State of a model after training. */
export interface ContextPrior {
  readonly counters: Int32Array;
  readonly mixerWeights: Int32Array;
  readonly mixerCounts: Uint8Array;
  readonly directWeights: Int32Array;
  readonly directCounts: Uint8Array;
}

export function applyPrior(model: MixingModel, prior: ContextPrior | undefined): void {
  if (prior === undefined) {
    for (let i = 0; i < model.mixerWeights.length; i++) {
      model.mixerWeights[i] = i % MIXER_STRIDE === MIXER_STRIDE - 1 ? 0 : Math.floor((1 << WEIGHT_BITS) * 0.3);
    }
    return;
  }
  model.counters.set(prior.counters);
  model.mixerWeights.set(prior.mixerWeights);
  model.mixerCounts.set(prior.mixerCounts);
  model.directWeights.set(prior.directWeights);
  model.directCounts.set(prior.directCounts);
}
