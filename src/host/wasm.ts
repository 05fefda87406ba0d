/** A WebAssembly module that the package carries, as its generated module exports it. */
export interface WasmText {
  /** Name of the module: its file is `NAME.wasm` where the program carries it as a file. */
  readonly name: string;
  /**
   * Its bytes as printable characters, some bytes exchanged: those below 91 are the characters from `#` to `~` but for the
   * backslash; a space before such a character adds 91, an exclamation mark 182. Compressed for transfer, this takes 3% more
   * than the bytes; hexadecimal digits take a tenth more, base64 a third.
   */
  readonly characters: string;
}

const SPACE_CODE = 32, FIRST_CODE = 35, BACKSLASH_CODE = 92;
/** Characters that stand for a byte. */
const ALPHABET_LENGTH = 91;

/** Exchanges rare bytes below 91 for frequent ones above: arithmetic of i32 (106 to 117), the prefix of SIMD (253). */
function exchanged(byte: number): number {
  if (byte === 90 || byte === 253) return 343 - byte;
  if (byte > 77 && byte < 90) return byte + 28;
  return byte > 105 && byte < 118 ? byte - 28 : byte;
}

/** The characters of {@linkcode WasmText} for bytes. */
export function wasmCharacters(bytes: Uint8Array): string {
  return Array.from(bytes.map(exchanged), (byte) => {
    const rest = byte % ALPHABET_LENGTH, code = FIRST_CODE + rest;
    const prefix = ["", " ", "!"][(byte - rest) / ALPHABET_LENGTH];
    return prefix + String.fromCharCode(code < BACKSLASH_CODE ? code : code + 1);
  }).join("");
}

/** The bytes of a module. */
export function wasmBytes({ characters }: WasmText): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(characters.length);
  let count = 0, added = 0;
  for (let i = 0; i < characters.length; i++) {
    const code = characters.charCodeAt(i);
    if (code < FIRST_CODE) {
      added = (code - SPACE_CODE + 1) * ALPHABET_LENGTH;
    } else {
      bytes[count++] = exchanged(added + code - FIRST_CODE - Number(code > BACKSLASH_CODE));
      added = 0;
    }
  }
  return bytes.slice(0, count);
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
