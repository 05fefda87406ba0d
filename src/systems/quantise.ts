// deno-doc-ignore-file private-type-ref -- other entry points of the package export these types
import {
  bandSteps,
  codeFromStep,
  type QuantisedSections,
  QuantizedPyr,
  QuantParams,
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
  Transform,
  type TransformMode,
} from "../core/mod.ts";
import { checkChoiceOption, checkOption, checkWholeOption } from "../core/check_option.ts";
import { checkNames } from "../core/option_rules.ts";
import {
  chooseCoefficients,
  CODERS,
  type ContextPrior,
  MAX_LAMBDA,
  SCALED_UNITS_PER_STEP,
} from "../entropy/mod.ts";
import type { Kernels, KernelWorld } from "../kernels/kernels.ts";
import { dequantise } from "./dequantise.ts";
import { hostTensor } from "./host_tensor.ts";

/** Coders whose costs can guide a quantiser. */
function costedCoders(): string[] {
  return CODERS.filter(({ cost }) => cost).map(({ name }) => name);
}

/** How hard a quantiser tries, see the table in `entropy/optimise.ts`. */
export interface OptimiseChoice {
  /** 1 (round) to 9 (slowest). */
  readonly effort: number;
  /**
   * The coder that will code the symbols; `context` by default. For the trellis coders the steps are half steps: their two
   * quantisers lie between each other.
   */
  readonly coder?: "context" | "subband" | "trellis" | "subband-trellis";
  /** What a bit is worth, in (step/64)² of error; by default what suits the coder. */
  readonly lambda?: number;
  /** A factor on `lambda` for each band of the pyramid, in its order; all 1 by default. For the subband coders only. */
  readonly bitWeights?: readonly number[];
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
   * bits for the same error, for streams that {@linkcode ANSEncode} codes with another model than `"static"`.
   */
  readonly optimise?: OptimiseChoice;
  /** Added before truncation, in [0, 0.5]: 0.5, the default, rounds to nearest; less widens the dead zone. */
  readonly rounding?: number;
}

/**
 * Quantises every band by its own step, or undoes it.
 *
 * Forward: {@linkcode WaveletPyr} → {@linkcode QuantizedPyr} and {@linkcode QuantParams}; inverse: the other way. i32
 * coefficients are not quantised: they stay as they are. {@linkcode ViewSymbolsU8} shows the result in bytes.
 * Nothing is clipped; what an i32 cannot hold is refused: NaN, infinities, more than 2^31 − 128 steps, or with `optimise`, which counts in 1/64 of a step, more than 2^25 − 2 steps.
 *
 * Errors of {@linkcode QuantizeU8.run}: `InvalidValueError` ("quant-range"), which names the band and the value.
 */
export class QuantizeU8<M extends TransformMode>
  extends Transform<M, WaveletPyr, QuantizedPyr | QuantParams, Kernels> {
  readonly #options: QuantizeOptions;
  readonly #stepCode: number;

  /**
   * Makes the system.
   *
   * @param mode Direction.
   * @param options Steps of a forward quantiser.
   */
  constructor(mode: M, options: QuantizeOptions = {}) {
    super(mode, [WaveletPyr], [QuantizedPyr, QuantParams]);
    checkNames("make QuantizeU8", options, ["step", "quality", "gains", "optimise", "rounding"]);
    this.#options = options;
    const quality = options.quality ?? 50, rounding = options.rounding ?? 0.5;
    if (!(quality >= 1 && quality <= 100)) {
      throw new InvalidValueError(
        "quality-range",
        `Cannot quantise at quality ${quality}: it must be 1 to 100 (got ${quality}). Use 50, the default.`,
      );
    }
    if (!(rounding >= 0 && rounding <= 0.5)) {
      throw new InvalidValueError(
        "quant-rounding",
        `Cannot quantise with rounding ${rounding}: it must be 0 to 0.5 (got ${rounding}). Use 0.5 to ` +
          "round to the nearest multiple.",
      );
    }
    const { gains, optimise } = options;
    const areGains = gains === undefined || arePositive(gains);
    checkOption("QuantizeU8", areGains, "gains", "a list of positive, finite factors", gains);
    if (optimise !== undefined) {
      checkNames("make QuantizeU8", optimise, ["effort", "coder", "lambda", "bitWeights", "prior"]);
      checkWholeOption("QuantizeU8", "optimise.effort", optimise.effort, 1, 9);
      checkWholeOption("QuantizeU8", "optimise.lambda", optimise.lambda, 0, MAX_LAMBDA);
      checkChoiceOption("QuantizeU8", "optimise.coder", optimise.coder, costedCoders());
      const { bitWeights } = optimise;
      checkOption(
        "QuantizeU8",
        bitWeights === undefined ||
          (optimise.coder?.startsWith("subband") === true && arePositive(bitWeights)),
        "optimise.bitWeights",
        "a list of positive, finite factors, with a subband coder",
        bitWeights,
      );
    }
    this.#stepCode = codeFromStep(options.step ?? 2 ** ((50 - quality) / 10));
  }

  /** Processes the batch; see {@linkcode System.run}. */
  async run(world: KernelWorld, entities: readonly Entity[]): Promise<void> {
    if (this.mode === "forward") await this.#forward(world, entities);
    else dequantise(world, entities);
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

  /** What the reversible transforms gave must arrive unchanged. */
  async #takeIntegers(world: KernelWorld, { entities, tensor }: Batch<"i32">): Promise<void> {
    const values = await world.arena.read(tensor), count = values.length / entities.length;
    for (const [i, entity] of entities.entries()) {
      const { layout, bound } = world.get(entity, WaveletPyr);
      addQuantized(world, entity, values.subarray(i * count, (i + 1) * count));
      const ones = new Float32Array(layout.bands.length).fill(1);
      world.add(entity, new QuantParams(ones, UNIT_STEP_CODE, this.#options.quality ?? 0, bound));
    }
  }

  async #quantise(world: KernelWorld, { entities, tensor }: Batch<"f32">): Promise<void> {
    const { layout } = world.get(entities[0], WaveletPyr);
    const { optimise, rounding = 0.5, quality = 0 } = this.#options;
    const steps = bandSteps(layout, this.#stepCode, this.#options.gains);
    for (const entity of entities) world.add(entity, new QuantParams(steps, this.#stepCode, quality));
    const multiples = world.host.allocate(tensor.shape, "i32");
    await world.kernels.quantize(
      tensor,
      multiples,
      layout,
      optimise
        ? { steps: steps.map((step) => step / SCALED_UNITS_PER_STEP), rounding: 0.5, mostlySmall: false }
        : { steps, rounding, mostlySmall: true },
    );
    for (const [i, entity] of entities.entries()) {
      const own = world.host.subref(multiples, i);
      if (optimise !== undefined) {
        const { values, sections } = chooseCoefficients(world.host.view(own), layout.bands, optimise);
        const { coder = "context" } = optimise;
        addQuantized(world, entity, values, sections && { coder, values, sections });
      } else {
        world.add(entity, new QuantizedPyr(own, layout, world.get(entity, WaveletPyr).picture));
      }
    }
  }
}

function arePositive(factors: readonly number[]): boolean {
  return Array.isArray(factors) && factors.every((factor) => factor > 0 && factor < Infinity);
}

function addQuantized(
  world: KernelWorld,
  entity: Entity,
  coefficients: Int32Array,
  made?: QuantisedSections,
): void {
  const { layout, picture } = world.get(entity, WaveletPyr);
  world.add(entity, new QuantizedPyr(hostTensor(world, "i32", coefficients), layout, picture, made));
}
