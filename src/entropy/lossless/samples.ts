/**
 * Planes that no wavelet took apart, in the subband coder: samples are predicted from their neighbours and from the channels
 * before, and what is left is coded by mixed counters. The work is done by WebAssembly (`wasm/samples.ts`), of which this is the
 * door; docs/specification/6-lossless-predictor.md says what it computes.
 */

import type { BandShape } from "../bands.ts";
import { FINE_CLASS } from "../subband/tables.ts";
import { PROBABILITY_BITS, SQUASH, STRETCH } from "../mixing/context_tables.ts";
import { EntropyError } from "../errors.ts";
import { DecisionReader } from "../rans/rans_single_decode.ts";
import { MAX_MAGNITUDE } from "../symbols.ts";
import { compiledIfCan, compiledModule, type WasmText } from "../../host/wasm.ts";
import { plainForms } from "../plain_forms.ts";
import { LOG_REST, SOFT_REST } from "./opinion_tables.ts";
import { differByParity } from "./parities.ts";
import { SAMPLES_DECODING_WASM } from "./samples_decoding_wasm.ts";

/** Columns and rows around a plane in the module's memory. */
const MARGIN = 8;
/** An instance with more memory is not used again. */
const LARGEST_KEPT_BYTES: number = 2 ** 26;
/** Learning sees samples of about so many bits. */
const LEARNING_BITS = 8;
/** Places of the level and of the bit for parities in the first byte. */
const LEVEL_SHIFT = 5;
const PARITY_BIT = 128;
const MOST_LEVEL = 3;

interface Exports {
  readonly memory: WebAssembly.Memory;
  tables(): number;
  open(width: number, height: number, channels: number): number;
  configure(scale: number, level: number, tellsParities: boolean): void;
  encode(): number;
  encoded(): number;
  decode(byteLength: number, firstState: number): number;
  stream(): number;
  reserve(byteLength: number): void;
}

/** Which predictors and contexts there are, 0 … 3; decoders need as long as encoders. */
export type SampleLevel = 0 | 1 | 2 | 3;

/**
 * The level of an effort. Those up to 3 are fast: a predictor that learns by steps, and the mean of two counters. Those from 4 on
 * add mixed counters and least squares of 8 taps, solved for four places at a time. Those from 7 on have a second window of 16
 * taps and mix twice; 9 has 24 taps there, and a third window of 16, solved for two places.
 *
 * @param effort 1 … 9.
 */
export function sampleLevel(effort: number): SampleLevel {
  return effort <= 3 ? 0 : effort < 7 ? 1 : effort < 9 ? 2 : 3;
}

/** The static state, and bytes per column: rows of errors and misses, and its share of the matrices of level 3. */
const TABLE_BYTES = 2 * 2 ** 20, COLUMN_BYTES = 60 + 224 / 4 + 2 * 1440 / 4 + 2 * 704 / 2;
/** Wider pictures use columns again. */
const MOST_COLUMNS = 65536;
/** A value, its magnitude and its sign. */
const SAMPLE_BYTES = 7;

/**
 * Memory that decoding planes of one size may take, without the stream.
 *
 * @param width In samples.
 * @param height In samples.
 * @param channels Number of planes.
 * @returns Bytes.
 */
export function sampleMemoryBytes(width: number, height: number, channels: number): number {
  const samples = channels * (width + 2 * MARGIN) * (height + 2 * MARGIN);
  return TABLE_BYTES + COLUMN_BYTES * Math.min(width, MOST_COLUMNS) + SAMPLE_BYTES * samples;
}

/** Modules that do the same for one level in less time. */
const ofLevels = new Map<number, WasmText>();
const shared = new Map<WebAssembly.Module, Exports>();

/**
 * Makes this program use a module for one level.
 *
 * @param level The level.
 * @param wasm Exports the functions of the others.
 */
export function useForLevel(level: SampleLevel, wasm: WasmText): void {
  ofLevels.set(level, wasm);
}

/**
 * Encodes planes of one size.
 *
 * @param values Channel by channel, row-major; magnitudes already checked. What the decisions say is written over them.
 * @param bands The planes.
 * @param level Which predictors and contexts there are.
 * @param wasm The module; for tests.
 * @returns The section's bytes.
 */
export function encodeSamples(
  values: Int32Array,
  bands: readonly BandShape[],
  level: SampleLevel,
  wasm?: WasmText,
): Uint8Array {
  if (sampleCountOf(bands) === 0) return new Uint8Array(0);
  const scale = scaleOf(values), tellsParities = level > 0 && differByParity(values, bands);
  const planes = new Planes(bands, { scale, level, tellsParities }, wasm);
  planes.write(values);
  const length = planes.module.encode(), section = new Uint8Array(1 + length);
  planes.read(values);
  section[0] = scale | level << LEVEL_SHIFT | (tellsParities ? PARITY_BIT : 0);
  section.set(new Uint8Array(planes.module.memory.buffer, planes.module.encoded(), length), 1);
  return section;
}

