import { InvalidValueError } from "../core/mod.ts";
import { checkCompressOptions } from "./check_compress_options.ts";
import { compressExactly } from "./plan/compress_exact.ts";
import { compressLossy } from "./plan/compress_lossy.ts";
import { inTermsOf } from "./rate_error.ts";
import type { TileEngine } from "./run/tile_engine.ts";
import type { TileJobs } from "./streams/job_types.ts";
import { metadataSections, refuseHdrSamples } from "./container/metadata_sections.ts";
import type { CompressOptions, UncheckedCompressOptions } from "./options.ts";
import { targetOf } from "./target.ts";
import { codecPicture, type CompressInput } from "./samples.ts";

/**
 * Compresses a picture to the bytes of a `.vaer` file.
 *
 * Alpha that is not all opaque is stored without loss unless `alphaError` says otherwise, grey pictures as grey. Lossless
 * and near-lossless files keep 16 bits per sample and the colours of pixels of alpha 0; others round to 8 bits and replace
 * these colours by a smooth continuation of the visible ones. Floats that are multiples of 1/255 count as 8 bits, others as
 * 16 bits, and can be kept without loss only if they are multiples of 1/65535. Loads the model when first called.
 *
 * No file is larger than a lossless one: unless `model` names a net, a target that would take as many bytes, or that no
 * lossy file reaches, gives a lossless file (of 16 bits, near-lossless where that reaches a PSNR). Each file is verified: the
 * entropy coder reads back what it has coded, quantised coefficients are compared with the picture's, and lossless files and
 * small ones are decoded; lossless photographs of more than 2^16 pixels from effort 7 on only. Lossless files hold a checksum of
 * their samples, which `decompress` verifies.
 *
 * Samples and metadata are copied before the promise is returned: what is written to them later is not in the file. The copy
 * takes 4 bytes per pixel, 8 with 16 bits per sample.
 *
 * @param picture RGBA of 8 or 16 bits or floats, any size from 1×1; an `ImageData` is one.
 * @param options One target (quality 50 by default) and settings.
 * @returns A file that decodes alone.
 * @throws InvalidValueError ("picture-type", "picture-size", "picture-data", "option-unknown", "option-value",
 *   "target-range", "target-count", "lossless-floats", "lossy-hdr", "metadata-cicp", "metadata-icc", "rate-unreachable", "quality-unreachable", "tile-side" and others of
 *   single options), VaeransError ("verify-failed"), ModelError, ArenaFullError, the reason of an aborted signal.
 *
 * @example Compress and decompress
 * ```ts
 * import { compress, decompress } from "@vaerans/vaerans";
 * import { assertEquals } from "@std/assert";
 *
 * const data = new Uint8ClampedArray(4 * 60 * 40).fill(200);
 * const bytes = await compress({ data, width: 60, height: 40 }, { target: { quality: 30 } });
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
 * const bytes = await compress({ data, width: 90, height: 60 }, { target: { bytes: 500 } });
 * assert(bytes.length <= 500);
 * ```
 */
export async function compress(
  picture: CompressInput,
  options: CompressOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  return await compressWith(picture, options, { isCopied: true });
}

/** How {@linkcode compressWith} takes a picture. */
export interface CompressMeans {
  /** Take the samples before the promise is returned; otherwise the caller must leave them as they are until it settles. */
  readonly isCopied?: boolean;
  /** An engine that other pictures share; it stays open, and steps and aborts are its own. By default one for this picture. */
  readonly engine?: TileEngine<TileJobs> | undefined;
}

/**
 * As {@linkcode compress}, by other means.
 *
 * @param input As for {@linkcode compress}.
 * @param options As for {@linkcode compress}.
 * @param means Copy and engine.
 * @returns The file.
 */
export async function compressWith(
  input: CompressInput,
  options: UncheckedCompressOptions = {},
  { isCopied = false, engine }: CompressMeans = {},
): Promise<Uint8Array<ArrayBuffer>> {
  checkCompressOptions(options);
  const target = targetOf(options);
  const { picture, isExact } = codecPicture(input, isCopied);
  if (target.kind !== "nearLossless") refuseHdrSamples(picture.metadata, options.metadata);
  options.signal?.throwIfAborted();
  if (target.kind === "nearLossless" && !isExact) {
    throw new InvalidValueError(
      "lossless-floats",
      "Cannot keep these floats without loss: each must be a multiple of 1/255 or 1/65535 (got another value). Round them to a Uint16Array, or choose a lossy target.",
    );
  }
  const packed = {
    ...options,
    ...(engine && { engine }),
    metadata: metadataSections(options.metadata ?? picture.metadata ?? {}),
  };
  const file = target.kind === "nearLossless"
    ? await compressExactly(picture, packed, target.value)
    : await compressLossy(picture, packed, target).catch((error) => {
      throw inTermsOf(target, picture, error);
    });
  options.signal?.throwIfAborted();
  return file;
}
