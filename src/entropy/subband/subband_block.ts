/**
 * The memory that `wasm/subband.ts` works in: tables, the adaptive state, what is known around a segment of a row, and from
 * `planes` on what its caller puts there. `scripts/build_wasm.ts` tells the module the addresses.
 */

import { consecutive } from "../mixing/mixing_block.ts";
import { BIT_COST, SQUASH, STRETCH } from "../mixing/context_tables.ts";
import { QUANTISERS } from "../latent/trellis.ts";
import { BAND_KINDS, LEVEL_CLASSES } from "./band.ts";
import { CONTEXT_SIZES, ENERGY_STEPS, nearClass, STEPS } from "./magnitude.ts";
import {
  CONFIDENCE,
  CONSTANT_LOGIT,
  COUNT_LIMIT,
  COUNTER_RATE,
  MIXER_INPUTS,
  SET_COUNT_LIMIT,
  WEIGHT_LIMIT,
  WEIGHT_RATE,
} from "./mixer.ts";
import { MAGNITUDE_CLIP, signClass } from "./plane.ts";
import { TRIPLES } from "./sign.ts";
import {
  COARSE_CLASS,
  COARSE_CLASSES,
  coarseOfFine,
  ENERGY_CLIP,
  FINE_CLASS,
  FINE_CLASSES,
  TOKEN_COUNT,
} from "./tables.ts";

/** Places whose surroundings are looked at together. */
const SEGMENT = 512;
/** A vector beyond the places of a segment. */
const SEGMENT_BYTES = 2 * SEGMENT + 16;
/** Counters of a context, so that they begin a cache line. */
const STEPS_ALIGNED = 24;
/** Bytes of a counter and what follows from it, and of a weight set. */
const COUNTER_BYTES = 8;
const SET_BYTES = 48;
/** Residuals whose sign classes differ: −6 … 6. */
const SIGN_CLASS_REACH = 6;
const CACHE_LINE_BYTES = 64;

/**
 * The largest weights, the same with the largest count of a set, what is added to count, ones, the largest count of a counter, the
 * bits of a counter from which its logit and rate follow.
 */
// deno-fmt-ignore
const LIMITS: readonly number[] = [
  WEIGHT_LIMIT, WEIGHT_LIMIT, WEIGHT_LIMIT, WEIGHT_LIMIT,
  WEIGHT_LIMIT, WEIGHT_LIMIT, WEIGHT_LIMIT, SET_COUNT_LIMIT,
  0, 0, 0, 1,
  1, 1, 1, 1,
  COUNT_LIMIT, COUNT_LIMIT, COUNT_LIMIT, COUNT_LIMIT,
  0xfff003ff, 0xfff003ff, 0xfff003ff, 0xfff003ff,
];

const contexts = CONTEXT_SIZES.reduce((sum, size) => sum + size, 0);

