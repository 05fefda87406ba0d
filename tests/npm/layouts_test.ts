import { assertEquals, assertStringIncludes } from "@std/assert";
import { NPM_TEST, run, withProject } from "./npm_project.ts";

/** Codes in threads and with a library, inside a thread of Node where it is told to. */
const PROGRAM = `
  import { isMainThread, parentPort, Worker } from "node:worker_threads";
  import { compress, decodePicture, decompress, encodePicture } from "@vaerans/vaerans";

  const data = Uint8ClampedArray.from({ length: 4 * 300 * 300 }, (_, i) => i % 4 === 3 ? 255 : (i >> 4) % 256);
  async function trip() {
    const file = await compress({ data, width: 300, height: 300 }, { quality: 40, tileSide: 128, workers: 2 });
    const decoded = await decompress(file, { workers: 2 });
    const { bytes } = await encodePicture(decoded, "jpeg");
    return (await decodePicture(bytes, { deadlineMilliseconds: 60000 })).width;
  }
  if (!isMainThread) parentPort.postMessage(await trip());
  else if (process.argv[2] !== "thread") console.log(await trip());
  else {
    const worker = new Worker(new URL(import.meta.url));
    worker.on("message", (width) => {
      console.log(width);
      worker.terminate();
    });
  }`;

Deno.test({
  ...NPM_TEST,
  name: "the npm package works in a thread of Node, installed by pnpm, and installed for all projects",
  fn: async (t) => {
    await withProject(["pnpm@10"], async (folder) => {
      const installed = JSON.parse(await Deno.readTextFile(`${folder}/package.json`)).dependencies;
      const tarball = new URL(
        installed["@vaerans/vaerans"].slice("file:".length),
        new URL(`${folder}/`, "file:"),
      ).pathname;
      await Deno.writeTextFile(`${folder}/program.mjs`, PROGRAM);
      await t.step("in a thread that was not started by the package", async () => {
        assertEquals(await run(folder, "node", "program.mjs", "thread"), "300\n");
      });
      await t.step("by pnpm, which keeps dependencies apart", async () => {
        const other = `${folder}/other`;
        await Deno.mkdir(other);
        await Deno.writeTextFile(`${other}/package.json`, '{ "private": true, "type": "module" }');
        await Deno.copyFile(`${folder}/program.mjs`, `${other}/program.mjs`);
        const pnpm = `${folder}/node_modules/pnpm/bin/pnpm.cjs`;
        await run(other, "node", pnpm, "add", "--prefer-offline", "--ignore-workspace", tarball);
        assertEquals(
          await Array.fromAsync(Deno.readDir(`${other}/node_modules/@jsquash`)).catch(() => []),
          [],
        );
        assertEquals(await run(other, "node", "program.mjs"), "300\n");
      });
      await t.step("for all projects, by npm install --global", async () => {
        const options = [
          "--global",
          "--prefix",
          `${folder}/all`,
          "--no-audit",
          "--no-fund",
          "--prefer-offline",
        ];
        await run(folder, "npm", "install", ...options, tarball);
        assertStringIncludes(await run(folder, `${folder}/all/bin/vaerans`, "--version"), "Node");
      });
    });
  },
});
