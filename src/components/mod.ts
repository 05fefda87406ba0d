/**
 * The component classes that systems read and write, and the codes of quantiser steps.
 *
 * @module
 */
export * from "./latent.ts";
export * from "./pyramid.ts";
export { BlurRGB, ReconRGB, ReconRGBA8, Residual, RGB } from "./rgb.ts";
export * from "./sample_planes.ts";
export * from "./scores.ts";
export * from "./step_code.ts";
export * from "./vaer_file.ts";
export * from "./ycc.ts";
