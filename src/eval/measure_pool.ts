import { WebWorker } from "../concurrency/web_worker.ts";
import type { MeasureReply } from "./measure_worker.ts";
import { makeMeasurer, type Measured, type MeasureRequest } from "./measurer.ts";

/** Makes measurements, several at a time if asked to, each in a worker of its own; one at a time in this thread. */
export class MeasurePool {
  readonly #here: ((request: MeasureRequest) => Promise<Measured>) | undefined;
  readonly #idle: Worker[] = [];

  /** @param size Measurements that the caller will have under way at a time, at least 1. */
  constructor(size: number) {
    this.#here = size === 1 ? makeMeasurer() : undefined;
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
    const url = new URL("./measure_worker.ts", import.meta.url);
    const worker = this.#idle.pop() ?? new WebWorker(url, { type: "module" });
    const reply = await new Promise<MeasureReply>((resolve) => {
      worker.onmessage = ({ data }: MessageEvent<MeasureReply>) => resolve(data);
      worker.onerror = (event) => {
        event.preventDefault();
        worker.terminate();
        resolve({ error: `the worker failed: ${event.message}` });
      };
      worker.postMessage(request);
    });
    if ("error" in reply) {
      // It may be what a broken codec left: the next measurement gets a fresh one.
      worker.terminate();
      throw new Error(reply.error);
    }
    this.#idle.push(worker);
    return reply.measured;
  }

  /** Ends the workers. Call it when no measurement is under way. */
  close(): void {
    for (const worker of this.#idle.splice(0)) worker.terminate();
  }
}
