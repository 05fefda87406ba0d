import { assert, assertEquals, assertLess, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { compress, decompress, InvalidValueError, psnr, World } from "../../mod.ts";
import { type Entity, ModelError, PipeError } from "../../src/core/mod.ts";
import { GpuWorld } from "../../src/gpu_world.ts";
import { Latent4, ReconRGB } from "../../src/components/mod.ts";
import { loadModel } from "../../src/models/mod.ts";
import { OnnxVAEDecode, OnnxVAEEncode } from "../../src/systems/mod.ts";
import { syntheticPicture } from "../../src/cli/synthetic_picture.ts";
import { OnnxGraph } from "../../src/models/onnx_graph.ts";
import { OnnxFormatError } from "../../src/models/onnx_tensor.ts";
import { gpuTest } from "../gpu.ts";
import { randomFloats } from "../random.ts";
import { withFolder } from "../with_folder.ts";
import {
  type LatentForm,
  PLAIN,
  smallDecoder,
  smallEncoder,
  type WeightForm,
  writeSmallModel,
} from "./onnx/small_nets.ts";
import { child, DATA_TYPES, message, type ModelSpec, rawBytes, writeTensor } from "./onnx/writer.ts";

const PICTURE = syntheticPicture(72, 50);
/** Largest difference between sums of the same products in another order. */
const TOLERANCE = 1e-5;

type Runtime = "own" | "onnxruntime";

async function latentOf(model: string, runtime: Runtime): Promise<Float32Array> {
  const world = new World({ arenaBytes: 2 ** 22 }), entity = world.spawnImage(PICTURE);
  const latent = await world.pipe(entity).to(new OnnxVAEEncode(await loadModel(model), { runtime })).out(
    Latent4,
  );
  return world.arena.view(latent.values).slice();
}

async function pixelsOf(model: string, latent: Float32Array, runtime: Runtime): Promise<Float32Array> {
  const world = new World({ arenaBytes: 2 ** 22 }), values = world.arena.allocate([4, 7, 9], "f32");
  world.arena.view(values).set(latent);
  const entity = world.add(world.newEntity(), new Latent4(values, { width: 72, height: 50 }));
  const shown = await world.pipe(entity).to(new OnnxVAEDecode(await loadModel(model), { runtime })).out(
    ReconRGB,
  );
  return world.arena.view(shown.pixels).slice();
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  assertEquals(a.length, b.length);
  return a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - b[i])), 0);
}

function spread(values: Float32Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}

const FLOAT_FORMS: readonly WeightForm[] = (["f32", "f16", "bf16", "f64"] as const).flatMap((type) => [
  ...(["raw", "typed", "typed unpacked", "external"] as const).map((place) => ({ type, place })),
  { type, place: "typed" as const, asInputs: true },
  { type, place: "raw" as const, asConstants: true },
  { type, place: "typed" as const, asConstants: true },
]);
const INTEGER_FORMS: readonly WeightForm[] =
  (["i8", "u8", "i16", "u16", "i32", "u32", "i64", "u64", "bool"] as const)
    .flatMap((type) => (["raw", "typed", "typed unpacked"] as const).map((place) => ({ type, place })));
const nameOf = ({ type, place, asInputs, asConstants }: WeightForm) =>
  `${type}, ${place}${asInputs ? ", as inputs" : ""}${asConstants ? ", in Constant nodes" : ""}`;

for (const form of FLOAT_FORMS) {
  Deno.test(`both runtimes read the same weights: ${nameOf(form)}`, async () => {
    await withFolder(async (folder) => {
      await Deno.mkdir(`${folder}/plain`);
      await Deno.mkdir(`${folder}/form`);
      const plain = await writeSmallModel(`${folder}/plain`);
      const model = await writeSmallModel(`${folder}/form`, {
        encoder: smallEncoder(form),
        decoder: smallDecoder(form),
      });
      const due = await latentOf(plain, "onnxruntime"), latent = await latentOf(model, "own");
      assert(spread(due) > 0.1);
      assertLess(largestDifference(latent, due), TOLERANCE);
      assertLess(largestDifference(await latentOf(model, "onnxruntime"), due), TOLERANCE);
      const shown = await pixelsOf(model, due, "own"), dueShown = await pixelsOf(plain, due, "onnxruntime");
      assert(spread(dueShown) > 0.1);
      assertLess(largestDifference(shown, dueShown), TOLERANCE);
      assertLess(largestDifference(await pixelsOf(model, due, "onnxruntime"), dueShown), TOLERANCE);
    });
  });
}

