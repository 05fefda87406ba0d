/**
 * The image libraries: jSquash's builds of mozjpeg, libwebp, libavif and libjxl, each loaded on first use.
 *
 * We instantiate the codecs' own modules rather than call jSquash's wrappers, for three reasons: what a codec
 * prints becomes a message instead of noise on the console, an instance that failed can be thrown away, and
 * Deno needs no permission to load them.
 *
 * @module
 */
import type { Host } from "../host/host.ts";
import { host } from "../host/mod.ts";
import { ImageError } from "./errors.ts";
import { withLocation } from "./library_globals.ts";
import type { MetadataWriter } from "./write/metadata_writer.ts";
import { PAGE_BYTES } from "./wasm_memory_limit.ts";
import { compilePackageWasm } from "./wasm_module.ts";

/** Pixels as a codec takes and returns them. */
export interface CodecPixels {
  /** RGBA interleaved, of 8 or more bits, alpha not premultiplied. */
  readonly data: Uint8ClampedArray | Uint16Array;
  /** Pixels in a row. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
}

/** One ready codec. It is synchronous, so messages always belong to the latest call. */
export interface Codec {
  /** Its memory in bytes, which never shrinks; 0 where it is not known (outside Deno). */
  memoryBytes(): number;
  /** Whether the latest call wanted more memory than it was allowed, or than a codec can have. */
  ranOutOfMemory(): boolean;
  /** Returns and forgets what the codec has printed. */
  takeMessages(): string[];
}

/** A ready decoder. */
export interface Decoder extends Codec {
  /**
   * Decodes a file; `null` or an exception means that it cannot.
   *
   * @param bytes The file.
   * @param maxMemoryBytes The most memory that the codec may have grown to; 65536 bytes are the unit.
   * @param option Second argument of the library's function.
   */
  decode(bytes: Uint8Array, maxMemoryBytes: number, option?: boolean | number): CodecPixels | null;
}

/** A ready encoder. */
export interface Encoder extends Codec {
  /**
   * Encodes RGBA of the bits that the options state; `null` or an exception means that it cannot.
   *
   * @param pixels The picture.
   * @param options All of the library's own options.
   * @returns The file, in memory of its own.
   */
  encode(pixels: CodecPixels, options: EncoderOptions): Uint8Array | null;
}

/** What an encoder's options depend on. */
export interface EncoderChoice {
  /** 1 to 100. */
  readonly quality: number;
  /** Whether the file is to be exact. */
  readonly lossless: boolean;
  /** Whether grey samples are written. */
  readonly grey: boolean;
  /** Bits per sample. */
  readonly bitDepth: number;
}

/** A library's own options, by name. */
export type EncoderOptions = Readonly<Record<string, number | boolean>>;

/** A library's module, and where its WebAssembly lies beside it. */
export interface Library {
  /** Imports the module. */
  readonly load: () => Promise<{ default: unknown }>;
  /** Address of the module. */
  readonly resolve: () => string;
  /** The WebAssembly's address relative to the module. */
  readonly wasm: string;
}

/** A format's library: its two modules, and what it must be told. */
export interface LibraryCodec {
  /** The format's name in options. */
  readonly id: string;
  /** The format's name in messages. */
  readonly label: string;
  /** The module that decodes. */
  readonly decoder: Library;
  /** The module that encodes. */
  readonly encoder: Library;
  /** Second argument of the decode function. */
  readonly decodeOption?: boolean | number;
  /** Whether that argument is the bits per sample to give, up to those of the file. */
  readonly givesDepth?: boolean;
  /** Memory that the decoder may take by default: 1.5 to 4 times the need of its own files. */
  readonly memoryBytesPerPixel: number;
  /** The longest side that the format, or its library, writes, in pixels. */
  readonly maxSidePixels: number;
  /** Whether grey pictures are written as grey samples, beside which a grey profile may stand. */
  readonly hasGreySamples?: boolean;
  /** Repairs a file that the library would refuse. */
  prepare?(bytes: Uint8Array): Uint8Array;
  /** Picks out the message that tells of lost data; such a file is damaged though the library gave a picture. */
  complaintOf?(messages: readonly string[]): string | undefined;
  /** Adds metadata to an encoded file. */
  readonly addMetadata: MetadataWriter;
  /** Bits per sample to write 16-bit samples with; absent where the library writes 8 only. */
  bitDepthOf?(samples: Uint16Array, lossless: boolean): number;
  /** All of the encoder's options: its own defaults but for quality; `grey` asks for grey samples. */
  options(choice: EncoderChoice): EncoderOptions;
}

interface CodecModule {
  decode?(bytes: Uint8Array, option?: boolean | number): CodecPixels | null;
  encode?(data: Uint8Array, width: number, height: number, options: EncoderOptions): Uint8Array | null;
}

type CodecFactory = (options: Record<string, unknown>) => Promise<unknown>;

const decoders = new Map<string, Promise<Decoder>>();
const encoders = new Map<string, Promise<Encoder>>();

/**
 * Gives the decoder of a format, loading it the first time.
 *
 * @param codec The format's library.
 * @returns The decoder.
 * @throws ImageError `image-library-unavailable`.
 */
export function loadDecoder({ id, label, decoder }: LibraryCodec): Promise<Decoder> {
  return kept(decoders, id, async () => {
    const { module, memory, ...codec } = await instantiate(label, decoder);
    return {
      ...codec,
      decode: (bytes, maxMemoryBytes, option) => {
        memory.allow(maxMemoryBytes);
        return option === undefined ? module.decode!(bytes) : module.decode!(bytes, option);
      },
    };
  });
}

/** As {@linkcode loadDecoder}, the encoder. */
export function loadEncoder({ id, label, encoder }: LibraryCodec): Promise<Encoder> {
  return kept(encoders, id, async () => {
    const { module, memory, ...codec } = await instantiate(label, encoder);
    return {
      ...codec,
      encode: ({ data, width, height }, options) => {
        memory.allow(Infinity);
        const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
        return module.encode!(bytes, width, height, options);
      },
    };
  });
}

/**
 * Forgets a format's decoder: after a failure it may be inconsistent, after a large picture it keeps its memory.
 *
 * @param codec The format's library.
 */
export function dropDecoder({ id }: LibraryCodec): void {
  decoders.delete(id);
}

/** As {@linkcode dropDecoder}, the encoder. */
export function dropEncoder({ id }: LibraryCodec): void {
  encoders.delete(id);
}

function kept<T>(
  codecs: Map<string, Promise<T>>,
  id: string,
  make: () => Promise<T>,
): Promise<T> {
  let codec = codecs.get(id);
  if (!codec) {
    codec = make();
    codecs.set(id, codec);
    codec.catch(() => codecs.delete(id)); // the next call tries again
  }
  return codec;
}

async function instantiate(
  label: string,
  { load, resolve, wasm }: Library,
): Promise<Codec & { readonly module: CodecModule; readonly memory: CappedMemory }> {
  const messages: string[] = [];
  const note = (line: unknown) => messages.push(String(line));
  const memory = new CappedMemory();
  try {
    const [factory, compiled] = await Promise.all([load(), compilePackageWasm(resolve, wasm)]);
    const start = factory.default as CodecFactory;
    const module = await withLocation(() =>
      start({
        noInitialRun: true,
        print: note,
        printErr: note,
        ...(compiled && { instantiateWasm: instantiateFrom(compiled, (exports) => memory.watch(exports)) }),
      })
    ) as CodecModule;
    return {
      module,
      memory,
      memoryBytes: () => memory.byteLength,
      ranOutOfMemory: () => memory.wasRefused,
      takeMessages: () => messages.splice(0),
    };
  } catch (cause) {
    throw libraryUnavailable(label, wasm, cause);
  }
}

/** What helps if a library's file does not load, by runtime. A bundle has lost the path to the package's files. */
const REMEDIES: { readonly [name in Host["name"]]: (file: string) => string } = {
  web: (file) => `Serve ${file} of the library's npm package beside the bundle's scripts (docs/WEB.md)`,
  node: (file) => `Run npm install, or copy ${file} of the library's npm package to the folder of the bundle`,
  bun: (file) => `Run bun install, or copy ${file} of the library's npm package to the folder of the bundle`,
  deno: (file) =>
    "Run deno install, allow reading Deno's cache with --allow-read, or copy " +
    `${file} of the library's npm package to the folder of the bundle`,
};

/**
 * The error of a library whose module does not start.
 *
 * @param label The format.
 * @param wasm Path of its WebAssembly.
 * @param cause Why it does not start.
 */
export function libraryUnavailable(label: string, wasm: string, cause: unknown): ImageError {
  const reason = cause instanceof Error ? cause.message : String(cause), file = wasm.replace(/^.*\//, "");
  return new ImageError(
    "image-library-unavailable",
    `Cannot load the ${label} library: its ${file} must load and start (got: ${reason}). ${
      REMEDIES[host.name](file)
    }.`,
    { cause },
  );
}

/** A codec's memory: refuses to grow beyond a limit, upon which the codec fails as if the machine had no more. */
class CappedMemory {
  #memory: WebAssembly.Memory | undefined;
  #maxBytes = Infinity;
  /** Whether the codec was refused memory since the limit was set. */
  wasRefused = false;

  get byteLength(): number {
    return this.#memory?.buffer.byteLength ?? 0;
  }

  /** Takes an instance's memory, which Emscripten's code grows by calling its `grow`. */
  watch(exports: WebAssembly.Exports): void {
    const memory = Object.values(exports).find((value) => value instanceof WebAssembly.Memory);
    if (!memory) return;
    this.#memory = memory;
    memory.grow = (pages) => {
      try {
        if (memory.buffer.byteLength + pages * PAGE_BYTES > this.#maxBytes) {
          throw new RangeError("memory limit");
        }
        return WebAssembly.Memory.prototype.grow.call(memory, pages);
      } catch (error) {
        this.wasRefused = true;
        throw error;
      }
    };
  }

  allow(maxBytes: number): void {
    this.#maxBytes = maxBytes;
    this.wasRefused = false;
  }
}

/** Emscripten's hook for a module that is already compiled. */
function instantiateFrom(module: WebAssembly.Module, watch: (exports: WebAssembly.Exports) => void) {
  return (
    imports: WebAssembly.Imports,
    done: (instance: WebAssembly.Instance) => void,
  ): WebAssembly.Exports => {
    const instance = new WebAssembly.Instance(module, imports);
    watch(instance.exports);
    done(instance);
    return instance.exports;
  };
}
