import { codeFromStep } from "../components/mod.ts";
import { InvalidValueError } from "../core/mod.ts";
import { psnr } from "../kernels/cpu/metrics/psnr.ts";
import { msSsim } from "../kernels/cpu/metrics/ms_ssim.ts";
import { loadModel, type OnnxModel, stepOfQuality } from "../models/mod.ts";
import type { PictureLike } from "../world.ts";
import { decompress } from "./decompress.ts";
import { LatentEncoder } from "./latent_encoder.ts";
import { modelsForTarget } from "./model_choice.ts";
import { type CompressOptions, targetOf } from "./options.ts";
import { searchQuality, searchSize } from "./rate_control.ts";

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
  const names = options.model
    ? [options.model]
    : await modelsForTarget(target, picture.width * picture.height);
  for (const [index, name] of names.entries()) {
    const model = await loadModel(name);
    const encoder = await LatentEncoder.open(picture, model, options);
    try {
      return await encodeFor(target, encoder, picture, model, options);
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

async function encodeFor(
  { kind, value }: ReturnType<typeof targetOf>,
  encoder: LatentEncoder,
  picture: PictureLike,
  { manifest }: OnnxModel,
  options: CompressOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const codeOfQuality = (quality: number) => codeFromStep(stepOfQuality(manifest, quality));
  if (kind === "quality") return await encoder.encode(codeOfQuality(value), Math.round(value));
  if (kind === "bytes" || kind === "bpp") {
    const limit = kind === "bytes" ? value : Math.floor(value * picture.width * picture.height / 8);
    return (await searchSize((code) => encoder.encode(code, 0), (file) => file.length, limit)).value;
  }
  const probe = async (code: number) => {
    const file = await encoder.encode(code, 0);
    const shown = await decompress(file, options.model === undefined ? {} : { model: options.model });
    return { file, score: kind === "psnr" ? psnr(picture, shown) : decibels(msSsim(picture, shown)) };
  };
  const goal = kind === "psnr" ? value : decibels(value);
  const range = { fine: codeOfQuality(75), coarse: codeOfQuality(25), finest: codeOfQuality(140) };
  return (await searchQuality(probe, ({ score }) => score, goal, SCORE_TOLERANCE, range)).value.file;
}

/** 1 − MS-SSIM in decibels: about linear in the step code, as PSNR is. */
function decibels(score: number): number {
  return -10 * Math.log10(Math.max(1e-9, 1 - score));
}
