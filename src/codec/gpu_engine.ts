import { GpuError, InvalidValueError, type PyramidLayout } from "../core/mod.ts";
import { GpuWorld } from "../gpu_world.ts";
import type { CodedGroup, CodingChoice, EngineOptions, GroupEngine, SynthesisPlace } from "./group_engine.ts";
import type { PlacedPyramid, Rect, Window } from "./group_grid.ts";
import { analyseIn, synthesiseIn } from "./group_work.ts";
import type { SampleData } from "./samples.ts";
import { arenaBytesOf, type StreamSpec } from "./stream_spec.ts";
import type { EntityPipeOptions } from "./stream_stages.ts";
import { WorldKeeper } from "./world_keeper.ts";

/** A GPU works in blocks of this: each tensor and each range of scratch may lose as much. */
const SLACK_BYTES = 2 ** 20;

let toldOfFallback = false;

/**
 * Analyses and synthesises groups on a GPU, and leaves entropy coding, and streams in integers, to another engine.
 *
 * Of a group, only its coefficients are read back when encoding: the optimised quantiser weighs what rounding would lose, and
 * a search for a size quantises them many times. When decoding, only pixels are read back.
 */
export class GpuEngine implements GroupEngine {
  /** See {@linkcode GroupEngine.concurrency}. */
  readonly concurrency: number;
  readonly #cpu: GroupEngine;
  readonly #fallsBack: boolean;
  readonly #pipe: EntityPipeOptions;
  readonly #worlds: WorldKeeper<GpuWorld>;

  /**
   * @param device `"gpu"`: any adapter, or an error; `"auto"`: a real GPU, or the CPU.
   * @param cpu Does the rest.
   * @param options Listener and abort signal.
   */
  constructor(device: "auto" | "gpu", cpu: GroupEngine, options: EngineOptions) {
    this.#cpu = cpu;
    this.concurrency = cpu.concurrency;
    this.#fallsBack = device === "auto";
    this.#pipe = options.signal ? { signal: options.signal } : {};
    const allowSoftware = device === "gpu";
    this.#worlds = new WorldKeeper((arenaBytes) => GpuWorld.open({ arenaBytes, allowSoftware }), options);
  }

  /** See {@linkcode GroupEngine.analyse}. */
  analyse(
    spec: StreamSpec,
    samples: SampleData,
    pixels: Rect,
    window: Window,
    group: Window,
  ): Promise<Float32Array | Int32Array> {
    return this.#onGpu(
      spec,
      window.layout,
      (world) => analyseIn(world, spec, samples, pixels, window, group, this.#pipe),
      () => this.#cpu.analyse(spec, samples, pixels, window, group),
    );
  }

  /** See {@linkcode GroupEngine.encode}. */
  encode(spec: StreamSpec, group: PlacedPyramid, choice: CodingChoice): Promise<CodedGroup> {
    return this.#cpu.encode(spec, group, choice);
  }

  /** See {@linkcode GroupEngine.decode}. */
  decode(spec: StreamSpec, layout: PyramidLayout, coded: CodedGroup): Promise<Int32Array> {
    return this.#cpu.decode(spec, layout, coded);
  }

  /** See {@linkcode GroupEngine.synthesise}. */
  synthesise(
    spec: StreamSpec,
    window: PlacedPyramid<Int32Array>,
    place: SynthesisPlace,
  ): Promise<SampleData> {
    return this.#onGpu(
      spec,
      window.layout,
      (world) => synthesiseIn(world, spec, window, place, this.#pipe),
      () => this.#cpu.synthesise(spec, window, place),
    );
  }

  /** Gives the device's memory back. */
  close(): void {
    this.#worlds.close();
    this.#cpu.close();
  }

  async #onGpu<T>(
    { kind, ...spec }: StreamSpec,
    layout: PyramidLayout,
    job: (world: GpuWorld) => Promise<T>,
    instead: () => Promise<T>,
  ): Promise<T> {
    if (kind !== "latent" && kind !== "pixels") return await instead();
    try {
      return await this.#worlds.run(arenaBytesOf({ kind, ...spec }, layout) + SLACK_BYTES, job);
    } catch (error) {
      const tooLarge = error instanceof InvalidValueError && error.code === "gpu-tensor-size";
      if (!this.#fallsBack || !(error instanceof GpuError || tooLarge)) throw error;
      if (!toldOfFallback) console.warn(`vaerans: ${error.message}; computing on the CPU`);
      toldOfFallback = true;
      return await instead();
    }
  }
}
