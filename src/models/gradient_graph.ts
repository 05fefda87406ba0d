import { ModelError } from "../core/mod.ts";
import { type GraphNode, type NodeAttributes, OnnxGraph } from "./onnx_graph.ts";

/** The last input holds the derivatives by the net's output, of the output's shape. */
const COTANGENT_INPUT = "cotangent";

/**
 * Derives a net by its first input: a graph that takes what the net takes and a cotangent, the derivatives of some number by
 * the net's output, and gives the derivatives of that number by the net's first input (reverse accumulation). It has the
 * net's own weights; onnxruntime turns them around once, when it loads the graph.
 *
 * Operators: Add, Clip, Conv (of one group, undilated, without strides), DepthToSpace, LeakyRelu, Pad ("edge", of the last
 * two axes), Reshape, Squeeze, Transpose, Unsqueeze. What does not depend on the first input may use any.
 *
 * Errors: `ModelError` ("net-gradient") for a net with another operator on the way.
 *
 * @param file Bytes of the net's `.onnx` file.
 * @param name For messages.
 */
export function gradientGraph(file: Uint8Array, name: string): Uint8Array<ArrayBuffer> {
  const graph = new OnnxGraph(file), builder = new GraphBuilder();
  const [source] = graph.inputs, dependent = new Set([source]);
  for (const { inputs, outputs } of graph.nodes) {
    if (inputs.some((input) => dependent.has(input))) outputs.forEach((output) => dependent.add(output));
  }
  const gradients = new Map<string, string>([[graph.outputs[0], COTANGENT_INPUT]]);
  for (const node of graph.nodes.toReversed()) {
    const gradient = gradients.get(node.outputs[0]);
    if (gradient === undefined || !dependent.has(node.outputs[0])) continue;
    const rule = RULES[node.type];
    if (!rule) {
      throw underivable(name, `no rule for ${node.type}; known are ${Object.keys(RULES).join(", ")}`);
    }
    // All of them have one input that depends on the source, but Add, which hands the same to both.
    const reached = node.inputs.filter((input) => dependent.has(input));
    const part = rule(builder, node, gradient, name);
    for (const input of reached) {
      const known = gradients.get(input);
      gradients.set(input, known === undefined ? part : builder.add("Add", [known, part]));
    }
  }
  const result = gradients.get(source);
  if (result === undefined) {
    throw underivable(name, "it ignores its input");
  }
  const { nodes, constants } = builder;
  return graph.extended({ nodes, constants, input: COTANGENT_INPUT, output: result });
}

function underivable(model: string, reason: string): ModelError {
  return new ModelError(
    "net-gradient",
    `Cannot derive the decoder of model ${model}: ${reason}; take its objective out of the manifest, or an effort up to 6`,
  );
}

/** Collects operations and constants. */
class GraphBuilder {
  readonly nodes: GraphNode[] = [];
  readonly constants = new Map<string, number | BigInt64Array>();

  /** Adds an operation; gives the name of its value. */
  add(type: string, inputs: readonly string[], attributes: NodeAttributes = {}): string {
    const output = `gradient/${this.nodes.length}`;
    this.nodes.push({ type, inputs, outputs: [output], attributes });
    return output;
  }

  /** A float without an axis. */
  scalar(value: number): string {
    return this.#constant(`gradient/scalar/${value}`, value);
  }

  /** Whole numbers, for shapes and places. */
  integers(...values: (number | bigint)[]): string {
    return this.#constant(`gradient/integers/${values.join(",")}`, BigInt64Array.from(values, BigInt));
  }

  #constant(name: string, value: number | BigInt64Array): string {
    this.constants.set(name, value);
    return name;
  }
}

/** Gives the derivatives by a node's input from those by its output. */
type Rule = (builder: GraphBuilder, node: GraphNode, gradient: string, model: string) => string;

