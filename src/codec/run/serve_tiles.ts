import type { TraceRecord } from "../../core/mod.ts";
import { type AssetUrls, setAssetUrls } from "../../models/assets.ts";
import { notifyCaller, serveJobs } from "../../concurrency/serve_jobs.ts";
import { LocalEngine } from "./local_engine.ts";
import type { JobFunction, JobTable, TileJob } from "./tile_job.ts";

/**
 * What the engine sends without waiting for an answer: where the program has its files, first of all, and ahead of jobs what the
 * worker is to load.
 */
export type TileNotice = { readonly assets: AssetUrls } | {
  readonly prepare: string;
  readonly first: unknown;
};

/** A job. */
export interface TileRequest {
  /** Which of the jobs. */
  readonly job: string;
  /** Its arguments. */
  readonly args: readonly unknown[];
}

/** The worker's notice before it answers a job; the records' clock begins with the epoch. */
export type TileRecords = readonly TraceRecord[];

/** Makes this worker do jobs, one at a time, for a `WorkerEngine`. */
export function serveTiles<Jobs>(jobs: JobTable<Jobs>): void {
  const records: TraceRecord[] = [];
  const engine = new LocalEngine<{ [job: string]: JobFunction }>(jobs as never, {
    // Each thread's clock begins with it: told as if they were one that begins with the epoch.
    onStep: (record) =>
      records.push({ ...record, startMilliseconds: record.startMilliseconds + performance.timeOrigin }),
  });
  serveJobs<TileRequest, unknown, TileNotice>({
    async onNotice(notice) {
      if ("assets" in notice) return setAssetUrls(notice.assets);
      const { prepare } = (jobs as { [job: string]: TileJob })[notice.prepare];
      // What fails here fails again, and is told, with the first job.
      await prepare?.(notice.first).catch(() => {});
    },
    async run({ job, args }) {
      try {
        return await engine.run(job, ...args);
      } finally {
        if (records.length > 0) notifyCaller(records.splice(0) satisfies TileRecords);
      }
    },
    transferOf: buffersOf,
  });
}

/** The memory of an array, or of the arrays in an object's fields, which the worker no longer needs. */
function buffersOf(result: unknown): Transferable[] {
  const values = ArrayBuffer.isView(result) ? [result] : Object.values(result as object).flat();
  return values.filter((value) => ArrayBuffer.isView(value)).map(({ buffer }) => buffer as ArrayBuffer);
}
