import { UNIT_STEP_CODE } from "../components/mod.ts";
import { VaeransError } from "../core/mod.ts";
import { compressLossy } from "./compress_lossy.ts";
import { decompress } from "./decompress.ts";
import { decodingOptions } from "./encode_for_target.ts";
import { EncoderPool, type SharedEngineOptions } from "./encoder_pool.ts";
import type { GroupEngine } from "./group_engine.ts";
import { refuseHdrSamples } from "./metadata.ts";
import { checkEffort, checkRuntime, type CompressOptions, targetOf } from "./options.ts";
import { PIXELS } from "./pixel_params.ts";
import { type AnyPicture, checkPicture } from "./samples.ts";

/**
 * Compresses a picture to the bytes of a `.vaer` file.
 *
 * Alpha that is not all opaque is stored without loss unless `alphaError` says otherwise, grey pictures as grey. Lossless
 * and near-lossless files keep 16 bits a sample, others round to 8. Loads the model when first called.
 *
 * @param picture RGBA of 8 or 16 bits, any size from 1×1.
 * @param options What the file should cost or look like, and the model.
 * @returns A file that decodes alone.
 * @throws InvalidValueError ("picture-size", "picture-data", "target-range", "target-count", "rate-unreachable",
 *   "quality-unreachable", "group-side", "lossy-hdr", "metadata-cicp"), ModelError, ArenaFullError, the reason of an aborted signal.
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
 * const data = Uint8ClampedArray.from({ length: 4 * 90 * 60 }, (_, i) => i % 4 === 3 ? 255 : (i * i) % 251);
 * const bytes = await compress({ data, width: 90, height: 60 }, { bytes: 500 });
 * assert(bytes.length <= 500);
 * ```
 */
export async function compress(
  picture: AnyPicture,
  options: CompressOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  return await compressPicture(picture, options);
}

/**
 * Compresses on an engine that other pictures share; it stays open. Steps and aborts are the engine's own.
 *
 * @param engine Runs the groups.
 * @param picture As for {@linkcode compress}.
 * @param options As for {@linkcode compress}.
 * @returns The file.
 */
export async function compressOn(
  engine: GroupEngine,
  picture: AnyPicture,
  options: CompressOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  return await compressPicture(picture, { ...options, engine });
}

async function compressPicture(
  picture: AnyPicture,
  options: SharedEngineOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const target = targetOf(options);
  checkEffort(options.effort);
  checkRuntime(options.runtime);
  checkPicture(picture);
  if (target.kind !== "nearLossless") refuseHdrSamples(picture.metadata, options.metadata);
  options.signal?.throwIfAborted();
  const file = target.kind === "nearLossless"
    ? await compressExactly(picture, options, target.value)
    : await compressLossy(picture, options, target);
  options.signal?.throwIfAborted();
  return file;
}

async function compressExactly(
  picture: AnyPicture,
  options: SharedEngineOptions,
  bound: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const pool = new EncoderPool(picture, options, bound);
  let file: Uint8Array<ArrayBuffer>;
  try {
    file = await (await pool.get(PIXELS.name)).encode(UNIT_STEP_CODE, 0);
  } finally {
    pool.close();
  }
  const { onProgress } = options;
  const { data } = await decompress(file, {
    ...decodingOptions(options),
    keepDepth: true,
    ...(onProgress && { onProgress: ({ fraction }) => onProgress({ stage: "verify", fraction }) }),
  });
  const bounds = [bound, bound, bound, options.alphaError ?? 0];
  for (let i = 0; i < data.length; i++) {
    if (Math.abs(data[i] - picture.data[i]) > bounds[i & 3]) {
      throw new VaeransError(
        "verify-failed",
        `Cannot vouch for this file: sample ${i} came back as ${data[i]} for ${
          picture.data[i]
        }, the bound is ${bounds[i & 3]}; please report this picture`,
      );
    }
  }
  return file;
}
