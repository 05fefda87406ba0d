import { assertAlmostEquals, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { compress, decompress } from "../../mod.ts";
import { loadModel } from "../../src/models/mod.ts";
import { ModelError } from "../../src/core/mod.ts";
import { syntheticPicture } from "../../src/cli/synthetic_picture.ts";
import { EMPTY_CONFIG, parseConfig } from "../../src/models/config.ts";
import { FOREIGN_DEFAULTS } from "../../src/models/foreign.ts";
import { REGISTRY, type RegistryEntry } from "../../src/models/registry.ts";
import { ModelStore, pullModel, resolveModel } from "../../src/models/store.ts";
import { randomFloats } from "../random.ts";
import { withFolder } from "../with_folder.ts";

const SHAPED = new URL("sdxl_shaped/", import.meta.url);
const TINY = new URL("taesd_shaped/", import.meta.url);

/** Serves the files of a model; what is asked for is counted. */
function serve(
  change: (path: string, bytes: Uint8Array) => Uint8Array = (_, bytes) => bytes,
  folder = SHAPED,
) {
  const requests: string[] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, async ({ url }) => {
    const path = new URL(url).pathname.slice(1);
    requests.push(path);
    return new Response(change(path, await Deno.readFile(new URL(path, folder))) as Uint8Array<ArrayBuffer>);
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

Deno.test("two processes that pull a model at once fetch each file once, and both have it", async () => {
  await using served = serve();
  await withFolder(async (folder) => {
    const program = `
      import { ModelStore, pullModel } from ${
      JSON.stringify(new URL("../../src/models/store.ts", import.meta.url).href)
    };
      import { parseConfig } from ${JSON.stringify(new URL("../../src/models/mod.ts", import.meta.url).href)};
      const store = new ModelStore(parseConfig("", ${JSON.stringify(`${folder}/vaerans.toml`)}));
      console.log(await pullModel(${JSON.stringify(served.entry)}, store));`;
    await Deno.writeTextFile(`${folder}/program.ts`, program);
    const config = new URL("../../deno.json", import.meta.url).pathname;
    const args = [
      "run",
      "-R",
      "-W",
      "--allow-net=127.0.0.1",
      "--no-check",
      "--config",
      config,
      `${folder}/program.ts`,
    ];
    const outputs = await Promise.all([1, 2].map(() => new Deno.Command(Deno.execPath(), { args }).output()));
    assertEquals(outputs.map(({ stdout }) => new TextDecoder().decode(stdout)), ["true\n", "true\n"]);
    assertEquals(served.requests, ["encoder.onnx", "decoder.onnx"]);
    const files = Object.values(JSON.parse(await Deno.readTextFile(`${folder}/vaerans.lock`)).files);
    assertEquals(files.length, 2);
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

Deno.test("a model of which only weights are published is ready once they are converted, and runs", async () => {
  await using served = serve(undefined, TINY);
  await withFolder(async (folder) => {
    const { weights, ...known } = REGISTRY.find(({ name }) => name === "taesdxl")!;
    const at = (net: string) => `${served.entry.homepage}/${net}.safetensors`;
    const entry = { ...known, weights: { ...weights!, encoder: at("encoder"), decoder: at("decoder") } };
    const store = storeIn(folder), path = store.pathOf(entry.name);
    assertEquals(await pullModel(entry, store), false);
    assertEquals(await store.has(entry.name), false);
    // What scripts/train/taesd_onnx.py makes of these weights.
    for (const net of ["encoder.onnx", "decoder.onnx"]) {
      await Deno.copyFile(new URL(net, TINY), `${path}/${net}`);
    }
    assertEquals(await pullModel(entry, store), true);
    assertEquals(served.requests, ["encoder.safetensors", "decoder.safetensors"]);

    const model = await resolveModel(entry.name, EMPTY_CONFIG, store), picture = syntheticPicture(50, 37);
    const coarse = await compress(picture, { model, quality: 20 });
    const fine = await compress(picture, { model, quality: 95 });
    assertEquals(coarse.length < fine.length, true);
    const { width, height } = await decompress(fine, { model });
    assertEquals([width, height], [50, 37]);

    // Its nets take batches.
    const net = await loadModel(model), one = randomFloats(3 * 16 * 24, 0.5, 1);
    const two = new Float32Array([...one, ...one.toReversed()]);
    const { values, shape } = await net.encode({ values: two, shape: [2, 3, 16, 24] });
    assertEquals(shape, [2, 4, 2, 3]);
    const alone = await net.encode({ values: one, shape: [1, 3, 16, 24] });
    alone.values.forEach((value, i) => assertAlmostEquals(values[i], value, 1e-5));
    assertNotEquals(values.slice(24), values.slice(0, 24));
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
