import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { compress, decompress, loadModel, ModelError } from "../../mod.ts";
import { runJob } from "../../src/batch/run_job.ts";
import { EMPTY_CONFIG, parseConfig } from "../../src/models/config.ts";
import { FOREIGN_DEFAULTS } from "../../src/models/foreign.ts";
import { REGISTRY, type RegistryEntry } from "../../src/models/registry.ts";
import { modelPaths, ModelStore, pullModel, resolveModel } from "../../src/models/store.ts";
import { syntheticPicture } from "../../src/cli/synthetic_picture.ts";
import { withFolder } from "../with_folder.ts";

const SHAPED = new URL("sdxl_shaped/", import.meta.url);

/** Serves the nets of the SDXL-shaped model; what is asked for is counted. */
function serve(change: (path: string, bytes: Uint8Array) => Uint8Array = (_, bytes) => bytes) {
  const requests: string[] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, async ({ url }) => {
    const path = new URL(url).pathname.slice(1);
    requests.push(path);
    return new Response(change(path, await Deno.readFile(new URL(path, SHAPED))) as Uint8Array<ArrayBuffer>);
  });
  const base = `http://127.0.0.1:${server.addr.port}`;
  const entry: RegistryEntry = {
    ...FOREIGN_DEFAULTS,
    name: "shaped",
    latentScale: 0.13025,
    homepage: base,
    onnx: { encoder: `${base}/encoder.onnx`, decoder: `${base}/decoder.onnx` },
  };
  return { entry, requests, [Symbol.asyncDispose]: () => server.shutdown() };
}

const storeIn = (folder: string) => new ModelStore(parseConfig("", `${folder}/vaerans.toml`));

Deno.test("every known model has a licence, a home, and either nets or weights with a script", async () => {
  for (const { name, licence, homepage, onnx, weights } of REGISTRY) {
    assertEquals([name !== "", licence !== "unknown", homepage.startsWith("https://")], [true, true, true]);
    assertEquals((onnx === undefined) !== (weights === undefined), true);
    if (weights) await Deno.stat(new URL(`../../${weights.script}`, import.meta.url));
  }
});

Deno.test("a pulled model is a folder like any other, and its hashes are held from then on", async () => {
  await using served = serve();
  await withFolder(async (folder) => {
    const store = storeIn(folder);
    await assertRejects(
      () => resolveModel("sdxl-vae", EMPTY_CONFIG, store),
      ModelError,
      "models pull sdxl-vae",
    );
    assertEquals(await pullModel(served.entry, store), true);
    assertEquals(await store.names(), ["shaped"]);
    const path = await resolveModel("shaped", EMPTY_CONFIG, store);
    assertEquals((await loadModel(path)).latentScale, 0.13025);
    const lock = JSON.parse(await Deno.readTextFile(`${folder}/vaerans.lock`));
    assertEquals(Object.keys(lock.files), ["shaped/decoder.onnx", "shaped/encoder.onnx"]);
    assertEquals(
      lock.files["shaped/encoder.onnx"].byteLength,
      (await Deno.stat(new URL("encoder.onnx", SHAPED))).size,
    );

    await pullModel(served.entry, store);
    assertEquals(served.requests, ["encoder.onnx", "decoder.onnx"]); // what is there is not fetched again
  });
});

Deno.test("a pull refuses a file that is not the one it once saw, and leaves it out", async () => {
  await using changed = serve((path, bytes) => path === "decoder.onnx" ? bytes.with(9, bytes[9] ^ 1) : bytes);
  await using served = serve();
  await withFolder(async (folder) => {
    const store = storeIn(folder);
    await pullModel(served.entry, store);
    await Deno.remove(store.pathOf("shaped"), { recursive: true });
    const error = await assertRejects(
      () => pullModel(changed.entry, store),
      ModelError,
      "shaped/decoder.onnx",
    );
    assertEquals(error.code, "lock-mismatch");
    assertEquals([...Deno.readDirSync(store.pathOf("shaped"))].map(({ name }) => name), ["encoder.onnx"]);
    assertEquals(await store.has("shaped"), false);
    // The right file put there by hand is taken.
    await Deno.copyFile(new URL("decoder.onnx", SHAPED), `${store.pathOf("shaped")}/decoder.onnx`);
    assertEquals(await pullModel(changed.entry, store), true);
  });
});

