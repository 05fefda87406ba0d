import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { decodePicture } from "../../mod.ts";
import { encodePng } from "../../src/image/mod.ts";
import { syntheticPicture } from "../../src/cli/synthetic_picture.ts";
import { withFolder } from "../with_folder.ts";

const ROOT = new URL("../../", import.meta.url).pathname;
const png = await encodePng(syntheticPicture(70, 50));

/** Runs Deno in a folder that is no part of this repository, as from a shell: not as a part of the task that runs the tests. */
async function deno(cwd: string, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command("env", {
    args: ["-u", "INIT_CWD", Deno.execPath(), ...args],
    cwd,
    env: { NO_COLOR: "1" },
  }).output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  assertEquals(code, 0, `deno ${args.join(" ")}: ${err}`);
  return out;
}

/** A project with nothing but the versions of packages that are here already. */
async function withProject(work: (folder: string) => Promise<void>): Promise<void> {
  await withFolder(async (folder) => {
    await Deno.copyFile(`${ROOT}deno.lock`, `${folder}/deno.lock`);
    await work(folder);
  });
}

Deno.test("a second project without an import map imports every entry point by path, type-checks it and runs it", async () => {
  await withProject(async (folder) => {
    await Deno.writeTextFile(`${folder}/deno.json`, "{}");
    await Deno.writeFile(`${folder}/in.png`, png);
    await Deno.writeTextFile(
      `${folder}/main.ts`,
      `import { compress, decodePicture, decompress } from "${ROOT}mod.ts";
import { Hadamard4 } from "${ROOT}src/systems/mod.ts";
import { ransEncodeU8 } from "${ROOT}src/entropy/mod.ts";
import { main } from "${ROOT}src/cli/main.ts";

const picture = await decodePicture(await Deno.readFile("in.png"));
const file: Uint8Array = await compress(picture, { quality: 40, tileSide: 64, workers: 2 });
const { width, height } = await decompress(file);
const code: number = await main(["compress", "in.png", "-o", "out.vaer"]);
console.log(JSON.stringify({ width, height, code, types: [typeof Hadamard4, typeof ransEncodeU8] }));
`,
    );
    await deno(folder, "check", "--quiet", "main.ts");
    const out = await deno(folder, "run", "--quiet", "--no-prompt", "-R", "-W=.", "main.ts");
    assertEquals(JSON.parse(out.trimEnd().split("\n").at(-1)!), {
      width: 70,
      height: 50,
      code: 0,
      types: ["function", "function"],
    });
  });
});

Deno.test("the command line runs by path from another folder, and relative paths count from there", async () => {
  await withProject(async (folder) => {
    await Deno.mkdir(`${folder}/pictures`);
    await Deno.writeFile(`${folder}/pictures/in.png`, png);
    const run = ["run", "--quiet", "--no-prompt", "-R", "-W", `${ROOT}src/cli/main.ts`];
    await deno(`${folder}/pictures`, ...run, "compress", "in.png", "-o", "../out.vaer");
    const out = await deno(folder, ...run, "inspect", "out.vaer");
    assertStringIncludes(out, "70×50");
  });
});

Deno.test("the command line can be installed, and the installed command runs in any folder", async () => {
  await withProject(async (folder) => {
    await Deno.writeFile(`${folder}/in.png`, png);
    const main = `${ROOT}src/cli/main.ts`;
    await deno(folder, "install", "-g", "-q", "-f", "--root", folder, "-n", "vaerans", "-R", "-W", main);
    const { code, stderr } = await new Deno.Command(`${folder}/bin/vaerans`, {
      args: ["compress", "in.png"],
      cwd: folder,
    }).output();
    assertEquals(code, 0, new TextDecoder().decode(stderr));
    assert((await Deno.stat(`${folder}/in.vaer`)).size > 0);
  });
});

Deno.test("tasks take relative paths from the folder where they are called, also of another project", async () => {
  await withProject(async (folder) => {
    const called = `${folder}/a folder`;
    await Deno.mkdir(called);
    await Deno.writeFile(`${called}/in.png`, png);
    await deno(called, "task", "--quiet", "--config", `${ROOT}deno.json`, "compress", "in.png", "-q", "30");
    await deno(
      called,
      "task",
      "--quiet",
      "--config",
      `${ROOT}deno.json`,
      "decompress",
      "in.vaer",
      "-o",
      "out.png",
    );
    const { width } = await decodePicture(await Deno.readFile(`${called}/out.png`));
    assertEquals(width, 70);
    // From a subfolder of this repository, too.
    const relative = await deno(`${ROOT}docs`, "task", "--quiet", "inspect", `${called}/in.vaer`);
    assertStringIncludes(relative, "70×50");
    assertStringIncludes(
      await deno(`${ROOT}tests/platform`, "task", "--quiet", "models", "list"),
      "vaerans-8",
    );
  });
});
