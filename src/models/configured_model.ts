import { ModelError } from "../core/mod.ts";
import { readConfig } from "./config.ts";
import { foreignManifest } from "./foreign.ts";
import { besideUrl, filesIn, fileUrl, readBytes } from "./load.ts";
import { type ModelFile, modelFingerprint, parseManifest } from "./manifest.ts";
import { externalLocations } from "./onnx_graph.ts";
import { OnnxModel } from "./onnx_model.ts";
import { sha256Hex } from "./sha256.ts";

/** A model of a configuration: what it says, with the hashes that the files have now. */
export async function openConfigured(path: string, name: string): Promise<OnnxModel> {
  const { models } = await readConfig(path);
  const known = models.get(name);
  if (!known) {
    throw new ModelError(
      "model-unknown",
      `Cannot find model "${name}" in ${path}: there are ${[...models.keys()].join(", ") || "none"}`,
    );
  }
  const { encoder, decoder, ...foreign } = known, folder = new URL("file:///"), files = filesIn(folder);
  const entryOf = async (url: URL, bytes: Promise<Uint8Array<ArrayBuffer>>): Promise<ModelFile> => ({
    path: url.href,
    byteLength: (await bytes).length,
    sha256: await sha256Hex(await bytes),
  });
  const netOf = async (path: string): Promise<ModelFile> => {
    const url = fileUrl(path), bytes = await readBytes(url), net = await entryOf(url, Promise.resolve(bytes));
    const external = await Promise.all(
      locationsOf(bytes).map((location) =>
        entryOf(besideUrl(url, location), files.readBeside(net, location))
      ),
    );
    return { ...net, ...external.length > 0 && { external } };
  };
  const nets = { encoder: await netOf(encoder), decoder: await netOf(decoder) };
  const manifest = parseManifest(foreignManifest(foreign, nets), `${path}#${name}`);
  return new OnnxModel(manifest, 0, await modelFingerprint(manifest), files);
}

/** Where a net keeps weights outside its file; what cannot be read is told when the net is used. */
function locationsOf(net: Uint8Array): string[] {
  try {
    return externalLocations(net);
  } catch {
    return [];
  }
}
