import {
  bandSteps,
  codeFromStep,
  QuantParams,
  SymbolsU8,
  UNIT_STEP_CODE,
  WaveletPyr,
} from "../components/mod.ts";
import {
  type Entity,
  InvalidValueError,
  type TensorRef,
  Transform,
  type TransformMode,
} from "../core/mod.ts";
import {
  coefficientsFromSymbols,
  type ContextPrior,
  DEFAULT_LAMBDA,
  optimiseCoefficients,
  SCALED_UNITS_PER_STEP,
  symbolsFromCoefficients,
} from "../entropy/mod.ts";
import type { Kernels, KernelWorld } from "../kernels/kernels.ts";

/** How hard a quantiser tries, see the table in `entropy/optimise.ts`. */
export interface OptimiseChoice {
  /** 1 (round) to 9 (slowest). */
  readonly effort: number;
  /** The prior that the coder will start from. */
  readonly prior?: ContextPrior;
}

/** How a forward {@linkcode QuantizeU8} chooses its steps; the inverse reads them from {@linkcode QuantParams}. */
export interface QuantizeOptions {
  /** Base step, in units of the coefficients; wins over `quality`. */
  readonly step?: number;
  /** 1 (coarse) to 100 (fine), 50 by default: without `step`, each 10 of quality halve the base step, 1 at 50. */
  readonly quality?: number;
  /** A factor for each band of the pyramid, in its order; all 1 by default. */
  readonly gains?: readonly number[];
  /**
   * Choose each value by what it costs the context coder and what it adds to the error, rather than by rounding: fewer
   * bits for the same error, for streams that {@linkcode ANSEncode} codes with model `"context"`.
   */
  readonly optimise?: OptimiseChoice;
  /** Added before truncation, in [0, 0.5]: 0.5, the default, rounds to nearest; less widens the dead zone. */
  readonly rounding?: number;
}

/**
 * Quantises every band by its own step, or undoes it.
 *
 * Forward: {@linkcode WaveletPyr} → {@linkcode SymbolsU8} and {@linkcode QuantParams}; inverse: the other way. i32
 * coefficients are not quantised: they are the symbols.
 * What a u8 cannot hold is escaped, never clipped.
 */
export class QuantizeU8<M extends TransformMode>
  extends Transform<M, WaveletPyr, SymbolsU8 | QuantParams, Kernels> {
  readonly #options: QuantizeOptions;
  readonly #stepCode: number;

  /**
   * Makes the system.
   *
   * @param mode Direction.
   * @param options Steps of a forward quantiser.
   */
  constructor(mode: M, options: QuantizeOptions = {}) {
    super(mode, [WaveletPyr], [SymbolsU8, QuantParams]);
    this.#options = options;
    const quality = options.quality ?? 50, rounding = options.rounding ?? 0.5;
    if (!(quality >= 1 && quality <= 100)) {
      throw new InvalidValueError(
        "quality-range",
        `Cannot quantise at quality ${quality}: it must be 1 to 100`,
      );
    }
    if (!(rounding >= 0 && rounding <= 0.5)) {
      throw new InvalidValueError(
        "quant-rounding",
        `Cannot quantise with rounding ${rounding}: it must be 0 to 0.5`,
      );
    }
    this.#stepCode = codeFromStep(options.step ?? 2 ** ((50 - quality) / 10));
  }

  /** Processes the batch; see {@linkcode System.run}. */
  async run(world: KernelWorld, entities: readonly Entity[]): Promise<void> {
    for (const entity of entities) {
      if (this.mode === "forward") await this.#forward(world, entity);
      else this.#inverse(world, entity);
    }
  }

  async #forward(world: KernelWorld, entity: Entity): Promise<void> {
    const { coefficients, layout, picture, bound } = world.get(entity, WaveletPyr);
    if (coefficients.dtype === "i32") {
      // Integers are their own symbols: what the reversible transforms gave must arrive unchanged.
      const { symbols, escapes } = symbolsFromCoefficients(
        world.arena.view(coefficients as TensorRef<"i32">),
      );
      this.#addSymbols(world, entity, symbols, escapes);
      const ones = new Float32Array(layout.bands.length).fill(1);
      world.add(entity, new QuantParams(ones, UNIT_STEP_CODE, this.#options.quality ?? 0, bound));
      return;
    }
    const steps = bandSteps(layout, this.#stepCode, this.#options.gains);
    world.add(entity, new QuantParams(steps, this.#stepCode, this.#options.quality ?? 0));
    const { optimise } = this.#options;
    if (optimise) {
      const scaled = world.arena.allocate([layout.coefficientCount], "i32");
      const fineSteps = steps.map((step) => step / SCALED_UNITS_PER_STEP);
      world.kernels.quantiseI32(coefficients as TensorRef<"f32">, scaled, layout, fineSteps);
      const chosen = optimiseCoefficients(world.arena.view(scaled), layout.bands, {
        lambda: DEFAULT_LAMBDA,
        ...optimise,
      });
      const { symbols, escapes } = symbolsFromCoefficients(chosen);
      this.#addSymbols(world, entity, symbols, escapes);
      return;
    }
    const symbols = world.arena.allocate([layout.coefficientCount], "u8");
    const rounding = this.#options.rounding ?? 0.5;
    const escapes = await world.kernels.quantiseU8(coefficients as TensorRef<"f32">, symbols, layout, {
      steps,
      rounding,
    });
    const escapeRef = world.arena.allocate([escapes.length], "i32");
    world.arena.write(escapeRef, escapes as Int32Array<ArrayBuffer>);
    world.add(entity, new SymbolsU8(symbols, escapeRef, layout, picture));
  }

  #inverse(world: KernelWorld, entity: Entity): void {
    const { symbols, escapes, layout, picture } = world.get(entity, SymbolsU8);
    const { steps, exactBound } = world.get(entity, QuantParams);
    if (exactBound !== undefined) {
      const values = coefficientsFromSymbols(world.arena.view(symbols), world.arena.view(escapes));
      const coefficients = world.arena.allocate([layout.coefficientCount], "i32");
      world.arena.write(coefficients, values as Int32Array<ArrayBuffer>);
      world.add(entity, new WaveletPyr(coefficients, layout, picture, exactBound));
      return;
    }
    const coefficients = world.arena.allocate([layout.coefficientCount], "f32");
    world.kernels.dequantiseU8(symbols, escapes, coefficients, layout, steps);
    world.add(entity, new WaveletPyr(coefficients, layout, picture));
  }

  #addSymbols(world: KernelWorld, entity: Entity, symbols: Uint8Array, escapes: Int32Array): void {
    const { layout, picture } = world.get(entity, WaveletPyr);
    const symbolRef = world.arena.allocate([symbols.length], "u8");
    world.arena.write(symbolRef, symbols as Uint8Array<ArrayBuffer>);
    const escapeRef = world.arena.allocate([escapes.length], "i32");
    world.arena.write(escapeRef, escapes as Int32Array<ArrayBuffer>);
    world.add(entity, new SymbolsU8(symbolRef, escapeRef, layout, picture));
  }
}
