import { assertEquals, assertStringIncludes } from "@std/assert";
import { withFolder } from "../with_folder.ts";

const MAIN = new URL("../../src/cli/main.ts", import.meta.url).pathname;
const GOLDEN = new URL("../golden/vaerans-8.vaer", import.meta.url).pathname;

Deno.test("deno install -g makes the command vaerans, which runs in any folder", async () => {
  await withFolder(async (folder) => {
    const run = async (program: string, ...args: string[]) => {
      const { code, stdout, stderr } = await new Deno.Command(program, {
        args,
        cwd: folder,
        env: { PATH: `${Deno.execPath().replace(/\/[^/]*$/, "")}:/usr/bin:/bin` },
      }).output();
      assertEquals(code, 0, new TextDecoder().decode(stderr));
      return new TextDecoder().decode(stdout);
    };
    await run(Deno.execPath(), "install", "-g", "--root", folder, "-n", "vaerans", "-R", "-W", MAIN);
    await run(`${folder}/bin/vaerans`, "decompress", GOLDEN, "-o", "a.png");
    await run(`${folder}/bin/vaerans`, "compress", "a.png", "-q", "30");
    assertStringIncludes(await run(`${folder}/bin/vaerans`, "inspect", "a.vaer"), "84×70 pixels");
  });
});
