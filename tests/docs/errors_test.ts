import { assertEquals, assertMatch } from "@std/assert";
import { messagePattern, thrownErrors } from "./thrown_errors.ts";

/** What the page says of a code. */
interface Entry {
  readonly code: string;
  readonly type: string;
  readonly example: string;
  readonly remedy: string;
}

/** Sections of the form: class and when, an example as a quotation, what to do. */
const SECTION = /^### (\S+)\n\n`(\w+)`: [^>#]+\n\n((?:> .*\n)+)\n([^>#]+)$/;

async function entries(): Promise<Entry[]> {
  const page = await Deno.readTextFile("docs/ERRORS.md");
  const sections = page.split(/^(?=##)/m).filter((section) => section.startsWith("### "));
  return sections.map((section) => {
    assertMatch(section, SECTION);
    const [, code, type, quoted, remedy] = section.match(SECTION)!;
    const example = quoted.split("\n").map((line) => line.slice(2)).join(" ").trim();
    return { code, type, example, remedy };
  });
}

const thrown = await thrownErrors();
/** Codes that constructors set: those of errors that wrap another, and of the command line. */
const SET_BY_CLASS: readonly string[] = ["pipe-step-failed", "file-failed", "usage-wrong"];

Deno.test("every code that the sources throw has a section, and every section a code", async () => {
  const codes = [...new Set([...thrown.map(({ code }) => code), ...SET_BY_CLASS])];
  assertEquals((await entries()).map(({ code }) => code).sort(), codes.sort());
});

Deno.test("a section names the class that is thrown, and its example is a message that the sources can give", async () => {
  for (const { code, type, example } of await entries()) {
    if (SET_BY_CLASS.includes(code)) continue;
    const places = thrown.filter((place) => place.code === code);
    assertEquals([...new Set(places.map((place) => place.type))], [type], code);
    assertEquals(places.some(({ pattern }) => pattern.test(example)), true, `${code}: ${example}`);
  }
});

Deno.test("messagePattern() reads texts, templates and sums of them", () => {
  const source = '"a (b) " +\n  `${x ? `"${y}"` : "}"} c` + `d`,\n  { cause })';
  const pattern = messagePattern(source);
  assertEquals(pattern.source, "^a \\(b\\) .+ cd$");
  assertEquals([pattern.test("a (b) 1 cd"), pattern.test("a (b) 1 ce"), pattern.test("a (b) 1 cd?")], [
    true,
    false,
    false,
  ]);
  assertEquals(messagePattern("cause.message, {").test("anything"), true);
});

Deno.test("every message with a code reads: Cannot X: Y must be Z (got W). Do V.", () => {
  // Where a variable holds a part, its place is ".+"; it may hold the whole rule.
  const form = /^(Cannot |\.\+).*: (.*\bmust\b.*\(got.*\)|.*\.\+).*[.+]$/;
  const others = thrown.map(({ pattern }) => pattern.source.slice(1, -1).replaceAll("\\", ""))
    .filter((message) => message !== ".+" && (!form.test(message) || message.includes("; ")));
  assertEquals(others, []);
});

Deno.test("every code of the image service is in the table of its answers, with its status, and no other", async () => {
  const page = await Deno.readTextFile("docs/ERRORS.md");
  const rows = [...page.matchAll(/^\| `([a-z-]+)` *\| (\d{3}) /gm)].map(([, code, status]) =>
    `${code} ${status}`
  );
  const raised = new Set<string>();
  for await (const path of sources("src")) {
    const text = await Deno.readTextFile(path);
    for (const [, status, code] of text.matchAll(/new Refusal\(\s*(\d+),\s*"([a-z-]+)"/g)) {
      raised.add(`${code} ${status}`);
    }
    for (const [, status, code] of text.matchAll(/status: (\d+), code: "([a-z-]+)"/g)) {
      raised.add(`${code} ${status}`);
    }
  }
  assertEquals(rows, [...raised].sort());
});

Deno.test("no source gives an error a code that the other tests do not see", async () => {
  const known = new Set([...thrown.map(({ code }) => code), ...SET_BY_CLASS]),
    page = await Deno.readTextFile("docs/ERRORS.md");
  const others: string[] = [];
  for await (const path of sources("src")) {
    const text = await Deno.readTextFile(path);
    // The first argument of an error's constructor or of a function that makes one, and codes that are compared.
    const codes = [
      ...text.matchAll(
        /(?:\b(?:new (?:\w+Error|Refusal)|super)\(\s*(?:\d+,\s*)?|\bcode === |\bcode: )"([a-z]+(?:-[a-z]+)*)"/g,
      ),
    ];
    for (const [, code] of codes) {
      const isTold = known.has(code) || page.includes(`| \`${code}\` `) || OF_THE_PAGE.includes(code);
      if (!isTold) others.push(`${path}: ${code}`);
    }
  }
  assertEquals(others, []);
});

/** Of events of `<vaer-img>` and of messages between threads of this package. */
const OF_THE_PAGE: readonly string[] = ["worker"];

async function* sources(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) yield* sources(`${folder}/${name}`);
    else if (name.endsWith(".ts")) yield `${folder}/${name}`;
  }
}
