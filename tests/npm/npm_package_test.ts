import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { decodePicture, encodePicture } from "../../mod.ts";
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
