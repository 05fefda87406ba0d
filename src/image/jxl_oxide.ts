/**
 * jxl-oxide, which decodes JPEG XL to PNG with all bits of the samples.
 *
 * We call its WebAssembly ourselves rather than by the package's own module, for three reasons: that module has one instance for
 * all times, which a trap would leave broken; it asks for the browser's name and gives 8 bits to some; and the memory can be
 * limited. The names and arguments of the functions are those of version 0.12.5.
 *
 * @module
 */
import { JXL_OXIDE } from "../deps/jxl_oxide.ts";
import { libraryUnavailable } from "./libraries.ts";
import { compilePackageWasm, readPackageWasm } from "./wasm_module.ts";
import { PAGE_BYTES, withMemoryLimit } from "./wasm_memory_limit.ts";

const WASM_PATH = "./jxl_oxide_wasm_bg.wasm";
/** Compiled modules that are kept: limits are rounded up to powers of two, unless the caller states one. */
const MAX_KEPT_MODULES = 8;

/** What is called of the instance. A result that may fail is followed by an error's index and by whether it failed. */
interface Exports {
  readonly memory: WebAssembly.Memory;
  readonly __wbindgen_export_2: WebAssembly.Table;
  __wbindgen_start(): void;
  __wbindgen_malloc(bytes: number, alignment: number): number;
  jxlimage_new(): number;
  /** Takes over the bytes at an address. */
  jxlimage_feedBytes(image: number, address: number, bytes: number): [count: number, ...Failure];
  jxlimage_tryInit(image: number): [isReady: number, ...Failure];
  /** Frames that are there as a whole. */
  jxlimage_num_loaded_keyframes(image: number): number;
  jxlimage_render(image: number, frame: number): [result: number, ...Failure];
  renderresult_encodeToPng(result: number): [address: number, bytes: number, ...Failure];
}
type Failure = [error: number, failed: number];

/** Why a file was not decoded. */
export class OxideFailure extends Error {
  /** Whether it may have been for want of memory. */
  readonly ranOutOfMemory: boolean;

  /** Makes the failure. */
  constructor(message: string, ranOutOfMemory: boolean, options?: ErrorOptions) {
    super(message, options);
    this.ranOutOfMemory = ranOutOfMemory;
  }
}

/** The file's bytes where they can be read, else the compiled module. */
let source: Promise<Uint8Array<ArrayBuffer> | WebAssembly.Module> | undefined;
const limited = new Map<number, WebAssembly.Module>();

/**
 * Decodes a file's first frame.
 *
 * @param bytes The file.
 * @param maxMemoryBytes The most memory that the decoder may take; kept where the program may read the package's files: in Node,
 *   Bun, and Deno with `--allow-read`.
 * @returns A PNG file of the upright picture: 16 bits per sample if the file has more than 8.
 * @throws OxideFailure If the file is damaged, or takes more memory; ImageError `image-library-unavailable`.
 */
export async function jxlToPng(bytes: Uint8Array, maxMemoryBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const maxPages = Math.ceil(maxMemoryBytes / PAGE_BYTES);
  const module = await moduleWithLimit(maxPages);
  // A fresh instance for every picture: a trap leaves nothing behind, and the memory of large pictures is given back.
  const exports = instantiate(module);
  try {
    const image = exports.jxlimage_new();
    const address = exports.__wbindgen_malloc(bytes.length, 1) >>> 0;
    new Uint8Array(exports.memory.buffer).set(bytes, address);
    succeeded(exports, exports.jxlimage_feedBytes(image, address, bytes.length));
    const [isReady] = succeeded(exports, exports.jxlimage_tryInit(image));
    if (!isReady || exports.jxlimage_num_loaded_keyframes(image) === 0) {
      throw new OxideFailure("it ends within its picture", false);
    }
    const [result] = succeeded(exports, exports.jxlimage_render(image, 0));
    const [start, length] = succeeded(exports, exports.renderresult_encodeToPng(result));
    return new Uint8Array(exports.memory.buffer, start >>> 0, length).slice();
  } catch (cause) {
    if (cause instanceof OxideFailure) throw cause;
    // Memory grows by what is asked for, up to twice as much: one that is half full may have been refused more.
    const ranOutOfMemory = exports.memory.buffer.byteLength >= maxPages * PAGE_BYTES / 2;
    throw new OxideFailure("its decoder stopped", ranOutOfMemory, { cause });
  }
}

/** The module, its memory limited where that is possible. */
async function moduleWithLimit(maxPages: number): Promise<WebAssembly.Module> {
  source ??= loadSource().catch((cause) => {
    source = undefined; // the next call tries again
    throw libraryUnavailable("JPEG XL", WASM_PATH, cause);
  });
  const loaded = await source;
  if (loaded instanceof WebAssembly.Module) return loaded;
  let module = limited.get(maxPages);
  if (!module) {
    module = await WebAssembly.compile(withMemoryLimit(loaded, maxPages));
    if (limited.size >= MAX_KEPT_MODULES) limited.delete(limited.keys().next().value!);
    limited.set(maxPages, module);
  }
  return module;
}

async function loadSource(): Promise<Uint8Array<ArrayBuffer> | WebAssembly.Module> {
  const { resolve, load } = JXL_OXIDE;
  const here = await readPackageWasm(resolve, WASM_PATH) ?? await compilePackageWasm(resolve, WASM_PATH);
  if (here) return here;
  // Browsers: the package's module knows where bundlers have put its file.
  const { default: start } = await load();
  await start();
  return (start as unknown as { __wbindgen_wasm_module: WebAssembly.Module }).__wbindgen_wasm_module;
}

/** Makes an instance, with the few functions that it needs of JavaScript. */
function instantiate(module: WebAssembly.Module): Exports {
  const text = (address: number, length: number) =>
    new TextDecoder().decode(new Uint8Array(exports.memory.buffer, address >>> 0, length));
  const functions: Record<string, WebAssembly.ImportValue> = {
    __wbindgen_init_externref_table() {
      const table = exports.__wbindgen_export_2, constants = table.grow(4);
      for (const [i, value] of [undefined, null, true, false].entries()) {
        table.set(constants + i, value as unknown as null);
      }
    },
    __wbindgen_string_new: text,
    __wbindgen_throw(address: number, length: number) {
      throw new Error(text(address, length));
    },
  };
  // The others ask for a browser's window, which there is none of.
  const names = WebAssembly.Module.imports(module).map(({ name }) => name);
  const wbg = Object.fromEntries(names.map((name) => [name, functions[name] ?? (() => undefined)]));
  const exports = new WebAssembly.Instance(module, { wbg }).exports as unknown as Exports;
  exports.__wbindgen_start();
  return exports;
}

/** The results of a function; throws its error if it has failed. */
function succeeded<T extends [...number[], ...Failure]>(
  { __wbindgen_export_2: table }: Exports,
  result: T,
): T {
  const [error, failed] = result.slice(-2);
  if (!failed) return result;
  const message = String(table.get(error));
  throw new OxideFailure(message, message.includes("out of memory"));
}
