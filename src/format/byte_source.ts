import { BitstreamError } from "../core/mod.ts";

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

/** Where a `.vaer` file can come from. URLs are read by HTTP ranges where the server offers them. */
export type FileSource = Uint8Array | ArrayBuffer | Blob | URL | SeekableFile | ByteSource;

/** Opens a source. Errors: `BitstreamError` ("source-unreadable"). */
export async function openSource(source: FileSource, signal?: AbortSignal): Promise<ByteSource> {
  if (source instanceof Uint8Array) return bytesSource(source);
  if (source instanceof ArrayBuffer) return bytesSource(new Uint8Array(source));
  if (source instanceof Blob) {
    return {
      byteLength: source.size,
      read: async (offset, byteLength) =>
        new Uint8Array(await source.slice(offset, offset + byteLength).arrayBuffer()),
    };
  }
  if (source instanceof URL) return await urlSource(source, signal);
  const { read } = source as ByteSource ?? {};
  if (typeof read !== "function") {
    throw unreadable("the source", "no bytes, Blob, open file or URL");
  }
  return "seek" in source ? await seekableSource(source) : source;
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

async function seekableSource(file: SeekableFile): Promise<ByteSource> {
  const byteLength = await file.seek(0, 2);
  return {
    byteLength,
    read: async (offset, count, signal) => {
      const bytes = new Uint8Array(count);
      await file.seek(offset, 0);
      for (let filled = 0; filled < count;) {
        signal?.throwIfAborted();
        const got = await file.read(bytes.subarray(filled));
        if (got === null) {
          throw unreadable("the file", `it ended after ${offset + filled} of ${byteLength} bytes`);
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
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    return bytesSource(await bodyOf(url, await request(url, init)));
  }
  const first = await request(url, { ...init, headers: { range: "bytes=0-0" } });
  const total = /\/(\d+)$/.exec(first.headers.get("content-range") ?? "")?.[1];
  if (first.status !== 206 || total === undefined) return bytesSource(await bodyOf(url, first));
  await first.body?.cancel();
  return {
    byteLength: Number(total),
    read: async (offset, byteLength, readSignal) => {
      if (byteLength === 0) return new Uint8Array(0);
      const range = `bytes=${offset}-${offset + byteLength - 1}`;
      const response = await request(url, { ...(readSignal && { signal: readSignal }), headers: { range } });
      const bytes = await bodyOf(url, response);
      if (response.status !== 206 || bytes.length !== byteLength) {
        throw unreadable(url.href, `${range} gave status ${response.status} and ${bytes.length} bytes`);
      }
      return bytes;
    },
  };
}

async function request(url: URL, init: RequestInit): Promise<Response> {
  try {
    const response = await fetch(url, init);
    if (response.ok) return response;
    await response.body?.cancel();
    throw new Error(`status ${response.status}`);
  } catch (cause) {
    init.signal?.throwIfAborted();
    throw unreadable(url.href, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

async function bodyOf(url: URL, response: Response): Promise<Uint8Array> {
  try {
    return new Uint8Array(await response.arrayBuffer());
  } catch (cause) {
    throw unreadable(url.href, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function unreadable(what: string, reason: string, cause?: unknown): BitstreamError {
  return new BitstreamError(
    "source-unreadable",
    `Cannot read ${what}: all its bytes must be readable (got: ${reason}). Check the address and try ` +
      "again.",
    cause === undefined ? undefined : { cause },
  );
}
