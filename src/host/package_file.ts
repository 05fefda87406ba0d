import type { Host } from "./host.ts";
import { host } from "./mod.ts";
import type { NodeProcess } from "./node.ts";

interface ProgramProcess extends NodeProcess {
  readonly argv: readonly string[];
}

type Compile = (url: URL) => Promise<WebAssembly.Module | undefined>;

const COMPILERS: { readonly [name in Host["name"]]?: Compile } = {
  deno: compileAsPart,
  node: compileFile,
  bun: compileFile,
};

/**
 * Compiles a WebAssembly file of an npm package; absent where the package must load its own file: in browsers.
 *
 * @param url Address of the file.
 * @returns The module; `undefined` where this is not possible.
 */
export const compilePackageFile: Compile | undefined = COMPILERS[host.name];

/**
 * Deno loads it as part of the program (a source-phase import), which takes no permission, where fetching or reading the same
 * file takes read access to Deno's cache. Spelled so that bundlers and TypeScript, which do not know the syntax yet, can read
 * this file.
 */
async function compileAsPart(url: URL): Promise<WebAssembly.Module | undefined> {
  const module: unknown = await new Function("url", "return import.source(url)")(url.href);
  return module instanceof WebAssembly.Module ? module : undefined;
}

async function compileFile(url: URL): Promise<WebAssembly.Module> {
  return await WebAssembly.compile(await host.read(url, () => {}));
}

/**
 * Address of the program that Node, Bun or Deno runs. Throws elsewhere. Some bundlers replace `import.meta.url` by what it was when they
 * ran, so that only this address tells where a bundle is.
 */
export function programUrl(): URL {
  const { process } = globalThis as unknown as { process: ProgramProcess };
  const { pathToFileURL } = process.getBuiltinModule<{ pathToFileURL(path: string): URL }>("node:url");
  return pathToFileURL(process.argv[1]);
}
