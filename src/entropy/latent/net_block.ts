/**
 * The block of bytes that a net works in: its weights, what the band at hand needs, and the planes it looks at, side by
 * side with margins of zeros, so that a tap is one address. `wasm/net.ts` works on the same block.
 *
 * | from | what |
 * |---|---|
 * | `OUTPUTS` | output weights, i16, orientation × logit × unit |
 * | `OUTPUT_BIASES` | i32, orientation × logit |
 * | `PAIRS` | hidden weights, i16, orientation × pair × unit × tap |
 * | `BIASES` | the band's biases, i32, a unit |
 * | `UNITS` | the place's units, i16 |
 * | `TABLE` | six i32 a pair that the band has: addresses of its two taps at x = 0, of both at x = 1, the shift of x, the address of its weights |
 * | `SUMS` | sums of a row, i32, place × unit; then the planes, a byte a place |
 */

import type { BandShape } from "../bands.ts";
import { NET_LOGITS } from "./context_layout.ts";
import { type ContextNet, NET_ORIENTATIONS } from "./context_net.ts";
import { MAGNITUDE_CLIP, magnitudeLevel } from "../mixing/context_tables.ts";
import {
  BIAS_CLASSES,
  HIDDEN_UNITS,
  LOW_PLANES,
  NET_DENSITIES,
  NET_PLANES,
  PAIR_COUNT,
  SERIAL_PAIRS,
  TAP_PAIRS,
} from "./net_taps.ts";
import { type Plane, PLANE_MARGIN } from "../plane.ts";

/** Bytes of a table entry. */
export const TABLE_ENTRY_BYTES = 24;
/** Bytes of a pair's weights. */
export const PAIR_BYTES: number = HIDDEN_UNITS * 2 * 2;
/** Address of the output weights. */
export const OUTPUTS = 16;
/** Address of the output biases. */
export const OUTPUT_BIASES: number = OUTPUTS + NET_ORIENTATIONS * NET_LOGITS * HIDDEN_UNITS * 2;
/** Address of the hidden weights, aligned for SIMD. */
export const PAIRS: number = aligned(OUTPUT_BIASES + NET_ORIENTATIONS * NET_LOGITS * 4);
/** Address of the band's biases. */
export const BIASES: number = PAIRS + NET_ORIENTATIONS * (PAIR_COUNT + SERIAL_PAIRS) * PAIR_BYTES;
/** Address of the place's units. */
export const UNITS: number = BIASES + HIDDEN_UNITS * 4;
/** Address of the table of pairs. */
export const TABLE: number = UNITS + HIDDEN_UNITS * 2;
/** Address of a row's sums. */
export const SUMS: number = aligned(TABLE + PAIR_COUNT * TABLE_ENTRY_BYTES);

/** Output biases are in 1/1024 of a logit of 1, sums in 2^−18. */
const OUTPUT_BIAS_SHIFT = 8;
/** Bias weights count for inputs of 1, which are 16. */
const ONE_INPUT = 16;
/** The SIMD kernel looks at so many places at once, also past the end of a row. */
const SIMD_BYTES = 16;
const ENTRY_WORDS = TABLE_ENTRY_BYTES / 4;

/** The pairs' planes and taps again, as the loop over rows likes them. */
const PLANE_OF_PAIR = Int32Array.from(TAP_PAIRS, ({ plane }) => plane);
const TAP_DX = Int32Array.from(TAP_PAIRS.flatMap(({ taps }) => taps.map(([dx]) => dx)));
const TAP_DY = Int32Array.from(TAP_PAIRS.flatMap(({ taps }) => taps.map(([, dy]) => dy)));

/** Makes the memory of a block at least so large and gives its buffer; what was in it stays. */
export type MemoryGrower = (byteLength: number) => ArrayBuffer;

/** Lays out a block and fills it; the kernels compute in it. */
export class NetBlock {
  /** All of the block. */
  bytes: Uint8Array = new Uint8Array(0);
  /** The block as i16. */
  int16: Int16Array = new Int16Array(0);
  /** The block as i32. */
  int32: Int32Array = new Int32Array(0);
  /** Orientation of the band, 0 to 2 for HL, LH, HH. */
  orientation = 0;
  /** Places a row. */
  width = 0;
  /** Entries of the table: first those of planes of full size, then those of half the size. */
  pairCount = 0;
  /** How many entries are of planes of full size. */
  fullCount = 0;
  /** The band's densities, as inputs: of the parent, C1, HL and LH sibling, and the roughness of LL. */
  readonly densities: Int32Array = new Int32Array(NET_DENSITIES);
  /** Address of the first place of the row at hand on the band's own plane. */
  ownRow = 0;
  #grow: MemoryGrower;
  #net: ContextNet | undefined;
  #stride = 0;
  #halfStride = 0;
  /** Numbers of the pairs in the table. */
  readonly listed: Int32Array = new Int32Array(PAIR_COUNT);
  #addresses: Int32Array = new Int32Array(NET_PLANES.total);

