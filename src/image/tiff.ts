/**
 * Directories of a TIFF block, the structure of EXIF (TIFF 6.0; Exif 3.0, clause 4.6): read, and shortened.
 *
 * @module
 */
import { type ByteRange, difference, withoutRanges } from "./byte_ranges.ts";

/** Bytes per value, by the number of its type; Exif 3.0 adds 129, text in UTF-8. */
const TYPE_BYTES: Readonly<Record<number, number>> = {
  ...[0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4],
  129: 1,
};
const TYPE_BYTE = 1, TYPE_SHORT = 3, TYPE_LONG = 4, TYPE_IFD = 13;
/** Bytes of a TIFF header, of an entry of a directory, and of the values that fit into an entry. */
const HEADER_BYTES = 8, ENTRY_BYTES = 12, INLINE_BYTES = 4;

/** Tags whose value is the offset of a directory that this module reads. */
const POINTERS: ReadonlyMap<number, DirectoryName> = new Map([
  [0x8769, "exif"],
  [0x8825, "gps"],
  [0xa005, "interoperability"],
]);
/** Data of the camera's maker, which may hold offsets from the start of the block. */
const MAKER_NOTE_TAG = 0x927c;
/** Offsets of directories that this module does not read. */
const SUB_DIRECTORIES_TAG = 0x014a;
/** Tags of offsets and of lengths of data that are not values: a JPEG file, strips of samples. */
const DATA_TAGS: readonly (readonly [offsets: number, lengths: number])[] = [
  [0x0201, 0x0202],
  [0x0111, 0x0117],
];

/** Which directory: the first of the chain, one that it points to, or a later one of the chain. */
export type DirectoryName = "main" | "exif" | "gps" | "interoperability" | "thumbnail";

/** One entry of a directory. */
export interface TiffField {
  /** Number of the property. */
  readonly tag: number;
  /** Type of its values; 0 if it is unknown or they are not whole in the block. */
  readonly type: number;
  /** Number of its values; 0 with type 0. */
  readonly count: number;
  /** Offset of the entry. */
  readonly entryOffset: number;
  /** Offset of the values, in the entry or elsewhere. */
  readonly values: ByteRange;
}

/** A directory and its entries. */
export interface TiffDirectory {
  /** Which one. */
  readonly name: DirectoryName;
  /** Offset of its first byte. */
  readonly offset: number;
  /** Its entries, as stored. */
  readonly fields: readonly TiffField[];
  /** Offset of the next directory's offset; `undefined` if the block ends before it. */
  readonly nextAt: number | undefined;
}

/** A part of a block that a directory refers to, or the header. */
interface Reached {
  readonly name: DirectoryName | "header";
  readonly range: ByteRange;
}

/** A TIFF block with the directories that can be reached in it. */
export class TiffBlock {
  /** The main directory first. */
  readonly directories: readonly TiffDirectory[];
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #littleEndian: boolean;

