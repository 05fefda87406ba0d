/**
 * Signs in the subband coder: nine counters, each with three signed classes (0 large negative, 1 small negative, 2 zero,
 * 3 small positive, 4 large positive) of neighbours in the band, its relatives and the channels coded before, and one with
 * the energy around.
 */

import type { BinaryCoder } from "../rans/binary_coder.ts";
import { BAND_KINDS, LEVEL_CLASSES, NOWHERE, parentIndex, type SubbandView } from "./band.ts";
import { MIXER_INPUTS, type SubbandMixer } from "./mixer.ts";
import { COARSE_CLASSES } from "./tables.ts";

/** Contexts of a list: three classes of five. */
export const TRIPLES = 125;
const ZERO = 2;
const ALL_ZERO = (ZERO * 5 + ZERO) * 5 + ZERO;

/** Counters that signs need. */
export const SIGN_COUNTERS: number = BAND_KINDS * LEVEL_CLASSES * MIXER_INPUTS * TRIPLES;
/** Weight sets that signs need. */
export const SIGN_SETS: number = BAND_KINDS * LEVEL_CLASSES + COARSE_CLASSES;

/** Codes signs with one mixer. */
export class SignCoder {
  readonly #mixer: SubbandMixer;
  readonly #firstCounter: number;
  readonly #firstSet: number;

  /**
   * @param mixer The picture's mixer.
   * @param firstCounter Where the signs' counters begin.
   * @param firstSet Where the signs' weight sets begin.
   */
  constructor(mixer: SubbandMixer, firstCounter: number, firstSet: number) {
    this.#mixer = mixer;
    this.#firstCounter = firstCounter;
    this.#firstSet = firstSet;
  }

  /**
   * Codes the sign of the coefficient at a place.
   *
   * @param coder Where the decision goes or comes from.
   * @param bit 1 for negative; a decoder ignores it.
   * @param band The band.
   * @param x Column.
   * @param y Row.
   * @param index Index of the place in the band's plane.
   * @param nearCoarse Class of the energy around, see `magnitude.ts`.
   * @returns 1 for negative.
   */
  code(
    coder: BinaryCoder,
    bit: number,
    band: SubbandView,
    x: number,
    y: number,
    index: number,
    nearCoarse: number,
  ): number {
    const { plane, parent, horizontal, vertical, earlier, earliest } = band;
    const own = plane.signs, stride = plane.stride, before = earlier.signs;
    const w = own[index - 1], n = own[index - stride], nw = own[index - stride - 1];
    const hasEarlier = earlier !== NOWHERE;
    const c1 = hasEarlier ? before[index] : ZERO, c2 = earliest === NOWHERE ? ZERO : earliest.signs[index];
    const bandClass = band.kind * LEVEL_CLASSES + band.levelClass;
    const base = this.#firstCounter + bandClass * MIXER_INPUTS * TRIPLES;
    const contexts = this.#mixer.contexts;
    contexts[0] = base + triple(w, n, c1);
    contexts[1] = base + TRIPLES + triple(nw, n, own[index - stride + 1]);
    contexts[2] = base + 2 * TRIPLES + triple(w, own[index - 2], nw);
    contexts[3] = base + 3 * TRIPLES + triple(n, own[index - 2 * stride], c1);
    contexts[4] = base + 4 * TRIPLES + triple(c1, c2, w);
    contexts[5] = base + 5 * TRIPLES +
      (hasEarlier ? triple(before[index - 1], before[index + 1], c1) : ALL_ZERO);
    contexts[6] = base + 6 * TRIPLES +
      (hasEarlier ? triple(before[index - stride], before[index + stride], c1) : ALL_ZERO);
    const relative = horizontal !== NOWHERE ? horizontal : parent;
    const at = relative === NOWHERE ? 0 : relative === horizontal ? index : parentIndex(parent, x, y);
    contexts[7] = base + 7 * TRIPLES +
      (relative === NOWHERE
        ? ALL_ZERO
        : triple(relative.signs[at], relative.signs[at + 1], relative.signs[at + relative.stride]));
    contexts[8] = base + 8 * TRIPLES +
      (vertical === NOWHERE ? ALL_ZERO : triple(vertical.signs[index], vertical.signs[index + 1], n));
    contexts[9] = base + 9 * TRIPLES + nearCoarse;
    const sets = this.#firstSet;
    return this.#mixer.decide(
      coder,
      bit,
      sets + bandClass,
      sets + BAND_KINDS * LEVEL_CLASSES + nearCoarse,
    );
  }
}

function triple(a: number, b: number, c: number): number {
  return (a * 5 + b) * 5 + c;
}
