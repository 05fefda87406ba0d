/**
 * The tables of the static coder, and how little it takes to name one.
 *
 * A band's table is one of
 * - *all zero* (weight class 0): nothing is coded;
 * - *parametric* (weight classes 1..30): a class says how many coefficients are not 0, a decay class how fast larger
 *   magnitudes die out (two-sided geometric); both are sent as differences to the band's coarser relative;
 * - *explicit* (weight class 31): the frequencies themselves, to four significant bits.
 *
 * Symbols here are *wrapped*: q modulo 256, so that 0 is the zero and 128 the escape. All arithmetic is on integers.
 */

import { bandKey } from "../bands.ts";
import { type FrequencyTable, frequencyTable, normaliseCounts } from "../rans/frequency_table.ts";
import { U8_PROBABILITY_TOTAL } from "../rans/rans_params.ts";

/** Wrapped symbol of a value that needs an escape. */
export const WRAPPED_ESCAPE = 128;
/** Weight class of a band without any nonzero coefficient. */
export const WEIGHT_ALL_ZERO = 0;
/** Weight class of a band whose frequencies are sent. */
export const WEIGHT_EXPLICIT = 31;
/** Number of weight classes. */
export const WEIGHT_CLASSES = 32;
/** Number of decay classes. */
export const DECAY_CLASSES = 16;

/** Slots of 4096 for everything but 0, a weight class: about 0.45 bit apart, closer towards the dense end. */
// deno-fmt-ignore
const NONZERO_SLOTS: readonly number[] = [
  0, 3, 5, 8, 12, 18, 26, 38, 54, 76, 106, 146, 200, 270, 360, 470, 600, 760, 950, 1170, 1420, 1700, 2010, 2340,
  2680, 3020, 3340, 3600, 3800, 3950, 4040, 0,
];

/** Ratio of the weight of magnitude m + 1 to that of m, in 1/256, a decay class. */
// deno-fmt-ignore
const DECAY_RATIOS: readonly number[] = [4, 16, 30, 48, 68, 90, 112, 134, 156, 176, 194, 210, 224, 236, 246, 252];

const parametricCache: (FrequencyTable | undefined)[] = new Array(WEIGHT_CLASSES * DECAY_CLASSES);

/**
 * The parametric table of two classes. Symbol 128 (escape) gets one slot at least; magnitudes too rare for a slot get
 * none and are escaped.
 *
 * @param weight Weight class, 1..30.
 * @param decay Decay class, 0..15.
 * @returns The table; made once.
 */
export function parametricTable(weight: number, decay: number): FrequencyTable {
  const key = weight * DECAY_CLASSES + decay;
  return parametricCache[key] ??= buildParametricTable(NONZERO_SLOTS[weight], DECAY_RATIOS[decay]);
}

function buildParametricTable(nonzeroSlots: number, ratio: number): FrequencyTable {
  const frequencies = new Uint16Array(256);
  const slotsASide = (nonzeroSlots - 1) >> 1;
  // Weight of magnitude m is 2^20 · (ratio/256)^(m−1); all magnitudes together weigh 2^20 · 256 / (256 − ratio).
  const weightSum = Math.floor((2 ** 20 * 256) / (256 - ratio));
  let weight = 2 ** 20;
  let left = U8_PROBABILITY_TOTAL;
  for (let magnitude = 1; magnitude <= 127; magnitude++) {
    const slots = Math.floor((slotsASide * weight) / weightSum);
    if (slots === 0 && magnitude > 1) break;
    frequencies[magnitude] = frequencies[256 - magnitude] = Math.max(1, slots);
    left -= 2 * frequencies[magnitude];
    weight = Math.floor((weight * ratio) / 256);
  }
  const zeroSlots = Math.min(left - 1, U8_PROBABILITY_TOTAL - nonzeroSlots);
  frequencies[0] = zeroSlots;
  left -= zeroSlots;
  frequencies[WRAPPED_ESCAPE] = 1;
  left -= 1;
  // What rounding left over goes to the commonest magnitude.
  frequencies[1] += left >> 1;
  frequencies[255] += left - (left >> 1);
  return frequencyTable(frequencies);
}

/**
 * Table for small differences modulo `classes`, used to send class numbers: a difference of 0 gets 1/3 to 1/2, each
 * step away 5/8 of the one before, at least one slot.
 *
 * @param classes Number of values, 16 or 32; only symbols 0 … classes − 1 have slots.
 * @returns The table.
 */
function differenceTable(classes: number): FrequencyTable {
  const counts = new Uint32Array(256);
  for (let difference = 0; difference < classes; difference++) {
    const distance = Math.min(difference, classes - difference);
    let weight = 2 ** 20;
    for (let step = 0; step < distance; step++) weight = Math.floor((weight * 5) / 8);
    counts[difference] = weight;
  }
  return frequencyTable(normaliseCounts(counts));
}

/** For differences of weight classes. */
export const WEIGHT_DIFFERENCE_TABLE: FrequencyTable = differenceTable(WEIGHT_CLASSES);
/** For differences of decay classes. */
export const DECAY_DIFFERENCE_TABLE: FrequencyTable = differenceTable(DECAY_CLASSES);
/** All 256 bytes alike: escapes and explicit tables. */
export const UNIFORM_TABLE: FrequencyTable = frequencyTable(new Uint16Array(256).fill(16));
/** One fair bit. */
export const FAIR_BIT_TABLE: FrequencyTable = frequencyTable(
  Uint16Array.from({ length: 256 }, (_, symbol) => symbol < 2 ? 2048 : 0),
);

/** What a band's classes are predicted from: its relative's. */
export interface BandClasses {
  /** Weight class, 0..31. */
  weight: number;
  /** Decay class, 0..15. */
  decay: number;
}

/** Weight class that the first band is compared with. */
const FIRST_CLASSES: BandClasses = { weight: 12, decay: 4 };

/** Remembers the classes of the bands coded so far, and predicts the next from its nearest relative. */
export class ClassPredictor {
  #byBand: Map<number, BandClasses> = new Map();
  #last: BandClasses = FIRST_CLASSES;

  /**
   * The classes of the coarser band of the same orientation and channel; without one, those of the band coded last.
   *
   * @param level Level of the band to code.
   * @param orientation Its orientation.
   * @param channel Its channel.
   * @returns What to compare its classes with.
   */
  predict(level: number, orientation: number, channel: number): BandClasses {
    return this.#byBand.get(bandKey(level + 1, orientation, channel)) ?? this.#last;
  }

  /**
   * Remembers a coded band.
   *
   * @param level Its level.
   * @param orientation Its orientation.
   * @param channel Its channel.
   * @param classes Its classes.
   */
  remember(level: number, orientation: number, channel: number, classes: BandClasses): void {
    this.#byBand.set(bandKey(level, orientation, channel), classes);
    this.#last = classes;
  }
}
