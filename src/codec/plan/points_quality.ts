import { DEFAULT_EFFORT } from "../../entropy/mod.ts";
import { SSIMULACRA2_MIN_SIDE } from "../../kernels/cpu/metrics/ssimulacra2.ts";
import { decompress } from "../decompress.ts";
import { DEFAULT_CONTENT, type Target } from "../options.ts";
import { decodingOptions } from "./decoding_options.ts";
import type { Measures, SteppedFile } from "./encode_for_target.ts";
import { hasSparsePoints } from "./sparse_points.ts";

/** From this effort on it is searched. */
const LEAST_EFFORT = 5;
/** Larger pictures are coded by tiles; judging them whole would take the memory that tiles save. */
const MOST_PIXELS = 2 ** 22;
/** Files of more bits per pixel hold enough of their points. */
const MOST_BITS_PER_PIXEL = 0.1;
/** The least SSIMULACRA2 of a picture of points: the quality less this, but no less than with which most points are seen. */
const SCORE_BELOW_QUALITY = 20, LEAST_SCORE = 15;
/** Distance of the qualities that are tried, and the highest. */
const GRID = 5, HIGHEST = 90;
/** Points of SSIMULACRA2 that twice the bytes must gain. */
const POINTS_PER_OCTAVE = 15;

/**
 * The file by a finer quality's step, for a picture of sparse points on a smooth ground that lost them: the coarsest quality above by
 * which the score is as much as the quality asks for. Qualities are tried at fixed places, so that bytes and score rise with the
 * quality that is asked for.
 *
 * @param own The file by the quality's own step.
 * @param make Makes the file of another quality, best by `own`'s standards.
 * @returns `undefined` where `own` is good enough, or the picture is of another kind.
 */
export async function finerForPoints<File extends SteppedFile>(
  own: File,
  { kind, value }: Target,
  { picture, score, options }: Measures,
  make: (quality: number) => Promise<File>,
): Promise<File | undefined> {
  const { model, tune, effort = DEFAULT_EFFORT, content = DEFAULT_CONTENT } = options;
  const pixels = picture.width * picture.height;
  if (kind !== "quality" || model !== undefined || tune === "psnr" || effort < LEAST_EFFORT) return undefined;
  if (
    content === "photo" || pixels > MOST_PIXELS ||
    Math.min(picture.width, picture.height) < SSIMULACRA2_MIN_SIDE
  ) {
    return undefined;
  }
  if (8 * own.file.length > MOST_BITS_PER_PIXEL * pixels || !hasSparsePoints(picture)) return undefined;
  const scoreOf = async ({ file }: SteppedFile) =>
    score.ssimulacra2(await decompress(file, decodingOptions(options)));
  const least = Math.max(LEAST_SCORE, value - SCORE_BELOW_QUALITY), ownScore = await scoreOf(own);
  if (ownScore >= least) return undefined;
  let found: File | undefined, foundScore = 0;
  for (let low = Math.floor(value / GRID) + 1, high = HIGHEST / GRID; low <= high;) {
    const middle = (low + high) >> 1, tried = await make(GRID * middle), reached = await scoreOf(tried);
    if (reached >= least) [found, foundScore, high] = [tried, reached, middle - 1];
    else low = middle + 1;
  }
  if (!found) return undefined;
  const octaves = Math.log2(found.file.length / own.file.length);
  return foundScore - ownScore > POINTS_PER_OCTAVE * octaves ? found : undefined;
}
