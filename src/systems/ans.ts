// deno-doc-ignore-file private-type-ref -- other entry points of the package export these types
import { ANSBitstream, QuantizedPyr, QuantParams } from "../components/mod.ts";
import { type ComponentType, type Entity, InvalidValueError, System } from "../core/mod.ts";
import { checkWholeOption } from "../core/check_option.ts";
import { checkNames } from "../core/option_rules.ts";
import { coderNamed, CODERS, encodeSections } from "../entropy/mod.ts";
import type { AnsOptions } from "./ans_decode.ts";
import type { Kernels, KernelWorld } from "../kernels/kernels.ts";
import { hostTensor } from "./host_tensor.ts";

/** rANS-codes {@linkcode QuantizedPyr} with {@linkcode QuantParams} into an {@linkcode ANSBitstream}. */
export class ANSEncode extends System<QuantizedPyr | QuantParams, ANSBitstream, Kernels> {
  /** Direction. */
  readonly mode = "encode" as const;
  /** Components every entity must have. */
  readonly required: readonly ComponentType<QuantizedPyr | QuantParams>[] = [QuantizedPyr, QuantParams];
  /** Components every entity has afterwards. */
  readonly produced: readonly ComponentType<ANSBitstream>[] = [ANSBitstream];
  readonly #options: AnsOptions;

  /**
   * Makes the system.
   *
   * @param options Model, prior and effort.
   */
  constructor(options: AnsOptions = {}) {
    super();
    checkNames("make ANSEncode", options, ["model", "prior", "effort"]);
    const { model = "context", effort } = options;
    if (!CODERS.some(({ name }) => name === model)) {
      throw new InvalidValueError(
        "entropy-model",
        `Cannot code with model "${model}": it must be ` +
          `${CODERS.map(({ name }) => `"${name}"`).join(", ")} (got "${model}"). Use "context".`,
      );
    }
    checkWholeOption("ANSEncode", "effort", effort, 1, 9);
    this.#options = options;
  }

  /** Processes the batch; see {@linkcode System.run}. */
  // deno-lint-ignore require-await -- systems are asynchronous by contract.
  async run(world: KernelWorld, entities: readonly Entity[]): Promise<void> {
    const { model = "context", prior, effort } = this.#options;
    const coder = coderNamed(model).id;
    for (const entity of entities) {
      const { coefficients, layout, picture, made } = world.get(entity, QuantizedPyr);
      const quant = world.get(entity, QuantParams);
      const values = world.host.view(coefficients);
      // Values may have been changed since they were chosen.
      const areMade = made?.coder === model && areEqual(made.values, values);
      const sections = areMade ? made.sections : encodeSections(values, layout.bands, {
        mode: model,
        ...(prior && { prior }),
        ...(effort !== undefined && { effort }),
      });
      const refs = sections.map((bytes) => hostTensor(world, "u8", bytes));
      world.add(entity, new ANSBitstream(refs, coder, layout, quant, picture));
    }
  }
}

function areEqual(some: Int32Array, others: Int32Array): boolean {
  return some.length === others.length && some.every((value, i) => value === others[i]);
}
