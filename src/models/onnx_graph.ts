import { BinaryReader } from "../deps/protobuf.ts";

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

/** Numbers of the fields of `onnx.proto3` (ONNX 1.20, IR version 8) that are read here. */
const MODEL = { graph: 7 } as const;
const GRAPH = { node: 1, initializer: 5, input: 11, output: 12 } as const;
const NODE = { input: 1, output: 2, type: 4, attribute: 5 } as const;
const ATTRIBUTE = { name: 1, float: 2, integer: 3, text: 4, tensor: 5, integers: 8 } as const;
const TENSOR = { dims: 1, type: 2, name: 8, raw: 9 } as const;
const VALUE = { name: 1 } as const;
const FLOAT = 1, INT64 = 7, FLOAT16 = 10;
const TENSOR_TYPES: ReadonlyMap<number, GraphTensor["type"]> = new Map([[FLOAT, "f32"], [INT64, "i64"], [
  FLOAT16,
  "f16",
]]);

/** A model file's graph, read so far that it can be planned. */
export class OnnxGraph {
  /** In an order in which they can run. */
  readonly nodes: readonly GraphNode[];
  /** Names, the picture-shaped one first. */
  readonly inputs: readonly string[];
  /** Names. */
  readonly outputs: readonly string[];
  /** Weights and other constants, by name. */
  readonly tensors: ReadonlyMap<string, GraphTensor>;

  /** @param file Bytes of an `.onnx` file. */
  constructor(file: Uint8Array) {
    const graph = fieldsOf(file).find(({ number }) => number === MODEL.graph);
    const fields = graph ? fieldsOf(contentOf(graph)) : [];
    const all = (wanted: number) => fields.filter(({ number }) => number === wanted).map(contentOf);
    this.nodes = all(GRAPH.node).map(readNode);
    this.inputs = all(GRAPH.input).map(readName);
    this.outputs = all(GRAPH.output).map(readName);
    this.tensors = new Map(all(GRAPH.initializer).map(readTensor));
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
