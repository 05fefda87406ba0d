/** Folders, as {@linkcode setAssetUrls} takes them. */
export type AssetUrls = Parameters<typeof setAssetUrls>[0];

const urls: { models: URL; onnxruntime?: URL } = { models: new URL("../../models/", import.meta.url) };

/**
 * Sets the folders of the models and of onnxruntime's WebAssembly, for bundles that lay out their files differently from this
 * package. Call it before the first `compress` or `decompress`; workers use the same folders. By default, models are loaded
 * from `../../models/`, and the WebAssembly from the bundle's own folder.
 *
 * @param assets Folders; relative ones count from the page. A folder that is left out stays as it is. `models` holds
 *   `vaerans-8/` and `vaerans-4/`. `onnxruntime` holds files from `onnxruntime-web`'s `dist/`: for the CPU
 *   `ort-wasm-simd-threaded.wasm`, for WebGPU `ort-wasm-simd-threaded.asyncify.wasm`.
 *
 * @example In a page whose files lie under /static/
 * ```ts ignore
 * import { setAssetUrls } from "@vaerans/vaerans";
 *
 * setAssetUrls({ models: "/static/models/", onnxruntime: "/static/onnxruntime/" });
 * ```
 */
export function setAssetUrls(
  assets: { readonly models?: string | URL; readonly onnxruntime?: string | URL },
): void {
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
