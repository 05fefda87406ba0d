import { UNIT_STEP_CODE } from "../components/mod.ts";
import { InvalidValueError, VaeransError } from "../core/mod.ts";
import { DEFAULT_EFFORT } from "../entropy/mod.ts";
import { msSsim } from "../kernels/cpu/metrics/ms_ssim.ts";
import { psnr } from "../kernels/cpu/metrics/psnr.ts";
import { bestOf } from "./contest.ts";
import { decompress } from "./decompress.ts";
import { engineFor } from "./engines.ts";
import { planEncoding } from "./encoding_plan.ts";
import type { GroupEngine } from "./group_engine.ts";
import { GroupGrid } from "./group_grid.ts";
import { modelsForTarget, rivalsForTarget } from "./model_choice.ts";
import {
  checkEffort,
  type CompressOptions,
  type DecompressOptions,
  DEFAULT_QUALITY,
  type Target,
  targetOf,
} from "./options.ts";
import { PictureEncoder } from "./picture_encoder.ts";
import { PIXELS } from "./pixel_params.ts";
import { Progress } from "./progress.ts";
import { searchQuality, searchSize } from "./rate_control.ts";
import { type AnyPicture, checkPicture, toEightBits } from "./samples.ts";
import type { StepEncoder } from "./step_encoder.ts";

/** A picture this much better than asked for ends the search, in decibels (of 1 − MS-SSIM for that). */
const SCORE_TOLERANCE = 0.03;

/** From this effort on, models whose ground borders on the target's are tried too. */
const CONTEST_EFFORT = 5;

/**
 * Decibels of PSNR that weigh as much as one of 1 − MS-SSIM where the pixels' stream is the choice: there MS-SSIM alone would
 * take softer pictures. Between two and four it agrees best with SSIMULACRA2, on photographs held out of the training.
 */
const PSNR_TO_STRUCTURE = 3;

/** Share of a quality's bytes that a rival may leave: a closer search would take longer than the nets. */
const RIVAL_SLACK = 0.01;

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
 *   "quality-unreachable", "group-side"), ModelError, ArenaFullError, the reason of an aborted signal.
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

/** Options, and an engine that is not to be closed. */
type SharedEngineOptions = CompressOptions & { readonly engine?: GroupEngine };

async function compressPicture(
  picture: AnyPicture,
  options: SharedEngineOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const target = targetOf(options);
  checkEffort(options.effort);
  checkPicture(picture);
  options.signal?.throwIfAborted();
  if (target.kind === "nearLossless") return await compressExactly(picture, options, target.value);
  const shown = { ...toEightBits(picture), ...(picture.metadata && { metadata: picture.metadata }) };
  const names = options.model
    ? [options.model]
    : await modelsForTarget(target, picture.width * picture.height);
  const way = (goal: Target, name: string, rivalOf?: number) => () =>
    withEncoder(
      shown,
      name,
      undefined,
      // A PSNR is reached with the fewest bytes by equal steps.
      goal.kind === "psnr" ? { ...options, tune: "psnr" } : options,
      (encoder) => encodeFor(goal, encoder, shown, options, rivalOf),
    );
  const decode = (file: Uint8Array) => decompress(file, decodingOptions(options));
  if (options.tune === "psnr" && !options.model && target.kind !== "ssim") {
    // Qualities mean what they mean for the pixels' stream: there is nothing to compare at.
    const rivals = target.kind === "quality" ? [] : names.slice(0, 1).filter((name) => name !== PIXELS.name);
    return await bestOf(
      [PIXELS.name, ...rivals].map((name) => way(target, name)),
      async (file) => target.kind === "psnr" ? -file.length : psnr(shown, await decode(file)),
    );
  }
  const { file, name } = await firstInReach(names, (name) => way(target, name)());
  // A quality's bytes are those of its own model; a rival has to look better with no more of them.
  const goal: Target = target.kind === "quality" ? { kind: "bytes", value: file.length } : target;
  const rivals = options.model || (options.effort ?? DEFAULT_EFFORT) < CONTEST_EFFORT
    ? []
    : await rivalsForTarget(name === PIXELS.name ? goal : target, name, shown.width * shown.height);
  const quality = target.kind === "quality" ? target.value : undefined;
  const judge = async (file: Uint8Array) => {
    if (goal.kind === "psnr" || goal.kind === "ssim") return -file.length;
    const decoded = await decode(file), structure = decibels(msSsim(shown, decoded));
    return name === PIXELS.name ? structure + finite(psnr(shown, decoded)) / PSNR_TO_STRUCTURE : structure;
  };
  return await bestOf(
    [() => Promise.resolve(file), ...rivals.map((rival) => way(goal, rival, quality))],
    judge,
  );
}