for (const form of INTEGER_FORMS) {
  Deno.test(`both runtimes read the same whole numbers: ${nameOf(form)}`, async () => {
    await withFolder(async (folder) => {
      const model = await writeSmallModel(folder, { encoder: smallEncoder(form) });
      const latent = await latentOf(model, "own"), due = await latentOf(model, "onnxruntime");
      assert(spread(due) > 0.1);
      assertLess(largestDifference(latent, due), TOLERANCE * spread(due));
    });
  });
}

for (const latent of ["mean and log-variance", "two outputs"] as const satisfies LatentForm[]) {
  Deno.test(`both runtimes take the mean of an encoder with ${latent}`, async () => {
    await withFolder(async (folder) => {
      const model = await writeSmallModel(folder, { encoder: smallEncoder(PLAIN, latent) });
      const own = await latentOf(model, "own"), due = await latentOf(model, "onnxruntime");
      assertEquals(own.length, 4 * 7 * 9);
      assertLess(largestDifference(own, due), TOLERANCE);
      const file = await compress(PICTURE, { model, runtime: "own", quality: 90 });
      assertEquals((await decompress(file, { model, runtime: "own" })).width, 72);
    });
  });
}

const GPU_CASES: readonly (readonly [WeightForm, LatentForm])[] = [
  [{ type: "f32", place: "external" }, "latent"],
  [{ type: "f16", place: "typed" }, "mean and log-variance"],
  [{ type: "f32", place: "typed", asInputs: true }, "two outputs"],
];
for (const [form, latent] of GPU_CASES) {
  gpuTest(`nets give the CPU's latents and pixels on the GPU: ${nameOf(form)}, ${latent}`, async () => {
    await withFolder(async (folder) => {
      const nets = { encoder: smallEncoder(form, latent), decoder: smallDecoder(form) };
      const model = await loadModel(await writeSmallModel(folder, nets)),
        world = await GpuWorld.open({ arenaBytes: 2 ** 24 });
      try {
        const entity = world.spawnImage(PICTURE);
        const onGpu = await world.pipe(entity).to(new OnnxVAEEncode(model)).out(Latent4);
        const due = await latentOf(`${folder}/`, "own");
        assertLess(largestDifference(await world.read(onGpu.values) as Float32Array, due), 1e-3);
        const shown = await world.pipe(entity as Entity as Entity<Latent4>).to(new OnnxVAEDecode(model)).out(
          ReconRGB,
        );
        const dueShown = await pixelsOf(`${folder}/`, due, "own");
        assertLess(largestDifference(await world.read(shown.pixels) as Float32Array, dueShown), 2e-3);
        const own = new OnnxVAEEncode(model, { runtime: "own" });
        const error = await assertRejects(
          () => world.pipe(world.spawnImage(PICTURE)).to(own).run(),
          PipeError,
        );
        assertEquals(error.code, "runtime-unavailable");
      } finally {
        world.destroy();
      }
    });
  });
}

Deno.test("compress() and decompress() of a third-party net agree between runtimes, in workers too", async () => {
  await withFolder(async (folder) => {
    const form: WeightForm = { type: "f16", place: "typed" };
    const model = await writeSmallModel(folder, { encoder: smallEncoder(form), decoder: smallDecoder(form) });
    const large = syntheticPicture(200, 150);
    for (const workers of [0, 2]) {
      const files = await Promise.all(
        (["own", "onnxruntime", "auto"] as const).map((runtime) =>
          compress(large, { model, runtime, quality: 80, tileSide: 64, workers })
        ),
      );
      const shown = await Promise.all(
        (["own", "onnxruntime", "auto"] as const).map((runtime, i) =>
          decompress(files[i], { model, runtime, workers })
        ),
      );
      assert(psnr(shown[0], shown[1]) > 50);
      assertEquals([files[2], shown[2].data], [files[0], shown[0].data]);
    }
  });
});

