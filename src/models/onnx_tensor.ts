import {
  contentOf,
  type Field,
  fieldsOf,
  fixedBytesOf,
  integerOf,
  integersOfField,
  textOf,
} from "./protobuf_fields.ts";

/** Element types of ONNX tensors; `other` stands for types that this package does not compute with. */
export type TensorType =
  | "f32"
  | "f64"
  | "f16"
  | "bf16"
  | "i8"
  | "u8"
  | "i16"
  | "u16"
  | "i32"
  | "u32"
  | "i64"
  | "u64"
  | "bool"
  | "other";

/** A tensor that a model file holds, or that a file beside it holds for it. */
export interface GraphTensor {
  /** Extents; none for a scalar. */
  readonly dims: readonly number[];
  /** Element type of `raw`. */
  readonly type: TensorType;
  /** Elements in row-major order, little-endian, whatever field of the message held them. */
  readonly raw: Uint8Array;
}

/** Bytes of the files that hold tensors outside the model file, by their location as the model file spells it. */
export type ExternalFiles = ReadonlyMap<string, Uint8Array>;

/** A model file holds something that no runtime of this package reads; the message says what and where. */
export class OnnxFormatError extends Error {}

/** Field numbers of `TensorProto` (onnx.proto of ONNX 1.20). */
const TENSOR = {
  dims: 1,
  type: 2,
  segment: 3,
  floats: 4,
  int32s: 5,
  texts: 6,
  int64s: 7,
  name: 8,
  raw: 9,
  doubles: 10,
  uint64s: 11,
  external: 13,
  location: 14,
} as const;
const ENTRY = { key: 1, value: 2 } as const;
const LOCATION_EXTERNAL = 1;

/** The field that may hold a type's elements, besides `raw_data`. */
type TypedField = "float_data" | "int32_data" | "int64_data" | "double_data" | "uint64_data";

interface TypeTraits {
  readonly type: TensorType;
  readonly bytes: number;
  readonly field: TypedField;
}

/** By the number in `TensorProto.DataType`. */
const TYPES: ReadonlyMap<number, TypeTraits> = new Map<number, TypeTraits>([
  [1, { type: "f32", bytes: 4, field: "float_data" }],
  [2, { type: "u8", bytes: 1, field: "int32_data" }],
  [3, { type: "i8", bytes: 1, field: "int32_data" }],
  [4, { type: "u16", bytes: 2, field: "int32_data" }],
  [5, { type: "i16", bytes: 2, field: "int32_data" }],
  [6, { type: "i32", bytes: 4, field: "int32_data" }],
  [7, { type: "i64", bytes: 8, field: "int64_data" }],
  [9, { type: "bool", bytes: 1, field: "int32_data" }],
  [10, { type: "f16", bytes: 2, field: "int32_data" }],
  [11, { type: "f64", bytes: 8, field: "double_data" }],
  [12, { type: "u32", bytes: 4, field: "uint64_data" }],
  [13, { type: "u64", bytes: 8, field: "uint64_data" }],
  [16, { type: "bf16", bytes: 2, field: "int32_data" }],
]);

/** The element type of that number; `other` for those that are not read here. */
export function tensorType(number: number): TensorType {
  return TYPES.get(number)?.type ?? "other";
}

/** Where a tensor's elements are, outside the model file. */
interface ExternalPlace {
  readonly location: string;
  readonly offset: number;
  readonly length: number | undefined;
}

/** A tensor whose elements are in the model file, or in a file beside it. */
export interface StoredTensor {
  /** Name; empty for the value of a node. */
  readonly name: string;
  /** File that holds the elements, as the model file spells it; `undefined` if the model file does. */
  readonly location: string | undefined;
  /**
   * The tensor with its elements; throws {@linkcode OnnxFormatError} if the other file holds too little.
   *
   * @param files Must have `location`, if there is one.
   */
  withElements(files: ExternalFiles): GraphTensor;
}

/** A tensor of numbers that are given otherwise than as a message. */
export function tensorOf(
  type: "f32" | "i64",
  values: readonly number[],
  dims: readonly number[],
): StoredTensor {
  const array = type === "f32" ? Float32Array.from(values) : BigInt64Array.from(values, BigInt);
  const tensor = { dims, type, raw: new Uint8Array(array.buffer) };
  return { name: "", location: undefined, withElements: () => tensor };
}

/** A tensor as a message describes it. */
export class TensorMessage implements StoredTensor {
  /** See {@linkcode StoredTensor.name}. */
  readonly name: string;
  /** See {@linkcode StoredTensor.location}. */
  readonly location: string | undefined;
  readonly #dims: readonly number[];
  readonly #traits: TypeTraits | undefined;
  readonly #external: ExternalPlace | undefined;
  readonly #raw: Uint8Array;

