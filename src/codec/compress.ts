import { UNIT_STEP_CODE } from "../components/mod.ts";
import { InvalidValueError, VaeransError } from "../core/mod.ts";
import { msSsim } from "../kernels/cpu/metrics/ms_ssim.ts";
import { psnr } from "../kernels/cpu/metrics/psnr.ts";
import { loadModel } from "../models/mod.ts";
import type { PictureLike } from "../world.ts";
import { decompress } from "./decompress.ts";
import { LatentEncoder } from "./latent_encoder.ts";
import { modelsForTarget } from "./model_choice.ts";
import { checkEffort, type CompressOptions, type Target, targetOf } from "./options.ts";
import { PixelEncoder } from "./pixel_encoder.ts";
import { PIXELS } from "./pixel_params.ts";
import { searchQuality, searchSize } from "./rate_control.ts";
import type { StepEncoder } from "./step_encoder.ts";

/** A picture this much better than asked for ends the search, in decibels (of 1 − MS-SSIM for that). */
const SCORE_TOLERANCE = 0.03;

/**
 * Compresses a picture to the bytes of a `.vaer` file.
 *
 * Alpha is not stored yet; colours are taken as sRGB. Loads the model when first called.
 *
 * @param picture RGBA, any size from 1×1.
 * @param options What the file should cost or look like, and the model.
 * @returns A file that decodes alone.
 * @throws InvalidValueError ("picture-size", "picture-data", "target-range", "target-count", "rate-unreachable",
 *   "quality-unreachable"), ModelError, ArenaFullError.
 *
 * @example Compress and decompress
 * ```ts
 * import { compress, decompress } from "@vaerans/vaerans";
 * import { assertEquals } from "@std/assert";
 *
 * const data = new Uint8ClampedArray(4 * 60 * 40).fill(200);
 * const bytes = await compress({ data, width: 60, height: 40 }, { quality: 30 });
 * const picture = await decompress(bytes);
 * assertEquals([picture.width, picture.height], [60, 40]);
 * ```
 *
 * @example A file of at most so many bytes
 * ```ts
 * import { compress } from "@vaerans/vaerans";
 * import { assert } from "@std/assert";
 *
 * const data = Uint8ClampedArray.from({ length: 4 * 90 * 60 }, (_, i) => (i * i) % 251);
 * const bytes = await compress({ data, width: 90, height: 60 }, { bytes: 500 });
 * assert(bytes.length <= 500);
 * ```
 */
export async function compress(
  picture: PictureLike,
  options: CompressOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const target = targetOf(options);
  checkEffort(options.effort);
  if (target.kind === "nearLossless") return await compressExactly(picture, options, target.value);
  const names = options.model
    ? [options.model]
    : await modelsForTarget(target, picture.width * picture.height);
  for (const [index, name] of names.entries()) {
    const encoder = name === PIXELS.name
      ? await PixelEncoder.open(picture, options)
      : await LatentEncoder.open(picture, await loadModel(name), options);
    try {
      return await encodeFor(target, encoder, picture, options);
    } catch (error) {
      // A finer model may reach what this one cannot.
      const last = index === names.length - 1;
      if (last || !(error instanceof InvalidValueError && error.code === "quality-unreachable")) throw error;
    } finally {
      encoder.report();
    }
  }
  throw new RangeError("unreachable: there is always a model to try");
}

async function compressExactly(
  picture: PictureLike,
  options: CompressOptions,
  bound: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const encoder = await PixelEncoder.open(picture, options, bound);
  const file = await encoder.encode(UNIT_STEP_CODE, 0);
  encoder.report();
  const { data } = await decompress(file);
  for (let i = 0; i < data.length; i++) {
    if ((i & 3) !== 3 && Math.abs(data[i] - picture.data[i]) > bound) {
      throw new VaeransError(
        "verify-failed",
        `Cannot vouch for this file: sample ${i} came back as ${data[i]} for ${
          picture.data[i]
        }, the bound is ${bound}; ` +
          "please report this picture",
      );
    }
  }
  return file;
}

async function encodeFor(
  { kind, value }: Target,
  encoder: StepEncoder,
  picture: PictureLike,
  options: CompressOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  if (kind === "quality") return await encoder.encode(encoder.codeOfQuality(value), Math.round(value));
  if (kind === "bytes" || kind === "bpp") {
    const limit = kind === "bytes" ? value : Math.floor(value * picture.width * picture.height / 8);
    return (await searchSize(
      (code) => encoder.encode(code, 0),
      (file) => file.length,
      limit,
      encoder.codeOfQuality(50),
    )).value;
  }
  const probe = async (code: number) => {
    const file = await encoder.encode(code, 0);
    const shown = await decompress(file, options.model?.includes("/") ? { model: options.model } : {});
    return { file, score: kind === "psnr" ? finite(psnr(picture, shown)) : decibels(msSsim(picture, shown)) };
  };
  const goal = kind === "psnr" ? value : decibels(value);
  const [fine, coarse, finest] = [75, 25, 140].map((quality) => encoder.codeOfQuality(quality));
  return (await searchQuality(probe, ({ score }) => score, goal, SCORE_TOLERANCE, { fine, coarse, finest }))
    .value.file;
}

/** 1 − MS-SSIM in decibels: about linear in the step code, as PSNR is. */
function decibels(score: number): number {
  return -10 * Math.log10(Math.max(1e-9, 1 - score));
}

/** A search interpolates between scores: equal pictures, at infinitely many decibels, count as 100. */
function finite(score: number): number {
  return Math.min(100, score);
}
