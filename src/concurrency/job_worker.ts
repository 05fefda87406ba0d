import { messageOf } from "../core/error_message.ts";
import { withResolvers } from "../host/promise.ts";
import { VaeransError } from "../core/errors.ts";
import { type ErrorClasses, type PlainError, revivedError } from "./error_codec.ts";

/** What a worker is sent: a job, whose id comes back with the answer, or a notice, which has no id and no answer. */
export type JobMessage = { readonly id?: number; readonly content: unknown };

/** What a worker sends: the answer to a job, or a notice. */
export type WorkerMessage =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: PlainError }
  | { readonly notice: unknown };

/** Options of a {@linkcode JobWorker}. */
export interface JobWorkerOptions {
  /** Error classes that its jobs throw, beside those that the error codec knows. */
  readonly errors?: ErrorClasses;
  /** Makes the error of a worker that does not start, crashes or was terminated; by default its code is "worker-failed". */
  readonly failure?: (reason: string) => Error;
}

/**
 * A module worker that calls `serveJobs`: hands jobs out and matches the answers to them. A worker that does not start has
 * ended, like one that crashes: jobs under way and later ones reject.
 */
export class JobWorker {
  /** Called with each notice of the worker. */
  onNotice: ((notice: unknown) => void) | undefined;
  readonly #errors: ErrorClasses | undefined;
  readonly #failure: (reason: string) => Error;
  readonly #worker: Worker | undefined;
  readonly #running = new Map<number, PromiseWithResolvers<unknown>>();
  #nextId = 0;
  #end: { readonly reason: unknown } | undefined;

  /**
   * Starts a worker.
   *
   * @param start Makes it, e.g. `() => new Worker(new URL("./worker.ts", import.meta.url), { type: "module" })`: in this form, with
   *   `Worker` of `src/host/`, bundlers see that the worker's module belongs to the program.
   */
  constructor(start: () => Worker, { errors, failure = workerFailed }: JobWorkerOptions = {}) {
    this.#errors = errors;
    this.#failure = failure;
    const fail = (reason: string) => this.terminate(failure(reason));
    try {
      this.#worker = start();
    } catch (error) {
      fail(messageOf(error));
      return;
    }
    this.#worker.onmessage = ({ data }: MessageEvent<WorkerMessage>) => this.#receive(data);
    this.#worker.onmessageerror = () => fail("its answer cannot be deserialised");
    this.#worker.onerror = (event) => {
      event.preventDefault();
      fail(event.message);
    };
  }

  /** Whether it takes no more jobs: it did not start, crashed or was terminated. */
  get hasEnded(): boolean {
    return this.#end !== undefined;
  }

  /**
   * Hands out a job.
   *
   * @param job What structured clone takes.
   * @param options `transfer`: memory to hand over. `signal`: terminates the worker, and all its jobs reject with its reason.
   * @throws What the job threw, of the same class; the reason of {@linkcode terminate} or of the signal; the `failure` of a
   *   worker that crashed.
   */
  async run<T>(
    job: unknown,
    { transfer = [], signal }: { readonly transfer?: Transferable[]; readonly signal?: AbortSignal } = {},
  ): Promise<T> {
    signal?.throwIfAborted();
    if (this.#end) throw this.#end.reason;
    const id = this.#nextId++, running = withResolvers<unknown>();
    const abort = () => this.terminate(signal!.reason);
    signal?.addEventListener("abort", abort);
    this.#running.set(id, running);
    try {
      this.#worker!.postMessage({ id, content: withOwnMemory(job) } satisfies JobMessage, transfer);
      return await running.promise as T;
    } finally {
      this.#running.delete(id);
      signal?.removeEventListener("abort", abort);
    }
  }

  /** Sends what has no answer. */
  notify(notice: unknown): void {
    this.#worker?.postMessage({ content: notice } satisfies JobMessage);
  }

  /** Ends the worker at once; jobs under way, and later ones, reject with `reason`. */
  terminate(reason: unknown = this.#failure("it was terminated")): void {
    if (this.#end) return;
    this.#end = { reason };
    this.#worker?.terminate();
    for (const { reject } of this.#running.values()) reject(reason);
  }

  #receive(message: WorkerMessage): void {
    if ("notice" in message) return this.onNotice?.(message.notice);
    const running = this.#running.get(message.id);
    if ("error" in message) running?.reject(revivedError(message.error, this.#errors));
    else running?.resolve(message.result);
  }
}

/** Takes the last worker that has not ended off a list; the ended ones behind it are dropped. */
export function popAlive(idle: JobWorker[]): JobWorker | undefined {
  let worker = idle.pop();
  while (worker?.hasEnded) worker = idle.pop();
  return worker;
}

/** A job whose views of parts of a larger memory, as of a file, are copies: structured clone would copy all of that memory. */
function withOwnMemory(value: unknown): unknown {
  if (value instanceof Uint8Array) {
    return value.length < value.buffer.byteLength ? value.slice() : value;
  }
  if (Array.isArray(value)) return value.map(withOwnMemory);
  if (Object.prototype.toString.call(value) !== "[object Object]") return value;
  return Object.fromEntries(Object.entries(value as object).map(([key, one]) => [key, withOwnMemory(one)]));
}

function workerFailed(reason: string): VaeransError {
  return new VaeransError(
    "worker-failed",
    `Cannot finish a job: its worker must run to the end (got: ${reason}). Try again with fewer ` +
      "workers, or without (workers: 0).",
  );
}
