import { msSsim } from "../../kernels/cpu/metrics/ms_ssim.ts";
import { meanSquaredError, psnrOfError } from "../../kernels/cpu/metrics/psnr.ts";
import { ssimulacra2 } from "../../kernels/cpu/metrics/ssimulacra2.ts";
import type { PictureLike } from "../../world.ts";
import { type AnyPicture, isDeep, toEightBits } from "../samples.ts";

/** Scores of a decoded picture, which count visible pixels only: nobody sees the colours of a pixel of alpha 0. */
export class PictureScore {
  readonly #source: AnyPicture;
  readonly #coded: PictureLike;
  /** Pixels of alpha 0. */
  readonly #hidden: readonly number[];

  /**
   * Makes the object.
   *
   * @param source What the caller gave, of 8 or 16 bits.
   * @param coded What is coded instead: of 8 bits, with colours of hidden pixels that are free to choose.
   */
  constructor(source: AnyPicture, coded: PictureLike) {
    const hidden: number[] = [];
    for (let i = 0; i < coded.data.length; i += 4) if (coded.data[i + 3] === 0) hidden.push(i);
    this.#hidden = hidden;
    this.#coded = coded;
    this.#source = isDeep(source) ? { ...source, data: this.#filled(source.data) } : coded;
  }

  /** PSNR in decibels, at the source's own depth; Infinity if all visible pixels are equal. */
  psnr(decoded: PictureLike): number {
    const pixels = this.#coded.width * this.#coded.height, visible = pixels - this.#hidden.length;
    if (visible === 0) return Infinity;
    const error = meanSquaredError(this.#source, this.#visible(decoded));
    return psnrOfError(error * pixels / visible);
  }

  /** 1 − MS-SSIM in decibels: about linear in the step code, as PSNR is; equal pictures count as 90. */
  structureDecibels(decoded: PictureLike): number {
    return structureDecibelsOf(msSsim(this.#coded, this.#visible(decoded)));
  }

  /** SSIMULACRA2: 100 for equal pictures. Both sides must have at least 8 pixels. */
  ssimulacra2(decoded: PictureLike): number {
    return ssimulacra2(this.#coded, this.#visible(decoded));
  }

  /** The decoded picture without errors of hidden pixels. */
  #visible(decoded: PictureLike): PictureLike {
    if (this.#hidden.length === 0) return decoded;
    const { width, height } = decoded, data = decoded.data.slice();
    for (const i of this.#hidden) {
      for (let channel = 0; channel < 3; channel++) data[i + channel] = this.#coded.data[i + channel];
    }
    return { data, width, height };
  }

  /** 16-bit samples whose hidden pixels are those that are coded. */
  #filled(data: Uint16Array): Uint16Array {
    if (this.#hidden.length === 0) return data;
    const filled = data.slice();
    for (const i of this.#hidden) {
      for (let channel = 0; channel < 3; channel++) filled[i + channel] = 257 * this.#coded.data[i + channel];
    }
    return filled;
  }
}

/** PSNR of a decoded picture over the visible pixels of its source, at the source's depth. */
export function visiblePsnr(source: AnyPicture, decoded: PictureLike): number {
  return new PictureScore(source, toEightBits(source)).psnr(decoded);
}

/** Decibels of 1 − `score`, at most 90. */
export function structureDecibelsOf(score: number): number {
  return -10 * Math.log10(Math.max(1e-9, 1 - score));
}

/** A search interpolates between scores: equal pictures, at infinitely many decibels, count as 100. */
export function finite(score: number): number {
  return Math.min(100, score);
}
