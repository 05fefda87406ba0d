/**
 * Magnitudes in the subband coder: a token in unary, each step with ten counters that see the neighbourhood at different
 * angles; then the bits that the token leaves open.
 *
 * Energies are sums of neighbouring magnitudes. With W, N, NW, NE, WW, NN the causal neighbours, *along* the neighbour on
 * the side that edges run to (N in HL bands, W elsewhere) and *across* the other:
 *
 * | energy | sum |
 * |---|---|
 * | near, HL and LH | 5 along + 2 across + NW + NE + ⌊(NW + NE) / 2⌋ + ⌊(2 along2 + across2) / 2⌋ |
 * | near, LL and HH | 3 (W + N) + 2 (NW + NE) + ⌊(2 along2 + across2) / 2⌋ |
 * | cross of a band | 4 × the place and its four neighbours |
 * | relatives | cross of the parent, and in LL bands the gradient |
 * | siblings | cross of HL and LH of this level, where coded |
 * | channels | cross of the previous channel, and half of the one before |
 * | total | 2 near + relatives + siblings + channels |
 */

import type { BinaryCoder } from "../rans/binary_coder.ts";
import { ProbabilityProbe } from "../rans/probability_probe.ts";
import { QUANTISERS } from "../latent/trellis.ts";
import { EntropyError } from "../errors.ts";
import { MAX_MAGNITUDE } from "../symbols.ts";
import { BAND_KINDS, LEVEL_CLASSES, NOWHERE, parentIndex, type SubbandView } from "./band.ts";
import type { SubbandMixer } from "./mixer.ts";
import type { SubbandPlane } from "./plane.ts";
import {
  COARSE_CLASS,
  COARSE_CLASSES,
  ENERGY_CLIP,
  extraBitsOf,
  FINE_CLASS,
  FINE_CLASSES,
  firstMagnitudeOf,
  TOKEN_COUNT,
  tokenOf,
} from "./tables.ts";

/** Steps of the token with contexts of their own. */
export const STEPS = 22;
/** Classes of one magnitude. */
const NEAR_CLASSES = 10;
const COARSE_GRID = COARSE_CLASSES * COARSE_CLASSES;
const NEAR_GRID = NEAR_CLASSES * NEAR_CLASSES;
const ROWS = BAND_KINDS * STEPS;
/** Steps with weight sets of their own, per class of total energy. */
export const ENERGY_STEPS = 4;
const FAIR = 32768;

/** Size of each step's context, per row of kind and step, in the order of {@linkcode MagnitudeCoder}'s contexts. */
export const CONTEXT_SIZES: readonly number[] = [
  FINE_CLASSES * LEVEL_CLASSES,
  FINE_CLASSES,
  NEAR_GRID,
  COARSE_GRID,
  COARSE_GRID,
  COARSE_GRID,
  FINE_CLASSES * LEVEL_CLASSES,
  NEAR_GRID,
  NEAR_GRID,
  COARSE_CLASSES,
];
/** Marked as pure, so that bundles without the class leave it out. */
const CONTEXT_BASES: readonly number[] = /* @__PURE__ */ CONTEXT_SIZES.map((_, i) =>
  ROWS * CONTEXT_SIZES.slice(0, i).reduce((sum, size) => sum + size, 0)
);
const EXTRA_BASE = ROWS * CONTEXT_SIZES.reduce((sum, size) => sum + size, 0);

/** Counters that magnitudes need, from 0. */
export const MAGNITUDE_COUNTERS: number = EXTRA_BASE + BAND_KINDS * TOKEN_COUNT * 4;
const STEP_SETS = ROWS * LEVEL_CLASSES;
/** Weight sets of a quantiser. */
const QUANTISER_SETS = STEP_SETS + ENERGY_STEPS * FINE_CLASSES;
/** Weight sets that magnitudes need, from 0. */
export const MAGNITUDE_SETS: number = QUANTISERS * QUANTISER_SETS;

