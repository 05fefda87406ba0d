import { checkNames } from "../core/option_rules.ts";

/** Folders, as {@linkcode setAssetUrls} takes them. */
export type AssetUrls = Parameters<typeof setAssetUrls>[0];

const urls: { models?: URL; onnxruntime?: URL; workers?: URL } = {};

/**
 * Sets the folders of the models, of onnxruntime's WebAssembly and of the workers, for bundles that lay out their files
 * differently from this package. Call it before the first `compress` or `decompress`; workers use the same folders. By default, models are loaded
 * from `../../models/`, the WebAssembly from the bundle's own folder, and workers from beside the module that starts them.
 *
 * @param assets Folders; relative ones count from the page. A folder that is left out stays as it is. `models` holds
 *   `vaerans-8/` and `vaerans-4/`. `onnxruntime` holds files from `onnxruntime-web`'s `dist/`: for the CPU
 *   `ort-wasm-simd-threaded.wasm`, for WebGPU `ort-wasm-simd-threaded.asyncify.wasm`. `workers` holds bundles of
 *   `/decode-worker` (`decode_worker.js`) and `/worker` (`tile_worker.js`), for bundlers that do not follow `new Worker`.
 * @throws InvalidValueError ("option-unknown").
 *
 * @example In a page whose files lie under /static/
 * ```ts ignore
 * import { setAssetUrls } from "@vaerans/vaerans";
 *
 * setAssetUrls({ models: "/static/models/", onnxruntime: "/static/onnxruntime/" });
 * ```
 */
export function setAssetUrls(
  assets: {
    readonly models?: string | URL;
    readonly onnxruntime?: string | URL;
    readonly workers?: string | URL;
  },
): void {
  checkNames("set the addresses", assets, ["models", "onnxruntime", "workers"]);
  if (assets.models !== undefined) urls.models = folderUrl(assets.models);
  if (assets.onnxruntime !== undefined) urls.onnxruntime = folderUrl(assets.onnxruntime);
  if (assets.workers !== undefined) urls.workers = folderUrl(assets.workers);
}

/** Folder of an embedded model: beside the package's own files, local or remote, unless set otherwise. */
export function embeddedModelUrl(name: string): URL {
  return new URL(`${name}/`, modelsUrl());
}

/** Address of a file of onnxruntime's, if its folder was set. */
export function onnxruntimeFileUrl(name: string): string | undefined {
  return urls.onnxruntime && new URL(name, urls.onnxruntime).href;
}

/** Address of a worker's module, if the folder of workers was set. */
export function workerFileUrl(name: string): URL | undefined {
  return urls.workers && new URL(name, urls.workers);
}

/** What {@linkcode setAssetUrls} takes in another thread to look in the same places: absolute addresses. */
export function assetUrls(): AssetUrls {
  const { onnxruntime, workers } = urls;
  return {
    models: modelsUrl().href,
    ...onnxruntime && { onnxruntime: onnxruntime.href },
    ...workers && { workers: workers.href },
  };
}

/** Not computed before it is needed: in workerd a module has no address. */
function modelsUrl(): URL {
  return urls.models ??= new URL("../../models/", import.meta.url);
}

function folderUrl(folder: string | URL): URL {
  const base = "location" in globalThis ? globalThis.location?.href : undefined;
  const text = String(folder);
  return new URL(text.endsWith("/") ? text : `${text}/`, base);
}
