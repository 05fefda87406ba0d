import { BitstreamError } from "../../core/mod.ts";
import { concat } from "../../core/concat.ts";
import { readVarint } from "../../entropy/varint.ts";
import {
  type ByteSource,
  type Container,
  type ContainerHeader,
  type ContainerSection,
  followingError,
  INDEX_SECTION,
  isMissing,
  METADATA_SECTION,
  missingAt,
  type MissingBytes,
  OPTIONAL_SECTION,
  parseHead,
  parseSectionAt,
  parseSectionHeadAt,
  present,
  readAll,
  readContainer,
  type ReadOptions,
  SAMPLE_VALUES_SECTION,
  sectionByteLength,
  STEP_MAP_SECTION,
} from "../../format/mod.ts";

/** Bytes read at first: header, colour profile and index of most files. */
const HEAD_BYTES = 2 ** 12;
/** Bytes read at a later section's beginning: those of short sections follow in them. */
const FURTHER_HEAD_BYTES = 64;
/** A kind and a length of 32 bits. */
const LARGEST_HEAD_BYTES = 6;
/** Bytes of a section's checksum, behind its payload. */
const CHECK_BYTES = 4;
/** Sections closer than this are read in one go. */
const WORTH_A_READ_BYTES = 2 ** 12;

/** Where the stream sections of a file in tiles lie. */
export interface SectionIndex {
  /** What the file says before its sections. */
  readonly header: ContainerHeader;
  /** The first stream section, whole; its kind tells the stream. */
  readonly first: ContainerSection;
  /** Sections before the index: a profile, a step map. */
  readonly before: readonly ContainerSection[];
  /** Offset of each stream section, and of what follows the last. */
  readonly offsets: readonly number[];
}

/** Reads a whole file. Errors: as `readContainer`. */
export async function readWhole(
  source: ByteSource,
  options: ReadOptions,
  signal?: AbortSignal,
): Promise<Container> {
  const head = await source.read(0, Math.min(HEAD_BYTES, source.byteLength), signal);
  present(parseHead(head, options)); // a size beyond the limit is refused before all is fetched
  return readContainer(await readAll(source, signal), options);
}

/** A section as its first bytes tell of it. */
export interface SectionHead {
  /** What it holds. */
  readonly kind: number;
  /** Bytes of its payload. */
  readonly byteLength: number;
  /** Offset of its payload in the file. */
  readonly payloadOffset: number;
}

/**
 * Reads the header and the first bytes of each section, no payloads and so no checksums of them. `missing` is set if the file
 * ends within a section. Errors: as `readContainer`, except "section-damaged".
 */
export async function readHeads(
  source: ByteSource,
  options: ReadOptions,
  signal?: AbortSignal,
): Promise<{ header: ContainerHeader; sections: SectionHead[]; missing?: MissingBytes }> {
  const chunkAt = (offset: number, most: number) =>
    source.read(offset, Math.min(most, source.byteLength - offset), signal);
  let chunk = await chunkAt(0, HEAD_BYTES), chunkOffset = 0;
  const { header, headerByteLength } = present(parseHead(chunk, options));
  const sections: SectionHead[] = [];
  for (let offset = headerByteLength; offset < source.byteLength;) {
    const after = offset - chunkOffset + LARGEST_HEAD_BYTES;
    if (after > chunk.length && chunkOffset + chunk.length < source.byteLength) {
      chunk = await chunkAt(offset, FURTHER_HEAD_BYTES);
      chunkOffset = offset;
    }
    const kind = chunk[offset - chunkOffset],
      followed = followingError(header, sections, kind, offset, source.byteLength);
    if (followed && !(kind & OPTIONAL_SECTION)) throw followed;
    const head = parseSectionHeadAt(chunk, offset - chunkOffset, sections.length);
    const end = isMissing(head) ? source.byteLength + head.missingBytes : chunkOffset + head.end;
    if (isMissing(head) || end > source.byteLength) {
      if (followed) throw followed;
      return { header, sections, missing: missingAt(`section ${sections.length}`, end, source.byteLength) };
    }
    const { byteLength } = head;
    offset = end;
    sections.push({ kind, byteLength, payloadOffset: offset - CHECK_BYTES - byteLength });
  }
  return { header, sections };
}

/** Reads header and index, little more; `undefined` for a file in one piece, which has no index. */
export async function readIndex(
  source: ByteSource,
  options: ReadOptions,
  signal?: AbortSignal,
): Promise<SectionIndex | undefined> {
  let bytes = await source.read(0, Math.min(HEAD_BYTES, source.byteLength), signal);
  const { header, headerByteLength } = present(parseHead(bytes, options));
  if (header.tileSide === 0) return undefined;
  const before: ContainerSection[] = [];
  for (let offset = headerByteLength;;) {
    const next = await sectionAt(offset, before.length);
    offset = next.end;
    const { kind } = next.section;
    if (kind >= METADATA_SECTION || kind === STEP_MAP_SECTION || kind === SAMPLE_VALUES_SECTION) {
      before.push(next.section);
    } else if (kind === INDEX_SECTION) {
      const offsets = offsetsOf(next.section.payload, offset);
      if (offsets[offsets.length - 1] > source.byteLength) {
        throw damagedIndex(
          `it must end within the file's ${source.byteLength} bytes`,
          `an end at byte ` +
            `${offsets[offsets.length - 1]}`,
        );
      }
      const first = await sectionAt(offset, before.length + 1);
      return { header, first: first.section, before, offsets };
    } else {
      throw damagedIndex("it must come before the picture's sections", "a section before it");
    }
  }

  async function sectionAt(
    offset: number,
    index: number,
  ): Promise<{ section: ContainerSection; end: number }> {
    for (;;) {
      const parsed = parseSectionAt(bytes, offset, index);
      if (!isMissing(parsed) || bytes.length === source.byteLength) return present(parsed);
      const more = Math.min(Math.max(parsed.missingBytes, bytes.length), source.byteLength - bytes.length);
      bytes = concat([bytes, await source.read(bytes.length, more, signal)]);
    }
  }
}

/** Reads some of the stream sections, neighbours together. */
export async function readSections(
  source: ByteSource,
  { offsets }: SectionIndex,
  places: readonly number[],
  signal?: AbortSignal,
): Promise<ContainerSection[]> {
  const sections: ContainerSection[] = [];
  for (let from = 0; from < places.length;) {
    let to = from;
    while (
      to + 1 < places.length &&
      offsets[places[to + 1]] - offsets[places[to] + 1] < WORTH_A_READ_BYTES
    ) to++;
    const start = offsets[places[from]];
    const bytes = await source.read(start, offsets[places[to] + 1] - start, signal);
    for (; from <= to; from++) {
      const place = places[from];
      sections[place] = present(parseSectionAt(bytes, offsets[place] - start, place)).section;
    }
  }
  return sections;
}

function offsetsOf(index: Uint8Array, first: number): number[] {
  const offsets = [first];
  for (let at = 0; at < index.length;) {
    const length = readVarint(() => {
      if (at === index.length) throw damagedIndex("its numbers must be whole", "an end within a number");
      return index[at++];
    });
    offsets.push(offsets[offsets.length - 1] + sectionByteLength(length));
  }
  return offsets;
}

function damagedIndex(rule: string, got: string): BitstreamError {
  return new BitstreamError(
    "file-index",
    `Cannot use the index of this .vaer file: ${rule} (got ${got}). Fetch the file again.`,
  );
}