  private constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#littleEndian = bytes[0] === 0x49; // "II" little-endian, "MM" big-endian
    this.directories = this.#walk();
  }

  /**
   * Reads a block.
   *
   * @param bytes From the TIFF header on; kept, and written to by {@linkcode setNumber}.
   * @returns The block; `undefined` if there is no TIFF header or the main directory is not whole.
   */
  static read(bytes: Uint8Array): TiffBlock | undefined {
    const isOrder = bytes[0] === bytes[1] && (bytes[0] === 0x49 || bytes[0] === 0x4d);
    if (bytes.length < HEADER_BYTES || !isOrder) return undefined;
    const block = new TiffBlock(bytes);
    return block.#uint16(2) === 42 && block.directories.length > 0 ? block : undefined;
  }

  /** The first field with a tag in the first directory of a name. */
  field(name: DirectoryName, tag: number): TiffField | undefined {
    return this.directories.find((directory) => directory.name === name)
      ?.fields.find((field) => field.tag === tag);
  }

  /** A value of a field that holds whole numbers; `undefined` if it holds others, or fewer. */
  number({ type, count, values }: TiffField, index = 0): number | undefined {
    const at = values.start + index * TYPE_BYTES[type];
    if (index >= count) return undefined;
    if (type === TYPE_BYTE) return this.#bytes[at];
    if (type === TYPE_SHORT) return this.#uint16(at);
    return type === TYPE_LONG || type === TYPE_IFD ? this.#uint32(at) : undefined;
  }

  /** Overwrites a value of a field that holds whole numbers. */
  setNumber({ type, values }: TiffField, value: number, index = 0): void {
    const at = values.start + index * TYPE_BYTES[type];
    if (type === TYPE_BYTE) this.#bytes[at] = value;
    else if (type === TYPE_SHORT) this.#view.setUint16(at, value, this.#littleEndian);
    else this.#setUint32(at, value);
  }

  /** A copy without the directories that follow the main one in the chain: thumbnails. */
  withoutThumbnail(): Uint8Array {
    return this.#shortened((block) => {
      const { nextAt } = block.directories[0];
      if (nextAt !== undefined) block.#setUint32(nextAt, 0);
    });
  }

  /**
   * A copy without the fields of some tags, in all directories, and without all that only they lead to.
   *
   * @returns The copy; `undefined` if some of that would stay: it is broken, or also part of something else.
   */
  withoutFields(tags: ReadonlySet<number>): Uint8Array | undefined {
    if (this.#isBroken(tags) || this.#isShared(tags)) return undefined;
    return this.#shortened((block) => {
      for (const { offset, fields, nextAt } of block.directories) {
        const kept = fields.filter(({ tag }) => !tags.has(tag));
        if (kept.length === fields.length) continue;
        const next = nextAt === undefined ? 0 : block.#uint32(nextAt);
        for (const [i, { entryOffset }] of kept.entries()) {
          const to = offset + 2 + i * ENTRY_BYTES;
          block.#bytes.copyWithin(to, entryOffset, entryOffset + ENTRY_BYTES);
        }
        block.#view.setUint16(offset, kept.length, block.#littleEndian);
        block.#setUint32(offset + 2 + kept.length * ENTRY_BYTES, next);
      }
    });
  }

  /** Whether fields of these tags lead to a directory or to values that cannot be read. */
  #isBroken(tags: ReadonlySet<number>): boolean {
    const gone = new Set<DirectoryName | undefined>([...tags].map((tag) => POINTERS.get(tag)));
    return this.directories.some(({ name, fields }) =>
      fields.some((field) => {
        if (!tags.has(field.tag)) return field.type === 0 && gone.has(name);
        if (field.type === 0 || !POINTERS.has(field.tag)) return field.type === 0;
        const target = this.number(field) ?? 0;
        return target > 0 && target < this.#bytes.length &&
          !this.directories.some(({ offset }) => offset === target);
      })
    );
  }

  /** Whether something that fields of these tags lead to lies over something else. */
  #isShared(tags: ReadonlySet<number>): boolean {
    const own: ByteRange[] = [], others: ByteRange[] = [];
    const gone = new Set([...tags].map((tag) => POINTERS.get(tag)));
    for (const { name, range, tag } of this.#reached()) {
      const goes = name !== "header" && gone.has(name) || tag !== undefined && tags.has(tag);
      (goes ? own : others).push(range);
    }
    const size = (ranges: readonly ByteRange[]) =>
      ranges.reduce((sum, { start, end }) => sum + end - start, 0);
    return size(difference(own, others)) !== size(difference(own, []));
  }

  /** Everything that can be reached; `tag` is given for values that lie outside their entry. */
  #reached(): (Reached & { readonly tag?: number })[] {
    const parts: (Reached & { readonly tag?: number })[] = [
      { name: "header", range: { start: 0, end: HEADER_BYTES } },
    ];
    for (const directory of this.directories) {
      const { name, offset, fields, nextAt } = directory;
      const end = offset + 2 + fields.length * ENTRY_BYTES + (nextAt === undefined ? 0 : 4);
      parts.push({ name, range: { start: offset, end } });
      for (const { tag, values, entryOffset } of fields) {
        if (values.start !== entryOffset + 8) parts.push({ name, tag, range: values });
      }
      for (const { offsets, lengths } of this.#dataOf(directory)) {
        for (let i = 0; i < Math.min(offsets.count, lengths.count); i++) {
          const start = this.number(offsets, i) ?? 0, length = this.number(lengths, i) ?? 0;
          const end = Math.min(start + length, this.#bytes.length);
          if (start >= HEADER_BYTES && end > start) parts.push({ name, range: { start, end } });
        }
      }
    }
    return parts;
  }

  #walk(): TiffDirectory[] {
    const found: TiffDirectory[] = [], seen = new Set<number>();
    const waiting: [name: DirectoryName, offset: number][] = [["main", this.#uint32(4)]];
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [name, offset] = next;
      if (offset < HEADER_BYTES || seen.has(offset)) continue;
      seen.add(offset);
      const directory = this.#directory(name, offset);
      if (!directory) continue;
      found.push(directory);
      const { fields, nextAt } = directory;
      for (const field of fields) {
        const pointed = POINTERS.get(field.tag);
        if (pointed) waiting.push([pointed, this.number(field) ?? 0]);
      }
      if (isChained(name) && nextAt !== undefined) waiting.push(["thumbnail", this.#uint32(nextAt)]);
    }
    return found[0]?.name === "main" ? found : [];
  }

  #directory(name: DirectoryName, offset: number): TiffDirectory | undefined {
    const { length } = this.#bytes;
    if (offset + 2 > length) return undefined;
    const end = offset + 2 + this.#uint16(offset) * ENTRY_BYTES;
    if (end > length) return undefined;
    const fields: TiffField[] = [];
    for (let at = offset + 2; at < end; at += ENTRY_BYTES) fields.push(this.#fieldAt(at));
    return { name, offset, fields, nextAt: end + 4 <= length ? end : undefined };
  }

  #fieldAt(entryOffset: number): TiffField {
    const tag = this.#uint16(entryOffset), type = this.#uint16(entryOffset + 2);
    const count = this.#uint32(entryOffset + 4), inline = entryOffset + 8;
    const byteLength = (TYPE_BYTES[type] ?? 0) * count;
    const start = byteLength <= INLINE_BYTES ? inline : this.#uint32(inline);
    const isKnown = (TYPE_BYTES[type] ?? 0) > 0;
    if (!isKnown || start < HEADER_BYTES || start + byteLength > this.#bytes.length) {
      return { tag, type: 0, count: 0, entryOffset, values: { start: inline, end: inline } };
    }
    return { tag, type, count, entryOffset, values: { start, end: start + byteLength } };
  }

  /** Fields of a directory that say where picture data lie. */
  *#dataOf({ fields }: TiffDirectory): Generator<{ offsets: TiffField; lengths: TiffField }, void, void> {
    for (const [offsetsTag, lengthsTag] of DATA_TAGS) {
      const offsets = fields.find(({ tag }) => tag === offsetsTag);
      const lengths = fields.find(({ tag }) => tag === lengthsTag);
      if (offsets && lengths) yield { offsets, lengths };
    }
  }

  /** A changed copy, without the bytes that nothing refers to since the change. */
  #shortened(change: (block: TiffBlock) => void): Uint8Array {
    const copy = this.#bytes.slice();
    change(new TiffBlock(copy));
    const changed = new TiffBlock(copy);
    const rangesOf = (block: TiffBlock) => block.#reached().map(({ range }) => range);
    const unused = difference(rangesOf(this), rangesOf(changed));
    for (const { start, end } of unused) copy.fill(0, start, end);
    return changed.#cut(unused);
  }

  /** The bytes outside the ranges, offsets adjusted. Before data that must not move, the ranges stay. */
  #cut(ranges: readonly ByteRange[]): Uint8Array {
    const { length } = this.#bytes, fixedEnd = this.#fixedEnd();
    const cuts: ByteRange[] = [];
    for (const { start, end } of ranges) {
      const from = end === length ? start : Math.max(start, fixedEnd);
      // Values stay at even offsets.
      const to = end === length ? end : end - ((end - from) & 1);
      if (to > from) cuts.push({ start: from, end: to });
    }
    const moved = (offset: number) =>
      cuts.reduce((sum, { start, end }) => end <= offset ? sum - (end - start) : sum, offset);
    const moveNumber = (field: TiffField, index = 0) => {
      const offset = this.number(field, index);
      if (offset !== undefined) this.setNumber(field, moved(offset), index);
    };
    for (const directory of this.directories) {
      const { name, fields, nextAt } = directory;
      for (const { offsets } of this.#dataOf(directory)) {
        for (let i = 0; i < offsets.count; i++) moveNumber(offsets, i);
      }
      for (const field of fields) {
        const { values, entryOffset } = field;
        if (POINTERS.has(field.tag)) moveNumber(field);
        else if (values.start !== entryOffset + 8) this.#setUint32(entryOffset + 8, moved(values.start));
      }
      if (isChained(name) && nextAt !== undefined) this.#setUint32(nextAt, moved(this.#uint32(nextAt)));
    }
    this.#setUint32(4, moved(this.#uint32(4)));
    return withoutRanges(this.#bytes, cuts);
  }

  /** End of the last data that must not move, as it may hold offsets that are not known here. */
  #fixedEnd(): number {
    let end = 0;
    for (const { fields } of this.directories) {
      for (const { tag, type, values } of fields) {
        const isUnknown = tag === SUB_DIRECTORIES_TAG || type === TYPE_IFD && !POINTERS.has(tag);
        if (isUnknown) return this.#bytes.length;
        if (tag === MAKER_NOTE_TAG) end = Math.max(end, values.end);
      }
    }
    return end;
  }

  #uint16(at: number): number {
    return this.#view.getUint16(at, this.#littleEndian);
  }

  #uint32(at: number): number {
    return this.#view.getUint32(at, this.#littleEndian);
  }

  #setUint32(at: number, value: number): void {
    this.#view.setUint32(at, value, this.#littleEndian);
  }
}

function isChained(name: DirectoryName): boolean {
  return name === "main" || name === "thumbnail";
}
