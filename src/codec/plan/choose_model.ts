import { DEFAULT_EFFORT } from "../../entropy/mod.ts";
import type { PictureLike } from "../../world.ts";
import { EMBEDDED_MODELS } from "../../models/embedded.ts";
import { decompress } from "../decompress.ts";
import { NO_METADATA } from "../container/metadata_sections.ts";
import type { Target } from "../options.ts";
import { PIXELS } from "../streams/pixel_params.ts";
import { decodingOptions } from "./decoding_options.ts";
import {
  byteLimitOf,
  encodeFor,
  encodeNear,
  type Goal,
  type Measures,
  type SteppedFile,
} from "./encode_for_target.ts";
import { EncoderPool } from "./encoder_pool.ts";
import { ExactFiles } from "./exact_files.ts";
import {
  candidatesForTarget,
  isTooThinForNets,
  modelsForTarget,
  type OperatingOverlap,
  overlapOf,
} from "./model_choice.ts";
import { sampleOf } from "./picture_sample.ts";
import { finite, PictureScore } from "./picture_score.ts";
import { bestOf, firstInReach, isUnreachable } from "./selection.ts";

/** From this effort on, models whose ground borders on the target's are tried too. */
const SELECTION_EFFORT = 5;

/**
 * What a decibel of 1 − MS-SSIM weighs, in decibels of PSNR, between a model and the pixels' stream: models are trained for
 * MS-SSIM and win by it also where they look softer. With 0.2, this sum chose 24 of 25 pairs of files of equal size, from photographs
 * held out of the training, as the mean rate at equal CVVDP, SSIMULACRA2 and Butteraugli did. Trellis and map have raised the PSNR
 * of pixels more than these metrics since then; at equal bytes near 0.3 bits per pixel, texture and lettering look better by the model.
 */
const STRUCTURE_WEIGHT = 0.38;

/**
 * Bytes that the finer of two candidates takes more of a sample, beside the pixels' stream and between models: at its seams, and
 * where coders have little to learn from, finer streams do worse than on the whole picture. Means of 24 photographs held out.
 */
const SAMPLE_BYTES = { pixels: 1.16, models: 1.1 };
/** Decibels that the pixels' stream is given on a sample, beside its bytes. */
const SAMPLE_LEAD = 0.18;
/** Decibels of merit that twice the bytes of a sample gain: of the pixels' stream, of a model beside it, and between models. */
const MERIT_PER_OCTAVE = { pixels: 4.3, besidePixels: 1.8, models: 2 };

/** A file with the model and the goal that it was made for. */
export interface Candidate extends SteppedFile {
  readonly name: string;
  readonly goal: Goal;
  /** By how much the file is larger than the goal says, in octaves; of samples, whose step code is that of the goal. */
  readonly octaves?: number;
}

/**
 * Makes the file that looks best for a target with the model that it asks for or with one of its neighbours. On a large picture a
 * sample of it says with which.
 */
export async function chooseModel(pool: EncoderPool, measures: Measures, target: Target): Promise<Candidate> {
  const { picture, lossy, score, options } = measures, pixelCount = picture.width * picture.height;
  const isThin = !options.model && isTooThinForNets(picture);
  const names = options.model
    ? [options.model]
    : isThin
    ? [PIXELS.name]
    : await modelsForTarget(target, pixelCount);
  if (options.tune === "psnr" && !options.model && target.kind !== "ssim") {
    // Qualities mean what they mean for the pixels' stream: there is nothing to compare at.
    const candidates = target.kind === "quality"
      ? []
      : names.slice(0, 1).filter((name) => name !== PIXELS.name);
    return await bestOf(
      [PIXELS.name, ...candidates].map((name) => () => fileBy(name, { target }, pool, measures)),
      async ({ file }) =>
        target.kind === "psnr" ? -file.length : score.psnr(await decompress(file, decodingOptions(options))),
    );
  }
  const isSelected = !options.model && !isThin && (options.effort ?? DEFAULT_EFFORT) >= SELECTION_EFFORT;
  if (!isSelected) return await firstOf(names, { target }, pool, measures);
  const sample = sampleOf(lossy);
  return sample
    ? await chosenBySample(sample, names, pool, measures, target)
    : await contest(names, pool, measures, target);
}

/** The file by the candidate that wins on a sample; a quality's step is the one that the candidate won with. */
async function chosenBySample(
  sample: PictureLike,
  names: readonly string[],
  pool: EncoderPool,
  measures: Measures,
  target: Target,
): Promise<Candidate> {
  const pixelCount = measures.picture.width * measures.picture.height;
  const sampled = sample.width * sample.height, isQuality = target.kind === "quality";
  const bppOf = (bytes: number): Target => ({ kind: "bpp", value: 8 * bytes / pixelCount });
  const aim = target.kind === "bytes" ? bppOf(target.value) : target;
  const isShared = isQuality && await overlapOf(target.value, sampled) !== undefined;
  if (!isShared) {
    const ofPixels = names[0] === PIXELS.name;
    const own = isQuality && ofPixels ? await fileBy(PIXELS.name, { target }, pool, measures) : undefined;
    const near = await candidatesForTarget(own ? bppOf(own.file.length) : aim, names[0], sampled);
    if (near.length === 0) return own ?? await firstOf(names, { target }, pool, measures);
  }
  const winner = await winnerOf(sample, names, measures, aim);
  if (!winner) return await firstOf(names, { target }, pool, measures);
  const { name, stepCode } = winner;
  if (!isQuality) {
    const ways = [name, ...names.filter((other) => other !== name)];
    return await firstInReach(
      ways.map((way) => () => fileBy(way, { target }, pool, measures, way === name ? stepCode : undefined)),
    );
  }
  const file = await (await pool.get(name)).encode(stepCode, Math.round(target.value));
  const goal: Goal = { target: { kind: "bytes", value: file.length }, quality: target.value };
  return { name, goal, stepCode, file };
}

