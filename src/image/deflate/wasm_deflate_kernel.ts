import { compiledIfCan } from "../../host/wasm.ts";
import type { DeflateKernel } from "./deflate_kernel.ts";
import { DEFLATE_WASM } from "./deflate_wasm.ts";

const PAGE_BYTES = 65536;

/** What `wasm/deflate.ts` exports. */
type Exports = Omit<DeflateKernel, "memory" | "grow">;

let compiled: WebAssembly.Module | null | undefined;

/** The kernel in WebAssembly. Its methods are described at {@linkcode DeflateKernel}. */
export class WasmDeflateKernel implements DeflateKernel {
  readonly #memory: WebAssembly.Memory;
  readonly #exports: Exports;

  private constructor(module: WebAssembly.Module) {
    this.#memory = new WebAssembly.Memory({ initial: 1 });
    const { exports } = new WebAssembly.Instance(module, { env: { memory: this.#memory } });
    this.#exports = exports as unknown as Exports;
  }

  /** A kernel; `undefined` where there is no WebAssembly SIMD. */
  static create(): WasmDeflateKernel | undefined {
    compiled ??= compiledIfCan(DEFLATE_WASM) ?? null;
    return compiled ? new WasmDeflateKernel(compiled) : undefined;
  }

  get memory(): ArrayBuffer {
    return this.#memory.buffer as ArrayBuffer;
  }

  grow(byteLength: number): void {
    const missing = Math.ceil((byteLength - this.memory.byteLength) / PAGE_BYTES);
    if (missing > 0) this.#memory.grow(missing);
  }

  pack(to: number, pixels: number, channels: number, isDeep: boolean): void {
    this.#exports.pack(to, pixels, channels, isDeep);
  }

  filter(row: number, above: number, byteLength: number, unit: number, to: number): void {
    this.#exports.filter(row, above, byteLength, unit, to);
  }

  addToChecksum(from: number, byteLength: number): void {
    this.#exports.addToChecksum(from, byteLength);
  }

  tokenise(mostTokens: number, isLast: boolean): void {
    this.#exports.tokenise(mostTokens, isLast);
  }

  tokeniseLatest(mostTokens: number, isLast: boolean): void {
    this.#exports.tokeniseLatest(mostTokens, isLast);
  }

  writeTokens(): void {
    this.#exports.writeTokens();
  }
}
