import { InvalidValueError } from "../../core/mod.ts";
import { OPTIONAL_PARTS } from "./optional_parts.ts";
import { JobWorker, popAlive } from "../../concurrency/job_worker.ts";

/** Where an engine's workers come from. */
export interface WorkerSource {
  /** Gives a worker that has nothing to do. */
  take(): JobWorker;
  /** Takes back a worker that has nothing to do. */
  giveBack(worker: JobWorker): void;
}

/** Starts a worker for each that is wanted, and ends those that come back. */
export const COLD_WORKERS: WorkerSource = {
  take: () =>
    new JobWorker(() => {
      const { startWorker } = OPTIONAL_PARTS;
      if (startWorker) return startWorker();
      throw new Error("no entry point of the package has said how workers start");
    }),
  giveBack: (worker) => worker.terminate(),
};

/** Where the engines of calls with these workers have them from. */
let sourceOf: (workers: WarmWorkers) => WorkerSource;

/**
 * Workers that stay from call to call, each with the models it has loaded. A call by itself starts its workers and ends
 * them, which takes some tenths of a second: worth it for pictures of three megapixels or more. With workers that have stayed,
 * pictures from half a megapixel on are decoded by all cores.
 *
 * Give it as `workers` to `compress`, `decompress` or `decompressStream`. Until it is closed its workers keep a Deno program
 * from ending by itself.
 *
 * @example Decode one picture after another with all cores
 * ```ts
 * import { compress, decompress, WarmWorkers } from "@vaerans/vaerans";
 * import { assertEquals } from "@std/assert";
 *
 * const picture = { data: new Uint8ClampedArray(4 * 64 * 64).fill(128), width: 64, height: 64 };
 * const files = [await compress(picture), await compress(picture, { quality: 80 })];
 *
 * using workers = new WarmWorkers();
 * for (const file of files) assertEquals((await decompress(file, { workers })).width, 64);
 * ```
 */
export class WarmWorkers implements Disposable {
  /** Most workers of a call, as it was given; by default one a core, at most four. */
  readonly count: number | undefined;
  readonly #idle: JobWorker[] = [];
  #isClosed = false;

  static {
    sourceOf = (workers) => ({
      take: () => workers.#take(),
      giveBack: (worker) => workers.#giveBack(worker),
    });
  }

  /**
   * Makes the object; workers start when a call first wants them.
   *
   * @param count Most workers of a call, a whole number from 0; by default one a core, at most four.
   * @throws InvalidValueError ("workers-range")
   */
  constructor(count?: number) {
    checkCount(count);
    this.count = count;
  }

  /** Ends the workers. Calls under way keep theirs until they are done, later ones start their own and end them. */
  close(): void {
    this.#isClosed = true;
    for (const worker of this.#idle.splice(0)) worker.terminate();
  }

  /** See {@linkcode WarmWorkers.close}. */
  [Symbol.dispose](): void {
    this.close();
  }

  #take(): JobWorker {
    return popAlive(this.#idle) ?? COLD_WORKERS.take();
  }

  #giveBack(worker: JobWorker): void {
    if (this.#isClosed) {
      worker.terminate();
      return;
    }
    worker.onNotice = undefined;
    this.#idle.push(worker);
  }
}

/** How many workers a call may have, and which. */
export type WorkerChoice = number | WarmWorkers;

/** What a choice of workers comes to. */
export interface ChosenWorkers {
  /** Most workers; `undefined` to go by the cores. */
  readonly count: number | undefined;
  /** Where they come from. */
  readonly source: WorkerSource;
  /** Whether they are there again for the next call. */
  readonly areWarm: boolean;
}

/** What a choice of workers comes to. Errors: `InvalidValueError` ("workers-range"). */
export function chosenWorkers(workers: WorkerChoice | undefined): ChosenWorkers {
  if (workers instanceof WarmWorkers) {
    return { count: workers.count, source: sourceOf(workers), areWarm: true };
  }
  checkCount(workers);
  return { count: workers, source: COLD_WORKERS, areWarm: false };
}

function checkCount(count: number | undefined): void {
  if (count === undefined || (Number.isInteger(count) && count >= 0)) return;
  throw new InvalidValueError(
    "workers-range",
    `Cannot run tiles in ${count} workers: the number must be a whole number from 0 (got ${count}). Use 0 for none.`,
  );
}
