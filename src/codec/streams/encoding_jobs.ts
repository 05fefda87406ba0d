import "../../entropy/all_plain_forms.ts";
import "../../kernels/cpu/all_kernels.ts";
import { ANSBitstream, QuantizedPyr, QuantParams, WaveletPyr } from "../../components/mod.ts";
import type { Entity } from "../../core/mod.ts";
import { ANSEncode, QuantizeU8 } from "../../systems/mod.ts";
import { scaleByMap } from "../../kernels/cpu/step_map.ts";
import type { PictureWorld, World } from "../../world.ts";
import { refineLatent } from "./refine_latent.ts";
import type { ArgsOf, JobPipeOptions, TileJob } from "../run/tile_job.ts";
import { copyCoefficients, type PlacedPyramid } from "../tiles/tile_grid.ts";
import { arenaBytesOf } from "./arena_bytes.ts";
import type { CodedTile, CodingChoice, TileJobs } from "./job_types.ts";
import { latentEncoding } from "./latent_encoding.ts";
import { losslessEncoding } from "./lossless_encoding.ts";
import { pixelEncoding } from "./pixels_encoding.ts";
import { checkQuantised } from "./quantised_check.ts";
import { runPipe } from "./run_pipe.ts";
import type { StreamSpec } from "./stream_spec.ts";
import type { EncodingStages } from "./stream_stages.ts";
import { TILE_JOBS } from "./tile_jobs.ts";

/** RGBA of a window's pixels → a tile's coefficients. */
export const ANALYSIS: TileJob<TileJobs["analyse"]> = {
  arenaBytes: (spec, _samples, _pixels, { layout }) => arenaBytesOf("analyse", spec, layout),
  isShared: true,
  run: async (world, pipe, ...args) => (await analyseTiles(world, pipe, [args]))[0],
};

Object.assign(TILE_JOBS, {
  analyse: ANALYSIS,
  refine: {
    arenaBytes: (spec, { layout }) => arenaBytesOf("refine", spec, layout),
    run: refineLatent,
  } satisfies TileJob<TileJobs["refine"]>,
  encode: {
    arenaBytes: (spec, { layout }) => arenaBytesOf("encode", spec, layout),
    run: encodeTile,
  } satisfies TileJob<TileJobs["encode"]>,
});

/** The encoding pipelines of a stream; latents load their model. */
async function encodingOf(spec: StreamSpec): Promise<EncodingStages> {
  if (spec.kind === "latent") return await latentEncoding(spec);
  return spec.kind === "pixels" ? pixelEncoding(spec) : losslessEncoding(spec);
}

/**
 * RGB → {@linkcode WaveletPyr} of several tiles of one stream's kind: those of one shape in one go. The coefficients are what
 * leaves the device: the optimised quantiser weighs what rounding would lose, and a search for a size quantises them many times.
 */
export async function analyseTiles(
  world: PictureWorld,
  pipe: JobPipeOptions,
  tiles: readonly ArgsOf<TileJobs, "analyse">[],
): Promise<(Float32Array | Int32Array)[]> {
  const [spec] = tiles[0], stages = await encodingOf(spec);
  const pictures = tiles.map(([, data, { width, height }]) => ({ data, width, height }));
  const entities = await stages.analyse(world, pictures, pipe);
  return await Promise.all(entities.map(async (entity, i) => {
    const [, , , window, tile] = tiles[i];
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

/** {@linkcode WaveletPyr} → {@linkcode QuantizedPyr} → {@linkcode ANSBitstream} → sections. */
async function encodeTile(
  world: World,
  pipe: JobPipeOptions,
  spec: StreamSpec,
  { coefficients, layout }: PlacedPyramid,
  choice: CodingChoice,
): Promise<CodedTile> {
  const { quantiser, coder } = (await encodingOf(spec)).coding(layout, choice);
  const dtype = coefficients instanceof Float32Array ? "f32" : "i32";
  const ref = world.arena.allocate([layout.coefficientCount], dtype);
  world.arena.view(ref).set(coefficients);
  const entity = world.add(world.newEntity(), new WaveletPyr(ref, layout, layout));
  await runPipe(
    world.pipe(entity, pipe).to(new QuantizeU8("forward", quantiser)).to(new ANSEncode(coder)),
  );
  if (coefficients instanceof Float32Array) {
    const quantised = world.host.view(world.get(entity as Entity, QuantizedPyr).coefficients);
    checkQuantised(coefficients, quantised, layout, world.get(entity as Entity, QuantParams).steps);
  }
  const stream = world.get(entity as Entity, ANSBitstream);
  return {
    coder: stream.coder,
    sections: stream.sections.map((section) => world.host.view(section).slice()),
  };
}
