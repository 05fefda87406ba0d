import { BinaryReader, BinaryWriter } from "@bufbuild/protobuf/wire";

/** One operation of an ONNX graph. */
export interface GraphNode {
  /** Name of the operator. */
  readonly type: string;
  /** Values that it reads; empty names stand for what was left out. */
  readonly inputs: readonly string[];
  /** Values that it makes. */
  readonly outputs: readonly string[];
  /** Its attributes of the kinds used here. */
  readonly attributes: NodeAttributes;
  /** What a Constant holds. */
  readonly value?: GraphTensor;
}

/** A tensor that a file holds. */
export interface GraphTensor {
  readonly dims: readonly number[];
  /** What `raw` has: floats of 32 or 16 bits, whole numbers of 64, or anything else. */
  readonly type: "f32" | "f16" | "i64" | "other";
  /** Little-endian. */
  readonly raw: Uint8Array;
}

/** Attributes by name: whole numbers, a number, or a word. */
export type NodeAttributes = { readonly [name: string]: readonly number[] | number | string };

/** What is added to a graph. */
export interface GraphExtension {
  /** Operations, each after those whose values it reads. */
  readonly nodes: readonly GraphNode[];
  /** Constants by name: a float without an axis, or whole numbers along one. */
  readonly constants: ReadonlyMap<string, number | BigInt64Array>;
  /** One more input, f32 of four axes: the last one. */
  readonly input: string;
  /** The only output, f32. */
  readonly output: string;
}

/** Numbers of the fields of `onnx.proto3` (ONNX 1.20, IR version 8) that are read or written here. */
const MODEL = { graph: 7 } as const;
const GRAPH = { node: 1, initializer: 5, input: 11, output: 12, valueInfo: 13 } as const;
const NODE = { input: 1, output: 2, type: 4, attribute: 5 } as const;
const ATTRIBUTE = { name: 1, float: 2, integer: 3, text: 4, tensor: 5, integers: 8, type: 20 } as const;
const TENSOR = { dims: 1, type: 2, name: 8, raw: 9 } as const;
const VALUE = { name: 1, type: 2 } as const;
const FLOAT = 1, INT64 = 7, FLOAT16 = 10;
const TENSOR_TYPES: ReadonlyMap<number, GraphTensor["type"]> = new Map([[FLOAT, "f32"], [INT64, "i64"], [
  FLOAT16,
  "f16",
]]);
const ATTRIBUTE_TYPE = { float: 1, integer: 2, text: 3, integers: 7 } as const;

/** A model file's graph, read just so far that operations can be added to it. Everything else is kept as it is. */
export class OnnxGraph {
  /** In an order in which they can run. */
  readonly nodes: readonly GraphNode[];
  /** Names, the picture-shaped one first. */
  readonly inputs: readonly string[];
  /** Names. */
  readonly outputs: readonly string[];
  /** Weights and other constants, by name. */
  readonly tensors: ReadonlyMap<string, GraphTensor>;
  readonly #fields: readonly Field[];
  readonly #graph: readonly Field[];

  /** @param file Bytes of an `.onnx` file. */
  constructor(file: Uint8Array) {
    this.#fields = fieldsOf(file);
    const graph = this.#fields.find(({ number }) => number === MODEL.graph);
    this.#graph = graph ? fieldsOf(contentOf(graph)) : [];
    const all = (number: number) => this.#graph.filter((field) => field.number === number).map(contentOf);
    this.nodes = all(GRAPH.node).map(readNode);
    this.inputs = all(GRAPH.input).map(readName);
    this.outputs = all(GRAPH.output).map(readName);
    this.tensors = new Map(all(GRAPH.initializer).map(readTensor));
  }

  /** The file of this graph with an extension. */
  extended({ nodes, constants, input, output }: GraphExtension): Uint8Array<ArrayBuffer> {
    const graph = new BinaryWriter();
    // Types noted for values need not hold for what is no output any more.
    const dropped: readonly number[] = [GRAPH.output, GRAPH.valueInfo];
    for (const { number, wire, raw } of this.#graph) {
      if (!dropped.includes(number)) graph.tag(number, wire).raw(raw);
    }
    for (const node of nodes) graph.tag(GRAPH.node, 2).bytes(nodeBytes(node));
    for (const [name, value] of constants) {
      graph.tag(GRAPH.initializer, 2).bytes(tensorBytes(name, value));
    }
    graph.tag(GRAPH.input, 2).bytes(valueBytes(input, ["n", `${input}_c`, `${input}_h`, `${input}_w`]));
    graph.tag(GRAPH.output, 2).bytes(valueBytes(output));
    const model = new BinaryWriter();
    for (const { number, wire, raw } of this.#fields) {
      if (number !== MODEL.graph) model.tag(number, wire).raw(raw);
    }
    return model.tag(MODEL.graph, 2).bytes(graph.finish()).finish() as Uint8Array<ArrayBuffer>;
  }
}

/** A field as it stands in a message; of kind 2 `raw` begins with the length. */
interface Field {
  readonly number: number;
  readonly wire: number;
  readonly raw: Uint8Array;
}

function fieldsOf(message: Uint8Array): Field[] {
  const reader = new BinaryReader(message), fields: Field[] = [];
  while (reader.pos < reader.len) {
    const [number, wire] = reader.tag();
    fields.push({ number, wire, raw: reader.skip(wire, number) });
  }
  return fields;
}

