import { withResolvers } from "../host/promise.ts";
import { BitstreamError } from "../core/mod.ts";
import { typeOf } from "../core/picture.ts";
import {
  bytesOf,
  type ContainerHeader,
  type ContainerSection,
  followingError,
  isMissing,
  isStreamKind,
  MAGIC,
  parseHead,
  parseSectionAt,
  THUMBNAIL_SECTION,
  wrongSource,
} from "../format/mod.ts";
import { checkDecompressOptions } from "./check_options.ts";
import { streamsOf } from "./streams/streams_of_file.ts";
import { DEFAULT_MAX_MEMORY_BYTES } from "./streams/decoding_memory.ts";
import { type DecodedPicture, decompress } from "./decompress.ts";
import { TileGrid } from "./tiles/tile_grid.ts";
import type { DecompressOptions } from "./options.ts";
import { codedHeader } from "./reduction/coded_size.ts";
import { sectionPlan } from "./tiles/packet_order.ts";

/** A picture on its way in. */
export interface StreamedPicture<
  D extends Uint8ClampedArray<ArrayBuffer> | Uint16Array<ArrayBuffer> = Uint8ClampedArray<ArrayBuffer>,
> extends DecodedPicture<D> {
  /** Whether this is the whole picture, checked as `decompress` does; earlier ones are coarser. */
  readonly complete: boolean;
  /** Bytes that it was made from. */
  readonly bytes: number;
}

/** What {@linkcode decompressStream} reads. */
type StreamSource = Parameters<typeof decompressStream>[0];

/** Shows a file that arrived at once before it is decoded: `latent_preview.ts`, which `/decode` does not hold. */
export const FIRST_PICTURE: {
  of?: (bytes: Uint8Array, options: DecompressOptions) => Promise<DecodedPicture | undefined>;
} = {};

/** A preview is worth showing once so many times the last one's bytes are there. */
const WORTH_SHOWING = 1.25;

/**
 * Decompresses a `.vaer` file while it arrives: yields pictures of full size that improve, the last one complete. What
 * arrives while a preview is being decoded goes into the next. A thumbnail is always shown first. After the last section of
 * the picture has arrived, no further preview is decoded: the whole file is decoded when the stream ends. If nothing was shown
 * before, a picture of a model is first shown without its network (`latent_preview.ts`, not in `/decode`).
 *
 * @param stream The file's bytes, in chunks of any size: a `ReadableStream`, another async iterable as Node's streams are, or
 *   a `Response`, whatever its status. It is cancelled when the caller stops listening, on abort, or when an error occurs.
 * @param options As for `decompress`. With `partial`, the last picture of a stream that ends early is not `complete`.
 * @throws As `decompress`, and what the stream fails with; previews may have been given before. The reason of the signal as
 *   soon as it aborts, also while the stream stalls.
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
export function decompressStream(
  stream: ReadableStream<Uint8Array> | AsyncIterable<Uint8Array> | Response,
  options: DecompressOptions & { readonly keepDepth: true },
): AsyncGenerator<StreamedPicture | StreamedPicture<Uint16Array<ArrayBuffer>>, void, void>;
/** As above, rounded to 8 bits. */
export function decompressStream(
  stream: ReadableStream<Uint8Array> | AsyncIterable<Uint8Array> | Response,
  options?: DecompressOptions,
): AsyncGenerator<StreamedPicture, void, void>;
export async function* decompressStream(
  stream: ReadableStream<Uint8Array> | AsyncIterable<Uint8Array> | Response,
  options: DecompressOptions = {},
): AsyncGenerator<StreamedPicture | StreamedPicture<Uint16Array<ArrayBuffer>>, void, void> {
  checkDecompressOptions(options);
  options.signal?.throwIfAborted();
  const arrival = new Arrival(stream, options);
  try {
    for (let shown = 0;;) {
      const { whole, ended } = await arrival.more();
      options.signal?.throwIfAborted();
      if (ended) {
        const bytes = arrival.bytes();
        const first = shown === 0 && await FIRST_PICTURE.of?.(bytes, options);
        if (first) yield { ...first, complete: false, bytes: bytes.length };
        const complete = !options.partial || await arrival.hasAllPixels();
        yield { ...await decompress(bytes, options), complete, bytes: bytes.length };
        return;
      }
      const { thumbnailEnd } = arrival;
      if (shown === 0 && thumbnailEnd > 0) { // it needs no model, which the picture may have to wait for
        shown = thumbnailEnd;
        const preview = await decompress(arrival.bytes(shown), { ...options, partial: true });
        yield { ...preview, complete: false, bytes: shown };
      }
      if (whole < WORTH_SHOWING * shown || whole === 0 || await arrival.hasAllPixels()) continue;
      shown = whole;
      const preview = await decompress(arrival.bytes(whole), { ...options, partial: true });
      yield { ...preview, complete: false, bytes: whole };
    }
  } finally {
    arrival.close();
  }
}

