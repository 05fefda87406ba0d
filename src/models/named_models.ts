/**
 * Adds the models of `vaerans.toml`, and those that were pulled, to what `loadModel` finds; and the check of manifests and the
 * reader of ONNX files.
 */
import "./onnx_reader.ts";
import { registerNamedModels } from "./lookup.ts";
import { registerManifestCheck } from "./manifest_check.ts";

registerManifestCheck(async (value, where) =>
  (await import("./manifest_schema.ts")).parseManifest(value, where)
);

registerNamedModels({
  async placeOf(name) {
    const [{ loadConfig }, { ModelStore, resolveModel }] = await Promise.all([
      import("./config.ts"), // only where a name is looked up
      import("./store.ts"),
    ]);
    const config = await loadConfig();
    const place = await resolveModel(name, config, new ModelStore(config));
    return place === name ? undefined : place;
  },
  async open(path, name) {
    return await (await import("./configured_model.ts")).openConfigured(path, name);
  },
  async arenaBytes() {
    return (await (await import("./config.ts")).loadConfig()).memory.arenaBytes;
  },
});