/** Codes magnitudes with one mixer. */
export class MagnitudeCoder {
  /** Class of the near energy at the place last looked at, for the sign's weight set. */
  nearCoarse = 0;
  /** Whether all that is known around the place is zero. */
  get isQuiet(): boolean {
    return this.#isQuiet;
  }

  /** Quantiser of the place, 0 or 1; 0 without a trellis. */
  quantiser = 0;
  readonly #probe: ProbabilityProbe = new ProbabilityProbe();
  readonly #mixer: SubbandMixer;
  readonly #classes: Int32Array = new Int32Array(CONTEXT_SIZES.length);
  #totalClass = 0;
  #isQuiet = false;
  #kind = 0;
  #levelClass = 0;

  /** @param mixer The picture's mixer. */
  constructor(mixer: SubbandMixer) {
    this.#mixer = mixer;
  }

  /**
   * Looks around a place.
   *
   * @param band The band.
   * @param x Column.
   * @param y Row.
   * @param index Index of the place in the band's plane.
   * @param gradient In LL bands, how much the neighbours differ; else 0.
   */
  moveTo(band: SubbandView, x: number, y: number, index: number, gradient: number): void {
    const { plane, orientation, parent, horizontal, vertical, earlier, earliest } = band;
    const own = plane.magnitudes, stride = plane.stride;
    const w = own[index - 1], n = own[index - stride], nw = own[index - stride - 1];
    const ne = own[index - stride + 1], ww = own[index - 2], nn = own[index - 2 * stride];
    const isHorizontal = orientation === 1;
    const along = isHorizontal ? n : w, across = isHorizontal ? w : n;
    const far = isHorizontal ? 2 * nn + ww : 2 * ww + nn;
    const diagonal = nw + ne;
    const near = (far >> 1) +
      (orientation === 0 || orientation === 3
        ? 3 * (w + n) + 2 * diagonal
        : 5 * along + 2 * across + diagonal + (diagonal >> 1));
    const relatives = gradient + (parent === NOWHERE ? 0 : crossEnergy(parent, parentIndex(parent, x, y)));
    const siblings = crossEnergy(horizontal, index) + crossEnergy(vertical, index);
    const channels = crossEnergy(earlier, index) + (crossEnergy(earliest, index) >> 1);
    const total = 2 * near + relatives + siblings + channels;

    const nearCoarse = this.nearCoarse = coarse(near);
    const levelClass = this.#levelClass = band.levelClass;
    this.#kind = band.kind;
    this.#totalClass = fine(total);
    this.#isQuiet = total === 0 && nn === 0 && ww === 0;
    const c = this.#classes;
    c[0] = levelClass * FINE_CLASSES + fine(near);
    c[1] = this.#totalClass;
    c[2] = nearClass(along) * NEAR_CLASSES + nearClass(across);
    c[3] = coarse(channels) * COARSE_CLASSES + nearCoarse;
    c[4] = coarse(relatives) * COARSE_CLASSES + coarse(siblings === 0 ? near : siblings);
    c[5] = coarse(4 * (ww + nn + ne)) * COARSE_CLASSES + coarse(total);
    c[6] = levelClass * FINE_CLASSES + fine(siblings + channels + relatives);
    c[7] = nearClass(earlier === NOWHERE ? ww : earlier.magnitudes[index]) * NEAR_CLASSES +
      nearClass((w + n + 1) >> 1);
    c[8] = nearClass(Math.max(w, n, nw, ne)) * NEAR_CLASSES + nearClass(Math.min(w, n, ne));
    c[9] = nearCoarse;
  }

