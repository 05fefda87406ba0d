/**
 * A worker that makes the measurements it is sent; see `measure_pool.ts`.
 *
 * @module
 */
import { makeMeasurer, type Measured, type MeasureRequest } from "./measurer.ts";
import { MetricTools, type ToolSettings } from "./metrics/mod.ts";

/** What the worker is sent: first its tools, then measurements, and at last that it is to end its tools. */
export type MeasureMessage =
  | { readonly tools: ToolSettings }
  | { readonly request: MeasureRequest }
  | { readonly close: true };

/** What the worker answers to a request: the figures, or why there are none. And that it has closed. */
export type MeasureReply =
  | { readonly measured: Measured }
  | { readonly error: string }
  | { readonly closed: true };

/** The part of a worker's global scope used here; the library's own type is not loaded with the window's. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<MeasureMessage>) => void) | null;
  postMessage(reply: MeasureReply): void;
}

const scope = globalThis as unknown as WorkerScope;
let tools: MetricTools, measurer: ReturnType<typeof makeMeasurer>;
scope.onmessage = async ({ data }) => {
  try {
    if ("tools" in data) {
      tools = new MetricTools(data.tools);
      measurer = makeMeasurer(tools);
    } else if ("request" in data) {
      scope.postMessage({ measured: await measurer(data.request) });
    } else {
      await tools.close();
      scope.postMessage({ closed: true });
    }
  } catch (error) {
    scope.postMessage({ error: error instanceof Error ? error.message : String(error) });
  }
};
