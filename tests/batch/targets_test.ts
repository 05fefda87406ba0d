import { assertEquals, assertMatch } from "@std/assert";
import {
  assignTargets,
  clashReasons,
  compressedNaming,
  decompressedNaming,
  type TargetNaming,
} from "../../src/batch/targets.ts";
import { withFolder } from "../with_folder.ts";

const sourcesOf = (paths: readonly string[]) =>
  paths.map((path) => ({ path, name: path.replace(/^in\//, "") }));

async function targets(
  paths: readonly string[],
  folder?: string,
  naming: TargetNaming = compressedNaming(false),
): Promise<string[]> {
  const { assignments, clashes } = await assignTargets(sourcesOf(paths), naming, folder);
  assertEquals(clashes, []);
  return assignments.map(({ target }) => target);
}

Deno.test("assignTargets() writes beside the sources, or in a folder with the structure kept", async () => {
  const beside = await targets(["in/a.png", "in/b/c.d.JPG", "in/e"]);
  assertEquals(beside, ["in/a.vaer", "in/b/c.d.vaer", "in/e.vaer"]);
  assertEquals(await targets(["in/a.png", "in/b/c.jpg"], "out/"), ["out/a.vaer", "out/b/c.vaer"]);
  assertEquals(await targets(["in/a.png"], "/"), ["/a.vaer"]);
});

Deno.test("a target's name takes the place of picture endings only", async () => {
  assertEquals(await targets(["in/a.2024", "in/.png", "in/b.webp"]), [
    "in/a.2024.vaer",
    "in/.png.vaer",
    "in/b.vaer",
  ]);
});

Deno.test("sources of one target are all refused, each with the other's name, whatever their order", async () => {
  for (const paths of [["in/a.png", "in/b.png", "in/a.jpg"], ["in/a.jpg", "in/a.png", "in/b.png"]]) {
    const { assignments, clashes } = await assignTargets(sourcesOf(paths), compressedNaming(false));
    assertEquals(assignments.map(({ target }) => target), ["in/b.vaer"]);
    const reasons = clashes.flatMap(clashReasons);
    assertEquals(reasons.map(({ path }) => path).sort(), ["in/a.jpg", "in/a.png"]);
    for (const { path, reason } of reasons) {
      assertMatch(
        reason,
        path === "in/a.jpg" ? /got also in\/a\.png\)\. Give --keep-ending/ : /got also in\/a\.jpg\)\. Give/,
      );
    }
  }
  assertEquals(await targets(["in/a.png", "in/a.jpg"], undefined, compressedNaming(true)), [
    "in/a.png.vaer",
    "in/a.jpg.vaer",
  ]);
  const same = [{ path: "x/a.png", name: "a.png" }, { path: "y/a.png", name: "a.png" }];
  const { clashes } = await assignTargets(same, compressedNaming(true), "out");
  assertMatch(clashReasons(clashes[0])[0].reason, /different folders/);
});

Deno.test("a decompressed picture never has the name of an original in its own folder", async () => {
  await withFolder(async (folder) => {
    await Deno.mkdir(`${folder}/in/sub`, { recursive: true });
    await Deno.symlink(`${folder}/in`, `${folder}/link`);
    for (const name of ["a.vaer", "sub/b.VAER", "c.png.vaer"]) {
      await Deno.writeTextFile(`${folder}/in/${name}`, "");
    }
    const naming = decompressedNaming("png");
    const named = async (target?: string) => {
      const sources = ["a.vaer", "sub/b.VAER", "c.png.vaer"].map((name) => ({
        path: `${folder}/in/${name}`,
        name,
      }));
      const { assignments } = await assignTargets(sources, naming, target);
      return assignments.map(({ target }) => target.slice(folder.length));
    };
    const own = ["a.decoded.png", "sub/b.decoded.png", "c.png.decoded.png"];
    assertEquals(await named(), own.map((name) => `/in/${name}`));
    assertEquals(await named(`${folder}/in/`), own.map((name) => `/in/${name}`));
    assertEquals(await named(`${folder}/link`), own.map((name) => `/link/${name}`));
    assertEquals(await named(`${folder}/out`), ["/out/a.png", "/out/sub/b.png", "/out/c.png.png"]);
  });
});
