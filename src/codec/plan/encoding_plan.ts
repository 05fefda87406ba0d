import { InvalidValueError } from "../../core/mod.ts";
import { DEFAULT_EFFORT } from "../../entropy/mod.ts";
import { TILE_SIDE_UNIT } from "../../format/mod.ts";
import { loadModel } from "../../models/load.ts";
import type { CodingChoice } from "../run/tile_engine.ts";
import { requiredSideMultiple } from "../tiles/tile_grid.ts";
import { metadataSections } from "../container/metadata.ts";
import { type CompressSettings, DEFAULT_TUNE } from "../options.ts";
import type { EncodingPlan } from "../picture_encoder.ts";
import { PIXEL_QUALITY, PIXELS, WEIGHTED_PIXEL_QUALITY } from "../streams/pixel_params.ts";
import { stepMapOf } from "../../kernels/cpu/step_map.ts";
import { stepMapSections } from "../streams/step_map_writing.ts";
import { type AnyPicture, isDeep, traitsOf } from "../samples.ts";
import { latentSpec, pixelSpec, type StreamSpec } from "../streams/stream_spec.ts";

/** Pictures of more pixels are cut into tiles. */
export const LARGEST_PIECE_PIXELS: number = 2 ** 22;
/** Side of their tiles unless the caller chooses. */
const DEFAULT_TILE_SIDE = 1024;

/**
 * Which streams a file is to have, and its header.
 *
 * @param model Name or folder; "pixels" for none.
 * @param bound Largest error of a sample for an exact stream; `undefined` for lossy ones.
 */
export async function planEncoding(
  picture: AnyPicture,
  model: string,
  bound: number | undefined,
  options: CompressSettings,
): Promise<EncodingPlan> {
  const { width, height } = picture, { grey, opaque } = traitsOf(picture);
  const bitDepth = isDeep(picture) ? 16 : 8;
  const { entropy = "context", effort = DEFAULT_EFFORT, alphaError = 0, tune = DEFAULT_TUNE } = options;
  const metadata = options.metadata ?? picture.metadata ?? {};
  const { colour: uniform, scale, id, fingerprint, name, refinable } = await colourOf(
    model,
    { grey, bitDepth, bound, entropy, weighted: tune === "look" },
    options,
  );
  const colour = uniform.weighted ? { ...uniform, stepMap: stepMapOf(picture) } : uniform;
  const alpha = opaque ? undefined : pixelSpec("alpha", { grey: false, bitDepth, bound: alphaError });
  const { before, after } = metadata === false ? { before: [], after: [] } : await metadataSections(metadata);
  const tileSide = tileSideOf(picture, options.tileSide, alpha ? [colour, alpha] : [colour]);
  return {
    colour,
    alpha,
    scale,
    refinable: refinable && entropy === "context",
    choice: { entropy, effort },
    metadata: { before: [...before, ...colour.stepMap ? stepMapSections(colour.stepMap) : []], after },
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
      alphaBound: alpha?.bound,
      tileSide,
      weighted: colour.weighted ?? false,
    },
  };
}

async function colourOf(
  model: string,
  { grey, bitDepth, bound, entropy, weighted }: {
    grey: boolean;
    bitDepth: 8 | 16;
    bound: number | undefined;
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
    const spec = pixelSpec(kind, { grey, bitDepth, bound: bound ?? 0 }, entropy);
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
    throw new InvalidValueError(
      "tile-side",
      `Cannot cut the picture into tiles of ${given} pixels: the side must be 0 or a multiple of ${
        units.join(", ")
      }`,
    );
  }
  const large = width * height > LARGEST_PIECE_PIXELS && fits(DEFAULT_TILE_SIDE);
  const side = given ?? (large ? DEFAULT_TILE_SIDE : 0);
  return side >= Math.max(width, height) ? 0 : side;
}
