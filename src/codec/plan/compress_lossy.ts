import { InvalidValueError } from "../../core/mod.ts";
import { DEFAULT_EFFORT } from "../../entropy/mod.ts";
import { type Candidate, chooseModel } from "./choose_model.ts";
import { byteLimitOf, encodeFor, type Measures } from "./encode_for_target.ts";
import { EncoderPool, type SharedEngineOptions } from "./encoder_pool.ts";
import { ExactFiles } from "./exact_files.ts";
import { graphicsFileFor } from "./graphics/graphics_file.ts";
import { faintSmoothing, withSoftFaintColours } from "../streams/faint_samples.ts";
import { withoutHiddenColours } from "../streams/hidden_samples.ts";
import { DEFAULT_QUALITY, refiningPasses, type Target } from "../options.ts";
import { metadataBytes, NO_METADATA } from "../container/metadata_sections.ts";
import { decompress } from "../decompress.ts";
import { decodingOptions } from "./decoding_options.ts";
import type { PictureEncoder } from "../picture_encoder.ts";
import { reducedPicture } from "../reduction/reduce.ts";
import { EarlyPreview } from "./early_preview.ts";
import { PIXELS } from "../streams/pixel_params.ts";
import { finerForPoints } from "./points_quality.ts";
import { reductionsFor } from "./reductions.ts";
import { PictureScore } from "./picture_score.ts";
import { type AnyPicture, toEightBits } from "../samples.ts";
import { bestOf, firstInReach, isUnreachable } from "./selection.ts";
import { verifyLossy } from "./verify_lossy.ts";

/** PSNR from which on a lossless file takes fewer bytes: nearly all of a picture's 8-bit samples come back exactly. */
const EXACT_DECIBELS = 60;
/** From this share of the bytes on, metadata are what keeps a picture from fitting. */
const LARGE_METADATA_SHARE = 0.5;

/**
 * Makes the file that looks best for a target: with the model that it asks for, or with one of its neighbours, or without
 * loss where that takes no more bytes or no lossy file reaches the target. The file is verified.
 */
export async function compressLossy(
  picture: AnyPicture,
  options: SharedEngineOptions,
  target: Target,
): Promise<Uint8Array<ArrayBuffer>> {
  const coded = withoutHiddenColours(toEightBits(picture));
  const lossy = withSoftFaintColours(coded, smoothingFor(target, options));
  const exact = new ExactFiles(picture, coded, options), score = new PictureScore(picture, coded);
  // A PSNR is reached with the fewest bytes by equal steps.
  const tuned = target.kind === "psnr" ? { ...options, tune: "psnr" as const } : options;
  const pool = new EncoderPool(lossy, tuned);
  const measures = { picture: coded, lossy, score, exact, options }, limit = byteLimitOf(target, coded);
  const early = limit === undefined ? undefined : new EarlyPreview(coded, limit);
  const instead = await exactFor(target, exact, score, coded);
  if (instead) return instead;
  try {
    const job = { pool, measures, options: tuned, early }, chosen = await bestSize(target, job);
    const smaller = await exact.within(chosen.file.length);
    if (smaller) return await exact.verified(smaller);
    const drawn = await graphicsFileFor(
      { ...chosen, finer: () => pool.get(PIXELS.name) },
      target,
      measures,
      options,
    );
    const exactInstead = drawn && await exact.within(drawn.length);
    if (exactInstead) return await exact.verified(exactInstead);
    const shown = drawn && (early?.added(drawn) ?? drawn);
    // A thumbnail must not make the file larger than the lossless one.
    if (shown) return await exact.within(shown.length - 1) ? drawn : shown;
    const finer = await finerForPoints(
      chosen,
      target,
      measures,
      async (value) => {
        const { name, goal, encoder, stepCode } = await sizedFile(0, { kind: "quality", value }, job);
        return {
          name,
          goal,
          encoder,
          stepCode,
          file: await encoder.encode(stepCode, Math.round(target.value)),
        };
      },
    );
    const { file, encoder } = finer ?? chosen;
    await verifyLossy(file, encoder, measures);
    return file;
  } catch (error) {
    if (!isUnreachable(error)) throw error;
    if (limit !== undefined) refuseLargeMetadata(limit, options);
    if (!exact.areAllowed) throw error;
    if (target.kind === "psnr") return await exact.forPsnr(target.value, score);
    if (target.kind === "ssim") return await exact.smallest();
    throw error;
  } finally {
    pool.close();
  }
}