/** Finer models may reach what the first ones cannot. */
async function firstInReach<File>(
  names: readonly string[],
  encode: (name: string) => Promise<File>,
): Promise<{ file: File; name: string }> {
  for (const [index, name] of names.entries()) {
    try {
      return { file: await encode(name), name };
    } catch (error) {
      const last = index === names.length - 1;
      if (last || !(error instanceof InvalidValueError && error.code === "quality-unreachable")) throw error;
    }
  }
  throw new RangeError("unreachable: there is always a model to try");
}

async function withEncoder<T>(
  picture: AnyPicture,
  model: string,
  bound: number | undefined,
  options: SharedEngineOptions,
  work: (encoder: PictureEncoder) => Promise<T>,
): Promise<T> {
  const plan = await planEncoding(picture, model, bound, options);
  const groupCount = new GroupGrid(picture, plan.header.groupSide, plan.colour).count;
  const engine = options.engine ?? engineFor(groupCount, options);
  try {
    const result = await work(new PictureEncoder(picture, plan, engine, new Progress(options)));
    options.signal?.throwIfAborted();
    return result;
  } finally {
    if (!options.engine) engine.close();
  }
}

async function compressExactly(
  picture: AnyPicture,
  options: SharedEngineOptions,
  bound: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const file = await withEncoder(
    picture,
    PIXELS.name,
    bound,
    options,
    (encoder) => encoder.encode(UNIT_STEP_CODE, 0),
  );
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

/** @param rivalOf The quality that the file stands for, where its target is another model's bytes at that quality. */
async function encodeFor(
  { kind, value }: Target,
  encoder: StepEncoder,
  picture: ReturnType<typeof toEightBits>,
  options: CompressOptions,
  rivalOf?: number,
): Promise<Uint8Array<ArrayBuffer>> {
  if (kind === "quality") return await encoder.encode(encoder.codeOfQuality(value), Math.round(value));
  if (kind === "bytes" || kind === "bpp") {
    const limit = kind === "bytes" ? value : Math.floor(value * picture.width * picture.height / 8);
    return (await searchSize(
      (code) => encoder.encode(code, Math.round(rivalOf ?? 0)),
      (file) => file.length,
      limit,
      encoder.codeOfQuality(rivalOf ?? DEFAULT_QUALITY),
      rivalOf === undefined ? 0 : RIVAL_SLACK,
    )).value;
  }
  const probe = async (code: number) => {
    const file = await encoder.encode(code, 0);
    const shown = await decompress(file, decodingOptions(options));
    return { file, score: kind === "psnr" ? finite(psnr(picture, shown)) : decibels(msSsim(picture, shown)) };
  };
  const goal = kind === "psnr" ? value : decibels(value);
  const [fine, coarse, finest] = [75, 25, 140].map((quality) => encoder.codeOfQuality(quality));
  return (await searchQuality(probe, ({ score }) => score, goal, SCORE_TOLERANCE, { fine, coarse, finest }))
    .value.file;
}

/** What decoding one's own file needs. */
function decodingOptions({ model, signal, workers, device }: CompressOptions): DecompressOptions {
  return {
    maxPixels: Infinity,
    maxMemoryBytes: Infinity,
    ...(model?.includes("/") && { model }),
    ...(device && { device }),
    ...(signal && { signal }),
    ...(workers !== undefined && { workers }),
  };
}

/** 1 − MS-SSIM in decibels: about linear in the step code, as PSNR is. */
function decibels(score: number): number {
  return -10 * Math.log10(Math.max(1e-9, 1 - score));
}

/** A search interpolates between scores: equal pictures, at infinitely many decibels, count as 100. */
function finite(score: number): number {
  return Math.min(100, score);
}
