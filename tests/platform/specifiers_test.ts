import { assertEquals } from "@std/assert";

const ROOT = new URL("../../", import.meta.url);

async function* sources(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(new URL(folder, ROOT))) {
    if (isDirectory) yield* sources(`${folder}/${name}`);
    else if (name.endsWith(".ts")) yield `${folder}/${name}`;
  }
}

/** Every module of the package with the specifiers that it imports; examples in comments do not count. */
async function imports(): Promise<{ path: string; specifiers: string[] }[]> {
  const found = [];
  for (const path of ["mod.ts", ...await Array.fromAsync(sources("src"))]) {
    const code = (await Deno.readTextFile(new URL(path, ROOT))).replaceAll(/^\s*(\/?\*|\/\/).*$/gm, "");
    const specifiers = [...code.matchAll(/(?:\bfrom|\bimport|\bresolve)\s*\(?\s*"([^"]+)"/g)].map((
      [, name],
    ) => name);
    found.push({ path, specifiers });
  }
  return found;
}

Deno.test("no module of the package needs an import map: all specifiers are relative, or npm: in src/deps/", async () => {
  const wrong = (await imports()).flatMap(({ path, specifiers }) =>
    specifiers
      .filter((name) => !name.startsWith(".") && !(path.startsWith("src/deps/") && name.startsWith("npm:")))
      .map((name) => `${path}: ${name}`)
  );
  assertEquals(wrong, []);
});

Deno.test("an npm package has the same exact version in src/deps/ and in deno.json", async () => {
  const { imports: map } = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  const all = [...(await imports()).flatMap(({ specifiers }) => specifiers), ...Object.values<string>(map)];
  const versions = new Map<string, Set<string>>();
  for (const specifier of all.filter((name) => name.startsWith("npm:"))) {
    const [, name, version] = specifier.match(/^npm:((?:@[^/]+\/)?[^@/]+)@(\d+\.\d+\.\d+)(?:\/|$)/) ?? [];
    assertEquals(typeof version, "string", `${specifier} must name an exact version`);
    versions.set(name, (versions.get(name) ?? new Set()).add(version));
  }
  assertEquals([...versions].filter(([, { size }]) => size > 1).map(([name]) => name), []);
  assertEquals(versions.size > 5, true);
});
