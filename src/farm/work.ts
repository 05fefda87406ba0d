import { messageOf } from "../core/error_message.ts";
import type { JsMsg } from "./nats.ts";
import type { DeviceChoice } from "../codec/run/tile_engine.ts";
import type { Job } from "../batch/job.ts";
import { DoneJobs } from "../batch/up_to_date.ts";
import type { WorkerPool } from "../batch/worker_pool.ts";
import { isDone, perform } from "./perform.ts";
import { shown } from "./places.ts";
import type { FarmQueue } from "./queue.ts";
import type { WorkerCounts } from "./worker_counts.ts";

/** Options of {@linkcode work}. */
export interface WorkOptions {
  /** Jobs at a time. */
  readonly lanes: number;
  /** Ends the work: running jobs are finished, no new one is taken. */
  readonly stop: AbortSignal;
  /** Hands running jobs back; the pool must be abandoned, too. */
  readonly abandon: AbortSignal;
  /** End when the queue is empty. */
  readonly untilEmpty: boolean;
  /** Where nets and transforms run; as the jobs say without. */
  readonly device?: DeviceChoice;
  /** Told of each job, e.g. for a log. */
  readonly onJob?: (line: string) => void;
}

/** A job is given up after so many deliveries. */
const MAX_DELIVERIES = 3;
/** A failed job waits so long before it is tried again. */
const RETRY_MILLISECONDS = 1000;
/** How long a lane waits for a job before it looks whether it is to stop. */
const POLL_MILLISECONDS = 1000;
/** After so many polls in vain a lane looks for jobs that nobody would get. */
const REVIVE_POLLS = 5;
const REPORT_MILLISECONDS = 5000;

/**
 * Does the queue's jobs, the same way a batch does them. A job is acknowledged when its target is whole; while it runs,
 * its time is extended; one that fails is tried again, at last elsewhere, and then goes to the dead letters.
 *
 * @param queue The queue.
 * @param pool Where jobs run.
 * @param counts Kept up to date.
 * @param options How.
 */
export async function work(
  queue: FarmQueue,
  pool: WorkerPool,
  counts: WorkerCounts,
  options: WorkOptions,
): Promise<void> {
  const { lanes, stop, untilEmpty, device } = options;
  const doneJobs = new DoneJobs();
  const extendEvery = await queue.ackWaitMilliseconds() / 3;
  const tell = (running: boolean) => queue.report(counts.report(lanes, running)).catch(() => {});
  await tell(true);
  const reporting = setInterval(() => tell(true), REPORT_MILLISECONDS);
  const lane = async () => {
    let idlePolls = 0;
    while (!stop.aborted) {
      await pool.room();
      // Without a connection there is nothing to do but wait for it.
      const message = await queue.next(POLL_MILLISECONDS).catch(() => pause(POLL_MILLISECONDS));
      idlePolls = message === null ? idlePolls + 1 : 0;
      if (idlePolls > 0 && idlePolls % REVIVE_POLLS === 0) await queue.revive().catch(() => {});
      if (message && stop.aborted) message.nak();
      else if (message) await handle(message);
      else if (untilEmpty && message === null && await queue.isEmpty().catch(() => false)) return;
    }
  };
  const handle = async (message: JsMsg) => {
    const extending = setInterval(() => message.working(), extendEvery);
    try {
      await handleJob(message);
    } finally {
      clearInterval(extending);
    }
  };
  const handleJob = async (message: JsMsg) => {
    const { deliveryCount } = message.info;
    let job: Job | undefined;
    try {
      job = message.json<Job>();
      const here = device ? { ...job, options: { ...job.options, device } } as Job : job;
      const done = await isDone(here, doneJobs);
      if (!done && deliveryCount > MAX_DELIVERIES) {
        throw new Error(
          `Cannot finish this job: a worker must finish it in ${MAX_DELIVERIES} deliveries (got none). Read ` +
            "the workers' logs.",
        );
      }
      const result = done
        ? undefined
        : await perform(here, { abandon: options.abandon, queue, pool, doneJobs });
      // An acknowledgement that is lost is not the job's fault: it comes again and is found done, or is done again.
      await message.ackAck().catch(() => {});
      counts.count(result);
      options.onJob?.(`${shown(job.source)} → ${shown(job.target)}${done ? " (up to date)" : ""}`);
      for (const warning of result?.warnings ?? []) options.onJob?.(`${shown(job.source)}: ${warning}`);
    } catch (error) {
      if (stop.aborted) return message.nak(); // handed back: this was not the job's fault
      const reason = messageOf(error);
      options.onJob?.(`${reason} (delivery ${deliveryCount})`);
      if (deliveryCount < MAX_DELIVERIES) return message.nak(RETRY_MILLISECONDS);
      const letter = { job: job ?? message.string(), reason, deliveries: deliveryCount };
      // Should the letter not get through, the message comes again and is buried then.
      await queue.bury(message, letter).then(() => counts.failed++, () => {});
    }
  };
  try {
    await Promise.all(Array.from({ length: lanes }, lane));
  } finally {
    clearInterval(reporting);
    await tell(false);
  }
}

async function pause(milliseconds: number): Promise<undefined> {
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
}
