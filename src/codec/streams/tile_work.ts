import { QuantizedPyr, type QuantParams, WaveletPyr } from "../../components/mod.ts";
import type { Entity } from "../../core/mod.ts";
import { Dequantize } from "../../systems/dequantise.ts";
import { scaleByMap } from "../../kernels/cpu/step_map.ts";
import type { PictureWorld } from "../../world.ts";
import type { SynthesisPlace } from "../run/tile_engine.ts";
import type { PlacedPyramid } from "../tiles/tile_grid.ts";
import { latentDecoding } from "./latent.ts";
import { exactDecoding, pixelDecoding } from "./pixels.ts";
import type { SampleData } from "../samples.ts";
import type { StreamSpec } from "./stream_spec.ts";
import type { DecodingStages, EntityPipeOptions } from "./stream_stages.ts";
import { unwrapped } from "../run/unwrap.ts";

/** The decoding pipelines of a stream; latents load their model. */
export async function decodingOf(spec: StreamSpec): Promise<DecodingStages> {
  if (spec.kind === "latent") return await latentDecoding(spec);
  return spec.kind === "pixels" ? pixelDecoding(spec) : exactDecoding(spec);
}

/** `TileEngine.synthesise` in a world of any device: the pixels are what leaves it. */
export async function synthesiseIn(
  world: PictureWorld,
  spec: StreamSpec,
  { layout, rect, coefficients }: PlacedPyramid<Int32Array>,
  place: SynthesisPlace,
  pipe: EntityPipeOptions,
): Promise<SampleData> {
  const stages = await decodingOf(spec);
  const ref = world.host.allocate([coefficients.length], "i32");
  world.host.view(ref).set(coefficients);
  const entity = world.newEntity() as Entity<QuantizedPyr | QuantParams>;
  world.add(entity, new QuantizedPyr(ref, layout, layout));
  world.add(entity, stages.quant(layout, place.stepCode));
  await unwrapped(world.pipe(entity, pipe).to(new Dequantize()));
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
