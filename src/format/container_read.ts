import { type WaveletName, WAVELETS } from "../wavelets/mod.ts";
import { BitstreamError, MAX_LEVELS } from "../core/mod.ts";
import { crc32c } from "./crc32c.ts";
import {
  ALPHA_SECTION,
  type ContainerHeader,
  type ContainerSection,
  DEFAULT_MAX_PIXELS,
  FEATURES,
  FEATURES_FOLLOW,
  FORMAT_VERSION,
  headerError,
  LAYER_SECTION,
  MAGIC,
  MAX_REDUCTION,
  MAX_SECTIONS,
  MAX_SIDE,
  PIXEL_CHECK_SECTION,
  TILE_SIDE_UNIT,
} from "./container_params.ts";
import { Cursor, HEADER_PART, isMissing, type MissingBytes, present, truncationError } from "./cursor.ts";
import { ABSENT_FIELDS, HEADER_FIELDS, type HeaderRecord } from "./header_fields.ts";
import { isStreamKind, metadataOfKind, sectionName } from "./section_names.ts";

/** Of a section. */
const CHECK_BYTES = 4;

/** What a file holds. Payloads are views of the bytes given. */
export interface Container {
  /** Everything before the sections. */
  readonly header: ContainerHeader;
  /** In file order. */
  readonly sections: readonly ContainerSection[];
  /** Bytes of magic, header and its check. */
  readonly headerByteLength: number;
  /** Set if the bytes end within the section after those listed. */
  readonly missing?: MissingBytes;
  /** Set if the section after those listed is damaged. */
  readonly damage?: BitstreamError;
}

/** What stands before the sections. */
export type ContainerHead = Pick<Container, "header" | "headerByteLength">;

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
  const container = present(parseContainer(bytes, options));
  if (container.damage) throw container.damage;
  if (!options.partial && container.missing) throw truncationError(container.missing);
  return container;
}

/**
 * As {@linkcode readContainer}, with `missing` set if the last section is not whole, and `damage` if it is damaged. Needs more
 * bytes if the header is not whole.
 */
export function parseContainer(bytes: Uint8Array, options: ReadOptions = {}): Container | MissingBytes {
  const head = parseHead(bytes, options);
  if (isMissing(head)) return head;
  const sections: ContainerSection[] = [];
  let offset = head.headerByteLength;
  const followed = () => followingError(head.header, sections, bytes[offset], offset, bytes.length);
  try {
    for (; offset < bytes.length;) {
      checkSectionCount(sections.length);
      const parsed = parseSectionAt(bytes, offset, sections.length);
      if (isMissing(parsed)) {
        const damage = followed();
        return { ...head, sections, ...damage ? { damage } : { missing: parsed } };
      }
      sections.push(parsed.section);
      offset = parsed.end;
    }
  } catch (damage) {
    if (!(damage instanceof BitstreamError)) throw damage;
    return { ...head, sections, damage: followed() ?? damage };
  }
  return { ...head, sections };
}

/**
 * The error for bytes that are no whole section where the file may have ended: "file-followed" if no section of this release that
 * begins with the byte can follow those before; `undefined` if one can, or before the picture's first section. All sections of
 * a stream are of one kind.
 *
 * @param before Sections before, the picture's first at least.
 * @param kind The first byte.
 * @param offset Its place in the file.
 * @param byteLength Bytes of the file, as far as known.
 */
export function followingError(
  { alphaBound, graphicsLayer }: ContainerHeader,
  before: readonly Pick<ContainerSection, "kind">[],
  kind: number,
  offset: number,
  byteLength: number,
): BitstreamError | undefined {
  const isDue = (base: number) =>
    (kind & 0xf0) === base && !before.some((section) => (section.kind & 0xf0) === base);
  if (
    !before.some((section) => isStreamKind(section.kind)) ||
    before.some((section) => section.kind === kind && isStreamKind(kind)) ||
    alphaBound !== undefined && isDue(ALPHA_SECTION) || graphicsLayer && isDue(LAYER_SECTION) ||
    kind === PIXEL_CHECK_SECTION || metadataOfKind(kind)
  ) return undefined;
  return new BitstreamError(
    "file-followed",
    `Cannot read this .vaer file: it must end after ${offset} bytes (got ${byteLength}). Remove the rest, or fetch it again.`,
  );
}

