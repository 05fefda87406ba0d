/** Adds what does the coders' work without WebAssembly SIMD. */
import { GRAPHICS_PLAIN_WASM } from "./graphics/graphics_wasm.ts";
import { HighPassCoder } from "./latent/high_pass_coder.ts";
import { readPriorPlainly } from "./latent/prior_walk.ts";
import { TypeScriptNetKernel } from "./latent/net_kernel.ts";
import { SAMPLES_PLAIN_WASM } from "./lossless/samples_wasm.ts";
import { TypeScriptMixingKernel } from "./mixing/mixing_kernel.ts";
import { registerPlainForms } from "./plain_forms.ts";
import { TypeScriptSubbandEngine } from "./subband/subband_engine.ts";

registerPlainForms({
  subbandEngine: (isTrellis) => new TypeScriptSubbandEngine(isTrellis),
  netKernel: () => new TypeScriptNetKernel(),
  highPassCoder: (model) => new HighPassCoder(model),
  readPrior: readPriorPlainly,
  mixingKernel: () => new TypeScriptMixingKernel(),
  samples: () => SAMPLES_PLAIN_WASM,
  graphics: () => GRAPHICS_PLAIN_WASM,
});
