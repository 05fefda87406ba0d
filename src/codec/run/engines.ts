import { coreCount, host } from "../../host/mod.ts";
import { GpuError } from "../../core/mod.ts";
import type { EngineOptions, TileEngine } from "./tile_engine.ts";
import { LocalEngine } from "./local_engine.ts";
import { checkDevice } from "../options.ts";
import { OPTIONAL_PARTS } from "./optional_parts.ts";
import type { JobTable } from "./tile_job.ts";
import { SharedEngine } from "./shared_engine.ts";
import { chosenWorkers, type WorkerChoice } from "./warm_workers.ts";
import { WorkerEngine } from "./worker_engine.ts";

/** More workers than this take more memory than they save time, unless the caller asks for them. */
const MOST_WORKERS = 4;

/** A picture in one piece of fewer pixels is left to this thread alone: a worker would start too late. */
const LEAST_SHARED_PIXELS = 3 * 2 ** 20;

/** The same with workers that stay. */
const LEAST_WARM_PIXELS = 2 ** 19;

/** What an engine is chosen by, besides the picture. */
export interface EngineChoice extends EngineOptions {
  /** See `DecompressOptions.workers`. */
  readonly workers?: WorkerChoice;
  /** Most threads, this one included; no limit by default. */
  readonly maxThreads?: number;
}

/** Threads that a picture of so many pixels in one piece is shared by: 1 if sharing does not pay. */
export function threadsForPiece(pixelCount: number, runsNets: boolean, options: EngineChoice): number {
  const { device = "cpu", maxThreads = Infinity } = options;
  const { count, areWarm } = chosenWorkers(options.workers);
  const size = Math.min(MOST_WORKERS, maxThreads, count === undefined ? coreCount() : count + 1);
  const leastPixels = areWarm ? LEAST_WARM_PIXELS : LEAST_SHARED_PIXELS;
  const isShared = runsNets && device === "cpu" && pixelCount >= leastPixels && size > 1 &&
    host.Worker !== undefined;
  return isShared ? size : 1;
}

/**
 * The engine for a picture of so many pixels in one piece: this thread, and workers beside it if that pays.
 *
 * @param runsNets Whether nets are run, which take most of the time.
 */
export function engineForPiece<Jobs>(
  jobs: JobTable<Jobs>,
  pixelCount: number,
  runsNets: boolean,
  options: EngineChoice,
): TileEngine<Jobs> {
  const threads = threadsForPiece(pixelCount, runsNets, options);
  if (threads === 1) return engineFor(jobs, 1, options);
  return new SharedEngine(jobs, threads, options, chosenWorkers(options.workers).source);
}

/** Threads that work on a picture of so many tiles: this one alone, or as many workers. */
export function threadsForGroups(tileCount: number, options: EngineChoice): number {
  return Math.max(1, workersForGroups(tileCount, options));
}

/** The engine for a picture of so many tiles: this thread for one, workers for several. */
export function engineFor<Jobs>(
  jobs: JobTable<Jobs>,
  tileCount: number,
  options: EngineChoice,
): TileEngine<Jobs> {
  const { device = "cpu" } = options;
  checkDevice(device);
  const workers = workersForGroups(tileCount, options);
  const cpu = workers === 0
    ? new LocalEngine(jobs, options)
    : new WorkerEngine(jobs, workers, options, chosenWorkers(options.workers).source);
  const { gpuEngine } = OPTIONAL_PARTS;
  if (device === "cpu" || (device === "auto" && !gpuEngine)) return cpu;
  if (gpuEngine) return gpuEngine(jobs, device, cpu, options);
  throw new GpuError(
    "gpu-unavailable",
    "Cannot compute on a GPU: the package's part for it must be loaded (got the decoder only). Import the entry point /webgpu.",
  );
}

/** 0 where this thread does the work itself. */
function workersForGroups(tileCount: number, options: EngineChoice): number {
  const { maxThreads = Infinity } = options;
  const { count } = chosenWorkers(options.workers);
  const size = Math.min(tileCount, maxThreads, count ?? Math.min(coreCount(), MOST_WORKERS));
  const alone = tileCount === 1 || (count === undefined && size === 1) || host.Worker === undefined;
  return alone ? 0 : size;
}
