import { assertEquals } from "@std/assert";
import { loadModel } from "../../src/models/mod.ts";
import type { NetMap, NetPlan } from "../../src/kernels/net_plan.ts";

/**
 * Places of the input around an output that a net's steps read: what the steps declare, summed from the output back.
 *
 * @param plan The net.
 * @returns Places of the input on each side. The input of an encoder is pixels, of a decoder positions of the latent.
 */
function reachOf({ steps, output, maps }: NetPlan): number {
  /** By the index of a map: places beyond those of the output that the map must hold. */
  const needed = new Array<number>(maps.length).fill(0);
  const raise = ({ index }: NetMap, places: number) => needed[index] = Math.max(needed[index], places);
  for (const { source } of output.parts) raise(source, 0);
  let reach = 0;
  for (const step of steps.toReversed()) {
    const own = needed[step.target.index];
    if (step.kind === "blocks") reach = Math.max(reach, own * step.factor);
    else {raise(
        step.source,
        step.kind === "spread" ? Math.ceil(own / 2) : own * step.stride + (step.size >> 1),
      );}
  }
  return reach;
}

for (const name of ["vaerans-8", "vaerans-4"]) {
  Deno.test(`the manifest of ${name} declares the reach that its networks have`, async () => {
    const model = await loadModel(name), { haloPixels, encoderHaloPixels, downsampling } = model.manifest;
    const encoder = (await model.planOf("encoder"))!, decoder = (await model.planOf("decoder"))!;
    assertEquals(encoderHaloPixels, reachOf(encoder));
    assertEquals(haloPixels, reachOf(decoder) * downsampling);
  });
}
