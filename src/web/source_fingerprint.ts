import { Deno } from "../host/deno_api.ts";
import { sha256Hex } from "../models/sha256.ts";

const PACKAGE = new URL("../../", import.meta.url);
/** Sources of what is built for pages and for npm. */
const SOURCES: readonly string[] = ["deno.json", "mod.ts", "src/", "models/", "scripts/build_npm.ts"];

/** SHA-256 of the sources that `dist/` is built from; a build of another fingerprint is stale. */
export async function sourceFingerprint(): Promise<string> {
  const lines: string[] = [];
  const add = async (url: URL) => {
    lines.push(`${url.href.slice(PACKAGE.href.length)} ${await sha256Hex(await Deno.readFile(url))}`);
  };
  const visit = async (url: URL): Promise<void> => {
    if (!url.pathname.endsWith("/")) return await add(url);
    for await (const { name, isDirectory } of Deno.readDir(url)) {
      await visit(new URL(isDirectory ? `${name}/` : name, url));
    }
  };
  for (const path of SOURCES) await visit(new URL(path, PACKAGE));
  return await sha256Hex(new TextEncoder().encode(lines.sort().join("\n")));
}
