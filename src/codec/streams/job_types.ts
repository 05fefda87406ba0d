import type { PyramidLayout } from "../../core/mod.ts";
import type { SampleData } from "../samples.ts";
import type { PlacedPyramid, QuantisedCoefficients, Rect, Window } from "../tiles/tile_grid.ts";
import type { StreamSpec } from "./stream_spec.ts";

/** How symbols are chosen and coded. */
export interface CodingChoice {
  /** Base step, see `components/step_code.ts`; exact streams have none. */
  readonly stepCode: number;
  /** `"context"`: the best coder for the stream; `"static"`: the fastest. */
  readonly entropy: "context" | "static";
  /** 1 to 9. */
  readonly effort: number;
}

/** A tile's entropy-coded coefficients. */
export interface CodedTile {
  /** Id of the coder, the low four bits of the sections' kind. */
  readonly coder: number;
  /** Coarse to fine. When decoding, fewer than there are give zeros for the finer bands. */
  readonly sections: readonly Uint8Array[];
}

/** Where samples are to be made from coefficients. */
export interface SynthesisPlace {
  /** Samples to hand to the net or to turn into colours: inside the window. */
  readonly net: Rect;
  /** Pixels under `net` that lie inside the picture. */
  readonly pixels: Rect;
  /** Pixels to give back: inside `pixels`. */
  readonly wanted: Rect;
  /** Base step. */
  readonly stepCode: number;
}

/** What a refined latent is judged by. */
export interface RefinementPlace {
  /** The source: RGBA of `pixels`. */
  readonly shown: Uint8ClampedArray;
  /** Samples that the decoder is handed: inside the window. */
  readonly net: Rect;
  /** Pixels under them that lie inside the picture. */
  readonly pixels: Rect;
}

/** How a latent is refined. */
export interface RefinementChoice {
  /** Base step. */
  readonly stepCode: number;
  /** Corrections tried: each takes the decoder and its derivative once. */
  readonly passes: number;
}

/** The things that happen to a tile of a stream: what engines are asked for. */
export interface TileJobs {
  /** RGBA samples of a window's pixels → coefficients of the tile inside it. */
  analyse(
    spec: StreamSpec,
    samples: SampleData,
    pixels: Rect,
    window: Window,
    tile: Window,
  ): Promise<Float32Array | Int32Array>;
  /** Coefficients of a window → coefficients that look better for the same bits, see `refineLatent`. */
  refine(
    spec: StreamSpec,
    window: PlacedPyramid<Float32Array>,
    place: RefinementPlace,
    choice: RefinementChoice,
  ): Promise<Float32Array>;
  /** Coefficients → sections. */
  encode(spec: StreamSpec, tile: PlacedPyramid, choice: CodingChoice): Promise<CodedTile>;
  /** Sections → quantised coefficients. */
  decode(spec: StreamSpec, layout: PyramidLayout, coded: CodedTile): Promise<QuantisedCoefficients>;
  /** Quantised coefficients of a window → RGBA samples of `place.wanted`; an alpha stream sets every fourth sample. */
  synthesise(
    spec: StreamSpec,
    window: PlacedPyramid<QuantisedCoefficients>,
    place: SynthesisPlace,
  ): Promise<SampleData>;
}
