import { BitstreamError } from "../core/mod.ts";
import { typeOf } from "../core/picture.ts";
import { host } from "../host/mod.ts";

/** Bytes that can be read from anywhere, so that a region of a large picture costs little reading. */
export interface ByteSource {
  /** Bytes in all. */
  readonly byteLength: number;
  /**
   * Reads some bytes.
   *
   * @param offset First byte.
   * @param byteLength How many; the range lies inside the source.
   * @param signal Stops the reading.
   */
  read(offset: number, byteLength: number, signal?: AbortSignal): Promise<Uint8Array>;
}

/** An open file with a position: a `Deno.FsFile` is one. */
export interface SeekableFile {
  /** Moves the position; `whence` 0 counts from the start, 2 from the end. */
  seek(offset: number, whence: 0 | 2): Promise<number>;
  /** Reads some bytes from the position on; `null` at the end. */
  read(target: Uint8Array): Promise<number | null>;
}

/**
 * Where a `.vaer` file can come from. URLs are read by HTTP ranges where the server offers them, `file:` URLs where there are
 * files. The last kind is a `FileHandle` of `node:fs/promises`.
 */
export type FileSource = Uint8Array | ArrayBuffer | Blob | URL | SeekableFile | ByteSource | {
  /** Tells the size. */
  stat(): Promise<{ readonly size: number }>;
  /** Reads some bytes from a position on; none at the end. */
  read(
    target: Uint8Array,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ readonly bytesRead: number }>;
};

/** An open file that is read at positions. */
type PositionedFile = Extract<FileSource, { stat(): unknown }>;

/** Opens a source. Errors: `BitstreamError` ("source-unreadable"). */
export async function openSource(source: FileSource, signal?: AbortSignal): Promise<ByteSource> {
  const bytes = bytesOf(source);
  if (bytes) return bytesSource(new Uint8Array(bytes)); // the caller may write to them at once
  if (source instanceof Blob) {
    return {
      byteLength: source.size,
      read: async (offset, byteLength) =>
        new Uint8Array(
          await readable("the Blob", () => source.slice(offset, offset + byteLength).arrayBuffer()),
        ),
    };
  }
  if (source instanceof URL) return await urlSource(source, signal);
  const { read, seek, stat, byteLength } = (source ?? {}) as Partial<
    SeekableFile & PositionedFile & ByteSource
  >;
  if (read && seek) {
    const file = source as SeekableFile;
    return filledSource(await readable(FILE, () => file.seek(0, 2)), async (target, position) => {
      await file.seek(position, 0);
      return await file.read(target);
    });
  }
  if (read && byteLength !== undefined) return source as ByteSource;
  if (read && stat) {
    const file = source as PositionedFile;
    return filledSource(
      (await readable(FILE, () => file.stat())).size,
      async (target, position) => (await file.read(target, 0, target.length, position)).bytesRead,
    );
  }
  throw wrongSource(source, "bytes, a Blob, an open file or a URL");
}

/**
 * The bytes of a `Uint8Array` or an `ArrayBuffer`, of another realm too, none if they were transferred to another thread;
 * `undefined` for anything else.
 */
export function bytesOf(given: unknown): Uint8Array | undefined {
  const bytes = given as Uint8Array | ArrayBuffer, type = typeOf(given), isArray = type === "Uint8Array";
  if (!isArray && type !== "ArrayBuffer") return undefined;
  if (!bytes.byteLength) return new Uint8Array(0);
  return isArray ? bytes as Uint8Array : new Uint8Array(bytes);
}

/** How a source is had of what is none, by type. */
const REMEDIES: { readonly [type: string]: string } = {
  Promise: "Await it",
  Response: "Give new Uint8Array(await it.arrayBuffer())",
  String: "Give a URL or bytes",
};

/** The error for what is no source: "source-unreadable". */
export function wrongSource(
  got: unknown,
  wanted: string,
  remedy: string = REMEDIES[typeOf(got)] ?? "Give streams to decompressStream, files to decompress",
): BitstreamError {
  return new BitstreamError(
    "source-unreadable",
    `Cannot read the source: it must be ${wanted} (got ${typeOf(got)}). ${remedy}.`,
  );
}

/** All bytes of a source; the array itself where it is one. */
export async function readAll(source: ByteSource, signal?: AbortSignal): Promise<Uint8Array> {
  return await source.read(0, source.byteLength, signal);
}

function bytesSource(bytes: Uint8Array): ByteSource {
  return {
    byteLength: bytes.length,
    read: (offset, byteLength) => Promise.resolve(bytes.subarray(offset, offset + byteLength)),
  };
}

/** A file of which a read may give fewer bytes than asked for, none or `null` at its end. */
function filledSource(
  byteLength: number,
  readAt: (target: Uint8Array, position: number) => Promise<number | null>,
): ByteSource {
  return {
    byteLength,
    read: async (offset, count, signal) => {
      const bytes = new Uint8Array(count);
      for (let filled = 0; filled < count;) {
        signal?.throwIfAborted();
        const got = await readable(FILE, () => readAt(bytes.subarray(filled), offset + filled), signal);
        if (!got) {
          throw unreadable(FILE, `it ended after ${offset + filled} of ${byteLength} bytes`);
        }
        filled += got;
      }
      return bytes;
    },
  };
}

/** The first request asks for one byte: its answer tells the length, or is the whole file where ranges are not served. */
async function urlSource(url: URL, signal?: AbortSignal): Promise<ByteSource> {
  const init = signal ? { signal } : {};
  if (!url.protocol.startsWith("http")) {
    return bytesSource(await readable(url.href, () => host.read(url, () => {}), signal));
  }
  const [first, bytes] = await load(url, { ...init, headers: { range: "bytes=0-0" } });
  if (first.status !== 206) return bytesSource(bytes);
  const total = /\/(\d+)$/.exec(first.headers.get("content-range") ?? "")?.[1];
  // A server may not know the length: then the file is read whole.
  if (total === undefined) return bytesSource((await load(url, init))[1]);
  return {
    byteLength: Number(total),
    read: async (offset, byteLength, readSignal) => {
      if (byteLength === 0) return new Uint8Array(0);
      const range = `bytes=${offset}-${offset + byteLength - 1}`;
      const [response, bytes] = await load(url, {
        ...(readSignal && { signal: readSignal }),
        headers: { range },
      });
      if (response.status !== 206 || bytes.length !== byteLength) {
        throw unreadable(url.href, `${range} gave status ${response.status} and ${bytes.length} bytes`);
      }
      return bytes;
    },
  };
}

/** A response and its body. */
async function load(url: URL, init: RequestInit): Promise<[Response, Uint8Array]> {
  return await readable(url.href, async () => {
    const response = await fetch(url, init);
    if (response.ok) return [response, new Uint8Array(await response.arrayBuffer())];
    await response.body?.cancel();
    throw new Error(`status ${response.status}`);
  }, init.signal);
}

const FILE = "the file";

/** Runs `work`; what it throws becomes an error that names what was read, "source-unreadable". */
export async function readable<T>(
  what: string,
  work: () => T | Promise<T>,
  signal?: AbortSignal | null,
): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    signal?.throwIfAborted();
    throw unreadable(what, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function unreadable(what: string, reason: string, cause?: unknown): BitstreamError {
  return new BitstreamError(
    "source-unreadable",
    `Cannot read ${what}: all its bytes must be readable (got: ${reason}). Check that it is there and ` +
      "open, and try again.",
    cause === undefined ? undefined : { cause },
  );
}
