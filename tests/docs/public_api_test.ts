import { assert, assertEquals } from "@std/assert";

const { name, exports, imports } = JSON.parse(await Deno.readTextFile("deno.json")) as {
  readonly name: string;
  readonly exports: { readonly [entry: string]: string };
  readonly imports: { readonly [specifier: string]: string };
};

/** Names of values and types that a module exports. */
async function namesIn(path: string): Promise<string[]> {
  const command = new Deno.Command(Deno.execPath(), { args: ["doc", "--quiet", "--json", path] });
  const { stdout } = await command.output();
  const { nodes } = JSON.parse(new TextDecoder().decode(stdout)) as {
    readonly nodes: { readonly [url: string]: { readonly symbols: readonly { readonly name: string }[] } };
  };
  return Object.values(nodes).flatMap(({ symbols }) => symbols.map(({ name }) => name));
}

Deno.test("mod.ts exports at most 40 names, values and types together", async () => {
  const names = await namesIn("mod.ts");
  assert(names.length <= 40, `${names.length}: ${names.join(", ")}`);
  for (
    const name of [
      "compress",
      "decompress",
      "decompressStream",
      "VaerDecoderStream",
      "inspect",
      "World",
      "Pipe",
    ]
  ) {
    assert(names.includes(name), name);
  }
});

Deno.test("every entry point exports names, has a @module comment and is in the import map", async () => {
  for (const [entry, path] of Object.entries(exports)) {
    assertEquals(imports[name + entry.slice(1)], path, entry);
    assert((await Deno.readTextFile(path)).includes("@module"), path);
    // Programs: what runs, exports nothing.
    if (!["./cli", "./worker", "./decode-worker"].includes(entry)) {
      assert((await namesIn(path)).length > 0, path);
    }
  }
});
