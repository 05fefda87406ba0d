import type { WaveletName } from "../../wavelets/mod.ts";
import {
  ALPHA_SECTION,
  EXACT_SECTION,
  LATENT_SECTION,
  LAYER_SECTION,
  PIXEL_SECTION,
} from "../../format/mod.ts";
import { type ModelManifest, NET_HALO_PIXELS } from "../../models/manifest.ts";
import { type NetRuntime, TILE_SIDE } from "../../kernels/kernels.ts";
import type { StepMap } from "../../kernels/cpu/step_map.ts";
import type { CodingChoice } from "./job_types.ts";
import { leastCommonMultiple, type StreamGeometry } from "../tiles/tile_grid.ts";
import type { SampleValues } from "./sample_values.ts";
import { EXACT_LEVELS, EXACT_WAVELET, LOSSY_WAVELET, PIXEL_LEVELS } from "./pixel_params.ts";

/** What a stream of a file holds. Plain data, so that it can go to a worker. */
export interface StreamSpec extends StreamGeometry {
  /** A model's latent, wavelet coefficients of the pixels, the same in integers, those of alpha, or a layer of graphics. */
  readonly kind: "latent" | "pixels" | "exact" | "alpha" | "layer";
  /** Pixels that the decoder shows in one go at most, margins not counted; of latents. */
  readonly mostSharePixels?: number;
  /** Name of an embedded model, or where its folder is; of latents. */
  readonly model: string;
  /** Runtime of the model's nets on a CPU; of latents. */
  readonly runtime?: NetRuntime;
  /** Colours of previews, from the manifest; of latents. */
  readonly preview?: readonly number[] | undefined;
  /** Whether a preview is wanted, not the net's picture. */
  readonly isPreview?: boolean;
  /** Whether R = G = B. */
  readonly grey: boolean;
  /** Bits a sample. */
  readonly bitDepth: 8 | 16;
  /** Largest error of a sample, of exact streams and alpha. */
  readonly bound: number;
  /** Largest error of alpha where it is the last plane of an exact stream; absent where it is not. */
  readonly alphaBound?: number;
  /** Values of the samples, of exact streams that code places in them; absent where samples are coded themselves. */
  readonly values?: SampleValues;
  /** Whether errors are weighted by how they show, of lossy pixels: see `LEVEL_WEIGHTS` of `pixel_params.ts`. */
  readonly weighted?: boolean;
  /** Whether coefficients are values of a trellis, in half steps; of latents and lossy pixels. */
  readonly trellis?: boolean;
  /** How much coarser the steps are from block to block; absent where they are not. */
  readonly stepMap?: StepMap;
}

/** A tile at H/8, in pixels: for the same pixels whatever is shown at a time, tiles begin at the same places, */
const NET_TILE_PIXELS = 8 * TILE_SIDE;
/**
 * and what a decoder sees is wider than what it looks at by this: from an edge that should not matter, other last bits were seen 87
 * (vaerans-8) and 71 pixels beyond.
 */
const ROUNDING_HALO_PIXELS = 96;

/** Nets that this package runs hold some bands of their maps, so that a job holds 10 to 14 bytes per pixel; onnxruntime holds whole maps. */
const MOST_SHARE_PIXELS = { own: 2 ** 22, onnxruntime: 2 ** 20 };

/** Kinds of sections by what they hold; the low four bits are the coder's. */
export const SECTION_OF_STREAM: { readonly [K in StreamSpec["kind"]]: number } = {
  latent: LATENT_SECTION,
  pixels: PIXEL_SECTION,
  exact: EXACT_SECTION,
  alpha: ALPHA_SECTION,
  layer: LAYER_SECTION,
};

/** The stream of a model's latent. */
export function latentSpec(
  manifest: ModelManifest,
  model: string,
  { grey, wavelet, levels, trellis, runtime = manifest.runtime }: {
    readonly grey: boolean;
    readonly wavelet: WaveletName;
    readonly levels: number;
    readonly trellis: boolean;
    readonly runtime?: NetRuntime | undefined;
  },
): StreamSpec {
  const { downsampling, paddingMultiple, haloPixels = NET_HALO_PIXELS, encoderHaloPixels = haloPixels } =
    manifest;
  const channels = 4;
  const isOwn = runtime !== "onnxruntime" && manifest.files.decoder.plan !== undefined;
  return {
    kind: "latent",
    mostSharePixels: MOST_SHARE_PIXELS[isOwn ? "own" : "onnxruntime"],
    model,
    preview: manifest.preview,
    ...runtime !== undefined && { runtime },
    grey,
    bitDepth: 8,
    bound: 0,
    downsampling,
    paddingMultiple,
    haloPixels: haloPixels + ROUNDING_HALO_PIXELS,
    encoderHaloPixels,
    netAlignmentPixels: leastCommonMultiple(NET_TILE_PIXELS, paddingMultiple),
    channels,
    wavelet,
    levels,
    trellis,
  };
}

/** The layer of graphics above a lossy stream: colours, and full alpha where they are shown. */
export function layerSpec(): StreamSpec {
  return pixelSpec("layer", { grey: false, bitDepth: 8, bound: 0, alphaBound: 0 });
}

/**
 * A stream of the pixels themselves, with the wavelet that encoders choose: exact streams have levels only for the static
 * coder, since the wide one predicts better; alpha is always the wide one's. With an `alphaBound`, alpha is the last plane of
 * an exact stream without levels.
 */
export function pixelSpec(
  kind: "pixels" | "exact" | "alpha" | "layer",
  { grey, bitDepth, bound, alphaBound }: Pick<StreamSpec, "grey" | "bitDepth" | "bound" | "alphaBound">,
  entropy: CodingChoice["entropy"] = "context",
): StreamSpec {
  const predicted = kind !== "pixels" && !(kind === "exact" && entropy === "static");
  return {
    kind,
    model: "",
    grey,
    bitDepth,
    bound,
    ...alphaBound !== undefined && { alphaBound },
    downsampling: 1,
    paddingMultiple: 1,
    haloPixels: 0,
    encoderHaloPixels: 0,
    netAlignmentPixels: 1,
    channels: (kind === "alpha" || grey ? 1 : 3) + (alphaBound === undefined ? 0 : 1),
    wavelet: kind === "pixels" ? LOSSY_WAVELET : EXACT_WAVELET,
    levels: predicted ? EXACT_LEVELS : PIXEL_LEVELS,
    ...kind === "pixels" && { trellis: entropy !== "static" },
  };
}
