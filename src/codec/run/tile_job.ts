import type { PipeOptions } from "../../core/mod.ts";
import type { PictureWorld, World } from "../../world.ts";

/** Options of a job's pipes. */
export type JobPipeOptions = Omit<PipeOptions, "onError">;

/** What a job takes and gives: plain data, so that a worker can do it. The caller keeps its arrays. */
// deno-lint-ignore no-explicit-any -- the jobs' own types say what they take
export type JobFunction = (...args: any[]) => Promise<any>;

/** One thing that happens to a tile, with what a scheduler must know of it. */
export interface TileJob<Work extends JobFunction = JobFunction> {
  /** Bytes of arena that it takes on the CPU. */
  arenaBytes(...args: Parameters<Work>): number;
  /** Does it. */
  run(world: World, pipe: JobPipeOptions, ...args: Parameters<Work>): ReturnType<Work>;
  /** Whether it takes so long that the threads beside this one share the jobs that wait. */
  readonly isShared?: boolean;
  /** Loads what shared jobs after this one will need. Workers do so while this thread does the job. */
  prepare?(first: Parameters<Work>[0]): Promise<unknown>;
  /** How it runs on a GPU; absent where it does not. */
  gpu?: GpuJob<Work>;
}

/** How a job runs on a GPU. */
export interface GpuJob<Work extends JobFunction = JobFunction> {
  /** Whether a device does it. */
  accepts(device: "auto" | "gpu", ...args: Parameters<Work>): boolean;
  /** Bytes of the device's arena that it takes. */
  arenaBytes(...args: Parameters<Work>): number;
  /** Jobs of one key go through together, so many at most. */
  alike(...args: Parameters<Work>): { readonly key: string; readonly most: number };
  /** Does jobs that are alike: results in the same order. */
  run(
    world: PictureWorld,
    pipe: JobPipeOptions,
    all: readonly Parameters<Work>[],
  ): Promise<Awaited<ReturnType<Work>>[]>;
}

/** Jobs by name; those that no entry point has added are missing. */
export type JobTable<Jobs> = {
  [Name in keyof Jobs]?: Jobs[Name] extends JobFunction ? TileJob<Jobs[Name]> : never;
};

/** A job's arguments. */
export type ArgsOf<Jobs, Name extends keyof Jobs> = Jobs[Name] extends JobFunction ? Parameters<Jobs[Name]>
  : never;

/** A job's result. */
export type ResultOf<Jobs, Name extends keyof Jobs> = Jobs[Name] extends JobFunction
  ? Awaited<ReturnType<Jobs[Name]>>
  : never;
