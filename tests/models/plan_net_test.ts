import "../../src/kernels/cpu/all_kernels.ts";
import { assertEquals, assertLess, assertMatch } from "@std/assert";
import { CpuArena } from "../../src/core/mod.ts";
import { loadModel } from "../../src/models/mod.ts";
import { WasmKernels } from "../../src/kernels/cpu/wasm_kernels.ts";
import { OnnxGraph } from "../../src/models/onnx_graph.ts";
import { planNet } from "../../src/models/plan_net.ts";
import { floatsOf } from "../../src/models/tensor_values.ts";
import { randomFloats } from "../random.ts";

const fileOf = (path: string) => Deno.readFileSync(new URL(path, import.meta.url));

Deno.test("the embedded nets are planned, and give what onnxruntime makes of them", async () => {
  for (const name of ["vaerans-8", "vaerans-4"]) {
    const model = await loadModel(name), f = model.downsampling;
    for (const [height, width] of [[8, 8], [40, 136], [72, 24]]) {
      for (const net of ["encoder", "decoder"] as const) {
        const shape = net === "encoder" ? [2, 3, height, width] : [2, 4, height / f, width / f];
        const values = randomFloats(shape.reduce((a, b) => a * b), 0.5, height).map((value) => value + 0.5);
        const steps = Float32Array.of(0.15, 0.8), plan = await model.planOf(net);
        const reference = net === "encoder"
          ? await model.encode({ values, shape })
          : await model.decode({ values, shape }, steps);
        const arena = new CpuArena(2 ** 22), source = arena.allocate(shape, "f32");
        arena.write(source, values);
        const unused = () => Promise.reject(new Error("onnxruntime was asked"));
        const output = await new WasmKernels(arena).infer(
          { run: unused, plan: () => Promise.resolve(plan), conditions: steps },
          source,
          (shape) => arena.allocate(shape, "f32"),
        );
        assertEquals(output.shape, reference.shape, `${name} ${net}`);
        const shown = arena.view(output);
        const largest = shown.reduce(
          (most, value, i) => Math.max(most, Math.abs(value - reference.values[i])),
          0,
        );
        assertLess(largest, 1e-4, `${name} ${net}, ${height} × ${width}`);
      }
    }
  }
});

Deno.test("planNet() names the first operator that it cannot plan", () => {
  const obstacles = {
    "sdxl_shaped/encoder": /^operator Conv of node \/0\/Conv$/,
    "sdxl_shaped/decoder": /^operator Reshape of node /,
    "taesd_shaped/encoder": /^operator Conv of node \/0\/Conv$/,
    "taesd_shaped/decoder": /^operator Div of node \/0\/Div$/,
  };
  for (const [path, obstacle] of Object.entries(obstacles)) {
    const graph = new OnnxGraph(fileOf(`./${path}.onnx`)), [{ name: input }] = graph.inputs;
    const planned = planNet(graph, { input, output: graph.outputs[0] });
    assertMatch("obstacle" in planned ? planned.obstacle : "", obstacle, path);
  }
});

Deno.test("a graph is read with its names, operators, attributes and weights", () => {
  const { inputs, outputs, nodes, tensors } = new OnnxGraph(fileOf("../../models/vaerans-8/decoder.onnx"));
  assertEquals([inputs, outputs], [[{ name: "latent", type: "f32" }, { name: "step", type: "f32" }], [
    "image",
  ]]);
  const shuffle = nodes.find(({ type }) => type === "DepthToSpace")!;
  assertEquals([shuffle.attributes.blocksize, shuffle.attributes.mode], [2, "CRD"]);
  const { dims, type, raw } = tensors.get("decoder.wide.0.a.weight_f16")!;
  assertEquals([dims, type, raw.length], [[96, 96, 3, 3], "f16", 2 * 96 * 96 * 9]);
});

Deno.test("floats of 16 bits are read as what they are, subnormal ones too", () => {
  const raw = new Uint8Array(
    new Uint16Array([0x0000, 0x8001, 0x03ff, 0x0400, 0x3c00, 0xc248, 0x7bff, 0x7c00, 0xfc00, 0x7e00]).buffer,
  );
  assertEquals(
    floatsOf({ dims: [10], type: "f16", raw }),
    Float32Array.of(0, -(2 ** -24), 1023 * 2 ** -24, 2 ** -14, 1, -3.140625, 65504, Infinity, -Infinity, NaN),
  );
});
