import { assertEquals } from "@std/assert";
import { withFolder } from "../with_folder.ts";
import { denoOutput } from "../run_deno.ts";

const ROOT = new URL("../../", import.meta.url);
/** Pages that specify the format: a second implementation is written from them. */
const SPECIFICATIONS = await markdownIn("docs/specification/");

async function markdownIn(folder: string): Promise<string[]> {
  const paths = await Array.fromAsync(Deno.readDir(new URL(folder, ROOT)), ({ name }) => folder + name);
  return paths.filter((path) => path.endsWith(".md")).sort();
}

async function pages(): Promise<string[]> {
  return [...await markdownIn("docs/"), ...SPECIFICATIONS, "README.md", "CONTRIBUTING.md", "CHANGELOG.md"];
}

/** Lines of a page outside of its fenced blocks, with their numbers, and the blocks. */
function parts(text: string): { prose: [number: number, line: string][]; fences: string[] } {
  const prose: [number, string][] = [], fences: string[] = [];
  let fence: string[] | undefined;
  for (const [index, line] of text.split("\n").entries()) {
    if (line.startsWith("```")) {
      if (fence) fences.push(fence.join("\n"));
      fence = fence ? undefined : [];
    } else if (fence) fence.push(line);
    else prose.push([index + 1, line]);
  }
  assertEquals(fence, undefined, "a fence is not closed");
  return { prose, fences };
}

async function wrongLines(paths: readonly string[], isWrong: (line: string) => boolean): Promise<string[]> {
  const wrong = [];
  for (const path of paths) {
    const { prose } = parts(await Deno.readTextFile(new URL(path, ROOT)));
    wrong.push(
      ...prose.filter(([, line]) => isWrong(line)).map(([number, line]) => `${path}:${number}: ${line}`),
    );
  }
  return wrong;
}

Deno.test("pages have block quotes in docs/ERRORS.md only", async () => {
  const others = (await pages()).filter((path) => path !== "docs/ERRORS.md");
  assertEquals(await wrongLines(others, (line) => /^\s*>/.test(line)), []);
});

Deno.test("no line of a page begins with an operator, which the formatter takes for a quotation or a list", async () => {
  assertEquals(await wrongLines(await pages(), (line) => /^\s*(>>|\+ |=+\s*$)/.test(line)), []);
});

Deno.test("specification pages have no indented blocks, and shifts in fences, code or tables only", async () => {
  assertEquals(await wrongLines(SPECIFICATIONS, (line) => /^ {4}/.test(line)), []);
  const hasShift = (line: string) => !line.startsWith("|") && />>/.test(line.replaceAll(/`[^`]*`/g, ""));
  assertEquals(await wrongLines(SPECIFICATIONS, hasShift), []);
});

Deno.test("the formatter leaves every fenced formula as it is", async () => {
  await withFolder(async (folder) => {
    for (const path of SPECIFICATIONS) {
      const name = path.replace("docs/specification/", ""),
        text = await Deno.readTextFile(new URL(path, ROOT));
      await Deno.writeTextFile(`${folder}/${name}`, text);
      await denoOutput("fmt --quiet --no-config --line-width 60", [name], { cwd: folder });
      const { fences } = parts(await Deno.readTextFile(`${folder}/${name}`));
      assertEquals(fences, parts(text).fences);
    }
  });
});
