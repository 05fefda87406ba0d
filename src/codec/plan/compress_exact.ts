import { UNIT_STEP_CODE } from "../../components/mod.ts";
import { VaeransError } from "../../core/mod.ts";
import { decompress } from "../decompress.ts";
import { decodingOptions } from "./decoding_options.ts";
import { EncoderPool, type SharedEngineOptions } from "./encoder_pool.ts";
import { PIXELS } from "../streams/pixel_params.ts";
import type { AnyPicture } from "../samples.ts";

/** A file whose samples are wrong by no more than `bound`, verified. */
export async function compressExactly(
  picture: AnyPicture,
  options: SharedEngineOptions,
  bound: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const file = await encodeExactly(picture, options, bound);
  await verifyExactly(file, picture, options, bound);
  return file;
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
