import { assertEquals } from "@std/assert";
import { sourceFiles } from "../../scripts/source_files.ts";

const ROOT = new URL("../../", import.meta.url);

/** Every module of the package with the specifiers that it imports; examples in comments do not count. */
async function imports(): Promise<{ path: string; specifiers: string[] }[]> {
  const found = [];
  for (const path of ["mod.ts", ...await Array.fromAsync(sourceFiles("src"))]) {
    const code = (await Deno.readTextFile(new URL(path, ROOT))).replaceAll(/^\s*(\/?\*|\/\/).*$/gm, "");
    const specifiers = [...code.matchAll(/(?<!")\b(?:from|import|resolve)\s*\(?\s*"([^"]+)"/g)].map((
      [, name],
    ) => name);
    found.push({ path, specifiers });
  }
  return found;
}

/** Folders with dependencies of their own. */
const { workspace, publish } = await configOf(".");
const members = workspace!.map((folder) => folder.replace("./", ""));

/** A `deno.json`, as far as it matters here. */
async function configOf(folder: string): Promise<{
  readonly imports: { readonly [name: string]: string };
  readonly workspace?: readonly string[];
  readonly publish?: { readonly exclude: readonly string[] };
}> {
  return JSON.parse(await Deno.readTextFile(new URL(`${folder}/deno.json`, ROOT)));
}

Deno.test("no module of the package needs an import map: all specifiers are relative, or npm: in src/deps/", async () => {
  const wrong = (await imports()).filter(({ path }) =>
    !members.some((folder) => path.startsWith(`${folder}/`))
  )
    .flatMap(({ path, specifiers }) =>
      specifiers
        .filter((name) => !name.startsWith(".") && !(path.startsWith("src/deps/") && name.startsWith("npm:")))
        .map((name) => `${path}: ${name}`)
    );
  assertEquals(wrong, []);
});

Deno.test("no published module imports a member of the workspace, and members import what their deno.json lists", async () => {
  const wrong: string[] = [];
  for (const { path, specifiers } of await imports()) {
    const own = members.find((folder) => path.startsWith(`${folder}/`));
    const known = own === undefined ? {} : (await configOf(own)).imports;
    for (const name of specifiers) {
      const target = name.startsWith(".")
        ? new URL(name, new URL(path, ROOT)).href.slice(ROOT.href.length)
        : name;
      const isOfMember = members.some((folder) => folder !== own && target.startsWith(`${folder}/`));
      const isUnlisted = own !== undefined && !name.startsWith(".") && !(name in known);
      if ((own === undefined && isOfMember) || isUnlisted) wrong.push(`${path}: ${name}`);
    }
  }
  assertEquals(wrong, []);
  const published = members.filter((folder) =>
    folder.startsWith("src/") && !publish!.exclude.includes(folder)
  );
  assertEquals(published, []);
});

Deno.test("an npm package has the same exact version in src/deps/ and in each deno.json", async () => {
  const maps = await Promise.all([".", ...members].map(async (folder) => (await configOf(folder)).imports));
  // Also names that are resolved and not imported, such as a constant.
  const named = (await Promise.all(
    (await Array.fromAsync(sourceFiles("src/deps"))).map((path) => Deno.readTextFile(new URL(path, ROOT))),
  )).flatMap((text) => [...text.matchAll(/"(npm:[^"]+)"/g)].map(([, name]) => name));
  const all = [
    ...(await imports()).flatMap(({ specifiers }) => specifiers),
    ...named,
    ...maps.flatMap(Object.values),
  ];
  const versions = new Map<string, Set<string>>();
  for (const specifier of all.filter((name) => name.startsWith("npm:"))) {
    const [, name, version] = specifier.match(/^npm:((?:@[^/]+\/)?[^@/]+)@(\d+\.\d+\.\d+)(?:\/|$)/) ?? [];
    assertEquals(typeof version, "string", `${specifier} must name an exact version`);
    versions.set(name, (versions.get(name) ?? new Set()).add(version));
  }
  assertEquals([...versions].filter(([, { size }]) => size > 1).map(([name]) => name), []);
  assertEquals(versions.size > 5, true);
});
