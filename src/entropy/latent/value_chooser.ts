/** How an encoder chooses what a model is to code: the model stops at each place and asks. */

import type { BandShape } from "../bands.ts";
import type { BinaryCoder } from "../rans/binary_coder.ts";

/** Codes a value at the place that a model is at. */
export interface ValueCoder {
  /**
   * Codes a value at the place.
   *
   * @param coder Where the decisions go or come from.
   * @param value The value; a decoder ignores it.
   * @returns The value.
   */
  code(coder: BinaryCoder, value: number): number;
}

/** Chooses the value to code at a place, whose coefficient is number `index` of the packed array. */
export type ValueChooser = (place: ValueCoder, index: number) => number;

/** A model whose costs can be asked for. */
export interface CostedModel {
  /** Whether decisions change the model; off while costs are only asked for. */
  learning: boolean;
  /**
   * Codes one band; bands must come in coding order.
   *
   * @param coefficients The packed array; read by an encoder, written by a decoder.
   * @param band The band.
   * @param coder Where the decisions go or come from.
   * @param choose If given, says what to code instead of the array's value (and the array is changed).
   */
  codeBand(coefficients: Int32Array, band: BandShape, coder: BinaryCoder, choose?: ValueChooser): void;
}
