/**
 * The one way in which this package inflates: in slices, so that a few kilobytes that inflate to gigabytes never lie in
 * memory inflated.
 *
 * `DecompressionStream` emits all that an input chunk inflates to before anyone can count it, and one deflated byte gives up
 * to 1032. The input is therefore cut into slices whose output is at most about {@linkcode SLICE_OUTPUT_BYTES} by the ratio
 * of the slices before, and never more than 1032 × {@linkcode MAX_SLICE_BYTES}.
 *
 * @module
 */
import { concat } from "../core/concat.ts";

/** The formats of `DecompressionStream` that are in use: zlib's, and without a frame. */
export type DeflateFormat = "deflate" | "deflate-raw";

/** Most bytes that one deflated byte can give: a pair of one-bit codes that stands for 258 bytes. */
export const MAX_DEFLATE_RATIO = 1032;

const MIN_SLICE_BYTES = 256;
const MAX_SLICE_BYTES = 4096;
/** Slices around damage are cut as fine as this, in turn. */
const FINER_SLICE_BYTES = [64, 1];
const SLICE_OUTPUT_BYTES = 2 ** 19;

/** What the inflations of one file may give together: a file may hold any number of parts. */
export interface InflateBudget {
  /** Bytes that are still allowed. */
  bytesLeft: number;
}

/** How an inflation ended. */
export interface InflateResult {
  /** How many bytes of the target were written, from its start. */
  readonly filled: number;
  /** Whether the data gave more than the target holds; the rest was not inflated. */
  readonly exceeded: boolean;
  /** The error of corrupt data, or of bytes after the end of the stream; absent if there was none. */
  readonly cause?: unknown;
}

/**
 * Inflates into an array until it is full or the data end. Everything before the damage of corrupt data is written.
 *
 * @param target Receives the bytes; at most {@linkcode MAX_DEFLATE_RATIO} times the input's length is worth allocating.
 * @param parts The deflated bytes, one part after the other.
 * @param format Their format.
 * @param signal Aborts between slices.
 * @returns How it ended.
 * @throws The signal's reason.
 */
export async function inflateInto(
  target: Uint8Array,
  parts: readonly Uint8Array[],
  format: DeflateFormat = "deflate",
  signal?: AbortSignal,
): Promise<InflateResult> {
  let filled = 0;
  try {
    for await (const bytes of inflated(parts, format)) {
      signal?.throwIfAborted();
      const room = target.length - filled;
      target.set(bytes.length <= room ? bytes : bytes.subarray(0, room), filled);
      if (bytes.length > room) return { filled: target.length, exceeded: true };
      filled += bytes.length;
    }
    return { filled, exceeded: false };
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    return { filled, exceeded: false, cause };
  }
}

/**
 * Inflates to at most `mostBytes`, and holds no more than that and a slice. Bytes after the end of a zlib stream are passed
 * over.
 *
 * @param bytes The deflated bytes.
 * @param mostBytes The limit.
 * @param format Their format.
 * @param budget What several calls may inflate together, successful or not; this call takes its share.
 * @returns `undefined` if the data are corrupt or give more.
 */
export async function inflateAtMost(
  bytes: Uint8Array,
  mostBytes: number,
  format: DeflateFormat = "deflate",
  budget: InflateBudget = { bytesLeft: Infinity },
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const parts: Uint8Array[] = [];
  let total = 0;
  if (budget.bytesLeft <= 0) return undefined;
  try {
    for await (const part of inflated([bytes], format)) {
      total += part.length;
      budget.bytesLeft -= part.length;
      if (total > mostBytes || budget.bytesLeft < 0) return undefined;
      parts.push(part);
    }
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    const whole = concat(parts);
    return format === "deflate" && endsBeforeGarbage(bytes, whole) ? whole : undefined;
  }
  return concat(parts);
}

/** Whether the checksum that ends a zlib stream stands in the deflated bytes: then the error came from what follows it. */
function endsBeforeGarbage(deflated: Uint8Array, inflated: Uint8Array): boolean {
  const checksum = adler32(inflated);
  for (let i = 2; i + 4 < deflated.length; i++) {
    const stated = (deflated[i] << 24 | deflated[i + 1] << 16 | deflated[i + 2] << 8 | deflated[i + 3]) >>> 0;
    if (stated === checksum) return true;
  }
  return false;
}

