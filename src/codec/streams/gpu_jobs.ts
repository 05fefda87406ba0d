import "../run/gpu_engine.ts";
import type { PyramidLayout } from "../../core/mod.ts";
import { OnnxVAEDecode } from "../../systems/vae.ts";
import { analyseTiles, ANALYSIS } from "./encoding_jobs.ts";
import { DECODER_OF_FLOATS } from "./latent.ts";
import type { StreamSpec } from "./stream_spec.ts";
import { synthesiseTile, TILE_JOBS } from "./tile_jobs.ts";

/** A GPU works in blocks of 1 MiB: each tensor and each range of scratch may lose as much. */
const SLACK_BYTES = 3 * 2 ** 20;
/** Tensors and scratch per coefficient and per pixel, with room to spare: they are counted against no limit. */
const COEFFICIENT_BYTES = 64, LATENT_PIXEL_BYTES = 32, PIXEL_BYTES = 16;
/** Tiles of one shape go through together up to so many pixels: a net takes no more at once, either. */
const MOST_PIXELS_TOGETHER = 2 ** 21;

DECODER_OF_FLOATS.system = OnnxVAEDecode;

ANALYSIS.gpu = {
  accepts: isOnGpu,
  arenaBytes: (spec, _samples, _pixels, { layout }) => arenaBytesOf(spec, layout),
  alike: (spec, _samples, { width, height }) => ({
    key: JSON.stringify([spec, width, height]),
    most: Math.max(1, Math.floor(MOST_PIXELS_TOGETHER / (width * height))),
  }),
  run: analyseTiles,
};

TILE_JOBS.synthesise.gpu = {
  accepts: isOnGpu,
  arenaBytes: (spec, { layout }) => arenaBytesOf(spec, layout),
  alike: () => ({ key: "", most: 1 }),
  run: async (world, pipe, all) => [await synthesiseTile(world, pipe, ...all[0])],
};

/** Streams in integers are left to the CPU, and where it may be either, nets that are to run by the CPU's own kernels, too. */
function isOnGpu(device: "auto" | "gpu", { kind, runtime }: StreamSpec): boolean {
  return (kind === "latent" || kind === "pixels") && !(device === "auto" && runtime === "own");
}

/** Bytes of a GPU's arena for one pass over a window. */
function arenaBytesOf({ kind, downsampling }: StreamSpec, layout: PyramidLayout): number {
  const pixels = layout.width * layout.height * downsampling ** 2;
  const pixelBytes = kind === "latent" ? LATENT_PIXEL_BYTES : PIXEL_BYTES;
  return Math.min(2 ** 32, SLACK_BYTES + pixelBytes * pixels + COEFFICIENT_BYTES * layout.coefficientCount);
}
