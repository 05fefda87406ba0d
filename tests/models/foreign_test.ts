import { assert, assertAlmostEquals, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { compress, decompress, psnr, World } from "../../mod.ts";
import { GpuWorld } from "../../src/gpu_world.ts";
import { Latent4, ReconRGB } from "../../src/components/mod.ts";
import { loadModel } from "../../src/models/mod.ts";
import { ModelError } from "../../src/core/mod.ts";
import { OnnxVAEDecode, OnnxVAEEncode } from "../../src/systems/mod.ts";
import type { PictureWorld } from "../../src/world.ts";
import { runJob } from "../../src/batch/run_job.ts";
import { syntheticPicture } from "../../src/cli/synthetic_picture.ts";
import { parseConfig } from "../../src/models/config.ts";
import { modelPaths, ModelStore, resolveModel } from "../../src/models/store.ts";
import { gpuTest } from "../gpu.ts";
import { randomFloats } from "../random.ts";
import { withFolder } from "../with_folder.ts";

const SCALE = 0.13025;

/** Names the nets of SDXL's shape in a configuration: `plain`, and `scaled`, whose decoder undoes the scale itself. */
async function withShapedModels(work: (configPath: string) => Promise<void>): Promise<void> {
  const nets = new URL("sdxl_shaped/", import.meta.url).pathname;
  await withFolder(async (folder) => {
    await Deno.copyFile(`${nets}decoder.onnx`, `${folder}/decoder.onnx`);
    const model = (name: string) =>
      `[models.${name}]\nencoder = "${nets}encoder.onnx"\ndecoder = "decoder.onnx"\nlatent_scale = ${SCALE}\n`;
    const path = `${folder}/vaerans.toml`;
    await Deno.writeTextFile(
      path,
      `${model("plain")}\n${model("scaled")}decoder_expects_scaled_latent = true\n`,
    );
    await work(path);
  });
}

async function withGpuWorld(work: (world: PictureWorld) => Promise<void>): Promise<void> {
  const world = await GpuWorld.open({ arenaBytes: 2 ** 24 });
  try {
    await work(world);
  } finally {
    world.destroy();
  }
}

const configAt = async (path: string) => parseConfig(await Deno.readTextFile(path), path);

Deno.test("a VAE of SDXL's shape, named in a configuration, compresses and decompresses", async () => {
  await withShapedModels(async (path) => {
    const config = await configAt(path);
    const model = await resolveModel("plain", config, new ModelStore(config));
    assertEquals(model, `${path}#plain`);
    const picture = syntheticPicture(50, 37);
    const coarse = await compress(picture, { quality: 20, model });
    const fine = await compress(picture, { quality: 95, model });
    assert(coarse.length < fine.length);
    const decoded = await decompress(fine, { model });
    assertEquals([decoded.width, decoded.height], [50, 37]);
    await assertRejects(() => decompress(fine), ModelError, "plain");

    // Jobs find the model that a file names.
    const written = new Map<string, Uint8Array>();
    const files = {
      read: () => Promise.resolve(fine.slice()),
      write: (target: string, bytes: Uint8Array) => Promise.resolve(void written.set(target, bytes)),
    };
    const models = await modelPaths(config, new ModelStore(config));
    const result = await runJob(
      { action: "decompress", source: "a.vaer", target: "a.png", options: {}, models },
      files,
    );
    assertEquals([result.model, written.size], ["plain", 1]);
  });
});

Deno.test("a net that takes one picture at a time gets a batch one by one", async () => {
  await withShapedModels(async (path) => {
    const model = await loadModel(`${path}#plain`);
    const pixels = (seed: number) => Float32Array.from({ length: 3 * 16 * 24 }, (_, i) => Math.sin(i * seed));
    const both = new Float32Array(2 * 3 * 16 * 24);
    both.set(pixels(1.1));
    both.set(pixels(2.3), 3 * 16 * 24);
    const { values, shape } = await model.encode({ values: both, shape: [2, 3, 16, 24] });
    assertEquals(shape, [2, 4, 2, 3]); // the posterior's mean, without its variance
    for (const [i, seed] of [1.1, 2.3].entries()) {
      const alone = await model.encode({ values: pixels(seed), shape: [1, 3, 16, 24] });
      assertEquals(values.slice(24 * i, 24 * (i + 1)), alone.values);
    }
    assertEquals((await model.decode({ values, shape }, new Float32Array(2))).shape, [2, 3, 16, 24]);
  });
});

/** What a model shows of two latents that are `factor` times the same random values, in one batch. */
async function shownLatents(world: PictureWorld, model: string, factor: number): Promise<number[][]> {
  const entities = [1, 2].map((seed) => {
    const values = world.arena.allocate([4, 3, 2], "f32");
    world.arena.write(values, randomFloats(24, 4, seed).map((value) => value * factor));
    return world.add(world.newEntity(), new Latent4(values, { width: 16, height: 24 }));
  });
  const shown = await world.pipe(entities).to(new OnnxVAEDecode(await loadModel(model))).out(ReconRGB);
  return await Promise.all(shown.map(async ({ pixels }) => Array.from(await world.arena.read(pixels))));
}

function assertClose(actual: readonly number[][], expected: readonly number[][], tolerance: number): void {
  assertEquals(actual.map(({ length }) => length), expected.map(({ length }) => length));
  actual.forEach((picture, i) =>
    picture.forEach((value, k) => assertAlmostEquals(value, expected[i][k], tolerance))
  );
}

async function assertScaleIsLeft(world: PictureWorld): Promise<void> {
  await withShapedModels(async (path) => {
    const plain = await shownLatents(world, `${path}#plain`, SCALE);
    assertClose(await shownLatents(world, `${path}#scaled`, 1), plain, 1e-4);
    assertNotEquals(await shownLatents(world, `${path}#scaled`, SCALE), plain);
  });
}

Deno.test("a decoder that undoes the scale itself gets the latent as it is coded", async () => {
  await assertScaleIsLeft(new World({ arenaBytes: 2 ** 24 }));
  await withShapedModels(async (path) => {
    const [plain, scaled] = await Promise.all(
      ["plain", "scaled"].map((name) => loadModel(`${path}#${name}`)),
    );
    assertNotEquals(plain.fingerprint, scaled.fingerprint);
  });
});

gpuTest("a decoder that undoes the scale itself gets the latent as it is coded", async () => {
  await withGpuWorld(assertScaleIsLeft);
});

/** What a model makes of a batch of two pictures. */
async function latentsOfTwo(world: PictureWorld, model: string): Promise<number[][]> {
  const tall = syntheticPicture(40, 48), top = tall.data.subarray(0, 4 * 40 * 24);
  const bottom = tall.data.subarray(4 * 40 * 24);
  const entities = world.spawnBatchImages([top, bottom].map((data) => ({ data, width: 40, height: 24 })));
  const latents = await world.pipe(entities).to(new OnnxVAEEncode(await loadModel(model))).out(Latent4);
  return await Promise.all(latents.map(async ({ values }) => Array.from(await world.arena.read(values))));
}

gpuTest("a VAE of SDXL's shape gives the CPU's latents and pixels on the GPU, one by one", async () => {
  await withShapedModels(async (path) => {
    const model = `${path}#plain`, cpu = new World({ arenaBytes: 2 ** 24 });
    const latents = await latentsOfTwo(cpu, model), shown = await shownLatents(cpu, model, 1);
    assertNotEquals(latents[0], latents[1]);
    await withGpuWorld(async (world) => {
      assertClose(await latentsOfTwo(world, model), latents, 1e-3);
      assertClose(await shownLatents(world, model, 1), shown, 2e-3);
    });
  });
});

gpuTest("compress() and decompress() run a VAE of SDXL's shape on either device", async () => {
  await withShapedModels(async (path) => {
    for (const name of ["plain", "scaled"]) {
      const model = `${path}#${name}`;
      const file = await compress(syntheticPicture(50, 37), { quality: 60, model, device: "gpu" });
      const [onCpu, onGpu] = [
        await decompress(file, { model }),
        await decompress(file, { model, device: "gpu" }),
      ];
      assert(psnr(onCpu, onGpu) > 45);
    }
  });
});
