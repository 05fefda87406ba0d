import type { QuantParams } from "../../components/mod.ts";
import type { Entity, PipeOptions, PyramidLayout } from "../../core/mod.ts";
import type { AnsOptions, QuantizeOptions } from "../../systems/mod.ts";
import type { PictureWorld } from "../../world.ts";
import type { CodingChoice, SynthesisPlace } from "../run/tile_engine.ts";
import type { Rect } from "../tiles/tile_grid.ts";
import type { SampleData } from "../samples.ts";

/** Options of a pipe over one entity. */
export type EntityPipeOptions = Omit<PipeOptions, "onError">;

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
    pipe: EntityPipeOptions,
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
    entity: Entity,
    net: Rect,
    place: SynthesisPlace,
    pipe: EntityPipeOptions,
  ): Promise<SampleData>;
}
