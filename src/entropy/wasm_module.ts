/**
 * Compiles a module that is carried as base64.
 *
 * @param base64 Its bytes.
 * @returns The module; `undefined` where the runtime cannot have it, as without WebAssembly SIMD.
 */
export function compiledModule(base64: string): WebAssembly.Module | undefined {
  try {
    return new WebAssembly.Module(Uint8Array.from(atob(base64), (c) => c.charCodeAt(0)));
  } catch {
    return undefined;
  }
}
