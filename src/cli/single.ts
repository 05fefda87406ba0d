import { Deno } from "../host/deno_api.ts";
import type { Job, JobResult } from "../batch/job.ts";
import { basename } from "../deps/path.ts";
import { runJob } from "../batch/run_job.ts";
import { WorkerPool } from "../batch/worker_pool.ts";
import { openFile } from "../batch/whole_file.ts";
import { readInput, STANDARD_STREAM, writeOutput } from "./files.ts";
import { INTERRUPTED, onInterrupt } from "./interrupt.ts";
import { Progress } from "./progress.ts";

/** A command that is done sooner shows nothing. */
const SHOWN_AFTER_MILLISECONDS = 1000;

/**
 * Does one job. On a terminal it runs in a worker, so that a bar can be drawn meanwhile.
 *
 * @param job What to do; "-" stands for standard input or output.
 * @param quiet No bar.
 * @returns What it gave.
 */
export async function runSingle(job: Job, quiet: boolean): Promise<JobResult> {
  const streamed = [job.source, job.target].includes(STANDARD_STREAM);
  if (quiet || streamed || !Deno.stderr.isTerminal()) {
    const open = job.source === STANDARD_STREAM ? {} : { open: openFile };
    return await runJob(job, { read: readInput, write: writeOutput, ...open });
  }
  const pool = new WorkerPool(1);
  let ended: Promise<never> | undefined;
  const stopListening = onInterrupt(() => {
    ended ??= pool.abandon().then(() => Deno.exit(INTERRUPTED));
  });
  const progress = new Progress({
    title: `${job.action} ${basename(job.source)}`,
    total: 1,
    unit: "files",
    quiet,
    shownAfterMilliseconds: SHOWN_AFTER_MILLISECONDS,
  });
  try {
    return await pool.run(job);
  } catch (error) {
    await ended; // what was abandoned fails, which is no failure of the file
    throw error;
  } finally {
    stopListening();
    progress.finish();
    pool.close();
  }
}
