import { UNIT_STEP_CODE } from "../../../components/mod.ts";
import { DEFAULT_EFFORT } from "../../../entropy/mod.ts";
import { SSIMULACRA2_MIN_SIDE } from "../../../kernels/cpu/metrics/ssimulacra2.ts";
import type { PictureLike } from "../../../world.ts";
import { decompress } from "../../decompress.ts";
import { DEFAULT_CONTENT, refiningPasses, type Target } from "../../options.ts";
import { type AnyPicture, hasFewColours, toEightBits } from "../../samples.ts";
import { PIXELS } from "../../streams/pixel_params.ts";
import { verifyExactly } from "../compress_exact.ts";
import { decodingOptions } from "../decoding_options.ts";
import { byteLimitOf, encodeFor, encodeNear, type Measures, type SteppedFile } from "../encode_for_target.ts";
import { EncoderPool, type SharedEngineOptions } from "../encoder_pool.ts";
import { isUnreachable } from "../selection.ts";
import type { StepEncoder } from "../step_encoder.ts";
import { verifyLossy } from "../verify_lossy.ts";
import { findGraphicsBlocks, type GraphicsBlocks, isLikePage } from "./graphics_blocks.ts";
import { layeredPicture } from "./graphics_layer.ts";
import { snapColours } from "./snap_colours.ts";

/** From this effort on pictures are searched for graphics, unless the caller says that there are some. */
const LEAST_EFFORT = 5;
/** Larger pictures are coded by tiles; judging them whole would take the memory that tiles save. */
const MOST_PIXELS = 2 ** 22;
/** Least share of blocks of graphics for a layer of them. */
const LEAST_SHARE = 0.04;
/** From this share on the whole picture is tried as graphics, */
const WHOLE_SHARE = 0.5;
/** and from this one on only that. */
const ONLY_WHOLE_SHARE = 0.98;
/**
 * Points of SSIMULACRA2 that twice the bytes must gain. From a quality on the price falls, at quality 100 to this part of it: what
 * was worth its bytes at one quality is so at the next.
 */
const POINTS_PER_OCTAVE = 15, FULL_PRICE_QUALITY = 60, LEAST_PRICE = 0.4;
/**
 * The same of a whole drawing beside a layer, which has sharp text already, and of what exceeds twice the photographic file: with
 * more bytes, a layer or a finer step gains as much.
 */
const POINTS_PER_OCTAVE_OF_WHOLE = 30;
/** A score above this counts as this: more is seldom seen. */
const SEEN_SCORE = 90;
/** What exactness counts as: the next quality must not lose it for a few bytes. */
const EXACT_SCORE = 92;
/** How many times the bytes of the photographic file a quality may take. */
const MOST_GROWTH = 4;
/** A drawing of so many times the photographic file's bytes must look better than a photographic file of its own bytes, */
const MATCHED_GROWTH = 1.1;
/** unless it scores as much: photographic files then need more bytes. */
const MATCHED_SCORE = 85;
/** Quality at which the search for those bytes begins. */
const MATCHING_QUALITY = 80;
/** Largest change of a colour at quality 0, in levels, and how fast it falls with the quality. */
const COARSEST_TOLERANCE = 40, TOLERANCE_FALL = 1.5;
/** That of text is no larger: strokes keep their contrast. */
const MOST_TEXT_TOLERANCE = 12;
/** Tolerances for a number of bytes, tried until a file fits. */
const TOLERANCES = [0, 6, 14, 28] as const;

/** An icon has so many pixels and colours at most. */
const MOST_ICON_PIXELS = 2 ** 12, MOST_ICON_COLOURS = 64;
/** Its exact file may have so many bytes, whatever the photographic one has. Larger pictures whose exact files have as few are patterns. */
const MOST_EXACT_BYTES = 2 ** 10;

/** A layer whose file takes at most this share of the photographic file's bytes is better: it was never scored more than 0.4 points lower. */
const SURE_SHARE = 0.97;
/** Largest change of a colour, in levels, by which the bytes of a drawing of photographs fall to a half of those without a change. */
const HALVING_TOLERANCE = 3;

/** Without blocks of graphics, the parts of a drawing that look like photographs take at most this share of the photographic file's bytes. */
const MOST_PHOTOGRAPH_SHARE = 0.5;

