import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { compress, inspect } from "../../mod.ts";
import { encodePng } from "../../src/image/mod.ts";
import { syntheticPicture } from "../../src/cli/synthetic_picture.ts";
import { withFolder } from "../with_folder.ts";
import { runCli } from "./run_cli.ts";
import { runInTerminal, terminalCommand, terminalIsThere } from "./terminal.ts";

const picture = syntheticPicture(40, 30);
const png = await encodePng(picture);
const vaer = await compress(picture, { quality: 30 });
const isRoot = (await outputOf("id", "-u")).trim() === "0";

async function outputOf(program: string, ...args: string[]): Promise<string> {
  const { stdout } = await new Deno.Command(program, { args }).output();
  return new TextDecoder().decode(stdout);
}

/** What the key sends. */
const CTRL_C = 3;

/** A null device that a test may lose; the machine's own where this user could not replace it anyway. */
async function nullDevice(folder: string): Promise<string> {
  const own = `${folder}/null`;
  await outputOf("mknod", own, "c", "1", "3");
  try {
    await Deno.writeTextFile(own, "x", { create: false });
    return own;
  } catch {
    return "/dev/null";
  }
}

const parts = (folder: string) =>
  [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) => name.endsWith(".part"));

const MAIN = new URL("../../src/cli/main.ts", import.meta.url).pathname;

/** Both commands, by what they write; `run` adds the output. */
const COMMANDS = [
  { name: "compress", source: "a.png", ending: ".vaer", args: ["-q", "30", "--no-psnr"] },
  { name: "decompress", source: "b.vaer", ending: ".png", args: [] },
];

