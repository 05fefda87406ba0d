/**
 * The model of the wide coder: wavelet bands of pixels, whose coefficients are larger and more than a latent's. LL bands
 * code the residual against a prediction, floor((2 W + 2 N − NW + NE) / 4) or the one neighbour there is.
 */

import type { BandShape } from "./bands.ts";
import type { BinaryCoder } from "./binary_coder.ts";
import { checkMagnitude } from "./symbols.ts";
import { WideBands } from "./wide_band.ts";
import { MAGNITUDE_COUNTERS, MAGNITUDE_SETS, MagnitudeCoder } from "./wide_magnitude.ts";
import { WideMixer } from "./wide_mixer.ts";
import type { WidePlane } from "./wide_plane.ts";
import { SIGN_COUNTERS, SIGN_SETS, SignCoder } from "./wide_sign.ts";

/** Adaptive state of one picture; bands come in coding order. */
export class WideModel {
  readonly #mixer: WideMixer = new WideMixer(MAGNITUDE_COUNTERS + SIGN_COUNTERS, MAGNITUDE_SETS + SIGN_SETS);
  readonly #magnitude: MagnitudeCoder = new MagnitudeCoder(this.#mixer);
  readonly #sign: SignCoder = new SignCoder(this.#mixer, MAGNITUDE_COUNTERS, MAGNITUDE_SETS);
  readonly #bands: WideBands = new WideBands();
  #prediction = 0;
  #gradient = 0;

  /**
   * Codes one band.
   *
   * @param coefficients The packed array; read by an encoder, written by a decoder.
   * @param shape The band.
   * @param coder Where the decisions go or come from.
   * @throws {EntropyError} When a decoder finds a coefficient out of range.
   */
  codeBand(coefficients: Int32Array, shape: BandShape, coder: BinaryCoder): void {
    const band = this.#bands.begin(shape);
    const { plane, orientation } = band;
    const magnitudes = this.#magnitude;
    let at = shape.offset;
    this.#prediction = this.#gradient = 0;
    for (let y = 0; y < shape.height; y++) {
      for (let x = 0; x < shape.width; x++, at++) {
        const index = plane.indexOf(x, y);
        if (orientation === 0) this.#predict(plane, x, y, index);
        const prediction = this.#prediction;
        const wanted = coefficients[at] - prediction;
        magnitudes.moveTo(band, x, y, index, this.#gradient);
        const token = magnitudes.codeToken(coder, Math.abs(wanted));
        let residual = 0;
        if (token > 0) {
          const bit = wanted < 0 ? 1 : 0;
          const negative = this.#sign.code(coder, bit, band, x, y, index, magnitudes.nearCoarse);
          const magnitude = magnitudes.codeRest(coder, token, Math.abs(wanted));
          residual = negative === 1 ? -magnitude : magnitude;
        }
        const value = prediction + residual;
        checkMagnitude(value);
        plane.set(index, residual, value);
        coefficients[at] = value;
      }
    }
  }

  #predict(plane: WidePlane, x: number, y: number, index: number): void {
    const v = plane.values, stride = plane.stride;
    const w = v[index - 1], n = v[index - stride];
    if (x === 0 || y === 0) {
      this.#prediction = y === 0 ? w : n;
      this.#gradient = 0;
      return;
    }
    const nw = v[index - stride - 1], ne = x + 1 < plane.width ? v[index - stride + 1] : n;
    // Sums of values up to 2^30 pass 2^31, so divide instead of shifting: a power of two is exact.
    this.#prediction = Math.floor((2 * w + 2 * n - nw + ne) / 4);
    this.#gradient = Math.abs(w - nw) + Math.abs(n - nw) + Math.abs(n - ne);
  }
}
