import { assertEquals, assertStringIncludes } from "@std/assert";
import { BROWSER_TEST } from "../web/web_site.ts";
import { FORMATS, inPage, TRIPS } from "./bundled_page.ts";
import { NPM_TEST, run, withProject } from "./npm_project.ts";

const PAGE = `import { compress, decodePicture, setAssetUrls } from "@vaerans/vaerans";
  import * as image from "@vaerans/vaerans/image";
  import * as decode from "@vaerans/vaerans/decode";
  import * as encode from "@vaerans/vaerans/encode";
  import * as placeholder from "@vaerans/vaerans/placeholder";

  globalThis.entries = [decode, encode, image, placeholder].map((entry) => Object.keys(entry).length);
  setAssetUrls({ models: "static/models/" });${TRIPS}`;
const PROGRAM = `import { compress, decodePicture } from "@vaerans/vaerans";${TRIPS}
  for (const format of ${JSON.stringify(FORMATS)}) console.log(await libraryTrip(format));`;

Deno.test({
  name: "webpack bundles all entry points that pages import, without a warning, for browsers and for Node",
  ...NPM_TEST,
  fn: async (t) => {
    await withProject(["webpack@5.113.0", "webpack-cli@6"], async (folder) => {
      await Deno.writeTextFile(`${folder}/page.mjs`, PAGE);
      await Deno.writeTextFile(`${folder}/program.mjs`, PROGRAM);
      const build = (entry: string, output: string, ...options: readonly string[]) =>
        run(folder, "npx", "webpack", "--mode", "development", "--entry", entry, "-o", output, ...options);

      await t.step("for browsers: no warning, and nothing of onnxruntime", async () => {
        const printed = await build("./page.mjs", "static", "--output-filename", "page.js");
        assertStringIncludes(printed, "compiled successfully");
        const names = await Array.fromAsync(Deno.readDir(`${folder}/static`), ({ name }) => name);
        const modules = names.filter((name) => /\.m?js$/.test(name));
        for (const name of modules) {
          const text = await Deno.readTextFile(`${folder}/static/${name}`);
          assertEquals(/^import |vaerans\/src\/onnxruntime\.js/.test(text), false, name); // copied, or bundled
        }
      });
      await t.step({
        ...BROWSER_TEST,
        name: "in Chromium all formats and the models load, and workers code",
        fn: async () => {
          await run(folder, "cp", "-r", "node_modules/@vaerans/vaerans/models", "static/");
          await inPage(folder, async (page) => {
            assertEquals((await page.evaluate("entries") as number[]).every((count) => count > 0), true);
            for (const format of FORMATS) {
              assertEquals(await page.evaluate(`libraryTrip("${format}")`), `${format} 96×96`);
            }
            assertEquals(await page.evaluate("vaerTrip()"), 4 * 96 * 96, page.complaints.join("\n"));
            assertEquals(page.complaints, []);
          });
        },
      });
      await t.step("in Node the bundle reads and writes all formats", async () => {
        const printed = await build(
          "./program.mjs",
          "node",
          "--target",
          "node",
          "--output-filename",
          "program.cjs",
        );
        assertStringIncludes(printed, "compiled successfully");
        const wasm = "node_modules/@jsquash/*/codec/*/*.wasm node_modules/jxl-oxide-wasm/*.wasm";
        await run(folder, "sh", "-ec", `cp ${wasm} node/`);
        const expected = FORMATS.map((format) => `${format} 96×96\n`).join("");
        assertEquals(await run(folder, "node", "node/program.cjs"), expected);
      });
    });
  },
});
