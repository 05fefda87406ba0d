import { denoOutput } from "../run_deno.ts";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { withFolder } from "../with_folder.ts";

/** The modules that a program would load, as `deno info` finds them without running it. */
export interface ModuleGraph {
  /** Paths of modules of this package, from its root. */
  readonly own: readonly string[];
  /** Packages from npm with their versions, those that they depend on included. */
  readonly packages: readonly string[];
  /** Bytes of the modules and of the packages, as gzip compresses them. */
  downloadBytes(): Promise<number>;
}

interface Info {
  readonly modules: readonly {
    readonly specifier: string;
    readonly npmPackage?: string;
    readonly dependencies?: readonly { readonly code?: { readonly specifier?: string } }[];
  }[];
  readonly roots: readonly string[];
  readonly redirects?: { readonly [specifier: string]: string };
  readonly npmPackages: {
    readonly [id: string]: {
      readonly name: string;
      readonly version: string;
      readonly dependencies: readonly string[];
    };
  };
}

/**
 * The modules that an entry point reaches by imports of code that can be analysed, dynamic ones included, as another project
 * sees them: without the packages of this workspace.
 */
export async function moduleGraph(entry: URL): Promise<ModuleGraph> {
  const root = new URL("../../", import.meta.url).href;
  const info: Info = JSON.parse(await denoOutput("info --no-config --no-lock --json", [entry.pathname]));
  const modules = new Map(info.modules.map((module) => [module.specifier, module]));
  const reached = new Set(info.roots), packages = new Set<string>();
  for (const specifier of reached) {
    const module = modules.get(specifier);
    if (module?.npmPackage !== undefined) packages.add(module.npmPackage);
    for (const { code } of module?.dependencies ?? []) {
      if (code?.specifier) reached.add(info.redirects?.[code.specifier] ?? code.specifier);
    }
  }
  for (const id of packages) for (const other of info.npmPackages[id].dependencies) packages.add(other);
  const own = [...reached].filter((specifier) => specifier.startsWith(root));
  return {
    own: own.map((specifier) => specifier.slice(root.length)),
    packages: [...packages],
    async downloadBytes() {
      let bytes = 0;
      for (const specifier of own) bytes += gzipSync(await Deno.readFile(new URL(specifier))).length;
      const { npmCache } = JSON.parse(await denoOutput("info --json"));
      // One folder per registry.
      const [{ name: registry }] = await Array.fromAsync(Deno.readDir(npmCache));
      for (const id of packages) {
        const { name, version } = info.npmPackages[id];
        bytes += await folderBytes(new URL(`file://${npmCache}/${registry}/${name}/${version}/`));
      }
      return bytes;
    },
  };
}

async function folderBytes(folder: URL): Promise<number> {
  let bytes = 0;
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    bytes += isDirectory
      ? await folderBytes(new URL(`${name}/`, folder))
      : gzipSync(await Deno.readFile(new URL(name, folder))).length;
  }
  return bytes;
}

/** What bundling an entry point for browsers gives. */
export interface BundleSizes {
  /** Bytes of all files, each compressed by brotli. */
  readonly brotliBytes: number;
  /** Their texts. */
  readonly texts: readonly string[];
}

/** Bundles an entry point for browsers, minified. */
export async function bundleSizes(entry: URL): Promise<BundleSizes> {
  const texts: string[] = [];
  await withFolder(async (folder) => {
    const options = ["--quiet", "--platform=browser", "--minify", "--code-splitting"];
    await denoOutput("bundle", [...options, "--outdir", folder, entry.pathname]);
    for await (const { name } of Deno.readDir(folder)) {
      texts.push(await Deno.readTextFile(`${folder}/${name}`));
    }
  });
  return {
    brotliBytes: texts.reduce((sum, text) => sum + brotliCompressSync(text).length, 0),
    texts,
  };
}
