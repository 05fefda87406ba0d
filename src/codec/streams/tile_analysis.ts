import { WaveletPyr } from "../../components/mod.ts";
import { scaleByMap } from "../../kernels/cpu/step_map.ts";
import type { PictureWorld } from "../../world.ts";
import type { SampleData } from "../samples.ts";
import { copyCoefficients, type Rect, type Window } from "../tiles/tile_grid.ts";
import { latentEncoding } from "./latent_encoding.ts";
import { exactEncoding, pixelEncoding } from "./pixels_encoding.ts";
import type { StreamSpec } from "./stream_spec.ts";
import type { EncodingStages, EntityPipeOptions } from "./stream_stages.ts";

/** The encoding pipelines of a stream; latents load their model. */
export async function encodingOf(spec: StreamSpec): Promise<EncodingStages> {
  if (spec.kind === "latent") return await latentEncoding(spec);
  return spec.kind === "pixels" ? pixelEncoding(spec) : exactEncoding(spec);
}

/** What `TileEngine.analyse` is asked for. */
export interface TileAnalysis {
  /** RGBA of `pixels`. */
  readonly samples: SampleData;
  /** Where they lie in the picture. */
  readonly pixels: Rect;
  /** What is transformed. */
  readonly window: Window;
  /** What is kept of it. */
  readonly tile: Window;
}

/**
 * `TileEngine.analyse` in a world of any device, of several tiles of one stream's kind: those of one shape in one go. The
 * coefficients are what leaves the device.
 */
export async function analyseIn(
  world: PictureWorld,
  spec: StreamSpec,
  analyses: readonly TileAnalysis[],
  pipe: EntityPipeOptions,
): Promise<(Float32Array | Int32Array)[]> {
  const stages = await encodingOf(spec);
  const pictures = analyses.map(({ samples, pixels: { width, height } }) => ({
    data: samples,
    width,
    height,
  }));
  const entities = await stages.analyse(world, pictures, pipe);
  return await Promise.all(entities.map(async (entity, i) => {
    const { window, tile } = analyses[i];
    const coefficients = await world.read(world.get(entity, WaveletPyr).coefficients);
    const cropped = coefficients instanceof Float32Array
      ? new Float32Array(tile.layout.coefficientCount)
      : new Int32Array(tile.layout.coefficientCount);
    copyCoefficients({ ...window, coefficients }, { ...tile, coefficients: cropped });
    if (spec.stepMap && cropped instanceof Float32Array) {
      scaleByMap(cropped, tile.layout, tile.rect, spec.stepMap, "divide");
    }
    return cropped;
  }));
}
