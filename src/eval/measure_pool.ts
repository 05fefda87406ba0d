import { WebWorker } from "../concurrency/web_worker.ts";
import type { MeasureMessage, MeasureReply } from "./measure_worker.ts";
import { makeMeasurer, type Measured, type MeasureRequest } from "./measurer.ts";
import type { MetricTools, ToolSettings } from "./metrics/mod.ts";

/** Makes measurements, several at a time if asked to, each in a worker of its own; one at a time in this thread. */
export class MeasurePool {
  readonly #here: ((request: MeasureRequest) => Promise<Measured>) | undefined;
  readonly #settings: ToolSettings;
  readonly #idle: Worker[] = [];

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
   * @throws Error With the message of what went wrong.
   */
  async measure(request: MeasureRequest): Promise<Measured> {
    if (this.#here) return await this.#here(request);
    const worker = this.#idle.pop() ?? this.#start();
    const reply = await ask(worker, { request });
    if ("measured" in reply) {
      this.#idle.push(worker);
      return reply.measured;
    }
    // It may be what a broken codec left: the next measurement gets a fresh worker.
    if ("crash" in reply) worker.terminate();
    else await end(worker);
    throw new Error("error" in reply ? reply.error : `the worker failed: ${"crash" in reply && reply.crash}`);
  }

  /** Ends the workers. Call it when no measurement is under way. */
  async close(): Promise<void> {
    await Promise.all(this.#idle.splice(0).map(end));
  }

  #start(): Worker {
    const worker = new WebWorker(new URL("./measure_worker.ts", import.meta.url), { type: "module" });
    worker.postMessage({ tools: this.#settings } satisfies MeasureMessage);
    return worker;
  }
}

/** Lets a worker end its external programs, then ends it. */
async function end(worker: Worker): Promise<void> {
  await ask(worker, { close: true });
  worker.terminate();
}

/** A crashed worker answers nothing more. */
async function ask(
  worker: Worker,
  message: MeasureMessage,
): Promise<MeasureReply | { readonly crash: string }> {
  return await new Promise((resolve) => {
    worker.onmessage = ({ data }: MessageEvent<MeasureReply>) => resolve(data);
    worker.onerror = (event) => {
      event.preventDefault();
      resolve({ crash: event.message });
    };
    worker.postMessage(message);
  });
}
