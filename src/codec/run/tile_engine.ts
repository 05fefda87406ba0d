import type { TraceRecord } from "../../core/mod.ts";
import type { ArgsOf, ResultOf } from "./tile_job.ts";

/**
 * Where nets and transforms run. `"cpu"`: here. `"gpu"`: on WebGPU, an adapter that computes on the CPU included, or an error
 * that says why not. `"auto"`: on a real GPU; without one on the CPU, which is told once on standard error.
 */
export type DeviceChoice = "auto" | "cpu" | "gpu";

/** Does the jobs of tiles, here, in workers or on a GPU. */
export interface TileEngine<Jobs> {
  /** How many jobs run at once; more may be handed over and wait. */
  readonly concurrency: number;
  /** Pixels that a net shows in one go at most; no limit of the engine's own if absent. */
  readonly mostSharePixels?: number;
  /** Does a job. */
  run<Name extends keyof Jobs & string>(
    name: Name,
    ...args: ArgsOf<Jobs, Name>
  ): Promise<ResultOf<Jobs, Name>>;
  /** Frees what it holds; jobs under way fail. */
  close(): void;
}

/** What runs engines' steps wants to know, and what can stop them. */
export interface EngineOptions {
  /** Called with each step as it ends. */
  readonly onStep?: (record: TraceRecord) => void;
  /** Stops between steps. */
  readonly signal?: AbortSignal;
  /** Where to compute; see `CompressOptions.device`. */
  readonly device?: DeviceChoice;
}
