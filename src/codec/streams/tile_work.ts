import { QuantizedPyr, type QuantParams, WaveletPyr } from "../../components/mod.ts";
import type { Entity } from "../../core/mod.ts";
import { QuantizeU8 } from "../../systems/mod.ts";
import { scaleByMap } from "../../kernels/cpu/step_map.ts";
import type { PictureWorld } from "../../world.ts";
import type { SynthesisPlace } from "../run/tile_engine.ts";
import { copyCoefficients, type PlacedPyramid, type Rect, type Window } from "../tiles/tile_grid.ts";
import { latentStages } from "./latent.ts";
import { exactStages, pixelStages } from "./pixels.ts";
import type { SampleData } from "../samples.ts";
import type { StreamSpec } from "./stream_spec.ts";
import type { EntityPipeOptions, StreamStages } from "./stream_stages.ts";
import { unwrapped } from "../run/unwrap.ts";

/** The pipelines of a stream; latents load their model. */
export async function stagesOf(spec: StreamSpec): Promise<StreamStages> {
  if (spec.kind === "latent") return await latentStages(spec);
  return spec.kind === "pixels" ? pixelStages(spec) : exactStages(spec);
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
  const stages = await stagesOf(spec);
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

/** `TileEngine.synthesise` in a world of any device: the pixels are what leaves it. */
export async function synthesiseIn(
  world: PictureWorld,
  spec: StreamSpec,
  { layout, rect, coefficients }: PlacedPyramid<Int32Array>,
  place: SynthesisPlace,
  pipe: EntityPipeOptions,
): Promise<SampleData> {
  const stages = await stagesOf(spec);
  const ref = world.host.allocate([coefficients.length], "i32");
  world.host.view(ref).set(coefficients);
  const entity = world.newEntity() as Entity<QuantizedPyr | QuantParams>;
  world.add(entity, new QuantizedPyr(ref, layout, layout));
  world.add(entity, stages.quant(layout, place.stepCode));
  await unwrapped(world.pipe(entity, pipe).to(new QuantizeU8("inverse")));
  if (spec.stepMap) {
    const ref = world.get(entity as Entity, WaveletPyr).coefficients;
    const values = await world.read(ref) as Float32Array<ArrayBuffer>;
    scaleByMap(values, layout, rect, spec.stepMap, "multiply");
    world.arena.write(ref, values);
  }
  const { x, y, width, height } = place.net;
  const net = { x: x - rect.x, y: y - rect.y, width, height };
  return await stages.synthesise(world, entity as Entity, net, place, pipe);
}
