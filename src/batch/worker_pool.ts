import { withResolvers } from "../host/promise.ts";
import { Deno } from "../host/deno_api.ts";
import { Worker } from "../host/worker.ts";
import { JobWorker } from "../concurrency/job_worker.ts";
import { assetUrls } from "../models/assets.ts";
import { FILE_ERRORS, FileError } from "./file_error.ts";
import type { Job, JobResult } from "./job.ts";
import { memoryOf, WORKER_BYTES } from "./job_memory.ts";
import { replacedPath } from "./target_file.ts";
import { partPath } from "./whole_file.ts";
import type { StagedResult, WorkerRequest } from "./worker.ts";

/** What a job's worker is not to read or write itself. */
export type Staged = Pick<WorkerRequest, "source" | "wantsHashes" | "returnTarget" | "keepOther">;

/** Options of a {@linkcode WorkerPool}. */
export interface PoolOptions {
  /** Jobs that one worker has at a time, 1 by default. Several only make sense where they share a GPU. */
  readonly jobsAWorker?: number;
  /**
   * Memory for all workers together, in bytes; no limit by default. Jobs wait for it in their turn, a job that needs more
   * than there is runs alone, and workers that have grown are ended where their memory is needed.
   */
  readonly memoryBytes?: number;
}

/** A job that waits or runs. */
interface Task {
  readonly request: WorkerRequest;
  /** What its picture takes, besides the worker itself. */
  readonly pictureBytes: number;
  readonly resolve: (result: Promise<StagedResult>) => void;
}

/** A worker and what it does. */
interface Crew {
  readonly worker: JobWorker;
  readonly running: Set<Task>;
  /** Of the pictures at work. */
  pictureBytes: number;
  /** The most that was: WebAssembly's memory does not shrink, so that this much is taken until the worker ends. */
  grownBytes: number;
}

/**
 * Workers with models of their own, whose nets run in one thread each, so that `size` workers use `size` cores.
 * A worker starts when there is a job for it, and stays.
 */
export class WorkerPool {
  readonly #size: number;
  readonly #jobsAWorker: number;
  readonly #memoryBytes: number;
  readonly #crews = new Set<Crew>();
  readonly #waiting: Task[] = [];
  readonly #onRoom: (() => void)[] = [];
  /** Jobs of which it is being looked up what they take. */
  #arriving = 0;
  #abandoned = false;

  /**
   * Makes the pool; no worker is started yet.
   *
   * @param size Most workers at a time, at least 1.
   * @param options Jobs a worker, and memory.
   */
  constructor(size: number, options: PoolOptions = {}) {
    const { jobsAWorker = 1, memoryBytes = Infinity } = options;
    if (!(Number.isInteger(size) && size >= 1)) {
      throw new RangeError(
        `Cannot make a pool of workers: its size must be a whole number from 1 (got ${size}). Use 1 or ` +
          "more.",
      );
    }
    this.#size = size;
    this.#jobsAWorker = jobsAWorker;
    this.#memoryBytes = memoryBytes;
  }

