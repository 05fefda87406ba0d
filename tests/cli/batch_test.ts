import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { compress, decodePicture, inspect } from "../../mod.ts";
import { encodePng } from "../../src/image/mod.ts";
import { syntheticPicture } from "../../src/cli/synthetic_picture.ts";
import { encode, gradient } from "../image/synthetic.ts";
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
    assertMatch(first.out, /^3 done, 1 skipped as other files, 1 failed in .* s: .* → .*\n$/);
    assertMatch(first.err, /cut\.png: .*damage/);
    assertEquals(first.err.match(/ → /g)?.length, 3);
    assertEquals(await filesIn(`${folder}/out`), ["a.vaer", "sub/b.vaer", "sub/deep/c.vaer"]);

    await Deno.remove(`${folder}/in/cut.png`);
    const again = await runCli(["compress", `${folder}/in`, "-d", `${folder}/out`, "-q", "20"]);
    assertEquals([again.code, again.err], [0, ""]);
    assertMatch(again.out, /^0 done, 3 up to date, 1 skipped as other files/);
    const verbose = await runCli(["compress", `${folder}/in`, "-d", `${folder}/out`, "-q", "20", "-v"]);
    assertMatch(verbose.err, /in\/notes\.txt: skipped/);

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
    assertEquals((await runCli(["compress", folder])).code, 0);
    const back = await runCli(["decompress", folder, `${folder}/none.vaer`]);
    assertEquals(back.code, 1);
    assertMatch(back.out, /^1 done, 1 failed/);
    assertStringIncludes(back.err, "none.vaer: Cannot read it: there must be a file");
    assertStringIncludes(back.err, `a.vaer → ${folder}/a.decoded.png: 40×30, `);
    assertEquals(await filesIn(folder), ["a.decoded.png", "a.png", "a.vaer"]);
    assertEquals(await Deno.readFile(`${folder}/a.png`), small);
    const empty = await runCli(["decompress", folder, "-d", `${folder}/a.png`]);
    assertEquals(empty.code, 1);
    assertEquals(
      (await runCli(["compress", import.meta.dirname!])).err.includes("there must be pictures"),
      true,
    );
  });
});

Deno.test("in another folder an existing picture stays unless it is the same, or --force is given", async () => {
  await withFolder(async (folder) => {
    await Deno.writeFile(`${folder}/a.png`, small);
    await runCli(["compress", `${folder}/a.png`, "--no-psnr"]);
    await Deno.mkdir(`${folder}/out`);
    const args = ["decompress", `${folder}/a.vaer`, "-d", `${folder}/out`];
    await Deno.writeFile(`${folder}/out/a.png`, small);
    const refused = await runCli(args);
    assertEquals([refused.code, /other content/.test(refused.err)], [1, true], refused.err);
    assertEquals(await Deno.readFile(`${folder}/out/a.png`), small);
    assertEquals((await runCli([...args, "--force"])).code, 0);
    const written = await Deno.readFile(`${folder}/out/a.png`);
    await Deno.copyFile(`${folder}/out/a.png`, `${folder}/copy.png`);
    await Deno.rename(`${folder}/copy.png`, `${folder}/out/a.png`);
    assertEquals((await runCli(args)).code, 0);
    assertEquals(await Deno.readFile(`${folder}/out/a.png`), written);
  });
});

Deno.test("--force does not replace another input of the same run, by whatever link", async () => {
  await withFolder(async (folder) => {
    const vaer = await compress(syntheticPicture(20, 20));
    await Deno.writeFile(`${folder}/a.png`, small);
    await Deno.writeFile(`${folder}/a.vaer`, small); // a picture, by its content
    await Deno.writeFile(`${folder}/b.vaer`, vaer);
    const { code, err } = await runCli(["compress", `${folder}/a.png`, `${folder}/a.vaer`, "--force"]);
    assertEquals(code, 1);
    assertStringIncludes(err, "must be no input");
    assertEquals(await Deno.readFile(`${folder}/a.vaer`), small);
    await Deno.mkdir(`${folder}/out`);
    await Deno.symlink(`${folder}/b.vaer`, `${folder}/out/b.png`);
    const back = await runCli(["decompress", `${folder}/b.vaer`, "-d", `${folder}/out`, "--force"]);
    assertEquals([back.code, /must be no input/.test(back.err)], [1, true], back.err);
    assertEquals(await Deno.readFile(`${folder}/b.vaer`), vaer);
  });
});

Deno.test("a folder's run keeps a .vaer file that it did not write, but for --force", async () => {
  await withFolder(async (folder) => {
    const own = await compress(syntheticPicture(30, 20), { lossless: true });
    await Deno.writeFile(`${folder}/a.png`, small);
    await Deno.writeFile(`${folder}/a.vaer`, own);
    const { code, err } = await runCli(["compress", folder]);
    assertEquals(code, 1);
    assertStringIncludes(err, "--force");
    assertEquals(await Deno.readFile(`${folder}/a.vaer`), own);
    assertEquals((await runCli(["compress", folder, "--force"])).code, 0);
    assertEquals(inspect(await Deno.readFile(`${folder}/a.vaer`)).width, 40);
  });
});

