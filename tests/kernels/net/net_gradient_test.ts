import { assertAlmostEquals, assertEquals } from "@std/assert";
import { loadModel } from "../../../src/models/mod.ts";
import { ModelError } from "../../../src/core/mod.ts";
import { decoderGradient } from "../../../src/codec/streams/decoder_gradient.ts";
import { netGradient } from "../../../src/kernels/cpu/net/net_gradient.ts";
import { plannedNet } from "../../../src/kernels/cpu/net/planned_net.ts";
import { randomFloats } from "../../random.ts";

Deno.test("an embedded decoder's derivative is what small changes of the latent do to the picture, down to one row", async () => {
  for (const name of ["vaerans-8", "vaerans-4"]) {
    const model = await loadModel(name), side = model.downsampling, plan = (await model.planOf("decoder"))!;
    for (const [width, height] of [[40, 24], [8, 72], [64, 8]]) {
      const shape = [1, 4, height / side, width / side], count = shape.reduce((a, b) => a * b);
      const steps = Float32Array.of(0.4), weights = randomFloats(3 * width * height, 1, 3);
      // Away from clipping, where the picture has corners.
      const latent = randomFloats(count, 0.4, 1), noise = randomFloats(count, 1, 2);
      const gradient = netGradient(plan)!.run(latent, shape, steps, weights);
      // A direction that says something, and of every place.
      const share = Math.hypot(...noise) / Math.hypot(...gradient);
      const direction = noise.map((value, i) => value + share * gradient[i]);
      const weighed = (by: number) => {
        const shown = new Float32Array(weights.length);
        plannedNet(plan).run(latent.map((value, i) => value + by * direction[i]), shape, steps, shown);
        return shown.reduce((sum, value, i) => sum + value * weights[i], 0);
      };
      const difference = (weighed(5e-4) - weighed(-5e-4)) / 1e-3;
      const expected = gradient.reduce((sum, value, i) => sum + value * direction[i], 0);
      const scale = Math.hypot(...gradient) * Math.hypot(...direction);
      assertAlmostEquals(difference, expected, 0.01 * scale, `${name}, ${width} × ${height}`);
      assertEquals(expected > 0.5 * scale, true);
    }
  }
});

Deno.test("nothing comes back through pixels that are clipped", async () => {
  const plan = (await (await loadModel("vaerans-8")).planOf("decoder"))!;
  const shape = [1, 4, 2, 2], dark = new Float32Array(16).fill(-40), shown = new Float32Array(3 * 16 * 16);
  plannedNet(plan).run(dark, shape, Float32Array.of(0.4), shown);
  const clipped = shown.map((value) => value === 0 || value === 1 ? 1 : 0);
  assertEquals(clipped.some((value) => value === 1), true);
  const gradient = netGradient(plan)!.run(dark, shape, Float32Array.of(0.4), clipped);
  assertEquals(gradient.every((value) => value === 0), true);
});

Deno.test("nets without a rule have no derivative: encoders, whose convolutions stride, and what is not planned", async () => {
  assertEquals(netGradient((await (await loadModel("vaerans-8")).planOf("encoder"))!), undefined);
  const foreign = { name: "mine", planOf: () => Promise.resolve(undefined) } as unknown as Awaited<
    ReturnType<typeof loadModel>
  >;
  const error = await decoderGradient(foreign).catch((error) => error);
  assertEquals([error instanceof ModelError, error.code], [true, "net-gradient"]);
});