/** How much colours of faint pixels may change: nothing where every pixel counts alike. */
function smoothingFor({ kind, value }: Target, { tune }: SharedEngineOptions): number {
  if (kind === "psnr" || kind === "ssim" || tune === "psnr") return 0;
  return faintSmoothing(kind === "quality" ? value : DEFAULT_QUALITY);
}

/** Says so where metadata take most of the bytes: "rate-unreachable". */
function refuseLargeMetadata(limit: number, { metadata = NO_METADATA }: SharedEngineOptions): void {
  const bytes = metadataBytes(metadata);
  if (bytes < LARGE_METADATA_SHARE * limit) return;
  throw new InvalidValueError(
    "rate-unreachable",
    `Cannot compress to ${limit} bytes: the metadata must leave room for the picture (got ${bytes} bytes of ` +
      "metadata). Leave it out (metadata: false, or --strip), or allow more bytes.",
  );
}

/** What files of a picture are made from and measured by. */
interface LossyJob {
  readonly pool: EncoderPool;
  readonly measures: Measures;
  readonly options: SharedEngineOptions;
  /** Of files for a number of bytes. */
  readonly early: EarlyPreview | undefined;
}

/** A file at one of the sizes that the picture may be coded at, and what encoded it. */
interface SizedFile extends Candidate {
  readonly encoder: PictureEncoder;
}

/** The file that looks best among those of the picture and of smaller ones that the decoder enlarges. */
async function bestSize(target: Target, job: LossyJob): Promise<SizedFile> {
  const { measures, options, early } = job, { picture, score } = measures;
  if (!early) return await sizedFile(0, target, job);
  const streamBytes = Math.max(1, early.limit - metadataBytes(options.metadata ?? NO_METADATA));
  const { competing, further } = reductionsFor(picture, streamBytes, options);
  const ways = (reductions: readonly number[]) =>
    reductions.map((reduction) => () =>
      early.made((value) => sizedFile(reduction, { kind: "bytes", value }, job))
    );
  try {
    return await bestOf(
      ways(competing),
      async ({ file }) => score.structureDecibels(await decompress(file, decodingOptions(options))),
    );
  } catch (error) {
    if (further.length === 0 || !isUnreachable(error)) throw error;
    return await firstInReach(ways(further));
  }
}

async function sizedFile(
  reduction: number,
  target: Target,
  { pool, measures, options }: LossyJob,
): Promise<SizedFile> {
  const { picture } = measures;
  if (reduction === 0) return await sized(pool, measures, target);
  const small = reducedPicture(picture, reduction);
  const smallPool = new EncoderPool(small, options, undefined, undefined, { ...picture, reduction });
  try {
    return await sized(smallPool, { ...measures, picture: small, lossy: small }, target);
  } finally {
    smallPool.close();
  }
}

async function sized(pool: EncoderPool, measures: Measures, target: Target): Promise<SizedFile> {
  const chosen = await refined(pool, measures, await chooseModel(pool, measures, target));
  return { ...chosen, encoder: await pool.get(chosen.name) };
}

/** The file where no lossy one needs to be tried: the bytes hold a lossless one, or the score is that of equal pictures. */
async function exactFor(
  target: Target,
  exact: ExactFiles,
  score: PictureScore,
  coded: Measures["picture"],
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const { kind, value } = target, limit = byteLimitOf(target, coded);
  if (limit !== undefined) {
    const fitting = await exact.within(limit);
    return fitting && await exact.verified(fitting);
  }
  if (!exact.areAllowed) return undefined;
  if (kind === "psnr" && value >= EXACT_DECIBELS) return await exact.forPsnr(value, score);
  return kind === "ssim" && value === 1 ? await exact.smallest() : undefined;
}

/** The same file from a latent that was refined for its step, where the effort asks for it. */
async function refined(pool: EncoderPool, measures: Measures, unrefined: Candidate): Promise<Candidate> {
  const { name, goal, stepCode } = unrefined;
  const encoder = await pool.get(name), passes = refiningPasses(measures.options.effort ?? DEFAULT_EFFORT);
  if (passes === 0 || !encoder.plan.refinable) return unrefined;
  await encoder.refine({ stepCode, passes });
  const refined = await encodeFor(goal, encoder, measures, stepCode);
  const { kind } = goal.target, isScore = kind === "psnr" || kind === "ssim";
  return isScore && refined.file.length > unrefined.file.length ? unrefined : { ...refined, name, goal };
}
