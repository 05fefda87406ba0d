import { halfFloats } from "../core/half_floats.ts";
import type { GraphTensor, TensorType } from "./onnx_tensor.ts";

/** Types with a fraction. */
const FLOAT_TYPES: readonly TensorType[] = ["f32", "f64", "f16", "bf16"];

/** Whether a type's values have a fraction. */
function isFloat(type: TensorType): boolean {
  return FLOAT_TYPES.includes(type);
}

/** The values of a tensor of floats, rounded to single precision; `undefined` for other types. */
export function floatsOf(tensor: GraphTensor): Float32Array | undefined {
  return isFloat(tensor.type) ? numbersOf(tensor) : undefined;
}

/** The values of a tensor of whole numbers; `undefined` for other types. */
export function integersOf({ type, raw }: GraphTensor): number[] | undefined {
  const { buffer } = raw.slice();
  switch (type) {
    case "i64":
      return Array.from(new BigInt64Array(buffer), Number);
    case "u64":
      return Array.from(new BigUint64Array(buffer), Number);
    case "i32":
      return Array.from(new Int32Array(buffer));
    case "u32":
      return Array.from(new Uint32Array(buffer));
    case "i16":
      return Array.from(new Int16Array(buffer));
    case "u16":
      return Array.from(new Uint16Array(buffer));
    case "i8":
      return Array.from(new Int8Array(buffer));
    case "u8":
    case "bool":
      return Array.from(raw);
    default:
      return undefined;
  }
}

/** The values of any tensor of numbers, rounded to single precision; `undefined` for other types. */
export function numbersOf(tensor: GraphTensor): Float32Array | undefined {
  const { buffer } = tensor.raw.slice();
  switch (tensor.type) {
    case "f32":
      return new Float32Array(buffer);
    case "f64":
      return Float32Array.from(new Float64Array(buffer));
    case "f16":
      return halfFloats(new Uint16Array(buffer));
    case "bf16":
      return floatsOfBrainFloats(new Uint16Array(buffer));
    default: {
      const integers = integersOf(tensor);
      return integers && Float32Array.from(integers);
    }
  }
}

/** Brain floats: the upper half of a float of 32 bits. */
function floatsOfBrainFloats(halves: Uint16Array): Float32Array {
  return new Float32Array(Uint32Array.from(halves, (bits) => bits << 16 >>> 0).buffer);
}
