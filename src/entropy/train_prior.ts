/** Learning a prior: the context model runs over training pictures, one after another, and keeps what it learned. */

import type { BandShape } from "./bands.ts";
import { CostCoder } from "./binary_coder.ts";
import { ContextModel } from "./context_model.ts";
import { type ContextPrior, serialisePrior } from "./prior.ts";

/** One training picture. */
export interface TrainingPicture {
  /** Packed quantised coefficients. */
  readonly coefficients: Int32Array;
  /** Their bands. */
  readonly bands: readonly BandShape[];
}

/**
 * Learns a prior. The order matters a little: shuffle pictures and steps, the last ones weigh most.
 *
 * Counters keep at most 12 of their counts: on a new picture they should listen to it soon.
 *
 * @param pictures Training pictures, quantised as the encoder will quantise.
 * @returns The serialised prior, for `parsePrior`.
 */
export function trainPrior(pictures: Iterable<TrainingPicture>): Uint8Array {
  let state: ContextPrior | undefined;
  const coder = new CostCoder();
  for (const { coefficients, bands } of pictures) {
    const model = new ContextModel(bands, state);
    const scratch = coefficients.slice();
    for (const band of bands) model.codeBand(scratch, band, coder);
    state = model.mixing;
  }
  return serialisePrior(state ?? new ContextModel([]).mixing);
}
