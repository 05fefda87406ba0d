import type { PyramidLayout } from "../../core/mod.ts";
import type {
  CodedTile,
  CodingChoice,
  EngineOptions,
  RefinementChoice,
  RefinementPlace,
  SynthesisPlace,
  TileEngine,
} from "./tile_engine.ts";
import type { PlacedPyramid, Rect, Window } from "../tiles/tile_grid.ts";
import type { TileJob, TileNotice, TileRecords, TileRequest } from "./serve_tiles.ts";
import { assetUrls } from "../../models/assets.ts";
import { LocalEngine } from "./local_engine.ts";
import { type JobWorker, popAlive } from "../../concurrency/job_worker.ts";
import type { SampleData } from "../samples.ts";
import type { StreamSpec } from "../streams/stream_spec.ts";
import type { WorkerSource } from "./warm_workers.ts";

interface Waiting {
  readonly request: TileRequest;
  readonly resolve: (result: Promise<never>) => void;
}

/**
 * Runs tiles in workers, one job at a time in each, with a world and models of its own: nets have one thread in
 * each. Workers are taken when there is a job for them and go back with {@linkcode close} or the abort signal.
 */
export class WorkerEngine implements TileEngine {
  /** See {@linkcode TileEngine.concurrency}. */
  readonly concurrency: number;
  readonly #options: EngineOptions;
  readonly #source: WorkerSource;
  readonly #idle: JobWorker[] = [];
  readonly #queue: Waiting[] = [];
  readonly #running = new Set<JobWorker>();
  readonly #onAbort = (): void => this.#end(this.#options.signal?.reason);
  #ended = false;
  #answered = false;
  #alone: LocalEngine | undefined;

  /**
   * Makes the object; no worker is taken yet.
   *
   * @param size Most workers, at least 1.
   * @param options Listener and abort signal.
   * @param source Where the workers come from.
   */
  constructor(size: number, options: EngineOptions, source: WorkerSource) {
    this.concurrency = size;
    this.#options = options;
    this.#source = source;
    options.signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  /** See {@linkcode TileEngine.analyse}. */
  analyse(
    spec: StreamSpec,
    samples: SampleData,
    pixels: Rect,
    window: Window,
    tile: Window,
  ): Promise<Float32Array | Int32Array> {
    return this.#run("analyse", [spec, samples, pixels, window, tile]);
  }

  /** See {@linkcode TileEngine.refine}. */
  refine(
    spec: StreamSpec,
    window: PlacedPyramid<Float32Array>,
    place: RefinementPlace,
    choice: RefinementChoice,
  ): Promise<Float32Array> {
    return this.#run("refine", [spec, window, place, choice]);
  }

  /** See {@linkcode TileEngine.encode}. */
  encode(spec: StreamSpec, tile: PlacedPyramid, choice: CodingChoice): Promise<CodedTile> {
    return this.#run("encode", [spec, tile, choice]);
  }

  /** See {@linkcode TileEngine.decode}. */
  decode(spec: StreamSpec, layout: PyramidLayout, coded: CodedTile): Promise<Int32Array> {
    // Sections are views of the whole file, which must not be copied with each of them.
    const sections = coded.sections.map((section) => section.slice());
    return this.#run("decode", [spec, layout, { ...coded, sections }]);
  }

  /** See {@linkcode TileEngine.synthesise}. */
  synthesise(
    spec: StreamSpec,
    window: PlacedPyramid<Int32Array>,
    place: SynthesisPlace,
  ): Promise<SampleData> {
    return this.#run("synthesise", [spec, window, place]);
  }

  /** Takes all workers, each of which then loads what `synthesise` of a stream will need before it takes a job. */
  start(spec: StreamSpec): void {
    while (!this.#ended && !this.#alone && this.#idle.length + this.#running.size < this.concurrency) {
      const worker = this.#take();
      worker.notify({ prepare: spec } satisfies TileNotice);
      this.#idle.push(worker);
    }
  }

  /** Gives the workers back; those at work end. */
  close(): void {
    this.#options.signal?.removeEventListener("abort", this.#onAbort);
    this.#end(new Error("the engine was closed"));
  }

  #run<T>(job: TileJob, args: readonly unknown[]): Promise<T> {
    this.#options.signal?.throwIfAborted();
    if (this.#alone) return this.#local<T>({ job, args });
    return new Promise<T>((resolve) => {
      this.#queue.push({ request: { job, args }, resolve });
      this.#dispatch();
    });
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
    this.#alone ??= new LocalEngine(this.#options);
    for (const { request, resolve } of [job, ...this.#queue.splice(0)]) resolve(this.#local<never>(request));
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

  #local<T>({ job, args }: TileRequest): Promise<T> {
    const run = this.#alone![job] as (...args: unknown[]) => Promise<unknown>;
    return run.apply(this.#alone, [...args]) as Promise<T>;
  }

  #end(reason: unknown): void {
    this.#ended = true;
    for (const worker of this.#idle.splice(0)) this.#source.giveBack(worker);
    for (const worker of this.#running) worker.terminate(reason);
    for (const { resolve } of this.#queue.splice(0)) resolve(Promise.reject(reason));
  }
}