  /**
   * Codes the token of a magnitude at the place.
   *
   * @param coder Where the decisions go or come from.
   * @param magnitude The magnitude; a decoder ignores it.
   * @returns The token.
   * @throws {EntropyError} `entropy-corrupt` when a decoder finds no end.
   */
  codeToken(coder: BinaryCoder, magnitude: number): number {
    const wanted = tokenOf(magnitude);
    for (let token = 0; token < TOKEN_COUNT; token++) {
      if (this.#decideStep(coder, token, wanted > token ? 1 : 0) === 0) return token;
    }
    throw tokenTooLarge();
  }

  /**
   * What tokens would cost at the place; the mixer must not learn meanwhile.
   *
   * @param last The largest of them.
   * @param costs Gets the cost of each token up to it, in 1/256 bit.
   */
  costTokens(last: number, costs: Int32Array): void {
    let going = 0;
    for (let token = 0; token <= last; token++) {
      this.#decideStep(this.#probe, token, 0);
      costs[token] = going + this.#probe.costOf(0);
      going += this.#probe.costOf(1);
    }
  }

  /** Decides whether the token is larger than this one. */
  #decideStep(coder: BinaryCoder, token: number, bit: number): number {
    const contexts = this.#mixer.contexts, classes = this.#classes;
    const step = token < STEPS ? token : STEPS - 1;
    const row = this.#kind * STEPS + step;
    for (let i = 0; i < CONTEXT_SIZES.length; i++) {
      contexts[i] = CONTEXT_BASES[i] + row * CONTEXT_SIZES[i] + classes[i];
    }
    // Where all around is zero the quantisers share their sets, so that runs of zeros do.
    const sets = this.#totalClass === 0 ? 0 : this.quantiser * QUANTISER_SETS;
    const energySet = STEP_SETS + Math.min(step, ENERGY_STEPS - 1) * FINE_CLASSES + this.#totalClass;
    return this.#mixer.decide(coder, bit, sets + row * LEVEL_CLASSES + this.#levelClass, sets + energySet);
  }

  /**
   * Codes the bits that a token leaves open: the upper two with counters, the others as fair bits.
   *
   * @param coder Where the decisions go or come from.
   * @param token The token.
   * @param magnitude The magnitude; a decoder ignores it.
   * @returns The magnitude.
   */
  codeRest(coder: BinaryCoder, token: number, magnitude: number): number {
    const count = extraBitsOf(token), first = firstMagnitudeOf(token);
    const context = EXTRA_BASE + (this.#kind * TOKEN_COUNT + token) * 4;
    let value = 0;
    for (let place = 0; place < count; place++) {
      const wanted = ((magnitude - first) >>> (count - 1 - place)) & 1;
      const outcome = place === 0
        ? this.#mixer.decideAlone(coder, wanted, context)
        : place === 1
        ? this.#mixer.decideAlone(coder, wanted, context + 1 + (value & 1))
        : coder.code(wanted, FAIR);
      value = value * 2 + outcome;
    }
    return first + value;
  }
}

/** What a decoder throws that finds no end of a token. */
export function tokenTooLarge(): EntropyError {
  return new EntropyError(
    "entropy-corrupt",
    `Cannot decode a coefficient: its magnitude must be at most ${MAX_MAGNITUDE} (got more). Fetch the section again.`,
  );
}

function crossEnergy(plane: SubbandPlane, index: number): number {
  if (plane === NOWHERE) return 0;
  const m = plane.magnitudes, stride = plane.stride;
  return 4 * m[index] + m[index - 1] + m[index + 1] + m[index - stride] + m[index + stride];
}

function fine(energy: number): number {
  return FINE_CLASS[energy < ENERGY_CLIP ? energy : ENERGY_CLIP];
}

function coarse(energy: number): number {
  return COARSE_CLASS[energy < ENERGY_CLIP ? energy : ENERGY_CLIP];
}

/**
 * Class of one magnitude.
 *
 * @param magnitude 0 … 2047.
 * @returns 0, 1, 2, then two classes an octave, up to 9.
 */
export function nearClass(magnitude: number): number {
  const kept = magnitude < 3 ? magnitude : (fine(magnitude) >> 1) - 1;
  return kept < NEAR_CLASSES ? kept : NEAR_CLASSES - 1;
}
