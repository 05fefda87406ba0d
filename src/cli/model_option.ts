import { PIXELS } from "../codec/streams/pixel_params.ts";
import type { VaeransConfig } from "../models/config.ts";
import { EMBEDDED_MODELS } from "../models/embedded.ts";
import { namesFolder } from "../models/paths.ts";
import { REGISTRY } from "../models/registry.ts";
import { type ModelStore, resolveModel } from "../models/store.ts";
import { UsageError } from "./fail.ts";
import { nearMatches, proposal } from "./near_matches.ts";

/**
 * The place of the model that `--model` names.
 *
 * @param name A name or a path.
 * @param config The configuration.
 * @param store The pulled models.
 * @returns A name or path that `loadModel` takes.
 * @throws UsageError For a name that nothing has; ModelError ("model-unknown") for a model that is not pulled yet.
 */
export async function modelOption(name: string, config: VaeransConfig, store: ModelStore): Promise<string> {
  const place = await resolveModel(name, config, store);
  const embedded = EMBEDDED_MODELS.map(({ name }) => name);
  if (place !== name || namesFolder(name) || name === PIXELS.name || embedded.includes(name)) return place;
  const known = [...embedded, PIXELS.name, ...config.models.keys(), ...await store.names()];
  const near = nearMatches(name, [...known, ...REGISTRY.map(({ name }) => name)]);
  throw new UsageError(
    `--model must be ${known.join(", ")} or the path of a folder, such as ./${name} (got ${name})`,
    proposal(near),
  );
}
