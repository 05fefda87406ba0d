import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { compress, decodePicture, encodePicture } from "../../mod.ts";
import { syntheticPicture } from "../../src/cli/synthetic_picture.ts";
import { NPM_TEST, ROOT, run, runs, withProject } from "./npm_project.ts";

const HERE = new URL(".", import.meta.url);

/** The files that this runtime gives for the pictures of `compress_both.mjs`. */
async function ownHashes(): Promise<string[]> {
  const width = 96, height = 64;
  const data = Uint8ClampedArray.from(
    { length: 4 * width * height },
    (_, i) => i % 4 === 3 ? 255 : (i * i >> 7) % 256,
  );
  const hashes = [];
  for (const options of [{ quality: 60 }, { quality: 60, tileSide: 64, workers: 2 }, { lossless: true }]) {
    const file = await compress({ data, width, height }, options as { quality: number });
    hashes.push(new Uint8Array(await crypto.subtle.digest("SHA-256", file as BufferSource)).toHex());
  }
  return hashes;
}

Deno.test({
  ...NPM_TEST,
  name:
    "the npm package, installed, decodes the golden files to the same pixels and compresses to the same bytes in Node",
  fn: async () => {
    const records: { [name: string]: { samples: string } } = JSON.parse(
      await Deno.readTextFile(new URL("tests/golden/golden.json", ROOT)),
    );
    const golden = Object.fromEntries(Object.entries(records).map(([name, { samples }]) => [name, samples]));
    await withProject([], async (folder) => {
      for (const name of ["decode_golden.mjs", "compress_both.mjs"]) {
        await Deno.copyFile(new URL(name, HERE), `${folder}/${name}`);
      }
      const installed = await Array.fromAsync(Deno.readDir(`${folder}/node_modules`), ({ name }) => name);
      assertEquals(installed.filter((name) => /onnx|vega|nats/.test(name)), []);
      const runtimes = ["node", ...await runs("bun") ? ["bun"] : []];
      for (const runtime of runtimes) {
        const goldenFolder = new URL("tests/golden", ROOT).pathname;
        assertEquals(
          JSON.parse(await run(folder, runtime, "decode_golden.mjs", goldenFolder)),
          golden,
          runtime,
        );
        assertEquals(JSON.parse(await run(folder, runtime, "compress_both.mjs")), await ownHashes(), runtime);
      }
      const jpeg = await encodePicture(syntheticPicture(70, 50), "jpeg");
      await Deno.writeFile(`${folder}/a.jpg`, jpeg.bytes);
      await run(folder, "npx", "vaerans", "compress", "a.jpg");
      assertStringIncludes(await run(folder, "npx", "vaerans", "inspect", "a.vaer"), "70×50");
      await run(folder, "npx", "vaerans", "decompress", "a.vaer", "-o", "b.png");
      const { width, height } = await decodePicture(await Deno.readFile(`${folder}/b.png`));
      assertEquals([width, height], [70, 50]);
      assert((await Deno.stat(`${folder}/a.vaer`)).size < jpeg.bytes.length);
    });
  },
});