  /** Workers there are, jobs under way, and bytes that these workers take at most, by the estimate. */
  get load(): { readonly workers: number; readonly jobs: number; readonly memoryBytes: number } {
    const crews = [...this.#crews];
    return {
      workers: crews.length,
      jobs: crews.reduce((sum, { running }) => sum + running.size, 0),
      memoryBytes: this.#takenBytes(),
    };
  }

  /** Waits until no job waits for a worker or for memory: who takes jobs from elsewhere leaves them to others until then. */
  async room(): Promise<void> {
    while (this.#arriving + this.#waiting.length > 0) {
      await new Promise<void>((resolve) => this.#onRoom.push(resolve));
    }
  }

  /**
   * Does a job in the next free worker.
   *
   * @param job What to do.
   * @returns What `runJob` gives.
   * @throws What the job threw, of the same class and code, or an Error after {@linkcode abandon}.
   */
  async run(job: Job): Promise<JobResult> {
    return (await this.runStaged(job)).result;
  }

  /**
   * Does a job whose source or target is not a file.
   *
   * @param job What to do.
   * @param staged The source's bytes, whether to give back the target's or the hashes of both, and whether to keep another
   *   target that is there.
   * @returns What `runJob` gives, and the target's bytes if they were asked for.
   * @throws Error As {@linkcode run}.
   */
  async runStaged(job: Job, staged: Staged = {}): Promise<StagedResult> {
    this.#checkOpen();
    const { promise, resolve } = withResolvers<StagedResult>();
    this.#arriving++;
    try {
      const pictureBytes = this.#memoryBytes === Infinity ? 0 : await memoryOf(job, staged.source);
      const part = partPath(staged.returnTarget ? job.target : await replacedPath(job.target));
      this.#checkOpen();
      const request = { job, part, assets: assetUrls(), ...staged };
      this.#waiting.push({ request, pictureBytes, resolve });
    } finally {
      this.#arriving--;
      this.#dispatch();
    }
    return await promise;
  }

  /** Ends the workers. Call it when no job is running. */
  close(): void {
    for (const crew of [...this.#crews]) if (crew.running.size === 0) this.#end(crew);
  }

  /** Ends the workers in the middle of their jobs, which reject, and removes what they had half-written. */
  async abandon(): Promise<void> {
    this.#abandoned = true;
    const parts = [...this.#crews].flatMap(({ running }) => [...running].map(({ request }) => request.part));
    for (const crew of [...this.#crews]) this.#end(crew, new Error("abandoned"));
    for (const { resolve } of this.#waiting.splice(0)) resolve(Promise.reject(new Error("abandoned")));
    this.#dispatch();
    for (let i = 0; i < ABANDON_ROUNDS; i++) {
      await new Promise((resolve) => setTimeout(resolve, ABANDON_MILLISECONDS));
      await Promise.all(parts.map((part) => Deno.remove(part).catch(() => {})));
    }
  }

  #checkOpen(): void {
    if (this.#abandoned) throw new Error("abandoned");
  }

  /** Hands out jobs in the order they came, as long as there are workers and memory. */
  #dispatch(): void {
    while (this.#waiting.length > 0) {
      const [task] = this.#waiting;
      const crew = this.#place(task);
      if (!crew) return;
      this.#waiting.shift();
      crew.running.add(task);
      crew.pictureBytes += task.pictureBytes;
      crew.grownBytes = Math.max(crew.grownBytes, crew.pictureBytes);
      this.#work(crew, task);
    }
    for (const resolve of this.#onRoom.splice(0)) resolve();
  }

  /** The worker for a job, or `undefined` while there is none or no memory. */
  #place({ pictureBytes }: Task): Crew | undefined {
    const growth = (crew: Crew) => Math.max(0, crew.pictureBytes + pictureBytes - crew.grownBytes);
    const free = [...this.#crews].filter(({ running }) => running.size < this.#jobsAWorker);
    // One that is large enough already, and among those the smallest, so that larger ones stay for larger pictures.
    free.sort((a, b) => growth(a) - growth(b) || a.grownBytes - b.grownBytes);
    const chosen: Crew | undefined = free[0];
    if (!chosen && this.#crews.size >= this.#size) return undefined;
    const needed = chosen ? growth(chosen) : WORKER_BYTES + pictureBytes;
    const idle = [...this.#crews].filter((crew) => crew !== chosen && crew.running.size === 0);
    idle.sort((a, b) => b.grownBytes - a.grownBytes);
    while (this.#takenBytes() + needed > this.#memoryBytes) {
      const largest = idle.shift();
      if (!largest) break;
      this.#end(largest);
    }
    const alone = [...this.#crews].every(({ running }) => running.size === 0);
    if (!alone && this.#takenBytes() + needed > this.#memoryBytes) return undefined;
    return chosen ?? this.#start();
  }

  #shareBytes(): number {
    const most = Math.max(1, Math.min(this.#size, Math.floor(this.#memoryBytes / WORKER_BYTES)));
    return this.#memoryBytes / most;
  }

  #takenBytes(): number {
    return [...this.#crews].reduce((sum, { grownBytes }) => sum + WORKER_BYTES + grownBytes, 0);
  }

  #start(): Crew {
    const worker = new JobWorker(
      () => new Worker(new URL("./worker.ts", import.meta.url), { type: "module" }),
      { errors: FILE_ERRORS },
    );
    const crew: Crew = { worker, running: new Set(), pictureBytes: 0, grownBytes: 0 };
    this.#crews.add(crew);
    return crew;
  }

  async #work(crew: Crew, task: Task): Promise<void> {
    const { worker, running } = crew, { request } = task;
    const outcome = worker.run<StagedResult>(request).catch((error: Error) => {
      if (!worker.hasEnded || this.#abandoned) throw error;
      Deno.remove(request.part).catch(() => {});
      throw new FileError(request.job.source, error.message, { cause: error });
    });
    await outcome.catch(() => {});
    running.delete(task);
    crew.pictureBytes -= task.pictureBytes;
    // One that keeps more than its share would keep others from being there.
    const isTooLarge = running.size === 0 && WORKER_BYTES + crew.grownBytes > this.#shareBytes();
    if (worker.hasEnded || isTooLarge) this.#end(crew);
    task.resolve(outcome);
    this.#dispatch();
  }

  /** Ends a worker; what it has under way rejects with the reason. */
  #end(crew: Crew, reason?: Error): void {
    this.#crews.delete(crew);
    crew.worker.terminate(reason);
  }
}

/** A write that a terminated worker had begun may still end after it, on a loaded machine well after. */
const ABANDON_MILLISECONDS = 200, ABANDON_ROUNDS = 5;
