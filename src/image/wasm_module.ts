import { host } from "../host/mod.ts";

/**
 * Compiles a WebAssembly file that lies inside an npm package.
 *
 * @param resolve Gives the URL of a module of the package; called where the runtime can compile such a file, so that bundlers and
 *   browsers never see an address that they cannot resolve.
 * @param path The WebAssembly file, relative to that module.
 * @returns The compiled module; `undefined` where this way is not available and the package must load its own file.
 */
export async function compilePackageWasm(
  resolve: () => string,
  path: string,
): Promise<WebAssembly.Module | undefined> {
  try {
    return await host.compilePackageFile?.(new URL(path, resolve()));
  } catch {
    return undefined; // an older Deno, or a package not in the cache: the caller's own loading says what is wrong
  }
}
