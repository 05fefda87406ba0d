/** The subband coder with WebAssembly SIMD. */

import type { BandShape } from "../bands.ts";
import { PROBABILITY_BITS } from "../mixing/context_tables.ts";
import { checkEnd, DecisionReader, FIRST_STATE_BYTES } from "../rans/rans_single_decode.ts";
import { plainForms } from "../plain_forms.ts";
import { checkMagnitude } from "../symbols.ts";
import { compiledIfCan } from "../../host/wasm.ts";
import { levelOfValue } from "../latent/trellis.ts";
import { type PlaneSize, SubbandSet } from "./band.ts";
import { tokenTooLarge } from "./magnitude.ts";
import { MARGIN } from "./plane.ts";
import { SUBBAND_ADDRESSES, writeSubbandTables } from "./subband_block.ts";
import type { SubbandDecodingEngine } from "./subband_engine.ts";
import { SUBBAND_DECODING_WASM } from "./subband_decoding_wasm.ts";

/** See `wasm/subband.ts`; addresses are in bytes. */
interface Exports {
  reset(): void;
  beginDecoding(bytes: number, byteLength: number, firstState: number): void;
  endState(): number;
  beginEncoding(decisions: number): void;
  end(): number;
  beginChoosing(lambda: number, notes: number): void;
  beginBand(
    kind: number,
    levelClass: number,
    width: number,
    plane: number,
    parent: number,
    parentWidth: number,
    parentHeight: number,
    horizontal: number,
    vertical: number,
    earlier: number,
    earliest: number,
    rows: number,
    hasTrellis: number,
  ): void;
  codeRows(y: number, count: number): number;
  refusedValue(): number;
}

/** A plane in the module's memory, with margins. */
interface WasmPlane extends PlaneSize {
  readonly address: number;
}

/** An instance, with its memory. */
export interface SubbandInstance {
  readonly memory: WebAssembly.Memory;
  readonly exports: Exports;
}

const PAGE_BYTES = 65536;
const NOWHERE: WasmPlane = { width: 0, height: 0, address: 0 };
/** Vectors reach so far beyond a plane. */
const PLANE_SLACK_BYTES = 64;
/** Rows of about so many coefficients are handed over at once, so that the module runs its better code soon. */
const HANDED_COEFFICIENTS = 1 << 16;
/** An instance with more memory is not used again. */
const LARGEST_KEPT_BYTES: number = 2 ** 26;

/** What {@linkcode Exports.codeRows} gives. */
const STATUS = { fine: 0, tooLarge: 1, endless: 2, notOfQuantiser: 4 } as const;

/** The arithmetic of {@linkcode TypeScriptSubbandEngine} with SIMD; values are the same. `wasm_subband_encoder.ts` has the other direction. */
export class WasmSubbandEngine implements SubbandDecodingEngine {
  readonly #instances: SubbandInstances;
  /** The module and its memory. */
  protected readonly instance: SubbandInstance;
  readonly #bands: SubbandSet<WasmPlane> = new SubbandSet(NOWHERE);
  /** Where the planes of the picture end. */
  #planesEnd: number = SUBBAND_ADDRESSES.planes;

  /** Whether coefficients of detail bands are values of a trellis. */
  protected readonly isTrellis: boolean;

  /**
   * @param instances Where it gets an instance from.
   * @param isTrellis Whether coefficients of detail bands are values of a trellis.
   */
  constructor(instances: SubbandInstances, isTrellis = false) {
    this.#instances = instances;
    this.isTrellis = isTrellis;
    this.instance = instances.take();
    this.instance.exports.reset();
  }

  /** See {@linkcode SubbandEngine.decode}. */
  decode(bytes: Uint8Array, coefficients: Int32Array, bands: readonly BandShape[]): void {
    const { memory, exports } = this.instance;
    const { state } = new DecisionReader(bytes, PROBABILITY_BITS);
    const stream = this.reserve(bands, bytes.length);
    new Uint8Array(memory.buffer, stream, bytes.length).set(bytes);
    const read = Math.min(bytes.length, FIRST_STATE_BYTES);
    exports.beginDecoding(stream + read, bytes.length - read, state);
    this.codeBands(coefficients, coefficients, bands);
    checkEnd(exports.endState(), stream + bytes.length - exports.end());
  }

  /** See {@linkcode SubbandEngine.release}. */
  release(): void {
    this.#instances.giveBack(this.instance);
  }

