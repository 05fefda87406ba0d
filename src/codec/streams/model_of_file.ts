import { BitstreamError, ModelError } from "../../core/mod.ts";
import { type ContainerHeader, PIPE_MODEL_NAME } from "../../format/mod.ts";
import { EMBEDDED_MODELS } from "../../models/embedded.ts";
import { beginFetching, loadModel } from "../../models/load.ts";
import { placeOfName } from "../../models/lookup.ts";
import type { OnnxModel } from "../../models/onnx_model.ts";
import { PIXELS } from "./pixel_params.ts";

/** Name of the model that a header asks for; `#n` for a number that this release does not know. */
export function modelNameOf(header: ContainerHeader): string {
  if (header.modelId === 0) return header.modelName;
  if (header.modelId === PIXELS.id) return PIXELS.name;
  return EMBEDDED_MODELS.find(({ id }) => id === header.modelId)?.name ?? `#${header.modelId}`;
}

/** The model that a file was made with; errors: `ModelError` ("model-unknown", "model-mismatch" and loading's). */
export async function modelOfFile(header: ContainerHeader, given: string | undefined): Promise<OnnxModel> {
  if (header.modelName === PIPE_MODEL_NAME) {
    throw new BitstreamError(
      "file-pipe",
      "Cannot decompress this .vaer file: compress() must have made it (got a file of a pipe). Read it with VaerRead.",
    );
  }
  const name = modelNameOf(header);
  // A file's own name for its model is looked up as a name, never opened as a path.
  const place = given ?? (header.modelId === 0 ? await placeOfName(name) : name);
  if (place === undefined || (given === undefined && name.startsWith("#"))) {
    throw new ModelError(
      "model-unknown",
      `Cannot decode without model "${name}": it must ship with this release or be configured (got ` +
        "neither). Name it in vaerans.toml, or give its folder as the model option.",
    );
  }
  if (place === name && header.modelId > 0) beginFetching(name);
  const model = await loadModel(place);
  if (model.fingerprint !== header.modelFingerprint) {
    const hex = (fingerprint: number) => fingerprint.toString(16).padStart(8, "0");
    throw new ModelError(
      "model-mismatch",
      `Cannot decode a file made with model ${name}: its fingerprint must be ` +
        `${hex(header.modelFingerprint)} (got ${hex(model.fingerprint)} of model ${model.name}). Use the ` +
        "release or the model folder that made the file.",
    );
  }
  return model;
}
