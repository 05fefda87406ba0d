import { host } from "../host/mod.ts";
import { mayRead } from "../host/read_permission.ts";

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

/**
 * Reads a WebAssembly file that lies inside an npm package.
 *
 * @param resolve As of {@linkcode compilePackageWasm}.
 * @param path The WebAssembly file, relative to that module.
 * @returns Its bytes; `undefined` in browsers, and in Deno where the program may not read the package's files.
 */
export async function readPackageWasm(
  resolve: () => string,
  path: string,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (!host.compilePackageFile) return undefined;
  try {
    const url = new URL(path, resolve());
    return mayRead(url) ? await host.read(url, () => {}) : undefined;
  } catch {
    return undefined; // the caller's own loading says what is wrong
  }
}
