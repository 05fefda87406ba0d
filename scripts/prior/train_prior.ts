/**
 * Learning a prior: the context net is fitted to samples from training pictures; then the context model runs over them,
 * one after another, and keeps what it learned.
 */

import { CostCoder } from "../../src/entropy/rans/binary_coder.ts";
import { DIRECTS, NET_LOGITS } from "../../src/entropy/latent/context_layout.ts";
import { ContextModel } from "../../src/entropy/latent/context_model.ts";
import { NET_ORIENTATIONS } from "../../src/entropy/latent/context_net.ts";
import { NET_LOGIT_FEATURE } from "../../src/entropy/latent/high_pass_coder.ts";
import { DIRECT_STRIDE, freshState, WEIGHT_BITS } from "../../src/entropy/mixing/mixing_block.ts";
import { NetSampler, type TrainingPicture } from "./net_samples.ts";
import type { ContextPrior } from "../../src/entropy/latent/prior.ts";
import { serialisePrior } from "../../src/entropy/latent/prior_walk.ts";
import { RandomNumbers } from "../random.ts";
import { fitNet } from "./train_net.ts";

/** How much is spent on the context net. */
export interface NetTraining {
  /** Samples of an orientation, at most; with 0, the default, there will be no net. */
  readonly netSamples?: number;
  /** How often each is seen; 5 by default. */
  readonly netEpochs?: number;
}

const DEFAULT_EPOCHS = 5;

/**
 * Learns a prior. The order matters a little: shuffle pictures and steps, the last ones weigh most.
 *
 * Counters keep at most 12 of their counts: on a new picture they should listen to it soon.
 *
 * @param pictures Training pictures, quantised as the encoder will quantise; with a net they are gone through three times.
 * @param training Effort for the net.
 * @returns The serialised prior, for `parsePrior`.
 */
export function trainPrior(pictures: Iterable<TrainingPicture>, training: NetTraining = {}): Uint8Array {
  const { netSamples = 0, netEpochs = DEFAULT_EPOCHS } = training;
  let state: ContextPrior | undefined = netSamples > 0
    ? netStart(pictures, netSamples, netEpochs)
    : undefined;
  const coder = new CostCoder();
  for (const { coefficients, bands, trellis = false } of pictures) {
    const model = new ContextModel(bands, state, { trellis });
    const scratch = coefficients.slice();
    for (const band of bands) model.codeBand(scratch, band, coder);
    state = model.state;
    model.release();
  }
  return serialisePrior(state ?? freshState());
}

/** A fresh model that believes a net fitted to the pictures. */
function netStart(pictures: Iterable<TrainingPicture>, netSamples: number, epochs: number): ContextPrior {
  const detailCounts = new Float64Array(NET_ORIENTATIONS);
  for (const { bands } of pictures) {
    for (const { orientation, width, height } of bands) {
      if (orientation > 0) detailCounts[orientation - 1] += width * height;
    }
  }
  const numbers = new RandomNumbers(1), random = () => numbers.share();
  const share = netSamples / Math.max(...detailCounts, 1);
  const sampler = new NetSampler(netSamples);
  for (const picture of pictures) sampler.add(picture, () => random() < share);
  const fresh = freshState();
  for (let logit = 0; logit < NET_LOGITS; logit++) {
    for (let orientation = 0; orientation < NET_ORIENTATIONS; orientation++) {
      const set = DIRECTS.detail + logit * NET_ORIENTATIONS + orientation;
      fresh.directWeights[set * DIRECT_STRIDE + NET_LOGIT_FEATURE] = 1 << WEIGHT_BITS;
    }
  }
  return { ...fresh, net: fitNet(sampler.samples, epochs, random) };
}
