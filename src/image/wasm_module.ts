import { host } from "../host/mod.ts";
import { compilePackageFile, programUrl } from "../host/package_file.ts";
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
  for (const url of placesOf(resolve, path)) {
    try {
      const module = await compilePackageFile?.(url());
      if (module) return module;
    } catch {
      // an older Deno, or not there: the caller's own loading says what is wrong
    }
  }
  return undefined;
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
  if (!compilePackageFile) return undefined;
  for (const place of placesOf(resolve, path)) {
    try {
      const url = place();
      if (mayRead(url)) return await host.read(url, () => {});
    } catch {
      // not there: the caller's own loading says what is wrong
    }
  }
  return undefined;
}

/** Where a file of a package may be: in the package, and beside the bundle whose part this module is. */
function placesOf(resolve: () => string, path: string): readonly (() => URL)[] {
  const { url } = import.meta; // on its own: webpack takes an address that is made of it for one of a file
  return [() => new URL(path, resolve()), () => new URL(path, url), () => new URL(path, programUrl())];
}