/** A file and how to check it. */
interface GraphicsFile {
  readonly file: Uint8Array<ArrayBuffer>;
  /** Whether its graphics lie above a photograph. */
  readonly isLayered?: boolean;
  /** What it decodes to, where that is known without decoding. */
  readonly shown?: AnyPicture;
  verify(): Promise<unknown>;
}

/** The photographic file to compare with, the name of its model, and what encodes the picture with more bytes. */
type OwnFile = SteppedFile & { readonly name: string; readonly finer: () => Promise<StepEncoder> };

/** What files of graphics are made from. */
interface GraphicsJob {
  readonly own: OwnFile;
  readonly target: Target;
  readonly measures: Measures;
  readonly options: SharedEngineOptions;
  /** Most bytes of a file. */
  readonly limit: number;
}

/**
 * The file that codes parts of a picture or all of it as graphics, if it looks better for its bytes than the one by a model or
 * the pixels' stream. Its score is SSIMULACRA2; for a quality the file may be larger if it is as much better. The file is
 * verified.
 *
 * @param own The file to compare with, its step, and the name of the model.
 * @param target What the file is made for; targets of PSNR and MS-SSIM have no graphics.
 * @param measures Of the picture.
 * @param options As for `compress`.
 * @returns The file; `undefined` where the other one is better.
 */
export async function graphicsFileFor(
  own: OwnFile,
  target: Target,
  measures: Measures,
  options: SharedEngineOptions,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (!isTried(target, measures, options)) return undefined;
  const { picture } = measures, isQuality = target.kind === "quality";
  const limit = byteLimitOf(target, picture) ?? Math.floor(MOST_GROWTH * own.file.length);
  const icon = isQuality ? await exactFile(measures, mostExactBytes(picture, limit)) : undefined;
  if (!canBeScored(picture)) {
    await icon?.verify();
    return icon?.file;
  }
  const found = findGraphicsBlocks(picture), { content = DEFAULT_CONTENT } = options;
  // Snapped colours make areas of photographs flat: they count only where there is paper, or where the caller says so.
  const isSearched = content === "graphics" || content === "text" || isLikePage(picture);
  const job = { own, target, measures, options, limit };
  const best = new BestFile(job, content === "auto");
  if (icon) await best.offer(icon);
  else if (isQuality && found.share < WHOLE_SHARE) await offerExact(job, best);
  if (found.share < LEAST_SHARE && !isSearched) {
    await best.file?.verify();
    return best.file?.file;
  }
  const drawings = tolerancesFor(target, options).map((tolerance) => () => {
    const drawn = snapColours(picture, tolerance);
    return { drawn, blocks: isSearched && tolerance > 0 ? findGraphicsBlocks(drawn) : found, tolerance };
  });
  if (isQuality) {
    const all = drawings.map((draw) => draw());
    // The last one's colours change most: on the same blocks its layer takes fewer bytes and looks as good.
    for (const drawing of isSearched ? all : all.slice(-1)) await offerLayer(drawing, job, best);
    for (const drawing of all) await offerWhole(drawing, job, best);
  } else {
    for (const draw of drawings) {
      if (best.hasFile) break;
      const drawing = draw();
      await offerWhole(drawing, job, best);
      await offerLayer(drawing, job, best);
    }
  }
  await best.file?.verify();
  return best.file?.file;
}

/** The best of the files that were offered; merits are asked for only where bytes do not decide. */
class BestFile {
  readonly #job: GraphicsJob;
  #file: GraphicsFile | undefined;
  #merit: Promise<number> | undefined;
  readonly #isSet: boolean;

  /**
   * Makes the object.
   *
   * @param job What files are for.
   * @param isContest Whether the photographic file may be better than all of them.
   */
  constructor(job: GraphicsJob, isContest: boolean) {
    this.#job = job;
    this.#isSet = !isContest;
    if (!isContest) this.#merit = Promise.resolve(-Infinity);
  }

  /** The best one; `undefined` if it is the photographic file. */
  get file(): GraphicsFile | undefined {
    return this.#file;
  }

  /** Whether any was offered. */
  hasFile = false;

  /** Whether a file that looks like the picture and has at least so many bytes may be better. */
  async mayLose(leastBytes: number): Promise<boolean> {
    return this.#meritFor(EXACT_SCORE, leastBytes) - this.#handicap(leastBytes) > await this.#ownMerit();
  }

