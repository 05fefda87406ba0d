import { host } from "./mod.ts";

/** The constructor where the runtime has no workers. */
class NoWorker {
  constructor() {
    throw new Error("this runtime has no workers");
  }
}

/**
 * The runtime's class of workers. It is taken when the program starts, before onnxruntime, once it runs, puts another one in its
 * place. `new Worker(new URL("./x.ts", import.meta.url), { type: "module" })` with this class is the form that bundlers follow.
 */
export const Worker: typeof globalThis.Worker = host.Worker ??
  NoWorker as unknown as typeof globalThis.Worker;
