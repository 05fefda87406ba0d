import { VaeransError } from "../../decode.ts";

/** The smallest module: its magic number and version. */
const EMPTY_MODULE = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

/** Throws unless this thread may run WebAssembly: `VaeransError` ("wasm-unavailable"). */
export function requireWasm(): void {
  try {
    new WebAssembly.Module(EMPTY_MODULE);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new VaeransError(
      "wasm-unavailable",
      `Cannot decode on this page: WebAssembly must be allowed (got ${reason}). Add 'wasm-unsafe-eval' to script-src.`,
      { cause },
    );
  }
}
