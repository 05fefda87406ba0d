import { BinaryReader } from "../deps/protobuf.ts";

/** A field as it stands in a message; of wire type 2 `raw` begins with the length. */
export interface Field {
  /** Number of the field in its message. */
  readonly number: number;
  /** 0: varint, 1: 64 bits, 2: length and bytes, 5: 32 bits. */
  readonly wire: number;
  /** The value's bytes. */
  readonly raw: Uint8Array;
}

/** The wire type of packed numbers, texts and messages. */
const LENGTH_DELIMITED = 2;

/** The fields of a message, in order. Throws for bytes that are no message. */
export function fieldsOf(message: Uint8Array): Field[] {
  const reader = new BinaryReader(message), fields: Field[] = [];
  while (reader.pos < reader.len) {
    const [number, wire] = reader.tag();
    fields.push({ number, wire, raw: reader.skip(wire, number) });
  }
  return fields;
}

/** The bytes of a length-delimited field. */
export function contentOf({ raw }: Field): Uint8Array {
  return new BinaryReader(raw).bytes();
}

/** The text of a length-delimited field. */
export function textOf(field: Field): string {
  return new TextDecoder().decode(contentOf(field));
}

/** The whole number of a varint field, of at most 53 bits. */
export function integerOf({ raw }: Field): number {
  return Number(new BinaryReader(raw).int64());
}

/** The numbers of one field of a repeated varint, packed or single, as signed 64-bit integers. */
export function integersOfField({ wire, raw }: Field): bigint[] {
  const reader = new BinaryReader(raw), integers: bigint[] = [];
  const end = wire === LENGTH_DELIMITED ? reader.uint32() + reader.pos : reader.len;
  while (reader.pos < end) integers.push(BigInt(reader.int64()));
  return integers;
}

/** The little-endian bytes of one field of a repeated fixed-width number, packed or single. */
export function fixedBytesOf(field: Field): Uint8Array {
  return field.wire === LENGTH_DELIMITED ? contentOf(field) : field.raw;
}
