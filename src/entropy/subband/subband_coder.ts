import type { Coder } from "../coder.ts";
import { roundedByEffort } from "../rdo/choose_by_cost.ts";
import { coderOf } from "../decoders.ts";
import { subbandDecoder, SubbandEncoder } from "./sections.ts";
import { subbandEngine } from "./wasm_subband_engine.ts";

/** Distortion that one bit is worth, in (step/64)²: 0.1 of a step's square. */
const DEFAULT_SUBBAND_LAMBDA = 410;

/** Adaptive context mixing for the large coefficients of pixels; planes without a wavelet go to the lossless predictor. */
export const subbandCoder: Coder = /* @__PURE__ */ coderOf(subbandDecoder, {
  encode: (_bands, { effort }) => new SubbandEncoder(effort),
  cost: {
    defaultLambda: DEFAULT_SUBBAND_LAMBDA,
    choose(scaled, bands, { lambda, effort }) {
      const byRounding = roundedByEffort(scaled, effort);
      if (byRounding) return byRounding;
      const chosen = new Int32Array(scaled.length);
      const engine = subbandEngine();
      engine.choose(scaled, chosen, bands, lambda);
      engine.release();
      return chosen;
    },
  },
});
