import { Worker } from "../../host/worker.ts";
import { workerFileUrl } from "../../models/assets.ts";
import { OPTIONAL_PARTS } from "./optional_parts.ts";

/** For programs that only decode; the worker of the main entry point does that, too. */
OPTIONAL_PARTS.startWorker ??= () => {
  const url = workerFileUrl("decode_worker.js");
  return url
    ? new Worker(url, { type: "module" })
    : new Worker(new URL("./decode_worker.ts", import.meta.url), { type: "module" });
};
