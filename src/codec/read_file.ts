import { BitstreamError } from "../core/mod.ts";
import { readVarint } from "../entropy/varint.ts";
import {
  type ByteSource,
  type Container,
  type ContainerHeader,
  type ContainerSection,
  INDEX_SECTION,
  METADATA_SECTION,
  readAll,
  readContainer,
  readHead,
  type ReadOptions,
  readSectionAt,
  sectionByteLength,
} from "../format/mod.ts";

/** Bytes read at first: header, colour profile and index of most files. */
const HEAD_BYTES = 2 ** 12;
/** Sections closer than this are read in one go. */
const WORTH_A_READ_BYTES = 2 ** 12;

/** Where the stream sections of a file in groups lie. */
export interface SectionIndex {
  /** What the file says before its sections. */
  readonly header: ContainerHeader;
  /** The first stream section, whole; its kind tells the stream. */
  readonly first: ContainerSection;
  /** Sections before the index: a profile. */
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
  readHead(head, options); // a size beyond the limit is refused before all is fetched
  return readContainer(await readAll(source, signal), options);
}

/** Reads header and index, little more; `undefined` for a file in one piece, which has no index. */
export async function readIndex(
  source: ByteSource,
  options: ReadOptions,
  signal?: AbortSignal,
): Promise<SectionIndex | undefined> {
  let bytes = await source.read(0, Math.min(HEAD_BYTES, source.byteLength), signal);
  const { header, headerByteLength } = readHead(bytes, options);
  if (header.groupSide === 0) return undefined;
  const before: ContainerSection[] = [];
  for (let offset = headerByteLength;;) {
    const next = await sectionAt(offset, before.length);
    offset = next.end;
    if (next.section.kind >= METADATA_SECTION) {
      before.push(next.section);
    } else if (next.section.kind === INDEX_SECTION) {
      const offsets = offsetsOf(next.section.payload, offset);
      if (offsets[offsets.length - 1] > source.byteLength) {
        throw damagedIndex(`it ends at byte ${offsets[offsets.length - 1]} of ${source.byteLength}`);
      }
      const first = await sectionAt(offset, before.length + 1);
      return { header, first: first.section, before, offsets };
    } else {
      throw damagedIndex("it does not come before the picture's sections");
    }
  }

  async function sectionAt(
    offset: number,
    index: number,
  ): Promise<{ section: ContainerSection; end: number }> {
    for (;;) {
      try {
        return readSectionAt(bytes, offset, index);
      } catch (error) {
        const short = error instanceof BitstreamError && error.code === "file-truncated";
        if (!short || bytes.length === source.byteLength) throw error;
        bytes = await source.read(0, Math.min(2 * bytes.length, source.byteLength), signal);
      }
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
      sections[place] = readSectionAt(bytes, offsets[place] - start, place).section;
    }
  }
  return sections;
}

function offsetsOf(index: Uint8Array, first: number): number[] {
  const offsets = [first];
  for (let at = 0; at < index.length;) {
    const length = readVarint(() => {
      if (at === index.length) throw damagedIndex("it ends within a number");
      return index[at++];
    });
    offsets.push(offsets[offsets.length - 1] + sectionByteLength(length));
  }
  return offsets;
}

function damagedIndex(what: string): BitstreamError {
  return new BitstreamError(
    "file-index",
    `Cannot use the index of this .vaer file: ${what}; the file is damaged, fetch it again`,
  );
}
