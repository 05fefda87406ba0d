/** Codes whole detail bands of models with a net in WebAssembly; what `high_pass_coder.ts` does place by place. */

import type { BandShape } from "../bands.ts";
import type { WasmMixingKernel } from "../mixing/wasm_mixing_kernel.ts";
import type { Plane } from "../plane.ts";
import type { BinaryCoder, DecodingCoder, EncodingCoder } from "../rans/binary_coder.ts";
import { checkDecoded } from "../symbols.ts";
import type { DetailRelatives } from "./band_relatives.ts";
import { DETAIL_ADDRESSES, MOST_STREAM_BYTES, PLACES_AT_ONCE } from "./detail_block.ts";
import { tailTooLong } from "./magnitude_tail.ts";
import { OUTPUT_BIASES, OUTPUTS, PAIR_BYTES, PAIRS, SUMS } from "./net_block.ts";
import type { NetKernel } from "./net_kernel.ts";
import { NET_LOGITS } from "./context_layout.ts";
import { HIDDEN_UNITS, PAIR_COUNT, SERIAL_PAIRS } from "./net_taps.ts";
import { levelOfValue } from "./trellis.ts";

/** What `codePlaces` gives. */
const STATUS = { fine: 0, tooLarge: 1, endless: 2, wrongParity: 3 } as const;
const UNIT_SUM_BYTES = HIDDEN_UNITS * 4;
const WAYS = 4;
/** Sums of larger bands are computed again: 8 MiB. */
const MOST_KEPT_SUMS = 2 ** 16;

/** A band to code, with what it looks at; see `HighPassCoder.begin`. */
export interface DetailBand {
  /** Its shape. */
  readonly band: BandShape;
  /** Its own plane, still empty. */
  readonly plane: Plane;
  /** What it may look at. */
  readonly relatives: DetailRelatives;
  /** The context net, turned to this band. */
  readonly net: NetKernel;
  /** Whether coefficients are values of a trellis. */
  readonly isTrellis: boolean;
  /** The arrays of all of them, see {@linkcode arraysOf}. */
  readonly arrays: readonly PlaneArray[];
}

/** An array of a plane; nothing where there is no such plane. */
type PlaneArray = Uint16Array | Int8Array | Uint8Array | Int32Array | undefined;

/** Gets what levels cost at a run of places. */
export interface CostTaker {
  /**
   * Takes the costs of places in coding order.
   *
   * @param ways Place × way: costs.
   * @param levels Place × way: the levels that have them.
   */
  take(ways: Float64Array, levels: Int32Array): void;
}

/**
 * Room that a kernel must have for a band.
 *
 * @param band The band.
 * @param coder What decodes it; no decoder by default.
 * @returns Bytes for the planes, and for the section if it is too long for its own place.
 */
export function roomBytesOf({ arrays }: DetailBand, coder?: BinaryCoder): number {
  const planes = arrays.reduce((sum, array) => sum + bytesOf(array), 0);
  const { length } = coder?.kind === "decoding" ? (coder as DecodingCoder).reader.rest : [];
  return planes + (length > MOST_STREAM_BYTES ? length : 0);
}

/** Codes bands with one kernel, whose block has the model's state. */
export class WasmDetailCoder {
  readonly #kernel: WasmMixingKernel;
  readonly #bytes: Uint8Array;
  readonly #values: Int32Array;
  /** The band that was searched last, and what other bands give the sums of its places. */
  #searched: BandShape | undefined;
  #othersSums: Uint8Array = new Uint8Array(0);

  /** @param kernel The kernel. */
  constructor(kernel: WasmMixingKernel) {
    this.#kernel = kernel;
    const { buffer } = kernel.memory;
    this.#bytes = new Uint8Array(buffer);
    this.#values = new Int32Array(buffer, DETAIL_ADDRESSES.values, PLACES_AT_ONCE);
  }

