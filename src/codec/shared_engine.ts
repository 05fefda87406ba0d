import type { PyramidLayout } from "../core/mod.ts";
import type { CodedGroup, EngineOptions, SynthesisPlace } from "./group_engine.ts";
import type { PlacedPyramid } from "./group_grid.ts";
import { LocalEngine } from "./local_engine.ts";
import type { SampleData } from "./samples.ts";
import type { StreamSpec } from "./stream_spec.ts";
import type { WorkerSource } from "./warm_workers.ts";
import { WorkerEngine } from "./worker_engine.ts";

/** Shows a window's samples. */
type Synthesise = LocalEngine["synthesise"];

/**
 * This thread and workers beside it, for a picture in one piece that is shown in several: this thread begins at once, a
 * worker joins in when it has started, and whoever is free takes the next piece. All else happens here.
 */
export class SharedEngine extends LocalEngine {
  /** See {@linkcode GroupEngine.concurrency}. */
  override readonly concurrency: number;
  readonly #workers: WorkerEngine;
  readonly #waiting: ((synthesise: Synthesise) => Promise<void>)[] = [];
  readonly #free: Synthesise[];

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
    const here: Synthesise = (...args) => super.synthesise(...args);
    const beside: Synthesise = (...args) => this.#workers.synthesise(...args);
    this.#free = [here, ...new Array<Synthesise>(size - 1).fill(beside)];
  }

  /** See {@linkcode GroupEngine.decode}: while this thread decodes, the workers start. */
  override decode(spec: StreamSpec, layout: PyramidLayout, coded: CodedGroup): Promise<Int32Array> {
    this.#workers.start(spec);
    return super.decode(spec, layout, coded);
  }

  /** See {@linkcode GroupEngine.synthesise}. */
  override synthesise(
    spec: StreamSpec,
    window: PlacedPyramid<Int32Array>,
    place: SynthesisPlace,
  ): Promise<SampleData> {
    return new Promise<SampleData>((resolve, reject) => {
      this.#waiting.push((synthesise) => synthesise(spec, window, place).then(resolve, reject));
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
      const synthesise = this.#free.shift()!;
      this.#waiting.shift()!(synthesise).finally(() => {
        this.#free.push(synthesise);
        this.#dispatch();
      });
    }
  }
}
