/** The context net at work, in TypeScript: the reference, and what runs where there is no WebAssembly SIMD. */

import { LOGIT_LIMIT } from "../mixing/context_tables.ts";
import { NET_LOGITS } from "./context_layout.ts";
import { OUTPUT_WEIGHT_BITS, UNIT_SHIFT } from "./context_net.ts";
import {
  BIASES,
  NetBlock,
  OUTPUT_BIASES,
  OUTPUTS,
  PAIR_BYTES,
  PAIRS,
  SUMS,
  TABLE,
  TABLE_ENTRY_BYTES,
  UNITS,
} from "./net_block.ts";
import { HIDDEN_UNITS, OWN_PAIRS, PAIR_COUNT, SERIAL_PAIRS } from "./net_taps.ts";

/** Largest value of a unit. */
const UNIT_LIMIT = 2047;

/** Computes in a block. */
export interface NetKernel {
  /** The block. */
  readonly block: NetBlock;
  /** Sums what the units of a row's places get from complete rows and planes; after the block's `beginRow`. */
  sumRow(): void;
  /** The same without the taps on the band itself. */
  sumOthers(): void;
  /** Adds the taps on the band itself to the sums that there are. */
  addOwn(): void;
  /**
   * Finishes the units of a place.
   *
   * @param x Its column; those left of it have been noted.
   * @param number Which logit to give, 13 · quantiser + step.
   * @returns The logit, −2047 … 2047.
   */
  place(x: number, number: number): number;
  /**
   * A further logit of the same place.
   *
   * @param number 13 · quantiser + step.
   * @returns The logit, −2047 … 2047.
   */
  logit(number: number): number;
}

/** The net in plain TypeScript. */
export class TypeScriptNetKernel implements NetKernel {
  readonly block: NetBlock = new NetBlock((byteLength) => {
    const buffer = new ArrayBuffer(byteLength);
    new Uint8Array(buffer).set(this.block.bytes);
    return buffer;
  });

  /** See {@linkcode NetKernel.sumRow}. */
  sumRow(): void {
    this.sumOthers();
    this.addOwn();
  }

  /** See {@linkcode NetKernel.sumOthers}. */
  sumOthers(): void {
    const { int32, width, pairCount } = this.block;
    for (let x = 0; x < width; x++) {
      const sums = (SUMS >> 2) + x * HIDDEN_UNITS;
      for (let i = 0; i < HIDDEN_UNITS; i++) int32[sums + i] = int32[(BIASES >> 2) + i];
    }
    this.#add(OWN_PAIRS, pairCount);
  }

  /** See {@linkcode NetKernel.addOwn}. */
  addOwn(): void {
    this.#add(0, OWN_PAIRS);
  }

  #add(first: number, end: number): void {
    const { bytes, int16, int32, width } = this.block;
    for (let x = 0; x < width; x++) {
      const sums = (SUMS >> 2) + x * HIDDEN_UNITS, side = (x & 1) * 2;
      for (let k = first; k < end; k++) {
        const entry = (TABLE + k * TABLE_ENTRY_BYTES) >> 2;
        const at = x >> int32[entry + 4];
        const a = bytes[int32[entry + side] + at], b = bytes[int32[entry + side + 1] + at];
        if ((a | b) !== 0) addPair(int16, int32, sums, int32[entry + 5] >> 1, a, b);
      }
    }
  }

  /** See {@linkcode NetKernel.place}. */
  place(x: number, number: number): number {
    const { bytes, int16, int32, ownRow, orientation } = this.block;
    const sums = (SUMS >> 2) + x * HIDDEN_UNITS;
    const weights = PAIRS + (orientation * (PAIR_COUNT + SERIAL_PAIRS) + PAIR_COUNT) * PAIR_BYTES;
    for (let k = 0; k < SERIAL_PAIRS; k++) {
      const a = bytes[ownRow + x - 2 * k - 1], b = bytes[ownRow + x - 2 * k - 2];
      if ((a | b) !== 0) addPair(int16, int32, sums, (weights + k * PAIR_BYTES) >> 1, a, b);
    }
    for (let i = 0; i < HIDDEN_UNITS; i++) {
      int16[(UNITS >> 1) + i] = Math.max(0, Math.min(UNIT_LIMIT, int32[sums + i] >> UNIT_SHIFT));
    }
    return this.logit(number);
  }

  /** See {@linkcode NetKernel.logit}. */
  logit(number: number): number {
    const { int16, int32, orientation } = this.block;
    const row = orientation * NET_LOGITS + number;
    const weights = (OUTPUTS >> 1) + row * HIDDEN_UNITS;
    let sum = int32[(OUTPUT_BIASES >> 2) + row];
    for (let i = 0; i < HIDDEN_UNITS; i++) sum += int16[(UNITS >> 1) + i] * int16[weights + i];
    const logit = sum >> OUTPUT_WEIGHT_BITS;
    return logit > LOGIT_LIMIT ? LOGIT_LIMIT : logit < -LOGIT_LIMIT ? -LOGIT_LIMIT : logit;
  }
}

/** Adds what two inputs give the units. */
function addPair(
  int16: Int16Array,
  int32: Int32Array,
  sums: number,
  weights: number,
  a: number,
  b: number,
): void {
  for (let i = 0; i < HIDDEN_UNITS; i++) {
    int32[sums + i] += a * int16[weights + 2 * i] + b * int16[weights + 2 * i + 1];
  }
}
