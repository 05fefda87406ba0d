import { loadModel } from "../src/models/mod.ts";
import type { ModelManifest } from "../src/models/manifest.ts";

/** Copies an embedded model into a folder, with some fields of its manifest changed. */
export async function copyModel(
  name: string,
  folder: string,
  change: (manifest: ModelManifest) => Partial<ModelManifest>,
): Promise<void> {
  const { manifest } = await loadModel(name), from = new URL(`../models/${name}/`, import.meta.url);
  for (const { path } of Object.values(manifest.files)) {
    await Deno.copyFile(new URL(path, from), `${folder}/${path}`);
  }
  await Deno.writeTextFile(`${folder}/manifest.json`, JSON.stringify({ ...manifest, ...change(manifest) }));
}
