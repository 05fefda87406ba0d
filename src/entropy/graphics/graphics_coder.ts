/** Encodes and decodes rectangles of graphics. The work is done by WebAssembly in integers (`wasm/graphics.ts`). */

import { BIT_COST, logisticTable, PROBABILITY_BITS, STRETCH } from "../mixing/context_tables.ts";
import { EntropyError } from "../errors.ts";
import { DecisionReader } from "../rans/rans_single_decode.ts";
import { compiledIfCan, compiledModule, type WasmText } from "../../host/wasm.ts";
import { checkGraphicsShape, type GraphicsShape } from "./graphics_shape.ts";
import { plainForms } from "../plain_forms.ts";
import { GRAPHICS_DECODING_WASM } from "./graphics_decoding_wasm.ts";

/** An instance with more memory is not used again. */
const LARGEST_KEPT_BYTES: number = 2 ** 26;
/** Probabilities of logits, between 1/65536 and 65535/65536. */
const FINE_SQUASH: Int32Array = logisticTable(1);

interface Exports {
  readonly memory: WebAssembly.Memory;
  tables(): number;
  open(width: number, height: number, channels: number, bitDepth: number): number;
  reserve(byteLength: number): void;
  stream(): number;
  encode(): number;
  encoded(): number;
  decode(byteLength: number, firstState: number): number | boolean;
}

let shared: { readonly module: WebAssembly.Module; readonly exports: Exports } | undefined;

/**
 * Encodes a rectangle without loss.
 *
 * @param samples Interleaved, row by row: width · height · channels samples of at most `bitDepth` bits.
 * @param shape The rectangle.
 * @param wasm The module; for tests.
 * @returns The stream; it holds neither the shape nor a checksum.
 * @throws {EntropyError} `entropy-range` when the coder cannot take the shape or a sample is out of range.
 */
export function encodeGraphics(
  samples: Uint8Array | Uint16Array,
  shape: GraphicsShape,
  wasm?: WasmText,
): Uint8Array {
  checkGraphicsShape(shape);
  checkSamples(samples, shape);
  if (samples.length === 0) return new Uint8Array(0);
  return withRoom(shape, wasm, (module, from) => {
    new Uint16Array(module.memory.buffer, from, samples.length).set(samples);
    const length = module.encode();
    return new Uint8Array(module.memory.buffer, module.encoded(), length).slice();
  });
}

/**
 * Decodes a rectangle. Allocates at most `graphicsMemoryBytes(shape)` bytes, the stream's length and the result; takes
 * time in proportion to the pixels, whatever the bytes are.
 *
 * @param bytes The stream.
 * @param shape The shape that it was encoded with.
 * @param wasm The module; for tests.
 * @returns The samples; of 8 bits each if the depth allows.
 * @throws {EntropyError} `entropy-range` when the coder cannot take the shape; `entropy-corrupt` when the bytes are damaged.
 */
export function decodeGraphics(
  bytes: Uint8Array,
  shape: GraphicsShape,
  wasm?: WasmText,
): Uint8Array | Uint16Array {
  checkGraphicsShape(shape);
  const count = shape.width * shape.height * shape.channels;
  const state = new DecisionReader(bytes, PROBABILITY_BITS).state;
  if (count > 0) {
    return withRoom(shape, wasm, (module, from) => {
      module.reserve(bytes.length);
      new Uint8Array(module.memory.buffer, module.stream(), bytes.length).set(bytes);
      if (!module.decode(bytes.length, state)) throw wrongEnd();
      const decoded = new Uint16Array(module.memory.buffer, from, count);
      return shape.bitDepth <= 8 ? Uint8Array.from(decoded) : decoded.slice();
    });
  }
  if (bytes.length > 0) throw wrongEnd();
  return shape.bitDepth <= 8 ? new Uint8Array(0) : new Uint16Array(0);
}

function wrongEnd(): EntropyError {
  return new EntropyError(
    "entropy-corrupt",
    "Cannot decode graphics: the stream must end in state 0 with 0 bytes left (got others). Fetch the stream again.",
  );
}

function checkSamples(samples: Uint8Array | Uint16Array, shape: GraphicsShape): void {
  const count = shape.width * shape.height * shape.channels;
  if (samples.length !== count) {
    throw new EntropyError(
      "entropy-range",
      `Cannot code graphics of ${shape.width}×${shape.height} pixels: there must be ${count} samples ` +
        `(got ${samples.length}). Give one per pixel and channel.`,
    );
  }
  if (shape.bitDepth >= 8 * samples.BYTES_PER_ELEMENT) return;
  let largest = 0;
  for (let i = 0; i < count; i++) largest = Math.max(largest, samples[i]);
  if (largest >= 2 ** shape.bitDepth) {
    throw new EntropyError(
      "entropy-range",
      `Cannot code a sample of ${largest}: it must be below ${
        2 ** shape.bitDepth
      } (got ${largest}). Give the right bit depth.`,
    );
  }
}

/** Does work in a module that has room for a rectangle; passes the address of the samples. */
function withRoom<T>(
  shape: GraphicsShape,
  wasm: WasmText | undefined,
  work: (module: Exports, from: number) => T,
): T {
  const { width, height, channels, bitDepth } = shape;
  try {
    const module = opened(wasm);
    return work(module, module.open(width, height, channels, bitDepth));
  } catch (cause) {
    if (!(cause instanceof WebAssembly.RuntimeError)) throw cause;
    // The module traps where memory cannot grow.
    shared = undefined;
    throw new EntropyError(
      "entropy-range",
      `Cannot code graphics of ${width}×${height} pixels: the memory for it must be available (got an error). Code it in several rectangles.`,
      { cause },
    );
  }
}

/** A module with its tables. One instance serves a thread until its memory, which cannot shrink, has become large. */
function opened(wasm: WasmText | undefined): Exports {
  if (wasm !== undefined) return instantiate(compiledModule(wasm));
  const module = defaultModule();
  if (shared?.module !== module || shared.exports.memory.buffer.byteLength > LARGEST_KEPT_BYTES) {
    shared = { module, exports: instantiate(module) };
  }
  return shared.exports;
}

function instantiate(module: WebAssembly.Module): Exports {
  const exports = new WebAssembly.Instance(module, {}).exports as unknown as Exports;
  // Makes room for the tables.
  exports.open(1, 1, 1, 8);
  let at = exports.tables();
  for (const table of [FINE_SQUASH, STRETCH, BIT_COST]) {
    new Int32Array(exports.memory.buffer, at, table.length).set(table);
    at += table.byteLength;
  }
  return exports;
}

/** With SIMD where the runtime has it; both forms give the same bytes. */
function defaultModule(): WebAssembly.Module {
  return compiledIfCan(GRAPHICS_DECODING_WASM) ?? compiledModule(plainForms().GRAPHICS_PLAIN_WASM);
}
