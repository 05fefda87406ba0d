import { assertEquals, assertMatch } from "@std/assert";
import { encodePng } from "../../src/image/mod.ts";
import { syntheticPicture } from "../../src/cli/synthetic_picture.ts";
import { withFolder } from "../with_folder.ts";
import { runInTerminal, terminalIsThere } from "./terminal.ts";

Deno.test({
  name: "on a real terminal a batch draws one bar, in colour unless NO_COLOR is set",
  ignore: !terminalIsThere,
  fn: async () => {
    await withFolder(async (folder) => {
      for (const name of ["a", "b", "c"]) {
        await Deno.writeFile(`${folder}/${name}.png`, await encodePng(syntheticPicture(64, 48)));
      }
      for (const noColour of [false, true]) {
        const env: Record<string, string> = noColour ? { NO_COLOR: "1" } : {};
        const { code, text } = await runInTerminal(["compress", folder, "-f", "-j", "1"], folder, env);
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
