import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { compress, decodePicture, encodePicture } from "../../mod.ts";
import { syntheticPicture } from "../../src/cli/synthetic_picture.ts";
import { withFolder } from "../with_folder.ts";

const ROOT = new URL("../../", import.meta.url), HERE = new URL(".", import.meta.url);

/** Runs a program in a folder; throws with its error output if it fails. */
async function run(cwd: string, program: string, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(program, { args: [...args], cwd }).output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  assertEquals(code, 0, `${program} ${args.join(" ")}: ${err}`);
  return out;
}

async function hasProgram(name: string): Promise<boolean> {
  try {
    return (await new Deno.Command(name, { args: ["--version"] }).output()).success;
  } catch {
    return false;
  }
}

/** A project of its own, in which the package is installed from its tarball. */
async function withInstalled(work: (folder: string) => Promise<void>): Promise<void> {
  await run(ROOT.pathname, Deno.execPath(), "task", "--quiet", "npm");
  const { version } = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  await withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/package.json`, '{ "private": true, "type": "module" }');
    const tarball = new URL(`dist/vaerans-${version}.tgz`, ROOT).pathname;
    await run(folder, "npm", "install", "--no-audit", "--no-fund", "--prefer-offline", tarball);
    for (const name of ["decode_golden.mjs", "compress_both.mjs"]) {
      await Deno.copyFile(new URL(name, HERE), `${folder}/${name}`);
    }
    await work(folder);
  });
}

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

const hasNode = await hasProgram("node") && await hasProgram("npm");

Deno.test({
  name:
    "the npm package, installed, decodes the golden files to the same pixels and compresses to the same bytes in Node",
  ignore: !hasNode && Deno.env.get("CI") === undefined,
  fn: async () => {
    const records: { [name: string]: { samples: string } } = JSON.parse(
      await Deno.readTextFile(new URL("tests/golden/golden.json", ROOT)),
    );
    const golden = Object.fromEntries(Object.entries(records).map(([name, { samples }]) => [name, samples]));
    await withInstalled(async (folder) => {
      const installed = await Array.fromAsync(Deno.readDir(`${folder}/node_modules`), ({ name }) => name);
      assertEquals(installed.filter((name) => /onnx|vega|nats/.test(name)), []);
      const runtimes = ["node", ...await hasProgram("bun") ? ["bun"] : []];
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
