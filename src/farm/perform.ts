import { Deno } from "../host/deno_api.ts";
import type { Job, JobResult } from "../batch/job.ts";
import { dirname } from "../deps/path.ts";
import type { DoneJobs } from "../batch/up_to_date.ts";
import type { WorkerPool } from "../batch/worker_pool.ts";
import { isObject, isRemote, readRemote, shown, writeRemote } from "./places.ts";
import type { FarmQueue } from "./queue.ts";

/** What a job needs. */
export interface Workshop {
  /** Has the buckets. */
  readonly queue: Pick<FarmQueue, "bucket">;
  /** Where jobs run. */
  readonly pool: Pick<WorkerPool, "runStaged">;
  /** Gives a running job up. */
  readonly abandon: AbortSignal;
  /** Keeps what is done. */
  readonly doneJobs: DoneJobs;
}

/**
 * Whether a job needs no doing, as after a worker that died before it could say that it was done. Of remote targets this
 * cannot be told: they are made again, the same.
 *
 * @param job The job, with the device that this worker has for it.
 * @param doneJobs Knows what was done here.
 */
export async function isDone(job: Job, doneJobs: DoneJobs): Promise<boolean> {
  return !isRemote(job.source) && !isRemote(job.target) && await doneJobs.stateOf(job) === "up to date";
}

/**
 * Does a job whose source and target may be anywhere, by the way that a batch takes. Afterwards the target is whole.
 *
 * @param job The job.
 * @param shop What it needs.
 * @returns What it gave.
 * @throws FileError Without what signs an address.
 */
export async function perform(job: Job, { queue, pool, abandon, doneJobs }: Workshop): Promise<JobResult> {
  const [sourceIsRemote, targetIsRemote] = [isRemote(job.source), isRemote(job.target)];
  if (!targetIsRemote) await Deno.mkdir(dirname(job.target), { recursive: true });
  const keep = sourceIsRemote || targetIsRemote ? undefined : await doneJobs.begin(job);
  const source = sourceIsRemote ? await readRemote(job.source, queue, abandon) : undefined;
  const told = { ...job, source: shown(job.source), target: shown(job.target) } as Job;
  const { result, target, hashes } = await pool.runStaged(told, {
    ...(source && { source }),
    returnTarget: targetIsRemote,
    wantsHashes: keep !== undefined,
  });
  // A copy of the source has its ending, but an address that was signed is kept.
  const place = result.copiedInsteadOf !== undefined && isObject(job.target) ? result.output : job.target;
  if (target) await writeRemote(place, target, queue, abandon);
  if (hashes) await keep?.(hashes, result.output);
  return result;
}
