import { Deno } from "../host/deno_api.ts";
import { VaeransError } from "../core/errors.ts";
import { dirname } from "../deps/path.ts";
import type { Job, JobResult } from "./job.ts";
import { copyTargetOf } from "./copy_target.ts";
import { FileError, reasonOf } from "./file_error.ts";
import { startOf } from "./picture_files.ts";
import { DoneJobs, type TargetState } from "./up_to_date.ts";
import type { WorkerPool } from "./worker_pool.ts";

/** What became of a job. */
export type Outcome =
  | { readonly status: "done"; readonly job: Job; readonly result: JobResult }
  | { readonly status: "up to date"; readonly job: Job }
  | {
    readonly status: "planned";
    readonly job: Job;
    readonly state: TargetState;
    readonly description: string;
  }
  | { readonly status: "failed"; readonly job: Job; readonly reason: string };

/** Options of {@linkcode runBatch}. */
export interface BatchOptions {
  /** Jobs at a time. */
  readonly lanes: number;
  /** Do jobs whose target is there, too, and replace whatever is in its place, but for the sources of this batch. */
  readonly force: boolean;
  /** Asked before each job: true ends the batch when the running ones are done. */
  readonly stopping: () => boolean;
  /** Told of each job as it ends, in any order. */
  readonly onOutcome: (outcome: Outcome) => void;
  /** Describes a job instead of running it: nothing is written. Jobs that are not up to date end as "planned". */
  readonly describe?: (job: Job) => Promise<string>;
  /** Knows what is done already; by default what was kept of earlier batches. */
  readonly doneJobs?: DoneJobs;
}

/**
 * Does jobs until there are no more. One that fails does not keep the others from being done.
 *
 * @param jobs The jobs; started as lanes become free.
 * @param pool Where they run.
 * @param options How.
 */
export async function runBatch(
  jobs: readonly Job[],
  pool: Pick<WorkerPool, "runStaged">,
  options: BatchOptions,
): Promise<void> {
  const { doneJobs = new DoneJobs(), force } = options;
  const sources = new Set(await Promise.all(jobs.map(({ source }) => realPathOf(source))));
  const queue = jobs[Symbol.iterator]();
  const lane = async () => {
    while (!options.stopping()) {
      const { value: job, done } = queue.next();
      if (done) return;
      options.onOutcome(await outcomeOf(job));
    }
  };
  const outcomeOf = async (job: Job): Promise<Outcome> => {
    try {
      if (sources.has(await realPathOf(job.target))) {
        throw new FileError(
          job.source,
          `Cannot write it: its target ${job.target} must be no input (got an input). Choose a folder with ` +
            "-d.",
        );
      }
      const copy = await copyOf(job);
      if (copy?.state === "up to date" && !force) {
        return { status: copy.state, job: { ...job, target: copy.target } };
      }
      const state = force ? "outdated" : await doneJobs.stateOf(job);
      if (state === "up to date") return { status: state, job };
      if (options.describe) {
        return { status: "planned", job, state, description: await options.describe(job) };
      }
      await Deno.mkdir(dirname(job.target), { recursive: true });
      const keep = await doneJobs.begin(job);
      const told = copy ? { ...job, keepSmaller: await copied(copy, state) } as Job : job;
      const { result, hashes } = await pool.runStaged(told, {
        wantsHashes: true,
        keepOther: state === "foreign",
      });
      if (hashes) await keep(hashes, result.output);
      return { status: "done", job, result };
    } catch (error) {
      return {
        status: "failed",
        job,
        reason: error instanceof VaeransError ? error.message : `${job.target}: ${reasonOf(error)}`,
      };
    }
  };
  /** Where a copy of the source may go, and what is there; `undefined` if the job makes none. */
  const copyOf = async (job: Job) => {
    if (job.action !== "compress" || !job.keepSmaller) return undefined;
    const target = copyTargetOf(job.source, job.target, await startOf(job.source));
    return { target, state: await doneJobs.stateOf({ ...job, target }, true) };
  };
  const copied = async (
    copy: { readonly target: string; readonly state: TargetState },
    state: TargetState,
  ) => ({
    // Never another input of this batch.
    replacesCopy: (force || copy.state === "outdated") && !sources.has(await realPathOf(copy.target)),
    replacesTarget: state === "outdated",
  });
  await Promise.all(Array.from({ length: options.lanes }, lane));
}

/** Of a file that is there; otherwise the path itself. */
async function realPathOf(path: string): Promise<string> {
  return await Deno.realPath(path).catch(() => path);
}
