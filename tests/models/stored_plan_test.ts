import { assertEquals } from "@std/assert";
import { storedPlan } from "../../scripts/net_plans.ts";
import { halfFloats } from "../../src/core/half_floats.ts";
import type { NetPlan } from "../../src/kernels/kernels.ts";
import type { ModelManifest } from "../../src/models/manifest.ts";
import { endsOf } from "../../src/models/net_ends.ts";
import { OnnxGraph } from "../../src/models/onnx_graph.ts";
import { planNet } from "../../src/models/plan_net.ts";
import { planOfStored } from "../../src/models/stored_plan.ts";

const CONDITION = Float32Array.of(0.4);

for (const name of ["vaerans-8", "vaerans-4"]) {
  Deno.test(`the manifest of ${name} holds the decoder's plan (after a change of weights: deno task plans)`, async () => {
    const folder = new URL(`../../models/${name}/`, import.meta.url);
    const manifest: ModelManifest = JSON.parse(await Deno.readTextFile(new URL("manifest.json", folder)));
    const file = await Deno.readFile(new URL(manifest.files.decoder.path, folder));
    const stored = manifest.files.decoder.plan!;
    assertEquals(stored, storedPlan(manifest, file));

    const graph = new OnnxGraph(file), planned = planNet(graph, endsOf("decoder", graph, manifest));
    assertEquals(
      comparable(planOfStored(stored, file)),
      comparable((planned as { readonly plan: NetPlan }).plan),
    );
  });
}

/** The plan with numbers in place of functions. */
function comparable({ steps, ...plan }: NetPlan): unknown {
  return {
    ...plan,
    steps: steps.map((step) =>
      step.kind !== "convolution" ? step : {
        ...step,
        weights: step.weights instanceof Uint16Array ? halfFloats(step.weights) : step.weights,
        ...step.shift && { shift: step.shift(CONDITION) },
      }
    ),
  };
}
