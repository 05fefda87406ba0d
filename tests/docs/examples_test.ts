import { assertEquals } from "@std/assert";

const ROOT = new URL("../../", import.meta.url);

async function* files(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(new URL(folder, ROOT))) {
    if (isDirectory) yield* files(`${folder}${name}/`);
    else if (/\.(ts|md)$/.test(name)) yield `${folder}${name}`;
  }
}

Deno.test("examples check what they claim: console.assert, which never fails, stands nowhere", async () => {
  const found = [];
  for (const folder of ["src/", "docs/", "examples/", "scripts/", "bench/"]) {
    for await (const path of files(folder)) {
      if ((await Deno.readTextFile(new URL(path, ROOT))).includes("console.assert")) found.push(path);
    }
  }
  for (const path of ["mod.ts", "README.md", "CONTRIBUTING.md"]) {
    if ((await Deno.readTextFile(new URL(path, ROOT))).includes("console.assert")) found.push(path);
  }
  assertEquals(found, []);
});
