/**
 * How far a decoded picture is from its source, on the CPU, in double precision.
 *
 * @module
 */
import { METRIC_FUNCTIONS } from "./functions.ts";
import { msSsim } from "./ms_ssim.ts";
import { psnr } from "./psnr.ts";
import { ssim } from "./ssim.ts";

Object.assign(METRIC_FUNCTIONS, { psnr, ssim, msSsim });

export { msSsim, msSsimDecibels } from "./ms_ssim.ts";
export { psnr } from "./psnr.ts";
export type { Samples8 } from "./samples.ts";
export { ssim } from "./ssim.ts";
