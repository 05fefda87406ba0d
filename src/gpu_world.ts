// deno-doc-ignore-file private-type-ref -- other entry points of the package export these types
/**
 * Worlds on a GPU: the same systems and components, their tensors in buffers of a WebGPU device.
 *
 * @module
 */
import "./kernels/cpu/all_kernels.ts";
import "./kernels/cpu/metrics/mod.ts";
import { CpuArena, DEFAULT_ARENA_BYTES, type DeviceTimer } from "./core/mod.ts";
import { type Gpu, sharedGpu } from "./kernels/gpu/device.ts";
import { GpuArena } from "./kernels/gpu/gpu_arena.ts";
import { GpuKernels } from "./kernels/gpu/gpu_kernels.ts";
import { configuredArenaBytes } from "./models/lookup.ts";
import { checkNames } from "./core/option_rules.ts";
import { PictureWorld, WORLD_OPTIONS, type WorldOptions } from "./world.ts";

export { GpuArena, type TensorBinding } from "./kernels/gpu/gpu_arena.ts";
export { PictureWorld, type WorldOptions } from "./world.ts";

/** Options of a {@linkcode GpuWorld}. */
export interface GpuWorldOptions extends WorldOptions {
  /** Also take an adapter that computes on the CPU, as Mesa's lavapipe does; true by default. */
  readonly allowSoftware?: boolean;
}

/**
 * A world on a GPU: the same systems and components, their tensors in buffers of the device. The process's worlds share
 * one device. Values are read with `world.read(ref)`; symbols and streams lie in `world.host`.
 *
 * Memory of the device is held until `destroy()`.
 */
export class GpuWorld extends PictureWorld<GpuArena> {
  readonly #gpu: Gpu;

  private constructor(gpu: Gpu, options: GpuWorldOptions) {
    const { arenaBytes = DEFAULT_ARENA_BYTES } = options;
    const arena = new GpuArena(gpu.queue, arenaBytes), host = new CpuArena(arenaBytes);
    super(arena, new GpuKernels(gpu, arena, host), { ...options, device: "gpu" }, host);
    this.#gpu = gpu;
  }

  /**
   * Makes a world on the process's GPU, opening it if need be. Its arenas have the capacity of the options, else the one that
   * `vaerans.toml` gives (`[memory] arena_size`), else 512 MiB.
   *
   * Errors: `GpuError` ("gpu-unavailable"), `ConfigError`.
   */
  static async open(options: GpuWorldOptions = {}): Promise<GpuWorld> {
    checkNames("make a world", options, [...WORLD_OPTIONS, "allowSoftware"]);
    const arenaBytes = options.arenaBytes ?? await configuredArenaBytes();
    return new GpuWorld(await sharedGpu(options), {
      ...options,
      ...arenaBytes !== undefined && { arenaBytes },
    });
  }

  /** What the system calls the adapter. */
  get adapterName(): string {
    return this.#gpu.adapterName;
  }

  /** Whether the adapter computes on the CPU. */
  get isSoftware(): boolean {
    return this.#gpu.isSoftware;
  }

  /** The device, to share it with code of one's own. */
  get device(): GPUDevice {
    return this.#gpu.device;
  }

  /** Times kernels by the device's own clock. */
  override get deviceTimer(): DeviceTimer {
    return this.#gpu.queue.timer;
  }

  /** Gives the device's memory back. The world cannot be used any more. */
  destroy(): void {
    this.clear();
    this.arena.destroy();
  }
}
