import { assert, assertEquals, assertMatch } from "@std/assert";
import { BROWSER_TEST } from "../web/web_site.ts";
import { FORMATS, inPage, TRIPS } from "./bundled_page.ts";
import { fixture } from "../fixtures/fixture.ts";
import { NPM_TEST, ROOT, run, withProject } from "./npm_project.ts";

/** Blocks of the recipe in docs/WEB.md, by the first words of their first lines. */
async function recipe(): Promise<(start: string) => string> {
  const page = await Deno.readTextFile(new URL("docs/WEB.md", ROOT));
  const section = page.split(/^(?=## )/m).find((text) => text.startsWith("## Other bundlers\n"))!;
  const blocks = [...section.matchAll(/^```\w+\n(?:\/\/|#) (.*?)```$/gms)].map(([, text]) => text);
  return (start) => {
    const block = blocks.find((text) => text.startsWith(start));
    if (!block) throw new Error(`docs/WEB.md has no block ${start}`);
    return block.slice(block.indexOf("\n") + 1);
  };
}

Deno.test({
  ...NPM_TEST,
  name: "esbuild and Rollup bundle the root by the recipe of docs/WEB.md, and the libraries load",
  ignore: NPM_TEST.ignore || BROWSER_TEST.ignore,
  fn: async (t) => {
    const block = await recipe();
    await withProject(["esbuild", "rollup@4", "@rollup/plugin-node-resolve@16"], async (folder) => {
      await Deno.writeTextFile(`${folder}/page.js`, block("page.js") + TRIPS);
      await Deno.writeTextFile(`${folder}/rollup.config.mjs`, block("rollup.config.mjs"));
      const deep = Array.from(await fixture("deep_rgb.jxl"));
      const bundlers = [["esbuild", block("esbuild")], ["Rollup", "npx rollup -c rollup.config.mjs"]];
      for (const [name, build] of bundlers) {
        await t.step(`${name}: the error names the file that is missing`, async () => {
          await run(folder, "sh", "-ec", build);
          await inPage(folder, async (page) => {
            assertMatch(
              String(await page.evaluate('libraryTrip("jpeg")')),
              /^Cannot load the JPEG library: its mozjpeg_enc\.wasm must .* Serve mozjpeg_enc\.wasm .* beside/,
            );
          });
        });
        await t.step(`${name}: all formats and the models load`, async () => {
          await run(folder, "sh", "-ec", block("files"));
          await inPage(folder, async (page) => {
            for (const format of FORMATS) {
              assertEquals(await page.evaluate(`libraryTrip("${format}")`), `${format} 96×96`);
            }
            const count = Number(await page.evaluate(`deepTrip([${deep}])`));
            assert(count > 0);
            assertEquals(await page.evaluate("vaerTrip()"), 4 * 96 * 96, page.complaints.join("\n"));
            assertEquals(page.complaints, []);
          });
        });
        await Deno.remove(`${folder}/static`, { recursive: true });
      }
    });
  },
});

Deno.test({
  ...NPM_TEST,
  name: "a bundle for Node finds the libraries' files in its folder where the packages are not installed",
  fn: async () => {
    await withProject(["esbuild"], async (folder) => {
      const program = `import { decodePicture } from "@vaerans/vaerans";\n${TRIPS}
        for (const format of ${JSON.stringify(FORMATS)}) console.log(await libraryTrip(format));`;
      await Deno.writeTextFile(
        `${folder}/program.mjs`,
        program.replace("globalThis.vaerTrip", "const unused"),
      );
      const elsewhere = `${folder}/elsewhere`, bundle = `${elsewhere}/program.mjs`;
      const options = ["--bundle", "--platform=node", "--format=esm", `--outfile=${bundle}`];
      await run(folder, "npx", "esbuild", "program.mjs", ...options);
      await Deno.rename(`${folder}/node_modules`, `${folder}/kept`);
      assertMatch(
        await run(elsewhere, "node", bundle),
        /^Cannot load the JPEG library: .* or copy mozjpeg_enc/,
      );
      await run(
        folder,
        "sh",
        "-ec",
        "cp kept/@jsquash/*/codec/*/*.wasm kept/jxl-oxide-wasm/*.wasm elsewhere/",
      );
      const expected = FORMATS.map((format) => `${format} 96×96\n`).join("");
      assertEquals(await run(elsewhere, "node", bundle), expected);
    });
  },
});
