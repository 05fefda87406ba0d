import { ModelError } from "../core/mod.ts";
import { embeddedModelUrl } from "./assets.ts";
import { EMBEDDED_MODELS } from "./embedded.ts";
import { foreignManifest } from "./foreign.ts";
import { type ModelFile, modelFingerprint, type ModelManifest, parseManifest } from "./manifest.ts";
import { OnnxModel } from "./onnx_model.ts";
import { sha256Hex } from "./sha256.ts";

/** A model known by its manifest; the nets load when they are first used. */
const cache = new Map<string, Promise<OnnxModel>>();

/**
 * Gives a model by name, by the path or URL of a folder with `manifest.json`, or by `PATH/vaerans.toml#NAME`. Kept for
 * the life of the process; the nets are fetched, verified by SHA-256 and compiled when first used.
 *
 * Errors: `ModelError` with code "model-unknown", "model-missing", "model-manifest" or "model-hash".
 */
export async function loadModel(nameOrFolder: string): Promise<OnnxModel> {
  const configured = nameOrFolder.match(/^(.*\.toml)#([^#/]+)$/);
  const key = configured ? nameOrFolder : folderOf(nameOrFolder).href;
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
  if (!nameOrFolder.includes("/") || !("Deno" in globalThis)) {
    throw new ModelError(
      "model-unknown",
      `Cannot find model "${nameOrFolder}": embedded are ${
        EMBEDDED_MODELS.map(({ name }) => name).join(", ")
      }; ` +
        "for another give the path of its folder, e.g. ./my-model/",
    );
  }
  return new URL(withSlash, `file://${Deno.cwd()}/`);
}

async function openModel(folder: URL): Promise<OnnxModel> {
  const manifest = await readManifest(folder);
  const id = EMBEDDED_MODELS.find(({ name }) => embeddedModelUrl(name).href === folder.href)?.id ?? 0;
  return new OnnxModel(manifest, id, await modelFingerprint(manifest), (file) => readVerified(folder, file));
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
  const { encoder, decoder, ...foreign } = known;
  const fileOf = async (path: string): Promise<ModelFile> => {
    const url = new URL(`file://${path.split("/").map(encodeURIComponent).join("/")}`);
    const bytes = await readBytes(url);
    return { path: url.href, byteLength: bytes.length, sha256: await sha256Hex(bytes) };
  };
  const files = { encoder: await fileOf(encoder), decoder: await fileOf(decoder) };
  const manifest = parseManifest(foreignManifest(foreign, files), `${path}#${name}`);
  const folder = new URL("file:///");
  return new OnnxModel(manifest, 0, await modelFingerprint(manifest), (file) => readVerified(folder, file));
}

async function readManifest(folder: URL): Promise<ModelManifest> {
  const url = new URL("manifest.json", folder);
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

async function readVerified(folder: URL, file: ModelFile): Promise<Uint8Array<ArrayBuffer>> {
  const url = new URL(file.path, folder);
  const bytes = await readBytes(url);
  const sha256 = await sha256Hex(bytes);
  if (sha256 !== file.sha256) {
    throw new ModelError(
      "model-hash",
      `Cannot use ${url.href}: its SHA-256 is ${sha256}, the manifest says ${file.sha256}; restore the file or its manifest`,
    );
  }
  return bytes;
}

async function readBytes(url: URL): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`status ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ModelError(
      "model-missing",
      `Cannot read model file ${url.href}: ${reason}; put the file there or choose another model`,
      { cause },
    );
  }
}
