import { messageOf } from "../core/error_message.ts";
import { ModelError } from "../core/mod.ts";
import { host } from "../host/mod.ts";
import { embeddedModelUrl } from "./assets.ts";
import { EMBEDDED_MODELS } from "./embedded.ts";
import { modelFileCache } from "./file_cache.ts";
import { kept } from "./kept.ts";
import { configuredModel, placeOfName } from "./lookup.ts";
import { modelFingerprint, type ModelManifest } from "./manifest.ts";
import { checkedManifest } from "./manifest_check.ts";
import type { ModelFiles } from "./net_file.ts";
import { checkNetSize } from "./net_size.ts";
import { OnnxModel } from "./onnx_model.ts";
import { sha256Hex } from "./sha256.ts";

/** How absolute paths of Windows begin. */
const WINDOWS_ROOT = /^(?:[a-z]:[\\/]|\\\\)/i;

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
  return await kept(
    cache,
    key,
    () => configured ? configuredModel(configured[1], configured[2]) : openModel(new URL(key)),
  );
}

/** What decoding reads of an embedded model, beside the manifest. */
const DECODING_FILES = ["decoder.onnx", "prior.bin"];
/** Files that were asked for before the manifest told their sums. */
const begun = new Map<string, Promise<Uint8Array<ArrayBuffer>>>();

/**
 * Begins to fetch what decoding with an embedded model reads, so that the files need not wait for the manifest. Does nothing where the
 * model is there already, or lies on no server.
 */
export function beginFetching(name: string): void {
  const folder = embeddedModelUrl(name);
  if (modelFileCache() || cache.has(folder.href) || !folder.protocol.startsWith("http")) return;
  for (const file of DECODING_FILES) {
    const { href } = new URL(file, folder), bytes = readBytes(new URL(href));
    bytes.catch(() => {}); // whoever needs the file awaits the same promise
    begun.set(href, bytes);
  }
}

/** Manifests of all embedded models, in the order of their numbers. */
export function loadEmbeddedManifests(): Promise<ModelManifest[]> {
  return Promise.all(EMBEDDED_MODELS.map(({ name }) => readManifest(embeddedModelUrl(name))));
}

function folderOf(nameOrFolder: string): URL {
  if (EMBEDDED_MODELS.some(({ name }) => name === nameOrFolder)) return embeddedModelUrl(nameOrFolder);
  const withSlash = nameOrFolder.endsWith("/") ? nameOrFolder : `${nameOrFolder}/`;
  if (/^[a-z][a-z0-9+.-]+:/i.test(withSlash)) return new URL(withSlash);
  const workingFolder = host.workingFolder?.();
  const isPath = (WINDOWS_ROOT.test(workingFolder ?? "") ? /[\\/]|^\.{1,2}$/ : /\/|^\.{1,2}$/).test(
    nameOrFolder,
  );
  if (!isPath || workingFolder === undefined) {
    throw new ModelError(
      "model-unknown",
      `Cannot find model "${nameOrFolder}": it must be ` +
        `${EMBEDDED_MODELS.map(({ name }) => name).join(", ")} or the path of a folder (got ` +
        `${nameOrFolder}). Give a path such as ./my-model/, or name the model in vaerans.toml.`,
    );
  }
  const isAbsolute = withSlash.startsWith("/") || WINDOWS_ROOT.test(withSlash);
  return fileUrl(isAbsolute ? withSlash : `${workingFolder}/${withSlash}`);
}

/** The address of an absolute path, whatever characters it has; on Windows it begins with a drive or a server. */
export function fileUrl(path: string): URL {
  if (!WINDOWS_ROOT.test(path)) return new URL(`file://${escapedPath(path)}`);
  const [root, ...parts] = path.replaceAll("\\", "/").replace(/^\/\//, "").split("/");
  return new URL(`file://${root.endsWith(":") ? "/" : ""}${root}/${escapedPath(parts.join("/"))}`);
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

function readManifest(folder: URL): Promise<ModelManifest> {
  const url = new URL("manifest.json", folder);
  return kept(manifests, url.href, () => fetchManifest(url));
}

async function fetchManifest(url: URL): Promise<ModelManifest> {
  const text = new TextDecoder().decode(await readBytes(url));
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ModelError(
      "model-manifest",
      `Cannot use the model manifest ${url.href}: it must be JSON (got: ` +
        `${messageOf(cause)}). Restore the file.`,
      { cause },
    );
  }
  const isEmbedded = EMBEDDED_MODELS.some(({ name }) => url.href.startsWith(embeddedModelUrl(name).href));
  return isEmbedded ? value as ModelManifest : await checkedManifest(value, url.href);
}

/** The files of a model in a folder. */
export function filesIn(folder: URL): ModelFiles {
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
export function besideUrl(file: URL, location: string): URL {
  const url = new URL(escapedPath(location), file), folder = new URL(".", file);
  if (!location.startsWith("/") && !location.includes("\\") && url.href.startsWith(folder.href)) return url;
  throw new ModelError(
    "model-path",
    `Cannot read weights of ${file.href}: they must be in the folder ${folder.href} (got ` +
      `${location}). Move them there and export the net again.`,
  );
}

async function readVerified(url: URL, due: string | undefined): Promise<Uint8Array<ArrayBuffer>> {
  const cache = due === undefined ? undefined : modelFileCache();
  const local = await cache?.get(due!);
  if (local && await sha256Hex(local) === due) return local;
  const early = begun.get(url.href);
  begun.delete(url.href);
  const bytes = await (early ?? readBytes(url));
  const sha256 = due === undefined ? due : await sha256Hex(bytes);
  if (sha256 !== due) {
    throw new ModelError(
      "model-hash",
      `Cannot use ${url.href}: its SHA-256 must be the manifest's ${due} (got ${sha256}). Restore the ` +
        "file or its manifest.",
    );
  }
  await cache?.put(due!, bytes);
  return bytes;
}

export async function readBytes(url: URL): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await host.read(url, (byteLength) => checkNetSize(byteLength, url.href));
  } catch (cause) {
    if (cause instanceof ModelError) throw cause;
    const reason = messageOf(cause);
    throw new ModelError(
      "model-missing",
      `Cannot read model file ${url.href}: it must be readable (got: ${reason}). Put the file there` +
        `${host.name === "deno" ? ", allow it with -R or -N" : ""}, or give ` +
        "the folder of models to setAssetUrls.",
      { cause },
    );
  }
}
