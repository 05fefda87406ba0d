import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { encodePicture, inspect } from "../../mod.ts";
import { syntheticPicture } from "../../src/cli/synthetic_picture.ts";
import { withFolder } from "../with_folder.ts";
import { runCli } from "./run_cli.ts";

const picture = syntheticPicture(80, 60);
/** Smaller than its `.vaer` file of quality 90, and larger. */
const small = (await encodePicture(picture, "jpeg", { quality: 5 })).bytes;
const large = (await encodePicture(picture, "png")).bytes;
const OPTIONS = ["-q", "90", "--effort", "1", "--no-psnr"];

async function names(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder), ({ name }) => name)).sort();
}

async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  await withFolder(async (folder) => {
    await Deno.writeFile(`${folder}/small.jpg`, small);
    await Deno.writeFile(`${folder}/large.png`, large);
    await run(folder);
  });
}

Deno.test("compress says that a file is larger than its source, and names --keep-smaller", async () => {
  await inFolder(async (folder) => {
    const { code, err } = await runCli(["compress", "small.jpg", ...OPTIONS], { cwd: folder });
    assertEquals([code, await names(folder)], [0, ["large.png", "small.jpg", "small.vaer"]]);
    assertMatch(err, /small\.vaer: larger than the source .* no better; --keep-smaller/);
    assertEquals((await runCli(["compress", "large.png", ...OPTIONS], { cwd: folder })).err, "");
    const json = await runCli(["compress", "small.jpg", ...OPTIONS, "--json", "--force"], { cwd: folder });
    assertEquals(JSON.parse(json.out).isLarger, true);
  });
});

Deno.test("--keep-smaller writes no file beside a smaller source, and a .vaer file beside a larger one", async () => {
  await inFolder(async (folder) => {
    const run = (...args: string[]) =>
      runCli(["compress", ...args, ...OPTIONS, "--keep-smaller"], { cwd: folder });
    const kept = await run("small.jpg");
    assertEquals([kept.code, kept.err], [0, ""]);
    assertMatch(kept.out, /^small\.jpg: \d+ bytes, kept as it is/);
    assertEquals(await Deno.readFile(`${folder}/small.jpg`), small);
    assertEquals((await run("large.png")).code, 0);
    assertEquals(await names(folder), ["large.png", "large.vaer", "small.jpg"]);
  });
});

Deno.test("--keep-smaller with -o gives the copy the source's ending, and replaces other files only with --force", async () => {
  await inFolder(async (folder) => {
    const run = (...args: string[]) =>
      runCli(["compress", "small.jpg", ...args, ...OPTIONS, "--keep-smaller"], { cwd: folder });
    const { out } = await run("-o", "x.vaer", "--json");
    const { output, bytes, copiedInsteadOf } = JSON.parse(out);
    assertEquals([output, bytes, copiedInsteadOf > bytes], ["x.jpg", small.length, true]);
    assertEquals(await Deno.readFile(`${folder}/x.jpg`), small);
    await Deno.writeTextFile(`${folder}/y.jpg`, "another");
    await Deno.writeTextFile(`${folder}/y.vaer`, "an old one");
    assertEquals((await run("-o", "y.vaer")).code, 1);
    assertEquals(await Deno.readTextFile(`${folder}/y.jpg`), "another");
    assertEquals((await run("-o", "y.vaer", "--force")).code, 0);
    assertEquals(await Deno.readFile(`${folder}/y.jpg`), small);
    assertEquals((await names(folder)).includes("y.vaer"), false);
    await Deno.writeTextFile(`${folder}/z.jpg`, "another");
    const other = await run("-o", "z.vaer");
    assertEquals([other.code, await Deno.readTextFile(`${folder}/z.jpg`)], [1, "another"]);
    assertStringIncludes(other.err, "z.jpg: Cannot copy small.jpg");
    assertEquals((await run("-o", "plain")).code, 0);
    assertEquals(await Deno.readFile(`${folder}/plain`), small);
  });
});

Deno.test("--keep-smaller on a pipe writes the source's bytes", async () => {
  const { code, bytes, err } = await runCli(["compress", "-", ...OPTIONS, "--keep-smaller"], {
    stdin: small,
  });
  assertEquals([code, bytes], [0, small]);
  assertMatch(err, /^-: \d+ bytes, a copy of the source/);
  const other = await runCli(["compress", "-", ...OPTIONS, "--keep-smaller"], { stdin: large });
  assertEquals(inspect(other.bytes).width, 80);
});

Deno.test("--keep-smaller in a folder copies smaller sources, once, and counts them", async () => {
  await inFolder(async (folder) => {
    const run = (...args: string[]) =>
      runCli(["compress", ".", "-d", "out", ...OPTIONS, ...args], { cwd: folder });
    const larger = await run();
    assertMatch(larger.out, /^2 done .*; 1 larger than the source \(--keep-smaller/);
    const plan = await run("--keep-smaller", "--dry-run");
    assertMatch(plan.out, /sources that are smaller copied/);
    const first = await run("--keep-smaller");
    assertMatch(first.out, /^2 done .*; 1 copied, as the \.vaer file would be larger/);
    assertEquals(await names(`${folder}/out`), ["large.vaer", "small.jpg"]);
    assertEquals(await Deno.readFile(`${folder}/out/small.jpg`), small);
    assertMatch((await run("--keep-smaller")).out, /^0 done, 2 up to date/);
    await Deno.writeTextFile(`${folder}/out/small.jpg`, "changed");
    assertEquals((await run("--keep-smaller")).code, 1);
    assertEquals(await Deno.readTextFile(`${folder}/out/small.jpg`), "changed");
    const rows = (await run("--keep-smaller", "--force", "--json")).out.trim().split("\n").map((row) =>
      JSON.parse(row)
    );
    assertEquals(rows.find(({ input }) => /small/.test(input))?.output, "out/small.jpg");
    assertEquals([rows.at(-1).summary.copied, rows.at(-1).summary.larger], [1, 0]);
  });
});

Deno.test("keep_smaller in vaerans.toml does the same; --keep-smaller with --strip is refused, since a copy keeps all metadata", async () => {
  await inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/vaerans.toml`, "[compression]\nkeep_smaller = true\n");
    const { out } = await runCli(["compress", "small.jpg", ...OPTIONS], { cwd: folder });
    assertMatch(out, /kept as it is/);
    const stripped = await runCli(["compress", "small.jpg", ...OPTIONS, "--strip", "--json"], {
      cwd: folder,
    });
    assertEquals(JSON.parse(stripped.out).output, "small.vaer");
    const refused = await runCli(["compress", "small.jpg", "--keep-smaller", "--strip-location"], {
      cwd: folder,
    });
    assertEquals(refused.code, 2);
    assertStringIncludes(refused.err, "--strip-location");
  });
});
