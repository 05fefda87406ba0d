import type { Job, JobResult } from "./job.ts";
import { newToken, partPath } from "./whole_file.ts";
import type { WorkerReply, WorkerRequest } from "./worker.ts";

/** What a job's worker is not to read or write itself. */
export type Staged = Pick<WorkerRequest, "source" | "returnTarget">;

interface Running {
  readonly worker: Worker;
  readonly part: string;
  readonly reject: (error: Error) => void;
}

/**
 * Workers that each do one job at a time, with models of their own: onnxruntime runs in one thread in each, so that
 * `size` jobs use `size` cores. A worker starts when there is a job for it, and stays.
 */
export class WorkerPool {
  readonly #size: number;
  readonly #token = newToken();
  readonly #idle: Worker[] = [];
  readonly #waiting: ((worker: Worker) => void)[] = [];
  readonly #running = new Set<Running>();
  #started = 0;
  #abandoned = false;

  /**
   * Makes the pool; no worker is started yet.
   *
   * @param size Most workers at a time, at least 1.
   */
  constructor(size: number) {
    if (!(Number.isInteger(size) && size >= 1)) {
      throw new RangeError(`Cannot make a pool of ${size} workers: it takes a whole number from 1`);
    }
    this.#size = size;
  }

  /**
   * Does a job in the next free worker.
   *
   * @param job What to do.
   * @returns What `runJob` gives.
   * @throws Error With the message of what the job threw, or after {@linkcode abandon}.
   */
  async run(job: Job): Promise<JobResult> {
    return (await this.runStaged(job)).result;
  }

  /**
   * Does a job whose source or target is not a file.
   *
   * @param job What to do.
   * @param staged The source's bytes, and whether to give back the target's; files are read and written without.
   * @returns What `runJob` gives, and the target's bytes if they were asked for.
   * @throws Error As {@linkcode run}.
   */
  async runStaged(job: Job, staged: Staged = {}): Promise<{ result: JobResult; target?: Uint8Array }> {
    if (this.#abandoned) throw new Error("abandoned");
    const worker = await this.#take();
    if (this.#abandoned) {
      // The job was waiting when the workers were ended; so may others be, and an ended worker would never answer.
      this.#free(worker);
      throw new Error("abandoned");
    }
    const part = partPath(job.target, this.#token);
    let running: Running | undefined;
    let sound = true;
    try {
      return await new Promise<{ result: JobResult; target?: Uint8Array }>((resolve, reject) => {
        running = { worker, part, reject };
        this.#running.add(running);
        worker.onmessage = ({ data }: MessageEvent<WorkerReply>) => {
          if ("result" in data) return resolve(data);
          const error = new Error(data.error.message);
          error.stack = data.error.stack;
          reject(error);
        };
        worker.onerror = (event) => {
          event.preventDefault();
          sound = false;
          reject(new Error(`${job.source}: the worker failed: ${event.message}`));
        };
        worker.postMessage({ job, part, ...staged } satisfies WorkerRequest);
      });
    } finally {
      if (running) this.#running.delete(running);
      if (sound) {
        this.#free(worker);
      } else {
        worker.terminate();
        await Deno.remove(part).catch(() => {});
        this.#started--;
        if (this.#waiting.length > 0) this.#free(this.#start());
      }
    }
  }

  /** Ends the workers. Call it when no job is running. */
  close(): void {
    for (const worker of this.#idle.splice(0)) worker.terminate();
  }

  /** Ends the workers in the middle of their jobs, which reject, and removes what they had half-written. */
  async abandon(): Promise<void> {
    this.#abandoned = true;
    this.close();
    const running = [...this.#running];
    for (const { worker, reject } of running) {
      worker.terminate();
      reject(new Error("abandoned"));
    }
    for (let i = 0; i < ABANDON_ROUNDS; i++) {
      await new Promise((resolve) => setTimeout(resolve, ABANDON_MILLISECONDS));
      await Promise.all(running.map(({ part }) => Deno.remove(part).catch(() => {})));
    }
  }

  async #take(): Promise<Worker> {
    const idle = this.#idle.pop();
    if (idle) return idle;
    if (this.#started < this.#size) return this.#start();
    return await new Promise((resolve) => this.#waiting.push(resolve));
  }

  #start(): Worker {
    this.#started++;
    return new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  }

  #free(worker: Worker): void {
    if (this.#abandoned) worker.terminate();
    const next = this.#waiting.shift();
    if (next) next(worker);
    else if (!this.#abandoned) this.#idle.push(worker);
  }
}

/** A write that a terminated worker had begun may still end after it, on a loaded machine well after. */
const ABANDON_MILLISECONDS = 200, ABANDON_ROUNDS = 5;
