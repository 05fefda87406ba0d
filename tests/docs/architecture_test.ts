import { assertEquals } from "@std/assert";
import { sourceFiles } from "../../scripts/source_files.ts";

const page = await Deno.readTextFile("docs/ARCHITECTURE.md");

/** Rooms of the table, top first: their folders or files, and what the table says that they may import. */
const rooms = page.split("\n").filter((line) => /^\| `/.test(line)).map((line) => {
  const [, where, , may] = line.split(" | ").map((cell) => cell.replace(/^\| | *\|$/g, "").trim()).flatMap(
    (cell, i) => i === 0 ? ["", cell] : [cell],
  );
  return { names: [...where.matchAll(/`([^`]+)`/g)].map(([, name]) => nameOf(name)), may: may.split(", ") };
});

/** `src/codec/` and `src/world.ts` are known as `codec` and `world.ts`, what lies elsewhere by its first part. */
function nameOf(path: string): string {
  return path.replace(/^src\//, "").split("/")[0];
}

/** Names of rooms, or paths of single files, that a phrase of the table stands for. */
function meant(phrase: string, row: number): string[] {
  if (phrase === "nothing" || phrase === "–") return [];
  if (phrase === "everything below") return rooms.slice(row).flatMap(({ names }) => names);
  if (phrase === "the public API") return ["mod.ts"];
  if (phrase === "core's errors") return ["src/core/errors.ts"];
  const known = rooms.flatMap(({ names }) => names);
  const name = known.find((room) => phrase.replace(/^the /, "").replace(/['’]s?( .*)?$/, "") === room);
  if (name === undefined) throw new Error(`"${phrase}" in docs/ARCHITECTURE.md names no room`);
  return [name];
}

/** The modules of this package that a source imports. */
async function imported(path: string): Promise<string[]> {
  const text = await Deno.readTextFile(path);
  return [...text.matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+\.ts)"/g)].map(([, target]) =>
    new URL(target, `file:///${path}`).pathname.slice(1)
  );
}

Deno.test("docs/ARCHITECTURE.md names every module of src/ and has at most 66 lines", async () => {
  const known = rooms.flatMap(({ names }) => names);
  for await (const { name } of Deno.readDir("src")) assertEquals(known.includes(name), true, name);
  assertEquals(page.split("\n").length <= 66, true);
});

Deno.test("modules import only what docs/ARCHITECTURE.md allows them", async () => {
  const wrong: string[] = [];
  for await (const path of sourceFiles("src")) {
    const own = nameOf(path), row = rooms.findIndex(({ names }) => names.includes(own));
    const may = new Set([...rooms[row].names, ...rooms[row].may.flatMap((phrase) => meant(phrase, row))]);
    for (const target of await imported(path)) {
      if (!may.has(nameOf(target)) && !may.has(target)) wrong.push(`${path}: ${target}`);
    }
  }
  assertEquals(wrong, []);
});

Deno.test("systems and models know the kernels' contract and none of its implementations", async () => {
  for (const room of ["systems", "models", "components"]) {
    for await (const path of sourceFiles(`src/${room}`)) {
      const kernels = (await imported(path)).filter((target) => nameOf(target) === "kernels");
      assertEquals(kernels.filter((target) => target !== "src/kernels/kernels.ts"), [], path);
    }
  }
});

Deno.test("the parts of the codec import only those below them: plan/, streams/, tiles/", async () => {
  const above = { streams: /^src\/codec\/plan\//, tiles: /^src\/codec\/(?:plan|streams|run|container)\// };
  for (const [part, forbidden] of Object.entries(above)) {
    for await (const path of sourceFiles(`src/codec/${part}`)) {
      assertEquals((await imported(path)).filter((target) => forbidden.test(target)), [], path);
    }
  }
});

Deno.test("kernels of a CPU import none of a GPU", async () => {
  for await (const path of sourceFiles("src/kernels/cpu")) {
    const wrong = (await imported(path)).filter((target) => target.startsWith("src/kernels/gpu/"));
    assertEquals(wrong, [], path);
  }
});

Deno.test("the scheduler of tiles knows no codec, but for the modules that workers start with", async () => {
  for await (const path of sourceFiles("src/codec/run")) {
    if (path.endsWith("_worker.ts")) continue;
    const wrong = (await imported(path)).filter((target) =>
      /^src\/(?:codec\/(?:plan|streams|tiles|container)|systems|entropy|format)\//.test(target)
    );
    assertEquals(wrong, [], path);
  }
});
