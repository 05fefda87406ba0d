import { messageOf } from "../../../core/error_message.ts";
import { ArenaFullError } from "../../../core/mod.ts";
import { compiledModule, type WasmText } from "../../../host/wasm.ts";
import { CONVOLUTION_DECODING_WASM } from "./convolution_decoding_wasm.ts";

/** Addresses, pitches and counts as in `wasm/convolution.ts`. */
export interface ConvolutionExports {
  panelWeights(...args: number[]): void;
  winogradWeights(...args: number[]): void;
  winogradInput(...args: number[]): void;
  multiply(...args: number[]): void;
  winogradOutput(...args: number[]): void;
  gather(...args: number[]): void;
  scatter(...args: number[]): void;
  fillBorder(...args: number[]): void;
  blocksToPlaces(...args: number[]): void;
  placesToBlocks(...args: number[]): void;
  planesToRgba8(...args: number[]): void;
  spreadPlaces(...args: number[]): void;
}

/** What derivatives take, too. */
export interface DerivativeExports extends ConvolutionExports {
  saveSigns(...args: number[]): void;
  addBehindSigns(...args: number[]): void;
  gatherPlaces(...args: number[]): void;
  surround(...args: number[]): void;
  foldEdges(...args: number[]): void;
}

const PAGE_BYTES = 65536, MOST_PAGES = 65536;
/** Caches fetch lines of so many bytes. */
const ALIGNMENT_BYTES = 64;
/** Room for the vectors of a tile, at address 0. */
const SCRATCH_BYTES = 1024;

let shared: ConvolutionMemory | undefined;

/**
 * The memory that nets of one thread share: their weights, for good, and behind them room to work in, which belongs to
 * whatever net is running.
 */
export class ConvolutionMemory {
  /** Work on this memory. */
  readonly exports: ConvolutionExports;
  readonly #memory: WebAssembly.Memory;
  #weightBytes = SCRATCH_BYTES;

  private constructor() {
    this.#memory = new WebAssembly.Memory({ initial: 1, maximum: MOST_PAGES });
    this.exports = this.exportsOf(CONVOLUTION_DECODING_WASM);
  }

  /** This thread's. */
  static shared(): ConvolutionMemory {
    return shared ??= new ConvolutionMemory();
  }

  /** Those of a module that works on this memory. */
  exportsOf<Exports extends ConvolutionExports>(module: WasmText): Exports {
    const instance = new WebAssembly.Instance(compiledModule(module), { env: { memory: this.#memory } });
    return instance.exports as unknown as Exports;
  }

  /** Address of `byteLength` bytes that stay the caller's; what is there is anything. */
  reserve(byteLength: number): number {
    const address = this.#weightBytes;
    this.#weightBytes = aligned(address + byteLength);
    this.#grow(this.#weightBytes);
    return address;
  }

  /**
   * Addresses of so many bytes each, to work in until the next call; what is there is anything.
   *
   * Errors: `ArenaFullError` ("net-memory").
   */
  workspace(byteLengths: readonly number[]): number[] {
    let end = this.#weightBytes;
    const addresses = byteLengths.map((byteLength) => {
      const address = end;
      end = aligned(end + byteLength);
      return address;
    });
    this.#grow(end);
    return addresses;
  }

  /** The values there; good until more memory is asked for. */
  floats(address: number, count: number): Float32Array<ArrayBuffer> {
    return new Float32Array(this.#memory.buffer as ArrayBuffer, address, count);
  }

  /** The bytes there; good until more memory is asked for. */
  bytes(address: number, byteLength: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#memory.buffer as ArrayBuffer, address, byteLength);
  }

  #grow(byteLength: number): void {
    const missing = byteLength - this.#memory.buffer.byteLength;
    if (missing <= 0) return;
    try {
      this.#memory.grow(Math.ceil(missing / PAGE_BYTES));
    } catch (cause) {
      throw new ArenaFullError(
        "net-memory",
        `Cannot run the net: ${byteLength} bytes of memory must be free for it (got: ` +
          `${messageOf(cause)}). Code the picture in tiles (tileSide), or ` +
          "free memory.",
        { cause },
      );
    }
  }
}

function aligned(byteLength: number): number {
  return Math.ceil(byteLength / ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
}
