/**
 * Builds the files that a web page needs into a folder: `vaer-img.js` (the element), `vaer-worker.js` (its worker),
 * `decode_worker.js` (which that one starts for large images), `vaer-sw.js` (the service worker) and `models/`.
 *
 * @module
 */
import { AVIF_ENCODER } from "../deps/jsquash.ts";
import { Deno } from "../host/deno_api.ts";
import { sourceFingerprint } from "./source_fingerprint.ts";

/** A script of a page. */
export interface Script {
  /** Name of the file that is built. */
  readonly name: string;
  /** Its source, from this folder. */
  readonly source: string;
  /** Whether the script runs as a classic script, without `import.meta`. */
  readonly isClassic?: boolean;
}

const SCRIPTS: readonly Script[] = [
  { name: "vaer-img.js", source: "page/vaer_img.ts" },
  { name: "vaer-worker.js", source: "page/vaer_worker.ts" },
  { name: "decode_worker.js", source: "../codec/run/decode_worker.ts" },
  { name: "vaer-sw.js", source: "page/vaer_sw.ts", isClassic: true },
];

/** Scripts of the playground, beside those above. */
const PLAYGROUND_SCRIPTS: readonly Script[] = [
  { name: "playground.js", source: "playground/playground.ts" },
  { name: "playground-worker.js", source: "playground/playground_worker.ts" },
  { name: "tile_worker.js", source: "../codec/run/tile_worker.ts" },
  { name: "offline-sw.js", source: "playground/offline_sw.ts" },
];
/** Files of the playground that are served as they are. */
const PLAYGROUND_FILES: readonly string[] = ["index.html", "playground.css", "icon.svg"];

const MODELS = new URL("../../models/", import.meta.url);
/** Files of a model that a decoder reads. */
export const DECODER_FILES: readonly string[] = ["manifest.json", "decoder.onnx", "prior.bin"];

/**
 * Builds the files for pages that show images.
 *
 * @param folder Where to write; made if missing.
 * @throws Error if `deno bundle` fails.
 */
export async function buildWebFiles(folder: string): Promise<void> {
  await buildPageScripts(folder);
  await copyModels(`${folder}/models`, DECODER_FILES);
}

/** Builds these files without the models. */
export async function buildPageScripts(folder: string): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  for (const script of SCRIPTS) await bundleScript(script, folder);
}

/**
 * Builds the playground: a page that compresses and shows images, with models for both.
 *
 * @param folder Where to write; made if missing.
 * @throws Error if `deno bundle` fails.
 */
export async function buildPlayground(folder: string): Promise<void> {
  const fingerprint = await sourceFingerprint();
  await Deno.mkdir(folder, { recursive: true });
  await Deno.remove(`${folder}/fingerprint.txt`).catch(() => {});
  const decodeWorker = SCRIPTS.filter(({ name }) => name === "decode_worker.js");
  for (const script of [...decodeWorker, ...PLAYGROUND_SCRIPTS]) await bundleScript(script, folder);
  await copyModels(`${folder}/models`, [...DECODER_FILES, "encoder.onnx"]);
  for (const name of PLAYGROUND_FILES) {
    await Deno.copyFile(new URL(`playground/${name}`, import.meta.url), `${folder}/${name}`);
  }
  await Deno.copyFile(new URL("avif_enc.wasm", AVIF_ENCODER.resolve()), `${folder}/avif_enc.wasm`);
  // Written last: a build that was interrupted has none.
  await Deno.writeTextFile(`${folder}/fingerprint.txt`, fingerprint);
}

/** Bundles a script for browsers into a folder. */
export async function bundleScript({ name, source, isClassic }: Script, folder: string): Promise<void> {
  const path = `${folder}/${name}`, entry = new URL(source, import.meta.url);
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "bundle",
      "--quiet",
      "--platform=browser",
      "--minify",
      "--output",
      path,
      decodeURIComponent(entry.pathname),
    ],
  }).output();
  if (!success) throw new Error(`Cannot bundle ${entry.pathname}: ${new TextDecoder().decode(stderr)}`);
  if (!isClassic) return;
  const text = await Deno.readTextFile(path);
  await Deno.writeTextFile(path, text.replaceAll("import.meta", "({url:self.location.href})"));
}

async function copyModels(folder: string, files: readonly string[]): Promise<void> {
  for await (const { name, isDirectory } of Deno.readDir(MODELS)) {
    if (!isDirectory) continue;
    await Deno.mkdir(`${folder}/${name}`, { recursive: true });
    for (const file of files) {
      await Deno.copyFile(new URL(`${name}/${file}`, MODELS), `${folder}/${name}/${file}`);
    }
  }
}