function contentOf({ raw }: Field): Uint8Array {
  return new BinaryReader(raw).bytes();
}

function textOf(field: Field): string {
  return new TextDecoder().decode(contentOf(field));
}

function readName(message: Uint8Array): string {
  const name = fieldsOf(message).find(({ number }) => number === VALUE.name);
  return name ? textOf(name) : "";
}

function readNode(message: Uint8Array): GraphNode {
  const fields = fieldsOf(message);
  const texts = (wanted: number) => fields.filter(({ number }) => number === wanted).map(textOf);
  const attributes = fields.filter(({ number }) => number === NODE.attribute).map(contentOf);
  const value = attributes.flatMap(fieldsOf).find(({ number }) => number === ATTRIBUTE.tensor);
  return {
    type: texts(NODE.type)[0] ?? "",
    inputs: texts(NODE.input),
    outputs: texts(NODE.output),
    attributes: Object.fromEntries(attributes.flatMap(readAttribute)),
    ...value && { value: readTensor(contentOf(value))[1] },
  };
}

function readTensor(message: Uint8Array): [string, GraphTensor] {
  const dims: number[] = [];
  let name = "", type: GraphTensor["type"] = "other", raw: Uint8Array = new Uint8Array();
  for (const field of fieldsOf(message)) {
    if (field.number === TENSOR.name) name = textOf(field);
    else if (field.number === TENSOR.raw) raw = contentOf(field);
    else if (field.number === TENSOR.dims) dims.push(...integersOf(field));
    else if (field.number === TENSOR.type) {
      type = TENSOR_TYPES.get(new BinaryReader(field.raw).int32()) ?? "other";
    }
  }
  return [name, { dims, type, raw }];
}

/** A repeated number, packed or one by one. */
function integersOf({ wire, raw }: Field): number[] {
  const reader = new BinaryReader(raw), integers: number[] = [];
  const end = wire === 2 ? reader.uint32() + reader.pos : reader.len;
  while (reader.pos < end) integers.push(Number(reader.int64()));
  return integers;
}

function readAttribute(message: Uint8Array): [string, NodeAttributes[string]][] {
  const integers: number[] = [];
  let name = "", value: NodeAttributes[string] | undefined;
  for (const field of fieldsOf(message)) {
    const reader = new BinaryReader(field.raw);
    if (field.number === ATTRIBUTE.name) name = textOf(field);
    else if (field.number === ATTRIBUTE.float) value = reader.float();
    else if (field.number === ATTRIBUTE.integer) value = Number(reader.int64());
    else if (field.number === ATTRIBUTE.text) value = textOf(field);
    else if (field.number === ATTRIBUTE.integers) integers.push(...integersOf(field));
  }
  if (integers.length > 0) return [[name, integers]];
  return value === undefined ? [] : [[name, value]];
}

function nodeBytes({ type, inputs, outputs, attributes }: GraphNode): Uint8Array {
  const writer = new BinaryWriter();
  for (const name of inputs) writer.tag(NODE.input, 2).string(name);
  for (const name of outputs) writer.tag(NODE.output, 2).string(name);
  writer.tag(NODE.type, 2).string(type);
  for (const [name, value] of Object.entries(attributes)) {
    writer.tag(NODE.attribute, 2).bytes(attributeBytes(name, value));
  }
  return writer.finish();
}

function attributeBytes(name: string, value: NodeAttributes[string]): Uint8Array {
  const writer = new BinaryWriter().tag(ATTRIBUTE.name, 2).string(name);
  const typed = (type: number) => writer.tag(ATTRIBUTE.type, 0).int32(type).finish();
  if (typeof value === "string") {
    writer.tag(ATTRIBUTE.text, 2).string(value);
    return typed(ATTRIBUTE_TYPE.text);
  }
  if (typeof value === "number") {
    writer.tag(ATTRIBUTE.integer, 0).int64(value);
    return typed(ATTRIBUTE_TYPE.integer);
  }
  for (const item of value) writer.tag(ATTRIBUTE.integers, 0).int64(item);
  return typed(ATTRIBUTE_TYPE.integers);
}

function tensorBytes(name: string, value: number | BigInt64Array): Uint8Array {
  const writer = new BinaryWriter();
  const single = typeof value === "number";
  if (!single) writer.tag(TENSOR.dims, 0).int64(value.length);
  const values = single ? new Float32Array([value]) : value;
  return writer
    .tag(TENSOR.type, 0).int32(single ? FLOAT : INT64)
    .tag(TENSOR.name, 2).string(name)
    .tag(TENSOR.raw, 2).bytes(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
    .finish();
}

/** ValueInfoProto of f32, with or without a shape: TypeProto.tensor_type (1) of elem_type (1) and shape (2). */
function valueBytes(name: string, axes?: readonly string[]): Uint8Array {
  const tensor = new BinaryWriter().tag(1, 0).int32(FLOAT);
  if (axes) {
    const shape = new BinaryWriter();
    for (const axis of axes) shape.tag(1, 2).bytes(new BinaryWriter().tag(2, 2).string(axis).finish());
    tensor.tag(2, 2).bytes(shape.finish());
  }
  const type = new BinaryWriter().tag(1, 2).bytes(tensor.finish()).finish();
  return new BinaryWriter().tag(VALUE.name, 2).string(name).tag(VALUE.type, 2).bytes(type).finish();
}
