import "../lossless/whole_modules.ts";
import "./whole_subband.ts";
import type { Coder, Encoder, QuantiserChoice } from "../coder.ts";
import type { BandShape } from "../bands.ts";
import { MAX_LAMBDA, roundedByEffort } from "../rdo/choose_by_cost.ts";
import { chooseByDensity } from "../rdo/optimise_trellis.ts";
import { coderOf } from "../decoders.ts";
import { subbandDecoder, SubbandEncoder, subbandTrellisDecoder } from "./sections.ts";
import { subbandEngine } from "./wasm_subband_engine.ts";

/** Distortion that one bit is worth, in (step/64)²: 0.1 of a step's square. */
const DEFAULT_SUBBAND_LAMBDA = 410;
/** The same in (half step/64)²: 0.4 of a half step's square. */
const DEFAULT_SUBBAND_TRELLIS_LAMBDA = 1625;

/** Adaptive context mixing for the large coefficients of pixels; planes without a wavelet go to the lossless predictor. */
export const subbandCoder: Coder = /* @__PURE__ */ coderOf(subbandDecoder, encoderOf(false));

/** The subband coder over trellis-coded quantisation (TCQ) in half steps: the smallest files of lossy pixels. */
export const subbandTrellisCoder: Coder = /* @__PURE__ */ coderOf(subbandTrellisDecoder, encoderOf(true));

function encoderOf(isTrellis: boolean): Encoder {
  return {
    encode: (_bands, { effort }) => new SubbandEncoder(isTrellis, effort),
    cost: {
      defaultLambda: isTrellis ? DEFAULT_SUBBAND_TRELLIS_LAMBDA : DEFAULT_SUBBAND_LAMBDA,
      choose: (scaled, bands, choice) =>
        withoutCosts(scaled, bands, choice, isTrellis) ?? byCosts(scaled, bands, choice, isTrellis),
    },
  };
}

function withoutCosts(
  scaled: Int32Array,
  bands: readonly BandShape[],
  { lambda, bitWeights, effort }: QuantiserChoice,
  isTrellis: boolean,
): Int32Array | undefined {
  if (!isTrellis) return roundedByEffort(scaled, effort);
  return effort <= 3 ? chooseByDensity(scaled, bands, lambda, bitWeights) : undefined;
}

function byCosts(
  scaled: Int32Array,
  bands: readonly BandShape[],
  { lambda, bitWeights }: QuantiserChoice,
  isTrellis: boolean,
): Int32Array {
  const chosen = new Int32Array(scaled.length), engine = subbandEngine(isTrellis);
  if (bitWeights) {
    bands.forEach((band, i) => {
      engine.choose(scaled, chosen, [band], Math.min(MAX_LAMBDA, Math.round(lambda * bitWeights[i])));
    });
  } else {
    engine.choose(scaled, chosen, bands, lambda);
  }
  engine.release();
  return chosen;
}
