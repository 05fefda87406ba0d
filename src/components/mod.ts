export * from "./latent.ts";
export * from "./pyramid.ts";
export { BlurRGB, ReconRGB, Residual, RGB } from "./rgb.ts";
export * from "./sample_planes.ts";
export * from "./scores.ts";
export * from "./step_code.ts";
export * from "./ycc.ts";