/**
 * Decodes planes of one size.
 *
 * @param bytes The section's bytes.
 * @param values Written, channel by channel.
 * @param bands The planes.
 * @param wasm The module; for tests.
 * @throws {EntropyError} `entropy-corrupt` when the bytes are damaged.
 */
export function decodeSamples(
  bytes: Uint8Array,
  values: Int32Array,
  bands: readonly BandShape[],
  wasm?: WasmText,
): void {
  const count = sampleCountOf(bands);
  if (count === 0 && bytes.length === 0) return;
  if (bytes.length === 0 || count === 0) {
    throw new EntropyError(
      "entropy-corrupt",
      `Cannot decode ${count} samples: their section must be longer (got ${bytes.length} bytes). Fetch the section again.`,
    );
  }
  const stream = bytes.subarray(1);
  const state = new DecisionReader(stream, PROBABILITY_BITS).state;
  const scale = bytes[0] & 31, level = bytes[0] >> LEVEL_SHIFT & MOST_LEVEL;
  const planes = new Planes(bands, { scale, level, tellsParities: bytes[0] >= PARITY_BIT }, wasm);
  planes.module.reserve(stream.length);
  new Uint8Array(planes.module.memory.buffer, planes.module.stream(), stream.length).set(stream);
  const outcome = planes.module.decode(stream.length, state);
  if (outcome !== 0) {
    throw new EntropyError(
      "entropy-corrupt",
      outcome === 1
        ? `Cannot decode a sample: its magnitude must be at most ${MAX_MAGNITUDE} (got more). Fetch the section again.`
        : "Cannot decode the samples: the end state must be that of the encoder (got another). Fetch the section again.",
    );
  }
  planes.read(values);
}

/** What the first byte of a section says: the places that learning drops, the level, and whether a window tells parities apart. */
interface Setup {
  readonly scale: number;
  readonly level: number;
  readonly tellsParities: boolean;
}

/** Samples in the memory of a module. */
class Planes {
  readonly module: Exports;
  readonly #from: number;

  constructor(readonly bands: readonly BandShape[], setup: Setup, wasm: WasmText | undefined) {
    const { width, height } = bands[0];
    this.module = wasm === undefined ? sharedInstance(setup.level) : instantiate(compiledModule(wasm));
    this.module.configure(setup.scale, setup.level, setup.tellsParities);
    this.#from = this.module.open(width, height, bands.length);
  }

  write(values: Int32Array): void {
    this.#rows((row, offset) => row.set(values.subarray(offset, offset + row.length)));
  }

  read(values: Int32Array): void {
    this.#rows((row, offset) => values.set(row, offset));
  }

  #rows(visit: (row: Int32Array, offset: number) => void): void {
    const stride = this.bands[0].width + 2 * MARGIN;
    for (const [channel, { width, height, offset }] of this.bands.entries()) {
      for (let y = 0; y < height; y++) {
        const place = (channel * (height + 2 * MARGIN) + y + MARGIN) * stride + MARGIN;
        const row = new Int32Array(this.module.memory.buffer, this.#from + 4 * place, width);
        visit(row, offset + y * width);
      }
    }
  }
}

/** One instance of a module serves a thread until its memory, which cannot shrink, has become large. */
function sharedInstance(level: number): Exports {
  const module = moduleFor(level);
  let exports = shared.get(module);
  if (!exports || exports.memory.buffer.byteLength > LARGEST_KEPT_BYTES) {
    shared.set(module, exports = instantiate(module));
  }
  return exports;
}

/** An instance with its tables. */
function instantiate(module: WebAssembly.Module): Exports {
  const exports = new WebAssembly.Instance(module, {}).exports as unknown as Exports;
  let address = exports.tables();
  for (const table of [Uint16Array.from(SQUASH), Int16Array.from(STRETCH), LOG_REST, SOFT_REST, FINE_CLASS]) {
    const { byteOffset, byteLength } = table;
    new Uint8Array(exports.memory.buffer, address).set(new Uint8Array(table.buffer, byteOffset, byteLength));
    address += byteLength;
  }
  return exports;
}

/** With SIMD where the runtime has it; all forms give the same bytes. */
function moduleFor(level: number): WebAssembly.Module {
  return compiledIfCan(ofLevels.get(level) ?? SAMPLES_DECODING_WASM) ??
    compiledModule(plainForms().SAMPLES_PLAIN_WASM);
}

/** All planes are of one size. */
function sampleCountOf(bands: readonly BandShape[]): number {
  return bands.length * bands[0].width * bands[0].height;
}

/** Places that learning drops of the largest sample. */
function scaleOf(values: Int32Array): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) most |= Math.abs(values[i]);
  return Math.max(0, 32 - Math.clz32(most) - LEARNING_BITS);
}