  /** @param grow How to get memory. */
  constructor(grow: MemoryGrower) {
    this.#grow = grow;
  }

  /**
   * Turns to a band.
   *
   * @param net The weights; kept from band to band.
   * @param band Its shape.
   * @param planes What it may look at, by the numbers of {@linkcode NET_PLANES}.
   * @param low LL band of the channel, at the coarsest level.
   */
  beginBand(
    net: ContextNet,
    band: BandShape,
    planes: readonly (Plane | undefined)[],
    low: Plane | undefined,
  ): void {
    const { width, height } = band;
    const halfWidth = (width + 1) >> 1, halfHeight = (height + 1) >> 1;
    this.width = width;
    this.orientation = band.orientation - 1;
    this.#stride = width + 2 * PLANE_MARGIN;
    this.#halfStride = halfWidth + 2 * PLANE_MARGIN;
    const planeBytes = this.#stride * (height + 2 * PLANE_MARGIN);
    const halfBytes = this.#halfStride * (halfHeight + 2 * PLANE_MARGIN);

    // One after the other, those that there are; −1 for the others.
    const addresses = this.#addresses;
    let next = SUMS + width * HIDDEN_UNITS * 4;
    for (let k = 0; k < NET_PLANES.total; k++) {
      const isLow = k >= NET_PLANES.low && k < NET_PLANES.low + LOW_PLANES;
      const isThere = k === NET_PLANES.own || (isLow ? low !== undefined : planes[k] !== undefined);
      addresses[k] = isThere ? next : -1;
      if (isThere) next += k < NET_PLANES.parent ? planeBytes : halfBytes;
    }
    this.#reserve(next + SIMD_BYTES);
    this.#load(net);
    this.bytes.fill(0, addresses[NET_PLANES.own], addresses[NET_PLANES.own] + planeBytes);
    for (let k = 0; k < NET_PLANES.total; k++) {
      const plane = planes[k];
      if (addresses[k] < 0 || plane === undefined) continue;
      if (k < NET_PLANES.parent) this.#copy(plane, addresses[k], width, height);
      else this.#copy(plane, addresses[k], halfWidth, halfHeight);
    }
    if (low !== undefined) this.#copyLow(low, width, height, planeBytes);
    this.densities.set([...DENSITY_PLANES.map((k) => density(planes[k])), roughness(low)]);
    this.#setBiases(net, band);

    this.pairCount = this.fullCount = 0;
    TAP_PAIRS.forEach(({ plane }, pair) => {
      if (addresses[plane] < 0) return;
      const entry = (TABLE >> 2) + this.pairCount * ENTRY_WORDS;
      this.int32[entry + 4] = plane < NET_PLANES.parent ? 0 : 1;
      this.int32[entry + 5] = PAIRS + (this.orientation * (PAIR_COUNT + SERIAL_PAIRS) + pair) * PAIR_BYTES;
      this.listed[this.pairCount++] = pair;
      if (plane < NET_PLANES.parent) this.fullCount++;
    });
  }

  /**
   * Turns to a row: sets the addresses in the table.
   *
   * @param y The row.
   */
  beginRow(y: number): void {
    const { int32, fullCount, pairCount } = this;
    const stride = this.#stride, halfStride = this.#halfStride;
    const row = (y + PLANE_MARGIN) * stride;
    const halfRow = ((y >> 1) + PLANE_MARGIN) * halfStride,
      towards = (y & 1) === 0 ? -halfStride : halfStride;
    let entry = TABLE >> 2;
    for (let k = 0; k < pairCount; k++, entry += ENTRY_WORDS) {
      const pair = this.listed[k];
      const origin = this.#addresses[PLANE_OF_PAIR[pair]] + PLANE_MARGIN;
      for (let j = 0; j < 2; j++) {
        const dx = TAP_DX[2 * pair + j], dy = TAP_DY[2 * pair + j];
        if (k < fullCount) {
          int32[entry + j] = int32[entry + 2 + j] = origin + row + dy * stride + dx;
        } else {
          int32[entry + j] = origin + halfRow + dy * towards - dx;
          int32[entry + 2 + j] = origin + halfRow + dy * towards + dx;
        }
      }
    }
    this.ownRow = this.#addresses[NET_PLANES.own] + (y + PLANE_MARGIN) * this.#stride + PLANE_MARGIN;
  }

