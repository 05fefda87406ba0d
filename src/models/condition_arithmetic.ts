import type { GraphNode } from "./onnx_graph.ts";
import type { OfCondition, Value } from "./plan_values.ts";
import { floatsOf } from "./tensor_values.ts";

/** What an operation gives on constants and what a net is told of a picture; `undefined` for operators that are not provided for. */
export function conditionOf({ type }: GraphNode, inputs: readonly Value[]): Value | undefined {
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
