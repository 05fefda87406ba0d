/**
 * The image libraries: jSquash's builds of mozjpeg, libwebp, libavif and libjxl, each loaded on first use.
 *
 * We instantiate the codecs' own modules rather than call jSquash's wrappers, for three reasons: what a codec
 * prints becomes a message instead of noise on the console, an instance that failed can be thrown away, and
 * Deno needs no permission to load them.
 *
 * @module
 */
import { AVIF_DECODER, JPEG_DECODER, JXL_DECODER, WEBP_DECODER } from "../deps/jsquash.ts";
import { ImageError } from "./errors.ts";
import { withLocation } from "./library_globals.ts";
import { FORMAT_LABELS, type PictureFormat } from "./picture.ts";
import { compilePackageWasm } from "./wasm_module.ts";

/** The formats that a library decodes; PNG is read by our own code. */
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

/** One ready decoder. It is synchronous, so messages always belong to the latest call. */
export interface Decoder {
  /** Decodes a file; `null` or an exception means that it cannot. */
  decode(bytes: Uint8Array): DecodedPixels | null;
  /** Returns and forgets what the codec has printed. */
  takeMessages(): string[];
}

interface CodecModule {
  decode(bytes: Uint8Array, option?: boolean | number): DecodedPixels | null;
}

type CodecFactory = (options: Record<string, unknown>) => Promise<unknown>;

interface Library {
  readonly load: () => Promise<{ default: unknown }>;
  readonly resolve: () => string;
  readonly wasm: string;
  /** The decode function's second argument: JPEG "apply the orientation", AVIF "bits a sample". */
  readonly option?: boolean | number;
}

const LIBRARIES: Readonly<Record<LibraryFormat, Library>> = {
  jpeg: {
    ...JPEG_DECODER,
    wasm: "./mozjpeg_dec.wasm",
    option: false,
  },
  webp: {
    ...WEBP_DECODER,
    wasm: "./webp_dec.wasm",
  },
  avif: {
    ...AVIF_DECODER,
    wasm: "./avif_dec.wasm",
    option: 8,
  },
  jxl: {
    ...JXL_DECODER,
    wasm: "./jxl_dec.wasm",
  },
};

const ready = new Map<LibraryFormat, Promise<Decoder>>();

/**
 * Gives the decoder of a format, loading it the first time.
 *
 * @param format The format.
 * @returns The decoder.
 * @throws ImageError `image-library-unavailable`.
 */
export function loadDecoder(format: LibraryFormat): Promise<Decoder> {
  let decoder = ready.get(format);
  if (!decoder) {
    decoder = instantiate(format);
    ready.set(format, decoder);
    decoder.catch(() => ready.delete(format)); // the next call tries again
  }
  return decoder;
}

/**
 * Forgets a format's instance: after a failure it may be inconsistent, after a large picture it keeps its memory.
 *
 * @param format The format.
 */
export function dropDecoder(format: LibraryFormat): void {
  ready.delete(format);
}

async function instantiate(format: LibraryFormat): Promise<Decoder> {
  const { load, resolve, wasm, option } = LIBRARIES[format];
  const messages: string[] = [];
  const note = (line: unknown) => messages.push(String(line));
  try {
    const [factory, compiled] = await Promise.all([load(), compilePackageWasm(resolve, wasm)]);
    const start = factory.default as CodecFactory;
    const codec = await withLocation(() =>
      start({
        noInitialRun: true,
        print: note,
        printErr: note,
        ...(compiled && { instantiateWasm: instantiateFrom(compiled) }),
      })
    ) as CodecModule;
    return {
      decode: (bytes) => option === undefined ? codec.decode(bytes) : codec.decode(bytes, option),
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

/** Emscripten's hook for a module that is already compiled. */
function instantiateFrom(module: WebAssembly.Module) {
  return (
    imports: WebAssembly.Imports,
    done: (instance: WebAssembly.Instance) => void,
  ): WebAssembly.Exports => {
    const instance = new WebAssembly.Instance(module, imports);
    done(instance);
    return instance.exports;
  };
}
