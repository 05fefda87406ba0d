/**
 * Makes this worker do one tile's job at a time; see `worker_engine.ts`.
 *
 * @module
 */
import type { TraceRecord } from "../../core/mod.ts";
import type { TileEngine } from "./tile_engine.ts";
import { LocalEngine } from "./local_engine.ts";
import type { StreamSpec } from "../streams/stream_spec.ts";
import { type AssetUrls, setAssetUrls } from "../../models/assets.ts";
import { loadModel } from "../../models/load.ts";
import { notifyCaller, serveJobs } from "../../concurrency/serve_jobs.ts";

/** What an engine can be asked for. */
export type TileJob = Exclude<keyof TileEngine, "concurrency" | "close">;

/**
 * What the engine sends without waiting for an answer: where the program has its files, first of all, and ahead of jobs the
 * stream whose decoder is to be loaded.
 */
export type TileNotice = { readonly assets: AssetUrls } | { readonly prepare: StreamSpec };

/** A job. */
export interface TileRequest {
  /** Which of the jobs. */
  readonly job: TileJob;
  /** Its arguments. */
  readonly args: readonly unknown[];
}

/** The worker's notice before it answers a job; the records' clock begins with the epoch. */
export type TileRecords = readonly TraceRecord[];

const records: TraceRecord[] = [];
const engine = new LocalEngine({
  // Each thread's clock begins with it: told as if they were one that begins with the epoch.
  onStep: (record) =>
    records.push({ ...record, startMilliseconds: record.startMilliseconds + performance.timeOrigin }),
});

serveJobs<TileRequest, unknown, TileNotice>({
  async onNotice(notice) {
    if ("assets" in notice) return setAssetUrls(notice.assets);
    const { kind, model, runtime } = notice.prepare;
    // What fails here fails again, and is told, with the first job.
    if (kind === "latent") {
      await loadModel(model).then((model) => model.prepare("decoder", runtime)).catch(() => {});
    }
  },
  async run({ job, args }) {
    try {
      const run = engine[job] as (...args: unknown[]) => Promise<unknown>;
      return await run.apply(engine, [...args]);
    } finally {
      if (records.length > 0) notifyCaller(records.splice(0) satisfies TileRecords);
    }
  },
  transferOf: buffersOf,
});

/** The memory of an array, or of a coded tile's sections, which the worker no longer needs. */
function buffersOf(result: unknown): Transferable[] {
  if (ArrayBuffer.isView(result)) return [result.buffer as ArrayBuffer];
  const { sections = [] } = result as { sections?: readonly Uint8Array[] };
  return sections.map(({ buffer }) => buffer as ArrayBuffer);
}
