import type { EngineOptions, TileEngine } from "./tile_engine.ts";
import type { TileNotice, TileRecords, TileRequest } from "./serve_tiles.ts";
import { assetUrls } from "../../models/assets.ts";
import { LocalEngine } from "./local_engine.ts";
import { type JobWorker, popAlive } from "../../concurrency/job_worker.ts";
import type { ArgsOf, JobFunction, JobTable, ResultOf } from "./tile_job.ts";
import type { WorkerSource } from "./warm_workers.ts";

interface Waiting {
  readonly request: TileRequest;
  readonly resolve: (result: Promise<never>) => void;
}

/**
 * Has workers do jobs, one at a time in each, with a world and models of its own: nets have one thread in each. Workers are taken when there is a job for them and go back with {@linkcode close} or the abort signal.
 */
export class WorkerEngine<Jobs> implements TileEngine<Jobs> {
  /** See {@linkcode TileEngine.concurrency}. */
  readonly concurrency: number;
  readonly #jobs: JobTable<Jobs>;
  readonly #options: EngineOptions;
  readonly #source: WorkerSource;
  readonly #idle: JobWorker[] = [];
  readonly #queue: Waiting[] = [];
  readonly #running = new Set<JobWorker>();
  readonly #onAbort = (): void => this.#end(this.#options.signal?.reason);
  #ended = false;
  #answered = false;
  #alone: LocalEngine<Jobs> | undefined;

  /**
   * Makes the object; no worker is taken yet.
   *
   * @param jobs What this thread does where no worker can be started.
   * @param size Most workers, at least 1.
   * @param options Listener and abort signal.
   * @param source Where the workers come from.
   */
  constructor(jobs: JobTable<Jobs>, size: number, options: EngineOptions, source: WorkerSource) {
    this.#jobs = jobs;
    this.concurrency = size;
    this.#options = options;
    this.#source = source;
    options.signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  /** See {@linkcode TileEngine.run}. */
  run<Name extends keyof Jobs & string>(
    name: Name,
    ...args: ArgsOf<Jobs, Name>
  ): Promise<ResultOf<Jobs, Name>> {
    this.#options.signal?.throwIfAborted();
    const request = { job: name, args };
    if (this.#alone) return this.#local(request) as Promise<ResultOf<Jobs, Name>>;
    return new Promise((resolve) => {
      this.#queue.push({ request, resolve });
      this.#dispatch();
    });
  }

  /**
   * Takes all workers, each of which then loads what a job says that later ones will need, before it takes one.
   *
   * @param name Of the job.
   * @param first Its first argument.
   */
  start(name: string, first: unknown): void {
    while (!this.#ended && !this.#alone && this.#idle.length + this.#running.size < this.concurrency) {
      const worker = this.#take();
      worker.notify({ prepare: name, first } satisfies TileNotice);
      this.#idle.push(worker);
    }
  }

  /** Gives the workers back; those at work end. */
  close(): void {
    this.#options.signal?.removeEventListener("abort", this.#onAbort);
    this.#end(new Error("the engine was closed"));
  }

  #dispatch(): void {
    while (!this.#ended && this.#queue.length > 0) {
      const worker = popAlive(this.#idle) ??
        (this.#running.size < this.concurrency ? this.#take() : undefined);
      if (!worker) return;
      this.#running.add(worker);
      this.#work(worker, this.#queue.shift()!);
    }
  }

  async #work(worker: JobWorker, job: Waiting): Promise<void> {
    const outcome = worker.run<never>(job.request);
    await outcome.catch(() => {});
    this.#running.delete(worker);
    this.#answered ||= !worker.hasEnded;
    if (!worker.hasEnded) this.#idle.push(worker);
    // A worker that crashed takes its job with it; another may be started for the next.
    if (this.#answered || this.#ended) job.resolve(outcome);
    else this.#goOnAlone(job);
    this.#dispatch();
  }

  /** Where workers cannot be started, in a bundle or without permission, this thread does the work. */
  #goOnAlone(job: Waiting): void {
    this.#alone ??= new LocalEngine(this.#jobs, this.#options);
    for (const { request, resolve } of [job, ...this.#queue.splice(0)]) resolve(this.#local(request));
  }

  #take(): JobWorker {
    const worker = this.#source.take();
    worker.onNotice = (records) => {
      for (const record of records as TileRecords) {
        const startMilliseconds = record.startMilliseconds - performance.timeOrigin;
        this.#options.onStep?.({ ...record, startMilliseconds });
      }
    };
    worker.notify({ assets: assetUrls() } satisfies TileNotice);
    return worker;
  }

  #local({ job, args }: TileRequest): Promise<never> {
    return (this.#alone as unknown as LocalEngine<{ [job: string]: JobFunction }>).run(
      job,
      ...args,
    ) as Promise<never>;
  }

  #end(reason: unknown): void {
    this.#ended = true;
    for (const worker of this.#idle.splice(0)) this.#source.giveBack(worker);
    for (const worker of this.#running) worker.terminate(reason);
    for (const { resolve } of this.#queue.splice(0)) resolve(Promise.reject(reason));
  }
}
