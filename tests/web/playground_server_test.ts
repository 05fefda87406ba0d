import { assertEquals } from "@std/assert";
import { isPlaygroundCurrent } from "../../src/web/mod.ts";
import { sourceFingerprint } from "../../src/web/source_fingerprint.ts";
import { withFolder } from "../with_folder.ts";

Deno.test("isPlaygroundCurrent() holds only for a folder with the fingerprint of the present sources", async () => {
  await withFolder(async (folder) => {
    const url = new URL(`file://${folder}/`), holds = () => isPlaygroundCurrent(url);
    assertEquals(await holds(), false);
    await Deno.writeTextFile(`${folder}/fingerprint.txt`, "0".repeat(64));
    assertEquals(await holds(), false);
    await Deno.writeTextFile(`${folder}/fingerprint.txt`, await sourceFingerprint());
    assertEquals(await holds(), true);
  });
});
