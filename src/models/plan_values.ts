import type { NetMap, NetOutput } from "../kernels/kernels.ts";
import type { GraphNode } from "./onnx_graph.ts";
import { type GraphTensor, tensorType } from "./onnx_tensor.ts";
import { floatsOf, integersOf, numbersOf } from "./tensor_values.ts";

/** A function of what a net is told of a picture beside its input. */
export type OfCondition = (condition: Float32Array) => Float32Array;

/** What a name of the graph stands for while the plan is made; convolutions read what they can as it comes. */
export type Value =
  | { readonly kind: "constant"; readonly tensor: GraphTensor }
  | Condition
  | Planes
  | PlacedValue
  | Blocks;

/** Numbers that depend on what a net is told of one picture beside its input. */
export interface Condition {
  readonly kind: "condition";
  /** Extents, of a batch of one. */
  readonly shape: readonly number[];
  readonly of: OfCondition;
}

/** The input's planes plus a number; `shapes` are those it was given on the way to blocks of `factor` × `factor`. */
export interface Planes {
  readonly kind: "planes";
  readonly factor: number;
  readonly offset: number;
  readonly edge: boolean;
  readonly shapes: readonly string[];
}

/** A map as it is after so many changes, behind a leaky ReLU, continued beyond its edges. */
export interface PlacedValue {
  readonly kind: "map";
  readonly map: NetMap;
  readonly changes: number;
  readonly slope: number;
  readonly edge: boolean;
}

/** The sum of maps whose channels become places, bounded. */
export interface Blocks extends Omit<NetOutput, "parts"> {
  readonly kind: "blocks";
  readonly parts: readonly { readonly source: PlacedValue; readonly factor: number }[];
}

/** A map as it now is. */
export function placed(map: NetMap, changes = 0): PlacedValue {
  return { kind: "map", map, changes, slope: 1, edge: false };
}

/** A map whose channels become places. */
export function blocksOf(source: PlacedValue, factor: number): Blocks {
  return { kind: "blocks", parts: [{ source, factor }], offset: 0, low: -Infinity, high: Infinity };
}

/** Both added up; `undefined` where they differ in shape, or are bounded. */
export function sumOfBlocks(a: Blocks, b: Blocks): Blocks | undefined {
  const sides = [a, b].map(({ parts: [{ source: { map }, factor }] }) =>
    `${map.channels / factor ** 2}, ${map.scale * factor}`
  );
  const bounded = [a, b].some(({ low, high }) => low !== -Infinity || high !== Infinity);
  if (sides[0] !== sides[1] || bounded) return undefined;
  return { ...a, parts: [...a.parts, ...b.parts], offset: a.offset + b.offset };
}

/** A constant of one float. */
export function numberOf(value: Value | undefined): number | undefined {
  const floats = value?.kind === "constant" ? floatsOf(value.tensor) : undefined;
  return floats?.length === 1 ? floats[0] : undefined;
}

/** Bounded by two numbers, inside the bounds that there are already. */
export function clipped(x: Value, [, lowest, highest]: readonly Value[]): Value | undefined {
  const least = numberOf(lowest), most = numberOf(highest);
  if (x.kind !== "blocks" || least === undefined || most === undefined) return undefined;
  const [low, high] = [x.low, x.high].map((bound) => Math.min(Math.max(bound, least), most));
  return { ...x, low, high };
}

/** A constant in another type: single precision, or whole numbers of 32 or 64 bits. */
export function castTo(number: unknown, tensor: GraphTensor): GraphTensor | undefined {
  const type = tensorType(Number(number)), { dims } = tensor;
  if (type !== "other" && type === tensor.type) return tensor;
  const values = numbersOf(tensor);
  if (!values) return undefined;
  if (type === "f32") return { dims, type, raw: new Uint8Array(values.buffer) };
  if (type !== "i64" && type !== "i32") return undefined;
  const whole = integersOf(tensor) ?? Array.from(values, Math.trunc);
  const array = type === "i64" ? BigInt64Array.from(whole, BigInt) : Int32Array.from(whole);
  return { dims, type, raw: new Uint8Array(array.buffer) };
}

/** One place around the last two axes, before and behind, as ONNX counts them. */
const PAD_OF_ONE = "0,0,1,1,0,0,1,1";

/** Continued beyond its edges by one place. */
export function padded({ attributes: { mode } }: GraphNode, [x, pads]: readonly Value[]): Value | undefined {
  const widths = pads?.kind === "constant" ? integersOf(pads.tensor) : undefined;
  const isEdge = mode === "edge" && widths?.join() === PAD_OF_ONE;
  return isEdge && (x.kind === "map" || x.kind === "planes") && !x.edge ? { ...x, edge: true } : undefined;
}

/** Follows a pixel unshuffle, as PyTorch exports it. */
export function reshaped(
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
