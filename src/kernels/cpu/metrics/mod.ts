/**
 * How far a decoded picture is from its source, on the CPU, in double precision.
 *
 * @module
 */
export { msSsim, msSsimDecibels } from "./ms_ssim.ts";
export { meanSquaredError, psnr, psnrOfError } from "./psnr.ts";
export type { Samples8 } from "./samples.ts";
export { ssim } from "./ssim.ts";
