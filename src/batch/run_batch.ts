import type { Job, JobResult } from "./job.ts";
import { targetState } from "./up_to_date.ts";
import type { WorkerPool } from "./worker_pool.ts";

/** What became of a job. */
export type Outcome =
  | { readonly status: "done"; readonly job: Job; readonly result: JobResult }
  | { readonly status: "up to date"; readonly job: Job }
  | { readonly status: "failed"; readonly job: Job; readonly reason: string };

/** Options of {@linkcode runBatch}. */
export interface BatchOptions {
  /** Jobs at a time. */
  readonly lanes: number;
  /** Do jobs whose target is there, too, and replace whatever is in its place. */
  readonly force: boolean;
  /** Asked before each job: true ends the batch when the running ones are done. */
  readonly stopping: () => boolean;
  /** Told of each job as it ends, in any order. */
  readonly onOutcome: (outcome: Outcome) => void;
}

/**
 * Does jobs until there are no more. One that fails does not keep the others from being done.
 *
 * @param jobs The jobs; taken as lanes become free.
 * @param pool Where they run.
 * @param options How.
 */
export async function runBatch(
  jobs: Iterable<Job>,
  pool: Pick<WorkerPool, "run">,
  options: BatchOptions,
): Promise<void> {
  const queue = jobs[Symbol.iterator]();
  const lane = async () => {
    while (!options.stopping()) {
      const { value: job, done } = queue.next();
      if (done) return;
      options.onOutcome(await outcomeOf(job, pool, options.force));
    }
  };
  await Promise.all(Array.from({ length: options.lanes }, lane));
}

async function outcomeOf(job: Job, pool: Pick<WorkerPool, "run">, force: boolean): Promise<Outcome> {
  try {
    if (!force && await targetState(job) === "up to date") return { status: "up to date", job };
    await Deno.mkdir(job.target.replace(/[^/]*$/, "") || ".", { recursive: true });
    return { status: "done", job, result: await pool.run(job) };
  } catch (error) {
    return { status: "failed", job, reason: error instanceof Error ? error.message : String(error) };
  }
}
