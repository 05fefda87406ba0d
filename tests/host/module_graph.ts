import { assertEquals } from "@std/assert";
import { brotliCompressSync } from "node:zlib";
import { withFolder } from "../with_folder.ts";

/** The modules that a program would load, as `deno info` finds them without running it. */
export interface ModuleGraph {
  /** Addresses of modules of this package, from its root. */
  readonly own: readonly string[];
  /** Packages from npm, with their versions. */
  readonly packages: readonly string[];
}

/** The modules that an entry point reaches by imports that can be analysed, dynamic ones included. */
export async function moduleGraph(entry: URL): Promise<ModuleGraph> {
  const root = new URL("../../", import.meta.url).href;
  const info = JSON.parse(await output(["info", "--json", entry.pathname]));
  return {
    own: info.modules.map(({ specifier }: { specifier: string }) => specifier)
      .filter((specifier: string) => specifier.startsWith(root))
      .map((specifier: string) => specifier.slice(root.length)),
    packages: Object.keys(info.npmPackages),
  };
}

/** What bundling an entry point for browsers gives. */
export interface BundleSizes {
  /** Bytes of all files, each compressed by brotli. */
  readonly brotliBytes: number;
  /** Their texts. */
  readonly texts: readonly string[];
  /** Sources of which something is in the bundle. */
  readonly sources: readonly string[];
}

/** Bundles an entry point for browsers, minified. */
export async function bundleSizes(entry: URL): Promise<BundleSizes> {
  const texts: string[] = [], sources: string[] = [];
  await withFolder(async (folder) => {
    const options = ["--quiet", "--platform=browser", "--minify", "--code-splitting", "--sourcemap=external"];
    await output(["bundle", ...options, "--outdir", folder, entry.pathname]);
    for await (const { name } of Deno.readDir(folder)) {
      const text = await Deno.readTextFile(`${folder}/${name}`);
      if (name.endsWith(".map")) sources.push(...JSON.parse(text).sources);
      else texts.push(text);
    }
  });
  return {
    brotliBytes: texts.reduce((sum, text) => sum + brotliCompressSync(text).length, 0),
    texts,
    sources,
  };
}

async function output(args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), { args: [...args] }).output();
  assertEquals(code, 0, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}
