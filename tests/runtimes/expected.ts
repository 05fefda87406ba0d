import { compress } from "../../mod.ts";
import { compressedHashes } from "./hashes.mjs";

const ROOT = new URL("../../", import.meta.url);

/** What a runtime gives. */
export interface Hashes {
  /** SHA-256 of the pixels of each golden file. */
  readonly decoded: { readonly [name: string]: string };
  /** SHA-256 of files that are made. */
  readonly compressed: readonly string[];
}

/** The record of the golden files, and what this runtime makes. */
export async function expectedHashes(): Promise<Hashes> {
  const records: { [name: string]: { samples: string } } = JSON.parse(
    await Deno.readTextFile(new URL("tests/golden/golden.json", ROOT)),
  );
  const decoded = Object.fromEntries(Object.entries(records).map(([name, { samples }]) => [name, samples]));
  return { decoded, compressed: await compressedHashes(compress) };
}

/**
 * Serves models, golden files and a folder of scripts on this machine while `work` runs.
 *
 * @param folder Scripts; its page is made here.
 * @param work What to do at the address of the page.
 */
export async function withHashSite(folder: string, work: (address: string) => Promise<void>): Promise<void> {
  const page = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Hashes</title>
    <link rel="icon" href="data:,"><script src="count_answers.js"></script>
    <script type="module" src="browser_page.js"></script></head><body></body></html>`;
  const names = Object.keys(JSON.parse(await Deno.readTextFile(new URL("tests/golden/golden.json", ROOT))));
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const path = new URL(request.url).pathname.slice(1);
    if (path === "") return new Response(page, { headers: { "content-type": "text/html" } });
    if (path === "golden/names.json") return Response.json(names);
    const file = path.startsWith("models/")
      ? new URL(path, ROOT)
      : path.startsWith("golden/")
      ? new URL(`tests/${path}`, ROOT)
      : path === "count_answers.js"
      ? new URL(path, import.meta.url)
      : new URL(path, `file://${folder}/`);
    const bytes = await Deno.readFile(file).catch(() => undefined);
    if (!bytes) return new Response("not here", { status: 404 });
    const type = path.endsWith(".js") ? "text/javascript" : "application/octet-stream";
    return new Response(bytes, { headers: { "content-type": type } });
  });
  try {
    await work(`http://127.0.0.1:${server.addr.port}/`);
  } finally {
    await server.shutdown();
  }
}
