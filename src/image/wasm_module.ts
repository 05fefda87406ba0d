/**
 * Compiles a WebAssembly file that lies inside an npm package.
 *
 * Deno loads it as part of the program (a source-phase import), which takes no permission, where fetching or
 * reading the same file takes read access to Deno's cache.
 *
 * @param resolve Gives the URL of a module of the package; called in Deno only, so that bundlers and browsers never
 *   see an address that they cannot resolve.
 * @param path The WebAssembly file, relative to that module.
 * @returns The compiled module; `undefined` where this way is not available and the package must load its own file.
 */
export async function compilePackageWasm(
  resolve: () => string,
  path: string,
): Promise<WebAssembly.Module | undefined> {
  if (!("Deno" in globalThis)) return undefined;
  try {
    const url = new URL(path, resolve()).href;
    // Spelled so that bundlers and TypeScript, which do not know the syntax yet, can read this file.
    const module: unknown = await new Function("url", "return import.source(url)")(url);
    return module instanceof WebAssembly.Module ? module : undefined;
  } catch {
    return undefined; // an older Deno, or a package not in the cache: the caller's own loading says what is wrong
  }
}
