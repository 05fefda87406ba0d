import { decompress } from "../../decompress.ts";
import type { Target } from "../../options.ts";
import type { PictureEncoder } from "../../picture_encoder.ts";
import type { AnyPicture } from "../../samples.ts";
import { decodingOptions } from "../decoding_options.ts";
import { encodeNear, type Measures, type SteppedFile } from "../encode_for_target.ts";
import type { SharedEngineOptions } from "../encoder_pool.ts";
import { cropped, type ScoredPatches } from "./scored_patches.ts";

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
/** A drawing of so many times the photographic file's bytes must look better than a photographic file of its own bytes, */
const MATCHED_GROWTH = 1.1;
/** unless it scores as much: photographic files then need more bytes. */
const MATCHED_SCORE = 88;
/** A photographic file of so many times the bytes gains so many points at most, and so many more per octave: of 44 files none gained more. */
const MOST_POINTS_GAINED = 12, MOST_POINTS_PER_OCTAVE = 20;
/** Quality at which the search for those bytes begins. */
const MATCHING_QUALITY = 80;

/** A file and how to check it. */
export interface GraphicsFile {
  readonly file: Uint8Array<ArrayBuffer>;
  /** Whether its graphics lie above a photograph. */
  readonly isLayered?: boolean;
  /** What it decodes to, where that is known without decoding. */
  readonly shown?: AnyPicture;
  verify(): Promise<unknown>;
}

/** The photographic file to compare with. */
export type OwnFile = SteppedFile & {
  /** Name of its model. */
  readonly name: string;
  /** Encodes the picture with more bytes. */
  readonly finer: () => Promise<PictureEncoder>;
  /** What it decodes to, once it was decoded. */
  shown?: AnyPicture;
};

/** What files of graphics are made from. */
export interface GraphicsJob {
  readonly own: OwnFile;
  readonly target: Target;
  readonly measures: Measures;
  readonly options: SharedEngineOptions;
  /** Scores the files. */
  readonly patches: ScoredPatches;
  /** Most bytes of a file. */
  readonly limit: number;
  /** Bytes that a legible file of text or drawings may have; 0 for other pictures. */
  readonly legibleBytes: number;
  /** Added to the bytes of each file where they are compared. */
  readonly freeBytes: number;
}

/** The best of the files that were offered; merits are asked for only where bytes do not decide. */
export class BestFile {
  readonly #job: GraphicsJob;
  #file: GraphicsFile | undefined;
  #merit: Promise<number> | undefined;
  /** Of the files that were scored. */
  readonly #scores = new Map<Uint8Array, Promise<number>>();
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
    const score = await this.scoreOf(file), bytes = file.file.length, merit = this.#meritFor(score, bytes);
    if (merit - this.#handicap(bytes) <= await this.#ownMerit()) return;
    if (!await this.#isMatched(score, bytes)) this.keep(file, Promise.resolve(merit));
  }

  /** Whether a photographic file of as many bytes looks as good: with a finer quality it would have fewer bytes, and look better. */
  async #isMatched(score: number, bytes: number): Promise<boolean> {
    const { own, target } = this.#job;
    const isLarger = bytes > MATCHED_GROWTH * own.file.length;
    if (this.#isSet || target.kind !== "quality" || score >= MATCHED_SCORE || !isLarger) return false;
    const most = MOST_POINTS_GAINED + MOST_POINTS_PER_OCTAVE * Math.log2(bytes / own.file.length);
    if (score >= await this.scoreOf(own) + most) return false;
    const { file } = await encodeNear(bytes, await own.finer(), { target, quality: MATCHING_QUALITY });
    return await this.scoreOf({ file }) >= score;
  }

  /** Keeps a file that is known to be better. */
  keep(file: GraphicsFile, merit?: Promise<number>): void {
    this.hasFile = true;
    this.#file = file;
    this.#merit = merit;
  }

  /**
   * What a file of so many bytes must be better by: than a layer, or than a photographic file of less than half the bytes, unless
   * it has no more than a legible one may have.
   */
  #handicap(bytes: number): number {
    const { target, own, freeBytes, legibleBytes } = this.#job,
      isDrawn = this.#file !== undefined && !this.#file.isLayered;
    if (isDrawn || target.kind !== "quality") return 0;
    const allowed = this.#file ? this.#file.file.length : Math.max(2 * own.file.length, legibleBytes);
    const octaves = Math.log2((bytes + freeBytes) / (allowed + freeBytes));
    const price = this.#file ? 1 : priceAt(target.value);
    return Math.max(0, octaves) * price * (POINTS_PER_OCTAVE_OF_WHOLE - POINTS_PER_OCTAVE);
  }

  #ownMerit(): Promise<number> {
    return this.#merit ??= this.#meritOf(this.#file ?? this.#job.own);
  }

  async #meritOf(file: Pick<GraphicsFile, "file" | "shown">): Promise<number> {
    return this.#meritFor(await this.scoreOf(file), file.file.length);
  }

  /** SSIMULACRA2, up to what is seen. */
  scoreOf(scored: Pick<GraphicsFile, "file" | "shown">): Promise<number> {
    let score = this.#scores.get(scored.file);
    if (!score) this.#scores.set(scored.file, score = this.#measure(scored));
    return score;
  }

  async #measure({ file, shown }: Pick<GraphicsFile, "file" | "shown">): Promise<number> {
    const { measures: { picture }, options, patches } = this.#job;
    if (shown === picture) return EXACT_SCORE;
    const score = await patches.ssimulacra2((region) => {
      if (shown) return cropped(shown, region);
      const isWhole = region.width === picture.width && region.height === picture.height;
      return decompress(file, { ...decodingOptions(options), ...!isWhole && { region } });
    });
    return Math.min(SEEN_SCORE, score);
  }

  #meritFor(score: number, bytes: number): number {
    const { target: { kind, value }, freeBytes } = this.#job;
    return score -
      (kind === "quality" ? priceAt(value) * POINTS_PER_OCTAVE * Math.log2(bytes + freeBytes) : 0);
  }
}

/** How much bytes count at a quality, beside lower ones. */
function priceAt(quality: number): number {
  const share = (quality - FULL_PRICE_QUALITY) / (100 - FULL_PRICE_QUALITY);
  return 1 - (1 - LEAST_PRICE) * Math.max(0, share);
}
