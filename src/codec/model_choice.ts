import { ModelError } from "../core/mod.ts";
import type { ContainerHeader } from "../format/mod.ts";
import {
  EMBEDDED_MODELS,
  loadEmbeddedManifests,
  loadModel,
  type OnnxModel,
  type QualityScale,
} from "../models/mod.ts";
import type { Target } from "./options.ts";
import { PIXEL_QUALITY, PIXELS } from "./pixel_params.ts";

/**
 * The embedded models to try for a target, in order. Qualities have their model in the manifests; sizes and scores are compared with what
 * the finest quality of the coarser model costs and reaches on average.
 */
export async function modelsForTarget(
  { kind, value }: Target,
  pixelCount: number,
): Promise<string[]> {
  const choices = [...await loadEmbeddedManifests(), { ...PIXEL_QUALITY, name: PIXELS.name }];
  const limitOf = ({ autoQuality, autoLimits }: QualityScale): number => {
    if (!autoQuality) return -Infinity;
    if (kind === "nearLossless") return -Infinity;
    if (kind === "quality") return autoQuality[1] + 1;
    if (!autoLimits) return Infinity;
    return kind === "bytes" ? autoLimits.bpp * pixelCount / 8 : autoLimits[kind];
  };
  const first = choices.findIndex((choice) => value < limitOf(choice));
  return choices.slice(first < 0 ? choices.length - 1 : first).map(({ name }) => name);
}

/** Name of the model that a header asks for; `#n` for a number that this release does not know. */
export function modelNameOf(header: ContainerHeader): string {
  if (header.modelId === 0) return header.modelName;
  if (header.modelId === PIXELS.id) return PIXELS.name;
  return EMBEDDED_MODELS.find(({ id }) => id === header.modelId)?.name ?? `#${header.modelId}`;
}

/** The model that a file was made with; errors: `ModelError` ("model-unknown", "model-mismatch" and loading's). */
export async function modelOfFile(header: ContainerHeader, given: string | undefined): Promise<OnnxModel> {
  const name = modelNameOf(header);
  if (given === undefined && (header.modelId === 0 || name.startsWith("#"))) {
    throw new ModelError(
      "model-unknown",
      `Cannot decode without model "${name}", which does not ship with this release: give its folder as the model option`,
    );
  }
  const model = await loadModel(given ?? name);
  if (model.fingerprint !== header.modelFingerprint) {
    const hex = (fingerprint: number) => fingerprint.toString(16).padStart(8, "0");
    throw new ModelError(
      "model-mismatch",
      `Cannot decode a file made with model ${name} of fingerprint ${
        hex(header.modelFingerprint)
      }: model ${model.name} ` +
        `here has ${hex(model.fingerprint)}; use the release or the model folder that made the file`,
    );
  }
  return model;
}
