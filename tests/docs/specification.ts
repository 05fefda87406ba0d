/** Reads the pages of the format's specification. */

/** Folder of the pages. */
export const SPECIFICATION = "docs/specification";

/** Text of all pages, by file name. */
export async function specificationPages(): Promise<Map<string, string>> {
  const pages = new Map<string, string>();
  for await (const { name } of Deno.readDir(SPECIFICATION)) {
    if (name.endsWith(".md")) pages.set(name, await Deno.readTextFile(`${SPECIFICATION}/${name}`));
  }
  return pages;
}

/**
 * The fenced blocks of a language, without their comments, by the name behind the language.
 *
 * @throws {Error} If two blocks have one name.
 */
export function fencedBlocks(pages: Iterable<string>, language: string): Map<string, string> {
  const blocks = new Map<string, string>();
  for (const page of pages) {
    for (
      const [, name, body] of page.matchAll(new RegExp(`^\`\`\`${language} (\\S+)\\n(.*?)^\`\`\`$`, "gms"))
    ) {
      if (blocks.has(name)) throw new Error(`two ${language} blocks have the name ${name}`);
      blocks.set(name, body.replaceAll(/#.*$/gm, "").trim().replaceAll(/\s+/g, " "));
    }
  }
  return blocks;
}

/** The bytes of a `hex` block. */
export function bytesOf(block: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(block === "" ? [] : block.split(" "), (byte) => {
    if (!/^[0-9a-f]{2}$/.test(byte)) throw new Error(`"${byte}" is no byte`);
    return parseInt(byte, 16);
  });
}

/** The cells of each row of the table whose header's first cell is `heading`, the header left out. */
export function tableRows(page: string, heading: string): string[][] {
  const lines = page.split("\n"), first = lines.findIndex((line) => cellsOf(line)[0] === heading);
  if (first < 0) throw new Error(`no table begins with "${heading}"`);
  const length = lines.slice(first).findIndex((line) => !line.startsWith("|"));
  return lines.slice(first + 2, first + length).map(cellsOf);
}

function cellsOf(line: string): string[] {
  return line.startsWith("|") ? line.slice(1, -1).split(/(?<!\\)\|/).map((cell) => cell.trim()) : [];
}
