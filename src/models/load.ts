import { ModelError } from "../core/mod.ts";
import { embeddedModelUrl } from "./assets.ts";
import { EMBEDDED_MODELS } from "./embedded.ts";
import { modelFileCache } from "./file_cache.ts";
import { foreignManifest } from "./foreign.ts";
import { placeOfName } from "./lookup.ts";
import { type ModelFile, modelFingerprint, type ModelManifest, parseManifest } from "./manifest.ts";
import { checkNetSize, LARGEST_NET_BYTES, type ModelFiles } from "./net_file.ts";
import { OnnxModel } from "./onnx_model.ts";
import { externalLocations } from "./onnx_graph.ts";
import { sha256Hex } from "./sha256.ts";

/** A model known by its manifest; the nets load when they are first used. */
const cache = new Map<string, Promise<OnnxModel>>();
/** Manifests by their address: the choice of a model reads them before the model does. */
const manifests = new Map<string, Promise<ModelManifest>>();

/**
 * Gives a model by the name of an embedded, configured or pulled one, by the path or URL of a folder with `manifest.json`, or
 * by `PATH/vaerans.toml#NAME`. Kept for the life of the process; the nets are fetched, verified by SHA-256 and compiled when
 * first used.
 *
 * Errors: `ModelError` with code "model-unknown", "model-missing", "model-manifest" or "model-hash".
 */
export async function loadModel(nameOrFolder: string): Promise<OnnxModel> {
  const isEmbedded = EMBEDDED_MODELS.some(({ name }) => name === nameOrFolder);
  const place = isEmbedded ? nameOrFolder : await placeOfName(nameOrFolder) ?? nameOrFolder;
  const configured = place.match(/^(.*\.toml)#([^#/]+)$/);
  const key = configured ? place : folderOf(place).href;
  let model = cache.get(key);
  if (!model) {
    model = configured ? openConfigured(configured[1], configured[2]) : openModel(new URL(key));
    cache.set(key, model);
    model.catch(() => cache.delete(key));
  }
  return await model;
}

/** Manifests of all embedded models, in the order of their numbers. */
export function loadEmbeddedManifests(): Promise<ModelManifest[]> {
  return Promise.all(EMBEDDED_MODELS.map(({ name }) => readManifest(embeddedModelUrl(name))));
}

function folderOf(nameOrFolder: string): URL {
  if (EMBEDDED_MODELS.some(({ name }) => name === nameOrFolder)) return embeddedModelUrl(nameOrFolder);
  const withSlash = nameOrFolder.endsWith("/") ? nameOrFolder : `${nameOrFolder}/`;
  if (/^[a-z][a-z0-9+.-]+:/i.test(withSlash)) return new URL(withSlash);
  if (!/\/|^\.{1,2}$/.test(nameOrFolder) || !("Deno" in globalThis)) {
    throw new ModelError(
      "model-unknown",
      `Cannot find model "${nameOrFolder}": embedded are ${
        EMBEDDED_MODELS.map(({ name }) => name).join(", ")
      }; ` +
        "for another give the path of its folder, e.g. ./my-model/, or name it in vaerans.toml",
    );
  }
  return fileUrl(withSlash.startsWith("/") ? withSlash : `${Deno.cwd()}/${withSlash}`);
}

/** The address of an absolute path, whatever characters it has. */
function fileUrl(path: string): URL {
  return new URL(`file://${escapedPath(path)}`);
}

/** A path as a part of an address. */
function escapedPath(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}

async function openModel(folder: URL): Promise<OnnxModel> {
  const manifest = await readManifest(folder);
  const id = EMBEDDED_MODELS.find(({ name }) => embeddedModelUrl(name).href === folder.href)?.id ?? 0;
  return new OnnxModel(manifest, id, await modelFingerprint(manifest), filesIn(folder));
}

/** A model of a configuration: what it says, with the hashes that the files have now. */
async function openConfigured(path: string, name: string): Promise<OnnxModel> {
  const { readConfig } = await import("./config.ts"); // only where there are files
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

function readManifest(folder: URL): Promise<ModelManifest> {
  const url = new URL("manifest.json", folder);
  let manifest = manifests.get(url.href);
  if (!manifest) {
    manifest = fetchManifest(url);
    manifests.set(url.href, manifest);
    manifest.catch(() => manifests.delete(url.href));
  }
  return manifest;
}

async function fetchManifest(url: URL): Promise<ModelManifest> {
  const text = new TextDecoder().decode(await readBytes(url));
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ModelError("model-manifest", `Cannot use the model manifest ${url.href}: it is not JSON`, {
      cause,
    });
  }
  return parseManifest(value, url.href);
}

/** The files of a model in a folder. */
function filesIn(folder: URL): ModelFiles {
  return {
    read: (file) => readVerified(new URL(file.path, folder), file.sha256),
    async readBeside(net, location) {
      const url = besideUrl(new URL(net.path, folder), location);
      const known = net.external?.find(({ path }) => new URL(path, folder).href === url.href);
      return await readVerified(url, known?.sha256);
    },
  };
}

/** The address of a file in the folder of another, or deeper; errors: `ModelError` ("model-path"). */
function besideUrl(file: URL, location: string): URL {
  const url = new URL(escapedPath(location), file), folder = new URL(".", file);
  if (!location.startsWith("/") && !location.includes("\\") && url.href.startsWith(folder.href)) return url;
  throw new ModelError(
    "model-path",
    `Cannot read weights of ${file.href} from ${location}: the file must be in the folder ${folder.href}`,
  );
}

async function readVerified(url: URL, due: string | undefined): Promise<Uint8Array<ArrayBuffer>> {
  const cache = due === undefined ? undefined : modelFileCache();
  const kept = await cache?.get(due!);
  if (kept && await sha256Hex(kept) === due) return kept;
  const bytes = await readBytes(url);
  const sha256 = due === undefined ? due : await sha256Hex(bytes);
  if (sha256 !== due) {
    throw new ModelError(
      "model-hash",
      `Cannot use ${url.href}: its SHA-256 is ${sha256}, the manifest says ${due}; restore the file or its manifest`,
    );
  }
  await cache?.put(due!, bytes);
  return bytes;
}

async function readBytes(url: URL): Promise<Uint8Array<ArrayBuffer>> {
  try {
    if (url.protocol === "file:" && "Deno" in globalThis) checkNetSize((await Deno.stat(url)).size, url.href);
    const response = await fetch(url);
    if (!response.ok) {
      await response.body?.cancel();
      throw new Error(`status ${response.status}`);
    }
    const length = Number(response.headers.get("content-length") ?? 0);
    if (length > LARGEST_NET_BYTES) await response.body?.cancel();
    checkNetSize(length, url.href);
    return new Uint8Array(await response.arrayBuffer());
  } catch (cause) {
    if (cause instanceof ModelError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ModelError(
      "model-missing",
      `Cannot read model file ${url.href}: ${reason}; put the file there or choose another model`,
      { cause },
    );
  }
}
