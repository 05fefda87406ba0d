import { msSsim } from "../../kernels/cpu/metrics/ms_ssim.ts";
import { meanSquaredError, psnrOfError } from "../../kernels/cpu/metrics/psnr.ts";
import { Ssimulacra2Source } from "../../kernels/cpu/metrics/ssimulacra2.ts";
import type { PictureLike } from "../../world.ts";
import { type AnyPicture, isDeep, toEightBits } from "../samples.ts";

/** Scores of a decoded picture, which count what is seen only: nobody sees the colours of a pixel of alpha 0. */
export class PictureScore {
  readonly #source: AnyPicture;
  readonly #coded: PictureLike;
  /** Pixels of alpha 0. */
  readonly #hidden: readonly number[];
  /** Whether pixels have neither full alpha nor none. */
  readonly #hasFaint: boolean;
  #prepared: Ssimulacra2Source | undefined;

  /**
   * Makes the object.
   *
   * @param source What the caller gave, of 8 or 16 bits.
   * @param coded What is coded instead: of 8 bits, with colours of hidden pixels that are free to choose.
   */
  constructor(source: AnyPicture, coded: PictureLike) {
    const hidden: number[] = [];
    let hasFaint = false;
    for (let i = 0; i < coded.data.length; i += 4) {
      const alpha = coded.data[i + 3];
      if (alpha === 0) hidden.push(i);
      else hasFaint ||= alpha < 255;
    }
    this.#hidden = hidden;
    this.#hasFaint = hasFaint;
    this.#coded = coded;
    this.#source = isDeep(source) ? { ...source, data: this.#filled(source.data) } : coded;
  }

  /** PSNR in decibels, at the source's own depth; Infinity if all visible pixels are equal. */
  psnr(decoded: PictureLike): number {
    return this.#psnrOf(this.#visible(decoded));
  }

  /** The same where errors of a pixel count as much as its alpha shows of them. */
  seenPsnr(decoded: PictureLike): number {
    return this.#psnrOf(this.#seen(decoded));
  }

  /**
   * 1 − MS-SSIM in decibels: about linear in the step code, as PSNR is; equal pictures count as 90. Errors count as much as alpha shows
   * of them.
   */
  structureDecibels(decoded: PictureLike): number {
    return structureDecibelsOf(msSsim(this.#coded, this.#seen(decoded)));
  }

  /** SSIMULACRA2: 100 for equal pictures. Both sides must have at least 8 pixels. Errors count as much as alpha shows of them. */
  ssimulacra2(decoded: PictureLike): number {
    return (this.#prepared ??= new Ssimulacra2Source(this.#coded)).score(this.#seen(decoded));
  }

  #psnrOf(decoded: PictureLike): number {
    const pixels = this.#coded.width * this.#coded.height, visible = pixels - this.#hidden.length;
    if (visible === 0) return Infinity;
    return psnrOfError(meanSquaredError(this.#source, decoded) * pixels / visible);
  }

  /** The decoded picture with the part of its errors that alpha lets through. */
  #seen(decoded: PictureLike): PictureLike {
    if (!this.#hasFaint) return this.#visible(decoded);
    const { width, height } = decoded, data = decoded.data.slice(), own = this.#coded.data;
    for (let i = 0; i < data.length; i += 4) {
      const alpha = own[i + 3];
      if (alpha === 255) continue;
      for (let c = i; c < i + 3; c++) data[c] = own[c] + Math.round((data[c] - own[c]) * alpha / 255);
    }
    return { data, width, height };
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
