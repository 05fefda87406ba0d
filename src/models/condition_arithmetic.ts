import type { GraphNode } from "./onnx_graph.ts";
import type { Condition, Value } from "./plan_values.ts";
import { floatsOf, integersOf } from "./tensor_values.ts";

/**
 * The result of an operation on constants and on what a net is told of a picture; `undefined` for operators and shapes that are
 * not provided for.
 */
export function conditionOf(node: GraphNode, inputs: readonly Value[]): Condition | undefined {
  const parts = inputs.map((value): Condition | undefined => {
    if (value.kind === "condition") return value;
    const floats = value.kind === "constant" && floatsOf(value.tensor);
    return floats ? { kind: "condition", shape: value.tensor.dims, of: () => floats } : undefined;
  });
  const [x, y, z] = parts;
  if (!x) return undefined;
  switch (node.type) {
    case "Log":
      return { ...x, of: (condition) => x.of(condition).map(Math.log) };
    case "Sub":
      return y && elementwise(x, y, (a, b) => a - b);
    case "Div":
      return y && elementwise(x, y, (a, b) => a / b);
    case "Mul":
      return y && elementwise(x, y, (a, b) => a * b);
    case "Clip":
      return y && z && elementCount(y) === 1 && elementCount(z) === 1 ? clipped(x, y, z) : undefined;
    case "Unsqueeze":
      return unsqueezed(node, x, inputs[1]);
    case "Concat":
      return parts.every((part) => part !== undefined) ? concatenated(node, parts) : undefined;
    case "MatMul":
      return y && product(x, y);
    case "Cast":
      return node.attributes.to === FLOAT ? x : undefined;
    default:
      return undefined;
  }
}

/** Number of a float of 32 bits in `TensorProto.DataType`. */
const FLOAT = 1;

function elementCount({ shape }: Condition): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

/** Element by element, with ONNX's multidirectional broadcasting. */
function elementwise(
  x: Condition,
  y: Condition,
  of: (a: number, b: number) => number,
): Condition | undefined {
  const rank = Math.max(x.shape.length, y.shape.length);
  const [a, b] = [x, y].map(({ shape }) => [...Array(rank - shape.length).fill(1), ...shape] as number[]);
  if (a.some((extent, axis) => extent !== b[axis] && extent !== 1 && b[axis] !== 1)) return undefined;
  const shape = a.map((extent, axis) => extent === 1 ? b[axis] : extent);
  const ofX = indicesOf(a, shape), ofY = indicesOf(b, shape);
  return {
    kind: "condition",
    shape,
    of(condition) {
      const left = x.of(condition), right = y.of(condition);
      return Float32Array.from(ofX, (index, i) => of(left[index], right[ofY[i]]));
    },
  };
}

/** For each element of `shape` the index of the element of `source` that is broadcast to it. */
function indicesOf(source: readonly number[], shape: readonly number[]): number[] {
  let indices = [0], stride = 1;
  const strides = source.toReversed().map((extent) => {
    const own = extent === 1 ? 0 : stride;
    stride *= extent;
    return own;
  }).reverse();
  shape.forEach((extent, axis) => {
    indices = indices.flatMap((index) => Array.from({ length: extent }, (_, i) => index + i * strides[axis]));
  });
  return indices;
}

function clipped(x: Condition, low: Condition, high: Condition): Condition {
  return {
    ...x,
    of(condition) {
      const [least] = low.of(condition), [most] = high.of(condition);
      return x.of(condition).map((value) => Math.min(Math.max(value, least), most));
    },
  };
}

function unsqueezed({ attributes }: GraphNode, x: Condition, by: Value | undefined): Condition | undefined {
  const axes = by?.kind === "constant" ? integersOf(by.tensor) : attributes.axes;
  if (!Array.isArray(axes)) return undefined;
  const rank = x.shape.length + axes.length,
    added = new Set(axes.map((axis) => axis < 0 ? axis + rank : axis));
  const rest = [...x.shape];
  return { ...x, shape: Array.from({ length: rank }, (_, axis) => added.has(axis) ? 1 : rest.shift()!) };
}

function concatenated(
  { attributes: { axis } }: GraphNode,
  parts: readonly Condition[],
): Condition | undefined {
  const [{ shape: first }] = parts;
  if (typeof axis !== "number" || parts.some(({ shape }) => shape.length !== first.length)) return undefined;
  const along = axis < 0 ? axis + first.length : axis;
  if (parts.some(({ shape }) => shape.some((extent, i) => i !== along && extent !== first[i]))) {
    return undefined;
  }
  const rows = first.slice(0, along).reduce((product, extent) => product * extent, 1);
  const total = parts.reduce((sum, { shape }) => sum + shape[along], 0);
  return {
    kind: "condition",
    shape: first.map((extent, i) => i === along ? total : extent),
    of(condition) {
      const values = parts.map((part) => part.of(condition)), all: number[] = [];
      for (let row = 0; row < rows; row++) {
        for (const part of values) {
          const { length } = part;
          all.push(...part.subarray(length / rows * row, length / rows * (row + 1)));
        }
      }
      return Float32Array.from(all);
    },
  };
}

/** A matrix times a matrix. */
function product(x: Condition, y: Condition): Condition | undefined {
  const [rows, inner] = x.shape, [innerToo, columns] = y.shape;
  if (x.shape.length !== 2 || y.shape.length !== 2 || inner !== innerToo) return undefined;
  return {
    kind: "condition",
    shape: [rows, columns],
    of(condition) {
      const left = x.of(condition), right = y.of(condition), result = new Float32Array(rows * columns);
      for (let i = 0; i < result.length; i++) {
        const row = Math.floor(i / columns), column = i % columns;
        let sum = 0;
        for (let k = 0; k < inner; k++) sum += left[row * inner + k] * right[k * columns + column];
        result[i] = sum;
      }
      return result;
    },
  };
}
