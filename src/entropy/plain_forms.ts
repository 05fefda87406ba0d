import { VaeransError } from "../core/errors.ts";
import type { WasmText } from "../host/wasm.ts";
import type { HighPassCoder } from "./latent/high_pass_coder.ts";
import type { ContextPrior } from "./latent/prior.ts";
import type { NetKernel } from "./latent/net_kernel.ts";
import type { MixingKernel } from "./mixing/mixing_kernel.ts";
import type { MixingModel } from "./mixing/mixing_model.ts";
import type { SubbandEngine } from "./subband/subband_engine.ts";

/** What does the coders' work where the runtime has no WebAssembly SIMD. The results are the same to the bit. */
export interface PlainForms {
  /** The engine of the subband coder. */
  readonly subbandEngine: (isTrellis: boolean) => SubbandEngine;
  /** The context net. */
  readonly netKernel: () => NetKernel;
  /** The coder of detail bands without a net, or place by place. */
  readonly highPassCoder: (model: MixingModel) => HighPassCoder;
  /** The reader of priors. */
  readonly readPrior: (stream: Uint8Array) => ContextPrior;
  /** Counters and mixers. */
  readonly mixingKernel: () => MixingKernel;
  /** The coder of samples. */
  readonly samples: () => WasmText;
  /** The coder of graphics. */
  readonly graphics: () => WasmText;
}

let registered: PlainForms | undefined;

/** Adds the forms; `all_plain_forms.ts` does. Without them, programs that only decode are smaller. */
export function registerPlainForms(forms: PlainForms): void {
  registered = forms;
}

/** The forms; errors: `VaeransError` ("simd-missing") if they were not added. */
export function plainForms(): PlainForms {
  if (registered) return registered;
  throw new VaeransError(
    "simd-missing",
    "Cannot decode: the JavaScript runtime must have WebAssembly SIMD (got none). Update it, or import the package's main entry " +
      "point, which works without.",
  );
}
