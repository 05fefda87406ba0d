/**
 * A worker that makes the measurements it is sent; see `measure_pool.ts`.
 *
 * @module
 */
import { serveJobs } from "../concurrency/serve_jobs.ts";
import { makeMeasurer, type Measured, type MeasureRequest } from "./measurer.ts";
import { MetricTools, type ToolSettings } from "./metrics/mod.ts";

/** A measurement to make; the last job is to end the external programs. */
export type MeasureJob = MeasureRequest | "close";

let tools: MetricTools, measurer: ReturnType<typeof makeMeasurer>;
serveJobs<MeasureJob, Measured | void, ToolSettings>({
  // Comes once, before the first job: how to start the metrics' external programs.
  onNotice(settings) {
    tools = new MetricTools(settings);
    measurer = makeMeasurer(tools);
  },
  run: (job) => job === "close" ? tools.close() : measurer(job),
});
