/**
 * The embedded nets by this package's own convolutions and by onnxruntime-web, one thread each, a picture of 512 × 512, and the
 * decoders' derivatives. Run: `deno bench -R bench/nets_bench.ts`.
 */

import { loadModel } from "../mod.ts";
import { netGradient } from "../src/kernels/cpu/net/net_gradient.ts";
import { plannedNet } from "../src/kernels/cpu/net/planned_net.ts";

const SIDE = 512, RUNS = { n: 12, warmup: 3 };
const steps = Float32Array.of(0.4);

for (const name of ["vaerans-8", "vaerans-4"]) {
  const model = await loadModel(name), latentSide = SIDE / model.downsampling;
  const shapes = { encoder: [1, 3, SIDE, SIDE], decoder: [1, 4, latentSide, latentSide] };
  for (const net of ["encoder", "decoder"] as const) {
    const shape = shapes[net], plan = (await model.planOf(net))!, own = plannedNet(plan);
    const values = Float32Array.from(
      { length: shape.reduce((a, b) => a * b) },
      (_, i) => Math.sin(i / 9) ** 2,
    );
    const output = new Float32Array(own.outputShape(shape).reduce((a, b) => a * b));
    const group = `${net} of ${name}, ${SIDE}×${SIDE}`;
    Deno.bench({
      name: `onnxruntime ${net} ${name}`,
      group,
      baseline: true,
      ...RUNS,
      fn: async () => {
        if (net === "encoder") await model.encode({ values, shape });
        else await model.decode({ values, shape }, steps);
      },
    });
    Deno.bench({
      name: `own ${net} ${name}`,
      group,
      ...RUNS,
      fn: () => own.run(values, shape, steps, output),
    });
    const gradient = netGradient(plan);
    if (!gradient) continue;
    Deno.bench({
      name: `own derivative of ${net} ${name}`,
      group,
      ...RUNS,
      fn: () => void gradient.run(values, shape, steps, output),
    });
  }
}
