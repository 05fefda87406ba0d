import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { compress, decodePicture, encodePicture } from "../../mod.ts";
import { syntheticPicture } from "../../src/cli/synthetic_picture.ts";
import { deepPicture } from "../fixtures/deep_jxl.ts";
import { fixture } from "../fixtures/fixture.ts";
import { NPM_TEST, run, withProject } from "./npm_project.ts";

Deno.test({
  ...NPM_TEST,
  name: "the npm package, installed, has the command vaerans and no package for servers or GPUs",
  fn: async () => {
    await withProject([], async (folder) => {
      const installed = await Array.fromAsync(Deno.readDir(`${folder}/node_modules`), ({ name }) => name);
      assertEquals(installed.filter((name) => /onnx|vega|nats/.test(name)), []);
      const jpeg = await encodePicture(syntheticPicture(70, 50), "jpeg");
      await Deno.writeFile(`${folder}/a.jpg`, jpeg.bytes);
      await run(folder, "npx", "vaerans", "compress", "a.jpg");
      assertStringIncludes(await run(folder, "npx", "vaerans", "inspect", "a.vaer"), "70×50");
      await run(folder, "npx", "vaerans", "decompress", "a.vaer", "-o", "b.png");
      const { width, height } = await decodePicture(await Deno.readFile(`${folder}/b.png`));
      assertEquals([width, height], [70, 50]);
      assert((await Deno.stat(`${folder}/a.vaer`)).size < jpeg.bytes.length);
      await Deno.writeFile(`${folder}/deep.jxl`, await fixture("deep_rgb.jxl"));
      await run(folder, "npx", "vaerans", "compress", "--lossless", "deep.jxl");
      await run(folder, "npx", "vaerans", "decompress", "deep.vaer", "-o", "deep.png");
      const deep = await Deno.readFile(`${folder}/deep.png`);
      assertEquals(await decodePicture(deep, { keepDepth: true }), deepPicture(3));
    });
  },
});

Deno.test({
  ...NPM_TEST,
  name:
    "the command of the npm package works on folders as Deno's does: twice, with another quality, and over a foreign file",
  fn: async () => {
    await withProject([], async (folder) => {
      await Deno.mkdir(`${folder}/photos/sub`, { recursive: true });
      const sources = ["a.png", "sub/b.png"], targets = ["a.vaer", "sub/b.vaer"];
      for (const [i, name] of sources.entries()) {
        const { bytes } = await encodePicture(syntheticPicture(70 + i, 50), "png");
        await Deno.writeFile(`${folder}/photos/${name}`, bytes);
      }
      const environment = { XDG_CACHE_HOME: `${folder}/cache` };
      const batch = async (...options: readonly string[]) => {
        const { code, stdout, stderr } = await new Deno.Command("npx", {
          args: ["vaerans", "compress", "photos/", "-d", "small/", ...options],
          cwd: folder,
          env: environment,
        }).output();
        return { code, text: new TextDecoder().decode(stderr) + new TextDecoder().decode(stdout) };
      };
      const files = () => Promise.all(targets.map((name) => Deno.readFile(`${folder}/small/${name}`)));

      const first = await batch("-q", "40");
      assertEquals(first.code, 0, first.text);
      assertStringIncludes(first.text, "2 done");
      const written = await files();
      const expected = await Promise.all(
        sources.map(async (name) =>
          await compress(await decodePicture(await Deno.readFile(`${folder}/photos/${name}`)), {
            quality: 40,
          })
        ),
      );
      assertEquals(written, expected);

      const second = await batch("-q", "40");
      assertEquals(second.code, 0, second.text);
      assertStringIncludes(second.text, "2 up to date");

      const finer = await batch("-q", "70");
      assertEquals(finer.code, 0, finer.text);
      assert((await files()).every(({ length }, i) => length > written[i].length), finer.text);

      await Deno.writeFile(`${folder}/small/a.vaer`, written[1]);
      const foreign = await batch("-q", "30");
      assertEquals(foreign.code, 1, foreign.text);
      assertEquals((await files())[0], written[1]);
    });
  },
});
