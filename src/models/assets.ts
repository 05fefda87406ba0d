/** Where a program finds the files that it loads while running; see {@linkcode setAssetUrls}. */
export interface AssetUrls {
  /** Folder of the embedded models, with `vaerans-8/` and `vaerans-4/` in it. */
  readonly models?: string | URL;
  /**
   * Folder of files from `onnxruntime-web`'s `dist/`: `ort-wasm-simd-threaded.wasm` for nets on the CPU,
   * `ort-wasm-simd-threaded.asyncify.wasm` for WebGPU.
   */
  readonly onnxruntime?: string | URL;
}

const urls: { models: URL; onnxruntime?: URL } = { models: new URL("../../models/", import.meta.url) };

/**
 * Says where the models and onnxruntime's WebAssembly lie, for bundles whose files are not laid out as this package's are.
 * Call it before the first `compress` or `decompress`; workers are told. Without it, models are looked for in `../../models/` and
 * the WebAssembly beside the bundle.
 *
 * @param assets Folders; relative ones count from the page. What is left out stays as it is.
 *
 * @example In a page whose files lie under /static/
 * ```ts ignore
 * import { setAssetUrls } from "@vaerans/vaerans";
 *
 * setAssetUrls({ models: "/static/models/", onnxruntime: "/static/onnxruntime/" });
 * ```
 */
export function setAssetUrls(assets: AssetUrls): void {
  if (assets.models !== undefined) urls.models = folderUrl(assets.models);
  if (assets.onnxruntime !== undefined) urls.onnxruntime = folderUrl(assets.onnxruntime);
}

/** Folder of an embedded model: beside the package's own files, local or remote, unless set otherwise. */
export function embeddedModelUrl(name: string): URL {
  return new URL(`${name}/`, urls.models);
}

/** Address of a file of onnxruntime's, if its folder was set. */
export function onnxruntimeFileUrl(name: string): string | undefined {
  return urls.onnxruntime && new URL(name, urls.onnxruntime).href;
}

/** What {@linkcode setAssetUrls} takes in another thread to look in the same places: absolute addresses. */
export function assetUrls(): { readonly models: string; readonly onnxruntime?: string } {
  const { models, onnxruntime } = urls;
  return { models: models.href, ...onnxruntime && { onnxruntime: onnxruntime.href } };
}

function folderUrl(folder: string | URL): URL {
  const base = "location" in globalThis ? globalThis.location?.href : undefined;
  const text = String(folder);
  return new URL(text.endsWith("/") ? text : `${text}/`, base);
}
