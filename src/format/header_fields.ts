/**
 * The fields of a file's header, once: reader and writer go through the same list. `docs/specification/1-container.md` lists
 * them in this order,
 * which a test checks.
 */
import { varintBytes } from "../entropy/varint.ts";
import { FEATURES, FEATURES_FOLLOW, headerError, MAX_MODEL_NAME_BYTES } from "./container_params.ts";
import { type Cursor, littleEndian } from "./cursor.ts";

/** The header's fields as they are stored. */
export interface HeaderRecord {
  /** Columns. */
  width: number;
  /** Rows. */
  height: number;
  /** Number of an embedded model, or 0. */
  model: number;
  /** Name of a model without a number. */
  modelName: string;
  /** Of the model. */
  fingerprint: number;
  /** Levels, number of the wavelet, and whether features follow. */
  transform: number;
  /** Base step, or the error of an exact stream. */
  stepCode: number;
  /** 0 to 100. */
  quality: number;
  /** Bits of {@linkcode FEATURES}. */
  features: number;
  /** Largest error of an alpha sample. */
  alphaError: number;
  /** Side of a tile, in units of 64 pixels. */
  tileSide: number;
  /** How often the sides of the coded picture are halved. */
  reduction: number;
}

/** What fields hold where a header leaves them out. */
export const ABSENT_FIELDS: Pick<
  HeaderRecord,
  "modelName" | "features" | "alphaError" | "tileSide" | "reduction"
> = {
  modelName: "",
  features: 0,
  alphaError: 0,
  tileSide: 0,
  reduction: 0,
};

interface Encoding<T> {
  read(cursor: Cursor): T;
  write(value: T): Iterable<number>;
}

const BYTE: Encoding<number> = { read: (cursor) => cursor.byte(), write: (value) => [value] };
const UINT32: Encoding<number> = {
  read: (cursor) => cursor.uint(4),
  write: (value) => littleEndian(value, 4),
};
const VARINT: Encoding<number> = { read: (cursor) => cursor.varint(), write: varintBytes };
const SHORT_TEXT: Encoding<string> = {
  read(cursor) {
    const byteCount = cursor.varint();
    if (byteCount > MAX_MODEL_NAME_BYTES) {
      throw headerError(`its model name must have at most ${MAX_MODEL_NAME_BYTES} bytes`, byteCount);
    }
    return new TextDecoder().decode(cursor.take(byteCount));
  },
  write(text) {
    const bytes = new TextEncoder().encode(text);
    return [...varintBytes(bytes.length), ...bytes];
  },
};

/** One field. */
export interface HeaderField {
  /** Its key. */
  readonly name: keyof HeaderRecord;
  /** Whether a header has it, from the fields before. */
  isPresent(record: Partial<HeaderRecord>): boolean;
  /** Reads it into the record. */
  read(cursor: Cursor, record: Partial<HeaderRecord>): void;
  /** Its bytes. */
  write(record: HeaderRecord): Iterable<number>;
}

function field<K extends keyof HeaderRecord>(
  name: K,
  encoding: Encoding<HeaderRecord[K]>,
  isPresent: (record: Partial<HeaderRecord>) => boolean = () => true,
): HeaderField {
  return {
    name,
    isPresent,
    read: (cursor, record) => record[name] = encoding.read(cursor) as Partial<HeaderRecord>[K],
    write: (record) => encoding.write(record[name]),
  };
}

const has = (bit: number) => ({ features = 0 }: Partial<HeaderRecord>) => (features & bit) !== 0;

/** In the order of the file, between the version and the check. */
export const HEADER_FIELDS: readonly HeaderField[] = [
  field("width", VARINT),
  field("height", VARINT),
  field("model", VARINT),
  field("modelName", SHORT_TEXT, ({ model }) => model === 0),
  field("fingerprint", UINT32),
  field("transform", BYTE),
  field("stepCode", VARINT),
  field("quality", BYTE),
  field("features", VARINT, ({ transform = 0 }) => (transform & FEATURES_FOLLOW) !== 0),
  field("alphaError", BYTE, has(FEATURES.alpha)),
  field("tileSide", VARINT, has(FEATURES.tiles)),
  field("reduction", BYTE, has(FEATURES.reduced)),
];
