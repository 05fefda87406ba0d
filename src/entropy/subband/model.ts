/**
 * The subband coder's model of wavelet bands of pixels, whose coefficients are larger and more than a latent's. LL bands code
 * the residual against floor((2 W + 2 N − NW + NE) / 4) or the one neighbour there is. Planes that no wavelet took apart
 * are coded by `../lossless/samples.ts`.
 */

import type { BandShape } from "../bands.ts";
import { type BinaryCoder, CostCoder, LearningCoder } from "../rans/binary_coder.ts";
import { ProbabilityProbe } from "../rans/probability_probe.ts";
import { type LevelCosts, TrellisRow } from "../rdo/trellis_row.ts";
import { checkMagnitude } from "../symbols.ts";
import { NOWHERE, SubbandSet, type SubbandView } from "./band.ts";
import { MAGNITUDE_COUNTERS, MAGNITUDE_SETS, MagnitudeCoder } from "./magnitude.ts";
import { SubbandMixer } from "./mixer.ts";
import { SubbandPlane } from "./plane.ts";
import { SIGN_COUNTERS, SIGN_SETS, SignCoder } from "./sign.ts";
import { TOKEN_COUNT, tokenOf } from "./tables.ts";
import { levelOfValue, QUANTISERS, TrellisWalk, valueOfLevel } from "../latent/trellis.ts";
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
  readonly #isTrellis: boolean;

  /** @param isTrellis Whether coefficients of detail bands are values of a trellis, in half steps: see `../latent/trellis.ts`. */
  constructor(isTrellis = false) {
    this.#isTrellis = isTrellis;
  }

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
    const band = this.#begin(shape), walk = new TrellisWalk();
    for (let y = 0; y < shape.height; y++) this.#codeRow(band, coefficients, shape, y, walk, coder, choose);
  }

  /**
   * Chooses the values of a detail band of a trellis, row by row, and learns from them.
   *
   * @param scaled Coefficients in 1/64 half steps, packed in coding order.
   * @param chosen Gets the values of this band.
   * @param shape The band.
   * @param lambda What a bit is worth, in (half step/64)².
   */
  chooseBand(scaled: Int32Array, chosen: Int32Array, shape: BandShape, lambda: number): void {
    const band = this.#begin(shape), walk = new TrellisWalk(), sink = new LearningCoder();
    const { plane } = band, { width, height, offset } = shape;
    const costs = new PlaceCosts(this.#magnitude, (coder, bit) => this.#codeSign(coder, bit));
    for (let y = 0; y < height; y++) {
      const row = new TrellisRow(width, lambda, walk.state), first = offset + y * width;
      this.learning = false;
      for (let x = 0; x < width; x++) {
        const target = scaled[first + x];
        this.#moveTo(band, x, y);
        costs.turnTo(target < 0);
        const level = row.offer(target, this.#magnitude.isQuiet, costs);
        plane.set(this.#index, level, level);
      }
      this.learning = true;
      plane.clearRow(y);
      chosen.set(row.trace(), first);
      this.#codeRow(band, chosen, shape, y, walk, sink);
    }
  }

  #begin(shape: BandShape): SubbandView {
    return this.#band = this.#bands.begin(shape, new SubbandPlane(shape.width, shape.height));
  }

  #codeRow(
    band: SubbandView,
    coefficients: Int32Array,
    { orientation, offset, width }: BandShape,
    y: number,
    walk: TrellisWalk,
    coder: BinaryCoder,
    choose?: ValueChooser,
  ): void {
    const { plane } = band, isTrellis = this.#isTrellis && orientation !== 0;
    for (let x = 0, at = offset + y * width; x < width; x++, at++) {
      const quantiser = this.#magnitude.quantiser = isTrellis ? walk.quantiser : 0;
      this.#moveTo(band, x, y);
      const wanted = choose === undefined ? coefficients[at] : choose(this, at);
      const level = this.code(coder, isTrellis ? levelOfValue(wanted, quantiser) : wanted);
      checkMagnitude(level);
      plane.set(this.#index, level - this.#prediction, level);
      coefficients[at] = level;
      if (!isTrellis) continue;
      checkMagnitude(coefficients[at] = valueOfLevel(level, quantiser));
      walk.advance(level);
    }
  }

  /** See {@linkcode ValueCoder.code}; the place is the one that `codeBand` is at. */
  code(coder: BinaryCoder, value: number): number {
    const residual = value - this.#prediction, magnitude = Math.abs(residual);
    const token = this.#magnitude.codeToken(coder, magnitude);
    if (token === 0) return this.#prediction;
    const negative = this.#codeSign(coder, residual < 0 ? 1 : 0);
    const coded = this.#magnitude.codeRest(coder, token, magnitude);
    return this.#prediction + (negative === 1 ? -coded : coded);
  }

  #codeSign(coder: BinaryCoder, bit: number): number {
    const { nearCoarse } = this.#magnitude;
    return this.#sign.code(coder, bit, this.#band!, this.#x, this.#y, this.#index, nearCoarse);
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

/** What levels would cost at the place that a model is at, while it does not learn. */
class PlaceCosts implements LevelCosts {
  readonly #magnitude: MagnitudeCoder;
  readonly #codeSign: (coder: BinaryCoder, bit: number) => number;
  readonly #tokens: readonly Int32Array[] = Array.from(
    { length: QUANTISERS },
    () => new Int32Array(TOKEN_COUNT),
  );
  readonly #probe: ProbabilityProbe = new ProbabilityProbe();
  readonly #rest: CostCoder = new CostCoder();
  #signCost = 0;
  #isNegative = false;

  constructor(magnitude: MagnitudeCoder, codeSign: (coder: BinaryCoder, bit: number) => number) {
    this.#magnitude = magnitude;
    this.#codeSign = codeSign;
  }

  /** Turns to the place, for levels of this sign. */
  turnTo(isNegative: boolean): void {
    this.#isNegative = isNegative;
  }

  /** See {@linkcode LevelCosts.prepare}. */
  prepare(largest: readonly number[]): void {
    largest.forEach((level, quantiser) => {
      this.#magnitude.quantiser = quantiser;
      this.#magnitude.costTokens(tokenOf(level), this.#tokens[quantiser]);
    });
    if (Math.max(...largest) === 0) return;
    this.#codeSign(this.#probe, 0);
    this.#signCost = this.#probe.costOf(this.#isNegative ? 1 : 0);
  }

  /** See {@linkcode LevelCosts.bitsOf}. */
  bitsOf(magnitude: number, quantiser: number): number {
    const token = tokenOf(magnitude), cost = this.#tokens[quantiser][token];
    if (magnitude === 0) return cost;
    this.#rest.cost = 0;
    this.#magnitude.codeRest(this.#rest, token, magnitude);
    return cost + this.#signCost + this.#rest.cost;
  }
}
