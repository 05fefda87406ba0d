/**
 * The stages of the pipeline, to put together differently than `compress` does, and the contract for writing more.
 *
 * @module
 */
export * from "./ans.ts";
export * from "./ans_decode.ts";
export * from "./blur.ts";
export * from "./colour.ts";
export * from "./hadamard.ts";
export * from "./metrics.ts";
export * from "./quantise.ts";
export * from "./residual.ts";
export * from "./symbols.ts";
export * from "./vae.ts";
export * from "./vaer.ts";
export * from "./wavelet.ts";
