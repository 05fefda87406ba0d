import { BitstreamError } from "../core/mod.ts";
import { EntropyError } from "../entropy/errors.ts";
import { readVarint } from "../entropy/varint.ts";

/** Part of a file that a reader of parts cannot do without. */
export const HEADER_PART = "the header";
/** Remedy for a file whose header is whole. */
export const TAKE_WHAT_IS_THERE = "decode the part that is there with partial: true (decompress --preview)";

/** What a parser returns instead of a value if the bytes end too early. */
export interface MissingBytes {
  /** Bytes that are needed after those given, at least; more may be needed after them. */
  readonly missingBytes: number;
  /** Message of the error for a file that ends here. */
  readonly message: string;
}

/**
 * What is missing of a part that ends at `end`.
 *
 * @param what The part, for the message.
 * @param end Where it ends.
 * @param byteLength What the file has.
 */
export function missingAt(what: string, end: number, byteLength: number): MissingBytes {
  return {
    missingBytes: end - byteLength,
    message:
      `Cannot read ${what}: the file must have at least ${end} bytes (got ${byteLength}). Fetch it again${
        what === HEADER_PART ? "" : `, or ${TAKE_WHAT_IS_THERE}`
      }.`,
  };
}

/** Whether a parser needs more bytes. */
export function isMissing(result: object): result is MissingBytes {
  return "missingBytes" in result;
}

/** The parsed value. Errors: `BitstreamError` ("file-truncated") if bytes are missing. */
export function present<T extends object>(result: T | MissingBytes): T {
  if (isMissing(result)) throw truncationError(result);
  return result;
}

/** The error for a file that ends where bytes are missing: code "file-truncated". */
export function truncationError({ message }: MissingBytes): BitstreamError {
  return new BitstreamError("file-truncated", message);
}

/**
 * Reads numbers from bytes, one after the other. At the end of the bytes it sets `missing` and reads zeros from there on.
 * Errors: `BitstreamError` ("file-header").
 */
export class Cursor {
  /** Set if a read needed more bytes than there are; values from that read on are not of the file. */
  missing: MissingBytes | undefined;

  /**
   * Makes the object.
   *
   * @param bytes What is read.
   * @param offset First byte.
   * @param what The part of the file, for messages.
   */
  constructor(readonly bytes: Uint8Array, public offset: number, readonly what: string) {}

  /** The next bytes, a view; empty if some are missing. */
  take(byteCount: number): Uint8Array {
    const end = this.offset + byteCount;
    if (this.missing || end > this.bytes.length) {
      this.missing ??= missingAt(this.what, end, this.bytes.length);
      return new Uint8Array(0);
    }
    this.offset = end;
    return this.bytes.subarray(end - byteCount, end);
  }

  /** The next byte. */
  byte(): number {
    return this.take(1)[0] ?? 0;
  }

  /** An unsigned little-endian number of so many bytes. */
  uint(byteCount: number): number {
    return this.take(byteCount).reduceRight((value, byte) => value * 256 + byte, 0);
  }

  /** An unsigned LEB128 number of at most 32 bits. */
  varint(): number {
    try {
      const value = readVarint(() => this.byte());
      return this.missing ? 0 : value;
    } catch (cause) {
      if (!(cause instanceof EntropyError)) throw cause;
      throw new BitstreamError(
        "file-header",
        `Cannot read ${this.what}: the number before byte ${this.offset} must have at most 32 bits (got ` +
          "more). Fetch the file again.",
      );
    }
  }
}

/** An unsigned number as little-endian bytes. */
export function littleEndian(value: number, byteCount: number): Uint8Array {
  return Uint8Array.from({ length: byteCount }, (_, i) => (value >>> (8 * i)) & 0xff);
}
