import { assert, assertEquals, assertMatch } from "@std/assert";
import { compress } from "../../mod.ts";
import { encodePng } from "../../src/image/mod.ts";
import { reasonOf } from "../../src/batch/file_error.ts";
import { syntheticPicture } from "../../src/cli/synthetic_picture.ts";
import { withFolder } from "../with_folder.ts";
import { runCli } from "./run_cli.ts";

const png = await encodePng(syntheticPicture(40, 30));
const vaer = await compress(syntheticPicture(400, 300), { lossless: true });
const MAIN = new URL("../../src/cli/main.ts", import.meta.url).pathname;

/** What every failure is: one line of the form of this package's errors. */
const FORM = /^vaerans: (.+: )?Cannot [^:]+: .*must .*\(got.*\)\. [A-Z].*\.$/;
const LONG = "x".repeat(300);

/** Commands that the system refuses, and what of the path their message names. */
const REFUSED: readonly (readonly [args: readonly string[], named: string])[] = [
  [["compress", "a.png", "-d", "a.png"], "a.png"],
  [["compress", "a.png", "-d", "a.png/sub"], "a.png"],
  [["decompress", "b.vaer", "-d", "a.png"], "a.png"],
  [["compress", "a.png", "-o", "a.png/b.vaer"], "a.png/b.vaer"],
  [["compress", "a.png", "-o", "none/b.vaer"], "none/b.vaer"],
  [["compress", "a.png", "-o", "folder.vaer"], "folder.vaer"],
  [["decompress", "b.vaer", "-o", "folder.png"], "folder.png"],
  [["inspect", "folder.vaer"], "folder.vaer"],
  [["placeholder", "folder.png"], "folder.png"],
  [["compress", "a.png", "-o", `${LONG}.vaer`], LONG],
  [["compress", "a.png", "-d", LONG], LONG],
  [["inspect", LONG], LONG],
  [["compress", "circle"], "circle"],
  [["inspect", "circle"], "circle"],
  [["compress", "a.png", "-o", "circle"], "circle"],
  [["compress", "a.png", "-d", "circle"], "circle"],
  [["compress", "a.png/b.png"], "a.png"],
];

Deno.test("what the system refuses is told in one line with the path, the rule and a remedy", async () => {
  await withFolder(async (folder) => {
    await Deno.writeFile(`${folder}/a.png`, png);
    await Deno.writeFile(`${folder}/b.vaer`, vaer);
    for (const name of ["folder.vaer", "folder.png"]) await Deno.mkdir(`${folder}/${name}`);
    await Deno.symlink("round", `${folder}/circle`);
    await Deno.symlink("circle", `${folder}/round`);
    for (const [args, named] of REFUSED) {
      const { code, err } = await runCli(args, { cwd: folder }), [line, ...rest] = err.trimEnd().split("\n");
      assertEquals([code, rest], [1, []], `${args}: ${err}`);
      assertMatch(line, FORM);
      assert(line.includes(named) && !/os error/.test(line), line);
    }
  });
});

Deno.test("names that are not UTF-8 are told, alone and in a folder", async () => {
  await withFolder(async (folder) => {
    await Deno.mkdir(`${folder}/in`);
    const script = `cp a.png "in/$(printf 'b\\377\\376.png')" 2>/dev/null && echo made`;
    await Deno.writeFile(`${folder}/a.png`, png);
    const { stdout } = await new Deno.Command("sh", { args: ["-c", script], cwd: folder }).output();
    if (stdout.length === 0) return; // a file system that takes UTF-8 only
    for (const args of [["compress", "in", "-d", "out"], ["inspect", "in/b\ufffd\ufffd.png"]]) {
      const { code, err } = await runCli(args, { cwd: folder });
      assertEquals([code, /its name must be UTF-8/.test(err)], [1, true], err);
    }
  });
});

Deno.test("a reader that closes the pipe and a full device are told", async () => {
  await withFolder(async (folder) => {
    await Deno.writeFile(`${folder}/b.vaer`, vaer);
    await Deno.writeFile(`${folder}/a.png`, png);
    const run = async (args: string) => {
      const command = `"${Deno.execPath()}" run --quiet --no-prompt -R -W "${MAIN}" ${args}`;
      const { stderr } = await new Deno.Command("sh", { args: ["-c", command], cwd: folder }).output();
      return new TextDecoder().decode(stderr).trim();
    };
    const outputs = ["decompress b.vaer --format ppm -o - | head -c 10 > head"];
    const isFull = await Deno.stat("/dev/full").then(({ isCharDevice }) => isCharDevice, () => false);
    if (isFull) outputs.push("compress a.png -q 30 -o - > /dev/full", "inspect b.vaer > /dev/full");
    for (const args of outputs) assertMatch(await run(args), FORM);
  });
});

Deno.test("the words of the system become the reason, of Deno's and Node's errors, known or not", () => {
  const words: readonly (readonly [string, RegExp])[] = [
    ["No space left on device (os error 28)", /Free some space/],
    ["ENOSPC: no space left on device, write", /Free some space/],
    ["Too many links (os error 31): link 'a'", /Write to another place/],
    ["Too many open files (os error 24), open 'a'", /ulimit -n/],
    ["EMFILE: too many open files, open 'a'", /ulimit -n/],
    ["Read-only file system (os error 30): open 'a'", /Choose another place/],
    ["EACCES: permission denied, open 'a'", /Choose another place/],
    ["Broken pipe (os error 32)", /read to its end/],
    ["EPIPE: broken pipe, write", /read to its end/],
    ["Input/output error (os error 5)", /Check the disk/],
    ["Something that nobody knows (os error 999)", /another place/],
  ];
  for (const [message, remedy] of words) {
    const reason = reasonOf(new Error(message));
    assertMatch(reason, /^Cannot use it: the system must allow it \(got: .+\)\. .+\.$/);
    assertMatch(reason, remedy);
    assertEquals(/os error|E[A-Z]+:/.test(reason), false, reason);
  }
  assertEquals(reasonOf(new Error("Another error")), "Another error");
});

Deno.test("a file that disappears from a folder while it is worked on fails alone", async () => {
  await withFolder(async (folder) => {
    await Deno.mkdir(`${folder}/in`);
    for (const name of ["a", "b", "c"]) await Deno.writeFile(`${folder}/in/${name}.png`, png);
    await Deno.symlink("a.png", `${folder}/in/z.png`);
    const args = ["compress", "in", "-d", "out", "-q", "30", "-j", "1"];
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--no-prompt", "-R", "-W", MAIN, ...args],
      cwd: folder,
      stdout: "null",
      stderr: "piped",
    }).spawn();
    while (!await Deno.stat(`${folder}/out/a.vaer`).then(() => true, () => false)) {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await Deno.remove(`${folder}/in/a.png`); // z.png leads nowhere now
    const { code, stderr } = await child.output(), err = new TextDecoder().decode(stderr);
    assertEquals(code, 1, err);
    assertMatch(err, /in\/z\.png: Cannot read it: there must be a file \(got none\)/);
    assertEquals([...Deno.readDirSync(`${folder}/out`)].map(({ name }) => name).sort(), [
      "a.vaer",
      "b.vaer",
      "c.vaer",
    ]);
  });
});
