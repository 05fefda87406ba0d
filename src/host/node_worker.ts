import type { NodeProcess } from "./node.ts";

/** The part of a thread of `node:worker_threads` that is used here. */
interface NodeThread {
  on(event: "message" | "messageerror" | "error", listener: (value: unknown) => void): void;
  on(event: "exit", listener: (code: number) => void): void;
  postMessage(message: unknown, transfer?: readonly unknown[]): void;
  terminate(): Promise<number>;
}

interface WorkerThreads {
  readonly isMainThread: boolean;
  readonly parentPort: Pick<NodeThread, "on" | "postMessage"> | null;
  readonly Worker: new (url: URL) => NodeThread;
}

/** The class of browsers' workers, on Node's threads: as much of it as `JobWorker` uses. */
export function nodeWorkerClass(process: NodeProcess): typeof Worker {
  class NodeWorker {
    onmessage: ((event: { data: unknown }) => void) | null = null;
    onmessageerror: (() => void) | null = null;
    onerror: ((event: { message: string; preventDefault(): void }) => void) | null = null;
    readonly #thread: NodeThread;

    constructor(url: URL | string) {
      const { Worker } = process.getBuiltinModule<WorkerThreads>("node:worker_threads");
      this.#thread = new Worker(new URL(url));
      this.#thread.on("message", (data) => this.onmessage?.({ data }));
      this.#thread.on("messageerror", () => this.onmessageerror?.());
      this.#thread.on("error", (error) => {
        this.onerror?.({
          message: error instanceof Error ? error.message : String(error),
          preventDefault() {},
        });
      });
    }

    postMessage(message: unknown, transfer: readonly unknown[] = []): void {
      this.#thread.postMessage(message, transfer);
    }

    terminate(): void {
      this.#thread.terminate();
    }
  }
  return NodeWorker as unknown as typeof Worker;
}

/** The global scope of a thread of Node, as a browser's worker has it; `undefined` outside such a thread. */
export function nodeWorkerScope(process: NodeProcess): WorkerScope | undefined {
  const { isMainThread, parentPort } = process.getBuiltinModule<WorkerThreads>("node:worker_threads");
  if (isMainThread || !parentPort) return undefined;
  return {
    set onmessage(listener: WorkerScope["onmessage"]) {
      parentPort.on("message", (data) => listener?.({ data } as MessageEvent));
    },
    postMessage: (message, transfer) => parentPort.postMessage(message, transfer),
  };
}

/** The part of a worker's global scope that is used here; the library's own type is not loaded with the window's. */
export interface WorkerScope {
  /** Takes what the starter of the worker sends. */
  // deno-lint-ignore no-explicit-any
  onmessage: ((event: MessageEvent<any>) => Promise<void> | void) | null;
  /** Sends something to the starter of the worker. */
  postMessage(message: unknown, transfer: Transferable[]): void;
}
