import { Deno } from "../../host/deno_api.ts";
import { host } from "../../host/mod.ts";
import { sha256Hex } from "../../models/sha256.ts";
import { buildPageScripts, DECODER_FILES } from "../build.ts";

/** A file that pages need beside their own, by its path in their folder. */
export type PageFiles = ReadonlyMap<string, Uint8Array<ArrayBuffer>>;

const SCRIPTS: readonly string[] = ["vaer-img.js", "vaer-worker.js", "decode_worker.js"];
const PACKAGE = new URL("../../../", import.meta.url);

/**
 * The scripts of `<vaer-img>` and the models. The npm package carries the scripts; in a clone, Deno builds them.
 *
 * @param cache Folder for scripts that are built.
 * @param version Version of the package.
 * @returns The files.
 */
export async function pageFiles(cache: string, version: string): Promise<PageFiles> {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  const scripts = await scriptFolder(cache, version);
  for (const name of SCRIPTS) files.set(name, await Deno.readFile(`${scripts}/${name}`));
  const models = pathOf(new URL("models", PACKAGE));
  for await (const { name: model, isDirectory } of Deno.readDir(models)) {
    if (!isDirectory) continue;
    for (const name of [...DECODER_FILES, "encoder.onnx"]) {
      files.set(`models/${model}/${name}`, await Deno.readFile(`${models}/${model}/${name}`));
    }
  }
  return files;
}

async function scriptFolder(cache: string, version: string): Promise<string> {
  const shipped = pathOf(new URL("page", PACKAGE));
  const isShipped = await Deno.stat(`${shipped}/${SCRIPTS[0]}`).then(() => true, () => false);
  if (isShipped || host.name !== "deno") return shipped;
  const folder = `${cache}/page-${version}`;
  await buildPageScripts(folder);
  return folder;
}

/** The beginning of a hash of all files: a folder of this name never changes. */
export async function fingerprintOf(files: PageFiles): Promise<string> {
  const hashes = await Promise.all([...files].map(async ([name, bytes]) => name + await sha256Hex(bytes)));
  return (await sha256Hex(new TextEncoder().encode(hashes.sort().join()))).slice(0, 8);
}

/** The path of a `file:` address, with slashes. */
export function pathOf(url: URL): string {
  return decodeURIComponent(url.pathname).replace(/^\/(?=[a-z]:)/i, "");
}
