import { assert } from "@std/assert";
import { specificationPages } from "./specification.ts";

/** The anchor of a heading, as GitHub makes it. */
function anchorOf(heading: string): string {
  return heading.toLowerCase().replaceAll(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-");
}

const pages = new Map(
  [...await specificationPages()].map(([name, text]) => [`docs/specification/${name}`, text]),
);
for await (const { name } of Deno.readDir("docs")) {
  if (name.endsWith(".md")) pages.set(`docs/${name}`, await Deno.readTextFile(`docs/${name}`));
}
for (const name of ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"]) {
  pages.set(name, await Deno.readTextFile(name));
}

Deno.test("every link of the pages leads to a file, and to a heading if it names one", async () => {
  for (const [from, text] of pages) {
    for (const [, target] of text.replaceAll(/^```.*?^```/gms, "").matchAll(/\]\(([^)\s:]+)\)/g)) {
      const url = new URL(target, `file:///${from}`), path = decodeURIComponent(url.pathname.slice(1));
      await Deno.stat(path === "" ? "." : path).catch(() =>
        assert(false, `${from}: ${target} does not exist`)
      );
      if (url.hash === "") continue;
      const headings = [...(pages.get(path) ?? "").matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
        anchorOf(heading)
      );
      assert(headings.includes(url.hash.slice(1)), `${from}: ${target} names no heading`);
    }
  }
});
