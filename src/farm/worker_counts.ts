import type { JobResult } from "../batch/job.ts";
import type { WorkerReport } from "./queue.ts";

/** The rate is that of this last while. */
const RATE_MILLISECONDS = 60_000;

/** Counts of one worker. */
export class WorkerCounts {
  /** Unique. */
  readonly id: string = crypto.randomUUID().slice(0, 8);
  /** Jobs done, those that needed no doing included. */
  done = 0;
  /** Jobs sent to the dead letters. */
  failed = 0;
  /** Bytes of sources. */
  bytesIn = 0;
  /** Bytes of targets. */
  bytesOut = 0;
  readonly #began = performance.now();
  readonly #ends: number[] = [];

  /** A job is done; without a result it needed no doing. */
  count(result?: JobResult): void {
    this.done++;
    this.bytesIn += result?.sourceBytes ?? 0;
    this.bytesOut += result?.targetBytes ?? 0;
    this.#ends.push(performance.now());
    this.#forget();
  }

  /** What to tell of it now. */
  report(lanes: number, running: boolean): WorkerReport {
    this.#forget();
    const span = Math.max(1, Math.min(RATE_MILLISECONDS, performance.now() - this.#began));
    const { id, done, failed, bytesIn, bytesOut } = this;
    const rate = 1000 * this.#ends.length / span;
    return { id, lanes, done, failed, bytesIn, bytesOut, rate, at: Date.now(), running };
  }

  #forget(): void {
    const from = this.#ends.findIndex((end) => end >= performance.now() - RATE_MILLISECONDS);
    if (from !== 0) this.#ends.splice(0, from < 0 ? this.#ends.length : from);
  }
}
