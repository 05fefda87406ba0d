/** A field as it stands in a message; of wire type 2 `raw` begins with the length. */
export interface Field {
  /** Number of the field in its message. */
  readonly number: number;
  /** 0: varint, 1: 64 bits, 2: length and bytes, 5: 32 bits. */
  readonly wire: number;
  /** The value's bytes. */
  readonly raw: Uint8Array;
}

/** Wire types of Protocol Buffers. Groups (3 and 4) are deprecated, and ONNX has none. */
const VARINT = 0, FIXED_64 = 1, LENGTH_DELIMITED = 2, FIXED_32 = 5;
/** Bytes of a varint of 64 bits. */
const LONGEST_VARINT = 10;

/**
 * The fields of a message, in order: the wire format of Protocol Buffers, as far as ONNX files use it. Throws for bytes that are no
 * message.
 */
export function fieldsOf(message: Uint8Array): Field[] {
  const reader = new Reader(message), fields: Field[] = [];
  while (reader.position < message.length) {
    const tag = reader.number(), start = reader.position, wire = tag % 8, number = Math.floor(tag / 8);
    if (number === 0) throw new Error("a field has the number 0");
    if (wire === VARINT) reader.varint();
    else if (wire === FIXED_64) reader.skip(8);
    else if (wire === LENGTH_DELIMITED) reader.skip(reader.number());
    else if (wire === FIXED_32) reader.skip(4);
    else throw new Error(`a field has wire type ${wire}`);
    fields.push({ number, wire, raw: message.subarray(start, reader.position) });
  }
  return fields;
}

/** The bytes of a length-delimited field. */
export function contentOf({ raw }: Field): Uint8Array {
  const reader = new Reader(raw), length = reader.number(), start = reader.position;
  reader.skip(length);
  return raw.subarray(start, reader.position);
}

/** The text of a length-delimited field. */
export function textOf(field: Field): string {
  return new TextDecoder().decode(contentOf(field));
}

/** The whole number of a varint field, of at most 53 bits. */
export function integerOf({ raw }: Field): number {
  return Number(BigInt.asIntN(64, new Reader(raw).varint()));
}

/** The numbers of one field of a repeated varint, packed or single, as signed 64-bit integers. */
export function integersOfField(field: Field): bigint[] {
  const bytes = fixedBytesOf(field), reader = new Reader(bytes), integers: bigint[] = [];
  while (reader.position < bytes.length) integers.push(BigInt.asIntN(64, reader.varint()));
  return integers;
}

/** The little-endian bytes of one field of a repeated number, packed or single. */
export function fixedBytesOf(field: Field): Uint8Array {
  return field.wire === LENGTH_DELIMITED ? contentOf(field) : field.raw;
}

class Reader {
  position = 0;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** An unsigned number of at most 64 bits. */
  varint(): bigint {
    let value = 0n;
    for (let i = 0; i < LONGEST_VARINT; i++) {
      const byte = this.#bytes[this.position];
      this.skip(1);
      value |= BigInt(byte & 127) << BigInt(7 * i);
      if (byte < 128) return BigInt.asUintN(64, value);
    }
    throw new Error("a varint has more than 10 bytes");
  }

  /** A tag or a length. */
  number(): number {
    return Number(this.varint());
  }

  skip(byteLength: number): void {
    this.position += byteLength;
    if (this.position > this.#bytes.length) throw new RangeError("the message ends inside a field");
  }
}
