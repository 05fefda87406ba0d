import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { loadModel, ModelError } from "../../mod.ts";
import { gradientGraph } from "../../src/models/gradient_graph.ts";
import { OnnxGraph } from "../../src/models/onnx_graph.ts";
import { randomFloats } from "../random.ts";

const fileOf = (path: string) => Deno.readFileSync(new URL(path, import.meta.url));

Deno.test("an embedded decoder's derivative is what small changes of the latent do to the picture", async () => {
  for (const name of ["vaerans-8", "vaerans-4"]) {
    const model = await loadModel(name), side = model.downsampling;
    const [width, height] = [40, 24], shape = [1, 4, height / side, width / side];
    const count = shape.reduce((a, b) => a * b), steps = Float32Array.of(0.4);
    const latent = randomFloats(count, 0.4, 1), direction = randomFloats(count, 1, 2);
    // Away from clipping, where the picture has corners.
    const weights = randomFloats(3 * width * height, 1, 3);
    const byPixels = { values: weights, shape: [1, 3, height, width] };
    const gradient = await model.decodeGradient({ values: latent, shape }, steps, byPixels);
    assertEquals(gradient.shape, shape);
    const weighed = async (by: number) => {
      const values = latent.map((value, i) => value + by * direction[i]);
      const { values: shown } = await model.decode({ values, shape }, steps);
      return shown.reduce((sum, value, i) => sum + value * weights[i], 0);
    };
    const difference = (await weighed(2e-3) - await weighed(-2e-3)) / 4e-3;
    const expected = gradient.values.reduce((sum, value, i) => sum + value * direction[i], 0);
    const scale = Math.hypot(...gradient.values) * Math.hypot(...direction);
    assertAlmostEquals(difference, expected, 0.01 * scale, name);
    assertEquals(Math.abs(expected) > 0.02 * scale, true, "a direction that says something");
  }
});

Deno.test("a graph with one more input and another output is read back as it was written", () => {
  const file = fileOf("../../models/vaerans-8/decoder.onnx"), before = new OnnxGraph(file);
  assertEquals([before.inputs, before.outputs], [["latent", "step"], ["image"]]);
  const node = { type: "Neg", inputs: ["image"], outputs: ["less"], attributes: {} };
  const shaped = {
    type: "Transpose",
    inputs: ["less"],
    outputs: ["end"],
    attributes: { perm: [0, 1, 3, 2], word: "edge", number: 7 },
  };
  const extension = { nodes: [node, shaped], constants: new Map([["one", 1]]), input: "more", output: "end" };
  const after = new OnnxGraph(before.extended(extension));
  assertEquals(after.nodes, [...before.nodes, node, shaped]);
  assertEquals([after.inputs, after.outputs], [["latent", "step", "more"], ["end"]]);
});

Deno.test("a net with operators that have no rule is refused by the operator's name", () => {
  const refused = (path: string) => assertThrows(() => gradientGraph(fileOf(path), "mine"), ModelError);
  assertEquals(refused("./sdxl_shaped/decoder.onnx").code, "net-gradient");
  assertEquals(
    /no rule for \w+; known are Add, Clip/.test(refused("./taesd_shaped/decoder.onnx").message),
    true,
  );
  assertEquals(/strides/.test(refused("../../models/vaerans-8/encoder.onnx").message), true);
});
