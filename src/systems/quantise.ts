import {
  bandSteps,
  codeFromStep,
  QuantParams,
  SymbolsU8,
  UNIT_STEP_CODE,
  WaveletPyr,
} from "../components/mod.ts";
import {
  type Batch,
  batchesOf,
  type Entity,
  groupEntities,
  InvalidValueError,
  layoutKey,
  type TensorRef,
  Transform,
  type TransformMode,
} from "../core/mod.ts";
import { checkChoiceOption, checkOption, checkWholeOption } from "../core/check_option.ts";
import { countOf } from "../core/count.ts";
import {
  coefficientsFromSymbols,
  type ContextPrior,
  ESCAPE_SYMBOL,
  MAX_LAMBDA,
  optimiseCoefficients,
  SCALED_UNITS_PER_STEP,
  symbolsFromCoefficients,
} from "../entropy/mod.ts";
import type { Kernels, KernelWorld } from "../kernels/kernels.ts";

/** How hard a quantiser tries, see the table in `entropy/optimise.ts`. */
export interface OptimiseChoice {
  /** 1 (round) to 9 (slowest). */
  readonly effort: number;
  /**
   * The coder that will code the symbols; `context` by default. For `trellis` the steps are half steps: its two quantisers
   * lie between each other.
   */
  readonly coder?: "context" | "wide" | "trellis";
  /** What a bit is worth, in (step/64)² of error; by default what suits the coder. */
  readonly lambda?: number;
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
   * bits for the same error, for streams that {@linkcode ANSEncode} codes with model `"context"`, `"trellis"` or `"wide"`.
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
 * What a u8 cannot hold is escaped, never clipped; what an i32 cannot hold is refused: NaN, infinities, more than 2^31 − 128
 * steps, or with `optimise`, which counts in 1/64 of a step, more than 2^25 − 2 steps.
 *
 * Errors of {@linkcode QuantizeU8.run}: `InvalidValueError` ("quant-range"), which names the band and the value.
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
    const { gains, optimise } = options;
    const areGains = gains === undefined ||
      (Array.isArray(gains) && gains.every((gain) => gain > 0 && gain < Infinity));
    checkOption("QuantizeU8", areGains, "gains", "a list of positive, finite factors", gains);
    if (optimise) {
      checkWholeOption("QuantizeU8", "optimise.effort", optimise.effort, 1, 9);
      checkWholeOption("QuantizeU8", "optimise.lambda", optimise.lambda, 0, MAX_LAMBDA);
      checkChoiceOption("QuantizeU8", "optimise.coder", optimise.coder, ["context", "wide", "trellis"]);
    }
    this.#stepCode = codeFromStep(options.step ?? 2 ** ((50 - quality) / 10));
  }

  /** Processes the batch; see {@linkcode System.run}. */
  async run(world: KernelWorld, entities: readonly Entity[]): Promise<void> {
    if (this.mode === "forward") await this.#forward(world, entities);
    else this.#inverse(world, entities);
  }

  async #forward(world: KernelWorld, entities: readonly Entity[]): Promise<void> {
    const pyramidOf = (entity: Entity) => world.get(entity, WaveletPyr);
    for (const group of groupEntities(entities, (entity) => layoutKey(pyramidOf(entity).layout))) {
      const tensorOf = (entity: Entity) => pyramidOf(entity).coefficients;
      for (const batch of batchesOf(world.arena, group, tensorOf, world.kernels.maxTensorBytes)) {
        if (batch.tensor.dtype === "i32") await this.#takeIntegers(world, batch as Batch<"i32">);
        else await this.#quantise(world, batch as Batch<"f32">);
      }
    }
  }

  /** Integers are their own symbols: what the reversible transforms gave must arrive unchanged. */
  async #takeIntegers(world: KernelWorld, { entities, tensor }: Batch<"i32">): Promise<void> {
    const values = await world.arena.read(tensor), count = values.length / entities.length;
    for (const [i, entity] of entities.entries()) {
      const { layout, bound } = world.get(entity, WaveletPyr);
      addSymbols(world, entity, values.subarray(i * count, (i + 1) * count));
      const ones = new Float32Array(layout.bands.length).fill(1);
      world.add(entity, new QuantParams(ones, UNIT_STEP_CODE, this.#options.quality ?? 0, bound));
    }
  }

  async #quantise(world: KernelWorld, { entities, tensor }: Batch<"f32">): Promise<void> {
    const { layout } = world.get(entities[0], WaveletPyr);
    const { optimise, rounding = 0.5, quality = 0 } = this.#options;
    const steps = bandSteps(layout, this.#stepCode, this.#options.gains);
    for (const entity of entities) world.add(entity, new QuantParams(steps, this.#stepCode, quality));
    if (optimise) {
      const scaled = world.host.allocate(tensor.shape, "i32");
      const fineSteps = steps.map((step) => step / SCALED_UNITS_PER_STEP);
      await world.kernels.quantiseI32(tensor, scaled, layout, fineSteps);
      for (const [i, entity] of entities.entries()) {
        const values = world.host.view(world.host.subref(scaled, i));
        addSymbols(world, entity, optimiseCoefficients(values, layout.bands, optimise));
      }
      return;
    }
    const symbols = world.host.allocate(tensor.shape, "u8");
    const escapes = await world.kernels.quantiseU8(tensor, symbols, layout, { steps, rounding });
    let used = 0;
    for (const [i, entity] of entities.entries()) {
      const own = world.host.subref(symbols, i);
      const end = entities.length === 1
        ? escapes.length
        : used + countOf(world.host.view(own), ESCAPE_SYMBOL);
      addSymbolRef(world, entity, own, escapes.subarray(used, end));
      used = end;
    }
  }

  #inverse(world: KernelWorld, entities: readonly Entity[]): void {
    const symbolsOf = (entity: Entity) => world.get(entity, SymbolsU8);
    const quantOf = (entity: Entity) => world.get(entity, QuantParams);
    const keyOf = (entity: Entity) => {
      const { stepCode, exactBound = "lossy" } = quantOf(entity);
      return [exactBound, stepCode, ...quantOf(entity).steps, ...layoutKey(symbolsOf(entity).layout)];
    };
    const limit = (entity: Entity) =>
      Math.max(1, Math.floor(world.kernels.maxTensorBytes / (4 * symbolsOf(entity).layout.coefficientCount)));
    for (const group of groupEntities(entities, keyOf, limit)) {
      const { layout } = symbolsOf(group[0]), { steps, exactBound } = quantOf(group[0]);
      const dtype = exactBound === undefined ? "f32" : "i32";
      const coefficients = world.arena.allocate([group.length, layout.coefficientCount], dtype);
      if (exactBound === undefined) {
        const parts = group.map((entity) => symbolsOf(entity).symbols);
        const symbols = world.host.join(parts) ?? concatenated(world, parts, coefficients.shape);
        const escapeParts = group.map((entity) => symbolsOf(entity).escapes);
        const escapeCount = escapeParts.reduce((sum, { elementCount }) => sum + elementCount, 0);
        const escapes = group.length === 1 ? escapeParts[0] : concatenated(world, escapeParts, [escapeCount]);
        world.kernels.dequantiseU8(symbols, escapes, coefficients as TensorRef<"f32">, layout, steps);
      } else {
        const values = new Int32Array(coefficients.elementCount);
        group.forEach((entity, i) => {
          const { symbols, escapes } = symbolsOf(entity);
          const own = coefficientsFromSymbols(world.host.view(symbols), world.host.view(escapes));
          values.set(own, i * layout.coefficientCount);
        });
        world.arena.write(coefficients as TensorRef<"i32">, values);
      }
      for (const [i, entity] of group.entries()) {
        const own = world.arena.subref(coefficients, i);
        world.add(entity, new WaveletPyr(own, layout, symbolsOf(entity).picture, exactBound));
      }
    }
  }
}

function addSymbols(world: KernelWorld, entity: Entity, coefficients: Int32Array): void {
  const { symbols, escapes } = symbolsFromCoefficients(coefficients);
  const symbolRef = world.host.allocate([symbols.length], "u8");
  world.host.write(symbolRef, symbols as Uint8Array<ArrayBuffer>);
  addSymbolRef(world, entity, symbolRef, escapes);
}

function addSymbolRef(
  world: KernelWorld,
  entity: Entity,
  symbols: TensorRef<"u8">,
  escapes: Int32Array,
): void {
  const { layout, picture } = world.get(entity, WaveletPyr);
  const escapeRef = world.host.allocate([escapes.length], "i32");
  world.host.write(escapeRef, escapes as Int32Array<ArrayBuffer>);
  world.add(entity, new SymbolsU8(symbols, escapeRef, layout, picture));
}

/** Copies tensors of the host's memory into one. */
function concatenated<D extends "u8" | "i32">(
  world: KernelWorld,
  refs: readonly TensorRef<D>[],
  shape: readonly number[],
): TensorRef<D> {
  const target = world.host.allocate(shape, refs[0].dtype), values = world.host.view(target);
  let used = 0;
  for (const ref of refs) {
    values.set(world.host.view(ref), used);
    used += ref.elementCount;
  }
  return target;
}
