import { GpuError } from "../../core/mod.ts";
import type { PictureWorld } from "../../world.ts";
import type { EngineOptions } from "./tile_engine.ts";

/** Runs jobs in a world, one after the other, and keeps it for the next as long as it is large enough. */
export class WorldCache<W extends PictureWorld> {
  readonly #open: (arenaBytes: number) => W | Promise<W>;
  readonly #options: EngineOptions;
  #world: W | undefined;
  #last: Promise<unknown> = Promise.resolve();

  /**
   * @param open Makes a world.
   * @param options Listener and abort signal.
   */
  constructor(open: (arenaBytes: number) => W | Promise<W>, options: EngineOptions) {
    this.#open = open;
    this.#options = options;
  }

  /**
   * Runs `job` in a world with an arena of at least so many bytes, empty before and after.
   *
   * @param arenaBytes May be told when the job's turn has come.
   */
  run<T>(arenaBytes: number | (() => number), job: (world: W) => Promise<T>): Promise<T> {
    const result = this.#last.then(async () => {
      this.#options.signal?.throwIfAborted();
      const bytes = typeof arenaBytes === "number" ? arenaBytes : arenaBytes();
      if (this.#world && this.#world.arena.stats().capacityBytes < bytes) this.#drop();
      const world = this.#world ??= await this.#open(bytes);
      try {
        return await job(world);
      } catch (error) {
        // A device that was lost does not come back; the next world gets a fresh one.
        if (error instanceof GpuError) this.#drop();
        throw error;
      } finally {
        const records = world.trace.records.splice(0);
        if (this.#options.onStep) records.forEach((record) => this.#options.onStep!(record));
        world.clear();
      }
    });
    this.#last = result.catch(() => {});
    return result;
  }

  /** Lets go of the world once the jobs handed over have ended. */
  close(): void {
    this.#last.then(() => this.#drop());
  }

  #drop(): void {
    this.#world?.arena.destroy();
    this.#world = undefined;
  }
}
