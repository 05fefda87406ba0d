import { BinaryWriter } from "@bufbuild/protobuf/wire";

/** Numbers of `TensorProto.DataType`. */
export const DATA_TYPES = {
  f32: 1,
  u8: 2,
  i8: 3,
  u16: 4,
  i16: 5,
  i32: 6,
  i64: 7,
  bool: 9,
  f16: 10,
  f64: 11,
  u32: 12,
  u64: 13,
  bf16: 16,
} as const;

/** Element types that the writer knows. */
export type DataType = keyof typeof DATA_TYPES;

/** The field of a `TensorProto` that elements are written to; `external` stands for another file. */
export type Place = "raw" | "typed" | "typed unpacked" | "external";

/** A tensor as it is to be written. */
export interface TensorSpec {
  readonly name: string;
  readonly dims: readonly number[];
  readonly values: ArrayLike<number>;
  readonly type: DataType;
  readonly place: Place;
  /** Of place `external`: entries of `external_data`; the elements must be in that file. */
  readonly external?: Readonly<Record<string, string>>;
}

/** An attribute of a node: a number is an int or, as `{ float }`, a float. */
export type AttributeSpec =
  | number
  | string
  | readonly number[]
  | { readonly float: number }
  | { readonly floats: readonly number[] }
  | { readonly tensor: TensorSpec };

/** A node as it is to be written. */
export interface NodeSpec {
  readonly type: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, AttributeSpec>>;
  readonly domain?: string;
}

/** A value that goes in or out, with extents or names of extents. */
export interface ValueSpec {
  readonly name: string;
  readonly dims: readonly (number | string)[];
  readonly type?: DataType;
}

/** A whole model. */
export interface ModelSpec {
  readonly inputs: readonly ValueSpec[];
  readonly outputs: readonly ValueSpec[];
  readonly nodes: readonly NodeSpec[];
  readonly tensors: readonly TensorSpec[];
  /** Names of tensors that are also listed as inputs, as files before IR version 4 have them. */
  readonly tensorsAsInputs?: boolean;
  /** Messages of `sparse_initializer`. */
  readonly sparse?: readonly Uint8Array[];
}

type Fill = (writer: BinaryWriter) => void;

const DELIMITED = 2, VARINT = 0, FIXED32 = 5, FIXED64 = 1;

/** Bytes of a message. */
export function message(fill: Fill): Uint8Array<ArrayBuffer> {
  const writer = new BinaryWriter();
  fill(writer);
  return writer.finish().slice();
}

/** A length-delimited field that holds a message. */
export function child(writer: BinaryWriter, number: number, fill: Fill): void {
  writer.tag(number, DELIMITED).bytes(message(fill));
}

const text = (writer: BinaryWriter, number: number, value: string) =>
  writer.tag(number, DELIMITED).string(value);
const varint = (writer: BinaryWriter, number: number, value: number | bigint) =>
  writer.tag(number, VARINT).int64(value.toString());

/** The bytes of an `.onnx` file of opset 17. */
export function writeModel(spec: ModelSpec): Uint8Array<ArrayBuffer> {
  return message((model) => {
    varint(model, 1, spec.tensorsAsInputs ? 3 : 8);
    child(model, 7, (graph) => {
      for (const node of spec.nodes) child(graph, 1, (writer) => writeNode(writer, node));
      text(graph, 2, "test");
      for (const tensor of spec.tensors) child(graph, 5, (writer) => writeTensor(writer, tensor));
      const asInputs = spec.tensorsAsInputs
        ? spec.tensors.map(({ name, dims, type }) => ({ name, dims, type }))
        : [];
      for (const value of [...asInputs, ...spec.inputs]) {
        child(graph, 11, (writer) => writeValue(writer, value));
      }
      for (const value of spec.outputs) child(graph, 12, (writer) => writeValue(writer, value));
      for (const sparse of spec.sparse ?? []) graph.tag(15, DELIMITED).bytes(sparse);
    });
    child(model, 8, (opset) => {
      text(opset, 1, "");
      varint(opset, 2, 17);
    });
  });
}

function writeValue(writer: BinaryWriter, { name, dims, type = "f32" }: ValueSpec): void {
  text(writer, 1, name);
  child(writer, 2, (value) =>
    child(value, 1, (tensor) => {
      varint(tensor, 1, DATA_TYPES[type]);
      child(tensor, 2, (shape) => {
        for (const dim of dims) {
          child(shape, 1, (one) => typeof dim === "number" ? varint(one, 1, dim) : text(one, 2, dim));
        }
      });
    }));
}

