import "../mixing/whole_mixing.ts";
import type { Coder } from "../coder.ts";
import { chooseTrellisValues } from "../rdo/optimise_trellis.ts";
import { coderOf } from "../decoders.ts";
import { ContextEncoder, trellisDecoder } from "./context_sections.ts";

/** Distortion that one bit is worth, in (half step/64)²: 0.15 of a half step's square. */
const DEFAULT_TRELLIS_LAMBDA = 614;

/** The context coder over trellis-coded quantisation (TCQ) in half steps: the smallest files of latents. */
export const trellisCoder: Coder = /* @__PURE__ */ coderOf(trellisDecoder, {
  encode: (bands, { prior }) => new ContextEncoder(bands, prior, true),
  cost: {
    defaultLambda: DEFAULT_TRELLIS_LAMBDA,
    choose: (scaled, bands, choice) => ({ values: chooseTrellisValues(scaled, bands, choice) }),
  },
});
