import { assertEquals } from "@std/assert";
import { encodePicture } from "../../mod.ts";
import { syntheticPicture } from "../../src/cli/synthetic_picture.ts";
import { sha256Hex } from "../../src/models/sha256.ts";
import { NPM_TEST, ROOT, withProject } from "./npm_project.ts";

/** Commands, in one folder in turn: each meets what the ones before have left. */
const COMMANDS: readonly (readonly string[])[] = [
  ["compress", "missing.png"],
  ["compress", "cut.png"],
  ["compress", "empty.png"],
  ["compress", "note.txt"],
  ["compress", "photo.png"],
  ["compress", "photo.png"],
  ["compress", "photo.png", "--force", "-q", "30"],
  ["compress", "photo.png", "-o", "none/out.vaer"],
  ["compress", "photo.png", "-o", "photos"],
  ["compress", "photos", "-d", "small"],
  ["compress", "photos", "-d", "small"],
  ["compress", "photos", "-d", "small", "-q", "30"],
  ["compress", "photos", "-d", "other", "--dry-run"],
  ["compress", "photos/**/*.jpg", "-d", "matched"],
  ["compress", "photo.png", "photos/a.png", "-d", "two"],
  ["compress", "photo.png", "photos/photo.png", "-d", "twice"],
  ["compress", "tiny.png", "--keep-smaller"],
  ["compress", "photo.png", "-o", "/dev/null", "--force"],
  ["compress", "link.png", "-o", "linked.vaer"],
  ["compress", "photo.png", "-o", "dangling.vaer"],
  ["compress", "forbidden.png"],
  ["compress", "photo.png", "-q", "200"],
  ["compress", "photo.png", "--bytes", "10"],
  ["compress", "photo.png", "--qualty", "5"],
  ["compress", "photo.png", "-o", "lossless.vaer", "--lossless"],
  ["decompress", "photo.vaer"],
  ["decompress", "photo.vaer", "-o", "shown.webp"],
  ["decompress", "photo.vaer", "-o", "shown.gif"],
  ["decompress", "photo.vaer", "-o", "part.png", "--region", "3,4,10,11"],
  ["decompress", "photo.vaer", "-o", "outside.png", "--region", "900,0,10,10"],
  ["decompress", "missing.vaer", "-o", "no.png", "--region", "0,0,10,10"],
  ["decompress", "photo.png"],
  ["decompress", "small", "-d", "back"],
  ["inspect", "photo.vaer"],
  ["inspect", "photos"],
  ["placeholder", "photo.vaer"],
  ["models", "list"],
  ["models", "pull", "nothing"],
  ["completions", "fish"],
  ["nothing"],
];

/** Lines without what differs between runs: times, and the order in which files of a folder end. */
function linesOf(bytes: Uint8Array): string[] {
  const text = new TextDecoder().decode(bytes).replaceAll(/\b\d+\.\d s\b/g, "… s");
  return text.split("\n").map((line) => line.replace(/^\d+\/\d+ /, "")).sort();
}

async function makeFiles(folder: string): Promise<void> {
  await Deno.mkdir(`${folder}/photos/sub`, { recursive: true });
  const png = (await encodePicture(syntheticPicture(70, 50), "png")).bytes;
  const jpeg = (await encodePicture(syntheticPicture(60, 50), "jpeg")).bytes;
  const files: { readonly [name: string]: Uint8Array } = {
    "photo.png": png,
    "photos/a.png": png,
    "photos/photo.png": png,
    "photos/sub/b.jpg": jpeg,
    "photos/c.txt": new Uint8Array(5),
    "forbidden.png": png,
    "cut.png": png.slice(0, 300),
    "empty.png": new Uint8Array(),
    "note.txt": new TextEncoder().encode("no picture"),
    "tiny.png": (await encodePicture(syntheticPicture(1, 1), "png")).bytes,
  };
  for (const [name, bytes] of Object.entries(files)) await Deno.writeFile(`${folder}/${name}`, bytes);
  await Deno.symlink("photo.png", `${folder}/link.png`);
  await Deno.symlink("nowhere.vaer", `${folder}/dangling.vaer`);
  await Deno.chmod(`${folder}/forbidden.png`, 0);
}

/** Code and texts of each command, and the hashes of all files in the end. */
async function resultsOf(folder: string, program: string, before: readonly string[]) {
  await Deno.mkdir(folder);
  await makeFiles(folder);
  const results: unknown[] = [];
  for (const command of COMMANDS) {
    const isMaker = command[0] === "compress" && !command.includes("--lossless");
    const { code, stdout, stderr } = await new Deno.Command(program, {
      args: [...before, ...command, ...isMaker ? ["--effort", "1"] : []],
      cwd: folder,
      env: { XDG_CACHE_HOME: `${folder}/cache`, HOME: folder },
      stdin: "null",
    }).output();
    results.push([command.join(" "), code, linesOf(stdout), linesOf(stderr)]);
  }
  await Deno.remove(`${folder}/cache`, { recursive: true }).catch(() => {});
  await Deno.remove(`${folder}/forbidden.png`);
  for (const path of (await pathsIn(folder)).sort()) {
    results.push([path, await sha256Hex(await Deno.readFile(`${folder}/${path}`))]);
  }
  return results;
}

async function pathsIn(folder: string, within = ""): Promise<string[]> {
  const paths: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(`${folder}/${within}`)) {
    if (isDirectory) paths.push(...await pathsIn(folder, `${within}${name}/`));
    else paths.push(within + name);
  }
  return paths;
}

Deno.test({
  ...NPM_TEST,
  name: "the command prints the same, ends alike and leaves the same files in Node and Bun as in Deno",
  ignore: NPM_TEST.ignore || Deno.build.os === "windows",
  fn: async (t) => {
    await withProject(["bun"], async (folder) => {
      const permissions = ["--quiet", "--no-prompt", "-R", "-W", "--allow-env=VAERANS_CONFIG,HOME"];
      const expected = await resultsOf(`${folder}/deno`, Deno.execPath(), [
        "run",
        ...permissions,
        `--config=${new URL("deno.json", ROOT).pathname}`,
        new URL("src/cli/main.ts", ROOT).pathname,
      ]);
      const main = `${folder}/node_modules/.bin/vaerans`;
      for (const [name, program] of [["Node", "node"], ["Bun", `${folder}/node_modules/.bin/bun`]]) {
        await t.step(name, async () => {
          const results = await resultsOf(`${folder}/${name}`, program, [main]);
          for (const [i, result] of results.entries()) assertEquals(result, expected[i]);
          assertEquals(results.length, expected.length);
        });
      }
    });
  },
});
