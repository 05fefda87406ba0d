import {
  type ExternalFiles,
  type GraphTensor,
  OnnxFormatError,
  type StoredTensor,
  TensorMessage,
  tensorOf,
  type TensorType,
  tensorType,
} from "./onnx_tensor.ts";
import {
  contentOf,
  type Field,
  fieldsOf,
  fixedBytesOf,
  integerOf,
  integersOfField,
  textOf,
} from "./protobuf_fields.ts";

/** One operation of an ONNX graph. */
export interface GraphNode {
  /** Name of the operator, with its domain before it unless that is ONNX's own: `Conv`, `com.microsoft.Gelu`. */
  readonly type: string;
  /** Name of the node; may be empty. */
  readonly name: string;
  /** Values that it reads; empty names stand for what was left out. */
  readonly inputs: readonly string[];
  /** Values that it makes. */
  readonly outputs: readonly string[];
  /** Its attributes of the kinds used here. */
  readonly attributes: NodeAttributes;
  /** What a Constant holds. */
  readonly value?: GraphTensor;
}

/** A value that the graph is given. */
export interface GraphInput {
  /** Name. */
  readonly name: string;
  /** Element type; `other` if the file does not say. */
  readonly type: TensorType;
}

/** Attributes by name: whole numbers, a number, or a word. */
export type NodeAttributes = { readonly [name: string]: readonly number[] | number | string };

/** Numbers of the fields of `onnx.proto3` (ONNX 1.20) that are read here. */
const MODEL = { graph: 7 } as const;
const GRAPH = { node: 1, initializer: 5, input: 11, output: 12, sparse: 15 } as const;
const NODE = { input: 1, output: 2, name: 3, type: 4, attribute: 5, domain: 7 } as const;
const ATTRIBUTE = {
  name: 1,
  float: 2,
  integer: 3,
  text: 4,
  tensor: 5,
  graph: 6,
  floats: 7,
  integers: 8,
  graphs: 11,
  type: 20,
  sparse: 22,
} as const;
const VALUE = { name: 1, type: 2 } as const;
const VALUE_TYPE = { tensor: 1 } as const;
const TENSOR_TYPE = { element: 1 } as const;
const SPARSE = { values: 1 } as const;
/** Numbers of `AttributeProto.AttributeType`. */
const KIND_FLOAT = 1, KIND_INTEGER = 2, KIND_TENSOR = 4, KIND_FLOATS = 6, KIND_INTEGERS = 7;
const OWN_DOMAINS: readonly string[] = ["", "ai.onnx"];

/** A model file's graph, read so far that it can be planned. */
export class OnnxGraph {
  /** In an order in which they can run. */
  readonly nodes: readonly GraphNode[];
  /** What has to be given to run the graph: inputs that the file has no values for. */
  readonly inputs: readonly GraphInput[];
  /** Names. */
  readonly outputs: readonly string[];
  /** Weights and other constants, by name. */
  readonly tensors: ReadonlyMap<string, GraphTensor>;

  /**
   * Reads a graph.
   *
   * @param file Bytes of an `.onnx` file.
   * @param files Bytes of the files of {@linkcode externalLocations}.
   * @throws OnnxFormatError For tensors that cannot be read, by their name; other errors for what is no ONNX file.
   */
  constructor(file: Uint8Array, files: ExternalFiles = new Map()) {
    const { nodes, inputs, outputs, tensors } = readModel(file);
    this.nodes = nodes.map(({ value, graphs: _graphs, ...node }) => ({
      ...node,
      ...value && { value: value.withElements(files) },
    }));
    this.tensors = new Map(tensors.map((tensor) => [tensor.name, tensor.withElements(files)]));
    this.inputs = inputs.filter(({ name }) => !this.tensors.has(name));
    this.outputs = outputs;
  }
}

/**
 * The files beside a model file that hold tensors for it, as the model file spells them; each once.
 *
 * @throws As the constructor of {@linkcode OnnxGraph}.
 */
export function externalLocations(file: Uint8Array): string[] {
  return [...new Set(tensorsOf(readModel(file)).flatMap(({ location }) => location ?? []))];
}

/** A node whose value may still be in another file. */
interface NodeMessage extends Omit<GraphNode, "value"> {
  readonly value?: StoredTensor;
  /** Graphs that the node runs, as If and Loop do. */
  readonly graphs: readonly GraphMessage[];
}

interface GraphMessage {
  readonly nodes: readonly NodeMessage[];
  readonly inputs: readonly GraphInput[];
  readonly outputs: readonly string[];
  readonly tensors: readonly StoredTensor[];
}

/** All tensors, those of inner graphs included. */
function tensorsOf({ tensors, nodes }: GraphMessage): StoredTensor[] {
  return [
    ...tensors,
    ...nodes.flatMap(({ value, graphs }) => [...value ? [value] : [], ...graphs.flatMap(tensorsOf)]),
  ];
}

function readModel(file: Uint8Array): GraphMessage {
  const graph = fieldsOf(file).find(({ number }) => number === MODEL.graph);
  if (!graph) throw new TypeError("there is no graph in it");
  return readGraph(contentOf(graph));
}

