import { GpuEngine } from "./gpu_engine.ts";
import type { EngineOptions, GroupEngine } from "./group_engine.ts";
import { LocalEngine } from "./local_engine.ts";
import { checkDevice } from "./options.ts";
import { SharedEngine } from "./shared_engine.ts";
import { chosenWorkers, type WorkerChoice } from "./warm_workers.ts";
import { WorkerEngine } from "./worker_engine.ts";

/** More workers than this take more memory than they save time, unless the caller asks for them. */
const MOST_WORKERS = 4;

/** A picture in one piece of fewer pixels is left to this thread alone: a worker would start too late. */
const LEAST_SHARED_PIXELS = 3 * 2 ** 20;

/** The same with workers that stay. */
const LEAST_WARM_PIXELS = 2 ** 19;

/**
 * The engine for a picture of so many pixels in one piece: this thread, and workers beside it if that pays.
 *
 * @param isLatent Whether nets are run, which take most of the time.
 */
export function engineForPiece(
  pixelCount: number,
  isLatent: boolean,
  options: EngineOptions & { readonly workers?: WorkerChoice },
): GroupEngine {
  const { device = "cpu" } = options;
  const { count, source, areWarm } = chosenWorkers(options.workers);
  const cores = globalThis.navigator?.hardwareConcurrency ?? 1;
  const size = Math.min(MOST_WORKERS, count === undefined ? cores : count + 1);
  const leastPixels = areWarm ? LEAST_WARM_PIXELS : LEAST_SHARED_PIXELS;
  const isShared = isLatent && device === "cpu" && pixelCount >= leastPixels && size > 1 &&
    typeof Worker !== "undefined";
  return isShared ? new SharedEngine(size, options, source) : engineFor(1, options);
}

/** The engine for a picture of so many groups: this thread for one, workers for several. */
export function engineFor(
  groupCount: number,
  options: EngineOptions & { readonly workers?: WorkerChoice },
): GroupEngine {
  const { device = "cpu" } = options;
  checkDevice(device);
  const { count, source } = chosenWorkers(options.workers);
  const cores = globalThis.navigator?.hardwareConcurrency ?? 1;
  const size = Math.min(groupCount, count ?? Math.min(cores, MOST_WORKERS));
  const alone = groupCount === 1 || size === 0 || (count === undefined && size === 1);
  const cpu = alone || typeof Worker === "undefined"
    ? new LocalEngine(options)
    : new WorkerEngine(size, options, source);
  return device === "cpu" ? cpu : new GpuEngine(device, cpu, options);
}
