import type { QuantParams, WaveletPyr } from "../../components/mod.ts";
import type { Entity, PyramidLayout } from "../../core/mod.ts";
import type { AnsOptions, QuantizeOptions } from "../../systems/mod.ts";
import type { PictureWorld } from "../../world.ts";
import type { JobPipeOptions } from "../run/tile_job.ts";
import type { CodingChoice, SynthesisPlace } from "./job_types.ts";
import type { Rect } from "../tiles/tile_grid.ts";
import type { SampleData } from "../samples.ts";

/** RGBA samples of so many columns and rows. */
export interface SizedSamples {
  /** Row after row. */
  readonly data: SampleData;
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
}

/** The pipelines of one kind of stream that encode. */
export interface EncodingStages {
  /** Pictures → an entity with a `WaveletPyr` for each, those of one shape in one go. */
  analyse(
    world: PictureWorld,
    pictures: readonly SizedSamples[],
    pipe: JobPipeOptions,
  ): Promise<readonly Entity[]>;
  /** How a pyramid becomes sections. */
  coding(layout: PyramidLayout, choice: CodingChoice): { quantiser: QuantizeOptions; coder: AnsOptions };
}

/** The pipelines of one kind of stream that decode. */
export interface DecodingStages {
  /** What the entropy decoder must be told. */
  readonly decoder: AnsOptions;
  /** Steps of a pyramid's bands. */
  quant(layout: PyramidLayout, stepCode: number): QuantParams;
  /**
   * An entity with a dequantised `WaveletPyr` → RGBA samples of `place.wanted`.
   *
   * @param net Samples of the pyramid to use, within it.
   */
  synthesise(
    world: PictureWorld,
    entity: Entity<WaveletPyr>,
    net: Rect,
    place: SynthesisPlace,
    pipe: JobPipeOptions,
  ): Promise<SampleData>;
}
