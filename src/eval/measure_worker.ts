/**
 * A worker that makes the measurements it is sent; see `measure_pool.ts`.
 *
 * @module
 */
import { makeMeasurer, type Measured, type MeasureRequest } from "./measurer.ts";

/** What the worker answers: the figures, or why there are none. */
export type MeasureReply = { readonly measured: Measured } | { readonly error: string };

/** The part of a worker's global scope used here; the library's own type is not loaded with the window's. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<MeasureRequest>) => void) | null;
  postMessage(reply: MeasureReply): void;
}

const scope = globalThis as unknown as WorkerScope, measurer = makeMeasurer();
scope.onmessage = async ({ data }) => {
  try {
    scope.postMessage({ measured: await measurer(data) });
  } catch (error) {
    scope.postMessage({ error: error instanceof Error ? error.message : String(error) });
  }
};
