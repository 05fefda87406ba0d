import { InvalidValueError } from "../../core/mod.ts";
import { DEFAULT_EFFORT } from "../../entropy/mod.ts";
import { TILE_SIDE_UNIT } from "../../format/mod.ts";
import { loadModel } from "../../models/load.ts";
import type { CodingChoice } from "../streams/job_types.ts";
import { leastCommonMultiple, requiredSideMultiple } from "../tiles/tile_grid.ts";
import { type MetadataSections, NO_METADATA } from "../container/metadata_sections.ts";
import { type CompressSettings, DEFAULT_TUNE } from "../options.ts";
import type { EncodingPlan } from "../picture_encoder.ts";
import { PIXEL_QUALITY, PIXELS, WEIGHTED_PIXEL_QUALITY } from "../streams/pixel_params.ts";
import { stepMapOf } from "../../kernels/cpu/step_map.ts";
import { stepMapSections } from "../streams/step_map_writing.ts";
import { sparseSamples } from "./sparse_samples.ts";
import { type AnyPicture, isDeep, traitsOf } from "../samples.ts";
import { latentSpec, layerSpec, pixelSpec, type StreamSpec } from "../streams/stream_spec.ts";

/** Pictures of more pixels are cut into tiles. */
export const LARGEST_PIECE_PIXELS: number = 2 ** 22;
/** Side of their tiles unless the caller chooses. */
const DEFAULT_TILE_SIDE = 1024;

/** Settings, with metadata as the file stores them; none if not given. */
export type PlanSettings = Omit<CompressSettings, "metadata"> & { readonly metadata?: MetadataSections };

/**
 * Which streams a file is to have, and its header.
 *
 * @param model Name or folder; "pixels" for none.
 * @param bound Largest error of a sample for an exact stream; `undefined` for lossy ones.
 * @param options As for `compress`.
 * @param layer Graphics above a lossy picture, shown where alpha is full.
 */
export async function planEncoding(
  picture: AnyPicture,
  model: string,
  bound: number | undefined,
  options: PlanSettings,
  layer?: AnyPicture,
): Promise<EncodingPlan> {
  const { width, height } = picture, { grey: isGrey, opaque } = traitsOf(picture);
  const grey = isGrey && (layer === undefined || traitsOf(layer).grey);
  const bitDepth = isDeep(picture) ? 16 : 8;
  const { entropy = "context", effort = DEFAULT_EFFORT, alphaError = 0, tune = DEFAULT_TUNE } = options;
  const alphaBound = opaque ? undefined : alphaError;
  const { colour: uniform, scale, id, fingerprint, name, refinable } = await colourOf(
    model,
    { grey, bitDepth, bound, alphaBound, entropy, weighted: tune === "look" },
    options,
  );
  const sparse = uniform.kind === "exact" && bound === 0 && !uniform.alphaBound
    ? sparseSamples(picture, { isGrey: grey, hasAlpha: uniform.alphaBound !== undefined })
    : undefined;
  const colour = {
    ...uniform,
    ...uniform.weighted && { stepMap: stepMapOf(picture) },
    ...sparse && { values: sparse.values },
  };
  const jointAlpha = colour.alphaBound !== undefined;
  const alpha = alphaBound === undefined || jointAlpha
    ? undefined
    : pixelSpec("alpha", { grey: false, bitDepth, bound: alphaBound });
  const { before, after } = options.metadata ?? NO_METADATA;
  const layerStream = layer && { spec: layerSpec(), picture: layer };
  const tileSide = tileSideOf(picture, options.tileSide, alpha ? [colour, alpha] : [colour]);
  return {
    colour,
    alpha,
    layer: layerStream,
    scale,
    refinable: refinable && entropy === "context",
    choice: { entropy, effort },
    metadata: {
      before: [
        ...before,
        ...colour.stepMap ? stepMapSections(colour.stepMap) : [],
        ...sparse ? [sparse.section] : [],
      ],
      after,
    },
    header: {
      width,
      height,
      modelId: id,
      modelName: id === 0 ? name : "",
      modelFingerprint: fingerprint,
      wavelet: colour.wavelet,
      levels: colour.levels,
      grey,
      bitDepth,
      alphaBound,
      tileSide,
      weighted: colour.weighted ?? false,
      jointAlpha,
      graphicsLayer: layer !== undefined,
      reduction: 0,
    },
  };
}

async function colourOf(
  model: string,
  { grey, bitDepth, bound, alphaBound, entropy, weighted }: {
    grey: boolean;
    bitDepth: 8 | 16;
    bound: number | undefined;
    alphaBound: number | undefined;
    entropy: CodingChoice["entropy"];
    weighted: boolean;
  },
  options: Pick<CompressSettings, "wavelet" | "levels" | "runtime">,
): Promise<
  {
    colour: StreamSpec;
    scale: EncodingPlan["scale"];
    id: number;
    fingerprint: number;
    name: string;
    refinable: boolean;
  }
> {
  if (model === PIXELS.name) {
    const kind = bound === undefined ? "pixels" : "exact";
    // Graphics have edges of colours and of alpha in the same places; the static coder takes planes with levels.
    const isJoint = kind === "exact" && entropy === "context" && alphaBound !== undefined;
    const samples = { grey, bitDepth, bound: bound ?? 0, ...isJoint && { alphaBound } };
    const spec = pixelSpec(kind, samples, entropy);
    const colour = { ...spec, weighted: weighted && kind === "pixels" };
    const scale = colour.weighted ? WEIGHTED_PIXEL_QUALITY : PIXEL_QUALITY;
    return { colour, scale, id: PIXELS.id, fingerprint: 0, name: model, refinable: false };
  }
  const { manifest, id, fingerprint } = await loadModel(model);
  const { wavelet = manifest.wavelet, levels = manifest.levels, runtime } = options;
  const trellis = entropy === "context";
  const colour = latentSpec(manifest, model, { grey, wavelet, levels, trellis, runtime });
  const refinable = manifest.objective !== undefined;
  return { colour, scale: manifest, id, fingerprint, name: manifest.name, refinable };
}

function tileSideOf(
  { width, height }: AnyPicture,
  given: number | undefined,
  streams: readonly StreamSpec[],
): number {
  const units = [TILE_SIDE_UNIT, ...streams.map(requiredSideMultiple)];
  const fits = (side: number) => units.every((unit) => side % unit === 0);
  if (given !== undefined && !(Number.isInteger(given) && given >= 0 && fits(given))) {
    const unit = units.reduce((a, b) => leastCommonMultiple(a, b));
    throw new InvalidValueError(
      "tile-side",
      `Cannot cut the picture into tiles of ${given} pixels: the side must be 0 or a multiple of ` +
        `${unit} (got ${given}). Leave it out for the usual side.`,
    );
  }
  const large = width * height > LARGEST_PIECE_PIXELS && fits(DEFAULT_TILE_SIDE);
  const side = given ?? (large ? DEFAULT_TILE_SIDE : 0);
  return side >= Math.max(width, height) ? 0 : side;
}
