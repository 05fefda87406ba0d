import { stepFromCode } from "../../components/mod.ts";
import { VaeransError } from "../../core/mod.ts";
import { readContainer } from "../../format/mod.ts";
import { decompress } from "../decompress.ts";
import { decodingOptions } from "./decoding_options.ts";
import type { Measures } from "./encode_for_target.ts";
import type { PictureLike } from "../../world.ts";
import type { PictureEncoder } from "../picture_encoder.ts";

/** Pictures of so few pixels are decoded: that is where transforms have the most edges. */
const MOST_DECODED_PIXELS = 2 ** 14;
/** Largest root mean square error of a pixel stream, in base steps: no band's steps are as much coarser, and none errs by more than a step. */
const MOST_STEPS_OF_ERROR = 8;

/**
 * Checks a lossy file before it leaves. That its coefficients are the picture's, and that entropy decoding gives them back, was
 * checked as they were coded, see `checkQuantised` and `encodeSections`. Here the file as a whole is read; small pictures are
 * decoded, and of pixel streams the error is compared with what the step allows.
 *
 * Errors: `VaeransError` ("verify-failed"), and those of reading and decoding.
 */
export async function verifyLossy(
  file: Uint8Array,
  { plan }: Pick<PictureEncoder, "plan">,
  { picture, lossy, score, options }: Measures,
): Promise<void> {
  const { header } = readContainer(file, { maxPixels: Infinity });
  if (picture.width * picture.height > MOST_DECODED_PIXELS) return;
  const decoded = await decompress(file, decodingOptions(options));
  if (decoded.data.length !== picture.data.length) {
    throw failed(`it must hold ${picture.data.length} samples (got ${decoded.data.length})`);
  }
  const alphaError = options.alphaError ?? 0;
  for (let i = 3; i < picture.data.length; i += 4) {
    if (Math.abs(picture.data[i] - decoded.data[i]) > alphaError) {
      throw failed(
        `alpha ${i >> 2} must decode to ${picture.data[i]} with an error of at most ${alphaError} (got ${
          decoded.data[i]
        })`,
      );
    }
  }
  if (plan.colour.kind !== "pixels" || header.reduction > 0) return;
  const allowed = 1 + MOST_STEPS_OF_ERROR * stepFromCode(header.stepCode),
    decibels = score.psnr(nearer(decoded, picture, lossy));
  if (decibels < 20 * Math.log10(255 / allowed)) {
    throw failed(
      `its PSNR must fit a step of ${stepFromCode(header.stepCode)} (got ${decibels.toFixed(2)} dB)`,
    );
  }
}

/** A decoded picture whose faint pixels have the smaller of their errors to a picture and to what streams code of it. */
function nearer(decoded: PictureLike, { data }: PictureLike, lossy: PictureLike): PictureLike {
  if (lossy.data === data) return decoded;
  const nearest = decoded.data.slice();
  for (let i = 0; i < nearest.length; i++) {
    const error = decoded.data[i] - lossy.data[i];
    if (Math.abs(error) < Math.abs(decoded.data[i] - data[i])) nearest[i] = data[i] + error;
  }
  return { ...decoded, data: nearest };
}

function failed(what: string): VaeransError {
  return new VaeransError(
    "verify-failed",
    `Cannot verify the file: ${what}. Please report this bug with the source picture.`,
  );
}
