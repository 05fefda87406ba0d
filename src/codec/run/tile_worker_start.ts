import { Worker } from "../../host/worker.ts";
import { workerFileUrl } from "../../models/assets.ts";
import { OPTIONAL_PARTS } from "./optional_parts.ts";

/** Workers that encode and decode. */
OPTIONAL_PARTS.startWorker = () => {
  const url = workerFileUrl("tile_worker.js");
  return url
    ? new Worker(url, { type: "module" })
    : new Worker(new URL("./tile_worker.ts", import.meta.url), { type: "module" });
};
