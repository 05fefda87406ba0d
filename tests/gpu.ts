import { GpuError } from "../src/core/mod.ts";
import { type Gpu, openGpu } from "../src/kernels/gpu/device.ts";

/**
 * The GPU of the tests, a software one included, or `undefined` where there is none: tests that need one are then
 * skipped, and fail instead in CI.
 */
export const gpu: Gpu | undefined = await openGpu().catch((error) => {
  const unavailable = error instanceof GpuError && error.code === "gpu-unavailable";
  if (unavailable && Deno.env.get("CI") === undefined) return undefined;
  throw error;
});

/** A test that is skipped, visibly, where there is no GPU. */
export function gpuTest(name: string, work: (gpu: Gpu) => Promise<void>): void {
  Deno.test({ name: `GPU: ${name}`, ignore: gpu === undefined, fn: () => work(gpu!) });
}
