import { GpuError, InvalidValueError, ModelError } from "../../core/mod.ts";
import { GpuWorld } from "../../gpu_world.ts";
import type { EngineOptions, TileEngine } from "./tile_engine.ts";
import { Batcher } from "./batcher.ts";
import { OPTIONAL_PARTS } from "./optional_parts.ts";
import type { ArgsOf, GpuJob, JobPipeOptions, JobTable, ResultOf } from "./tile_job.ts";
import { WorldCache } from "./world_cache.ts";

/** Failures of nets on a GPU after which the CPU may still run them. */
const NET_FAILURES: readonly string[] = ["onnxruntime-unavailable", "model-open", "model-run"];

let toldOfFallback = false;

/** Does jobs on a GPU that say how, and leaves the others to another engine. */
class GpuEngine<Jobs> implements TileEngine<Jobs> {
  /** See {@linkcode TileEngine.concurrency}. */
  readonly concurrency: number;
  /** See {@linkcode TileEngine.mostSharePixels}: a GPU holds whole maps. */
  readonly mostSharePixels: number = 2 ** 20;
  readonly #jobs: JobTable<Jobs>;
  readonly #device: "auto" | "gpu";
  readonly #cpu: TileEngine<Jobs>;
  readonly #pipe: JobPipeOptions;
  readonly #worlds: WorldCache<GpuWorld>;
  readonly #batcher: Batcher<readonly unknown[], unknown> = new Batcher();

  /**
   * @param jobs Jobs, with their forms for a GPU.
   * @param device `"gpu"`: any adapter, or an error; `"auto"`: a real GPU, or the CPU.
   * @param cpu Does the rest.
   * @param options Listener and abort signal.
   */
  constructor(
    jobs: JobTable<Jobs>,
    device: "auto" | "gpu",
    cpu: TileEngine<Jobs>,
    options: EngineOptions,
  ) {
    this.#jobs = jobs;
    this.#device = device;
    this.#cpu = cpu;
    this.concurrency = cpu.concurrency;
    this.#pipe = options.signal ? { signal: options.signal } : {};
    const allowSoftware = device === "gpu";
    this.#worlds = new WorldCache((arenaBytes) => GpuWorld.open({ arenaBytes, allowSoftware }), options);
  }

  /** See {@linkcode TileEngine.run}. What waits while the device is busy goes through it together, if it is alike. */
  async run<Name extends keyof Jobs & string>(
    name: Name,
    ...args: ArgsOf<Jobs, Name>
  ): Promise<ResultOf<Jobs, Name>> {
    const gpu = this.#jobs[name]?.gpu as GpuJob | undefined;
    if (!gpu?.accepts(this.#device, ...args)) return await this.#cpu.run(name, ...args);
    try {
      return await this.#runWithOthers(name, gpu, args) as ResultOf<Jobs, Name>;
    } catch (error) {
      const tooLarge = error instanceof InvalidValueError && error.code === "gpu-tensor-size";
      const netFailed = error instanceof ModelError && NET_FAILURES.includes(error.code);
      if (this.#device === "gpu" || !(error instanceof GpuError || tooLarge || netFailed)) throw error;
      if (!toldOfFallback) console.warn(`vaerans: ${error.message}; computing on the CPU`);
      toldOfFallback = true;
      return await this.#cpu.run(name, ...args);
    }
  }

  /** Gives the device's memory back. */
  close(): void {
    this.#worlds.close();
    this.#cpu.close();
  }

  #runWithOthers(name: string, gpu: GpuJob, args: readonly unknown[]): Promise<unknown> {
    const { key, most } = gpu.alike(...args);
    return this.#batcher.add(args, `${name} ${key}`, most, (take) => {
      let all: readonly (readonly unknown[])[] = [];
      const arenaBytes = () => {
        all = take();
        return all.length * gpu.arenaBytes(...args);
      };
      return this.#worlds.run(
        arenaBytes,
        async (world) => all.length > 0 ? await gpu.run(world, this.#pipe, all as unknown[][]) : [],
      );
    });
  }
}

OPTIONAL_PARTS.gpuEngine = (jobs, device, cpu, options) => new GpuEngine(jobs, device, cpu, options);
