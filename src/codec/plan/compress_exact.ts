import { UNIT_STEP_CODE } from "../../components/mod.ts";
import { VaeransError } from "../../core/mod.ts";
import { isPredicted } from "../../entropy/lossless/lossless_section.ts";
import { DEFAULT_EFFORT } from "../../entropy/mod.ts";
import { subbandDecoder } from "../../entropy/subband/sections.ts";
import { EXACT_SECTION, readContainer } from "../../format/mod.ts";
import { decompress } from "../decompress.ts";
import { decodingOptions } from "./decoding_options.ts";
import { EncoderPool, type SharedEngineOptions } from "./encoder_pool.ts";
import { PIXELS } from "../streams/pixel_params.ts";
import type { AnyPicture } from "../samples.ts";

/** From this effort on every file is decoded before it is returned, and below it the file of a picture of so few pixels. */
const DECODED_EFFORT = 7, DECODED_PIXELS = 2 ** 16;

/** A file whose samples are wrong by no more than `bound`, verified: see {@linkcode mustBeDecoded}. */
export async function compressExactly(
  picture: AnyPicture,
  options: SharedEngineOptions,
  bound: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const file = await encodeExactly(picture, options, bound);
  if (mustBeDecoded(file, picture, options)) await verifyExactly(file, picture, options, bound);
  return file;
}

/**
 * Whether a new file is decoded to verify it. Large photographs at efforts below {@linkcode DECODED_EFFORT} are not, as that takes as
 * long as encoding: where the predictor codes all samples, its encoder has compared each with what its decisions say, and the file
 * holds a checksum of the samples for the decoder.
 */
function mustBeDecoded(
  file: Uint8Array,
  { width, height }: AnyPicture,
  { effort = DEFAULT_EFFORT }: SharedEngineOptions,
): boolean {
  if (effort >= DECODED_EFFORT || width * height <= DECODED_PIXELS) return true;
  const exact = readContainer(file, { maxPixels: Infinity }).sections.filter(({ kind }) =>
    (kind & 0xf0) === EXACT_SECTION
  );
  return !exact.every(({ kind, payload }) => (kind & 0x0f) === subbandDecoder.id && isPredicted(payload));
}

/** The same, not verified yet. */
export async function encodeExactly(
  picture: AnyPicture,
  options: SharedEngineOptions,
  bound: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const pool = new EncoderPool(picture, options, bound);
  try {
    return await (await pool.get(PIXELS.name)).encode(UNIT_STEP_CODE, 0);
  } finally {
    pool.close();
  }
}

/** Decodes the file and compares all samples. Errors: `VaeransError` ("verify-failed"). */
export async function verifyExactly(
  file: Uint8Array,
  picture: AnyPicture,
  options: SharedEngineOptions,
  bound: number,
): Promise<void> {
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
        `Cannot verify the file: sample ${i} must decode to ${picture.data[i]} with an error of at most ${
          bounds[i & 3]
        } (got ${data[i]}). Please report this bug with the source picture.`,
      );
    }
  }
}
