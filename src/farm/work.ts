import type { JsMsg } from "@nats-io/jetstream";
import type { Job, JobResult } from "../batch/job.ts";
import { targetState } from "../batch/up_to_date.ts";
import type { WorkerPool } from "../batch/worker_pool.ts";
import { isRemote, readRemote, writeRemote } from "./places.ts";
import type { FarmQueue, WorkerReport } from "./queue.ts";

/** Options of {@linkcode work}. */
export interface WorkOptions {
  /** Jobs at a time. */
  readonly lanes: number;
  /** Ends the work: running jobs are finished, no new one is taken. */
  readonly signal: AbortSignal;
  /** End when the queue is empty. */
  readonly untilEmpty: boolean;
  /** Told of each job, e.g. for a log. */
  readonly onJob?: (line: string) => void;
}

/** A job is given up after so many deliveries. */
export const MAX_DELIVERIES = 3;
/** A failed job waits so long before it is tried again. */
const RETRY_MILLISECONDS = 1000;
/** How long a lane waits for a job before it looks whether it is to stop. */
const POLL_MILLISECONDS = 1000;
/** After so many polls in vain a lane looks for jobs that nobody would get. */
const REVIVE_POLLS = 5;
const REPORT_MILLISECONDS = 5000;
/** The rate is that of this last while. */
const RATE_MILLISECONDS = 60_000;

/** Counts of one worker. */
export class WorkerCounts {
  /** Unique. */
  readonly id: string = crypto.randomUUID().slice(0, 8);
  done = 0;
  failed = 0;
  bytesIn = 0;
  bytesOut = 0;
  readonly #began = performance.now();
  readonly #ends: number[] = [];

  /** A job is done; without a result it needed no doing. */
  count(result?: JobResult): void {
    this.done++;
    this.bytesIn += result?.sourceBytes ?? 0;
    this.bytesOut += result?.targetBytes ?? 0;
    this.#ends.push(performance.now());
  }

  /** What to tell of it now. */
  report(lanes: number, running: boolean): WorkerReport {
    const now = performance.now();
    while (this.#ends.length > 0 && this.#ends[0] < now - RATE_MILLISECONDS) this.#ends.shift();
    const span = Math.max(1, Math.min(RATE_MILLISECONDS, now - this.#began));
    const { id, done, failed, bytesIn, bytesOut } = this;
    const rate = 1000 * this.#ends.length / span;
    return { id, lanes, done, failed, bytesIn, bytesOut, rate, at: Date.now(), running };
  }
}

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
  const { lanes, signal, untilEmpty } = options;
  const extendEvery = await queue.ackWaitMilliseconds() / 3;
  const tell = (running: boolean) => queue.report(counts.report(lanes, running)).catch(() => {});
  await tell(true);
  const reporting = setInterval(() => tell(true), REPORT_MILLISECONDS);
  const lane = async () => {
    let idlePolls = 0;
    while (!signal.aborted) {
      // Without a connection there is nothing to do but wait for it.
      const message = await queue.next(POLL_MILLISECONDS).catch(() => pause(POLL_MILLISECONDS));
      idlePolls = message === null ? idlePolls + 1 : 0;
      if (idlePolls > 0 && idlePolls % REVIVE_POLLS === 0) await queue.revive().catch(() => {});
      if (message) await handle(message);
      else if (untilEmpty && message === null && await isEmpty(queue)) return;
    }
  };
  const handle = async (message: JsMsg) => {
    const extending = setInterval(() => message.working(), extendEvery);
    const { deliveryCount } = message.info;
    let job: Job | undefined;
    try {
      job = message.json<Job>();
      if (deliveryCount > MAX_DELIVERIES) throw new Error("no worker that took it came back");
      const result = await perform(job, queue, pool);
      await message.ackAck();
      counts.count(result);
      options.onJob?.(`${job.source} → ${job.target}${result ? "" : " (up to date)"}`);
    } catch (error) {
      if (signal.aborted) return message.nak(); // handed back: this was not the job's fault
      const reason = error instanceof Error ? error.message : String(error);
      options.onJob?.(`${reason} (delivery ${deliveryCount})`);
      if (deliveryCount < MAX_DELIVERIES) return message.nak(RETRY_MILLISECONDS);
      const letter = { job: job ?? message.string(), reason, deliveries: deliveryCount };
      // Should the letter not get through, the message comes again and is buried then.
      await queue.bury(message, letter).then(() => counts.failed++, () => {});
    } finally {
      clearInterval(extending);
    }
  };
  try {
    await Promise.all(Array.from({ length: lanes }, lane));
  } finally {
    clearInterval(reporting);
    await tell(false);
  }
}

/** Does a job whose source and target may be anywhere; nothing is returned when it is done already. */
async function perform(job: Job, queue: FarmQueue, pool: WorkerPool): Promise<JobResult | undefined> {
  const [sourceIsRemote, targetIsRemote] = [isRemote(job.source), isRemote(job.target)];
  if (!targetIsRemote) {
    if (!sourceIsRemote && await targetState(job) === "up to date") return undefined;
    await Deno.mkdir(job.target.replace(/[^/]*$/, "") || ".", { recursive: true });
  }
  const { result, target } = await pool.runStaged(job, {
    ...(sourceIsRemote && { source: await readRemote(job.source, queue) }),
    returnTarget: targetIsRemote,
  });
  if (target) await writeRemote(job.target, target, queue);
  return result;
}

async function isEmpty(queue: FarmQueue): Promise<boolean> {
  const { waiting, running } = await queue.status();
  return waiting + running === 0;
}

async function pause(milliseconds: number): Promise<undefined> {
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
}
