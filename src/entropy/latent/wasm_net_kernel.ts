/** The context net with WebAssembly SIMD. */

import { NET_LOGITS } from "./context_layout.ts";
import {
  BIASES,
  NetBlock,
  OUTPUT_BIASES,
  OUTPUTS,
  PAIR_BYTES,
  PAIRS,
  SUMS,
  TABLE,
  TABLE_ENTRY_BYTES,
  UNITS,
} from "./net_block.ts";
import type { NetKernel } from "./net_kernel.ts";
import { HIDDEN_UNITS, OWN_PAIRS, PAIR_COUNT, SERIAL_PAIRS } from "./net_taps.ts";
import { plainForms } from "../plain_forms.ts";
import { NET_WASM } from "./net_wasm.ts";
import { compiledIfCan } from "../../host/wasm.ts";

/** See `wasm/net.ts`; all addresses are bytes in the block. */
interface Exports {
  sumRow(
    sums: number,
    width: number,
    biases: number,
    table: number,
    fullCount: number,
    pairCount: number,
  ): void;
  addRow(sums: number, width: number, table: number, fullCount: number, pairCount: number): void;
  place(
    sums: number,
    left: number,
    weights: number,
    target: number,
    outputs: number,
    bias: number,
  ): number;
  logit(target: number, outputs: number, bias: number): number;
}

const PAGE_BYTES = 65536;

/** The net of {@linkcode TypeScriptNetKernel} with SIMD; the results are the same to the bit. */
export class WasmNetKernel implements NetKernel {
  readonly block: NetBlock;
  readonly #exports: Exports;

  // Of the row at hand.
  #ownRow = 0;
  #serialPairs = 0;
  #firstLogit = 0;

  /** @param module The compiled `wasm/net.ts`. */
  constructor(module: WebAssembly.Module) {
    const memory = new WebAssembly.Memory({ initial: 1 });
    this.#exports = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Exports;
    this.block = new NetBlock((byteLength) => {
      const missing = Math.ceil((byteLength - memory.buffer.byteLength) / PAGE_BYTES);
      if (missing > 0) memory.grow(missing);
      return memory.buffer as ArrayBuffer;
    });
  }

  /** See {@linkcode NetKernel.sumRow}. */
  sumRow(): void {
    this.#sum(0);
  }

  /** See {@linkcode NetKernel.sumOthers}. */
  sumOthers(): void {
    this.#sum(OWN_PAIRS);
  }

  /** See {@linkcode NetKernel.addOwn}. */
  addOwn(): void {
    this.#exports.addRow(SUMS, this.block.width, TABLE, OWN_PAIRS, OWN_PAIRS);
  }

  #sum(first: number): void {
    const { width, fullCount, pairCount, orientation, ownRow } = this.block;
    this.#ownRow = ownRow;
    this.#serialPairs = PAIRS + (orientation * (PAIR_COUNT + SERIAL_PAIRS) + PAIR_COUNT) * PAIR_BYTES;
    this.#firstLogit = orientation * NET_LOGITS;
    const table = TABLE + first * TABLE_ENTRY_BYTES;
    this.#exports.sumRow(SUMS, width, BIASES, table, fullCount - first, pairCount - first);
  }

  /** See {@linkcode NetKernel.place}. */
  place(x: number, number: number): number {
    const row = this.#firstLogit + number;
    return this.#exports.place(
      SUMS + x * HIDDEN_UNITS * 4,
      this.#ownRow + x,
      this.#serialPairs,
      UNITS,
      OUTPUTS + row * HIDDEN_UNITS * 2,
      OUTPUT_BIASES + row * 4,
    );
  }

  /** See {@linkcode NetKernel.logit}. */
  logit(number: number): number {
    const row = this.#firstLogit + number;
    return this.#exports.logit(UNITS, OUTPUTS + row * HIDDEN_UNITS * 2, OUTPUT_BIASES + row * 4);
  }
}

let shared: NetKernel | undefined;

/**
 * The kernel that all models of this thread share. A band is coded in one go and sets up all it needs, so they do not
 * meet; a memory of its own for every picture would reserve gigabytes of addresses each.
 *
 * @returns The kernel.
 */
export function sharedNetKernel(): NetKernel {
  if (shared === undefined) {
    const module = compiledIfCan(NET_WASM);
    shared = module === undefined ? new (plainForms().TypeScriptNetKernel)() : new WasmNetKernel(module);
  }
  return shared;
}
