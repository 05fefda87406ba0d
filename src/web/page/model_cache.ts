/// <reference no-default-lib="true" />
/// <reference lib="esnext" />
/// <reference lib="webworker" />
import { setModelFileCache } from "../../models/file_cache.ts";

const CACHE_NAME = "vaerans-models";

/** Keeps model files in the browser's cache storage, where the element's worker and the service worker share them. */
export function keepModels(): void {
  if (!("caches" in globalThis)) return; // not a secure context
  const addressOf = (sha256: string) => new URL(`models/sha256-${sha256}`, self.location.href);
  setModelFileCache({
    async get(sha256) {
      const response = await caches.match(addressOf(sha256), { cacheName: CACHE_NAME }).catch(() =>
        undefined
      );
      return response && new Uint8Array(await response.arrayBuffer());
    },
    async put(sha256, bytes) {
      try {
        await (await caches.open(CACHE_NAME)).put(addressOf(sha256), new Response(bytes));
      } catch {
        // Without room for it, the file is fetched again.
      }
    },
  });
}
