/** A WebAssembly module that the package carries, as its generated module exports it. */
export interface WasmText {
  /** Name of the module: its file is `NAME.wasm` where the program carries it as a file. */
  readonly name: string;
  /** Its bytes, as hexadecimal digits. Compressed for transfer they take a tenth more than the bytes; base64 takes twice that. */
  readonly hex: string;
}

/** Modules by name, given or compiled; `null` for those that the runtime cannot have. */
const modules = new Map<string, WebAssembly.Module | null>();
/** Modules of both directions, by the name of the module that only decodes. */
const whole = new Map<string, WasmText>();

/**
 * Gives modules that the runtime has compiled from files, for runtimes that compile none from bytes, as workerd.
 *
 * @param given Modules by name.
 */
export function setWasmModules(given: Readonly<Record<string, WebAssembly.Module>>): void {
  for (const [name, module] of Object.entries(given)) modules.set(name, module);
}

/**
 * Makes this program use a module of both directions in place of one that only decodes.
 *
 * @param decoding The module that only decodes.
 * @param both The other one; it exports the same functions and more.
 */
export function useWhole(decoding: WasmText, both: WasmText): void {
  whole.set(decoding.name, both);
}

/**
 * A module that was given, or compiled from its text. Each is compiled once.
 *
 * @param decoding The module; if the program uses one of both directions in its place, that one is meant.
 * @returns The module.
 * @throws {WebAssembly.CompileError} Where the runtime cannot have it.
 */
export function compiledModule(decoding: WasmText): WebAssembly.Module {
  return compiledIfCan(decoding) ?? new WebAssembly.Module(wasmBytes(decoding));
}

/**
 * The same for a module that has an alternative.
 *
 * @param decoding The module.
 * @returns The module; `undefined` where the runtime cannot have it, as without WebAssembly SIMD.
 */
export function compiledIfCan(decoding: WasmText): WebAssembly.Module | undefined {
  const text = whole.get(decoding.name) ?? decoding;
  let module = modules.get(text.name);
  if (module === undefined) {
    try {
      module = new WebAssembly.Module(wasmBytes(text));
    } catch {
      module = null;
    }
    modules.set(text.name, module);
  }
  return module ?? undefined;
}

/** The bytes of a module. */
export function wasmBytes({ hex }: WasmText): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: hex.length / 2 }, (_, i) => parseInt(hex.slice(2 * i, 2 * i + 2), 16));
}
