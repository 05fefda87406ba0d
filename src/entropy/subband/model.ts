/**
 * The subband coder's model of wavelet bands of pixels, whose coefficients are larger and more than a latent's. LL bands code
 * the residual against floor((2 W + 2 N − NW + NE) / 4) or the one neighbour there is. Planes that no wavelet took apart
 * are coded by `../lossless/samples.ts`.
 */

import type { BandShape } from "../bands.ts";
import type { BinaryCoder } from "../rans/binary_coder.ts";
import { checkMagnitude } from "../symbols.ts";
import { NOWHERE, SubbandSet, type SubbandView } from "./band.ts";
import { MAGNITUDE_COUNTERS, MAGNITUDE_SETS, MagnitudeCoder } from "./magnitude.ts";
import { SubbandMixer } from "./mixer.ts";
import { SubbandPlane } from "./plane.ts";
import { SIGN_COUNTERS, SIGN_SETS, SignCoder } from "./sign.ts";
import type { CostedModel, ValueChooser, ValueCoder } from "../latent/value_chooser.ts";

/** Adaptive state of one picture; bands come in coding order. */
export class SubbandModel implements CostedModel, ValueCoder {
  readonly #mixer: SubbandMixer = new SubbandMixer(
    MAGNITUDE_COUNTERS + SIGN_COUNTERS,
    MAGNITUDE_SETS + SIGN_SETS,
  );
  readonly #magnitude: MagnitudeCoder = new MagnitudeCoder(this.#mixer);
  readonly #sign: SignCoder = new SignCoder(this.#mixer, MAGNITUDE_COUNTERS, MAGNITUDE_SETS);
  readonly #bands: SubbandSet = new SubbandSet(NOWHERE);

  // The place at hand.
  #band: SubbandView | undefined;
  #x = 0;
  #y = 0;
  #index = 0;
  #prediction = 0;
  #gradient = 0;

  /** Whether decisions change the model; off while costs are only asked for. */
  get learning(): boolean {
    return this.#mixer.learning;
  }

  set learning(on: boolean) {
    this.#mixer.learning = on;
  }

  /**
   * Codes one band.
   *
   * @param coefficients The packed array; read by an encoder, written by a decoder.
   * @param shape The band.
   * @param coder Where the decisions go or come from.
   * @param choose If given, says what to code instead of the array's value (and the array is changed).
   * @throws {EntropyError} When a decoder finds a coefficient out of range.
   */
  codeBand(coefficients: Int32Array, shape: BandShape, coder: BinaryCoder, choose?: ValueChooser): void {
    const band = this.#band = this.#bands.begin(shape, new SubbandPlane(shape.width, shape.height));
    let at = shape.offset;
    for (let y = 0; y < shape.height; y++) {
      for (let x = 0; x < shape.width; x++, at++) {
        this.#moveTo(band, x, y);
        const wanted = choose === undefined ? coefficients[at] : choose(this, at);
        const value = this.code(coder, wanted);
        checkMagnitude(value);
        band.plane.set(this.#index, value - this.#prediction, value);
        coefficients[at] = value;
      }
    }
  }

  /** See {@linkcode ValueCoder.code}; the place is the one that `codeBand` is at. */
  code(coder: BinaryCoder, value: number): number {
    const residual = value - this.#prediction, magnitude = Math.abs(residual);
    const token = this.#magnitude.codeToken(coder, magnitude);
    if (token === 0) return this.#prediction;
    const negative = this.#sign.code(
      coder,
      residual < 0 ? 1 : 0,
      this.#band!,
      this.#x,
      this.#y,
      this.#index,
      this.#magnitude.nearCoarse,
    );
    const coded = this.#magnitude.codeRest(coder, token, magnitude);
    return this.#prediction + (negative === 1 ? -coded : coded);
  }

  #moveTo(band: SubbandView, x: number, y: number): void {
    const { plane } = band;
    const index = plane.indexOf(x, y);
    this.#x = x;
    this.#y = y;
    this.#index = index;
    this.#prediction = this.#gradient = 0;
    if (band.orientation === 0) this.#predict(plane, x, y, index);
    this.#magnitude.moveTo(band, x, y, index, this.#gradient);
  }

  #predict(plane: SubbandPlane, x: number, y: number, index: number): void {
    const v = plane.values, stride = plane.stride;
    const w = v[index - 1], n = v[index - stride];
    if (x === 0 || y === 0) {
      this.#prediction = y === 0 ? w : n;
      return;
    }
    const nw = v[index - stride - 1], ne = x + 1 < plane.width ? v[index - stride + 1] : n;
    // Sums of values up to 2^30 pass 2^31, so divide instead of shifting: a power of two is exact.
    this.#prediction = Math.floor((2 * w + 2 * n - nw + ne) / 4);
    this.#gradient = Math.abs(w - nw) + Math.abs(n - nw) + Math.abs(n - ne);
  }
}
