import type { BlocksStep, ConvolutionStep, NetMap, NetPlan, SpreadStep } from "../kernels/kernels.ts";
import { conditionOf } from "./condition_arithmetic.ts";
import type { GraphNode, OnnxGraph } from "./onnx_graph.ts";
import {
  type Blocks,
  blocksOf,
  castTo,
  clipped,
  type Condition,
  numberOf,
  padded,
  placed,
  type PlacedValue,
  type Planes,
  reshaped,
  sumOfBlocks,
  type Value,
} from "./plan_values.ts";
import { floatsOf } from "./tensor_values.ts";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Step = Mutable<BlocksStep> | Mutable<ConvolutionStep> | Mutable<SpreadStep>;

/** The values of a graph that a plan connects. */
export interface NetEnds {
  /** Name of the input that holds the planes. */
  readonly input: string;
  /** Name of the output that the plan computes. */
  readonly output: string;
  /** Name of the input with a number per picture, if there is one. */
  readonly condition?: string;
}

/** A plan, or the reason why there is none. */
export type Planned = { readonly plan: NetPlan } | { readonly obstacle: string };

/**
 * Plans a net of convolutions of 3 × 3 and 1 × 1, leaky ReLUs, sums, pixel shuffles and shifts that depend on a second input: the
 * nets of `scripts/train/model.py`.
 *
 * @param graph The net; only nodes that the output depends on count.
 * @param ends What the plan connects.
 * @returns The plan, or for nets with anything else the first operation that cannot be planned.
 */
export function planNet(graph: OnnxGraph, ends: NetEnds): Planned {
  return new Planner(graph, ends).plan();
}

class Planner {
  readonly #output: string;
  /** The nodes that the output depends on, in order. */
  readonly #nodes: readonly GraphNode[];
  readonly #values = new Map<string, Value>();
  /** How often a name will still be read. */
  readonly #uses = new Map<string, number>();
  readonly #maps: NetMap[] = [];
  readonly #steps: Step[] = [];
  /** How often each map was added to. */
  readonly #changes: number[] = [];
  /** The input as maps, by the blocks' side and the offset. */
  readonly #inputMaps = new Map<string, NetMap>();
  /** What has been spread out. */
  readonly #spreads = new Map<Blocks, PlacedValue>();
  #planes = 0;

