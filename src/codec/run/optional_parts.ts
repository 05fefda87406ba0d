import type { EngineOptions, TileEngine } from "./tile_engine.ts";
import type { JobTable } from "./tile_job.ts";

/** Parts of the scheduler that an entry point adds when it is imported, so that the graph of `/decode` holds none of them. */
export interface OptionalParts {
  /** Does jobs on a GPU: `gpu_engine.ts`. */
  gpuEngine?: <Jobs>(
    jobs: JobTable<Jobs>,
    device: "auto" | "gpu",
    cpu: TileEngine<Jobs>,
    options: EngineOptions,
  ) => TileEngine<Jobs>;
  /** Starts a worker for tiles: `tile_worker_start.ts` or, for decoding only, `decode_worker_start.ts`. */
  startWorker?: () => Worker;
}

/** What is there. */
export const OPTIONAL_PARTS: OptionalParts = {};