  /**
   * Codes a band, as `ContextModel.codeBand` does.
   *
   * @param detail The band.
   * @param coefficients The packed array; read by an encoder, written by a decoder.
   * @param coder Where the decisions go or come from; one with a {@linkcode BinaryCoder.kind}.
   */
  code(detail: DetailBand, coefficients: Int32Array, coder: BinaryCoder): void {
    const { exports, offset } = { exports: this.#kernel.detail, offset: detail.band.offset };
    const { kind } = coder;
    let stream: number = DETAIL_ADDRESSES.stream;
    if (kind === "decoding") {
      const { rest, state } = (coder as DecodingCoder).reader;
      if (rest.length > MOST_STREAM_BYTES) stream = DETAIL_ADDRESSES.planes + roomBytesOf(detail);
      this.#bytes.set(rest, stream);
      exports.beginDecoding(stream, rest.length, state);
    } else if (kind === "learning") {
      exports.beginLearning();
    }
    this.#visit(detail, false, (x, y, count, index) => {
      const values = this.#values.subarray(0, count), from = offset + index;
      values.set(coefficients.subarray(from, from + count));
      if (kind === "encoding") exports.beginEncoding(DETAIL_ADDRESSES.decisions);
      this.#check(exports.codePlaces(x, y, count));
      if (kind === "encoding") (coder as EncodingCoder).append(this.#decisions());
      coefficients.set(values, from);
    });
    if (kind === "decoding") {
      (coder as DecodingCoder).reader.skip(exports.endState(), exports.end() - stream);
    }
  }

  /**
   * Says what levels cost at each place of a band, the levels around being those that suit each place by itself.
   *
   * @param detail The band.
   * @param scaled Coefficients in 1/64 half steps, the packed array.
   * @param lambda What a bit is worth, in (half step/64)².
   * @param taker Gets the costs.
   */
  search(detail: DetailBand, scaled: Int32Array, lambda: number, taker: CostTaker): void {
    const { buffer } = this.#kernel.memory, at = DETAIL_ADDRESSES, { offset } = detail.band;
    this.#visit(detail, true, (x, y, count, index) => {
      this.#values.set(scaled.subarray(offset + index, offset + index + count));
      this.#kernel.detail.searchPlaces(x, y, count, lambda);
      taker.take(
        new Float64Array(buffer, at.ways, count * WAYS),
        new Int32Array(buffer, at.wayLevels, count * WAYS),
      );
    });
  }

  #visit(
    detail: DetailBand,
    isSearch: boolean,
    visit: (x: number, y: number, count: number, index: number) => void,
  ): void {
    const { band, plane, net: { block } } = detail, { width, height } = band;
    const addresses = this.#begin(detail), bytes = this.#bytes;
    const isKnown = !isSearch && this.#searched === band;
    this.#searched = isSearch && width * height <= MOST_KEPT_SUMS ? band : undefined;
    for (let y = 0; y < height; y++) {
      block.beginRow(y);
      this.#sumRow(detail, y, isKnown);
      for (let x = 0; x < width; x += PLACES_AT_ONCE) {
        const count = Math.min(PLACES_AT_ONCE, width - x), sums = SUMS + x * UNIT_SUM_BYTES;
        bytes.set(block.bytes.subarray(sums, sums + count * UNIT_SUM_BYTES), DETAIL_ADDRESSES.sums);
        visit(x, y, count, y * width + x);
      }
      const row = addresses.levels + plane.indexInside(0, y);
      block.bytes.set(bytes.subarray(row, row + width), block.ownRow);
    }
    const { length } = plane.levels, { buffer } = this.#kernel.memory;
    plane.magnitudes.set(new Uint16Array(buffer, addresses.magnitudes, length));
    plane.signed.set(new Int8Array(buffer, addresses.signed, length));
    plane.levels.set(new Uint8Array(buffer, addresses.levels, length));
    plane.magnitudeSum = this.#kernel.detail.sumOfMagnitudes();
  }

  /** Sums of a row. What other bands give them is the same when a band is coded as when it was searched. */
  #sumRow({ band: { width, height }, net }: DetailBand, y: number, isKnown: boolean): void {
    const rowBytes = width * UNIT_SUM_BYTES, from = y * rowBytes;
    if (isKnown) {
      net.block.bytes.set(this.#othersSums.subarray(from, from + rowBytes), SUMS);
    } else {
      net.sumOthers();
      if (this.#searched !== undefined) {
        if (this.#othersSums.length < height * rowBytes) this.#othersSums = new Uint8Array(height * rowBytes);
        this.#othersSums.set(net.block.bytes.subarray(SUMS, SUMS + rowBytes), from);
      }
    }
    net.addOwn();
  }

  /** Copies what the band needs; gives the addresses of its own plane. */
  #begin({ band, relatives, net, isTrellis, arrays }: DetailBand): OwnAddresses {
    const { buffer } = this.#kernel.memory, bytes = this.#bytes, { block } = net, at = DETAIL_ADDRESSES;
    const outputs = OUTPUTS + block.orientation * NET_LOGITS * HIDDEN_UNITS * 2;
    bytes.set(block.bytes.subarray(outputs, outputs + NET_LOGITS * HIDDEN_UNITS * 2), at.outputs);
    const biases = OUTPUT_BIASES + block.orientation * NET_LOGITS * 4;
    bytes.set(block.bytes.subarray(biases, biases + NET_LOGITS * 4), at.outputBiases);
    const pairs = PAIRS + (block.orientation * (PAIR_COUNT + SERIAL_PAIRS) + PAIR_COUNT) * PAIR_BYTES;
    bytes.set(block.bytes.subarray(pairs, pairs + SERIAL_PAIRS * PAIR_BYTES), at.serialPairs);

    let next = at.planes;
    const addresses = arrays.map((array) => {
      if (array === undefined) return 0;
      const address = next;
      next += bytesOf(array);
      bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), address);
      return address;
    });
    const [magnitudes, signed, levels, ...others] = addresses;
    const sizes = [relatives.parent[0], relatives.horizontal[0], relatives.vertical[0], relatives.low]
      .map((other) => [other?.width ?? 0, other?.height ?? 0]);
    new Int32Array(buffer, at.band).set([
      ...[band.orientation, band.channel, band.level, isTrellis ? 1 : 0, band.width, band.height],
      ...[magnitudes, signed, levels],
      ...others.slice(0, 6),
      ...[...sizes[0], ...others.slice(6, 11)],
      ...[...sizes[1], ...others.slice(11, 16)],
      ...[...sizes[2], ...others.slice(16, 21)],
      ...[...sizes[3], others[21]],
    ]);
    this.#kernel.detail.beginBand();
    return { magnitudes, signed, levels };
  }

  #decisions(): Uint32Array {
    const from = DETAIL_ADDRESSES.decisions;
    return new Uint32Array(this.#kernel.memory.buffer, from, (this.#kernel.detail.end() - from) / 4);
  }

  #check(status: number): void {
    const { detail } = this.#kernel;
    if (status === STATUS.tooLarge) checkDecoded(detail.refusedValue());
    if (status === STATUS.endless) throw tailTooLong();
    if (status === STATUS.wrongParity) levelOfValue(detail.refusedValue(), detail.refusedQuantiser());
  }
}

