import { GpuError, InvalidValueError, ModelError, type PyramidLayout } from "../core/mod.ts";
import { GpuWorld } from "../gpu_world.ts";
import type {
  CodedGroup,
  CodingChoice,
  EngineOptions,
  GroupEngine,
  RefinementChoice,
  RefinementPlace,
  SynthesisPlace,
} from "./group_engine.ts";
import type { PlacedPyramid, Rect, Window } from "./group_grid.ts";
import { GatheredWork } from "./gathered_work.ts";
import { analyseIn, type GroupAnalysis, synthesiseIn } from "./group_work.ts";
import type { SampleData } from "./samples.ts";
import { arenaBytesOf, type StreamSpec } from "./stream_spec.ts";
import type { EntityPipeOptions } from "./stream_stages.ts";
import { WorldKeeper } from "./world_keeper.ts";

/** A GPU works in blocks of this: each tensor and each range of scratch may lose as much. */
const SLACK_BYTES = 2 ** 20;
/** Groups of one shape go through together up to so many pixels: a net takes no more at once, either. */
const MOST_PIXELS_TOGETHER = 2 ** 21;

/** Failures of nets on a GPU after which the CPU may still run them. */
const NET_FAILURES: readonly string[] = ["onnxruntime-unavailable", "model-open", "model-run"];

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
  readonly #analyses: GatheredWork<GroupAnalysis, Float32Array | Int32Array> = new GatheredWork();

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

  /** See {@linkcode GroupEngine.analyse}. What waits while the device is busy goes through it together, if it is alike. */
  analyse(
    spec: StreamSpec,
    samples: SampleData,
    pixels: Rect,
    window: Window,
    group: Window,
  ): Promise<Float32Array | Int32Array> {
    return this.#onGpu(
      spec,
      () => this.#analyseWithOthers(spec, { samples, pixels, window, group }),
      () => this.#cpu.analyse(spec, samples, pixels, window, group),
    );
  }

  /** See {@linkcode GroupEngine.refine}. */
  refine(
    spec: StreamSpec,
    window: PlacedPyramid<Float32Array>,
    place: RefinementPlace,
    choice: RefinementChoice,
  ): Promise<Float32Array> {
    return this.#cpu.refine(spec, window, place, choice);
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
      () =>
        this.#worlds.run(
          arenaBytesOf(spec, window.layout) + SLACK_BYTES,
          (world) => synthesiseIn(world, spec, window, place, this.#pipe),
        ),
      () => this.#cpu.synthesise(spec, window, place),
    );
  }

  /** Gives the device's memory back. */
  close(): void {
    this.#worlds.close();
    this.#cpu.close();
  }

  #analyseWithOthers(spec: StreamSpec, analysis: GroupAnalysis): Promise<Float32Array | Int32Array> {
    const { pixels, window } = analysis;
    const most = Math.max(1, Math.floor(MOST_PIXELS_TOGETHER / (pixels.width * pixels.height)));
    return this.#analyses.add(
      analysis,
      JSON.stringify([spec, pixels.width, pixels.height]),
      most,
      (take) => {
        let analyses: readonly GroupAnalysis[] = [];
        const arenaBytes = () => {
          analyses = take();
          return analyses.length * (arenaBytesOf(spec, window.layout) + SLACK_BYTES);
        };
        const run = async (world: GpuWorld) =>
          analyses.length > 0 ? await analyseIn(world, spec, analyses, this.#pipe) : [];
        return this.#worlds.run(arenaBytes, run);
      },
    );
  }

  async #onGpu<T>(
    { kind, runtime }: StreamSpec,
    job: () => Promise<T>,
    instead: () => Promise<T>,
  ): Promise<T> {
    if (kind !== "latent" && kind !== "pixels") return await instead();
    // A GPU has no kernels for nets: "auto" then means the CPU, and "gpu" throws.
    if (runtime === "own" && this.#fallsBack) return await instead();
    try {
      return await job();
    } catch (error) {
      const tooLarge = error instanceof InvalidValueError && error.code === "gpu-tensor-size";
      const netFailed = error instanceof ModelError && NET_FAILURES.includes(error.code);
      if (!this.#fallsBack || !(error instanceof GpuError || tooLarge || netFailed)) throw error;
      if (!toldOfFallback) console.warn(`vaerans: ${error.message}; computing on the CPU`);
      toldOfFallback = true;
      return await instead();
    }
  }
}
