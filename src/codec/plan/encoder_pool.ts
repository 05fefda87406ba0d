import "../streams/encoding_jobs.ts";
import { engineFor, engineForPiece } from "../run/engines.ts";
import type { ContainerHeader } from "../../format/mod.ts";
import { planEncoding, type PlanSettings } from "./encoding_plan.ts";
import type { TileEngine } from "../run/tile_engine.ts";
import type { TileJobs } from "../streams/job_types.ts";
import { TILE_JOBS } from "../streams/tile_jobs.ts";
import { TileGrid } from "../tiles/tile_grid.ts";
import type { UncheckedCompressOptions } from "../options.ts";
import { PictureEncoder } from "../picture_encoder.ts";
import { Progress } from "../progress.ts";
import type { AnyPicture } from "../samples.ts";

/** Options, metadata as the file stores them, and an engine that is not to be closed. */
export type SharedEngineOptions = Omit<UncheckedCompressOptions, "metadata"> & PlanSettings & {
  readonly engine?: TileEngine<TileJobs>;
};

/** A picture's encoders, one a model, on one engine; each analyses the picture once. */
export class EncoderPool {
  readonly #encoders = new Map<string, Promise<PictureEncoder>>();
  #own: TileEngine<TileJobs> | undefined;

  /**
   * Makes the object.
   *
   * @param picture As for `compress`.
   * @param options As for `compress`; its target is left alone.
   * @param bound Largest error of a sample for exact streams; `undefined` for lossy ones.
   * @param layer Graphics above a lossy picture.
   * @param shown Size that the decoder enlarges a reduced picture to, and how often its sides were halved.
   */
  constructor(
    readonly picture: AnyPicture,
    readonly options: SharedEngineOptions,
    readonly bound?: number,
    readonly layer?: AnyPicture,
    readonly shown?: Pick<ContainerHeader, "width" | "height" | "reduction">,
  ) {}

  /** The encoder with a model, by its name or folder; "pixels" for none. */
  get(model: string): Promise<PictureEncoder> {
    let encoder = this.#encoders.get(model);
    if (!encoder) this.#encoders.set(model, encoder = this.#open(model));
    return encoder;
  }

  /** Frees the engine, unless it was given. */
  close(): void {
    this.#own?.close();
  }

  async #open(model: string): Promise<PictureEncoder> {
    const { picture, options, bound, layer, shown } = this;
    const unreduced = await planEncoding(picture, model, bound, options, layer);
    const { width, height, reduction } = shown ?? unreduced.header;
    const plan = { ...unreduced, header: { ...unreduced.header, width, height, reduction } };
    const tileCount = new TileGrid(picture, plan.header.tileSide, plan.colour).count;
    const engine = options.engine ??
      (this.#own ??= tileCount === 1 && bound === undefined
        ? engineForPiece(TILE_JOBS, picture.width * picture.height, true, options)
        : engineFor(TILE_JOBS, tileCount, options));
    return new PictureEncoder(picture, plan, engine, new Progress(options));
  }
}