for (const { name, source, ending, args } of COMMANDS) {
  const inFolder = (
    work: (
      folder: string,
      run: (output: string, ...more: string[]) => ReturnType<typeof runCli>,
    ) => Promise<void>,
  ) =>
    withFolder(async (folder) => {
      await Deno.writeFile(`${folder}/a.png`, png);
      await Deno.writeFile(`${folder}/b.vaer`, vaer);
      await work(
        folder,
        (output, ...more) => runCli([name, `${folder}/${source}`, ...args, "-o", output, ...more]),
      );
    });

  Deno.test(`${name} writes into a device and leaves the device`, async () => {
    await inFolder(async (folder, run) => {
      const device = await nullDevice(folder);
      await Deno.symlink(device, `${folder}/link${ending}`);
      for (const output of [device, `${folder}/link${ending}`]) {
        for (const more of [[], ["--force"]]) {
          const { code, err } = await run(output, ...more);
          assertEquals(code, 0, err);
          assertEquals((await Deno.stat(device)).isCharDevice, true);
        }
      }
      assertEquals((await Deno.lstat(`${folder}/link${ending}`)).isSymlink, true);
    });
  });

  Deno.test(`${name} writes into a pipe with a name`, async () => {
    await inFolder(async (folder, run) => {
      await run(`${folder}/right${ending}`);
      for (const pipe of [`${folder}/pipe`, `${folder}/pipe${ending}`]) {
        await outputOf("mkfifo", pipe);
        const reading = Deno.readFile(pipe);
        const { code, err } = await run(pipe);
        assertEquals(code, 0, err);
        assertEquals(await reading, await Deno.readFile(`${folder}/right${ending}`));
        assertEquals((await Deno.stat(pipe)).isFifo, true);
      }
      assertEquals(parts(folder), []);
    });
  });

  Deno.test(`${name} takes the names of standard output for it`, async () => {
    await inFolder(async (_folder, run) => {
      const right = await run("-");
      for (const output of ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"]) {
        const { code, bytes, err } = await run(output);
        assertEquals(code, 0, err);
        assertEquals(bytes, right.bytes);
      }
    });
  });

  Deno.test(`${name} writes the file behind symbolic links and keeps the links`, async () => {
    await inFolder(async (folder, run) => {
      await Deno.mkdir(`${folder}/far`);
      await Deno.writeTextFile(`${folder}/far/file${ending}`, "old");
      await Deno.symlink(`far/file${ending}`, `${folder}/one${ending}`);
      await Deno.symlink(`${folder}/one${ending}`, `${folder}/two${ending}`);
      await Deno.symlink(`far/new${ending}`, `${folder}/three${ending}`);
      const refused = await run(`${folder}/two${ending}`);
      assertEquals([refused.code, /there must be no file of this name/.test(refused.err)], [1, true]);
      for (const [link, file] of [["two", "file"], ["three", "new"]]) {
        const { code, err } = await run(`${folder}/${link}${ending}`, "--force");
        assertEquals(code, 0, err);
        assertEquals((await Deno.lstat(`${folder}/${link}${ending}`)).isSymlink, true);
        const { isFile, size } = await Deno.lstat(`${folder}/far/${file}${ending}`);
        assertEquals([isFile, size > 20], [true, true]);
      }
      assertEquals([...parts(folder), ...parts(`${folder}/far`)], []);
    });
  });

  Deno.test(`${name} keeps mode and owner of a file, and gives a new one the mode of the umask`, async () => {
    await inFolder(async (folder, run) => {
      const output = `${folder}/out${ending}`;
      await run(output);
      const mask = parseInt(await outputOf("sh", "-c", "umask"), 8);
      assertEquals((await Deno.stat(output)).mode! & 0o777, 0o666 & ~mask);
      await Deno.chmod(output, 0o640);
      if (isRoot) await Deno.chown(output, 1234, 2345);
      const { uid, gid, ino } = await Deno.stat(output);
      assertEquals((await run(output, "--force")).code, 0);
      const after = await Deno.stat(output);
      assertEquals([after.mode! & 0o777, after.uid, after.gid], [0o640, uid, gid]);
      assert(after.ino !== ino, "the file was replaced as a whole");
      const { code } = await new Deno.Command("sh", {
        args: ["-c", 'umask 077; exec "$@"', "sh", Deno.execPath(), "run", "--no-prompt", "-R", "-W", MAIN]
          .concat(name, `${folder}/${source}`, args, "-o", `${folder}/private${ending}`),
        stdout: "null",
        stderr: "null",
      }).output();
      assertEquals(code, 0);
      assertEquals((await Deno.stat(`${folder}/private${ending}`)).mode! & 0o777, 0o600);
    });
  });

  Deno.test(`${name} refuses its input as output, by whatever name`, async () => {
    await inFolder(async (folder, run) => {
      await Deno.link(`${folder}/${source}`, `${folder}/hard${ending}`);
      await Deno.symlink(source, `${folder}/soft${ending}`);
      const before = await Deno.readFile(`${folder}/${source}`);
      for (const output of [`${folder}/hard${ending}`, `${folder}/soft${ending}`, `${folder}/./${source}`]) {
        const { code } = await run(output, "--force");
        assert(code !== 0, output);
        assertEquals(await Deno.readFile(`${folder}/${source}`), before);
      }
    });
  });

  Deno.test(`${name} says why when a target cannot be written, and leaves nothing`, async () => {
    await inFolder(async (folder, run) => {
      await Deno.mkdir(`${folder}/folder${ending}`);
      for (const output of [`${folder}/folder${ending}`, `${folder}/none/out${ending}`]) {
        const { code, err } = await run(output);
        assertEquals(code, 1);
        assertStringIncludes(err, output);
        assertEquals(err.trim().split("\n").length, 1);
      }
      assertEquals(parts(folder), []);
    });
  });
}

Deno.test("compress does not give its file the name of a picture", async () => {
  await withFolder(async (folder) => {
    await Deno.writeFile(`${folder}/a.png`, png);
    for (const output of ["b.png", "b.JPG", "b.webp", "b.avif", "b.jxl"]) {
      const { code, err } = await runCli(["compress", "a.png", "-o", output], { cwd: folder });
      assertEquals([code, err.includes(".vaer")], [2, true], err);
    }
    assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), ["a.png"]);
  });
});

