import { assertEquals, assertMatch } from "@std/assert";
import { decompress } from "../../mod.ts";
import { gpu } from "../gpu.ts";
import { farmAt, farmTest, runFarm, textOf, withServerIn, writePicture } from "./farm_cli.ts";

farmTest("work --device gpu does several jobs at a time on one device", async (folder) => {
  if (gpu === undefined) return;
  await withServerIn(folder, "", async (server) => {
    await Deno.mkdir(`${folder}/in`);
    for (const name of ["a", "b", "c"]) await writePicture(`${folder}/in/${name}.png`, 48, 32);
    await Deno.writeTextFile(`${folder}/in/poison.png`, "no picture");
    await runFarm(server, "submit", `${folder}/in`, "-d", `${folder}/out`, "-q", "40");
    const args = ["work", "--device", "gpu", "-j", "3", "--until-empty"];
    const { code, out, err } = textOf(await farmAt(server.url, args).output());
    assertEquals(code, 0, err);
    assertMatch(out, /^3 done, 1 failed/);
    const files = ["a", "b", "c"].map((name) => Deno.readFileSync(`${folder}/out/${name}.vaer`));
    assertEquals(files[1], files[0]);
    assertEquals((await decompress(files[2])).width, 48);
  });
});