/**
 * {@linkcode decompressStream} as a transform for `pipeThrough`: bytes of a `.vaer` file go in, pictures of full size come
 * out, the last one complete. Both ends fail with the error that `decompressStream` would throw; cancelling the readable end
 * stops the decoding.
 *
 * @typeParam K Whether `keepDepth` is set.
 *
 * @example Decode a response while it arrives
 * ```ts
 * import { compress, VaerDecoderStream } from "@vaerans/vaerans";
 * import { assertEquals } from "@std/assert";
 *
 * const data = new Uint8ClampedArray(4 * 60 * 40).fill(200);
 * const body = new Blob([await compress({ data, width: 60, height: 40 }, { model: "pixels" })]).stream();
 * let width = 0;
 * for await (const picture of body.pipeThrough(new VaerDecoderStream())) width = picture.width;
 * assertEquals(width, 60);
 * ```
 */
export class VaerDecoderStream<K extends boolean = false> {
  /** Pictures that improve; nothing is decoded before one is read. */
  readonly readable: ReadableStream<
    StreamedPicture | (K extends true ? StreamedPicture<Uint16Array<ArrayBuffer>> : never)
  >;
  /** Takes the bytes of the file, in chunks of any size. */
  readonly writable: WritableStream<Uint8Array>;

  /**
   * Makes both ends.
   *
   * @param options As for {@linkcode decompressStream}.
   * @throws InvalidValueError ("option-unknown", "option-value" and others of single options).
   */
  constructor(options: DecompressOptions & { readonly keepDepth?: K } = {}) {
    checkDecompressOptions(options);
    const bytes = new TransformStream<Uint8Array, Uint8Array>();
    const cancelled = new AbortController();
    const signal = options.signal ? AbortSignal.any([options.signal, cancelled.signal]) : cancelled.signal;
    let pictures: ReturnType<typeof decompressStream> | undefined;
    this.writable = bytes.writable;
    this.readable = new ReadableStream({
      pull: async (controller) => {
        pictures ??= decompressStream(bytes.readable, { ...options, signal });
        const { done, value } = await pictures.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: async (reason) => {
        cancelled.abort(reason);
        if (pictures) await pictures.return();
        else await bytes.readable.cancel(reason);
      },
    }, { highWaterMark: 0 });
  }
}

/** Collects a stream's bytes and tells how far whole sections reach. */
class Arrival {
  readonly #reader: ChunkReader;
  readonly #options: DecompressOptions;
  /** Rejects when the caller aborts. */
  readonly #aborted: Promise<never>;
  readonly #onAbort: () => void;
  #bytes: Uint8Array<ArrayBuffer> = new Uint8Array(2 ** 16);
  #length = 0;
  /** End of the thumbnail; 0 without one. */
  thumbnailEnd = 0;
  /** End of the thumbnail or of the last whole section of a picture; 0 before the first. */
  #whole = 0;
  /** Where the next section begins; 0 before the header is there. */
  #next = 0;
  #head: ContainerHeader | undefined;
  /** Whole sections up to the first of a picture: they tell its streams. */
  readonly #first: ContainerSection[] = [];
  #sectionCount = 0;
  #streamSectionCount = 0;
  /** Sections of a picture that the file has; known with the first of them. */
  #wanted: Promise<number> | undefined;

