import { BitstreamError, MAX_LEVELS } from "../core/mod.ts";
import { EntropyError } from "../entropy/errors.ts";
import { readVarint } from "../entropy/varint.ts";
import { crc32c } from "./crc32c.ts";
import {
  type ContainerHeader,
  type ContainerSection,
  DEFAULT_MAX_PIXELS,
  FEATURES,
  FEATURES_FOLLOW,
  FORMAT_VERSION,
  GROUP_SIDE_UNIT,
  MAGIC,
  MAX_MODEL_NAME_BYTES,
  MAX_SECTIONS,
  MAX_SIDE,
  WAVELETS,
} from "./container_params.ts";
import { sectionName } from "./section_names.ts";

/** Of a section. */
const CHECK_BYTES = 4;

const HEADER = "the header";
/** Remedy for a file whose header is whole. */
export const TAKE_WHAT_IS_THERE = "decode the part that is there with partial: true (decompress --preview)";

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
 * Errors: `BitstreamError` with code "file-magic", "file-version", "file-truncated", "file-header", "file-feature",
 * "file-too-large", "section-damaged" or "section-limit".
 */
export function readContainer(bytes: Uint8Array, options: ReadOptions = {}): Container {
  const { header, headerByteLength } = readHead(bytes, options);
  const sections: ContainerSection[] = [];
  for (let offset = headerByteLength; offset < bytes.length;) {
    checkSectionCount(sections.length);
    try {
      const { section, end } = readSectionAt(bytes, offset, sections.length);
      sections.push(section);
      offset = end;
    } catch (error) {
      if (options.partial && error instanceof BitstreamError && error.code === "file-truncated") break;
      throw error;
    }
  }
  return { header, sections, headerByteLength };
}

/** Reads and checks what stands before the sections; `bytes` may end anywhere after it. Errors: as {@linkcode readContainer}. */
export function readHead(
  bytes: Uint8Array,
  options: ReadOptions = {},
): Pick<Container, "header" | "headerByteLength"> {
  const cursor = new Cursor(bytes, 0, HEADER);
  const header = readHeader(cursor);
  checkSize(header, options.maxPixels ?? DEFAULT_MAX_PIXELS);
  return { header, headerByteLength: cursor.offset };
}

/**
 * Reads and checks one section.
 *
 * @param index Its number, for messages.
 * @returns The section, its payload a view, and the offset after it.
 */
export function readSectionAt(
  bytes: Uint8Array,
  offset: number,
  index: number,
): { readonly section: ContainerSection; readonly end: number } {
  const kind = bytes[offset];
  const name = `section ${index} (${sectionName(kind)})`;
  const cursor = new Cursor(bytes, offset, name);
  cursor.byte();
  const payload = cursor.take(cursor.varint());
  const check = crc32c(bytes.subarray(offset, cursor.offset));
  if (cursor.uint(CHECK_BYTES) !== check) {
    throw new BitstreamError(
      "section-damaged",
      `Cannot read ${name} at byte ${offset}: its checksum does not match; fetch the file again`,
    );
  }
  return { section: { kind, payload }, end: cursor.offset };
}

/**
 * Reads what stands before a section's payload; nothing is checked against the end of the file. Errors: "section-limit",
 * "file-truncated", "file-header".
 *
 * @param index Its number.
 * @returns Its kind, its payload's length, and the offset after the section.
 */
export function readSectionHeadAt(
  bytes: Uint8Array,
  offset: number,
  index: number,
): { readonly kind: number; readonly byteLength: number; readonly end: number } {
  checkSectionCount(index);
  const cursor = new Cursor(bytes, offset, `section ${index}`);
  const kind = cursor.byte(), byteLength = cursor.varint();
  return { kind, byteLength, end: cursor.offset + byteLength + CHECK_BYTES };
}

function checkSectionCount(index: number): void {
  if (index < MAX_SECTIONS) return;
  throw new BitstreamError(
    "section-limit",
    `Cannot read a file of more than ${MAX_SECTIONS} sections: it is damaged`,
  );
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
  const features = transform & FEATURES_FOLLOW ? cursor.varint() : 0;
  const alphaBound = features & FEATURES.alpha ? cursor.byte() : undefined;
  const groupUnits = features & FEATURES.groups ? cursor.varint() : 0;
  const check = crc32c(cursor.bytes.subarray(0, cursor.offset)) & 0xffff;
  if (cursor.uint(2) !== check) throw headerError("its checksum does not match");
  const levels = transform & 15, wavelet = WAVELETS[(transform & ~FEATURES_FOLLOW) >> 4];
  if (wavelet === undefined) throw headerError(`it names wavelet ${transform >> 4}`);
  if (levels > MAX_LEVELS) throw headerError(`it has ${levels} levels`);
  if (quality > 100) throw headerError(`its quality is ${quality}`);
  if (features & ~Object.values(FEATURES).reduce((all: number, bit) => all | bit, 0)) {
    throw new BitstreamError(
      "file-feature",
      `Cannot read this .vaer file: its features ${features} are not all known; use a newer release`,
    );
  }
  if (alphaBound !== undefined && alphaBound > 127) throw headerError(`its alpha's error is ${alphaBound}`);
  if (features & FEATURES.groups && !(groupUnits >= 1 && groupUnits <= MAX_SIDE / GROUP_SIDE_UNIT)) {
    throw headerError(`its groups have a side of ${groupUnits * GROUP_SIDE_UNIT}`);
  }
  return {
    width,
    height,
    modelId,
    modelName,
    modelFingerprint,
    wavelet,
    levels,
    stepCode,
    quality,
    grey: (features & FEATURES.grey) !== 0,
    bitDepth: features & FEATURES.deep ? 16 : 8,
    alphaBound,
    groupSide: groupUnits * GROUP_SIDE_UNIT,
    weighted: (features & FEATURES.weighted) !== 0,
  };
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

function headerError(what: string): BitstreamError {
  return new BitstreamError(
    "file-header",
    `Cannot read the header of this .vaer file: ${what}; the file is damaged, fetch it again`,
  );
}

class Cursor {
  constructor(readonly bytes: Uint8Array, public offset: number, readonly what: string) {}

  take(byteCount: number): Uint8Array {
    if (this.offset + byteCount > this.bytes.length) {
      throw new BitstreamError(
        "file-truncated",
        `Cannot read ${this.what}: ${byteCount} bytes are due at byte ${this.offset} and the file ends after ${this.bytes.length}; ` +
          `fetch it again${this.what === HEADER ? "" : `, or ${TAKE_WHAT_IS_THERE}`}`,
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
      throw new BitstreamError(
        "file-header",
        `Cannot read ${this.what}: the number at byte ${this.offset} is over 32 bits; the file is damaged, fetch it again`,
      );
    }
  }
}
