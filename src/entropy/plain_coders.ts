/** What does the coders' work where the runtime has no WebAssembly SIMD. The results are the same to the bit. */
export { GRAPHICS_PLAIN_WASM } from "./graphics/graphics_wasm.ts";
export { HighPassCoder } from "./latent/high_pass_coder.ts";
export { TypeScriptNetKernel } from "./latent/net_kernel.ts";
export { readPriorPlainly } from "./latent/prior_walk.ts";
export { SAMPLES_PLAIN_WASM } from "./lossless/samples_wasm.ts";
export { TypeScriptMixingKernel } from "./mixing/mixing_kernel.ts";
export { TypeScriptSubbandEngine } from "./subband/subband_engine.ts";