/** What wins on a sample; `undefined` where no candidate reaches the target there. */
async function winnerOf(
  sample: PictureLike,
  names: readonly string[],
  { options }: Measures,
  target: Target,
): Promise<Candidate | undefined> {
  const { tileSide: _, onProgress: __, ...rest } = options;
  // The whole file's metadata would outweigh the sample.
  const others = { ...rest, metadata: NO_METADATA };
  const pool = new EncoderPool(sample, others);
  const exact = new ExactFiles(sample, sample, others), score = new PictureScore(sample, sample);
  try {
    const measures = { picture: sample, lossy: sample, score, exact, options: others };
    return await contest(names, pool, measures, target, true);
  } catch (error) {
    if (!isUnreachable(error)) throw error;
    return undefined;
  } finally {
    pool.close();
  }
}

/** The best file of those by the target's own model and by its neighbours. */
async function contest(
  names: readonly string[],
  pool: EncoderPool,
  measures: Measures,
  target: Target,
  isSample = false,
): Promise<Candidate> {
  const { picture, score, options } = measures, pixelCount = picture.width * picture.height;
  const isQuality = target.kind === "quality";
  const shared = isQuality && await overlapOf(target.value, pixelCount);
  const shareOf = isSample ? sampleShare : () => 1;
  const { bytes, stepCodes } = shared ? await sharedBytes(pool, shared, shareOf) : {};
  const goal: Goal = bytes ? { target: bytes, quality: target.value } : { target };
  // What models share may be less than the quality's own can do with.
  const lastResort = shared ? [() => fileBy(names[0], { target }, pool, measures)] : [];
  const fileFor = (name: string, { target, ...rest }: Goal) => {
    const isSize = byteLimitOf(target, picture) !== undefined;
    const value = isSize ? Math.ceil(target.value * shareOf(name)) : target.value;
    return fileBy(
      name,
      { target: { ...target, value }, ...rest },
      pool,
      measures,
      stepCodes?.get(name),
      isSample,
    );
  };
  const own = await firstInReach([...names.map((name) => () => fileFor(name, goal)), ...lastResort]);
  const ofPixels = own.name === PIXELS.name;
  const ownBytes: Target = { kind: "bytes", value: own.file.length / shareOf(own.name) };
  const candidates = await candidatesForTarget(
    ofPixels && isQuality ? ownBytes : target,
    own.name,
    pixelCount,
  );
  const besidePixels = ofPixels || candidates.includes(PIXELS.name);
  const candidateGoal = goal.target.kind === "quality" ? { target: ownBytes, quality: target.value } : goal;
  return await bestOf(
    [
      () => Promise.resolve(own),
      ...candidates.map((name) => () => fileFor(name, candidateGoal)),
    ],
    async ({ file, name, octaves = 0 }) => {
      if (target.kind === "psnr" || target.kind === "ssim") return -file.length;
      const decoded = await decompress(file, decodingOptions(options));
      const structure = score.structureDecibels(decoded);
      const { pixels, besidePixels: ofModel, models } = MERIT_PER_OCTAVE;
      if (!besidePixels) return structure - models * octaves;
      const isOfPixels = name === PIXELS.name, slope = isOfPixels ? pixels : ofModel;
      const merit = finite(score.seenPsnr(decoded)) + STRUCTURE_WEIGHT * structure;
      return merit - slope * octaves + (isSample && isOfPixels ? SAMPLE_LEAD : 0);
    },
  );
}

/** Bytes that a candidate takes of a sample, over those of the finer model where both take the same of the whole picture. */
function sampleShare(name: string): number {
  if (name === PIXELS.name) return SAMPLE_BYTES.pixels;
  return name === EMBEDDED_MODELS[EMBEDDED_MODELS.length - 1].name ? 1 : 1 / SAMPLE_BYTES.models;
}

async function fileBy(
  name: string,
  goal: Goal,
  pool: EncoderPool,
  measures: Measures,
  from?: number,
  isSample = false,
): Promise<Candidate> {
  const encoder = await pool.get(name), limit = byteLimitOf(goal.target, measures.picture);
  const made = isSample && limit !== undefined
    ? await encodeNear(limit, encoder, goal, from)
    : await encodeFor(goal, encoder, measures, from);
  return { ...made, name, goal };
}

/** The file by the first of the models that reaches the goal. */
function firstOf(
  names: readonly string[],
  goal: Goal,
  pool: EncoderPool,
  measures: Measures,
): Promise<Candidate> {
  return firstInReach(names.map((name) => () => fileBy(name, goal, pool, measures)));
}

/** A quality's bytes on the ground of two models, and the steps at which both were measured for it. */
async function sharedBytes(
  pool: EncoderPool,
  { coarser, finer, finerShare }: OperatingOverlap,
  shareOf: (name: string) => number,
): Promise<{ readonly bytes: Target; readonly stepCodes: ReadonlyMap<string, number> }> {
  const stepCodes = new Map<string, number>();
  const encoders = await Promise.all([coarser, finer].map(({ name }) => pool.get(name)));
  const sizes = [coarser, finer].map(async ({ name, quality }, i) => {
    const encoder = encoders[i], stepCode = encoder.codeOfQuality(quality);
    stepCodes.set(name, stepCode);
    return (await encoder.encode(stepCode, Math.round(quality))).length / shareOf(name);
  });
  const [ofCoarser, ofFiner] = await Promise.all(sizes);
  const value = Math.ceil(ofCoarser ** (1 - finerShare) * ofFiner ** finerShare);
  return { bytes: { kind: "bytes", value }, stepCodes };
}
