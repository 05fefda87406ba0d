/**
 * Compiles a module that is carried as base64.
 *
 * @param base64 Its bytes.
 * @returns The module.
 * @throws {WebAssembly.CompileError} Where the runtime cannot have it.
 */
export function compiledModule(base64: string): WebAssembly.Module {
  return new WebAssembly.Module(Uint8Array.from(atob(base64), (c) => c.charCodeAt(0)));
}

/**
 * The same for a module that has a stand-in.
 *
 * @param base64 Its bytes.
 * @returns The module; `undefined` where the runtime cannot have it, as without WebAssembly SIMD.
 */
export function compiledIfCan(base64: string): WebAssembly.Module | undefined {
  try {
    return compiledModule(base64);
  } catch {
    return undefined;
  }
}