Deno.test("compress() and decompress() run the embedded nets by onnxruntime on request", async () => {
  const picture = syntheticPicture(96, 80);
  for (const model of ["vaerans-8", "vaerans-4"]) {
    const [own, theirs] = await Promise.all(
      (["own", "onnxruntime"] as const).map(async (runtime) =>
        decompress(await compress(picture, { model, runtime, quality: 40, effort: 2 }), { runtime })
      ),
    );
    assert(psnr(own, theirs) > 45, model);
  }
});

Deno.test("runtime own refuses a net by the name of the operator that has no kernel, auto runs it", async () => {
  await withFolder(async (folder) => {
    const model = await writeSmallModel(folder, { decoder: smallDecoder(PLAIN, { activation: "Relu" }) });
    for (const workers of [0, 2]) {
      const options = { model, quality: 50, tileSide: 64, workers };
      const picture = syntheticPicture(100, 80), file = await compress(picture, options);
      for (
        const work of [
          () => decompress(file, { model, workers, runtime: "own" }),
          () => compress(picture, { ...options, runtime: "own" }), // which verifies the file
        ]
      ) {
        const error = await assertRejects(work, ModelError);
        assertEquals(error.code, "net-unplanned");
        assertMatch(error.message, /decoder of model small .* operator Relu of node node_v/);
      }
      assertEquals((await decompress(file, { model, workers })).width, 100);
    }
  });
});

Deno.test("a runtime that there is not is refused", async () => {
  const runtime = "tvm" as "own";
  for (
    const call of [() => compress(PICTURE, { runtime }), () => decompress(new Uint8Array(9), { runtime })]
  ) {
    assertEquals((await assertRejects(call, InvalidValueError)).code, "runtime-unknown");
  }
});

/** What is refused, whatever runtime is asked for. */
async function assertRefused(
  model: Parameters<typeof writeSmallModel>[1],
  code: string,
  reason: RegExp,
  prepare: (folder: string) => Promise<unknown> = () => Promise.resolve(),
): Promise<void> {
  for (const runtime of ["auto", "own", "onnxruntime"] as const) {
    await withFolder(async (folder) => {
      await Deno.mkdir(`${folder}/inner`);
      const path = await writeSmallModel(`${folder}/inner`, model);
      await prepare(`${folder}/inner`);
      const encode = () => compress(PICTURE, { model: path, runtime, quality: 50 });
      const error = await assertRejects(
        async () => decompress(await encode(), { model: path, runtime }),
        ModelError,
      );
      assertEquals(error.code, code, `${runtime}: ${error.message}`);
      assertMatch(error.message, reason);
    });
  }
}

/** A net with something of its specification changed. */
function changed(change: (spec: ModelSpec) => Partial<ModelSpec>) {
  const net = smallEncoder();
  return { ...net, spec: { ...net.spec, ...change(net.spec) } };
}

const firstTensor = (change: object) =>
  changed(({ tensors: [first, ...others] }) => ({ tensors: [{ ...first, ...change }, ...others] }));

Deno.test("weights that cannot be read are refused by the tensor's name", async () => {
  const sparse = message((writer) => {
    child(
      writer,
      1,
      (values) => writeTensor(values, { name: "thin", dims: [1], values: [1], type: "f32", place: "raw" }),
    );
  });
  await assertRefused(
    { encoder: changed(() => ({ sparse: [sparse] })) },
    "model-tensor",
    /tensor thin is sparse/,
  );
  await assertRefused(
    { encoder: firstTensor({ values: [1, 2, 3] }) },
    "model-tensor",
    /tensor w1 must have 1536 elements of 4 bytes \(f32\), and has 12 bytes/,
  );
  await assertRefused(
    { encoder: firstTensor({ place: "typed", values: [] }) },
    "model-tensor",
    /tensor w1 must have 1536 elements .* has 0 bytes/,
  );
});

