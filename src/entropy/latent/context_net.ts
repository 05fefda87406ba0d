/**
 * The context net: what a trained model knows of where magnitudes lie. One hidden layer an orientation, in integers; its
 * outputs are logits of "is the magnitude greater than k?". It does not learn while coding: what stands behind it does.
 *
 *     sum  = bias + Σ input · weight               inputs: log2(1 + 2 |q|) in 1/16, weights in 1/256
 *     unit = min(2047, max(0, sum >> 4))           in 1/256
 *     logit of step k = (bias_k + Σ unit · weight_k) >> 10, limited to ±2047, weights in 1/1024
 */

import { NET_LOGITS } from "./context_layout.ts";
import { BIAS_CLASSES, HIDDEN_UNITS, NET_DENSITIES, PAIR_COUNT, SERIAL_PAIRS } from "./net_taps.ts";

/** Bits that the sums of the hidden layer have more than its units. */
export const UNIT_SHIFT = 4;
/** Fraction bits of hidden weights. */
export const HIDDEN_WEIGHT_BITS = 8;
/** Fraction bits of output weights. */
export const OUTPUT_WEIGHT_BITS = 10;
/** Weights stay below this, so that all sums stay within 32 bits. */
export const NET_WEIGHT_LIMIT = 8191;
/** Number of orientations with a hidden layer: HL, LH, HH. */
export const NET_ORIENTATIONS = 3;

/** Weights of a context net, each array by orientation first. */
export interface ContextNet {
  /** orientation × pair × unit × tap of the pair; the serial pairs follow the others. */
  readonly pairs: Int16Array;
  /** orientation × density × unit. */
  readonly densities: Int16Array;
  /** orientation × band class × unit, in units of inputs that are 1. */
  readonly biases: Int16Array;
  /** orientation × quantiser × step × unit. */
  readonly outputs: Int16Array;
  /** orientation × quantiser × step, in 1/1024. */
  readonly outputBiases: Int16Array;
}

/** A net of zeros, to be filled in. */
export function emptyNet(): ContextNet {
  const units = NET_ORIENTATIONS * HIDDEN_UNITS;
  return {
    pairs: new Int16Array(units * 2 * (PAIR_COUNT + SERIAL_PAIRS)),
    densities: new Int16Array(units * NET_DENSITIES),
    biases: new Int16Array(units * BIAS_CLASSES),
    outputs: new Int16Array(units * NET_LOGITS),
    outputBiases: new Int16Array(NET_ORIENTATIONS * NET_LOGITS),
  };
}

/** All arrays of a net, in the order in which a prior holds them. */
export function netArrays(net: ContextNet): Int16Array[] {
  return [net.pairs, net.densities, net.biases, net.outputs, net.outputBiases];
}