Deno.test("compress does not replace a picture behind a symbolic link, even with --force", async () => {
  await withFolder(async (folder) => {
    await Deno.writeFile(`${folder}/a.png`, png);
    await Deno.writeFile(`${folder}/original.png`, png);
    await Deno.symlink("original.png", `${folder}/b.vaer`);
    const { code, err } = await runCli(["compress", "a.png", "-o", "b.vaer", "-f"], { cwd: folder });
    assertEquals([code, err.includes("original.png")], [2, true], err);
    assertEquals(await Deno.readFile(`${folder}/original.png`), png);
  });
});

Deno.test("a folder of the target that is a file is reported in one line with a remedy", async () => {
  await withFolder(async (folder) => {
    await Deno.writeFile(`${folder}/a.png`, png);
    const { code, err } = await runCli(["compress", "a.png", "-d", "a.png"], { cwd: folder });
    assertEquals(
      [code, /^vaerans: .*a\.png.*: Cannot use it: .*correct the path\.\n/.test(err)],
      [1, true],
      err,
    );
  });
});

Deno.test({
  name: "bytes of a picture are not written to a terminal",
  ignore: !terminalIsThere,
  fn: async () => {
    await withFolder(async (folder) => {
      await Deno.writeFile(`${folder}/a.png`, png);
      await Deno.writeFile(`${folder}/a.vaer`, vaer);
      for (const args of [["compress", `${folder}/a.png`], ["decompress", `${folder}/a.vaer`]]) {
        const { code, text } = await runInTerminal([...args, "-o", "-"], folder);
        assertEquals(code, 2, text);
        assertStringIncludes(text, "standard output must be a file or a pipe (got a terminal)");
      }
    });
  },
});

Deno.test("a target in a folder that takes no second file is written in place", async () => {
  await withFolder(async (folder) => {
    await Deno.writeFile(`${folder}/a.png`, png);
    const output = `${folder}/out.vaer`;
    await Deno.writeTextFile(output, "x".repeat(100_000));
    const { ino } = await Deno.stat(output);
    const permissions = ["-R", `-W=${output}`];
    const args = ["compress", `${folder}/a.png`, "-o", output, "--force", "--no-psnr"];
    const { code, err } = await runCli(args, { permissions });
    assertEquals(code, 0, err);
    assertEquals((await Deno.stat(output)).ino, ino);
    assertEquals(inspect(await Deno.readFile(output)).width, 40);
  });
});

Deno.test("an interrupt in the middle of writing leaves no unfinished file", async () => {
  await withFolder(async (folder) => {
    const program = `${folder}/write.ts`, files = new URL("../../src/cli/files.ts", import.meta.url).href;
    await Deno.writeTextFile(
      program,
      `import { writeOutput } from ${JSON.stringify(files)};
       await writeOutput(${JSON.stringify(`${folder}/out.bin`)}, new Uint8Array(2 ** 28));`,
    );
    const config = new URL("../../deno.json", import.meta.url).pathname;
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      const child = new Deno.Command(Deno.execPath(), {
        args: ["run", "--quiet", "--no-prompt", "--config", config, "-R", "-W", program],
        stderr: "inherit",
      }).spawn();
      while (parts(folder).length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
      child.kill(signal);
      assertEquals((await child.status).code, 130);
      assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), ["write.ts"]);
    }
  });
});

Deno.test({
  name: "Ctrl-C on a terminal ends a single file's work and leaves nothing",
  ignore: !terminalIsThere,
  fn: async () => {
    await withFolder(async (folder) => {
      await Deno.writeFile(`${folder}/a.png`, await encodePng(syntheticPicture(1200, 900)));
      const child = terminalCommand(["compress", `${folder}/a.png`, "--effort", "9"], folder, "piped")
        .spawn();
      const keys = child.stdin.getWriter();
      let text = "", pressed = false;
      for await (const chunk of child.stdout) {
        text += new TextDecoder().decode(chunk);
        if (pressed || !text.includes("a.png")) continue; // the bar tells that the work is under way
        pressed = true;
        await keys.write(new Uint8Array([CTRL_C]));
      }
      await keys.close().catch(() => {});
      assertEquals((await child.status).code, 130, text);
      assertEquals(/dB|abandoned/.test(text), false, text);
      assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), ["a.png"]);
    });
  },
});
