import type { DeviceChoice } from "../../mod.ts";
import type { Job, JobResult } from "../batch/job.ts";
import { targetState } from "../batch/up_to_date.ts";
import type { WorkerPool } from "../batch/worker_pool.ts";
import { isRemote, readRemote, shown, writeRemote } from "./places.ts";
import type { FarmQueue } from "./queue.ts";

/** What a job needs. */
export interface Workshop {
  /** Has the buckets. */
  readonly queue: Pick<FarmQueue, "bucket">;
  /** Where jobs run. */
  readonly pool: Pick<WorkerPool, "runStaged">;
  /** Where nets and transforms run; as the job says without. */
  readonly device?: DeviceChoice;
  /** Gives a running job up. */
  readonly abandon: AbortSignal;
}

/**
 * Whether a job needs no doing, as after a worker that died before it could say that it was done. Of remote targets this
 * cannot be told: they are made again, the same.
 *
 * @param job The job.
 */
export async function isDone(job: Job): Promise<boolean> {
  return !isRemote(job.source) && !isRemote(job.target) && await targetState(job) === "up to date";
}

/**
 * Does a job whose source and target may be anywhere, by the way that a batch takes. Afterwards the target is whole.
 *
 * @param job The job.
 * @param shop What it needs.
 * @returns What it gave.
 * @throws FileError Without what signs an address.
 */
export async function perform(job: Job, { queue, pool, device, abandon }: Workshop): Promise<JobResult> {
  const [sourceIsRemote, targetIsRemote] = [isRemote(job.source), isRemote(job.target)];
  if (!targetIsRemote) {
    await Deno.mkdir(job.target.replace(/[^/]*$/, "") || ".", { recursive: true });
  }
  const source = sourceIsRemote ? await readRemote(job.source, queue, abandon) : undefined;
  const options = { ...job.options, ...(device && { device }) };
  const told = { ...job, source: shown(job.source), target: shown(job.target), options } as Job;
  const { result, target } = await pool.runStaged(told, {
    ...(source && { source }),
    returnTarget: targetIsRemote,
  });
  if (target) await writeRemote(job.target, target, queue, abandon);
  return result;
}
