import { Worker } from "../host/worker.ts";
import { JobWorker, popAlive } from "../concurrency/job_worker.ts";
import type { MeasureJob } from "./measure_worker.ts";
import { makeMeasurer, type Measured, type MeasureRequest } from "./measurer.ts";
import type { MetricTools, ToolSettings } from "./metrics/mod.ts";

/** Makes measurements, several at a time if asked to, each in a worker of its own; one at a time in this thread. */
export class MeasurePool {
  readonly #here: ((request: MeasureRequest) => Promise<Measured>) | undefined;
  readonly #settings: ToolSettings;
  readonly #idle: JobWorker[] = [];

  /**
   * Makes the pool.
   *
   * @param size Measurements that the caller will have under way at a time, at least 1.
   * @param tools The metrics' external programs in this thread; the caller closes them.
   * @param settings How workers start their own.
   */
  constructor(size: number, tools: MetricTools, settings: ToolSettings) {
    this.#here = size === 1 ? makeMeasurer(tools) : undefined;
    this.#settings = settings;
  }

  /**
   * Makes a measurement.
   *
   * @param request What of.
   * @returns The figures.
   * @throws What went wrong; VaeransError ("worker-failed") if the worker crashed.
   */
  async measure(request: MeasureRequest): Promise<Measured> {
    if (this.#here) return await this.#here(request);
    const worker = popAlive(this.#idle) ?? this.#start();
    try {
      const measured = await worker.run<Measured>(request satisfies MeasureJob);
      this.#idle.push(worker);
      return measured;
    } catch (error) {
      // It may be what a broken codec left: the next measurement gets a fresh worker.
      await end(worker);
      throw error;
    }
  }

  /** Ends the workers. Call it when no measurement is under way. */
  async close(): Promise<void> {
    await Promise.all(this.#idle.splice(0).map(end));
  }

  #start(): JobWorker {
    const worker = new JobWorker(() =>
      new Worker(new URL("./measure_worker.ts", import.meta.url), { type: "module" })
    );
    worker.notify(this.#settings);
    return worker;
  }
}

/** Lets a worker end its external programs, then ends it; a crashed one answers nothing more. */
async function end(worker: JobWorker): Promise<void> {
  await worker.run("close" satisfies MeasureJob).catch(() => {});
  worker.terminate();
}
