import { assertEquals } from "@std/assert";

/** Stable codes look like this; anything else in quotes is no code. */
const CODE = /^[a-z0-9]+(-[a-z0-9]+)+$/;

async function* sources(folder: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(folder)) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) yield* sources(path);
    else if (path.endsWith(".ts")) yield await Deno.readTextFile(path);
  }
}

/** Codes that the sources hand to an error's constructor as its first argument. */
async function thrownCodes(): Promise<Set<string>> {
  const codes = new Set<string>();
  for await (const text of sources("src")) {
    for (const [, first] of text.matchAll(/new \w*Error\(\s*"([^"]+)"/g)) {
      if (CODE.test(first)) codes.add(first);
    }
  }
  return codes;
}

Deno.test("docs/ERRORS.md lists every code that the sources throw", async () => {
  const table = (await Deno.readTextFile("docs/ERRORS.md")).split("\n").filter((line) =>
    line.startsWith("| `")
  );
  const listed = table.flatMap((line) =>
    [...line.split("|")[1].matchAll(/`([^`]+)`/g)].map(([, code]) => code)
  );
  assertEquals([...await thrownCodes()].filter((code) => !listed.includes(code)).sort(), []);
});