/** The checksum of RFC 1950. */
function adler32(bytes: Uint8Array): number {
  let a = 1, b = 0;
  for (let i = 0; i < bytes.length;) {
    // Sums of so many bytes stay below 2^32.
    for (const end = Math.min(i + 3800, bytes.length); i < end; i++) b += a += bytes[i];
    a %= 65521;
    b %= 65521;
  }
  return (b * 65536 + a) >>> 0;
}

/**
 * What the data inflate to, slice by slice; nothing more is inflated once the caller stops.
 *
 * Where a slice is refused, what it holds before the damage (or before bytes that follow the end of the stream) would be
 * lost with it: the data are inflated again, the last slices in finer ones, down to single bytes. Then the error is thrown.
 */
async function* inflated(
  parts: readonly Uint8Array[],
  format: DeflateFormat,
): AsyncGenerator<Uint8Array, void, void> {
  let given = 0, fineFrom = Infinity;
  for (const sliceBytes of [MAX_SLICE_BYTES, ...FINER_SLICE_BYTES]) {
    const input = new SlicedInput(parts, fineFrom, sliceBytes);
    let skipped = 0;
    try {
      for await (const bytes of inflatedSlices(input, format)) {
        const old = Math.min(given - skipped, bytes.length);
        skipped += old;
        if (bytes.length === old) continue;
        given += bytes.length - old;
        skipped = given;
        yield bytes.subarray(old);
      }
      return;
    } catch (cause) {
      if (!(cause instanceof TypeError) || sliceBytes === FINER_SLICE_BYTES.at(-1)) throw cause;
    }
    fineFrom = input.startOfLatestSlices;
  }
}

async function* inflatedSlices(
  input: SlicedInput,
  format: DeflateFormat,
): AsyncGenerator<Uint8Array, void, void> {
  const source = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      const slice = input.next();
      if (slice) controller.enqueue(slice);
      else controller.close();
    },
  }, { highWaterMark: 0 });
  const reader = source.pipeThrough(new DecompressionStream(format)).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      input.tellOutput(value.length);
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => {}); // an error has already been thrown, or nobody wants the rest
  }
}

/** Cuts parts into slices, small ones where the output is large. */
class SlicedInput {
  readonly #parts: readonly Uint8Array[];
  /** From this byte of the input on, slices are as fine as told. */
  readonly #fineFrom: number;
  readonly #fineBytes: number;
  #part = 0;
  #offsetInPart = 0;
  /** Bytes given out. */
  #offset = 0;
  #sliceBytes = MIN_SLICE_BYTES;
  /** Bytes given out since output was last told. */
  #sinceOutput = 0;
  /** Where the latest slices began, oldest first: the stream reads ahead, so an error may belong to an earlier one. */
  readonly #latest: number[] = [];

  constructor(parts: readonly Uint8Array[], fineFrom: number, fineBytes: number) {
    this.#parts = parts;
    this.#fineFrom = fineFrom;
    this.#fineBytes = fineBytes;
  }

  get startOfLatestSlices(): number {
    return this.#latest[0] ?? 0;
  }

  /** The next slice, of as many parts as it takes: a file may be cut into parts of a byte. */
  next(): Uint8Array<ArrayBuffer> | undefined {
    const most = this.#offset >= this.#fineFrom
      ? this.#fineBytes
      : Math.min(this.#sliceBytes, this.#fineFrom - this.#offset);
    const slice = new Uint8Array(most);
    let length = 0;
    while (length < most && this.#part < this.#parts.length) {
      const part = this.#parts[this.#part];
      const piece = part.subarray(this.#offsetInPart, this.#offsetInPart + most - length);
      slice.set(piece, length);
      length += piece.length;
      this.#offsetInPart += piece.length;
      if (this.#offsetInPart === part.length) [this.#part, this.#offsetInPart] = [this.#part + 1, 0];
    }
    if (length === 0) return undefined;
    this.#latest.push(this.#offset);
    if (this.#latest.length > 3) this.#latest.shift();
    this.#offset += length;
    this.#sinceOutput += length;
    return slice.subarray(0, length);
  }

  /** Adapts the slices' length to how much the latest ones gave. */
  tellOutput(byteLength: number): void {
    const ratio = byteLength / Math.max(1, this.#sinceOutput);
    this.#sinceOutput = 0;
    const wanted = Math.min(SLICE_OUTPUT_BYTES / Math.max(ratio, 1e-3), 2 * this.#sliceBytes);
    this.#sliceBytes = Math.max(MIN_SLICE_BYTES, Math.min(MAX_SLICE_BYTES, Math.floor(wanted)));
  }
}
