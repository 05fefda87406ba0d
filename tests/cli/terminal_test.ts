import { assertEquals, assertMatch } from "@std/assert";
import { encodePng } from "../../mod.ts";
import { syntheticPicture } from "../../src/cli/synthetic_picture.ts";
import { withFolder } from "../with_folder.ts";

/** Gives a command a terminal; part of every Debian. */
const SCRIPT = "/usr/bin/script";
const there = await Deno.stat(SCRIPT).then(({ isFile }) => isFile, () => false);
const MAIN = new URL("../../src/cli/main.ts", import.meta.url).pathname;

Deno.test({
  name: "on a real terminal a batch draws one bar, in colour unless NO_COLOR is set",
  ignore: !there,
  fn: async () => {
    await withFolder(async (folder) => {
      for (const name of ["a", "b", "c"]) {
        await Deno.writeFile(`${folder}/${name}.png`, await encodePng(syntheticPicture(64, 48)));
      }
      for (const noColour of [false, true]) {
        const command = `${Deno.execPath()} run --quiet --no-prompt -R -W ${MAIN} compress ${folder} -f -j 1`;
        const env: Record<string, string> = {
          PATH: "/usr/bin:/bin",
          HOME: folder,
          ...(noColour && { NO_COLOR: "1" }),
        };
        const { code, stdout } = await new Deno.Command(SCRIPT, {
          args: ["-qec", command, "/dev/null"],
          clearEnv: true,
          env: { ...env, DENO_DIR: denoFolder() },
        }).output();
        const text = new TextDecoder().decode(stdout);
        assertEquals(code, 0, text);
        assertMatch(text, /compress .*[━╌].* \d\/3/);
        assertMatch(text, /3 done in/);
        assertEquals(text.includes("a.png → "), false); // no lines beside the bar
        // deno-lint-ignore no-control-regex
        assertEquals(/\x1b\[32m/.test(text), !noColour);
      }
    });
  },
});

/** Where this Deno keeps packages: the child must find them without this process's environment. */
function denoFolder(): string {
  const { stdout } = new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).outputSync();
  return JSON.parse(new TextDecoder().decode(stdout)).denoDir;
}