function writeNode(writer: BinaryWriter, { type, inputs, outputs, attributes = {}, domain }: NodeSpec): void {
  for (const name of inputs) text(writer, 1, name);
  for (const name of outputs) text(writer, 2, name);
  text(writer, 3, `node_${outputs[0]}`);
  text(writer, 4, type);
  for (const [name, value] of Object.entries(attributes)) {
    child(writer, 5, (attribute) => {
      text(attribute, 1, name);
      writeAttribute(attribute, value);
    });
  }
  if (domain !== undefined) text(writer, 7, domain);
}

function writeAttribute(writer: BinaryWriter, value: AttributeSpec): void {
  const kind = (number: number) => varint(writer, 20, number);
  if (typeof value === "number") {
    // Writers of proto3 leave out what is 0.
    if (value !== 0) varint(writer, 3, value);
    kind(2);
  } else if (typeof value === "string") {
    writer.tag(4, DELIMITED).bytes(new TextEncoder().encode(value));
    kind(3);
  } else if ("float" in value) {
    writer.tag(2, FIXED32).float(value.float);
    kind(1);
  } else if ("floats" in value) {
    for (const number of value.floats) writer.tag(7, FIXED32).float(number);
    kind(6);
  } else if ("tensor" in value) {
    child(writer, 5, (tensor) => writeTensor(tensor, value.tensor));
    kind(4);
  } else {
    for (const number of value) varint(writer, 8, number);
    kind(7);
  }
}

/** Writes a `TensorProto`. */
export function writeTensor(
  writer: BinaryWriter,
  { name, dims, values, type, place, external }: TensorSpec,
): void {
  for (const extent of dims) varint(writer, 1, extent);
  varint(writer, 2, DATA_TYPES[type]);
  if (place.startsWith("typed")) writeTyped(writer, type, Array.from(values), place === "typed");
  text(writer, 8, name);
  if (place === "raw") writer.tag(9, DELIMITED).bytes(rawBytes(type, values));
  if (place !== "external") return;
  for (const [key, value] of Object.entries(external!)) {
    child(writer, 13, (entry) => {
      text(entry, 1, key);
      text(entry, 2, value);
    });
  }
  varint(writer, 14, 1);
}

function writeTyped(writer: BinaryWriter, type: DataType, values: readonly number[], packed: boolean): void {
  const { field, wire, write } = typedField(type);
  if (!packed) return values.forEach((value) => write(writer.tag(field, wire), value));
  child(writer, field, (all) => values.forEach((value) => write(all, value)));
}

function typedField(type: DataType): {
  readonly field: number;
  readonly wire: number;
  readonly write: (writer: BinaryWriter, value: number) => void;
} {
  const whole = (writer: BinaryWriter, value: number) => writer.int64(value.toString());
  switch (type) {
    case "f32":
      return { field: 4, wire: FIXED32, write: (writer, value) => writer.float(value) };
    case "f64":
      return { field: 10, wire: FIXED64, write: (writer, value) => writer.double(value) };
    case "i64":
      return { field: 7, wire: VARINT, write: whole };
    case "u32":
    case "u64":
      return { field: 11, wire: VARINT, write: whole };
    case "f16":
    case "bf16":
      return { field: 5, wire: VARINT, write: (writer, value) => whole(writer, bitsOf(type, value)) };
    default:
      return { field: 5, wire: VARINT, write: whole };
  }
}

/** Bits of a float of 16 bits; the value must be one. */
function bitsOf(type: "f16" | "bf16", value: number): number {
  const view = new DataView(new ArrayBuffer(4));
  if (type === "f16") {
    view.setFloat16(0, value);
    return view.getUint16(0);
  }
  view.setFloat32(0, value);
  return view.getUint16(0);
}

/** Elements as `raw_data` has them. */
export function rawBytes(type: DataType, values: ArrayLike<number>): Uint8Array<ArrayBuffer> {
  const arrays = {
    f32: () => Float32Array.from(values),
    f64: () => Float64Array.from(values),
    u8: () => Uint8Array.from(values),
    bool: () => Uint8Array.from(values),
    i8: () => Int8Array.from(values),
    u16: () => Uint16Array.from(values),
    i16: () => Int16Array.from(values),
    i32: () => Int32Array.from(values),
    u32: () => Uint32Array.from(values),
    i64: () => BigInt64Array.from(Array.from(values), BigInt),
    u64: () => BigUint64Array.from(Array.from(values), BigInt),
    f16: () => Uint16Array.from(Array.from(values), (value) => bitsOf("f16", value)),
    bf16: () => Uint16Array.from(Array.from(values), (value) => bitsOf("bf16", value)),
  };
  return new Uint8Array(arrays[type]().buffer as ArrayBuffer);
}
