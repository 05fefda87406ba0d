import type { LatentWavelet, ModelFile, ModelManifest, RangeName } from "./manifest.ts";

/** What must be known of a VAE that was not trained for this package. */
export interface ForeignModel {
  /** Unique name. */
  readonly name: string;
  /** In a line. */
  readonly description: string;
  /** SPDX identifier of the weights' licence, or how it is called. */
  readonly licence: string;
  /** Pixels that one latent stands for along each axis. */
  readonly downsampling: number;
  /** Sides of the encoder's input are multiples of this. */
  readonly paddingMultiple: number;
  /** The latent is `(encoder's output − latentShift) · latentScale`; about 1 in standard deviation. */
  readonly latentScale: number;
  /** See `latentScale`. */
  readonly latentShift: number;
  /** Of the encoder's input. */
  readonly inputRange: RangeName;
  /** Of the decoder's output. */
  readonly outputRange: RangeName;
  /** Whether the decoder undoes scale and shift itself. */
  readonly decoderExpectsScaledLatent: boolean;
  /** Wavelet over the latent. */
  readonly wavelet: LatentWavelet;
  /** Its levels. */
  readonly levels: number;
}

/** What a configuration may leave out: a latent of 4 channels at H/8, as Stable Diffusion's VAEs have. */
export const FOREIGN_DEFAULTS: Omit<ForeignModel, "name"> = {
  description: "",
  licence: "unknown",
  downsampling: 8,
  paddingMultiple: 8,
  latentScale: 1,
  latentShift: 0,
  inputRange: "-1_1",
  outputRange: "-1_1",
  decoderExpectsScaledLatent: false,
  wavelet: "cdf53",
  levels: 3,
};

/**
 * Base steps for a latent of unit variance. Nobody trained such a VAE for quantisation: finer than the last, its own error
 * is all that is left.
 */
const QUALITY_STEPS: ModelManifest["qualitySteps"] = [[1, 4], [50, 1], [100, 0.05]];

/** The manifest of a foreign model: all bands alike, no trained start for the coder. */
export function foreignManifest(
  model: ForeignModel,
  files: { readonly encoder: ModelFile; readonly decoder: ModelFile },
): ModelManifest {
  const { description: _description, decoderExpectsScaledLatent, ...known } = model;
  return {
    ...known,
    version: "foreign",
    ...(decoderExpectsScaledLatent && { decoderExpectsScaledLatent }),
    bandGains: Array(4 * (1 + 3 * model.levels)).fill(1),
    qualitySteps: QUALITY_STEPS,
    files,
  };
}
