import { InvalidValueError } from "../core/mod.ts";
import { GpuEngine } from "./gpu_engine.ts";
import type { EngineOptions, GroupEngine } from "./group_engine.ts";
import { LocalEngine } from "./local_engine.ts";
import { checkDevice } from "./options.ts";
import { WorkerEngine } from "./worker_engine.ts";

/** More workers than this take more memory than they save time, unless the caller asks for them. */
const MOST_WORKERS = 4;

/** The engine for a picture of so many groups: this thread for one, workers for several. */
export function engineFor(
  groupCount: number,
  options: EngineOptions & { readonly workers?: number },
): GroupEngine {
  const { workers, device = "cpu" } = options;
  checkDevice(device);
  if (workers !== undefined && !(Number.isInteger(workers) && workers >= 0)) {
    throw new InvalidValueError(
      "workers-range",
      `Cannot run groups in ${workers} workers: it must be a whole number from 0`,
    );
  }
  const cores = globalThis.navigator?.hardwareConcurrency ?? 1;
  const size = Math.min(groupCount, workers ?? Math.min(cores, MOST_WORKERS));
  const alone = groupCount === 1 || size === 0 || (workers === undefined && size === 1);
  const cpu = alone || typeof Worker === "undefined"
    ? new LocalEngine(options)
    : new WorkerEngine(size, options);
  return device === "cpu" ? cpu : new GpuEngine(device, cpu, options);
}
