import { assertEquals } from "@std/assert";
import { loadModel } from "../../src/models/mod.ts";
import { reachOf } from "../../src/kernels/net_reach.ts";

for (const name of ["vaerans-8", "vaerans-4"]) {
  Deno.test(`the manifest of ${name} declares the reach that its networks have`, async () => {
    const model = await loadModel(name), { haloPixels, encoderHaloPixels, downsampling } = model.manifest;
    const encoder = (await model.planOf("encoder"))!, decoder = (await model.planOf("decoder"))!;
    assertEquals(encoderHaloPixels, reachOf(encoder));
    assertEquals(haloPixels, reachOf(decoder) * downsampling);
  });
}
