import { revivedError } from "../concurrency/error_codec.ts";
import { assetUrls } from "../models/assets.ts";
import { FILE_ERRORS } from "./file_error.ts";
import type { Job, JobResult } from "./job.ts";
import { memoryOf, WORKER_BYTES } from "./job_memory.ts";
import { replacedPath } from "./target_file.ts";
import type { ContentHashes } from "./up_to_date.ts";
import { partPath } from "./whole_file.ts";
import type { WorkerReply, WorkerRequest } from "./worker.ts";

/** What a job's worker is not to read or write itself. */
export type Staged = Pick<WorkerRequest, "source" | "wantsHashes" | "returnTarget" | "keepOther">;

/** What a job gives: the result, and the target's bytes if they were asked for. */
export interface StagedResult {
  /** What `runJob` gives. */
  readonly result: JobResult;
  /** Of the target. */
  readonly target?: Uint8Array;
  /** Of the files that the worker read and wrote, if they were asked for. */
  readonly hashes?: ContentHashes;
}

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
  readonly resolve: (result: StagedResult) => void;
  readonly reject: (error: unknown) => void;
}

/** A worker and what it does. */
interface Crew {
  readonly worker: Worker;
  readonly running: Map<number, Task>;
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
  #nextId = 0;
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
      throw new RangeError(`Cannot make a pool of ${size} workers: it takes a whole number from 1`);
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
    const { promise, resolve, reject } = Promise.withResolvers<StagedResult>();
    this.#arriving++;
    try {
      const pictureBytes = this.#memoryBytes === Infinity ? 0 : await memoryOf(job, staged.source);
      const part = partPath(staged.returnTarget ? job.target : await replacedPath(job.target));
      this.#checkOpen();
      const request = { id: this.#nextId++, job, part, assets: assetUrls(), ...staged };
      this.#waiting.push({ request, pictureBytes, resolve, reject });
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
    const parts = [...this.#crews].flatMap(({ running }) => [...running.values()].map(partOf));
    for (const crew of [...this.#crews]) this.#end(crew, new Error("abandoned"));
    for (const { reject } of this.#waiting.splice(0)) reject(new Error("abandoned"));
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
      crew.running.set(task.request.id, task);
      crew.pictureBytes += task.pictureBytes;
      crew.grownBytes = Math.max(crew.grownBytes, crew.pictureBytes);
      crew.worker.postMessage(task.request);
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
    const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
    const crew: Crew = { worker, running: new Map(), pictureBytes: 0, grownBytes: 0 };
    this.#crews.add(crew);
    worker.onmessage = ({ data }: MessageEvent<WorkerReply>) => {
      const task = crew.running.get(data.id);
      if (!task) return;
      crew.running.delete(data.id);
      crew.pictureBytes -= task.pictureBytes;
      if ("result" in data) {
        task.resolve(data);
      } else {
        task.reject(revivedError(data.error, FILE_ERRORS));
      }
      // One that keeps more than its share would keep others from being there.
      if (crew.running.size === 0 && WORKER_BYTES + crew.grownBytes > this.#shareBytes()) this.#end(crew);
      this.#dispatch();
    };
    worker.onerror = (event) => {
      event.preventDefault();
      const parts = [...crew.running.values()].map(partOf);
      this.#end(crew, new Error(`the worker failed: ${event.message}`));
      for (const part of parts) Deno.remove(part).catch(() => {});
      this.#dispatch();
    };
    return crew;
  }

  /** Ends a worker; what it has under way rejects, with the source's name. */
  #end(crew: Crew, reason?: Error): void {
    crew.worker.terminate();
    this.#crews.delete(crew);
    for (const { request, reject } of crew.running.values()) {
      reject(this.#abandoned ? reason! : new Error(`${request.job.source}: ${reason?.message}`));
    }
    crew.running.clear();
  }
}

function partOf({ request }: Task): string {
  return request.part;
}

/** A write that a terminated worker had begun may still end after it, on a loaded machine well after. */
const ABANDON_MILLISECONDS = 200, ABANDON_ROUNDS = 5;