function readGraph(message: Uint8Array): GraphMessage {
  const fields = fieldsOf(message);
  const all = (wanted: number) => fields.filter(({ number }) => number === wanted).map(contentOf);
  for (const sparse of all(GRAPH.sparse)) throw sparseError(sparse, "an initialiser");
  return {
    nodes: all(GRAPH.node).map(readNode),
    inputs: all(GRAPH.input).map(readInput),
    outputs: all(GRAPH.output).map((value) => nameOf(value, VALUE.name)),
    tensors: all(GRAPH.initializer).map((message) => new TensorMessage(message, "without a name")),
  };
}

function sparseError(message: Uint8Array, role: string): OnnxFormatError {
  const values = fieldsOf(message).find(({ number }) => number === SPARSE.values);
  const name = (values && new TensorMessage(contentOf(values), "").name) || role;
  return new OnnxFormatError(`tensor ${name} is sparse`);
}

/** The text of a field, or an empty one. */
function nameOf(message: Uint8Array, wanted: number): string {
  const name = fieldsOf(message).findLast(({ number }) => number === wanted);
  return name ? textOf(name) : "";
}

function readInput(message: Uint8Array): GraphInput {
  const inside = (bytes: Uint8Array, wanted: number) => {
    const field = fieldsOf(bytes).find(({ number }) => number === wanted);
    return field ? contentOf(field) : new Uint8Array();
  };
  const tensor = inside(inside(message, VALUE.type), VALUE_TYPE.tensor);
  const element = fieldsOf(tensor).find(({ number }) => number === TENSOR_TYPE.element);
  return { name: nameOf(message, VALUE.name), type: element ? tensorType(integerOf(element)) : "other" };
}

function readNode(message: Uint8Array): NodeMessage {
  const fields = fieldsOf(message);
  const texts = (wanted: number) => fields.filter(({ number }) => number === wanted).map(textOf);
  const attributes = fields.filter(({ number }) => number === NODE.attribute).map(contentOf).map(
    readAttribute,
  );
  const [domain = ""] = texts(NODE.domain), [type = ""] = texts(NODE.type), [name = ""] = texts(NODE.name);
  const outputs = texts(NODE.output);
  const constant = type === "Constant" ? attributes.flatMap(({ constant }) => constant ?? [])[0] : undefined;
  return {
    type: OWN_DOMAINS.includes(domain) ? type : `${domain}.${type}`,
    name,
    inputs: texts(NODE.input),
    outputs,
    attributes: Object.fromEntries(
      attributes.flatMap(({ name, value }) => value === undefined ? [] : [[name, value]]),
    ),
    ...constant && { value: constant(`of node ${name || outputs[0]}`) },
    graphs: attributes.flatMap(({ graphs }) => graphs),
  };
}

/** An attribute; `constant` makes the tensor that it stands for in a Constant. */
interface Attribute {
  readonly name: string;
  readonly value?: NodeAttributes[string];
  readonly constant?: (role: string) => StoredTensor;
}

function readAttribute(message: Uint8Array): Attribute & { readonly graphs: readonly GraphMessage[] } {
  const fields = fieldsOf(message);
  const graphs = fields.filter(({ number }) => number === ATTRIBUTE.graph || number === ATTRIBUTE.graphs);
  return { ...readValue(fields), graphs: graphs.map(contentOf).map(readGraph) };
}

function readValue(fields: readonly Field[]): Attribute {
  const last = (number: number) => fields.findLast((f) => f.number === number);
  const all = (number: number) => fields.filter((field) => field.number === number);
  const nameField = last(ATTRIBUTE.name), kindField = last(ATTRIBUTE.type);
  const name = nameField ? textOf(nameField) : "";
  const [float, integer, text, tensor] = [
    ATTRIBUTE.float,
    ATTRIBUTE.integer,
    ATTRIBUTE.text,
    ATTRIBUTE.tensor,
  ].map(last);
  const sparse = last(ATTRIBUTE.sparse);
  if (sparse) throw sparseError(contentOf(sparse), "of a node");
  const floats = all(ATTRIBUTE.floats), integers = all(ATTRIBUTE.integers);
  // Files of the oldest kind do not tell the kind; others may leave out a value that is 0 or empty.
  const kind = kindField ? integerOf(kindField) : undefined;
  const is = (wanted: number, field: unknown) => kind === undefined ? field !== undefined : kind === wanted;
  if (is(KIND_TENSOR, tensor)) {
    return tensor ? { name, constant: (role) => new TensorMessage(contentOf(tensor), role) } : { name };
  }
  if (is(KIND_INTEGERS, integers[0])) {
    const values = integers.flatMap(integersOfField).map(Number);
    return { name, value: values, constant: () => tensorOf("i64", values, [values.length]) };
  }
  if (is(KIND_FLOATS, floats[0])) {
    const values = floats.flatMap(floatsOfField);
    return { name, constant: () => tensorOf("f32", values, [values.length]) };
  }
  if (is(KIND_FLOAT, float)) {
    const [value] = float ? floatsOfField(float) : [0];
    return { name, value, constant: () => tensorOf("f32", [value], []) };
  }
  if (is(KIND_INTEGER, integer)) {
    const value = integer ? integerOf(integer) : 0;
    return { name, value, constant: () => tensorOf("i64", [value], []) };
  }
  return text ? { name, value: textOf(text) } : { name };
}

function floatsOfField(field: Field): number[] {
  return Array.from(new Float32Array(fixedBytesOf(field).slice().buffer));
}
