import { concat } from "../../core/concat.ts";
import { type DeflateKernel, TypeScriptDeflateKernel } from "./deflate_kernel.ts";
import { DEFLATE_ADDRESSES as AT } from "./deflate_memory.ts";
import { Deflater } from "./deflater.ts";
import { WasmDeflateKernel } from "./wasm_deflate_kernel.ts";

/** A kernel with more memory, as rows of very wide pictures need, is not kept. */
const MOST_KEPT_BYTES = 2 ** 23;
/** Bytes that are handed to the deflater at a time. */
const PIECE_BYTES = 2 ** 16;

let idle: DeflateKernel | undefined;

/**
 * Runs a function with a kernel that nothing else uses meanwhile.
 *
 * @param use Gets the kernel, which it may not use after it has returned.
 * @returns What the function returns.
 */
export function withDeflateKernel<T>(use: (kernel: DeflateKernel) => T): T {
  const kernel = idle ?? WasmDeflateKernel.create() ?? new TypeScriptDeflateKernel();
  idle = undefined;
  const result = use(kernel);
  if (kernel.memory.byteLength <= MOST_KEPT_BYTES) idle = kernel;
  return result;
}

/**
 * Deflates bytes in zlib's format, to the same bytes on every runtime.
 *
 * @param kernel Computes.
 * @param bytes What to deflate.
 * @param emit Receives the zlib stream piece by piece.
 */
export function deflateBytes(
  kernel: DeflateKernel,
  bytes: Uint8Array,
  emit: (bytes: Uint8Array<ArrayBuffer>) => void,
): void {
  const deflater = new Deflater(kernel, AT.rest, PIECE_BYTES, emit), memory = new Uint8Array(kernel.memory);
  for (let from = 0; from < bytes.length; from += PIECE_BYTES) {
    const piece = bytes.subarray(from, from + PIECE_BYTES);
    memory.set(piece, deflater.reserve(piece.length));
    deflater.add(piece.length);
  }
  deflater.finish();
}

/** Bytes of zlib's frame: a header, and a checksum at the end. */
const ZLIB_HEADER_BYTES = 2, ZLIB_CHECKSUM_BYTES = 4;

/** Deflates bytes without zlib's frame, to the same bytes on every runtime. */
export function deflateRaw(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  withDeflateKernel((kernel) => deflateBytes(kernel, bytes, (part) => parts.push(part)));
  const framed = concat(parts);
  return framed.slice(ZLIB_HEADER_BYTES, framed.length - ZLIB_CHECKSUM_BYTES);
}
