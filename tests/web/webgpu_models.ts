/**
 * Compresses and decompresses with models on WebGPU in Chromium (SwiftShader), compares with the CPU, and takes onnxruntime's
 * WebAssembly away: `deno task webgpu-models`. It needs Chromium, and takes two minutes.
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { findChromium, Page } from "../eval/chromium.ts";
import { withHashSite } from "../runtimes/expected.ts";
import { withFolder } from "../with_folder.ts";
import { denoOutput } from "../run_deno.ts";

const WASM = "ort-wasm-simd-threaded.asyncify.wasm";
const FLAGS = ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"];

interface Results {
  readonly vendor: string;
  readonly results: readonly {
    readonly model: string;
    readonly decoding: number;
    readonly encoding: number;
    readonly bytes: readonly [cpu: number, gpu: number];
    readonly seconds: number;
  }[];
}

interface WithoutAsset {
  readonly error?: { readonly code: string; readonly message: string };
  readonly red: number;
}

const chromium = findChromium();
if (chromium === undefined) throw new Error("There is no Chromium: apt-get install chromium");
await withFolder(async (folder) => {
  await bundle(folder);
  await withHashSite(folder, async (address) => {
    const page = await Page.open(chromium, `${folder}/profile`, address, undefined, FLAGS);
    try {
      const { vendor, results } = await page.evaluate("results()") as Results;
      console.log(JSON.stringify({ vendor, results }, null, 1));
      assertEquals(vendor, "google"); // SwiftShader
      for (const { model, decoding, encoding, bytes } of results) {
        assert(decoding < 0.1, `${model}: decoders differ by ${decoding} on average`);
        assert(encoding < 1, `${model}: decoded files differ by ${encoding} on average`);
        assert(Math.abs(bytes[1] / bytes[0] - 1) < 0.02, `${model}: ${bytes} bytes`);
      }
    } finally {
      await page.close();
    }
    // A new process: the one before has loaded the file.
    const other = await Page.open(chromium, `${folder}/other-profile`, address, undefined, FLAGS);
    try {
      const { error, red } = await other.evaluate("withoutAsset()") as WithoutAsset;
      assertEquals(error?.code, "onnxruntime-unavailable");
      assertMatch(error!.message, new RegExp(`nothing/${WASM} cannot be read: status 404`));
      assert(Math.abs(red - 200) <= 4, `${red}`);
    } finally {
      await other.close();
    }
  });
});
console.log(
  "models run on WebGPU in Chromium; without onnxruntime's WebAssembly there is an error, and auto decodes",
);

async function bundle(folder: string): Promise<void> {
  const page = new URL("../runtimes/webgpu_models_page.mjs", import.meta.url).pathname;
  await denoOutput("bundle --quiet --platform=browser --output", [`${folder}/browser_page.js`, page]);
  await Deno.mkdir(`${folder}/onnxruntime`);
  const wasm = new URL(WASM, import.meta.resolve("onnxruntime-web/webgpu"));
  await Deno.copyFile(wasm, `${folder}/onnxruntime/${WASM}`);
}