Deno.test("a tensor in segments, in two fields or in a field of another type is refused by its name", () => {
  const plain = { name: "odd", dims: [2], values: [1, 2], type: "f32", place: "raw" } as const;
  const read = (tensor: Parameters<typeof message>[0]) => {
    const file = message((model) => child(model, 7, (graph) => child(graph, 5, tensor)));
    return assertThrows(() => new OnnxGraph(file), OnnxFormatError).message;
  };
  const segmented = read((tensor) => {
    writeTensor(tensor, plain);
    child(tensor, 3, (segment) => segment.tag(1, 0).int64(0));
  });
  assertMatch(segmented, /tensor odd is a segment/);
  const doubled = read((tensor) => {
    writeTensor(tensor, plain);
    tensor.tag(4, 2).bytes(rawBytes("f32", [1, 2]));
  });
  assertMatch(doubled, /tensor odd has its elements in raw_data and float_data/);
  const wrong = read((tensor) => {
    tensor.tag(1, 0).int64(2).tag(2, 0).int64(DATA_TYPES.f32).tag(8, 2).string("odd");
    tensor.tag(10, 2).bytes(rawBytes("f64", [1, 2]));
  });
  assertMatch(
    wrong,
    /tensor odd of type f32 has its elements in double_data, which must be raw_data or float_data/,
  );
});

Deno.test("weights outside the model's folder, missing, cut or changed are refused", async () => {
  const encoder = smallEncoder({ type: "f32", place: "external" });
  const elsewhere = (location: string) => ({
    ...encoder,
    spec: {
      ...encoder.spec,
      tensors: encoder.spec.tensors.map((tensor) => ({
        ...tensor,
        external: { ...tensor.external!, location },
      })),
    },
  });
  for (const location of ["../outside.bin", "/etc/hostname", "sub/../../outside.bin", "..\\outside.bin"]) {
    const copy = (folder: string) => Deno.writeFile(`${folder}/../outside.bin`, encoder.external);
    await assertRefused({ encoder: elsewhere(location) }, "model-path", /must be in the folder file:/, copy);
  }
  const remove = (folder: string) => Deno.remove(`${folder}/encoder.bin`);
  await assertRefused({ encoder }, "model-missing", /encoder\.bin/, remove);
  const cut = (folder: string) => Deno.truncate(`${folder}/encoder.bin`, 100);
  await assertRefused(
    { encoder, listsExternal: false },
    "model-tensor",
    /encoder\.bin, which has 100[.)]/,
    cut,
  );
  await assertRefused({ encoder }, "model-hash", /encoder\.bin/, cut);
});

Deno.test("weights outside may lie in a folder inside the model's", async () => {
  await withFolder(async (folder) => {
    const encoder = smallEncoder({ type: "f32", place: "external" }), location = "deep er/100%#.bin";
    const tensors = encoder.spec.tensors.map((tensor) => ({
      ...tensor,
      external: { ...tensor.external!, location },
    }));
    const spec = { ...encoder.spec, tensors };
    const model = await writeSmallModel(folder, { encoder: { spec, external: new Uint8Array() } });
    await Deno.mkdir(`${folder}/deep er`);
    await Deno.writeFile(`${folder}/${location}`, encoder.external);
    const own = await latentOf(model, "own"), due = await latentOf(model, "onnxruntime");
    assertLess(largestDifference(own, due), TOLERANCE);
  });
});

