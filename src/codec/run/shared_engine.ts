import type { PyramidLayout } from "../../core/mod.ts";
import type { CodedTile, EngineOptions, TileEngine } from "./tile_engine.ts";
import { LocalEngine } from "./local_engine.ts";
import type { SampleData } from "../samples.ts";
import type { StreamSpec } from "../streams/stream_spec.ts";
import type { WorkerSource } from "./warm_workers.ts";
import { WorkerEngine } from "./worker_engine.ts";

/** What nets have a part in. */
type NetWork = Pick<TileEngine, "analyse" | "synthesise">;

/**
 * This thread and workers beside it, for a picture in one piece that several models analyse or that is shown in strips: this
 * thread begins at once, a worker joins in when it has started, and whoever is free takes what is next. All else happens here.
 */
export class SharedEngine extends LocalEngine {
  /** See {@linkcode TileEngine.concurrency}. */
  override readonly concurrency: number;
  readonly #workers: WorkerEngine;
  readonly #waiting: ((free: NetWork) => Promise<void>)[] = [];
  readonly #free: NetWork[];

  /**
   * Makes the object; no worker is started yet.
   *
   * @param size Threads in all, at least 2.
   * @param options Listener and abort signal.
   * @param source Where the workers come from.
   */
  constructor(size: number, options: EngineOptions, source: WorkerSource) {
    super(options);
    this.concurrency = size;
    this.#workers = new WorkerEngine(size - 1, options, source);
    const here: NetWork = {
      analyse: (...args) => super.analyse(...args),
      synthesise: (...args) => super.synthesise(...args),
    };
    this.#free = [here, ...new Array<NetWork>(size - 1).fill(this.#workers)];
  }

  /** See {@linkcode TileEngine.analyse}. */
  override analyse(
    ...args: Parameters<TileEngine["analyse"]>
  ): Promise<Float32Array | Int32Array> {
    return this.#share((free) => free.analyse(...args));
  }

  /** See {@linkcode TileEngine.decode}: while this thread decodes, the workers start. */
  override decode(spec: StreamSpec, layout: PyramidLayout, coded: CodedTile): Promise<Int32Array> {
    this.#workers.start(spec);
    return super.decode(spec, layout, coded);
  }

  /** See {@linkcode TileEngine.synthesise}. */
  override synthesise(...args: Parameters<TileEngine["synthesise"]>): Promise<SampleData> {
    return this.#share((free) => free.synthesise(...args));
  }

  /** Lets go of the world and of the workers. */
  override close(): void {
    super.close();
    this.#workers.close();
  }

  #share<T>(work: (free: NetWork) => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push((free) => work(free).then(resolve, reject));
      this.#dispatch();
    });
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
