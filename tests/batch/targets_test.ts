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

Deno.test("a file that is named twice, by whatever path or link, has one target; other names have their own", async () => {
  await withFolder(async (folder) => {
    await Deno.mkdir(`${folder}/in`);
    await Deno.writeTextFile(`${folder}/in/s.png`, "s");
    await Deno.writeTextFile(`${folder}/t.png`, "t");
    await Deno.symlink("in", `${folder}/soft`);
    await Deno.mkdir(`${folder}/hard`);
    await Deno.link(`${folder}/in/s.png`, `${folder}/hard/s.png`);
    await Deno.symlink("../in/s.png", `${folder}/hard/other.png`);
    const real = await Deno.realPath(folder), here = `${folder}/in/s.png`;
    const sourceOf = (path: string) => ({ path, name: path.split("/").at(-1)! });
    const again = [
      `${folder}/./in/s.png`,
      `${folder}/in/../in/s.png`,
      `${real}/in/s.png`,
      `${folder}/soft/s.png`,
    ];
    const naming = compressedNaming(false);
    for (const target of [undefined, `${folder}/out`, `${folder}/in`]) {
      const { assignments, clashes } = await assignTargets([here, ...again].map(sourceOf), naming, target);
      assertEquals([assignments.map(({ source }) => source.path), clashes], [[here], []]);
    }
    const linked = [here, `${folder}/hard/s.png`, `${folder}/hard/other.png`].map(sourceOf);
    const inOne = await assignTargets(linked, naming, `${folder}/out`);
    assertEquals(inOne.assignments.map(({ target }) => target), [
      `${folder}/out/s.vaer`,
      `${folder}/out/other.vaer`,
    ]);
    assertEquals((await assignTargets(linked, naming)).assignments.length, 3);
    // Different files with one target still clash, also where a folder has two names.
    await Deno.writeTextFile(`${folder}/in/s.jpg`, "another");
    const clash = await assignTargets([here, ...again, `${folder}/soft/s.jpg`].map(sourceOf), naming);
    assertEquals(clash.clashes.map(({ sources }) => sources.map(({ path }) => path)), [[
      here,
      `${folder}/soft/s.jpg`,
    ]]);
  });
});