  /**
   * Notes a coefficient of the row at hand.
   *
   * @param x Its column.
   * @param magnitude Its magnitude.
   */
  note(x: number, magnitude: number): void {
    this.bytes[this.ownRow + x] = magnitudeLevel(magnitude);
  }

  #reserve(byteLength: number): void {
    if (byteLength <= this.bytes.length) return;
    const buffer = this.#grow(aligned(byteLength));
    this.bytes = new Uint8Array(buffer);
    this.int16 = new Int16Array(buffer);
    this.int32 = new Int32Array(buffer);
  }

  #load(net: ContextNet): void {
    if (net === this.#net) return;
    this.#net = net;
    this.int16.set(net.pairs, PAIRS >> 1);
    this.int16.set(net.outputs, OUTPUTS >> 1);
    net.outputBiases.forEach((bias, k) => this.int32[(OUTPUT_BIASES >> 2) + k] = bias << OUTPUT_BIAS_SHIFT);
  }

  /** Copies a plane, cut or filled up with zeros to the size wanted. */
  #copy(plane: Plane, address: number, width: number, height: number): void {
    if (plane.width === width && plane.height === height) {
      this.bytes.set(plane.levels, address);
      return;
    }
    const stride = width + 2 * PLANE_MARGIN;
    this.bytes.fill(0, address, address + stride * (height + 2 * PLANE_MARGIN));
    const columns = Math.min(width, plane.width), rows = Math.min(height, plane.height);
    for (let y = 0; y < rows; y++) {
      const from = plane.indexOf(0, y);
      this.bytes.set(
        plane.levels.subarray(from, from + columns),
        address + (y + PLANE_MARGIN) * stride + PLANE_MARGIN,
      );
    }
  }

  #copyLow(low: Plane, width: number, height: number, planeBytes: number): void {
    const { bytes } = this;
    const address = this.#addresses[NET_PLANES.low];
    bytes.fill(0, address, address + LOW_PLANES * planeBytes);
    const at = (x: number, y: number): number => low.values[low.indexOf(Math.max(x, 0), Math.max(y, 0))];
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const i = address + (y + PLANE_MARGIN) * this.#stride + x + PLANE_MARGIN;
        const here = at(x, y), right = at(x + 1, y), below = at(x, y + 1);
        bytes[i] = magnitudeLevel(Math.abs(right - here));
        bytes[i + planeBytes] = magnitudeLevel(Math.abs(below - here));
        bytes[i + 2 * planeBytes] = magnitudeLevel(Math.abs(right - 2 * here + at(x - 1, y)));
        bytes[i + 3 * planeBytes] = magnitudeLevel(Math.abs(below - 2 * here + at(x, y - 1)));
      }
    }
  }

  #setBiases(net: ContextNet, band: BandShape): void {
    const from = (this.orientation * BIAS_CLASSES + biasClass(band)) * HIDDEN_UNITS;
    for (let i = 0; i < HIDDEN_UNITS; i++) {
      let sum = net.biases[from + i] * ONE_INPUT;
      this.densities.forEach((density, k) => {
        sum += density * net.densities[(this.orientation * NET_DENSITIES + k) * HIDDEN_UNITS + i];
      });
      this.int32[(BIASES >> 2) + i] = sum;
    }
  }
}

/** Planes whose densities bias a band. */
const DENSITY_PLANES: readonly number[] = [
  NET_PLANES.parent,
  NET_PLANES.earlier,
  NET_PLANES.horizontal,
  NET_PLANES.vertical,
];

/**
 * Class of a band among those of its orientation.
 *
 * @param band The band.
 * @returns 0 … 11.
 */
export function biasClass({ level, channel }: BandShape): number {
  return (Math.min(level, 3) - 1) * 4 + Math.min(channel, 3);
}

/** Mean magnitude of a plane as an input, of 16 times the mean. */
function density(plane: Plane | undefined): number {
  if (plane === undefined) return 0;
  return magnitudeLevel(Math.floor((plane.magnitudeSum * 16) / (plane.width * plane.height)));
}

/** Mean distance from a value of LL to the next as an input, of 16 times the mean. */
function roughness(low: Plane | undefined): number {
  if (low === undefined) return 0;
  let sum = 0;
  for (let y = 0; y < low.height; y++) {
    const from = low.indexOf(0, y);
    for (let x = 1; x < low.width; x++) {
      sum += Math.min(MAGNITUDE_CLIP, Math.abs(low.values[from + x] - low.values[from + x - 1]));
    }
  }
  return magnitudeLevel(Math.floor((sum * 16) / (low.width * low.height)));
}

function aligned(byteLength: number): number {
  return (byteLength + 15) & ~15;
}
