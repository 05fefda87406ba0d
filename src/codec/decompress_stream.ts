import { BitstreamError } from "../core/mod.ts";
import { isStreamKind, readHead, readSectionAt } from "../format/mod.ts";
import { DEFAULT_MAX_MEMORY_BYTES } from "./decoding_memory.ts";
import { type DecodedPicture, decompress } from "./decompress.ts";
import type { DecompressOptions } from "./options.ts";

/** A picture on its way in. */
export interface StreamedPicture extends DecodedPicture {
  /** Whether this is the whole picture, checked as `decompress` does; earlier ones are coarser. */
  readonly complete: boolean;
  /** Bytes that it was made from. */
  readonly bytes: number;
}

/** Options of {@linkcode decompressStream}. */
export type DecompressStreamOptions = Omit<DecompressOptions, "partial" | "keepDepth">;

/** A preview is worth showing once so many times the last one's bytes are there. */
const WORTH_SHOWING = 1.25;

/**
 * Decompresses a `.vaer` file while it arrives: yields pictures of full size that improve, the last one complete. What
 * arrives while a preview is being decoded goes into the next.
 *
 * @param stream The file's bytes; cancelled when the caller stops listening or an error occurs.
 * @param options As of `decompress`.
 * @throws As `decompress`; previews may have been given before.
 *
 * @example Pictures that improve
 * ```ts
 * import { compress, decompressStream } from "@vaerans/vaerans";
 * import { assertEquals } from "@std/assert";
 *
 * const data = new Uint8ClampedArray(4 * 60 * 40).fill(200);
 * const bytes = await compress({ data, width: 60, height: 40 }, { model: "pixels" });
 * let last = false;
 * for await (const { complete } of decompressStream(new Blob([bytes]).stream())) last = complete;
 * assertEquals(last, true);
 * ```
 */
export async function* decompressStream(
  stream: ReadableStream<Uint8Array>,
  options: DecompressStreamOptions = {},
): AsyncGenerator<StreamedPicture, void, void> {
  const arrival = new Arrival(stream, options);
  try {
    for (let shown = 0;;) {
      const { whole, ended } = await arrival.more();
      options.signal?.throwIfAborted();
      if (ended) {
        const bytes = arrival.bytes();
        yield { ...await decompress(bytes, options), complete: true, bytes: bytes.length };
        return;
      }
      if (whole < WORTH_SHOWING * shown || whole === 0) continue;
      shown = whole;
      const preview = await decompress(arrival.bytes(whole), { ...options, partial: true });
      yield { ...preview, complete: false, bytes: whole };
    }
  } finally {
    await arrival.close();
  }
}

/** Collects a stream's bytes and tells how far whole sections reach. */
class Arrival {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #options: DecompressStreamOptions;
  #bytes: Uint8Array<ArrayBuffer> = new Uint8Array(2 ** 16);
  #length = 0;
  /** End of the last whole section of a picture; 0 before the first. */
  #whole = 0;
  /** Where the next section begins; 0 before the header is there. */
  #next = 0;
  #sections = 0;

  constructor(stream: ReadableStream<Uint8Array>, options: DecompressStreamOptions) {
    this.#reader = stream.getReader();
    this.#options = options;
  }

  /** Waits for more bytes. */
  async more(): Promise<{ whole: number; ended: boolean }> {
    const { done, value } = await this.#reader.read();
    if (done) return { whole: this.#whole, ended: true };
    this.#append(value);
    this.#advance();
    return { whole: this.#whole, ended: false };
  }

  /** What has arrived, or its beginning. */
  bytes(end: number = this.#length): Uint8Array {
    return this.#bytes.subarray(0, end);
  }

  /** Lets go of the stream. */
  async close(): Promise<void> {
    await this.#reader.cancel().catch(() => {});
  }

  #append(chunk: Uint8Array): void {
    const { maxMemoryBytes = DEFAULT_MAX_MEMORY_BYTES } = this.#options;
    const length = this.#length + chunk.length;
    if (length > maxMemoryBytes) {
      throw new BitstreamError(
        "memory-limit",
        `Cannot read this stream: it is longer than ${maxMemoryBytes} bytes; raise maxMemoryBytes if you trust it`,
      );
    }
    if (length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(length, 2 * this.#bytes.length));
      larger.set(this.bytes());
      this.#bytes = larger;
    }
    this.#bytes.set(chunk, this.#length);
    this.#length = length;
  }

  #advance(): void {
    try {
      if (this.#next === 0) this.#next = readHead(this.bytes(), this.#options).headerByteLength;
      while (this.#next < this.#length) {
        const { section, end } = readSectionAt(this.bytes(), this.#next, this.#sections++);
        this.#next = end;
        if (isStreamKind(section.kind)) this.#whole = end;
      }
    } catch (error) {
      if (!(error instanceof BitstreamError && error.code === "file-truncated")) throw error;
      this.#sections = Math.max(0, this.#sections - 1);
    }
  }
}
