import { msSsim } from "../kernels/cpu/metrics/ms_ssim.ts";
import { psnr } from "../kernels/cpu/metrics/psnr.ts";
import { decompress } from "./decompress.ts";
import { type CompressOptions, type DecompressOptions, DEFAULT_QUALITY, type Target } from "./options.ts";
import { searchQuality, searchSize } from "./rate_control.ts";
import type { StepEncoder } from "./step_encoder.ts";
import type { PictureLike } from "../world.ts";

/** A picture this much better than asked for ends the search, in decibels (of 1 − MS-SSIM for that). */
const SCORE_TOLERANCE = 0.03;

/** Share of a quality's bytes that its file may leave: a closer search would take longer than the nets. */
const QUALITY_SLACK = 0.01;

/** What a file is to be, and what its header says. */
export interface Goal {
  /** What is aimed at. */
  readonly target: Target;
  /** The quality that stands behind a number of bytes. */
  readonly quality?: number;
}

/** A whole file and the step it was made with. */
export interface SteppedFile {
  /** Code of the base step. */
  readonly stepCode: number;
  /** The file. */
  readonly file: Uint8Array<ArrayBuffer>;
}

/**
 * Makes a file for a goal.
 *
 * @param encoder Of the picture, with one model.
 * @param picture What it shows, in 8 bits.
 * @param from Where the search begins: the step that met the goal before the latent was refined, or one already measured.
 */
export async function encodeFor(
  { target: { kind, value }, quality }: Goal,
  encoder: StepEncoder,
  picture: PictureLike,
  options: CompressOptions,
  from?: number,
): Promise<SteppedFile> {
  if (kind === "quality") {
    const stepCode = encoder.codeOfQuality(value);
    return { stepCode, file: await encoder.encode(stepCode, Math.round(value)) };
  }
  if (kind === "bytes" || kind === "bpp") {
    const limit = kind === "bytes" ? value : Math.floor(value * picture.width * picture.height / 8);
    const found = await searchSize(
      (code) => encoder.encode(code, Math.round(quality ?? 0)),
      (file) => file.length,
      limit,
      from ?? encoder.codeOfQuality(quality ?? DEFAULT_QUALITY),
      quality === undefined ? 0 : QUALITY_SLACK,
    );
    return { stepCode: found.stepCode, file: found.value };
  }
  const probe = async (code: number) => {
    const file = await encoder.encode(code, 0);
    const shown = await decompress(file, decodingOptions(options));
    return {
      file,
      score: kind === "psnr" ? finite(psnr(picture, shown)) : structureDecibels(picture, shown),
    };
  };
  const [fine, coarse, finest] = [75, 25, 140].map((quality) => encoder.codeOfQuality(quality));
  const range = from === undefined ? { fine, coarse, finest } : { fine: from, coarse: from + 16, finest };
  const goal = kind === "psnr" ? value : decibels(value);
  const found = await searchQuality(probe, ({ score }) => score, goal, SCORE_TOLERANCE, range);
  return { stepCode: found.stepCode, file: found.value.file };
}

/** What decoding one's own file needs. */
export function decodingOptions(
  { model, signal, workers, device, runtime }: CompressOptions,
): DecompressOptions {
  return {
    maxPixels: Infinity,
    maxMemoryBytes: Infinity,
    ...(model !== undefined && { model }),
    ...(device && { device }),
    ...(runtime && { runtime }),
    ...(signal && { signal }),
    ...(workers !== undefined && { workers }),
  };
}

/** 1 − MS-SSIM in decibels: about linear in the step code, as PSNR is; equal pictures count as 90. */
export function structureDecibels(picture: PictureLike, shown: PictureLike): number {
  return decibels(msSsim(picture, shown));
}

function decibels(score: number): number {
  return -10 * Math.log10(Math.max(1e-9, 1 - score));
}

/** A search interpolates between scores: equal pictures, at infinitely many decibels, count as 100. */
export function finite(score: number): number {
  return Math.min(100, score);
}