Deno.test("an input that nothing is known for is refused by its name, unless the manifest names it as the step", async () => {
  const noise = { name: "noise", dims: ["n"] };
  const decoder = smallDecoder();
  const withInput = { ...decoder, spec: { ...decoder.spec, inputs: [...decoder.spec.inputs, noise] } };
  await assertRefused(
    { decoder: withInput },
    "model-input",
    /decoder of model small: .*nothing is known for its input noise/,
  );
  const step = { ...decoder.spec, inputs: [...decoder.spec.inputs, { ...noise, name: "step" }] };
  await assertRefused({ decoder: { ...decoder, spec: step } }, "model-input", /its input step/);
  await assertRefused(
    { manifest: { stepInput: "sigma" } },
    "model-input",
    /inputs are latent, .* stepInput is sigma/,
  );
  await assertRefused(
    { encoder: changed(({ inputs }) => ({ inputs: [...inputs, noise] })) },
    "model-input",
    /encoder of model small: .*nothing is known for its input noise/,
  );
  await assertRefused(
    { encoder: changed(({ inputs: [image] }) => ({ inputs: [{ ...image, type: "f16" }] })) },
    "model-input",
    /its input image is f16, and it must be f32/,
  );
  await withFolder(async (folder) => {
    const model = await writeSmallModel(folder, { decoder: withInput, manifest: { stepInput: "noise" } });
    for (const runtime of ["own", "onnxruntime"] as const) {
      const file = await compress(PICTURE, { model, runtime, quality: 50 });
      assertEquals((await decompress(file, { model, runtime })).width, 72);
    }
  });
});

Deno.test("a shift by the step is planned per channel, and left to onnxruntime along rows or columns", async () => {
  const latent = randomFloats(4 * 7 * 9, 1, 5);
  for (const [shape, planned] of [[[1, 8, 1, 1], true], [[8, 1, 1], true], [[1, 1, 1, 8], false]] as const) {
    await withFolder(async (folder) => {
      const decoder = smallDecoder(PLAIN, { shiftShape: shape });
      const path = await writeSmallModel(folder, { decoder, manifest: { stepInput: "sigma" } });
      const model = await loadModel(path), plan = await model.planOf("decoder");
      assertEquals(plan !== undefined, planned, shape.join());
      if (!planned) return;
      const shown = await pixelsOf(path, latent, "own");
      assertLess(largestDifference(shown, await pixelsOf(path, latent, "onnxruntime")), TOLERANCE);
      // The step of a file moves the pixels.
      const steps = Float32Array.of(0.001, 3),
        two = { values: new Float32Array([...latent, ...latent]), shape: [2, 4, 7, 9] };
      const { values } = await model.decode(two, steps), half = values.length / 2;
      assert(largestDifference(values.slice(0, half), values.slice(half)) > 0.1);
    });
  }
});

Deno.test("of an encoder's outputs the manifest can name the latent; without it three are refused", async () => {
  const both = smallEncoder(PLAIN, "two outputs");
  const outputs = both.spec.outputs.flatMap((output) => [output, { ...output, name: `${output.name}_2` }]);
  const nodes = [
    ...both.spec.nodes,
    ...["mean", "logvar"].map((name) => ({ type: "Identity", inputs: [name], outputs: [`${name}_2`] })),
  ];
  const encoder = { ...both, spec: { ...both.spec, nodes, outputs } };
  await assertRefused({ encoder }, "model-output", /outputs logvar, logvar_2, mean, mean_2 is the latent/);
  await assertRefused({ encoder, manifest: { latentOutput: "mu" } }, "model-output", /latentOutput is mu/);
  await withFolder(async (folder) => {
    const model = await writeSmallModel(folder, { encoder, manifest: { latentOutput: "mean" } });
    assertLess(
      largestDifference(await latentOf(model, "own"), await latentOf(model, "onnxruntime")),
      TOLERANCE,
    );
  });
});

Deno.test("a net of more than 2 GB is refused before it is read", async () => {
  const sparseFile = (name: string) => (folder: string) => Deno.truncate(`${folder}/${name}`, 2 ** 31);
  await assertRefused({}, "model-too-large", /\(got 2147483648\)/, sparseFile("encoder.onnx"));
  await assertRefused(
    { encoder: smallEncoder({ type: "f32", place: "external" }) },
    "model-too-large",
    /\(got 2147483648\)/,
    sparseFile("encoder.bin"),
  );
});