Deno.test("two pictures of one target are both refused, and --keep-ending tells them apart", async () => {
  await withFolder(async (folder) => {
    await Deno.writeFile(`${folder}/a.png`, small);
    await Deno.writeFile(`${folder}/a.jpg`, await encode("jpeg", gradient(20, 10)));
    await Deno.writeFile(`${folder}/b.png`, small);
    const clash = await runCli(["compress", folder]);
    assertEquals(clash.code, 1);
    assertMatch(clash.out, /^1 done, 2 failed/);
    assertStringIncludes(clash.err, "--keep-ending");
    assertEquals(await filesIn(folder), ["a.jpg", "a.png", "b.png", "b.vaer"]);
    const kept = await runCli(["compress", folder, "--keep-ending", "-d", `${folder}/out`]);
    assertEquals(kept.code, 0, kept.err);
    assertEquals(await filesIn(`${folder}/out`), ["a.jpg.vaer", "a.png.vaer", "b.png.vaer"]);
    const single = await runCli(["compress", `${folder}/a.jpg`]);
    assertEquals(single.code, 0, single.err);
    const other = await runCli(["compress", `${folder}/a.png`]);
    assertEquals([other.code, /there must be no file/.test(other.err)], [1, true]);
  });
});

Deno.test("a target is made again if another source or setting would change its bytes", async () => {
  await withFolder(async (folder) => {
    const source = `${folder}/in/a.png`, target = `${folder}/out/a.vaer`;
    await Deno.mkdir(`${folder}/in`);
    await Deno.writeFile(source, small);
    const run = async (...args: string[]) => {
      const { code, out, err } = await runCli(["compress", `${folder}/in`, "-d", `${folder}/out`, ...args]);
      assertEquals(code, 0, err);
      return /1 up to date/.test(out) ? "up to date" : "done";
    };
    const settings = [
      ["--near-lossless", "20"],
      ["--lossless"],
      ["-q", "30"],
      ["-q", "30", "--effort", "2"],
      ["-q", "30", "--strip"],
      ["-q", "30", "--entropy", "static"],
      ["--bytes", "700"],
    ];
    for (const args of settings) {
      assertEquals(await run(...args), "done", args.join(" "));
      const bytes = await Deno.readFile(target);
      assertEquals(await run(...args), "up to date", args.join(" "));
      assertEquals(await Deno.readFile(target), bytes);
    }
    const other = await encodePng(gradient(40, 30)), past = new Date(Date.now() - 86_400_000);
    await Deno.writeFile(source, other);
    await Deno.utime(source, past, past);
    assertEquals(await run(...settings.at(-1)!), "done");
    assertEquals(await run(...settings.at(-1)!), "up to date");
    await Deno.mkdir(`${folder}/elsewhere`);
    await Deno.writeFile(`${folder}/elsewhere/a.png`, small);
    const elsewhere = ["compress", `${folder}/elsewhere`, "-d", `${folder}/out`, ...settings.at(-1)!];
    assertMatch((await runCli(elsewhere)).out, /^1 done/);
    assertMatch((await runCli(elsewhere)).out, /^0 done, 1 up to date/);

    const decompress = async (...args: string[]) =>
      (await runCli(["decompress", `${folder}/out`, "-d", `${folder}/back`, ...args])).out;
    assertMatch(await decompress(), /^1 done/);
    assertMatch(await decompress(), /^0 done, 1 up to date/);
    assertMatch(await decompress("--region", "0,0,8,8"), /^1 done/);
    await runCli(["compress", `${folder}/in`, "-d", `${folder}/out`, "-q", "80"]);
    assertMatch(await decompress(), /^1 done/);
    assertMatch(await decompress(), /^0 done, 1 up to date/);
  });
});

Deno.test("where nothing can be kept of earlier runs all is done again, with the same bytes", async () => {
  await withFolder(async (folder) => {
    await Deno.mkdir(`${folder}/in`);
    await Deno.writeFile(`${folder}/in/a.png`, small);
    // As Deno does where its folder cannot be written.
    const preload = `${folder}/no_cache.ts`;
    await Deno.writeTextFile(
      preload,
      "CacheStorage.prototype.open = () => Promise.reject(new Error('read-only'));",
    );
    const permissions = ["-R", "-W=.", `--preload=${preload}`];
    const run = (...args: string[]) => runCli(args, { permissions, cwd: folder });
    for (
      const command of [["compress", "in", "-d", "out"], ["decompress", "out", "-d", "back"], [
        "decompress",
        "out",
      ]]
    ) {
      const first = await run(...command);
      assertEquals(first.code, 0, first.err);
      const before = await Promise.all(
        (await filesIn(folder)).map((name) => Deno.readFile(`${folder}/${name}`)),
      );
      const again = await run(...command);
      assertEquals([again.code, /^1 done/.test(again.out)], [0, true], again.err);
      const after = await Promise.all(
        (await filesIn(folder)).map((name) => Deno.readFile(`${folder}/${name}`)),
      );
      assertEquals(after, before);
    }
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

Deno.test("the same file given twice is compressed once and counted once", async () => {
  await withFolder(async (folder) => {
    await Deno.writeFile(`${folder}/s.png`, small);
    await Deno.symlink(".", `${folder}/link`);
    for (const more of [["-d", "x"], []]) {
      const args = ["compress", "s.png", "./s.png", `${folder}/s.png`, "link/s.png", "-q", "30", ...more];
      const { code, out, err } = await runCli(args, { cwd: folder });
      assertEquals([code, err.match(/ → /g)?.length], [0, 1], err);
      assertMatch(out, /^1 done in /);
    }
    assertEquals(await filesIn(`${folder}/x`), ["s.vaer"]);
  });
});
