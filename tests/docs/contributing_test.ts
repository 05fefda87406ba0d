import { assert, assertEquals } from "@std/assert";
import { tableRows } from "./specification.ts";

const page = await Deno.readTextFile("CONTRIBUTING.md");
const rows = tableRows(page, "Question");

/** What a reader looks for, by a word of the question, and a name that the answer's file must contain. */
const ANSWERS: readonly (readonly [word: string, name: RegExp])[] = [
  ["step", /function stepOfQuality\(/],
  ["header", /function writeContainer\(/],
  ["mixing", /class TypeScriptMixingKernel /],
  ["region", /class TileGrid /],
  ["limits", /MAX_SECTIONS = /],
  ["wavelet", /WAVELETS: /],
  ["component", /export \* from /],
  ["device", /interface Kernels /],
  ["format", /FORMATS: /],
  ["flag", /COMPRESS: Command = /],
  ["metric", /METRICS: /],
  ["coder", /CODERS: /],
];

Deno.test("CONTRIBUTING.md answers each question of a newcomer with one file that holds the answer", async () => {
  assertEquals(rows.length, ANSWERS.length);
  for (const [i, [word, name]] of ANSWERS.entries()) {
    const [question, file] = rows[i], path = file.match(/^`([^`]+)`$/)?.[1];
    assert(question.includes(word), `${question} is about ${word}`);
    assert(name.test(await Deno.readTextFile(path ?? "")), `${path} contains ${name}`);
  }
});

Deno.test("the paths that CONTRIBUTING.md names exist", async () => {
  const paths = [...page.matchAll(/`((?:src|wasm|shaders|scripts|tests|docs)\/[^`\s]*)`/g)].map(([, path]) =>
    path
  );
  const links = [...page.matchAll(/\]\(([^):]+)\)/g)].map(([, path]) => path);
  assert(paths.length > rows.length);
  for (const path of [...paths, ...links]) await Deno.stat(path);
});