  constructor(graph: OnnxGraph, { input, output, condition }: NetEnds) {
    this.#output = output;
    this.#nodes = nodesBefore(output, graph.nodes);
    this.#values.set(input, { kind: "planes", factor: 1, offset: 0, edge: false, shapes: [] });
    if (condition !== undefined) {
      this.#values.set(condition, { kind: "condition", shape: [1], of: (values) => values });
    }
    for (const [name, tensor] of graph.tensors) this.#values.set(name, { kind: "constant", tensor });
    for (const name of [...this.#nodes.flatMap(({ inputs }) => inputs), output]) {
      this.#uses.set(name, (this.#uses.get(name) ?? 0) + 1);
    }
  }

  plan(): Planned {
    for (const node of this.#nodes) {
      const inputs = node.inputs.map((name) => this.#values.get(name));
      for (const name of node.inputs) this.#uses.set(name, this.#uses.get(name)! - 1);
      const value = inputs.includes(undefined) ? undefined : this.#valueOf(node, inputs as Value[]);
      if (!value) return { obstacle: `operator ${node.type} of node ${node.name || node.outputs[0]}` };
      this.#values.set(node.outputs[0], value);
    }
    const result = this.#values.get(this.#output);
    const output = result?.kind === "map" ? blocksOf(result, 1) : result;
    if (output?.kind !== "blocks" || !output.parts.every(({ source }) => this.#isPlain(source))) {
      return { obstacle: `output ${this.#output}, which is no sum of convolutions` };
    }
    const { offset, low, high } = output;
    const parts = output.parts.map(({ source: { map }, factor }) => ({ source: map, factor }));
    const { maps, steps } = { maps: this.#maps, steps: this.#steps };
    return { plan: { planes: this.#planes, maps, steps, output: { parts, offset, low, high } } };
  }

  #valueOf(node: GraphNode, inputs: readonly Value[]): Value | undefined {
    const [x] = inputs;
    if (node.type === "Constant") return node.value && { kind: "constant", tensor: node.value };
    if (x?.kind === "constant" && node.type === "Identity") return x;
    if (x?.kind === "constant" && node.type === "Cast") {
      const tensor = castTo(node.attributes.to, x.tensor);
      return tensor && { kind: "constant", tensor };
    }
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
    let map = this.#inputMaps.get(key);
    if (!map) {
      map = this.#newMap(channels, 1 / factor).map;
      this.#inputMaps.set(key, map);
      this.#steps.push({ kind: "blocks", target: map, factor, offset });
    }
    return { ...placed(map, this.#changes[map.index]), edge };
  }

  #convolution({ attributes }: GraphNode, [x, weights, bias]: readonly Value[]): Value | undefined {
    const { pads = [0, 0, 0, 0], strides = [1, 1], dilations = [1, 1], group = 1, auto_pad: auto } =
      attributes;
    if (weights.kind !== "constant" || (bias && bias.kind !== "constant")) return undefined;
    const values = floatsOf(weights.tensor), { dims } = weights.tensor, [outputs, inputs, size, width] = dims;
    const biases = bias ? floatsOf(bias.tensor) : new Float32Array(outputs);
    const [stride] = strides as number[], [pad] = pads as number[];
    const alike = (sides: unknown, side: number) =>
      Array.isArray(sides) && sides.every((each) => each === side);
    const regular = alike(pads, pad) && alike(strides, stride) && alike(dilations, 1) && size === width &&
      group === 1 && (auto === undefined || auto === "NOTSET");
    if (!values || !biases || !regular || dims.length !== 4) return undefined;
    if (outputs % 4 > 0 || biases.length !== outputs) return undefined;
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
  #spreadOut(value: Blocks): PlacedValue | undefined {
    const known = this.#spreads.get(value);
    if (known) return known;
    const { parts: [{ source, factor }, ...others], offset, low, high } = value;
    const { map } = source, bounded = offset !== 0 || low !== -Infinity || high !== Infinity;
    if (others.length > 0 || bounded || factor !== 2 || map.channels % 16 > 0 || !this.#isCurrent(source)) {
      return undefined;
    }
    const result = this.#newMap(map.channels / 4, 2 * map.scale);
    this.#steps.push({ kind: "spread", source: map, target: result.map, onto: false });
    this.#spreads.set(value, result);
    return result;
  }

  #leaky({ attributes: { alpha = 0.01 } }: GraphNode, x: Value): Value | undefined {
    const value = x.kind === "blocks" ? this.#spreadOut(x) : x;
    if (value?.kind !== "map" || !this.#isPlain(value) || typeof alpha !== "number") return undefined;
    return alpha >= 0 && alpha <= 1 ? { ...value, slope: alpha } : undefined;
  }

  #sum({ inputs: names }: GraphNode, [a, b]: readonly Value[]): Value | undefined {
    if (b.kind === "constant") return this.#shifted(a, b, 1);
    if (a.kind === "map" && b.kind === "condition") return this.#shiftedByCondition(names[0], a, b);
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
  #shiftedByCondition(name: string, x: PlacedValue, condition: Condition): Value | undefined {
    const last = this.#steps[this.#steps.length - 1], { channels } = x.map;
    if (last?.kind !== "convolution" || last.target !== x.map || last.onto || last.shift) return undefined;
    if (!this.#isPlain(x) || this.#uses.get(name)! > 0 || !isPerChannel(condition, channels)) {
      return undefined;
    }
    last.shift = (values) => {
      const shifts = condition.of(values);
      return shifts.length === channels ? shifts : new Float32Array(channels).fill(shifts[0]);
    };
    return x;
  }
}

/** Whether numbers are broadcast along (1, channels, rows, columns) as one per channel, or are one for all. */
function isPerChannel({ shape }: Condition, channels: number): boolean {
  const [columns = 1, rows = 1, perChannel = 1, ...others] = shape.toReversed();
  return columns === 1 && rows === 1 && (perChannel === 1 || perChannel === channels) &&
    others.every((extent) => extent === 1);
}

/** The nodes that a value depends on, in their order. */
function nodesBefore(output: string, nodes: readonly GraphNode[]): GraphNode[] {
  const wanted = new Set([output]);
  return nodes.toReversed().filter(({ inputs, outputs }) => {
    const isWanted = outputs.some((name) => wanted.has(name));
    if (isWanted) inputs.filter(Boolean).forEach((name) => wanted.add(name));
    return isWanted;
  }).reverse();
}
