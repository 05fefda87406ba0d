/**
 * The entropy stage of VaeRANS: rANS coders and the models that drive them. Integers only, so that the same
 * coefficients give the same bytes on every machine. Imports nothing outside this folder.
 *
 * Limitations: adaptive sections decode in order, from the first; one picture, one thread.
 *
 * @module
 */

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
export { type ContextNet } from "./context_net.ts";
export { EntropyError, type EntropyErrorCode, type EntropyErrorOptions } from "./errors.ts";
export {
  type FrequencyTable,
  frequencyTable,
  frequencyTableFromCounts,
  normaliseCounts,
} from "./frequency_table.ts";
export { DEFAULT_LAMBDA, SCALED_UNITS_PER_STEP } from "./choose_by_cost.ts";
export {
  DEFAULT_EFFORT,
  DEFAULT_TRELLIS_LAMBDA,
  MAX_LAMBDA,
  optimiseCoefficients,
  type OptimiseOptions,
} from "./optimise.ts";
export type { MixingState } from "./mixing_block.ts";
export { type ContextPrior, parsePrior, serialisePrior } from "./prior.ts";
export { ransDecodeU8 } from "./rans_u8_decode.ts";
export { ransEncodeU8 } from "./rans_u8_encode.ts";
export {
  CODER_CONTEXT,
  CODER_STATIC,
  CODER_TRELLIS,
  CODER_WIDE,
  decodeSections,
  encodeSections,
  type EntropyMode,
  type EntropyOptions,
  MODE_OF_CODER,
} from "./sections.ts";
export { type TrainingPicture } from "./net_samples.ts";
export { type NetTraining, trainPrior } from "./train_prior.ts";
export {
  coefficientsFromSymbols,
  ESCAPE_SYMBOL,
  MAX_MAGNITUDE,
  MAX_PLAIN_MAGNITUDE,
  symbolsFromCoefficients,
  type U8Symbols,
  ZERO_SYMBOL,
} from "./symbols.ts";