/**
 * Parses and checks what stands before the sections; `bytes` may end anywhere. Errors: as {@linkcode readContainer}, except
 * "file-truncated".
 */
export function parseHead(bytes: Uint8Array, options: ReadOptions = {}): ContainerHead | MissingBytes {
  const cursor = new Cursor(bytes, 0, HEADER_PART);
  const header = parseHeader(cursor);
  if (isMissing(header)) return header;
  checkSize(header, options.maxPixels ?? DEFAULT_MAX_PIXELS);
  return { header, headerByteLength: cursor.offset };
}

/**
 * Parses and checks one section; `bytes` may end anywhere. Errors: "section-damaged", "file-header".
 *
 * @param index Its number, for messages.
 * @returns The section, its payload a view, and the offset after it.
 */
export function parseSectionAt(
  bytes: Uint8Array,
  offset: number,
  index: number,
): { readonly section: ContainerSection; readonly end: number } | MissingBytes {
  const kind = bytes[offset];
  const name = `section ${index} (${sectionName(kind)})`;
  const cursor = new Cursor(bytes, offset, name);
  cursor.byte();
  const payload = cursor.take(cursor.varint());
  const check = crc32c(bytes.subarray(offset, cursor.offset));
  const stored = cursor.uint(CHECK_BYTES);
  if (cursor.missing) return cursor.missing;
  if (stored !== check) {
    throw new BitstreamError(
      "section-damaged",
      `Cannot read ${name} at byte ${offset}: its checksum must be ${check} (got ${stored}). Fetch the ` +
        "file again.",
    );
  }
  return { section: { kind, payload }, end: cursor.offset };
}

/**
 * Parses what stands before a section's payload; nothing is checked against the end of the file. Errors: "section-limit",
 * "file-header".
 *
 * @param index Its number.
 * @returns Its kind, its payload's length, and the offset after the section.
 */
export function parseSectionHeadAt(
  bytes: Uint8Array,
  offset: number,
  index: number,
): { readonly kind: number; readonly byteLength: number; readonly end: number } | MissingBytes {
  checkSectionCount(index);
  const cursor = new Cursor(bytes, offset, `section ${index}`);
  const kind = cursor.byte(), byteLength = cursor.varint();
  return cursor.missing ?? { kind, byteLength, end: cursor.offset + byteLength + CHECK_BYTES };
}

function checkSectionCount(index: number): void {
  if (index < MAX_SECTIONS) return;
  throw new BitstreamError(
    "section-limit",
    `Cannot read this .vaer file: it must have at most ${MAX_SECTIONS} sections (got more). Fetch the ` +
      "file again.",
  );
}

function parseHeader(cursor: Cursor): ContainerHeader | MissingBytes {
  const start = cursor.bytes.subarray(0, MAGIC.length);
  if (!MAGIC.every((byte, i) => start[i] === byte)) {
    throw new BitstreamError(
      "file-magic",
      `Cannot read this as a .vaer file: it must begin with the bytes 56 C6 52 (got ${
        start.length === 0
          ? "an empty file"
          : Array.from(start, (byte) => byte.toString(16).padStart(2, "0").toUpperCase()).join(" ")
      }). Give a file that compress wrote.`,
    );
  }
  cursor.take(MAGIC.length);
  const version = cursor.byte();
  if (cursor.missing) return cursor.missing;
  if (version !== FORMAT_VERSION) {
    throw new BitstreamError(
      "file-version",
      `Cannot read this .vaer file: its format version must be ${FORMAT_VERSION} (got ${version}). Use ` +
        `a release that reads version ${version}.`,
    );
  }
  const read: Partial<HeaderRecord> = {};
  for (const field of HEADER_FIELDS) if (field.isPresent(read)) field.read(cursor, read);
  const check = crc32c(cursor.bytes.subarray(0, cursor.offset)) & 0xffff, stored = cursor.uint(2);
  if (cursor.missing) return cursor.missing;
  if (stored !== check) {
    throw headerError("its checksum must be that of its bytes", `checksum ${stored} for ${check}`);
  }
  return headerOf({ ...ABSENT_FIELDS, ...read } as HeaderRecord);
}

