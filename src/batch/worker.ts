/**
 * A worker that does the jobs it is sent, one after another; see `worker_pool.ts`.
 *
 * @module
 */
import type { Job, JobResult } from "./job.ts";
import { runJob } from "./run_job.ts";
import { readWhole, writeWhole } from "./whole_file.ts";

/** What the pool sends. */
export interface WorkerRequest {
  /** What to do. */
  readonly job: Job;
  /** Where the target is written before it takes its name, so that the pool can clean up after the worker. */
  readonly part: string;
  /** The source's bytes, where the worker is not to read them itself. */
  readonly source?: Uint8Array<ArrayBuffer>;
  /** Answer the target's bytes rather than write them. */
  readonly returnTarget?: boolean;
}

/** What the worker answers: the result, or why there is none. */
export type WorkerReply =
  | { readonly result: JobResult; readonly target?: Uint8Array }
  | { readonly error: { readonly message: string; readonly stack: string } };

/** The part of a worker's global scope used here; the library's own type is not loaded with the window's. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<WorkerRequest>) => void) | null;
  postMessage(reply: WorkerReply): void;
}

const scope = globalThis as unknown as WorkerScope;

scope.onmessage = async ({ data: { job, part, source, returnTarget = false } }) => {
  try {
    let returned: Uint8Array | undefined;
    const files = {
      read: (path: string) => source ? Promise.resolve(source) : readWhole(path),
      write: async (target: string, bytes: Uint8Array) => {
        if (returnTarget) returned = bytes;
        else await writeWhole(target, bytes, part);
      },
    };
    // The pool has a worker a core already.
    const alone = { ...job, options: { ...job.options, workers: 0 } } as Job;
    const result = await runJob(alone, files);
    scope.postMessage({ result, ...(returned && { target: returned }) });
  } catch (cause) {
    const error = cause instanceof Error ? cause : new Error(String(cause));
    scope.postMessage({ error: { message: error.message, stack: error.stack ?? "" } });
  }
};
