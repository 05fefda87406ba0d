import type { EngineOptions, TileEngine } from "./tile_engine.ts";
import { LocalEngine } from "./local_engine.ts";
import type { ArgsOf, JobTable, ResultOf } from "./tile_job.ts";
import type { WorkerSource } from "./warm_workers.ts";
import { WorkerEngine } from "./worker_engine.ts";

/**
 * This thread and workers beside it, for a picture in one piece that several models analyse or that is shown in strips: this
 * thread begins at once, a worker joins in when it has started, and whoever is free takes the next shared job. Other jobs are done
 * here.
 */
export class SharedEngine<Jobs> extends LocalEngine<Jobs> {
  /** See {@linkcode TileEngine.concurrency}. */
  override readonly concurrency: number;
  readonly #workers: WorkerEngine<Jobs>;
  readonly #waiting: ((free: Pick<TileEngine<Jobs>, "run">) => Promise<void>)[] = [];
  readonly #free: Pick<TileEngine<Jobs>, "run">[];

  /**
   * Makes the object; no worker is started yet.
   *
   * @param jobs What it can do.
   * @param size Threads in all, at least 2.
   * @param options Listener and abort signal.
   * @param source Where the workers come from.
   */
  constructor(jobs: JobTable<Jobs>, size: number, options: EngineOptions, source: WorkerSource) {
    super(jobs, options);
    this.concurrency = size;
    this.#workers = new WorkerEngine(jobs, size - 1, options, source);
    this.#free = [
      { run: (name, ...args) => super.run(name, ...args) },
      ...new Array<WorkerEngine<Jobs>>(size - 1).fill(this.#workers),
    ];
  }

  /** See {@linkcode TileEngine.run}. While this thread does a job that says what comes next, the workers start. */
  override run<Name extends keyof Jobs & string>(
    name: Name,
    ...args: ArgsOf<Jobs, Name>
  ): Promise<ResultOf<Jobs, Name>> {
    const { isShared = false, prepare } = this.jobs[name] ?? {};
    if (prepare) this.#workers.start(name, args[0]);
    if (!isShared) return super.run(name, ...args);
    return new Promise((resolve, reject) => {
      this.#waiting.push((free) => free.run(name, ...args).then(resolve, reject));
      this.#dispatch();
    });
  }

  /** Lets go of the world and of the workers. */
  override close(): void {
    super.close();
    this.#workers.close();
  }

  #dispatch(): void {
    while (this.#waiting.length > 0 && this.#free.length > 0) {
      const free = this.#free.shift()!;
      this.#waiting.shift()!(free).finally(() => {
        this.#free.push(free);
        this.#dispatch();
      });
    }
  }
}
