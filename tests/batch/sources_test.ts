import { assertEquals } from "@std/assert";
import { findSources, meansSeveral } from "../../src/batch/sources.ts";
import { withFolder } from "../with_folder.ts";

async function inTree(work: (root: string) => Promise<void>): Promise<void> {
  await withFolder(async (root) => {
    for (
      const path of ["a/1.png", "a/inner/2.png", "a/inner/notes.txt", "a/.hidden/3.png", "b/1.png", "[x].png"]
    ) {
      await Deno.mkdir(`${root}/${path}`.replace(/[^/]*$/, ""), { recursive: true });
      await Deno.writeTextFile(`${root}/${path}`, path);
    }
    await work(root);
  });
}

const wanted = (path: string) => path.endsWith(".png");

Deno.test("findSources() takes what is wanted of a folder and its subfolders, by name", async () => {
  await inTree(async (root) => {
    const { files, missing } = await findSources([`${root}/a/`], wanted);
    assertEquals(files, [
      { path: `${root}/a/1.png`, name: "1.png" },
      { path: `${root}/a/inner/2.png`, name: "inner/2.png" },
    ]);
    assertEquals(missing, []);
  });
});

Deno.test("findSources() keeps several folders apart by their own names", async () => {
  await inTree(async (root) => {
    const { files } = await findSources([`${root}/a`, `${root}/b`], wanted);
    assertEquals(files.map(({ name }) => name), ["a/1.png", "a/inner/2.png", "b/1.png"]);
  });
});

Deno.test("findSources() understands patterns, and names beneath the part without any", async () => {
  await inTree(async (root) => {
    const names = async (pattern: string) =>
      (await findSources([`${root}/${pattern}`], wanted)).files.map(({ name }) => name);
    assertEquals(await names("*/1.png"), ["a/1.png", "b/1.png"]);
    assertEquals(await names("a/**/*.{png,txt}"), ["1.png", "inner/2.png", "inner/notes.txt"]);
    assertEquals(await names("**/[2-9].png"), ["a/inner/2.png"]);
    assertEquals(await names("[x].png"), ["[x].png"]); // a file of that name comes first
  });
});

Deno.test("findSources() takes no file twice, and tells what is missing", async () => {
  await inTree(async (root) => {
    const { files, missing } = await findSources(
      [`${root}/a`, `${root}/a/1.png`, `${root}/none.png`, `${root}/*.gif`],
      wanted,
    );
    assertEquals(files.length, 2);
    assertEquals(missing, [`${root}/none.png`, `${root}/*.gif`]);
  });
});

Deno.test("findSources() follows links to files and not to folders", async () => {
  await inTree(async (root) => {
    await Deno.symlink(`${root}/a/1.png`, `${root}/b/2.png`);
    await Deno.symlink(`${root}/b`, `${root}/b/circle`);
    const { files } = await findSources([`${root}/b`], wanted);
    assertEquals(files.map(({ name }) => name), ["1.png", "2.png"]);
  });
});

Deno.test("meansSeveral() tells a folder, a pattern and a list from one file", async () => {
  await inTree(async (root) => {
    assertEquals(await meansSeveral([`${root}/a/1.png`]), false);
    assertEquals(await meansSeveral([`${root}/[x].png`]), false);
    assertEquals(await meansSeveral(["absent.png"]), false);
    assertEquals(await meansSeveral([`${root}/a`]), true);
    assertEquals(await meansSeveral([`${root}/*.png`]), true);
    assertEquals(await meansSeveral(["a", "b"]), true);
  });
});

Deno.test("findSources() lists what is not wanted, and passes over the folder of the targets beneath a source", async () => {
  await withFolder(async (root) => {
    for (const path of ["in/a.txt", "in/b.log", "in/out/a.txt", "in/sub/out/c.txt"]) {
      await Deno.mkdir(`${root}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
      await Deno.writeTextFile(`${root}/${path}`, "x");
    }
    const isText = (path: string) => path.endsWith(".txt");
    const found = await findSources([`${root}/in`], isText, `${root}/in/out`);
    assertEquals(found.files.map(({ name }) => name), ["a.txt", "sub/out/c.txt"]);
    assertEquals(found.unwanted, [`${root}/in/b.log`]);
    const matched = await findSources([`${root}/in/**/*.txt`], isText, `${root}/in/out`);
    assertEquals(matched.files.map(({ name }) => name), ["a.txt", "sub/out/c.txt"]);
    const itself = await findSources([`${root}/in/out`], isText, `${root}/in/out`);
    assertEquals(itself.files.map(({ name }) => name), ["a.txt"]);
  });
});
