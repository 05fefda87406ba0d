/**
 * A worker that does the jobs it is sent; see `worker_pool.ts`. Jobs for a GPU share one engine, so that pictures of one
 * shape that are under way together go through the net together.
 *
 * @module
 */
import { coreCount } from "../host/mod.ts";
import "../codec/all_parts.ts";
import { engineFor } from "../codec/run/engines.ts";
import type { TileEngine } from "../codec/run/tile_engine.ts";
import type { TileJobs } from "../codec/streams/job_types.ts";
import { TILE_JOBS } from "../codec/streams/tile_jobs.ts";
import { serveJobs } from "../concurrency/serve_jobs.ts";
import { type AssetUrls, setAssetUrls } from "../models/assets.ts";
import { sha256Hex } from "../models/sha256.ts";
import { FILE_ERRORS, FileError } from "./file_error.ts";
import type { Job, JobResult } from "./job.ts";
import { runJob } from "./run_job.ts";
import type { ContentHashes } from "./up_to_date.ts";
import { openFile, readWhole, writeWhole } from "./whole_file.ts";

/** What the pool sends. */
export interface WorkerRequest {
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
  /** Answer the hashes of source and target; the source is then read whole. */
  readonly wantsHashes?: boolean;
  /** Replace an existing target by the same bytes only, and fail if they differ. */
  readonly keepOther?: boolean;
}

/** What the worker answers: the result, and the target's bytes and the hashes of both files if they were asked for. */
export interface StagedResult {
  /** What `runJob` gives. */
  readonly result: JobResult;
  /** Of the target. */
  readonly target?: Uint8Array;
  /** Of the files that the worker read and wrote. */
  readonly hashes?: ContentHashes;
}

// onnxruntime's WebGPU build takes an address relative to a worker's origin, which in Deno is the text "null". Without an
// address of its own the worker is to onnxruntime the same as the main thread. Libraries may set one for themselves.
Object.defineProperty(globalThis, "location", { value: undefined, writable: true, configurable: true });
const engines = new Map<string, TileEngine<TileJobs>>();

/** The GPU's engine, kept for all jobs; entropy coding is left to as many workers as there are cores. */
function sharedEngine({ action, options }: Job): TileEngine<TileJobs> | undefined {
  const { device = "cpu" } = options;
  if (action !== "compress" || device === "cpu") return undefined;
  const engine = engines.get(device) ??
    engineFor(TILE_JOBS, Infinity, { device, workers: coreCount() });
  engines.set(device, engine);
  return engine;
}

serveJobs<WorkerRequest, StagedResult>({
  errors: FILE_ERRORS,
  async run({ job, part, assets, source, wantsHashes, returnTarget, keepOther }) {
    setAssetUrls(assets);
    let returned: Uint8Array | undefined;
    const hashes = { source: "", target: "" };
    const files = {
      read: async (path: string) => {
        if (source) return source;
        const bytes = await readWhole(path);
        if (wantsHashes) hashes.source = await sha256Hex(bytes);
        return bytes;
      },
      ...(!source && !wantsHashes && { open: openFile }),
      write: async (target: string, bytes: Uint8Array) => {
        if (returnTarget) {
          returned = bytes;
          return;
        }
        if (wantsHashes) hashes.target = await sha256Hex(bytes as Uint8Array<ArrayBuffer>);
        if (keepOther && target === job.target) await checkSame(target, bytes);
        await writeWhole(target, bytes, part);
      },
    };
    // The pool has a worker a core already.
    const alone = { ...job, options: { ...job.options, workers: 0 } } as Job;
    const result = await runJob(alone, files, sharedEngine(job));
    if (result.copiedInsteadOf !== undefined) hashes.target = hashes.source;
    return { result, ...(returned && { target: returned }), ...(wantsHashes && { hashes }) };
  },
});

/** Refuses to replace a file of other content, which may be the user's own. */
async function checkSame(target: string, bytes: Uint8Array): Promise<void> {
  const there = await readWhole(target);
  if (there.length === bytes.length && there.every((byte, i) => byte === bytes[i])) return;
  throw new FileError(
    target,
    "Cannot write it: a file of this name must have the content that would be written (got other content). Give --force to replace it, or another folder with -d.",
  );
}
