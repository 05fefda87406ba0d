import type {
  BlocksStep,
  ConvolutionStep,
  NetMap,
  NetOutput,
  NetPlan,
  SpreadStep,
} from "../kernels/kernels.ts";
import { type GraphNode, type GraphTensor, OnnxGraph } from "./onnx_graph.ts";
import { floatsOf, integersOf } from "./tensor_values.ts";

/** A function of what a net is told of a picture beside its input. */
type OfCondition = (condition: Float32Array) => Float32Array;

/** What a name of the graph stands for while the plan is made; convolutions read what they can as it comes. */
type Value =
  | { readonly kind: "constant"; readonly tensor: GraphTensor }
  | { readonly kind: "condition"; readonly of: OfCondition }
  | Planes
  | PlacedValue
  | Blocks;

/** The input's planes plus a number; `shapes` are those it was given on the way to blocks of `factor` × `factor`. */
interface Planes {
  readonly kind: "planes";
  readonly factor: number;
  readonly offset: number;
  readonly edge: boolean;
  readonly shapes: readonly string[];
}

/** A map as it is after so many changes, behind a leaky ReLU, continued beyond its edges. */
interface PlacedValue {
  readonly kind: "map";
  readonly map: NetMap;
  readonly changes: number;
  readonly slope: number;
  readonly edge: boolean;
}

/** The sum of maps whose channels become places, bounded. */
interface Blocks extends Omit<NetOutput, "parts"> {
  readonly kind: "blocks";
  readonly parts: readonly { readonly source: PlacedValue; readonly factor: number }[];
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Step = Mutable<BlocksStep> | Mutable<ConvolutionStep> | Mutable<SpreadStep>;

/**
 * Plans a net of convolutions of 3 × 3 and 1 × 1, leaky ReLUs, sums, pixel shuffles and shifts that depend on a second input: the
 * nets of `scripts/train/model.py`.
 *
 * @param file Bytes of an `.onnx` file.
 * @returns `undefined` for nets with anything else.
 */
export function planNet(file: Uint8Array): NetPlan | undefined {
  return new Planner(new OnnxGraph(file)).plan();
}

class Planner {
  readonly #graph: OnnxGraph;
  readonly #values = new Map<string, Value>();
  /** How often a name will still be read. */
  readonly #uses = new Map<string, number>();
  readonly #maps: NetMap[] = [];
  readonly #steps: Step[] = [];
  /** How often each map was added to. */
  readonly #changes: number[] = [];
  readonly #blocks = new Map<string, NetMap>();
  #planes = 0;

  constructor(graph: OnnxGraph) {
    this.#graph = graph;
    const [picture, condition] = graph.inputs;
    this.#values.set(picture, { kind: "planes", factor: 1, offset: 0, edge: false, shapes: [] });
    if (condition !== undefined) this.#values.set(condition, { kind: "condition", of: (values) => values });
    for (const [name, tensor] of graph.tensors) this.#values.set(name, { kind: "constant", tensor });
    for (const name of graph.nodes.flatMap(({ inputs }) => inputs).concat(graph.outputs)) {
      this.#uses.set(name, (this.#uses.get(name) ?? 0) + 1);
    }
  }

