import { Deno } from "../host/deno_api.ts";
import { inspect } from "../../mod.ts";
import { readPictureSize } from "../image/mod.ts";
import { LARGEST_PIECE_PIXELS } from "../codec/plan/encoding_plan.ts";
import { refiningPasses } from "../codec/options.ts";
import { DEFAULT_EFFORT } from "../entropy/mod.ts";
import type { Job } from "./job.ts";

/** A worker with its models, before it has seen a picture of any size: 180 MB measured, with onnxruntime 200, and room. */
export const WORKER_BYTES: number = 250e6;
/**
 * What a pixel takes beyond that: measured in one piece 80 with a model, 100 lossless, 116 for the pixels' own stream, half
 * of it in tiles.
 */
export const BYTES_A_PIXEL = 120;
/** What a pixel of a piece takes more while its latent is refined: measured 300. */
const REFINING_BYTES_A_PIXEL = 320;
/** A picture file's header is nearly always found within the first of these; large metadata may stand before it. */
const START_BYTES: readonly number[] = [2 ** 16, 2 ** 22];

/**
 * Estimates what a job's picture takes, from its file's header.
 *
 * @param job The job.
 * @param source The source's bytes, where they are here already.
 * @returns Bytes beyond {@linkcode WORKER_BYTES}; 0 where the source cannot be read, which the job itself will tell.
 */
export async function memoryOf(job: Job, source?: Uint8Array): Promise<number> {
  try {
    const pixels = await pixelsOf(job, source);
    const refines = job.action === "compress" && refiningPasses(job.options.effort ?? DEFAULT_EFFORT) > 0;
    const refining = refines ? REFINING_BYTES_A_PIXEL * Math.min(pixels, LARGEST_PIECE_PIXELS) : 0;
    return (source?.length ?? 0) + BYTES_A_PIXEL * pixels + refining;
  } catch {
    return 0;
  }
}

async function pixelsOf({ action, source: path }: Job, source?: Uint8Array): Promise<number> {
  const read = async (bytes: Uint8Array) => {
    const { width, height } = action === "compress"
      ? await readPictureSize(bytes)
      : inspect(bytes, { partial: true });
    return width * height;
  };
  if (source) return await read(source);
  for (const length of START_BYTES) {
    try {
      return await read(await startOf(path, length));
    } catch {
      // More of the file may tell.
    }
  }
  return await read(await Deno.readFile(path));
}

async function startOf(path: string, length: number): Promise<Uint8Array> {
  using file = await Deno.open(path);
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const count = await file.read(bytes.subarray(filled));
    if (count === null) break;
    filled += count;
  }
  return bytes.subarray(0, filled);
}
