import { ModelError } from "../core/mod.ts";
import { host } from "../host/mod.ts";
import type { OnnxModel } from "./onnx_model.ts";

/** What finds models by `vaerans.toml`; `named_models.ts` adds it. */
export interface NamedModels {
  /** See {@linkcode placeOfName}. */
  placeOf(name: string): Promise<string | undefined>;
  /** See {@linkcode configuredModel}. */
  open(path: string, name: string): Promise<OnnxModel>;
  /** See {@linkcode configuredArenaBytes}. */
  arenaBytes(): Promise<number | undefined>;
}

/** Names that can stand in a configuration; anything else may be a path or an address. */
const PLAIN_NAME = /^\w[\w.-]*$/;

let namedModels: NamedModels | undefined;

/** Adds the models of `vaerans.toml` and of the folder of pulled models, where there are files. */
export function registerNamedModels(models: NamedModels): void {
  if (host.workingFolder) namedModels = models;
}

/**
 * The place of a model that `vaerans.toml` or the folder of pulled models knows by name: the one look-up of the command
 * line, `compress`, `decompress` and `loadModel`. Without permission to read them (`-R`, and `--allow-env=VAERANS_CONFIG,HOME`
 * for another place than the current folder) they are as if they were not there.
 *
 * @param name A name; paths and addresses are no names.
 * @returns A place that `loadModel` takes; `undefined` where nothing has the name.
 * @throws ConfigError For a configuration that cannot be used; ModelError ("model-unknown") for a known model that is not
 *   pulled yet.
 */
export async function placeOfName(name: string): Promise<string | undefined> {
  return PLAIN_NAME.test(name) ? await namedModels?.placeOf(name) : undefined;
}

/** A model that a configuration describes. Errors: `ModelError` ("model-unknown" and others), `ConfigError`. */
export async function configuredModel(path: string, name: string): Promise<OnnxModel> {
  if (namedModels) return await namedModels.open(path, name);
  throw new ModelError(
    "model-unknown",
    `Cannot find model "${name}" in ${path}: there must be a part that reads configurations (got the decoder only). Import the ` +
      "package's main entry point.",
  );
}

/**
 * Capacity that `vaerans.toml` gives arenas: `[memory] arena_size`, in bytes.
 *
 * @returns `undefined` where there is no configuration, or none may be read.
 * @throws ConfigError For a configuration that cannot be used.
 */
export async function configuredArenaBytes(): Promise<number | undefined> {
  return await namedModels?.arenaBytes();
}