const RULES: { readonly [type: string]: Rule } = {
  Add: (_, __, gradient) => gradient,
  Clip: (b, { inputs: [x], outputs: [y] }, gradient) =>
    b.add("Where", [b.add("Equal", [x, y]), gradient, b.scalar(0)]),
  Conv: convolutionRule,
  DepthToSpace: depthToSpaceRule,
  LeakyRelu: (b, { inputs: [x], attributes: { alpha = 0.01 } }, gradient) =>
    b.add("Where", [
      b.add("Greater", [x, b.scalar(0)]),
      gradient,
      b.add("Mul", [gradient, b.scalar(alpha as number)]),
    ]),
  Pad: padRule,
  Reshape: reshapeRule,
  Squeeze: reshapeRule,
  Unsqueeze: reshapeRule,
  Transpose: (b, { attributes: { perm } }, gradient) => {
    const axes = perm as readonly number[];
    return b.add("Transpose", [gradient], { perm: axes.map((_, axis) => axes.indexOf(axis)) });
  },
};

function reshapeRule(b: GraphBuilder, { inputs: [x] }: GraphNode, gradient: string): string {
  return b.add("Reshape", [gradient, b.add("Shape", [x])]);
}

/** A convolution with the weights turned around in space and between channels. */
function convolutionRule(
  b: GraphBuilder,
  { inputs: [, weights], attributes }: GraphNode,
  gradient: string,
  model: string,
): string {
  const { kernel_shape: shape, pads = [0, 0, 0, 0], strides = [1, 1], dilations = [1, 1], group = 1 } =
    attributes;
  const ones = [strides, dilations].flat().every((value) => value === 1);
  if (!Array.isArray(shape) || shape.length !== 2 || !Array.isArray(pads) || !ones || group !== 1) {
    throw underivable(model, "a Conv has strides, dilations, groups or not two axes");
  }
  const swapped = b.add("Transpose", [weights], { perm: [1, 0, 2, 3] });
  const last = b.integers(-1, -1), beforeFirst = b.integers(-(2n ** 62n), -(2n ** 62n));
  const turned = b.add("Slice", [swapped, last, beforeFirst, b.integers(2, 3), b.integers(-1, -1)]);
  return b.add("Conv", [gradient, turned], {
    kernel_shape: shape,
    pads: pads.map((pad, side) => shape[side % 2] - 1 - pad),
  });
}

function depthToSpaceRule(
  b: GraphBuilder,
  { inputs: [x], attributes: { blocksize, mode = "DCR" } }: GraphNode,
  gradient: string,
): string {
  const side = blocksize as number;
  if (mode === "DCR") return b.add("SpaceToDepth", [gradient], { blocksize: side });
  const shape = b.add("Shape", [x]), block = b.integers(side);
  const extent = (axis: number) => b.add("Gather", [shape, b.integers(axis)]);
  const channels = b.add("Div", [extent(1), b.integers(side * side)]);
  const split = b.add("Concat", [extent(0), channels, extent(2), block, extent(3), block], { axis: 0 });
  const blocks = b.add("Transpose", [b.add("Reshape", [gradient, split])], { perm: [0, 1, 3, 5, 2, 4] });
  return b.add("Reshape", [blocks, shape]);
}

/** What was repeated beyond an edge adds to the edge. Sides of one sample, both edges at once, are not provided for. */
function padRule(
  b: GraphBuilder,
  { inputs: [, pads], attributes: { mode = "constant" } }: GraphNode,
  gradient: string,
  model: string,
): string {
  if (mode !== "edge") {
    throw underivable(model, 'a Pad is not "edge"');
  }
  // pads: how much before each of four axes, then how much after each.
  for (const axis of [2, 3]) {
    const place = b.integers(axis), zero = b.integers(0), end = b.integers(2n ** 62n);
    const width = (index: number) =>
      b.add("Add", [b.add("Gather", [pads, b.integers(index)]), b.integers(1)]);
    const before = width(axis), after = b.add("Neg", [width(axis + 4)]);
    const part = (from: string, to: string) => b.add("Slice", [gradient, from, to, place]);
    const sum = (edge: string) => b.add("ReduceSum", [edge, place], { keepdims: 1 });
    gradient = b.add("Concat", [sum(part(zero, before)), part(before, after), sum(part(after, end))], {
      axis,
    });
  }
  return gradient;
}
