import { BitstreamError } from "../core/mod.ts";
import { EntropyError } from "../entropy/errors.ts";
import { readVarint } from "../entropy/varint.ts";

/** Part of a file that a reader of parts cannot do without. */
export const HEADER_PART = "the header";
/** Remedy for a file whose header is whole. */
export const TAKE_WHAT_IS_THERE = "decode the part that is there with partial: true (decompress --preview)";

/** Reads numbers from bytes, one after the other. Errors: `BitstreamError` ("file-truncated", "file-header"). */
export class Cursor {
  /**
   * Makes the object.
   *
   * @param bytes What is read.
   * @param offset First byte.
   * @param what The part of the file, for messages.
   */
  constructor(readonly bytes: Uint8Array, public offset: number, readonly what: string) {}

  /** The next bytes, a view. */
  take(byteCount: number): Uint8Array {
    if (this.offset + byteCount > this.bytes.length) {
      throw new BitstreamError(
        "file-truncated",
        `Cannot read ${this.what}: ${byteCount} bytes are due at byte ${this.offset} and the file ends after ${this.bytes.length}; ` +
          `fetch it again${this.what === HEADER_PART ? "" : `, or ${TAKE_WHAT_IS_THERE}`}`,
      );
    }
    this.offset += byteCount;
    return this.bytes.subarray(this.offset - byteCount, this.offset);
  }

  /** The next byte. */
  byte(): number {
    return this.take(1)[0];
  }

  /** An unsigned little-endian number of so many bytes. */
  uint(byteCount: number): number {
    return this.take(byteCount).reduceRight((value, byte) => value * 256 + byte, 0);
  }

  /** An unsigned LEB128 number of at most 32 bits. */
  varint(): number {
    try {
      return readVarint(() => this.byte());
    } catch (cause) {
      if (!(cause instanceof EntropyError)) throw cause;
      throw new BitstreamError(
        "file-header",
        `Cannot read ${this.what}: the number at byte ${this.offset} is over 32 bits; the file is damaged, fetch it again`,
      );
    }
  }
}

/** An unsigned number as little-endian bytes. */
export function littleEndian(value: number, byteCount: number): Uint8Array {
  return Uint8Array.from({ length: byteCount }, (_, i) => (value >>> (8 * i)) & 0xff);
}
