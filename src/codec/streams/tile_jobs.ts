import { ANSBitstream, QuantizedPyr, type QuantParams, WaveletPyr } from "../../components/mod.ts";
import { CpuArena, type Entity, type PyramidLayout } from "../../core/mod.ts";
import { ANSDecode } from "../../systems/ans_decode.ts";
import { Dequantize } from "../../systems/dequantise.ts";
import { scaleByMap } from "../../kernels/cpu/step_map.ts";
import { loadModel } from "../../models/load.ts";
import type { PictureWorld, World } from "../../world.ts";
import type { JobPipeOptions, JobTable } from "../run/tile_job.ts";
import type { PlacedPyramid, QuantisedCoefficients } from "../tiles/tile_grid.ts";
import { arenaBytesOf } from "./arena_bytes.ts";
import type { CodedTile, SynthesisPlace, TileJobs } from "./job_types.ts";
import { latentDecoding } from "./latent.ts";
import { losslessDecoding } from "./lossless.ts";
import { pixelDecoding } from "./pixels.ts";
import { runPipe } from "./run_pipe.ts";
import type { SampleData } from "../samples.ts";
import type { StreamSpec } from "./stream_spec.ts";
import type { DecodingStages } from "./stream_stages.ts";

/** What becomes of tiles: decoding; `encoding_jobs.ts` adds encoding, and `gpu_jobs.ts` how both run on a GPU. */
export const TILE_JOBS: JobTable<TileJobs> & Required<Pick<JobTable<TileJobs>, "decode" | "synthesise">> = {
  decode: {
    arenaBytes: (spec, layout, { sections }) =>
      arenaBytesOf("decode", spec, layout) + sections.reduce((sum, { length }) => sum + length + 16, 0),
    async prepare({ kind, model, runtime, isPreview }) {
      if (kind === "latent" && !isPreview) await (await loadModel(model)).prepare("decoder", runtime);
    },
    run: decodeTile,
  },
  synthesise: {
    arenaBytes: (spec, { layout }) => arenaBytesOf("synthesise", spec, layout),
    isShared: true,
    run: synthesiseTile,
  },
};

/** The decoding pipelines of a stream; latents load their model. */
async function decodingOf(spec: StreamSpec): Promise<DecodingStages> {
  if (spec.kind === "latent") return await latentDecoding(spec);
  return spec.kind === "pixels" ? pixelDecoding(spec) : losslessDecoding(spec);
}

/** Sections → {@linkcode ANSBitstream} → {@linkcode QuantizedPyr}. */
async function decodeTile(
  world: World,
  pipe: JobPipeOptions,
  spec: StreamSpec,
  layout: PyramidLayout,
  coded: CodedTile,
): Promise<QuantisedCoefficients> {
  const { decoder, quant } = await decodingOf(spec);
  const sections = coded.sections.map((bytes) => {
    const ref = world.host.allocate([bytes.length], "u8");
    world.host.view(ref).set(bytes);
    return ref;
  });
  const stream = new ANSBitstream(sections, coded.coder, layout, quant(layout, 0), layout);
  const entity = world.add(world.newEntity(), stream);
  await runPipe(world.pipe(entity, pipe).to(new ANSDecode(decoder)));
  return kept(world.host.view(world.get(entity as Entity, QuantizedPyr).coefficients));
}

/** Tiles of so many coefficients are among many, of which some rows are kept, and go from thread to thread. */
const LARGE_TILE_COEFFICIENTS = 2 ** 21;

/** A copy, of 16 bits where that saves memory and loses nothing. */
function kept(coefficients: Int32Array): QuantisedCoefficients {
  if (coefficients.length < LARGE_TILE_COEFFICIENTS) return coefficients.slice();
  let bits = 0;
  for (let i = 0; i < coefficients.length; i++) bits |= coefficients[i] ^ (coefficients[i] >> 31);
  return bits < 2 ** 15 ? new Int16Array(coefficients) : coefficients.slice();
}

/** {@linkcode QuantizedPyr} → {@linkcode WaveletPyr} → pixels, which are what leaves the device. */
export async function synthesiseTile(
  world: PictureWorld,
  pipe: JobPipeOptions,
  spec: StreamSpec,
  { layout, rect, coefficients }: PlacedPyramid<QuantisedCoefficients>,
  place: SynthesisPlace,
): Promise<SampleData> {
  const stages = await decodingOf(spec);
  const ref = world.host.allocate([coefficients.length], "i32");
  world.host.view(ref).set(coefficients);
  const entity = world.newEntity() as Entity<QuantizedPyr | QuantParams>;
  world.add(entity, new QuantizedPyr(ref, layout, layout));
  world.add(entity, stages.quant(layout, place.stepCode));
  await runPipe(world.pipe(entity, pipe).to(new Dequantize()));
  if (spec.stepMap) {
    const ref = world.get(entity as Entity, WaveletPyr).coefficients;
    if (world.arena instanceof CpuArena) {
      scaleByMap(world.arena.view(ref) as Float32Array, layout, rect, spec.stepMap, "multiply");
    } else {
      const values = await world.read(ref) as Float32Array<ArrayBuffer>;
      scaleByMap(values, layout, rect, spec.stepMap, "multiply");
      world.arena.write(ref, values);
    }
  }
  const { x, y, width, height } = place.net;
  const net = { x: x - rect.x, y: y - rect.y, width, height };
  return await stages.synthesise(world, entity as Entity as Entity<WaveletPyr>, net, place, pipe);
}
