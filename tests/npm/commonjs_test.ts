import { assertEquals } from "@std/assert";
import { NPM_TEST, run, withProject } from "./npm_project.ts";

const TRIP = `
  const data = new Uint8ClampedArray(4 * 64 * 64).fill(200);
  compress({ data, width: 64, height: 64 }, { quality: 40 }).then(decompress).then(({ width }) => console.log(width, typeof require));`;

Deno.test({
  ...NPM_TEST,
  name: "programs in CommonJS require the package, in Node from 20.19 on, and in tsx",
  fn: async () => {
    await withProject(["tsx@4"], async (folder) => {
      await Deno.writeTextFile(`${folder}/package.json`, '{ "private": true }');
      const names = "{ compress, decompress }", from = '"@vaerans/vaerans"';
      await Deno.writeTextFile(`${folder}/program.ts`, `import ${names} from ${from};${TRIP}`);
      await Deno.writeTextFile(`${folder}/program.cjs`, `const ${names} = require(${from});${TRIP}`);
      assertEquals(await run(folder, "node", "node_modules/tsx/dist/cli.mjs", "program.ts"), "64 function\n");
      const [major, minor] = (await run(folder, "node", "-p", "process.versions.node")).split(".").map(
        Number,
      );
      if (major < 20 || major === 20 && minor < 19) return;
      assertEquals(await run(folder, "node", "--no-warnings", "program.cjs"), "64 function\n");
    });
  },
});
