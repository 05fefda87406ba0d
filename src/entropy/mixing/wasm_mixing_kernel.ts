/** The mixing model with WebAssembly SIMD. */

import { DETAIL_ADDRESSES, type DetailExports, writeDetailTables } from "../latent/detail_block.ts";
import { type FeatureList, MixingBlock } from "./mixing_block.ts";
import type { MixingKernel } from "./mixing_kernel.ts";
import { plainForms } from "../plain_forms.ts";
import { MIXING_DECODING_WASM } from "./mixing_decoding_wasm.ts";
import { compiledIfCan } from "../../host/wasm.ts";

/** See `wasm/mixing.ts`. */
interface Exports {
  directLogit(features: number, length: number, set: number): number;
  predict(
    contextCount: number,
    mixerSet: number,
    secondSet: number,
    direct: number,
    features: number,
    length: number,
    directSet: number,
  ): number;
  predictByDirect(
    contextCount: number,
    mixerSet: number,
    secondSets: number,
    features: number,
    length: number,
    directSet: number,
  ): number;
  learn(outcome: number): void;
}

const PAGE_BYTES = 65536;
/** Room that all kernels have. */
const ROOM_BYTES: number = 2 ** 25;

/** The arithmetic of {@linkcode TypeScriptMixingKernel} with SIMD; the results are the same to the bit. */
export class WasmMixingKernel implements MixingKernel {
  readonly block: MixingBlock;
  /** The module's memory, with room for its coder of detail bands. */
  readonly memory: WebAssembly.Memory;
  /** The coder of detail bands, which works on the same block: see `wasm/detail.ts`. */
  readonly detail: DetailExports;
  /** Room for what the coder of detail bands looks at: the planes of a band, and a section that is too long for its own place. */
  readonly roomBytes: number;
  readonly #module: WebAssembly.Module;
  readonly #exports: Exports;

  /**
   * @param module The compiled `wasm/detail.ts`.
   * @param roomBytes See {@linkcode roomBytes}.
   */
  constructor(module: WebAssembly.Module, roomBytes: number = ROOM_BYTES) {
    this.#module = module;
    this.roomBytes = roomBytes;
    // Address space only: what is not written to takes no memory.
    const pages = Math.ceil((DETAIL_ADDRESSES.planes + roomBytes) / PAGE_BYTES);
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
    const exports = new WebAssembly.Instance(module, { env: { memory } }).exports;
    this.#exports = exports as unknown as Exports;
    this.detail = exports as unknown as DetailExports;
    this.memory = memory;
    this.block = new MixingBlock(memory.buffer as ArrayBuffer);
    writeDetailTables(memory.buffer as ArrayBuffer);
  }

  /** Another kernel of the same module, with more room. */
  withRoom(roomBytes: number): WasmMixingKernel {
    return new WasmMixingKernel(this.#module, roomBytes);
  }

  /** See {@linkcode MixingKernel.directLogit}. */
  directLogit({ address, length }: FeatureList, set: number): number {
    return this.#exports.directLogit(address, length, set);
  }

  /** See {@linkcode MixingKernel.predict}. */
  predict(
    contextCount: number,
    mixerSet: number,
    secondSet: number,
    direct: number,
    { address, length }: FeatureList,
    directSet: number,
  ): number {
    return this.#exports.predict(contextCount, mixerSet, secondSet, direct, address, length, directSet);
  }

  /** See {@linkcode MixingKernel.predictByDirect}. */
  predictByDirect(
    contextCount: number,
    mixerSet: number,
    secondSets: number,
    { address, length }: FeatureList,
    directSet: number,
  ): number {
    return this.#exports.predictByDirect(contextCount, mixerSet, secondSets, address, length, directSet);
  }

  /** See {@linkcode MixingKernel.learn}. */
  learn(outcome: number): void {
    this.#exports.learn(outcome);
  }
}

let shared: MixingKernel | undefined;
let sharedModule: WebAssembly.Module | undefined;

/**
 * The kernel that all models of this thread share. A band is coded in one go, so they take turns; a memory of its own for
 * every picture would reserve gigabytes of addresses each.
 *
 * @returns The kernel.
 */
export function sharedMixingKernel(): MixingKernel {
  const module = compiledIfCan(MIXING_DECODING_WASM);
  if (shared === undefined || module !== sharedModule) {
    sharedModule = module;
    shared = module === undefined
      ? new (plainForms().TypeScriptMixingKernel)()
      : new WasmMixingKernel(module);
  }
  return shared;
}
