import { Deno } from "../host/deno_api.ts";
import { ModelError } from "../core/mod.ts";
import type { VaeransConfig } from "./config.ts";
import { dirname } from "../host/path.ts";
import { download } from "./download.ts";
import { EMBEDDED_MODELS } from "./embedded.ts";
import { foreignManifest } from "./foreign.ts";
import { LOCK_NAME, ModelLock } from "./lock.ts";
import type { ModelFile } from "./manifest.ts";
import { isFile, namesFolder, withinFolder } from "./paths.ts";
import { REGISTRY, type RegistryEntry } from "./registry.ts";
import { sha256Hex } from "./sha256.ts";

/** Where pulled models lie: `FOLDER/NAME/`, each with a manifest, their hashes in the lock beside the folder. */
export class ModelStore {
  /** The folder. */
  readonly folder: string;
  /** Path of the lock. */
  readonly lockPath: string;

  /**
   * Names a store; nothing is read yet.
   *
   * @param config Its folder is the lock's; the current one without a configuration.
   * @param folder Where models lie; `vaerans-models` beside the lock by default.
   */
  constructor(config: VaeransConfig, folder?: string) {
    const root = config.path === undefined ? "." : dirname(config.path);
    this.lockPath = withinFolder(root, LOCK_NAME);
    this.folder = folder ?? withinFolder(root, "vaerans-models");
  }

  /** Folder of a model. */
  pathOf(name: string): string {
    return withinFolder(this.folder, name);
  }

  /** Whether a model is there, ready for use; false without permission to read it. */
  async has(name: string): Promise<boolean> {
    const path = `${this.pathOf(name)}/manifest.json`;
    const { state } = await Deno.permissions.query({ name: "read", path });
    if (state !== "granted") return false;
    return await isFile(path);
  }

  /** Names of the models that are there. */
  async names(): Promise<string[]> {
    const names: string[] = [];
    try {
      for await (const { name } of Deno.readDir(this.folder)) if (await this.has(name)) names.push(name);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotCapable)) throw error;
    }
    return names.sort();
  }
}

/** Empty file in the store that a process locks while it pulls. */
const TURN_NAME = ".pulling";

/** Told of a download as it goes. */
export type PullProgress = (file: string, received: number, total: number | undefined) => void;

/**
 * Fetches a model's files, checks them against the lock, and makes its manifest. Files that are there, put by hand or by
 * an earlier pull, are not fetched again.
 *
 * @param entry What to pull.
 * @param store Where to.
 * @param onProgress Told of bytes.
 * @returns Whether the model is ready; false where only weights are published, which are then there to be converted.
 * @throws ModelError ("download-failed", "lock-mismatch", "lock-damaged").
 */
export async function pullModel(
  entry: RegistryEntry,
  store: ModelStore,
  onProgress: PullProgress = () => {},
): Promise<boolean> {
  await Deno.mkdir(store.folder, { recursive: true });
  // Another process that pulls goes first: it may be writing the same files.
  using turn = await Deno.open(withinFolder(store.folder, TURN_NAME), { create: true, write: true });
  await turn.lock(true);
  await Deno.mkdir(store.pathOf(entry.name), { recursive: true });
  try {
    return await pullInto(entry, store, onProgress);
  } catch (error) {
    await removeEmpty(store, entry.name);
    throw error;
  }
}

/** Removes what a pull that got nothing has made: the model's folder, and the store if nothing else is in it. */
async function removeEmpty(store: ModelStore, name: string): Promise<void> {
  try {
    await Deno.remove(store.pathOf(name)); // fails if it holds files, which the next pull continues
    const names = await Array.fromAsync(Deno.readDir(store.folder), ({ name }) => name);
    if (names.some((name) => name !== TURN_NAME)) return;
    await Deno.remove(withinFolder(store.folder, TURN_NAME));
    await Deno.remove(store.folder);
  } catch {
    // What is not empty stays.
  }
}

async function pullInto(entry: RegistryEntry, store: ModelStore, onProgress: PullProgress): Promise<boolean> {
  const folder = store.pathOf(entry.name);
  const lock = await ModelLock.open(store.lockPath);
  const pull = async (net: "encoder" | "decoder", source: string, ending: string): Promise<ModelFile> => {
    const file = `${net}.${ending}`, path = `${folder}/${file}`;
    const fetched = !await isFile(path);
    if (fetched) {
      await download(source, path, { onProgress: (...amounts) => onProgress(file, ...amounts) });
    }
    const bytes = await Deno.readFile(path);
    const found = { byteLength: bytes.length, sha256: await sha256Hex(bytes) };
    try {
      await lock.hold(`${entry.name}/${file}`, { url: source, ...found });
    } catch (error) {
      if (fetched) await Deno.remove(path);
      throw error;
    }
    return { path: file, ...found };
  };
  if (entry.weights) {
    await pull("encoder", entry.weights.encoder, "safetensors");
    await pull("decoder", entry.weights.decoder, "safetensors");
  }
  const converted = entry.weights && await hasBoth(folder);
  const { onnx = converted ? entry.weights : undefined } = entry;
  if (!onnx) return false;
  const files = {
    encoder: await pull("encoder", onnx.encoder, "onnx"),
    decoder: await pull("decoder", onnx.decoder, "onnx"),
  };
  const manifest = JSON.stringify(foreignManifest(entry, files), null, 2) + "\n";
  await Deno.writeTextFile(`${folder}/manifest.json.part`, manifest);
  await Deno.rename(`${folder}/manifest.json.part`, `${folder}/manifest.json`);
  return true;
}

async function hasBoth(folder: string): Promise<boolean> {
  const there = await Promise.all(
    ["encoder", "decoder"].map((net) => Deno.stat(`${folder}/${net}.onnx`).then(() => true, () => false)),
  );
  return there.every(Boolean);
}

/**
 * What stands for a model in the options of `compress` and `decompress`, given its name.
 *
 * @param name Of an embedded model, one in the configuration, or a pulled one; or the path of a model's folder.
 * @param config The configuration.
 * @param store The pulled models.
 * @returns A name or path that `loadModel` takes.
 * @throws ModelError ("model-unknown") for a known model that is not pulled yet.
 */
export async function resolveModel(name: string, config: VaeransConfig, store: ModelStore): Promise<string> {
  if (namesFolder(name) || EMBEDDED_MODELS.some((model) => model.name === name)) return name;
  if (config.models.has(name)) return `${config.path}#${name}`;
  if (await store.has(name)) return store.pathOf(name);
  if (REGISTRY.some((entry) => entry.name === name)) {
    throw new ModelError(
      "model-unknown",
      `Cannot use model ${name}: it must be in ${store.folder} (got no such folder there). Fetch it ` +
        `with models pull ${name}.`,
    );
  }
  return name;
}

/** What stands for each model of the configuration and of the store, by name: to find the one that a file asks for. */
export async function modelPaths(config: VaeransConfig, store: ModelStore): Promise<Record<string, string>> {
  const pulled = (await store.names()).map((name) => [name, store.pathOf(name)]);
  const configured = [...config.models.keys()].map((name) => [name, `${config.path}#${name}`]);
  return Object.fromEntries([...pulled, ...configured]);
}