  /**
   * Reads a message.
   *
   * @param message A `TensorProto`.
   * @param role Names a tensor without a name of its own.
   * @throws OnnxFormatError For segments, for elements in several fields or in a field of another type.
   */
  constructor(message: Uint8Array, role: string) {
    const fields = fieldsOf(message), last = (number: number) => fields.findLast((f) => f.number === number);
    const all = (number: number) => fields.filter((field) => field.number === number);
    const name = last(TENSOR.name), type = last(TENSOR.type), location = last(TENSOR.location);
    this.name = name ? textOf(name) : "";
    const shown = this.name || role;
    this.#dims = all(TENSOR.dims).flatMap(integersOfField).map(Number);
    this.#traits = type && TYPES.get(integerOf(type));
    if (all(TENSOR.segment).length > 0) {
      throw new OnnxFormatError(`tensor ${shown} is a segment of a larger one`);
    }
    const isExternal = location !== undefined && integerOf(location) === LOCATION_EXTERNAL;
    this.#external = isExternal ? externalPlace(all(TENSOR.external), shown) : undefined;
    this.location = this.#external?.location;
    const held = Object.entries(heldFields(all)).filter(([, fields]) => fields.some(isFilled));
    if (held.length > (isExternal ? 0 : 1)) {
      const places = [...held.map(([field]) => field), ...isExternal ? ["external_data"] : []];
      throw new OnnxFormatError(`tensor ${shown} has its elements in ${places.join(" and ")}`);
    }
    const [[field, parts]] = held.length > 0 ? held : [["raw_data", []]];
    const traits = this.#traits;
    if (field !== "raw_data" && traits && field !== traits.field) {
      throw new OnnxFormatError(
        `tensor ${shown} of type ${traits.type} has its elements in ${field}, which must be raw_data or ${traits.field}`,
      );
    }
    this.#raw = traits ? bytesOf(field, parts, traits) : new Uint8Array();
    if (!isExternal) this.#checkLength(this.#raw, shown);
  }

  /** See {@linkcode StoredTensor.withElements}. */
  withElements(files: ExternalFiles): GraphTensor {
    const place = this.#external, type = this.#traits?.type ?? "other", dims = this.#dims;
    if (!place) return { dims, type, raw: this.#raw };
    const file = files.get(place.location)!, { offset, length = file.length - offset } = place;
    if (offset + length > file.length) {
      throw new OnnxFormatError(
        `tensor ${this.name} has bytes ${offset} to ${
          offset + length
        } of ${place.location}, which has ${file.length}`,
      );
    }
    const raw = file.subarray(offset, offset + length);
    this.#checkLength(raw, this.name);
    return { dims, type, raw };
  }

  /** Types that are not computed with are left to the runtime that does. */
  #checkLength({ length }: Uint8Array, shown: string): void {
    if (!this.#traits) return;
    const count = this.#dims.reduce((product, extent) => product * extent, 1), { bytes, type } = this.#traits;
    if (length === count * bytes) return;
    throw new OnnxFormatError(
      `tensor ${shown} must have ${count} elements of ${bytes} bytes (${type}), and has ${length} bytes`,
    );
  }
}

/** Whether a field has content: writers may leave an empty `raw_data` beside elements that are elsewhere. */
function isFilled({ wire, raw }: Field): boolean {
  return wire !== 2 || raw.length > 1;
}

/** The fields with elements, by the names of `onnx.proto`. */
function heldFields(all: (number: number) => Field[]): Readonly<Record<string, Field[]>> {
  return {
    raw_data: all(TENSOR.raw),
    float_data: all(TENSOR.floats),
    int32_data: all(TENSOR.int32s),
    string_data: all(TENSOR.texts),
    int64_data: all(TENSOR.int64s),
    double_data: all(TENSOR.doubles),
    uint64_data: all(TENSOR.uint64s),
  };
}

function externalPlace(entries: readonly Field[], shown: string): ExternalPlace {
  const values = new Map(entries.map((entry) => {
    const fields = fieldsOf(contentOf(entry));
    const text = (number: number) => fields.filter((field) => field.number === number).map(textOf)[0] ?? "";
    return [text(ENTRY.key), text(ENTRY.value)];
  }));
  const location = values.get("location");
  if (!location) {
    throw new OnnxFormatError(`tensor ${shown} is in another file, and external_data has no location`);
  }
  const bytes = (key: string) => {
    const text = values.get(key);
    if (text === undefined) return undefined;
    const value = Number(text);
    if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value;
    throw new OnnxFormatError(
      `tensor ${shown} has external_data with ${key} ${text}, which must be a number of bytes`,
    );
  };
  return { location, offset: bytes("offset") ?? 0, length: bytes("length") };
}

/** Elements as little-endian bytes. */
function bytesOf(field: string, parts: readonly Field[], { bytes }: TypeTraits): Uint8Array {
  if (field === "raw_data") return parts.length > 0 ? contentOf(parts[parts.length - 1]) : new Uint8Array();
  if (field === "float_data" || field === "double_data") return joined(parts.map(fixedBytesOf));
  const integers = parts.flatMap(integersOfField), raw = new Uint8Array(bytes * integers.length);
  const view = new DataView(raw.buffer);
  for (const [i, integer] of integers.entries()) {
    if (bytes === 8) view.setBigInt64(8 * i, integer, true);
    else if (bytes === 4) view.setInt32(4 * i, Number(BigInt.asIntN(32, integer)), true);
    else if (bytes === 2) view.setInt16(2 * i, Number(BigInt.asIntN(16, integer)), true);
    else view.setInt8(i, Number(BigInt.asIntN(8, integer)));
  }
  return raw;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0];
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let end = 0;
  for (const part of parts) {
    all.set(part, end);
    end += part.length;
  }
  return all;
}