  constructor(stream: StreamSource, options: DecompressOptions) {
    this.#reader = readerOf(stream);
    this.#options = options;
    const { signal } = options, { promise, reject } = withResolvers<never>();
    this.#aborted = promise;
    this.#onAbort = () => reject(signal!.reason);
    promise.catch(() => {}); // whoever waits for bytes is told
    signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  /** Waits for more bytes. */
  async more(): Promise<{ whole: number; ended: boolean }> {
    const { done, value } = await Promise.race([this.#reader.read(), this.#aborted]);
    if (done) return { whole: this.#whole, ended: true };
    this.#append(value);
    this.#advance();
    return { whole: this.#whole, ended: false };
  }

  /** Whether the last section of the picture has arrived. */
  async hasAllPixels(): Promise<boolean> {
    if (!this.#head || this.#streamSectionCount === 0) return false;
    this.#wanted ??= streamSectionCount(this.#head, this.#first, this.#options.model);
    return this.#streamSectionCount >= await this.#wanted;
  }

  /** What has arrived, or its beginning. */
  bytes(end: number = this.#length): Uint8Array {
    return this.#bytes.subarray(0, end);
  }

  /** Lets go of the stream. Its source may take as long as it likes to stop: nobody waits for it. */
  close(): void {
    this.#options.signal?.removeEventListener("abort", this.#onAbort);
    this.#reader.cancel().catch(() => {});
  }

  #append(given: unknown): void {
    const chunk = bytesOf(given);
    if (!chunk) throw wrongSource(given, STREAM);
    const { maxMemoryBytes = DEFAULT_MAX_MEMORY_BYTES } = this.#options;
    const length = this.#length + chunk.length;
    if (length > maxMemoryBytes) {
      throw new BitstreamError(
        "memory-limit",
        `Cannot read this stream: it must have at most ${maxMemoryBytes} bytes (got more). Raise ` +
          "maxMemoryBytes if you trust it.",
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

  /** The next section. */
  #section(): ReturnType<typeof parseSectionAt> {
    try {
      return parseSectionAt(this.bytes(), this.#next, this.#sectionCount);
    } catch (damage) {
      throw followingError(this.#head!, this.#first, this.#bytes[this.#next], this.#next, this.#length) ??
        damage;
    }
  }

  #advance(): void {
    if (this.#length < MAGIC.length) return;
    if (this.#next === 0) {
      const head = parseHead(this.bytes(), this.#options);
      if (isMissing(head)) return;
      this.#head = head.header;
      this.#next = head.headerByteLength;
    }
    while (this.#next < this.#length) {
      const parsed = this.#section();
      if (isMissing(parsed)) return;
      const { section, end } = parsed;
      this.#next = end;
      this.#sectionCount++;
      if (this.#streamSectionCount === 0) {
        this.#first.push({ ...section, payload: section.payload.slice() });
      }
      if (section.kind === THUMBNAIL_SECTION && this.#streamSectionCount === 0) {
        this.#whole = this.thumbnailEnd = end;
      }
      if (!isStreamKind(section.kind)) continue;
      this.#streamSectionCount++;
      this.#whole = end;
    }
  }
}

/** What a stream must be. */
const STREAM = "a stream of bytes";

/** What takes chunks from a stream or an iterable. */
interface ChunkReader {
  read(): Promise<IteratorResult<Uint8Array> | ReadableStreamReadResult<Uint8Array>>;
  cancel(): Promise<unknown>;
}

function readerOf(given: StreamSource): ChunkReader {
  const stream = typeOf(given) === "Response" ? (given as Response).body : given;
  const { getReader, locked } = (stream ?? {}) as Partial<ReadableStream<Uint8Array>>;
  if (locked || (given as Response | undefined)?.bodyUsed) {
    throw wrongSource(given, "unread", "Fetch it again");
  }
  if (getReader) return getReader.call(stream) as ReadableStreamDefaultReader<Uint8Array>;
  const chunks = (stream as AsyncIterable<Uint8Array>)?.[Symbol.asyncIterator]?.();
  if (!chunks) throw wrongSource(stream, STREAM);
  return { read: () => chunks.next(), cancel: async () => await chunks.return?.() };
}

/** How many sections the streams of a file's picture have. */
async function streamSectionCount(
  header: ContainerHeader,
  sections: readonly ContainerSection[],
  model: string | undefined,
): Promise<number> {
  const coded = codedHeader(header), streams = await streamsOf(coded, sections, model);
  return sectionPlan(streams.map((spec) => new TileGrid(coded, header.tileSide, spec))).length;
}
