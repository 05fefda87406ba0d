/** A WebAssembly module that the package carries, as its generated module exports it. */
export interface WasmText {
  /** Name of the module: its file is `NAME.wasm` where the program carries it as a file. */
  readonly name: string;
  /** Its bytes, as hexadecimal digits. Compressed for transfer they take a tenth more than the bytes; base64 takes twice that. */
  readonly hex: string;
}

const given = new Map<string, WebAssembly.Module>();

/**
 * Gives modules that the runtime has compiled from files, for runtimes that compile none from bytes, as workerd.
 *
 * @param modules Modules by name.
 */
export function setWasmModules(modules: Readonly<Record<string, WebAssembly.Module>>): void {
  for (const [name, module] of Object.entries(modules)) given.set(name, module);
}

/**
 * A module that was given, or compiled from its text.
 *
 * @param text The module.
 * @returns The module.
 * @throws {WebAssembly.CompileError} Where the runtime cannot have it.
 */
export function compiledModule(text: WasmText): WebAssembly.Module {
  return given.get(text.name) ?? new WebAssembly.Module(wasmBytes(text));
}

/**
 * The same for a module that has an alternative.
 *
 * @param text The module.
 * @returns The module; `undefined` where the runtime cannot have it, as without WebAssembly SIMD.
 */
export function compiledIfCan(text: WasmText): WebAssembly.Module | undefined {
  try {
    return compiledModule(text);
  } catch {
    return undefined;
  }
}

/** The bytes of a module. */
export function wasmBytes({ hex }: WasmText): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: hex.length / 2 }, (_, i) => parseInt(hex.slice(2 * i, 2 * i + 2), 16));
}
