import { GpuError, InvalidValueError, ModelError, type PyramidLayout } from "../../core/mod.ts";
import { GpuWorld } from "../../gpu_world.ts";
import type {
  CodedTile,
  CodingChoice,
  EngineOptions,
  RefinementChoice,
  RefinementPlace,
  SynthesisPlace,
  TileEngine,
} from "./tile_engine.ts";
import type { PlacedPyramid, Rect, Window } from "../tiles/tile_grid.ts";
import { Batcher } from "./batcher.ts";
import { analyseIn, type TileAnalysis } from "../streams/tile_analysis.ts";
import { synthesiseIn } from "../streams/tile_work.ts";
import { OPTIONAL_PARTS } from "./optional_parts.ts";
import type { SampleData } from "../samples.ts";
import { arenaBytesOf, type StreamSpec } from "../streams/stream_spec.ts";
import type { EntityPipeOptions } from "../streams/stream_stages.ts";
import { WorldCache } from "./world_cache.ts";

/** A GPU works in blocks of this: each tensor and each range of scratch may lose as much. */
const SLACK_BYTES = 2 ** 20;
/** Tiles of one shape go through together up to so many pixels: a net takes no more at once, either. */
const MOST_PIXELS_TOGETHER = 2 ** 21;

/** Failures of nets on a GPU after which the CPU may still run them. */
const NET_FAILURES: readonly string[] = ["onnxruntime-unavailable", "model-open", "model-run"];

let toldOfFallback = false;

/**
 * Analyses and synthesises tiles on a GPU, and leaves entropy coding, and streams in integers, to another engine.
 *
 * Of a tile, only its coefficients are read back when encoding: the optimised quantiser weighs what rounding would lose, and
 * a search for a size quantises them many times. When decoding, only pixels are read back.
 */
export class GpuEngine implements TileEngine {
  /** See {@linkcode TileEngine.concurrency}. */
  readonly concurrency: number;
  readonly #cpu: TileEngine;
  readonly #fallsBack: boolean;
  readonly #pipe: EntityPipeOptions;
  readonly #worlds: WorldCache<GpuWorld>;
  readonly #analyses: Batcher<TileAnalysis, Float32Array | Int32Array> = new Batcher();

  /**
   * @param device `"gpu"`: any adapter, or an error; `"auto"`: a real GPU, or the CPU.
   * @param cpu Does the rest.
   * @param options Listener and abort signal.
   */
  constructor(device: "auto" | "gpu", cpu: TileEngine, options: EngineOptions) {
    this.#cpu = cpu;
    this.concurrency = cpu.concurrency;
    this.#fallsBack = device === "auto";
    this.#pipe = options.signal ? { signal: options.signal } : {};
    const allowSoftware = device === "gpu";
    this.#worlds = new WorldCache((arenaBytes) => GpuWorld.open({ arenaBytes, allowSoftware }), options);
  }

  /** See {@linkcode TileEngine.analyse}. What waits while the device is busy goes through it together, if it is alike. */
  analyse(
    spec: StreamSpec,
    samples: SampleData,
    pixels: Rect,
    window: Window,
    tile: Window,
  ): Promise<Float32Array | Int32Array> {
    return this.#onGpu(
      spec,
      () => this.#analyseWithOthers(spec, { samples, pixels, window, tile }),
      () => this.#cpu.analyse(spec, samples, pixels, window, tile),
    );
  }

  /** See {@linkcode TileEngine.refine}. */
  refine(
    spec: StreamSpec,
    window: PlacedPyramid<Float32Array>,
    place: RefinementPlace,
    choice: RefinementChoice,
  ): Promise<Float32Array> {
    return this.#cpu.refine(spec, window, place, choice);
  }

  /** See {@linkcode TileEngine.encode}. */
  encode(spec: StreamSpec, tile: PlacedPyramid, choice: CodingChoice): Promise<CodedTile> {
    return this.#cpu.encode(spec, tile, choice);
  }

  /** See {@linkcode TileEngine.decode}. */
  decode(spec: StreamSpec, layout: PyramidLayout, coded: CodedTile): Promise<Int32Array> {
    return this.#cpu.decode(spec, layout, coded);
  }

  /** See {@linkcode TileEngine.synthesise}. */
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

  #analyseWithOthers(spec: StreamSpec, analysis: TileAnalysis): Promise<Float32Array | Int32Array> {
    const { pixels, window } = analysis;
    const most = Math.max(1, Math.floor(MOST_PIXELS_TOGETHER / (pixels.width * pixels.height)));
    return this.#analyses.add(
      analysis,
      JSON.stringify([spec, pixels.width, pixels.height]),
      most,
      (take) => {
        let analyses: readonly TileAnalysis[] = [];
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

OPTIONAL_PARTS.gpuEngine = (device, cpu, options) => new GpuEngine(device, cpu, options);
