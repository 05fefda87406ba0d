import "../mixing/whole_mixing.ts";
import type { Coder } from "../coder.ts";
import { chooseByCost, DEFAULT_LAMBDA, roundedByEffort } from "../rdo/choose_by_cost.ts";
import { ContextModel } from "./context_model.ts";
import { coderOf } from "../decoders.ts";
import { contextDecoder, ContextEncoder } from "./context_sections.ts";

/** From this effort on, a second pass starts from the model state that the first pass left. */
const SECOND_PASS_EFFORT = 7;

/** Adaptive context mixing over plain values of a latent. */
export const contextCoder: Coder = /* @__PURE__ */ coderOf(contextDecoder, {
  encode: (bands, { prior }) => new ContextEncoder(bands, prior),
  cost: {
    defaultLambda: DEFAULT_LAMBDA,
    choose(scaled, bands, { lambda, effort, prior }) {
      const byRounding = roundedByEffort(scaled, effort);
      if (byRounding) return { values: byRounding };
      const chosen = new Int32Array(scaled.length);
      let state = prior;
      for (let passes = effort >= SECOND_PASS_EFFORT ? 2 : 1; passes > 0; passes--) {
        const model = new ContextModel(bands, state);
        chooseByCost(scaled, chosen, bands, lambda, model);
        state = model.state;
        model.release();
      }
      return { values: chosen };
    },
  },
});
