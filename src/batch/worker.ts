/**
 * A worker that does the jobs it is sent; see `worker_pool.ts`. Jobs for a GPU share one engine, so that pictures of one
 * shape that are under way together go through the net together.
 *
 * @module
 */
import { engineFor } from "../codec/engines.ts";
import type { GroupEngine } from "../codec/group_engine.ts";
import { type AssetUrls, setAssetUrls } from "../models/mod.ts";
import type { Job, JobResult } from "./job.ts";
import { runJob } from "./run_job.ts";
import { openFile, readWhole, writeWhole } from "./whole_file.ts";

/** What the pool sends. */
export interface WorkerRequest {
  /** Told with the answer. */
  readonly id: number;
  /** What to do. */
  readonly job: Job;
  /** Where the target is written before it takes its name, so that the pool can clean up after the worker. */
  readonly part: string;
  /** Where the program has its files. */
  readonly assets: AssetUrls;
  /** The source's bytes, where the worker is not to read them itself. */
  readonly source?: Uint8Array<ArrayBuffer>;
  /** Answer the target's bytes rather than write them. */
  readonly returnTarget?: boolean;
}

/** What the worker answers: the result, or why there is none. */
export type WorkerReply =
  & { readonly id: number }
  & (
    | { readonly result: JobResult; readonly target?: Uint8Array }
    | { readonly error: { readonly message: string; readonly stack: string } }
  );

/** The part of a worker's global scope used here; the library's own type is not loaded with the window's. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<WorkerRequest>) => void) | null;
  postMessage(reply: WorkerReply): void;
}

const scope = globalThis as unknown as WorkerScope;
// onnxruntime's WebGPU build takes an address relative to a worker's origin, which in Deno is the text "null". Without a
// place of its own the worker is to it what the main thread is.
Object.defineProperty(globalThis, "location", { value: undefined });
const engines = new Map<string, GroupEngine>();

/** The GPU's engine, kept for all jobs; entropy coding is left to as many workers as there are cores. */
function sharedEngine({ action, options }: Job): GroupEngine | undefined {
  const { device = "cpu" } = options;
  if (action !== "compress" || device === "cpu") return undefined;
  const engine = engines.get(device) ??
    engineFor(Infinity, { device, workers: navigator.hardwareConcurrency });
  engines.set(device, engine);
  return engine;
}

scope.onmessage = async ({ data: { id, job, part, assets, source, returnTarget = false } }) => {
  try {
    setAssetUrls(assets);
    let returned: Uint8Array | undefined;
    const files = {
      read: (path: string) => source ? Promise.resolve(source) : readWhole(path),
      ...(!source && { open: openFile }),
      write: async (target: string, bytes: Uint8Array) => {
        if (returnTarget) returned = bytes;
        else await writeWhole(target, bytes, part);
      },
    };
    // The pool has a worker a core already.
    const alone = { ...job, options: { ...job.options, workers: 0 } } as Job;
    const result = await runJob(alone, files, sharedEngine(job));
    scope.postMessage({ id, result, ...(returned && { target: returned }) });
  } catch (cause) {
    const error = cause instanceof Error ? cause : new Error(String(cause));
    scope.postMessage({ id, error: { message: error.message, stack: error.stack ?? "" } });
  }
};
