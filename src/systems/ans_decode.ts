// deno-doc-ignore-file private-type-ref -- other entry points of the package export these types
import { ANSBitstream, QuantizedPyr, QuantParams } from "../components/mod.ts";
import { BitstreamError, type ComponentType, type Entity, System } from "../core/mod.ts";
import { checkNames } from "../core/option_rules.ts";
import type { EntropyMode } from "../entropy/coder.ts";
import { decoderOfId } from "../entropy/decoders.ts";
import { decodeSections } from "../entropy/decode_sections.ts";
import { EntropyError } from "../entropy/errors.ts";
import type { ContextPrior } from "../entropy/latent/prior.ts";
import type { Kernels, KernelWorld } from "../kernels/kernels.ts";
import { hostTensor } from "./host_tensor.ts";

/** Options of the entropy systems. */
export interface AnsOptions {
  /**
   * `"context"`, the default: adaptive mixing; `"trellis"`: the same for symbols that `QuantizeU8` chose for it,
   * smallest for latents; `"subband-trellis"`: likewise for pixels; `"subband"`: for wavelets of pixels; `"static"`: a table a band, the fastest. A decoder reads it from
   * the stream.
   */
  readonly model?: EntropyMode;
  /** How hard the subband coder thinks about samples, 1 … 9; 5 by default. Decoding takes as long. */
  readonly effort?: number;
  /** Trained start of the context model; must be the same on both sides. */
  readonly prior?: ContextPrior;
}

/**
 * Decodes an {@linkcode ANSBitstream} into {@linkcode QuantizedPyr} and {@linkcode QuantParams}. Missing sections give
 * zeros; a damaged one throws `BitstreamError` ("section-damaged") that names it.
 */
export class ANSDecode extends System<ANSBitstream, QuantizedPyr | QuantParams, Kernels> {
  /** Direction. */
  readonly mode = "decode" as const;
  /** Components every entity must have. */
  readonly required: readonly ComponentType<ANSBitstream>[] = [ANSBitstream];
  /** Components every entity has afterwards. */
  readonly produced: readonly ComponentType<QuantizedPyr | QuantParams>[] = [QuantizedPyr, QuantParams];
  readonly #prior: ContextPrior | undefined;

  /**
   * Makes the system.
   *
   * @param options The encoder's prior.
   */
  constructor(options: Pick<AnsOptions, "prior"> = {}) {
    super();
    checkNames("make ANSDecode", options, ["prior"]);
    this.#prior = options.prior;
  }

  /** Processes the batch; see {@linkcode System.run}. */
  // deno-lint-ignore require-await -- systems are asynchronous by contract.
  async run(world: KernelWorld, entities: readonly Entity[]): Promise<void> {
    for (const entity of entities) {
      const { sections, coder, layout, quant, picture } = world.get(entity, ANSBitstream);
      const mode = decoderOfId(coder)!.name;
      const bytes = sections.map((ref) => world.host.view(ref));
      const coefficients = decodeOrExplain(() =>
        decodeSections(bytes, layout.bands, { mode, ...(this.#prior && { prior: this.#prior }) })
      );
      world.add(entity, new QuantizedPyr(hostTensor(world, "i32", coefficients), layout, picture));
      world.add(entity, quant);
    }
  }
}

function decodeOrExplain(decode: () => Int32Array): Int32Array {
  try {
    return decode();
  } catch (cause) {
    if (!(cause instanceof EntropyError)) throw cause;
    throw new BitstreamError("section-damaged", cause.message, { cause });
  }
}