  plan(): NetPlan | undefined {
    for (const node of this.#graph.nodes) {
      const inputs = node.inputs.map((name) => this.#values.get(name));
      for (const name of node.inputs) this.#uses.set(name, this.#uses.get(name)! - 1);
      const value = inputs.includes(undefined) ? undefined : this.#valueOf(node, inputs as Value[]);
      if (!value) return undefined;
      this.#values.set(node.outputs[0], value);
    }
    const result = this.#values.get(this.#graph.outputs[0]);
    const output = result?.kind === "map" ? blocksOf(result, 1) : result;
    if (output?.kind !== "blocks" || !output.parts.every(({ source }) => this.#isPlain(source))) {
      return undefined;
    }
    const { offset, low, high } = output;
    const parts = output.parts.map(({ source: { map }, factor }) => ({ source: map, factor }));
    return {
      planes: this.#planes,
      maps: this.#maps,
      steps: this.#steps,
      output: { parts, offset, low, high },
    };
  }

  #valueOf(node: GraphNode, inputs: readonly Value[]): Value | undefined {
    const [x] = inputs;
    if (node.type === "Constant") return node.value && { kind: "constant", tensor: node.value };
    if (x?.kind === "constant" && node.type === "Cast") return x;
    if (inputs.every(({ kind }) => kind === "condition" || kind === "constant")) {
      return conditionOf(node, inputs);
    }
    switch (node.type) {
      case "Add":
        return this.#sum(node, inputs);
      case "Sub":
        return this.#shifted(x, inputs[1], -1);
      case "Clip":
        return clipped(x, inputs);
      case "Conv":
        return this.#convolution(node, inputs);
      case "DepthToSpace":
        return this.#spread(node, x);
      case "LeakyRelu":
        return this.#leaky(node, x);
      case "Pad":
        return padded(node, inputs);
      case "Unsqueeze":
      case "Squeeze":
      case "Reshape":
      case "Transpose":
        return reshaped(node, inputs);
      default:
        return undefined;
    }
  }

  /** A map as it now is, without anything that is yet to be done to it. */
  #isPlain({ map, changes, slope, edge }: PlacedValue): boolean {
    return this.#isCurrent({ map, changes }) && slope === 1 && !edge;
  }

  #isCurrent({ map, changes }: Pick<PlacedValue, "map" | "changes">): boolean {
    return changes === this.#changes[map.index];
  }

  #newMap(channels: number, scale: number): PlacedValue {
    const map = { index: this.#maps.length, channels, scale };
    this.#maps.push(map);
    this.#changes.push(0);
    return placed(map);
  }

