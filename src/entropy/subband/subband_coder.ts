import "../lossless/whole_modules.ts";
import "./whole_subband.ts";
import type { ChosenValues, Coder, Encoder, QuantiserChoice } from "../coder.ts";
import { type BandShape, sectionBands, sectionCount } from "../bands.ts";
import { MAX_LAMBDA, roundedByEffort } from "../rdo/choose_by_cost.ts";
import { chooseByDensity } from "../rdo/optimise_trellis.ts";
import { coderOf } from "../decoders.ts";
import { PROBABILITY_BITS } from "../mixing/context_tables.ts";
import { encodeDecisions } from "../rans/rans_single_encode.ts";
import { areSamples, subbandDecoder, subbandTrellisDecoder } from "./sections.ts";
import { SubbandEncoder } from "./subband_encoder.ts";
import { subbandEngine } from "./wasm_subband_encoder.ts";

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
    encode: (bands, { effort }) => new SubbandEncoder(isTrellis, bands, effort),
    cost: {
      defaultLambda: isTrellis ? DEFAULT_SUBBAND_TRELLIS_LAMBDA : DEFAULT_SUBBAND_LAMBDA,
      choose: (scaled, bands, choice) => {
        const values = withoutCosts(scaled, bands, choice, isTrellis);
        return values ? { values } : byCosts(scaled, bands, choice, isTrellis);
      },
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
): ChosenValues {
  const chosen = new Int32Array(scaled.length), engine = subbandEngine(isTrellis);
  const sections = Array.from({ length: sectionCount(bands) }, (_, section) => {
    const own = sectionBands(bands, section);
    const lambdas = own.map((band) => {
      const weight = bitWeights?.[bands.indexOf(band)];
      return weight === undefined ? lambda : Math.min(MAX_LAMBDA, Math.round(lambda * weight));
    });
    return encodeDecisions(engine.choose(scaled, chosen, own, lambdas), PROBABILITY_BITS);
  });
  engine.release();
  return areSamples(bands) ? { values: chosen } : { values: chosen, sections };
}
