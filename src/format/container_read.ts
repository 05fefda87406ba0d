import { BitstreamError, MAX_LEVELS } from "../core/mod.ts";
import { EntropyError } from "../entropy/errors.ts";
import { readVarint } from "../entropy/varint.ts";
import { crc32c } from "./crc32c.ts";
import {
  type ContainerHeader,
  type ContainerSection,
  DEFAULT_MAX_PIXELS,
  FORMAT_VERSION,
  MAGIC,
  MAX_MODEL_NAME_BYTES,
  MAX_SECTIONS,
  MAX_SIDE,
  WAVELETS,
} from "./container_params.ts";

/** What a file holds. Payloads are views of the bytes given. */
export interface Container {
  /** Everything before the sections. */
  readonly header: ContainerHeader;
  /** In file order. */
  readonly sections: readonly ContainerSection[];
  /** Bytes of magic, header and its check. */
  readonly headerByteLength: number;
}

/** Limits checked before anything is allocated. */
export interface ReadOptions {
  /** Largest width × height; 2^28 by default. */
  readonly maxPixels?: number;
  /** Take the sections that are whole and leave out one that the end of the bytes cuts off. */
  readonly partial?: boolean;
}

/**
 * Reads and checks a file: magic, version, limits, every checksum. Needs no model and copies nothing.
 *
 * Errors: `BitstreamError` with code "file-magic", "file-version", "file-truncated", "file-header", "file-too-large",
 * "section-damaged" or "section-limit".
 */
export function readContainer(bytes: Uint8Array, options: ReadOptions = {}): Container {
  const cursor = new Cursor(bytes);
  const header = readHeader(cursor);
  checkSize(header, options.maxPixels ?? DEFAULT_MAX_PIXELS);
  const headerByteLength = cursor.offset;
  const sections: ContainerSection[] = [];
  while (cursor.offset < bytes.length) {
    if (sections.length === MAX_SECTIONS) {
      throw new BitstreamError(
        "section-limit",
        `Cannot read a file of more than ${MAX_SECTIONS} sections: it is damaged`,
      );
    }
    try {
      sections.push(readSection(cursor, sections.length));
    } catch (error) {
      if (options.partial && error instanceof BitstreamError && error.code === "file-truncated") break;
      throw error;
    }
  }
  return { header, sections, headerByteLength };
}

function readHeader(cursor: Cursor): ContainerHeader {
  const start = cursor.bytes.subarray(0, MAGIC.length);
  if (!MAGIC.every((byte, i) => start[i] === byte)) {
    throw new BitstreamError(
      "file-magic",
      "Cannot read this as a .vaer file: it does not begin with the magic bytes 56 C6 52",
    );
  }
  cursor.take(MAGIC.length);
  const version = cursor.byte();
  if (version !== FORMAT_VERSION) {
    throw new BitstreamError(
      "file-version",
      `Cannot read a .vaer file of format version ${version}: this release reads version ${FORMAT_VERSION}; use a release that wrote it`,
    );
  }
  const width = cursor.varint(), height = cursor.varint(), modelId = cursor.varint();
  let modelName = "";
  if (modelId === 0) {
    const nameBytes = cursor.varint();
    if (nameBytes > MAX_MODEL_NAME_BYTES) throw headerError(`its model name has ${nameBytes} bytes`);
    modelName = new TextDecoder().decode(cursor.take(nameBytes));
  }
  const modelFingerprint = cursor.uint(4);
  const transform = cursor.byte(), stepCode = cursor.varint(), quality = cursor.byte();
  const check = crc32c(cursor.bytes.subarray(0, cursor.offset)) & 0xffff;
  if (cursor.uint(2) !== check) throw headerError("its checksum does not match");
  const levels = transform & 15, wavelet = WAVELETS[transform >> 4];
  if (wavelet === undefined) throw headerError(`it names wavelet ${transform >> 4}`);
  if (levels > MAX_LEVELS) throw headerError(`it has ${levels} levels`);
  if (quality > 100) throw headerError(`its quality is ${quality}`);
  return { width, height, modelId, modelName, modelFingerprint, wavelet, levels, stepCode, quality };
}

function checkSize({ width, height }: ContainerHeader, maxPixels: number): void {
  if (width < 1 || height < 1) throw headerError(`its size is ${width}×${height}`);
  if (width > MAX_SIDE || height > MAX_SIDE || width * height > maxPixels) {
    throw new BitstreamError(
      "file-too-large",
      `Cannot read a picture of ${width}×${height}: the limit is ${maxPixels} pixels and ${MAX_SIDE} a side; raise maxPixels if you trust the file`,
    );
  }
}

function readSection(cursor: Cursor, index: number): ContainerSection {
  const start = cursor.offset;
  const kind = cursor.byte();
  const payload = cursor.take(cursor.varint());
  const check = crc32c(cursor.bytes.subarray(start, cursor.offset));
  if (cursor.uint(4) !== check) {
    throw new BitstreamError(
      "section-damaged",
      `Cannot read section ${index} at byte ${start}: its checksum does not match; fetch the file again`,
    );
  }
  return { kind, payload };
}

function headerError(what: string): BitstreamError {
  return new BitstreamError(
    "file-header",
    `Cannot read the header of this .vaer file: ${what}; the file is damaged, fetch it again`,
  );
}

class Cursor {
  offset = 0;
  constructor(readonly bytes: Uint8Array) {}

  take(byteCount: number): Uint8Array {
    if (this.offset + byteCount > this.bytes.length) {
      throw new BitstreamError(
        "file-truncated",
        `Cannot read ${byteCount} bytes at byte ${this.offset}: the file ends after ${this.bytes.length}; fetch it again`,
      );
    }
    this.offset += byteCount;
    return this.bytes.subarray(this.offset - byteCount, this.offset);
  }

  byte(): number {
    return this.take(1)[0];
  }

  uint(byteCount: number): number {
    return this.take(byteCount).reduceRight((value, byte) => value * 256 + byte, 0);
  }

  varint(): number {
    try {
      return readVarint(() => this.byte());
    } catch (cause) {
      if (!(cause instanceof EntropyError)) throw cause;
      throw headerError(`a number at byte ${this.offset} is over 32 bits`);
    }
  }
}