function headerOf(record: HeaderRecord): ContainerHeader {
  const { width, height, model, modelName, fingerprint, transform, stepCode, quality, features } = record;
  const levels = transform & 15, waveletId = (transform & ~FEATURES_FOLLOW) >> 4;
  const wavelet = WAVELETS.find(({ id }) => id === waveletId)?.name as WaveletName | undefined;
  if (wavelet === undefined) throw headerError("its wavelet must be known", `wavelet ${waveletId}`);
  if (levels > MAX_LEVELS) throw headerError(`its levels must be 0 to ${MAX_LEVELS}`, levels);
  if (quality > 100) throw headerError("its quality must be 0 to 100", quality);
  if (features & ~Object.values(FEATURES).reduce((all: number, bit) => all | bit, 0)) {
    throw new BitstreamError(
      "file-feature",
      `Cannot read this .vaer file: all its features must be known (got feature bits ${features}). Use ` +
        "a newer release.",
    );
  }
  const has = (bit: number) => (features & bit) !== 0;
  if (record.alphaError > 127) {
    throw headerError("the error of its alpha must be 0 to 127", record.alphaError);
  }
  if (has(FEATURES.jointAlpha) && !has(FEATURES.alpha)) {
    throw headerError("a file whose alpha is coded with the colours must have alpha", "none");
  }
  const tileSide = record.tileSide * TILE_SIDE_UNIT;
  if (has(FEATURES.tiles) && !(tileSide >= TILE_SIDE_UNIT && tileSide <= MAX_SIDE)) {
    throw headerError(`the side of its tiles must be ${TILE_SIDE_UNIT} to ${MAX_SIDE} pixels`, tileSide);
  }
  if (has(FEATURES.reduced) && !(record.reduction >= 1 && record.reduction <= MAX_REDUCTION)) {
    throw headerError(`its sides must be halved 1 to ${MAX_REDUCTION} times`, record.reduction);
  }
  if (has(FEATURES.reduced) && (has(FEATURES.alpha) || has(FEATURES.graphicsLayer))) {
    throw headerError("a reduced picture must have neither alpha nor a layer of graphics", "one of them");
  }
  return {
    width,
    height,
    modelId: model,
    modelName,
    modelFingerprint: fingerprint,
    wavelet,
    levels,
    stepCode,
    quality,
    grey: has(FEATURES.grey),
    bitDepth: has(FEATURES.deep) ? 16 : 8,
    alphaBound: has(FEATURES.alpha) ? record.alphaError : undefined,
    tileSide,
    weighted: has(FEATURES.weighted),
    jointAlpha: has(FEATURES.jointAlpha),
    graphicsLayer: has(FEATURES.graphicsLayer),
    reduction: record.reduction,
  };
}

function checkSize({ width, height }: ContainerHeader, maxPixels: number): void {
  if (width < 1 || height < 1) {
    throw headerError("its width and height must be at least 1", `${width}×${height}`);
  }
  if (width > MAX_SIDE || height > MAX_SIDE || width * height > maxPixels) {
    throw new BitstreamError(
      "file-too-large",
      `Cannot read this .vaer file: its picture must have at most ${maxPixels} pixels and ${MAX_SIDE} ` +
        `per side (got ${width}×${height}). Raise maxPixels if you trust the file.`,
    );
  }
}
