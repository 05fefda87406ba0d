import { assertEquals, assertMatch } from "@std/assert";
import { compress, encodePicture } from "../../mod.ts";
import { syntheticPicture } from "../../src/cli/synthetic_picture.ts";
import { withFolder } from "../with_folder.ts";
import { runCli } from "./run_cli.ts";

Deno.test("placeholder prints one text for a .vaer file, a PNG and standard input", async () => {
  await withFolder(async (folder) => {
    const picture = syntheticPicture(60, 40), png = (await encodePicture(picture, "png")).bytes;
    await Deno.writeFile(`${folder}/a.vaer`, await compress(picture, { lossless: true }));
    await Deno.writeFile(`${folder}/a.png`, png);
    const { code, out, err } = await runCli(["placeholder", `${folder}/a.vaer`], { permissions: ["-R"] });
    assertEquals([code, err], [0, ""]);
    assertMatch(out, /^[\w+/]{20,64}\n$/);
    assertEquals((await runCli(["placeholder", `${folder}/a.png`], { permissions: ["-R"] })).out, out);
    assertEquals((await runCli(["placeholder", "-"], { permissions: ["-R"], stdin: png })).out, out);
    const json = await runCli(["placeholder", `${folder}/a.png`, "--json"], { permissions: ["-R"] });
    assertEquals(JSON.parse(json.out), { input: `${folder}/a.png`, placeholder: out.trim() });
  });
});

Deno.test("placeholder names a file that it cannot read, with exit code 1", async () => {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/a.png`, "no picture");
    for (const name of ["a.png", "missing.vaer"]) {
      const { code, out, err } = await runCli(["placeholder", `${folder}/${name}`], { permissions: ["-R"] });
      assertEquals([code, out], [1, ""]);
      assertMatch(err, new RegExp(`^vaerans: .*${name}`));
    }
  });
});
