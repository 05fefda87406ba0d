import { VaeransError } from "../../core/mod.ts";
import { World } from "../../world.ts";
import type { EngineOptions, TileEngine } from "./tile_engine.ts";
import type { ArgsOf, JobPipeOptions, JobTable, ResultOf, TileJob } from "./tile_job.ts";
import { WorldCache } from "./world_cache.ts";

/** Does jobs in this thread, one after the other, in a world that it keeps for the next. */
export class LocalEngine<Jobs> implements TileEngine<Jobs> {
  /** See {@linkcode TileEngine.concurrency}. */
  readonly concurrency: number = 1;
  /** What it can do. */
  protected readonly jobs: JobTable<Jobs>;
  readonly #pipe: JobPipeOptions;
  readonly #worlds: WorldCache<World>;

  /**
   * @param jobs What it can do.
   * @param options Listener and abort signal.
   */
  constructor(jobs: JobTable<Jobs>, options: EngineOptions = {}) {
    this.jobs = jobs;
    this.#pipe = options.signal ? { signal: options.signal } : {};
    this.#worlds = new WorldCache((bytes) => new World({ arenaBytes: roomyBytes(bytes) }), options);
  }

  /** See {@linkcode TileEngine.run}. */
  async run<Name extends keyof Jobs & string>(
    name: Name,
    ...args: ArgsOf<Jobs, Name>
  ): Promise<ResultOf<Jobs, Name>> {
    const job = this.jobs[name] as TileJob | undefined;
    if (job) {
      return await this.#worlds.run(job.arenaBytes(...args), (world) => job.run(world, this.#pipe, ...args));
    }
    throw new VaeransError(
      "encoder-missing",
      `Cannot ${name} a tile: this thread must have the encoder (got the decoder only). Start the workers with the package's ` +
        "main entry point.",
    );
  }

  /** Lets go of the world. */
  close(): void {
    this.#worlds.close();
  }
}

/**
 * Arenas are address space until they are used: one that already has room for the larger jobs to come need not be replaced. But the
 * garbage collector runs the more often, the more address space there is.
 */
const MOST_TIMES_LARGER = 8, MOST_ROOM_BYTES = 2 ** 27;

function roomyBytes(bytes: number): number {
  return Math.max(bytes, Math.min(MOST_TIMES_LARGER * bytes, MOST_ROOM_BYTES));
}
