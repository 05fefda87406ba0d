import type { PyramidLayout } from "../core/mod.ts";
import type {
  CodedGroup,
  CodingChoice,
  EngineOptions,
  GroupEngine,
  RefinementChoice,
  RefinementPlace,
  SynthesisPlace,
} from "./group_engine.ts";
import type { PlacedPyramid, Rect, Window } from "./group_grid.ts";
import { LocalEngine } from "./local_engine.ts";
import type { SampleData } from "./samples.ts";
import type { StreamSpec } from "./stream_spec.ts";
import { WorkerEngine } from "./worker_engine.ts";

/**
 * This thread and workers beside it, for a picture in one piece that is shown in several: this thread begins at once, a
 * worker joins in when it has started, and whoever is free takes the next piece. All else happens here.
 */
export class SharedEngine implements GroupEngine {
  /** See {@linkcode GroupEngine.concurrency}. */
  readonly concurrency: number;
  readonly #local: LocalEngine;
  readonly #workers: WorkerEngine;
  readonly #waiting: ((engine: GroupEngine) => Promise<void>)[] = [];
  readonly #free: GroupEngine[];

  /**
   * Makes the object; no worker is started yet.
   *
   * @param size Threads in all, at least 2.
   * @param options Listener and abort signal.
   */
  constructor(size: number, options: EngineOptions = {}) {
    this.concurrency = size;
    this.#local = new LocalEngine(options);
    this.#workers = new WorkerEngine(size - 1, options);
    this.#free = [this.#local, ...new Array<GroupEngine>(size - 1).fill(this.#workers)];
  }

  /** See {@linkcode GroupEngine.analyse}. */
  analyse(
    spec: StreamSpec,
    samples: SampleData,
    pixels: Rect,
    window: Window,
    group: Window,
  ): Promise<Float32Array | Int32Array> {
    return this.#local.analyse(spec, samples, pixels, window, group);
  }

  /** See {@linkcode GroupEngine.refine}. */
  refine(
    spec: StreamSpec,
    window: PlacedPyramid<Float32Array>,
    place: RefinementPlace,
    choice: RefinementChoice,
  ): Promise<Float32Array> {
    return this.#local.refine(spec, window, place, choice);
  }

  /** See {@linkcode GroupEngine.encode}. */
  encode(spec: StreamSpec, group: PlacedPyramid, choice: CodingChoice): Promise<CodedGroup> {
    return this.#local.encode(spec, group, choice);
  }

  /** See {@linkcode GroupEngine.decode}. */
  decode(spec: StreamSpec, layout: PyramidLayout, coded: CodedGroup): Promise<Int32Array> {
    this.#workers.start(spec);
    return this.#local.decode(spec, layout, coded);
  }

  /** See {@linkcode GroupEngine.synthesise}. */
  synthesise(
    spec: StreamSpec,
    window: PlacedPyramid<Int32Array>,
    place: SynthesisPlace,
  ): Promise<SampleData> {
    return new Promise<SampleData>((resolve, reject) => {
      this.#waiting.push((engine) => engine.synthesise(spec, window, place).then(resolve, reject));
      this.#dispatch();
    });
  }

  /** Frees what it holds; jobs under way fail. */
  close(): void {
    this.#local.close();
    this.#workers.close();
  }

  #dispatch(): void {
    while (this.#waiting.length > 0 && this.#free.length > 0) {
      const engine = this.#free.shift()!;
      this.#waiting.shift()!(engine).finally(() => {
        this.#free.push(engine);
        this.#dispatch();
      });
    }
  }
}