  /** Makes room for the planes of a section, its rows, and so many bytes after them. Gives the address of the latter. */
  protected reserve(bands: readonly BandShape[], byteLength: number): number {
    const planes = bands.reduce((sum, band) => sum + planeBytes(band), 0);
    const rows = Math.max(
      0,
      ...bands.map((band) => rowsOf(band) + 1).map((count, i) => count * bands[i].width),
    );
    const address = this.#planesEnd + planes + rows * 4;
    const { memory } = this.instance;
    const missing = Math.ceil((address + byteLength - memory.buffer.byteLength) / PAGE_BYTES);
    if (missing > 0) memory.grow(missing);
    new Uint8Array(memory.buffer).fill(0, this.#planesEnd, this.#planesEnd + planes);
    return address;
  }

  /** Codes bands in the module's mode; `begin` is called before each. */
  protected codeBands(
    from: Int32Array,
    to: Int32Array,
    bands: readonly BandShape[],
    begin?: (band: number) => void,
  ): void {
    const planes = bands.map((shape) => {
      const plane = { width: shape.width, height: shape.height, address: this.#planesEnd };
      this.#planesEnd += planeBytes(shape);
      return plane;
    });
    bands.forEach((shape, i) => {
      begin?.(i);
      this.#codeBand(from, to, shape, planes[i]);
    });
  }

  #codeBand(from: Int32Array, to: Int32Array, shape: BandShape, plane: WasmPlane): void {
    const { memory, exports } = this.instance;
    const { kind, levelClass, parent, horizontal, vertical, earlier, earliest } = this.#bands.begin(
      shape,
      plane,
    );
    const { width, height, offset } = shape;
    if (width * height === 0) return;
    const rows = this.#planesEnd;
    exports.beginBand(
      kind,
      levelClass,
      width,
      plane.address,
      parent.width * parent.height === 0 ? 0 : parent.address,
      parent.width,
      parent.height,
      horizontal.address,
      vertical.address,
      earlier.address,
      earliest.address,
      rows,
      Number(this.isTrellis && shape.orientation !== 0),
    );
    const rowsAtOnce = rowsOf(shape);
    for (let y = 0; y < height; y += rowsAtOnce) {
      const count = Math.min(rowsAtOnce, height - y), begin = offset + y * width;
      const values = rows + width * 4, length = count * width;
      new Int32Array(memory.buffer, values, length).set(from.subarray(begin, begin + length));
      this.#check(exports.codeRows(y, count));
      to.set(new Int32Array(memory.buffer, values, length), begin);
    }
  }

  #check(status: number): void {
    if (status === STATUS.fine) return;
    if (status === STATUS.endless) throw tokenTooLarge();
    const refused = this.instance.exports.refusedValue();
    if (status === STATUS.tooLarge) checkMagnitude(refused);
    if (status === STATUS.notOfQuantiser) levelOfValue(refused, 1 - (refused & 1));
    throw new RangeError(
      "Cannot code the bands: they must fit in memory (got more). Code the picture in tiles.",
    );
  }
}

/** Bytes of a band's plane. */
function planeBytes({ width, height }: PlaneSize): number {
  const bytes = 2 * (width + 2 * MARGIN) * (height + 2 * MARGIN) + PLANE_SLACK_BYTES;
  return Math.ceil(bytes / 16) * 16;
}

/** Rows of a band that are handed over at once. */
function rowsOf({ width, height }: PlaneSize): number {
  return Math.max(1, Math.min(height, Math.floor(HANDED_COEFFICIENTS / Math.max(1, width))));
}

/** Instances of the module, so that pictures coded one after another use the same. */
export class SubbandInstances {
  /** The compiled `wasm/subband.ts`. */
  readonly module: WebAssembly.Module;
  #idle: SubbandInstance | undefined;

  /** @param module The compiled `wasm/subband.ts`. */
  constructor(module: WebAssembly.Module) {
    this.module = module;
  }

  /** An instance that nobody uses. */
  take(): SubbandInstance {
    const idle = this.#idle;
    this.#idle = undefined;
    if (idle) return idle;
    const memory = new WebAssembly.Memory({ initial: Math.ceil(SUBBAND_ADDRESSES.planes / PAGE_BYTES) });
    writeSubbandTables(memory.buffer as ArrayBuffer);
    const instance = new WebAssembly.Instance(this.module, { env: { memory } });
    return { memory, exports: instance.exports as unknown as Exports };
  }

  /**
   * Takes an instance back; large ones are dropped, since memory cannot shrink.
   *
   * @param instance The instance.
   */
  giveBack(instance: SubbandInstance): void {
    if (instance.memory.buffer.byteLength <= LARGEST_KEPT_BYTES) this.#idle = instance;
  }
}

let shared: SubbandInstances | undefined;

/** Instances that all pictures share; `undefined` where the runtime has no WebAssembly SIMD. */
export function sharedInstances(): SubbandInstances | undefined {
  const module = compiledIfCan(SUBBAND_DECODING_WASM);
  if (shared?.module !== module) shared = module && new SubbandInstances(module);
  return shared;
}

/**
 * Begins to decode a picture with the best engine that the runtime has.
 *
 * @param isTrellis Whether coefficients of detail bands are values of a trellis.
 * @returns The engine; release it at the end.
 */
export function subbandDecodingEngine(isTrellis: boolean): SubbandDecodingEngine {
  const instances = sharedInstances();
  return instances
    ? new WasmSubbandEngine(instances, isTrellis)
    : new (plainForms().TypeScriptSubbandEngine)(isTrellis);
}