Deno.test("a model of which only weights are published is ready once they are converted", async () => {
  await using served = serve();
  await withFolder(async (folder) => {
    const { onnx, ...rest } = served.entry;
    const entry = { ...rest, weights: { ...onnx!, script: "convert.py" } };
    const store = storeIn(folder);
    assertEquals(await pullModel(entry, store), false);
    assertEquals(await store.has("shaped"), false);
    for (const net of ["encoder", "decoder"]) {
      await Deno.copyFile(new URL(`${net}.onnx`, SHAPED), `${store.pathOf("shaped")}/${net}.onnx`);
    }
    assertEquals(await pullModel(entry, store), true);
    assertEquals(await store.has("shaped"), true);
  });
});

Deno.test("a damaged lock is refused by name", async () => {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/vaerans.lock`, "{");
    const error = await assertRejects(
      () => pullModel(REGISTRY[0], storeIn(folder)),
      ModelError,
      "vaerans.lock",
    );
    assertEquals(error.code, "lock-damaged");
  });
});

const CONFIG = (folder: string) => `
[models.shaped]
encoder = "${SHAPED.pathname}encoder.onnx"
decoder = "${folder}/decoder.onnx"
latent_scale = 0.13025
`;

Deno.test("a VAE of SDXL's shape, named in a configuration, compresses and decompresses", async () => {
  await withFolder(async (folder) => {
    await Deno.copyFile(new URL("decoder.onnx", SHAPED), `${folder}/decoder.onnx`);
    await Deno.writeTextFile(`${folder}/vaerans.toml`, CONFIG(folder));
    const config = parseConfig(CONFIG(folder), `${folder}/vaerans.toml`);
    const model = await resolveModel("shaped", config, new ModelStore(config));
    assertEquals(model, `${folder}/vaerans.toml#shaped`);
    const picture = syntheticPicture(50, 37);
    const coarse = await compress(picture, { quality: 20, model });
    const fine = await compress(picture, { quality: 95, model });
    assertEquals(coarse.length < fine.length, true);
    const decoded = await decompress(fine, { model });
    assertEquals([decoded.width, decoded.height], [50, 37]);
    await assertRejects(() => decompress(fine), ModelError, "shaped");

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
    assertEquals([result.model, written.size], ["shaped", 1]);
  });
});

Deno.test("a net that takes one picture at a time gets a batch one by one", async () => {
  await withFolder(async (folder) => {
    await Deno.copyFile(new URL("decoder.onnx", SHAPED), `${folder}/decoder.onnx`);
    await Deno.writeTextFile(`${folder}/vaerans.toml`, CONFIG(folder));
    const model = await loadModel(`${folder}/vaerans.toml#shaped`);
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

Deno.test("a decoder that undoes the scale itself gets the latent as it is coded", async () => {
  await withFolder(async (folder) => {
    await Deno.copyFile(new URL("decoder.onnx", SHAPED), `${folder}/decoder.onnx`);
    const text = `${CONFIG(folder)}\n[models.scaled]\n${CONFIG(folder).split("\n").slice(2).join("\n")}` +
      "decoder_expects_scaled_latent = true\n";
    await Deno.writeTextFile(`${folder}/vaerans.toml`, text);
    const plain = await loadModel(`${folder}/vaerans.toml#shaped`);
    const scaled = await loadModel(`${folder}/vaerans.toml#scaled`);
    const values = Float32Array.from({ length: 4 * 2 * 2 }, (_, i) => Math.cos(i) * 4);
    const a = await plain.decode({
      values: values.map((value) => Math.fround(value * 0.13025)),
      shape: [1, 4, 2, 2],
    }, new Float32Array(1));
    const b = await scaled.decode({ values, shape: [1, 4, 2, 2] }, new Float32Array(1));
    assertEquals(a.values, b.values);
    assertStringIncludes(plain.fingerprint === scaled.fingerprint ? "same" : "different", "different");
  });
});
