/**
 * The playground's service worker: keeps what the page has loaded, so that it works without a network.
 *
 * @module
 */
/// <reference no-default-lib="true" />
/// <reference lib="esnext" />
/// <reference lib="webworker" />
declare const self: ServiceWorkerGlobalScope;

const CACHE_NAME = "vaerans-playground";
/** What a visit may not have asked for before the worker ran. Models are kept by their hash, manifests here. */
const FILES: readonly string[] = [
  "./",
  "playground.css",
  "playground.js",
  "playground-worker.js",
  "icon.svg",
  "avif_enc.wasm",
  ...["vaerans-4", "vaerans-8"].flatMap((model) =>
    ["manifest.json", "encoder.onnx", "decoder.onnx", "prior.bin"].map((file) => `models/${model}/${file}`)
  ),
];

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches.open(CACHE_NAME).then((cache) => cache.addAll(FILES)).then(() => self.skipWaiting()),
  );
});
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method === "GET" && new URL(request.url).origin === self.location.origin) {
    event.respondWith(fetchOrKept(request));
  }
});

/** The server's answer, or without a network the kept one. */
async function fetchOrKept(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await caches.match(request, { ignoreSearch: true, cacheName: CACHE_NAME });
    if (kept) return kept;
    throw error;
  }
}

export {};
