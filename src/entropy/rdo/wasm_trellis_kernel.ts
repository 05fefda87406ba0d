/** The trellis search's steps with WebAssembly SIMD. */

import { compiledIfCan } from "../../host/wasm.ts";
import {
  NEVER,
  PLACES_AT_ONCE,
  TRELLIS_ADDRESSES,
  type TrellisKernel,
  TypeScriptTrellisKernel,
  WAYS,
} from "./trellis_kernel.ts";
import { TRELLIS_STATES } from "../latent/trellis.ts";
import { TRELLIS_WASM } from "./trellis_wasm.ts";

const PAGE_BYTES = 65536;

/** The steps of {@linkcode TypeScriptTrellisKernel} with SIMD; the results are the same. */
export class WasmTrellisKernel implements TrellisKernel {
  readonly #advance: (count: number) => void;
  readonly #states: Float64Array;
  readonly #ways: Float64Array;
  readonly #choices: Uint8Array;

  /** @param module The compiled `wasm/trellis.ts`. */
  constructor(module: WebAssembly.Module) {
    const pages = Math.ceil(TRELLIS_ADDRESSES.end / PAGE_BYTES);
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
    const { exports } = new WebAssembly.Instance(module, { env: { memory } });
    const { buffer } = memory, at = TRELLIS_ADDRESSES;
    this.#advance = exports.advance as (count: number) => void;
    new Float64Array(buffer, at.never, 2).fill(NEVER);
    this.#states = new Float64Array(buffer, at.states, TRELLIS_STATES);
    this.#ways = new Float64Array(buffer, at.ways, PLACES_AT_ONCE * WAYS);
    this.#choices = new Uint8Array(buffer, at.choices, PLACES_AT_ONCE);
  }

  /** See {@linkcode TrellisKernel.advance}. */
  advance(costs: Float64Array, ways: Float64Array, count: number, choices: Uint8Array): void {
    this.#states.set(costs);
    this.#ways.set(ways.subarray(0, count * WAYS));
    this.#advance(count);
    costs.set(this.#states);
    choices.set(this.#choices.subarray(0, count));
  }
}

let shared: TrellisKernel | undefined;

/** The kernel of this thread. */
export function sharedTrellisKernel(): TrellisKernel {
  if (shared === undefined) {
    const module = compiledIfCan(TRELLIS_WASM);
    shared = module === undefined ? new TypeScriptTrellisKernel() : new WasmTrellisKernel(module);
  }
  return shared;
}