/** Address of each region, in bytes. */
export const SUBBAND_ADDRESSES = consecutive({
  /** u16, by logit + 3072. */
  squash: SQUASH.length * 2,
  /** i16, by probability >> 4. */
  stretch: STRETCH.length * 2,
  /** Confidence and learning rate of a counter, u16 each, by count. */
  pace: CONFIDENCE.length * 4,
  /** Learning rate of a weight set, u16, by count. */
  setRate: WEIGHT_RATE.length * 2,
  /** u16, by probability >> 4. */
  bitCost: BIT_COST.length * 2,
  /** u8, by energy. */
  fine: ENERGY_CLIP + 1,
  /** u8, by energy. */
  coarseClass: ENERGY_CLIP + 1,
  /** u8: the coarse class of a fine one. */
  coarseOfFine: FINE_CLASSES,
  /** u8, by magnitude. */
  near: MAGNITUDE_CLIP + 1,
  /** u8, by residual + 6. */
  signClass: 2 * SIGN_CLASS_REACH + 1,
  /** What follows from a counter of the largest count, u32, by probability >> 10. */
  oldDerived: STRETCH.length * 4,
  /** Vectors that the code would have to put together each time: see {@linkcode LIMITS}. */
  limits: LIMITS.length * 4,
  /** States of two counters that are none, and what follows: the constant input, and nothing. */
  constantPair: 16,
  /** What each token would cost at the place, by quantiser. */
  tokenCosts: QUANTISERS * TOKEN_COUNT * 4,
  // Of each place of the segment, u16.
  above: SEGMENT_BYTES,
  north: SEGMENT_BYTES,
  most: SEGMENT_BYTES,
  least: SEGMENT_BYTES,
  far: SEGMENT_BYTES,
  relativeEnergy: SEGMENT_BYTES,
  siblingEnergy: SEGMENT_BYTES,
  channelEnergy: SEGMENT_BYTES,
  staticEnergy: SEGMENT_BYTES,
  parents: SEGMENT_BYTES,
  /** A bit a place: whether all around it is zero, but for what lies to its left. */
  zeros: SEGMENT / 8 + 16,
  /** By kind, context and step. */
  counters: BAND_KINDS * contexts * STEPS_ALIGNED * COUNTER_BYTES,
  /** By kind, level class, list and context. */
  signCounters: BAND_KINDS * LEVEL_CLASSES * MIXER_INPUTS * TRIPLES * COUNTER_BYTES,
  /** By kind, token and place of the bit: states only. */
  restCounters: BAND_KINDS * TOKEN_COUNT * 4 * 4,
  /** By quantiser, kind, level class and step. */
  sets: QUANTISERS * BAND_KINDS * LEVEL_CLASSES * STEPS * SET_BYTES,
  /** By quantiser, class of total energy and step. */
  energySets: QUANTISERS * FINE_CLASSES * ENERGY_STEPS * SET_BYTES,
  /** By kind and level class. */
  signSets: BAND_KINDS * LEVEL_CLASSES * SET_BYTES,
  /** By class of near energy. */
  signEnergySets: COARSE_CLASSES * SET_BYTES,
  /** From here on: planes, then rows, then bytes or decisions. */
  planes: 0,
}, CACHE_LINE_BYTES);

/**
 * Writes the tables.
 *
 * @param buffer The memory.
 */
export function writeSubbandTables(buffer: ArrayBuffer): void {
  const at = SUBBAND_ADDRESSES;
  new Uint16Array(buffer, at.squash).set(SQUASH);
  new Int16Array(buffer, at.stretch).set(STRETCH);
  new Uint16Array(buffer, at.setRate).set(WEIGHT_RATE);
  new Uint16Array(buffer, at.bitCost).set(BIT_COST);
  const words = new Uint32Array(buffer);
  const pace = new Uint16Array(buffer, at.pace);
  STRETCH.forEach((logit, i) => {
    const input = (logit * CONFIDENCE[COUNT_LIMIT]) >> 8;
    words[(at.oldDerived >> 2) + i] = input << 16 | COUNTER_RATE[COUNT_LIMIT];
  });
  words.set(LIMITS, at.limits >> 2);
  words.set([COUNT_LIMIT, COUNT_LIMIT, CONSTANT_LOGIT << 16, 0], at.constantPair >> 2);
  CONFIDENCE.forEach((confidence, count) => pace.set([confidence, COUNTER_RATE[count]], 2 * count));
  const bytes = new Uint8Array(buffer);
  bytes.set(FINE_CLASS, at.fine);
  bytes.set(COARSE_CLASS, at.coarseClass);
  FINE_CLASS.forEach((fine) => bytes[at.coarseOfFine + fine] = coarseOfFine(fine));
  for (let m = 0; m <= MAGNITUDE_CLIP; m++) bytes[at.near + m] = nearClass(m);
  for (let residual = -SIGN_CLASS_REACH; residual <= SIGN_CLASS_REACH; residual++) {
    bytes[at.signClass + SIGN_CLASS_REACH + residual] = signClass(residual);
  }
}