  /** Keeps a file if it is better. */
  async offer(file: GraphicsFile): Promise<void> {
    this.hasFile = true;
    const score = await this.#scoreOf(file), bytes = file.file.length, merit = this.#meritFor(score, bytes);
    if (merit - this.#handicap(bytes) <= await this.#ownMerit()) return;
    if (!await this.#isMatched(score, bytes)) this.keep(file, Promise.resolve(merit));
  }

  /** Whether a photographic file of as many bytes looks as good: with a finer quality it would have fewer bytes, and look better. */
  async #isMatched(score: number, bytes: number): Promise<boolean> {
    const { own, target, options } = this.#job;
    const isLarger = bytes > MATCHED_GROWTH * own.file.length;
    if (this.#isSet || target.kind !== "quality" || score >= MATCHED_SCORE || !isLarger) return false;
    const { file } = await encodeNear(bytes, await own.finer(), { target, quality: MATCHING_QUALITY });
    return await this.#scoreOf({ file, shown: await decompress(file, decodingOptions(options)) }) >= score;
  }

  /** Keeps a file that is known to be better. */
  keep(file: GraphicsFile, merit?: Promise<number>): void {
    this.hasFile = true;
    this.#file = file;
    this.#merit = merit;
  }

  /** What a file of so many bytes must be better by: than a layer, or than a photographic file of less than half the bytes. */
  #handicap(bytes: number): number {
    const { target, own } = this.#job, isDrawn = this.#file !== undefined && !this.#file.isLayered;
    if (isDrawn || target.kind !== "quality") return 0;
    const octaves = Math.log2(bytes / (this.#file ? this.#file.file.length : 2 * own.file.length));
    const price = this.#file ? 1 : priceAt(target.value);
    return Math.max(0, octaves) * price * (POINTS_PER_OCTAVE_OF_WHOLE - POINTS_PER_OCTAVE);
  }

  #ownMerit(): Promise<number> {
    return this.#merit ??= this.#meritOf(this.#file ?? this.#job.own);
  }

  async #meritOf(file: Pick<GraphicsFile, "file" | "shown">): Promise<number> {
    return this.#meritFor(await this.#scoreOf(file), file.file.length);
  }

  async #scoreOf({ file, shown }: Pick<GraphicsFile, "file" | "shown">): Promise<number> {
    const { measures, options } = this.#job;
    const decoded = shown ?? await decompress(file, decodingOptions(options));
    if (decoded === measures.picture) return EXACT_SCORE;
    return Math.min(SEEN_SCORE, measures.score.ssimulacra2(toEightBits(decoded)));
  }

  #meritFor(score: number, bytes: number): number {
    const { kind, value } = this.#job.target;
    return score - (kind === "quality" ? priceAt(value) * POINTS_PER_OCTAVE * Math.log2(bytes) : 0);
  }
}

/** How much bytes count at a quality, beside lower ones. */
function priceAt(quality: number): number {
  const share = (quality - FULL_PRICE_QUALITY) / (100 - FULL_PRICE_QUALITY);
  return 1 - (1 - LEAST_PRICE) * Math.max(0, share);
}

function isTried({ kind }: Target, { picture, exact }: Measures, options: SharedEngineOptions): boolean {
  const { model, entropy, tune, effort = DEFAULT_EFFORT, content = DEFAULT_CONTENT } = options;
  if (!exact.areAllowed || model !== undefined || entropy === "static" || tune === "psnr") return false;
  if (content === "photo" || (content === "auto" && effort < LEAST_EFFORT)) return false;
  if (kind !== "quality" && kind !== "bytes" && kind !== "bpp") return false;
  return picture.width * picture.height <= MOST_PIXELS;
}

function canBeScored({ width, height }: PictureLike): boolean {
  return Math.min(width, height) >= SSIMULACRA2_MIN_SIDE;
}

/** Bytes that the exact file of an icon or of a pattern may have. Nothing is left of them if they are coded as photographs. */
function mostExactBytes(picture: PictureLike, limit: number): number {
  if (picture.width * picture.height > MOST_ICON_PIXELS) return Math.min(MOST_EXACT_BYTES, limit);
  return hasFewColours(picture, MOST_ICON_COLOURS) ? MOST_EXACT_BYTES : 0;
}

