// deno-doc-ignore-file private-type-ref -- other entry points of the package export these types
import { QuantizedPyr, SymbolsU8 } from "../components/mod.ts";
import { type Entity, Transform, type TransformMode } from "../core/mod.ts";
import { coefficientsFromSymbols, symbolsFromCoefficients } from "../entropy/mod.ts";
import type { Kernels, KernelWorld } from "../kernels/kernels.ts";
import { hostTensor } from "./host_tensor.ts";

/**
 * Shows quantised coefficients as bytes, or takes bytes for them. Entropy coders need neither.
 *
 * Forward: {@linkcode QuantizedPyr} → {@linkcode SymbolsU8}; inverse: the other way. Errors: `EntropyError` ("entropy-range",
 * "entropy-corrupt") for magnitudes over 2^30, and where escapes and symbols do not fit.
 */
export class ViewSymbolsU8<M extends TransformMode> extends Transform<M, QuantizedPyr, SymbolsU8, Kernels> {
  /**
   * Makes the system.
   *
   * @param mode Direction.
   */
  constructor(mode: M) {
    super(mode, [QuantizedPyr], [SymbolsU8]);
  }

  /** Processes the batch; see {@linkcode System.run}. */
  // deno-lint-ignore require-await -- systems are asynchronous by contract.
  async run(world: KernelWorld, entities: readonly Entity[]): Promise<void> {
    for (const entity of entities) {
      if (this.mode === "forward") {
        const { coefficients, layout, picture } = world.get(entity, QuantizedPyr);
        const { symbols, escapes } = symbolsFromCoefficients(world.host.view(coefficients));
        const symbolRef = hostTensor(world, "u8", symbols), escapeRef = hostTensor(world, "i32", escapes);
        world.add(entity, new SymbolsU8(symbolRef, escapeRef, layout, picture));
      } else {
        const { symbols, escapes, layout, picture } = world.get(entity, SymbolsU8);
        const coefficients = coefficientsFromSymbols(world.host.view(symbols), world.host.view(escapes));
        world.add(entity, new QuantizedPyr(hostTensor(world, "i32", coefficients), layout, picture));
      }
    }
  }
}