  /** A value's map of so many channels. */
  #mapOf(value: Value, channels: number): PlacedValue | undefined {
    if (value.kind === "blocks") value = this.#spreadOut(value) ?? value;
    if (value.kind === "map") return value.map.channels === channels ? value : undefined;
    return value.kind === "planes" ? this.#blocksMap(value, channels) : undefined;
  }

  /** The input as a map. */
  #blocksMap({ factor, offset, edge, shapes }: Planes, channels: number): PlacedValue | undefined {
    const planes = channels / factor ** 2;
    this.#planes ||= planes;
    if (planes !== this.#planes || channels % 4 > 0 || (shapes.length > 0 && shapes.length < 5)) {
      return undefined;
    }
    const key = `${factor}, ${offset}`;
    let map = this.#blocks.get(key);
    if (!map) {
      map = this.#newMap(channels, 1 / factor).map;
      this.#blocks.set(key, map);
      this.#steps.push({ kind: "blocks", target: map, factor, offset });
    }
    return { ...placed(map, this.#changes[map.index]), edge };
  }

  #convolution({ attributes }: GraphNode, [x, weights, bias]: readonly Value[]): Value | undefined {
    const { pads = [0, 0, 0, 0], strides = [1, 1], dilations = [1, 1], group = 1, auto_pad: auto } =
      attributes;
    if (weights.kind !== "constant" || (bias && bias.kind !== "constant")) return undefined;
    const values = floatsOf(weights.tensor), [outputs, inputs, size, width] = weights.tensor.dims;
    const biases = bias ? floatsOf(bias.tensor) : new Float32Array(outputs);
    const [stride] = strides as number[], [pad] = pads as number[];
    const alike = (sides: unknown, side: number) =>
      Array.isArray(sides) && sides.every((each) => each === side);
    const regular = alike(pads, pad) && alike(strides, stride) && alike(dilations, 1) && size === width &&
      group === 1 && (auto === undefined || auto === "NOTSET");
    if (!values || !biases || !regular || outputs % 4 > 0) return undefined;
    const common = { weights: values, bias: biases, onto: false };
    if (x.kind === "planes" && size === stride && size > 1 && pad === 0 && x.factor === 1 && !x.edge) {
      const source = this.#blocksMap({ ...x, factor: size }, inputs * size ** 2);
      return source && this.#convolve({ ...common, size: 1, stride: 1 }, source);
    }
    const source = this.#mapOf(x, inputs);
    if (!source || !this.#isCurrent(source)) return undefined;
    if (size === 3 && stride <= 2 && pad === (source.edge ? 0 : 1)) {
      return this.#convolve({ ...common, size, stride }, source);
    }
    return size === 1 && stride === 1 && pad === 0 && !source.edge
      ? this.#convolve({ ...common, size, stride }, source)
      : undefined;
  }

  #convolve(
    how: Pick<ConvolutionStep, "size" | "stride" | "weights" | "bias" | "onto">,
    { map: source, slope, edge }: PlacedValue,
  ): PlacedValue {
    const result = this.#newMap(how.bias.length, source.scale / how.stride);
    this.#steps.push({ kind: "convolution", source, slope, edge, ...how, target: result.map });
    return result;
  }

  #spread({ attributes: { blocksize, mode } }: GraphNode, x: Value): Value | undefined {
    if (x.kind !== "map" || !this.#isPlain(x) || mode !== "CRD" || typeof blocksize !== "number") {
      return undefined;
    }
    return x.map.channels % blocksize ** 2 === 0 ? blocksOf(x, blocksize) : undefined;
  }

  /** Channels that become places, done. */
  #spreadOut({ parts: [{ source, factor }, ...others], offset, low, high }: Blocks): PlacedValue | undefined {
    const { map } = source, bounded = offset !== 0 || low !== -Infinity || high !== Infinity;
    if (others.length > 0 || bounded || factor !== 2 || map.channels % 16 > 0 || !this.#isCurrent(source)) {
      return undefined;
    }
    const result = this.#newMap(map.channels / 4, 2 * map.scale);
    this.#steps.push({ kind: "spread", source: map, target: result.map, onto: false });
    return result;
  }

  #leaky({ attributes: { alpha = 0.01 } }: GraphNode, x: Value): Value | undefined {
    const value = x.kind === "blocks" ? this.#spreadOut(x) : x;
    if (value?.kind !== "map" || !this.#isPlain(value) || typeof alpha !== "number") return undefined;
    return alpha >= 0 && alpha <= 1 ? { ...value, slope: alpha } : undefined;
  }

  #sum({ inputs: names }: GraphNode, [a, b]: readonly Value[]): Value | undefined {
    if (b.kind === "constant") return this.#shifted(a, b, 1);
    if (a.kind === "map" && b.kind === "condition") return this.#shiftedByCondition(names[0], a, b.of);
    if (a.kind === "blocks" && b.kind === "blocks") return sumOfBlocks(a, b);
    const [x, y] = [a, b].map((value) => value.kind === "blocks" ? this.#spreadOut(value) : value);
    if (x?.kind !== "map" || y?.kind !== "map" || !this.#isPlain(x) || !this.#isPlain(y)) return undefined;
    const last = this.#steps[this.#steps.length - 1];
    const [own, other] = last.target === x.map ? [x, y] : [y, x];
    const alike = own.map.channels === other.map.channels && own.map.scale === other.map.scale;
    const isRead = names.some((name) => this.#uses.get(name)! > 0);
    if (
      last.kind === "blocks" || last.target !== own.map || last.onto || last.source === other.map || isRead ||
      !alike
    ) {
      return undefined;
    }
    last.target = other.map;
    last.onto = true;
    return placed(other.map, ++this.#changes[other.map.index]);
  }

  /** Plus a number, once or minus once. */
  #shifted(x: Value, by: Value, sign: 1 | -1): Value | undefined {
    const number = by.kind === "constant" ? numberOf(by) : undefined;
    if (number === undefined) return undefined;
    if (x.kind === "planes" && x.factor === 1 && !x.edge) return { ...x, offset: x.offset + sign * number };
    return x.kind === "blocks" && x.low === -Infinity && x.high === Infinity
      ? { ...x, offset: x.offset + sign * number }
      : undefined;
  }

  /** The shift goes into the bias of the convolution that has just been planned. */
  #shiftedByCondition(name: string, x: PlacedValue, shift: OfCondition): Value | undefined {
    const last = this.#steps[this.#steps.length - 1];
    if (last?.kind !== "convolution" || last.target !== x.map || last.onto || last.shift) return undefined;
    if (!this.#isPlain(x) || this.#uses.get(name)! > 0) return undefined;
    last.shift = shift;
    return x;
  }
}

function placed(map: NetMap, changes = 0): PlacedValue {
  return { kind: "map", map, changes, slope: 1, edge: false };
}

function blocksOf(source: PlacedValue, factor: number): Blocks {
  return { kind: "blocks", parts: [{ source, factor }], offset: 0, low: -Infinity, high: Infinity };
}

function sumOfBlocks(a: Blocks, b: Blocks): Blocks | undefined {
  const sides = [a, b].map(({ parts: [{ source: { map }, factor }] }) =>
    `${map.channels / factor ** 2}, ${map.scale * factor}`
  );
  const bounded = [a, b].some(({ low, high }) => low !== -Infinity || high !== Infinity);
  if (sides[0] !== sides[1] || bounded) return undefined;
  return { ...a, parts: [...a.parts, ...b.parts], offset: a.offset + b.offset };
}

function numberOf(value: Value | undefined): number | undefined {
  const floats = value?.kind === "constant" ? floatsOf(value.tensor) : undefined;
  return floats?.length === 1 ? floats[0] : undefined;
}

function clipped(x: Value, [, lowest, highest]: readonly Value[]): Value | undefined {
  const low = numberOf(lowest), high = numberOf(highest);
  return x.kind === "blocks" && low !== undefined && high !== undefined ? { ...x, low, high } : undefined;
}

/** One place around the last two axes, before and behind, as ONNX counts them. */
const PAD_OF_ONE = "0,0,1,1,0,0,1,1";

function padded({ attributes: { mode } }: GraphNode, [x, pads]: readonly Value[]): Value | undefined {
  const widths = pads?.kind === "constant" ? integersOf(pads.tensor) : undefined;
  const isEdge = mode === "edge" && widths?.join() === PAD_OF_ONE;
  return isEdge && (x.kind === "map" || x.kind === "planes") && !x.edge ? { ...x, edge: true } : undefined;
}

/** Follows a pixel unshuffle, as PyTorch exports it. */
function reshaped(
  { type, attributes: { perm } }: GraphNode,
  [x, shape]: readonly Value[],
): Value | undefined {
  if (x.kind !== "planes" || x.edge) return undefined;
  const numbers = type === "Transpose"
    ? perm as readonly number[]
    : shape?.kind === "constant" && integersOf(shape.tensor);
  if (!numbers) return undefined;
  const shapes = [...x.shapes, `${type} ${numbers}`], factor = x.factor > 1 ? x.factor : numbers[3];
  const due = [
    "Unsqueeze 3",
    `Reshape 0,0,-1,${factor},0`,
    `Reshape 0,0,0,0,-1,${factor}`,
    "Transpose 0,1,3,5,2,4",
    "Reshape 0,-1,1,1,0,0",
    "Squeeze 2,3",
  ];
  if (shapes.some((step, i) => step !== due[i])) return undefined;
  return { ...x, shapes, factor: shapes.length === 1 ? 1 : factor };
}

/** Arithmetic on what does not depend on the picture. */
function conditionOf({ type }: GraphNode, inputs: readonly Value[]): Value | undefined {
  const parts = inputs.map((value): OfCondition | undefined => {
    if (value.kind === "condition") return value.of;
    const floats = value.kind === "constant" && floatsOf(value.tensor);
    return floats ? () => floats : undefined;
  });
  const [x, y, z] = parts;
  if (!x) return undefined;
  const binary = (of: (a: number, b: number) => number): OfCondition | undefined =>
    y && ((condition) => {
      const right = y(condition);
      return x(condition).map((value, i) => of(value, right[i % right.length]));
    });
  const arithmetic: { readonly [type: string]: OfCondition | undefined } = {
    Log: (condition) => x(condition).map(Math.log),
    Sub: binary((a, b) => a - b),
    Div: binary((a, b) => a / b),
    Mul: binary((a, b) => a * b),
    Clip: y && z &&
      ((condition) =>
        x(condition).map((value) => Math.min(Math.max(value, y(condition)[0]), z(condition)[0]))),
    Unsqueeze: x,
    Concat: parts.includes(undefined)
      ? undefined
      : (condition) => Float32Array.from(parts.flatMap((part) => [...part!(condition)])),
    MatMul: y && ((condition) => product(x(condition), y(condition))),
  };
  const of = arithmetic[type];
  return of && { kind: "condition", of };
}

/** A row times a matrix. */
function product(row: Float32Array, matrix: Float32Array): Float32Array {
  const columns = matrix.length / row.length;
  return Float32Array.from(
    { length: columns },
    (_, column) => row.reduce((sum, value, i) => sum + value * matrix[i * columns + column], 0),
  );
}
