import type { ModelFile, ModelManifest } from "./manifest.ts";

/** What must be known of a VAE that was not trained for this package. */
export interface ForeignModel extends
  Pick<
    ModelManifest,
    | "name"
    | "licence"
    | "downsampling"
    | "paddingMultiple"
    | "latentScale"
    | "latentShift"
    | "inputRange"
    | "outputRange"
    | "wavelet"
    | "levels"
    | "stepInput"
    | "latentOutput"
    | "runtime"
  > {
  /** In a line. */
  readonly description: string;
  /** Whether the decoder undoes scale and shift itself. */
  readonly decoderExpectsScaledLatent: boolean;
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
