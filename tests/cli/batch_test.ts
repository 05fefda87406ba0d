import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { decodePicture, encodePng, inspect } from "../../mod.ts";
import { syntheticPicture } from "../../src/cli/synthetic_picture.ts";
import { withFolder } from "../with_folder.ts";
import { cliCommand, runCli } from "./run_cli.ts";

const small = await encodePng(syntheticPicture(40, 30));

async function filesIn(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) found.push(...(await filesIn(`${folder}/${name}`)).map((inner) => `${name}/${inner}`));
    else found.push(name);
  }
  return found.sort();
}

Deno.test("compress and decompress take folders, keep their structure, and go on after a bad file", async () => {
  await withFolder(async (folder) => {
    await Deno.mkdir(`${folder}/in/sub/deep`, { recursive: true });
    for (const name of ["a.png", "sub/b.png", "sub/deep/c"]) {
      await Deno.writeFile(`${folder}/in/${name}`, small);
    }
    await Deno.writeFile(`${folder}/in/cut.png`, small.subarray(0, 99));
    await Deno.writeTextFile(`${folder}/in/notes.txt`, "not meant");

    const first = await runCli(["compress", `${folder}/in`, "-d", `${folder}/out`, "-q", "20", "-j", "2"]);
    assertEquals(first.code, 1);
    assertMatch(first.out, /^3 done, 1 failed in .* s: .* → .*\n$/);
    assertMatch(first.err, /cut\.png: .*damaged/);
    assertEquals(first.err.match(/ → /g)?.length, 3);
    assertEquals(await filesIn(`${folder}/out`), ["a.vaer", "sub/b.vaer", "sub/deep/c.vaer"]);

    await Deno.remove(`${folder}/in/cut.png`);
    const again = await runCli(["compress", `${folder}/in`, "-d", `${folder}/out`, "-q", "20"]);
    assertEquals([again.code, again.err], [0, ""]);
    assertMatch(again.out, /^0 done, 3 up to date/);

    const finer = await runCli(
      ["compress", `${folder}/in/**/*.png`, "-d", `${folder}/out`, "-q", "60", "--json"],
    );
    assertEquals([finer.code, finer.err], [0, ""]);
    const rows = finer.out.trim().split("\n").map((line) => JSON.parse(line));
    assertEquals(rows.map(({ status }) => status), ["done", "done", undefined]);
    assertEquals([rows[2].summary.done, rows[2].summary.failed], [2, 0]);
    assertEquals(inspect(await Deno.readFile(`${folder}/out/sub/b.vaer`)).quality, 60);

    const back = await runCli(["decompress", `${folder}/out`, "-d", `${folder}/back`, "--quiet"]);
    assertEquals([back.code, back.err], [0, ""]);
    assertEquals(await filesIn(`${folder}/back`), ["a.png", "sub/b.png", "sub/deep/c.png"]);
    assertEquals((await decodePicture(await Deno.readFile(`${folder}/back/sub/b.png`))).height, 30);
  });
});

Deno.test("a batch never replaces an original, and tells of what is missing", async () => {
  await withFolder(async (folder) => {
    await Deno.writeFile(`${folder}/a.png`, small);
    const past = new Date(Date.now() - 60_000);
    await Deno.utime(`${folder}/a.png`, past, past);
    assertEquals((await runCli(["compress", folder])).code, 0);
    const back = await runCli(["decompress", folder, `${folder}/none.vaer`]);
    assertEquals(back.code, 1);
    assertMatch(back.out, /^0 done, 2 failed/);
    assertStringIncludes(back.err, "older");
    assertStringIncludes(back.err, "none.vaer: there is no such file");
    assertEquals(await Deno.readFile(`${folder}/a.png`), small);
    const empty = await runCli(["decompress", folder, "-d", `${folder}/a.png`]);
    assertEquals(empty.code, 1);
    assertEquals(
      (await runCli(["compress", import.meta.dirname!])).err.includes("there are no pictures"),
      true,
    );
  });
});

Deno.test("Ctrl-C leaves whole files only, and a second run does the rest", async () => {
  await withFolder(async (folder) => {
    const picture = await encodePng(syntheticPicture(320, 240));
    for (let i = 0; i < 12; i++) await Deno.writeFile(`${folder}/${i}.png`, picture);
    const args = ["compress", folder, "-d", `${folder}/out`, "-q", "30", "-j", "2"];
    for (const presses of [1, 2]) {
      const child = cliCommand(args).spawn();
      const decoder = new TextDecoder();
      let err = "", pressed = false;
      for await (const chunk of child.stderr) {
        err += decoder.decode(chunk);
        if (pressed || !err.includes(" → ")) continue;
        pressed = true;
        for (let i = 0; i < presses; i++) {
          child.kill("SIGINT");
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
      }
      const out = await new Response(child.stdout).text();
      assertEquals((await child.status).code, 130, err);
      assertMatch(out, / left in /);
      const files = await filesIn(`${folder}/out`);
      assertEquals(files.length > 0 && files.length < 12, true, files.join());
      for (const file of files) inspect(await Deno.readFile(`${folder}/out/${file}`));
    }
    assertEquals((await runCli(args)).code, 0);
    assertEquals((await filesIn(`${folder}/out`)).length, 12);
  });
});
