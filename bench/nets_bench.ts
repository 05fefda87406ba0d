/**
 * The embedded nets by this package's own convolutions and by onnxruntime-web, one thread each, a picture of 512×512, and the
 * decoders' gradients. Run: `deno bench -R bench/nets_bench.ts`.
 */

import { loadModel } from "../src/models/mod.ts";
import { netGradient } from "../src/kernels/cpu/net/net_gradient.ts";
import { plannedNet } from "../src/kernels/cpu/net/planned_net.ts";
import { benchGroup, mayRead, type Subject } from "./throughput.ts";

const SIDE = 512, STEPS = Float32Array.of(0.4);
const canLoad = await mayRead();

for (const name of ["vaerans-8", "vaerans-4"]) {
  for (const net of ["encoder", "decoder"] as const) {
    // A picture's planes on one side of the net, f32.
    const group = {
      name: `${net} of ${name}, ${SIDE}×${SIDE}`,
      bytes: 12 * SIDE ** 2,
      pixels: SIDE ** 2,
      runs: 5,
    };
    if (!canLoad) benchGroup({ ...group, skipReason: "models and onnxruntime need read access (-R)" }, []);
    else benchGroup(group, await subjectsOf(name, net));
  }
}

async function subjectsOf(name: string, net: "encoder" | "decoder"): Promise<Subject[]> {
  const model = await loadModel(name), latentSide = SIDE / model.downsampling;
  const shape = net === "encoder" ? [1, 3, SIDE, SIDE] : [1, 4, latentSide, latentSide];
  const plan = (await model.planOf(net))!, own = plannedNet(plan);
  const values = Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => Math.sin(i / 9) ** 2);
  const output = new Float32Array(own.outputShape(shape).reduce((a, b) => a * b));
  const input = { values, shape }, gradient = netGradient(plan);
  return [
    ["onnxruntime", async () => await (net === "encoder" ? model.encode(input) : model.decode(input, STEPS))],
    ["own convolutions", () => own.run(values, shape, STEPS, output)],
    ...gradient ? [["own gradient", () => gradient.run(values, shape, STEPS, output)] as const] : [],
  ];
}
