/**
 * The service worker: pages show `.vaer` files by `<img>`, `<picture>` and CSS backgrounds. It answers requests for images whose
 * path ends in `.vaer`, in capitals or not, with a BMP or PNG file; everything else it leaves alone.
 *
 * Models are loaded from `models/` beside this script.
 *
 * @module
 */
/// <reference no-default-lib="true" />
/// <reference lib="esnext" />
/// <reference lib="webworker" />
import { setAssetUrls } from "../../decode.ts";
import { answerImage } from "./image_response.ts";
import { keepModels } from "./model_cache.ts";

declare const self: ServiceWorkerGlobalScope;

setAssetUrls({ models: new URL("models/", self.location.href) });
keepModels();

self.addEventListener("install", (event) => event.waitUntil(self.skipWaiting()));
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.destination === "image" && /\.vaer$/i.test(new URL(request.url).pathname)) {
    event.respondWith(answerImage(request));
  }
});