function tolerancesFor({ kind, value }: Target, { content }: SharedEngineOptions): readonly number[] {
  const most = content === "text" ? MOST_TEXT_TOLERANCE : Infinity;
  if (kind !== "quality") return TOLERANCES.filter((tolerance) => tolerance <= most);
  const tolerance = Math.round(COARSEST_TOLERANCE * (1 - value / 100) ** TOLERANCE_FALL);
  return [...new Set([0, Math.min(most, tolerance)])];
}

/** A picture whose colours change by no more than a tolerance, and where it is graphics. */
interface Drawing {
  readonly drawn: PictureLike;
  readonly blocks: GraphicsBlocks;
  readonly tolerance: number;
}

/** The exact file of a picture with few blocks of graphics, unless parts of it are photographs: smooth shapes are no such blocks. */
async function offerExact({ own, measures, limit }: GraphicsJob, best: BestFile): Promise<void> {
  if (measures.exact.leastPhotographBytes > MOST_PHOTOGRAPH_SHARE * own.file.length) return;
  const exact = await exactFile(measures, limit);
  if (exact) await best.offer(exact);
}

/** The whole drawing, unless the photographs in it take too many bytes for that. */
async function offerWhole(
  { drawn, blocks, tolerance }: Drawing,
  { target, measures, options, limit }: GraphicsJob,
  best: BestFile,
): Promise<void> {
  if (blocks.share < WHOLE_SHARE) return;
  const least = measures.exact.leastPhotographBytes / (1 + tolerance / HALVING_TOLERANCE);
  if (least > limit || (least > 0 && !await best.mayLose(least))) return;
  const whole = tolerance === 0
    ? await exactFile(measures, limit)
    : await drawnFile(drawn, options, target.kind === "quality" ? Math.round(target.value) : 0);
  if (whole && whole.file.length <= limit) await best.offer(whole);
}

/** The graphics of a drawing above a photograph. */
async function offerLayer(
  { drawn, blocks }: Drawing,
  { own, target, measures, options, limit }: GraphicsJob,
  best: BestFile,
): Promise<void> {
  if (blocks.share < LEAST_SHARE || blocks.share >= ONLY_WHOLE_SHARE) return;
  const { layer, below } = layeredPicture(measures.lossy, drawn, blocks);
  const pool = new EncoderPool(below, options, undefined, layer);
  try {
    const encoder = await pool.get(own.name), passes = refiningPasses(options.effort ?? DEFAULT_EFFORT);
    if (passes > 0 && encoder.plan.refinable) await encoder.refine({ stepCode: own.stepCode, passes });
    const file = target.kind === "quality"
      ? await encoder.encode(own.stepCode, Math.round(target.value))
      : (await encodeFor({ target }, encoder, measures, own.stepCode)).file;
    if (file.length > limit) return;
    const layered = { file, isLayered: true, verify: () => verifyLossy(file, encoder, measures) };
    const isSure = target.kind === "quality" && !best.hasFile &&
      file.length <= SURE_SHARE * own.file.length;
    if (isSure) best.keep(layered);
    else await best.offer(layered);
  } catch (error) {
    if (!isUnreachable(error)) throw error;
  } finally {
    pool.close();
  }
}

async function exactFile({ exact, picture }: Measures, limit: number): Promise<GraphicsFile | undefined> {
  const found = await exact.within(limit);
  return found && { file: found.file, shown: picture, verify: () => exact.verified(found) };
}

function isOpaque({ data }: PictureLike): boolean {
  for (let i = 3; i < data.length; i += 4) if (data[i] !== 255) return false;
  return true;
}

/** All of a picture of few colours, exactly. */
async function drawnFile(
  drawn: PictureLike,
  options: SharedEngineOptions,
  quality: number,
): Promise<GraphicsFile> {
  const pool = new EncoderPool(drawn, options, 0);
  try {
    const file = await (await pool.get(PIXELS.name)).encode(UNIT_STEP_CODE, quality);
    // Below alpha, the colours that are decoded may differ from those that were coded.
    return {
      file,
      ...isOpaque(drawn) && { shown: drawn },
      verify: () => verifyExactly(file, drawn, options, 0),
    };
  } finally {
    pool.close();
  }
}
