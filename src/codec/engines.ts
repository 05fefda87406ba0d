import { InvalidValueError } from "../core/mod.ts";
import { GpuEngine } from "./gpu_engine.ts";
import type { EngineOptions, GroupEngine } from "./group_engine.ts";
import { LocalEngine } from "./local_engine.ts";
import { checkDevice } from "./options.ts";
import { SharedEngine } from "./shared_engine.ts";
import { WorkerEngine } from "./worker_engine.ts";

/** More workers than this take more memory than they save time, unless the caller asks for them. */
const MOST_WORKERS = 4;

/** Pictures in one piece of fewer pixels are shown in this thread alone: a worker would start too late. */
const LEAST_SHARED_PIXELS = 2 ** 21;

/**
 * The engine to show so many pixels of a picture in one piece: this thread, and workers beside it if that pays.
 *
 * @param isLatent Whether nets are run, which take most of the time.
 */
export function engineToShow(
  pixelCount: number,
  isLatent: boolean,
  options: EngineOptions & { readonly workers?: number },
): GroupEngine {
  const { workers, device = "cpu" } = options;
  const cores = globalThis.navigator?.hardwareConcurrency ?? 1;
  const size = Math.min(MOST_WORKERS, workers === undefined ? cores : workers + 1);
  const isShared = isLatent && device === "cpu" && pixelCount >= LEAST_SHARED_PIXELS && size > 1 &&
    typeof Worker !== "undefined";
  return isShared ? new SharedEngine(size, options) : engineFor(1, options);
}

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
