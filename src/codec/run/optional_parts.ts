import type { EngineOptions, TileEncoder, TileEngine } from "./tile_engine.ts";
import type { EntityPipeOptions } from "../streams/stream_stages.ts";
import type { World } from "../../world.ts";
import type { WorldCache } from "./world_cache.ts";

/**
 * Parts of the codec that an entry point adds when it is imported, so that the graph of `/decode` holds none of them.
 */
export interface OptionalParts {
  /** Encodes tiles in this thread: `local_encoding.ts`. */
  encoder?: (worlds: WorldCache<World>, pipe: EntityPipeOptions) => TileEncoder;
  /** Analyses and synthesises tiles on a GPU: `gpu_engine.ts`. */
  gpuEngine?: (device: "auto" | "gpu", cpu: TileEngine, options: EngineOptions) => TileEngine;
  /** Starts a worker for tiles: `tile_worker_start.ts` or, for decoding only, `decode_worker_start.ts`. */
  startWorker?: () => Worker;
}

/** What is there. */
export const OPTIONAL_PARTS: OptionalParts = {};
