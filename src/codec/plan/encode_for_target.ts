import { clampedCodeFromStep } from "../../components/mod.ts";
import { InvalidValueError } from "../../core/mod.ts";
import { decompress } from "../decompress.ts";
import { decodingOptions } from "./decoding_options.ts";
import type { PlanSettings } from "./encoding_plan.ts";
import type { ExactFiles } from "./exact_files.ts";
import { DEFAULT_QUALITY, type Target } from "../options.ts";
import { finite, type PictureScore, structureDecibelsOf } from "./picture_score.ts";
import { searchNear, searchQuality, searchSize } from "./rate_control.ts";
import type { StepEncoder } from "./step_encoder.ts";
import type { PictureLike } from "../../world.ts";

/** Quality whose step is the finest that a search tries: beyond it, 8-bit samples come back exactly. */
const FINEST_QUALITY = 140;

/** A picture this much better than asked for ends the search, in decibels (of 1 − MS-SSIM for that). */
const SCORE_TOLERANCE = 0.03;

/** Share of a quality's bytes that its file may leave: a closer search would take longer than the nets. */
const QUALITY_SLACK = 0.01;

/** From this PSNR on, errors within a step of pixels are about evenly likely. */
const FINE_STEPS_DECIBELS = 44;

/** Where a step that is too coarse takes more than this share of the bytes, the ones between are not tried. */
const WORTH_A_PROBE = 0.98;

/** Decibels above the goal that a lossless file counts as, so that a search may interpolate. */
const LOSSLESS_LEAD = 3;

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

/** What a file is measured by. */
export interface Measures {
  /** The picture in 8 bits. */
  readonly picture: PictureLike;
  /** What lossy streams code of it: colours of faint pixels may differ. */
  readonly lossy: PictureLike;
  /** Compares decoded pictures with the source. */
  readonly score: PictureScore;
  /** Lossless files, where a lossy one would be no smaller. */
  readonly exact: ExactFiles;
  /** As for `compress`. */
  readonly options: PlanSettings;
}

/** Most bytes of a target of `bytes` or `bpp`, at least 1; `undefined` for others. Errors: "rate-unreachable". */
export function byteLimitOf(
  { kind, value }: Target,
  { width, height }: PictureLike,
): number | undefined {
  if (kind === "bytes") return value;
  if (kind !== "bpp") return undefined;
  const bytes = Math.floor(value * width * height / 8);
  if (bytes >= 1) return bytes;
  throw new InvalidValueError(
    "rate-unreachable",
    `Cannot compress for bpp ${value}: it must be at least ${8 / (width * height)}, one byte for ` +
      `${width}×${height} pixels (got ${value}). Allow more bits per pixel.`,
  );
}

/** Code of the finest step that a search tries. */
function finestCode(encoder: StepEncoder): number {
  return encoder.codeOfQuality(FINEST_QUALITY);
}

/**
 * Makes a file about as large as a goal of a number of bytes asks for, to compare it with others.
 *
 * @param limit The bytes.
 * @param encoder Of the picture, with one model.
 * @param goal What they stand for.
 * @param from Where the search begins: a step already measured.
 */
export async function encodeNear(
  limit: number,
  encoder: StepEncoder,
  { quality = DEFAULT_QUALITY }: Goal,
  from: number = encoder.codeOfQuality(quality),
): Promise<SteppedFile & { readonly octaves: number }> {
  const { stepCode, value, octaves } = await searchNear(
    (code) => encoder.encode(code, Math.round(quality)),
    (file) => file.length,
    limit * (1 - QUALITY_SLACK / 2),
    from,
    finestCode(encoder),
  );
  return { stepCode, file: value, octaves };
}

/**
 * Makes a file for a goal.
 *
 * @param encoder Of the picture, with one model.
 * @param measures Of the picture.
 * @param from Where the search begins: the step that met the goal before the latent was refined, or one already measured.
 */
export async function encodeFor(
  { target, quality }: Goal,
  encoder: StepEncoder,
  { picture, score, exact, options }: Measures,
  from?: number,
): Promise<SteppedFile> {
  const { kind, value } = target;
  if (kind === "quality") {
    const stepCode = encoder.codeOfQuality(value);
    return { stepCode, file: await encoder.encode(stepCode, Math.round(value)) };
  }
  const finest = finestCode(encoder);
  const limit = byteLimitOf(target, picture);
  if (limit !== undefined) {
    const found = await searchSize(
      (code) => encoder.encode(code, Math.round(quality ?? 0)),
      (file) => file.length,
      limit,
      from ?? encoder.codeOfQuality(quality ?? DEFAULT_QUALITY),
      { slack: quality === undefined ? 0 : QUALITY_SLACK, finest },
    );
    return { stepCode: found.stepCode, file: found.value };
  }
  const goal = kind === "psnr" ? value : structureDecibelsOf(value);
  const scoreOf = (decoded: PictureLike) =>
    kind === "psnr" ? finite(score.psnr(decoded)) : score.structureDecibels(decoded);
  const probe = async (code: number) => {
    const file = await encoder.encode(code, 0);
    // No finer step is worth a try where a lossless file is as small.
    const instead = await exact.within(file.length);
    if (instead) {
      const exactScore = instead.isWhole ? Infinity : scoreOf(picture);
      return { file: instead.file, score: Math.min(exactScore, goal + LOSSLESS_LEAD) };
    }
    return { file, score: scoreOf(await decompress(file, decodingOptions(options))) };
  };
  const found = await searchQuality(
    probe,
    ({ score }) => finite(score),
    goal,
    SCORE_TOLERANCE,
    from !== undefined
      ? { fine: from, coarse: from + 16, finest }
      : kind === "psnr" && value >= FINE_STEPS_DECIBELS && encoder.isOfPixels
      ? { ...codesAround(value), finest }
      : { fine: encoder.codeOfQuality(75), coarse: encoder.codeOfQuality(25), finest },
    (good, bad) => bad.file.length < WORTH_A_PROBE * good.file.length,
  );
  return { stepCode: found.stepCode, file: found.value.file };
}

/** Codes on both sides of the step whose even errors give a PSNR. */
function codesAround(decibels: number): { readonly fine: number; readonly coarse: number } {
  const step = Math.sqrt(12) * 255 / 10 ** (decibels / 20);
  return { fine: clampedCodeFromStep(step * 0.6), coarse: clampedCodeFromStep(step * 1.2) };
}