interface OwnAddresses {
  readonly magnitudes: number;
  readonly signed: number;
  readonly levels: number;
}

/** Bytes that an array takes in the module's memory. */
function bytesOf(array: PlaneArray): number {
  return array === undefined ? 0 : (array.byteLength + 31) & ~15;
}

/**
 * Arrays that a band needs, in the order of `wasm/detail.ts`; planes of another size than the first of their kind are left out.
 *
 * @param plane Its own plane.
 * @param relatives What it may look at.
 * @returns The arrays.
 */
export function arraysOf(
  plane: Plane,
  { channels, parent, horizontal, vertical, low }: DetailRelatives,
): PlaneArray[] {
  const like = (other: Plane | undefined, model: Plane | undefined): Plane | undefined =>
    other && model && other.width === model.width && other.height === model.height ? other : undefined;
  const before = [0, 1, 2].map((k) => like(channels[k], plane));
  const vector = (planes: readonly (Plane | undefined)[]) => [
    planes[0]?.magnitudes,
    ...[0, 1, 2, 3].map((k) => like(planes[k], planes[0])?.signed),
  ];
  return [
    plane.magnitudes,
    plane.signed,
    plane.levels,
    ...before.map((other) => other?.magnitudes),
    ...before.map((other) => other?.signed),
    ...vector(parent),
    ...vector(horizontal),
    ...vector(vertical),
    low?.values,
  ];
}
