/**
 * The entropy stage of VaeRANS: rANS coders and the models that drive them. Integers only, so that the same
 * coefficients give the same bytes on every machine.
 *
 * Limitations: adaptive sections decode in order, from the first; one picture, one thread.
 *
 * @module
 */

import "./all_plain_forms.ts";

export {
  bandLayout,
  type BandLayoutOptions,
  type BandShape,
  checkBands,
  coefficientCount,
  MAX_CHANNELS,
  MAX_COEFFICIENTS,
  MAX_LEVELS,
  type Orientation,
  sectionBands,
  sectionCount,
} from "./bands.ts";
export { type ContextNet } from "./latent/context_net.ts";
export { EntropyError, type EntropyErrorCode, type EntropyErrorOptions } from "./errors.ts";
export {
  type FrequencyTable,
  frequencyTable,
  frequencyTableFromCounts,
  normaliseCounts,
} from "./rans/frequency_table.ts";
export { DEFAULT_LAMBDA, MAX_LAMBDA, SCALED_UNITS_PER_STEP } from "./rdo/choose_by_cost.ts";
export { chooseCoefficients, optimiseCoefficients, type OptimiseOptions } from "./rdo/optimise.ts";
export type { MixingState } from "./mixing/mixing_block.ts";
export { type ContextPrior, parsePrior } from "./latent/prior.ts";
export { serialisePrior } from "./latent/prior_walk.ts";
export { ransDecodeU8 } from "./rans/rans_u8_decode.ts";
export { ransEncodeU8 } from "./rans/rans_u8_encode.ts";
export {
  type ChosenValues,
  type Coder,
  type CoderOptions,
  type Decoder,
  DEFAULT_EFFORT,
  type Encoder,
  type EntropyMode,
  type QuantiserChoice,
  type SectionDecoder,
  type SectionEncoder,
} from "./coder.ts";
export { coderNamed, coderOfId, CODERS } from "./coders.ts";
export { decoderOfId, DECODERS } from "./decoders.ts";
export { decodeSections, type EntropyOptions } from "./decode_sections.ts";
export { encodeSections } from "./sections.ts";
export {
  coefficientsFromSymbols,
  ESCAPE_SYMBOL,
  MAX_MAGNITUDE,
  MAX_PLAIN_MAGNITUDE,
  symbolsFromCoefficients,
  type U8Symbols,
  ZERO_SYMBOL,
} from "./symbols.ts";
