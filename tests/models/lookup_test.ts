import { assertEquals } from "@std/assert";
import { placeOfName } from "../../src/models/lookup.ts";
import { copyModel } from "../model_copy.ts";
import { withFolder } from "../with_folder.ts";
import { denoOutput } from "../run_deno.ts";

const ROOT = new URL("../../", import.meta.url);

const CONFIG = `
[models.mine]
encoder = "${ROOT.pathname}models/vaerans-4/encoder.onnx"
decoder = "${ROOT.pathname}models/vaerans-4/decoder.onnx"
downsampling = 4
step_input = "step"

[memory]
arena_size = "3 MiB"
`;

const PROGRAM = `import { compress, decompress, inspect, World } from "${ROOT.pathname}mod.ts";
import { loadModel } from "${ROOT.pathname}src/models/mod.ts";

const side = 128, data = Uint8Array.from({ length: 4 * side * side }, (_, i) => i % 4 === 3 ? 255 : i % 251);
const picture = { data, width: side, height: side };
const told = {};
try {
  told.loaded = (await loadModel("mine")).name;
  const file = await compress(picture, { model: "mine", quality: 40, tileSide: 64, workers: 2 });
  told.model = inspect(file).model;
  // The file's own name for its model is found, in workers too.
  told.width = (await decompress(file, { workers: 2 })).width;
} catch (error) {
  told.code = error.code;
}
told.arenaBytes = (await World.open()).arena.stats().capacityBytes;
console.log(JSON.stringify(told));
`;

/** Runs the program in a folder, with a configuration there or elsewhere. */
async function run(folder: string, flags: readonly string[], env: Record<string, string> = {}) {
  const out = await denoOutput("run --quiet --no-prompt --no-check --config", [
    `${ROOT.pathname}deno.json`,
    ...flags,
    "main.ts",
  ], { cwd: folder, env: { ...env, NO_COLOR: "1" } });
  return JSON.parse(out);
}

const FOUND = { loaded: "mine", model: "mine", width: 128, arenaBytes: 3 * 2 ** 20 };
const NOT_FOUND = { code: "model-unknown", arenaBytes: 2 ** 29 };

Deno.test("names and arena size of vaerans.toml work in the API, from the current folder and from VAERANS_CONFIG", async () => {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/main.ts`, PROGRAM);
    assertEquals(await run(folder, ["-R"]), NOT_FOUND);
    await Deno.writeTextFile(`${folder}/vaerans.toml`, CONFIG);
    assertEquals(await run(folder, ["-R"]), FOUND);
    await Deno.rename(`${folder}/vaerans.toml`, `${folder}/other.toml`);
    const env = { VAERANS_CONFIG: "other.toml" };
    assertEquals(await run(folder, ["-R", "--allow-env=VAERANS_CONFIG,HOME"], env), FOUND);
    // Without the permission to read the variable it is as if it were not set.
    assertEquals(await run(folder, ["-R"], env), NOT_FOUND);
  });
});

Deno.test("a configuration that may not be read is skipped silently", async () => {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/main.ts`, PROGRAM);
    await Deno.writeTextFile(`${folder}/vaerans.toml`, CONFIG);
    assertEquals(await run(folder, [`-R=${ROOT.pathname}`]), NOT_FOUND);
  });
});

Deno.test("a path or an address is no name, so that a file's own name for its model is never opened as one", async () => {
  await withFolder(async (folder) => {
    await copyModel("vaerans-4", folder, () => ({ name: "mine" }));
    for (
      const name of [
        "..",
        ".",
        "",
        folder,
        `${folder}/`,
        `../${folder}`,
        `file://${folder}/`,
        "a/b",
        "a\\b",
        "x.toml#mine",
      ]
    ) {
      assertEquals(await placeOfName(name), undefined, name);
    }
  });
});
