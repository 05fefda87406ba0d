/**
 * The image libraries: jSquash's builds of mozjpeg, libwebp, libavif and libjxl, each loaded on first use.
 *
 * We instantiate the codecs' own modules rather than call jSquash's wrappers, for three reasons: what a codec
 * prints becomes a message instead of noise on the console, an instance that failed can be thrown away, and
 * Deno needs no permission to load them.
 *
 * @module
 */
import {
  AVIF_DECODER,
  AVIF_ENCODER,
  JPEG_DECODER,
  JPEG_ENCODER,
  JXL_DECODER,
  JXL_ENCODER,
  WEBP_DECODER,
  WEBP_ENCODER,
} from "../deps/jsquash.ts";
import { ImageError } from "./errors.ts";
import { withLocation } from "./library_globals.ts";
import { FORMAT_LABELS, type PictureFormat } from "./picture.ts";
import { compilePackageWasm } from "./wasm_module.ts";

/** The formats that a library decodes and encodes; PNG is done by our own code. */
export type LibraryFormat = Exclude<PictureFormat, "png">;

/** Pixels as a codec returns them. */
export interface DecodedPixels {
  /** RGBA interleaved, 8 bits, alpha not premultiplied. */
  readonly data: Uint8ClampedArray;
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
   */
  decode(bytes: Uint8Array, maxMemoryBytes: number): DecodedPixels | null;
}

/** A ready encoder. */
export interface Encoder extends Codec {
  /**
   * Encodes RGBA of 8 bits; `null` or an exception means that it cannot.
   *
   * @param pixels The picture.
   * @param options All of the library's own options.
   * @returns The file, in memory of its own.
   */
  encode(pixels: DecodedPixels, options: EncoderOptions): Uint8Array | null;
}

/** A library's own options, by name. */
export type EncoderOptions = Readonly<Record<string, number | boolean>>;

interface CodecModule {
  decode?(bytes: Uint8Array, option?: boolean | number): DecodedPixels | null;
  encode?(data: Uint8Array, width: number, height: number, options: EncoderOptions): Uint8Array | null;
}

type CodecFactory = (options: Record<string, unknown>) => Promise<unknown>;

interface Library {
  readonly load: () => Promise<{ default: unknown }>;
  readonly resolve: () => string;
  readonly wasm: string;
}

const DECODERS: Readonly<Record<LibraryFormat, Library>> = {
  jpeg: { ...JPEG_DECODER, wasm: "./mozjpeg_dec.wasm" },
  webp: { ...WEBP_DECODER, wasm: "./webp_dec.wasm" },
  avif: { ...AVIF_DECODER, wasm: "./avif_dec.wasm" },
  jxl: { ...JXL_DECODER, wasm: "./jxl_dec.wasm" },
};
const ENCODERS: Readonly<Record<LibraryFormat, Library>> = {
  jpeg: { ...JPEG_ENCODER, wasm: "./mozjpeg_enc.wasm" },
  webp: { ...WEBP_ENCODER, wasm: "./webp_enc_simd.wasm" },
  avif: { ...AVIF_ENCODER, wasm: "./avif_enc.wasm" },
  jxl: { ...JXL_ENCODER, wasm: "./jxl_enc.wasm" },
};
/** The decode functions' second arguments: JPEG "apply the orientation", AVIF "bits per sample". */
const DECODE_OPTIONS: Readonly<Partial<Record<LibraryFormat, boolean | number>>> = { jpeg: false, avif: 8 };

/** Unit in which a codec's memory grows. */
const PAGE_BYTES = 65536;

const decoders = new Map<LibraryFormat, Promise<Decoder>>();
const encoders = new Map<LibraryFormat, Promise<Encoder>>();

/**
 * Gives the decoder of a format, loading it the first time.
 *
 * @param format The format.
 * @returns The decoder.
 * @throws ImageError `image-library-unavailable`.
 */
export function loadDecoder(format: LibraryFormat): Promise<Decoder> {
  return kept(decoders, format, async () => {
    const { module, memory, ...codec } = await instantiate(format, DECODERS[format]);
    const option = DECODE_OPTIONS[format];
    return {
      ...codec,
      decode: (bytes, maxMemoryBytes) => {
        memory.allow(maxMemoryBytes);
        return option === undefined ? module.decode!(bytes) : module.decode!(bytes, option);
      },
    };
  });
}

/** As {@linkcode loadDecoder}, the encoder. */
export function loadEncoder(format: LibraryFormat): Promise<Encoder> {
  return kept(encoders, format, async () => {
    const { module, memory, ...codec } = await instantiate(format, ENCODERS[format]);
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
 * @param format The format.
 */
export function dropDecoder(format: LibraryFormat): void {
  decoders.delete(format);
}

/** As {@linkcode dropDecoder}, the encoder. */
export function dropEncoder(format: LibraryFormat): void {
  encoders.delete(format);
}

function kept<T>(
  codecs: Map<LibraryFormat, Promise<T>>,
  format: LibraryFormat,
  make: () => Promise<T>,
): Promise<T> {
  let codec = codecs.get(format);
  if (!codec) {
    codec = make();
    codecs.set(format, codec);
    codec.catch(() => codecs.delete(format)); // the next call tries again
  }
  return codec;
}

async function instantiate(
  format: LibraryFormat,
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
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ImageError(
      "image-library-unavailable",
      `Cannot load the ${FORMAT_LABELS[format]} library as its module failed to start: ${reason}; ` +
        "run deno install, or allow reading Deno's cache with --allow-read",
      { cause },
    );
  }
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
