import type { PictureLike } from "../../world.ts";
import { compressExactly, encodeExactly, verifyExactly } from "./compress_exact.ts";
import type { SharedEngineOptions } from "./encoder_pool.ts";
import { estimateLosslessBytes, flatShare } from "./lossless_estimate.ts";
import { photographBytes } from "./photograph_bytes.ts";
import type { PictureScore } from "./picture_score.ts";
import { PIXELS } from "../streams/pixel_params.ts";
import { type AnyPicture, isDeep } from "../samples.ts";

/** Pictures of so few pixels are always coded without loss as well: it takes some milliseconds. */
const SMALL_PIXELS = 2 ** 10;
/** Estimated bits per pixel below which a picture counts as drawn, not photographed. */
const DRAWN_BITS_PER_PIXEL = 4;
/** Photographs have a smaller share of pixels that all neighbours before them equal; maps and charts with soft edges have more. */
const MOST_FLAT_OF_PHOTOGRAPHS = 0.2;
/** How many times smaller than estimated a lossless file may be: 12.5 was the most of drawn pictures, 1.2 of photographs. */
const DRAWN_MARGIN = 16;
const PHOTOGRAPH_MARGIN = 1.4;
/** Largest error of near-lossless samples. */
const MOST_BOUND = 127;

/** A file that decodes to what it was made from. */
export interface ExactFile {
  /** The file. */
  readonly file: Uint8Array<ArrayBuffer>;
  /** Whether it has all bits of the source and the colours of hidden pixels, or what lossy streams code of them only. */
  readonly isWhole: boolean;
}

/**
 * The lossless files that a lossy one competes with: of the source itself, and where that differs, of its 8 bits with the
 * colours of hidden pixels that lossy streams code. Each is made once, when it may be small enough.
 */
export class ExactFiles {
  readonly #source: AnyPicture;
  readonly #coded: PictureLike;
  readonly #options: SharedEngineOptions;
  #leastBytes: number | undefined;
  #leastOfPhotographs: number | undefined;
  #whole: Promise<Uint8Array<ArrayBuffer>> | undefined;
  #own: Promise<Uint8Array<ArrayBuffer>> | undefined;

  /**
   * Makes the object.
   *
   * @param source What the caller gave.
   * @param coded What lossy streams code of it.
   * @param options As for `compress`. Where a net is asked for, no lossless file stands in for its own.
   */
  constructor(source: AnyPicture, coded: PictureLike, options: SharedEngineOptions) {
    this.#source = source;
    this.#coded = coded;
    this.#options = options;
  }

  /** Whether lossless files may stand in for lossy ones. */
  get areAllowed(): boolean {
    const { model } = this.#options;
    return model === undefined || model === PIXELS.name;
  }

  /** Fewest bytes that the parts which are photographs take without loss: 0 if there are none. */
  get leastPhotographBytes(): number {
    return this.#leastOfPhotographs ??= photographBytes(this.#coded) / PHOTOGRAPH_MARGIN;
  }

  /** A lossless file of at most so many bytes, that of the source first; `undefined` if there is none. */
  async within(bytes: number): Promise<ExactFile | undefined> {
    if (!this.areAllowed || bytes < (this.#leastBytes ??= this.#estimate())) return undefined;
    if (bytes < this.leastPhotographBytes) return undefined;
    const file = await this.#ofSource();
    if (file.length <= bytes) return { file, isWhole: true };
    if (!this.#differs()) return undefined;
    const own = await this.#ofCoded();
    return own.length <= bytes ? { file: own, isWhole: false } : undefined;
  }

  /**
   * The smallest file that reaches a PSNR which no lossy stream reaches, verified: lossless, or of 16 bits near-lossless.
   *
   * @param decibels Least PSNR.
   * @param score Of the picture.
   */
  async forPsnr(decibels: number, score: PictureScore): Promise<Uint8Array<ArrayBuffer>> {
    if (score.psnr(this.#coded) >= decibels) return await this.smallest();
    // Only samples of 16 bits lose anything by their first 8. Errors up to a bound are about evenly likely.
    const most = 65535 ** 2 / 10 ** (decibels / 10);
    const bound = Math.min(MOST_BOUND, Math.floor((Math.sqrt(1 + 12 * most) - 1) / 2 * 0.97));
    const whole = await this.#ofSource();
    if (bound < 1) return await this.verified({ file: whole, isWhole: true });
    const near = await compressExactly(this.#source, this.#options, bound);
    return near.length < whole.length ? near : await this.verified({ file: whole, isWhole: true });
  }

  /** The smaller of the lossless files, verified. */
  async smallest(): Promise<Uint8Array<ArrayBuffer>> {
    const whole = await this.#ofSource();
    if (!this.#differs()) return await this.verified({ file: whole, isWhole: true });
    const own = await this.#ofCoded();
    const isWhole = whole.length <= own.length;
    return await this.verified({ file: isWhole ? whole : own, isWhole });
  }

  /** The file, once it has been decoded and compared. Errors: `VaeransError` ("verify-failed"). */
  async verified({ file, isWhole }: ExactFile): Promise<Uint8Array<ArrayBuffer>> {
    await verifyExactly(file, isWhole ? this.#source : this.#coded, this.#options, 0);
    return file;
  }

  #differs(): boolean {
    return isDeep(this.#source) || this.#source.data !== this.#coded.data;
  }

  #ofSource(): Promise<Uint8Array<ArrayBuffer>> {
    return this.#whole ??= encodeExactly(this.#source, this.#options, 0);
  }

  #ofCoded(): Promise<Uint8Array<ArrayBuffer>> {
    return this.#own ??= encodeExactly(this.#coded as AnyPicture, this.#options, 0);
  }

  #estimate(): number {
    const { width, height } = this.#coded;
    if (width * height <= SMALL_PIXELS) return 0;
    const bytes = estimateLosslessBytes(this.#coded);
    const isDrawn = 8 * bytes < DRAWN_BITS_PER_PIXEL * width * height ||
      flatShare(this.#coded) > MOST_FLAT_OF_PHOTOGRAPHS;
    return bytes / (isDrawn ? DRAWN_MARGIN : PHOTOGRAPH_MARGIN);
  }
}
