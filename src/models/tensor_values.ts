import type { GraphTensor } from "./onnx_graph.ts";

/** The values of a tensor of floats; `undefined` for others. */
export function floatsOf({ type, raw }: GraphTensor): Float32Array | undefined {
  if (type === "f32") return new Float32Array(raw.slice().buffer);
  return type === "f16" ? floatsOfHalves(new Uint16Array(raw.slice().buffer)) : undefined;
}

/** The values of a tensor of whole numbers; `undefined` for others. */
export function integersOf({ type, raw }: GraphTensor): number[] | undefined {
  return type === "i64" ? Array.from(new BigInt64Array(raw.slice().buffer), Number) : undefined;
}

const FRACTION_BITS = 10, FRACTION_MASK = 1023, EXPONENT_MASK = 31;
/** What a fraction's last bit is worth, by exponent: those of exponent 0 have no leading one. */
const UNITS = Float32Array.from({ length: 32 }, (_, exponent) => 2 ** (Math.max(exponent, 1) - 25));

/** Floats of 16 bits (IEEE 754 binary16); the largest exponent, of infinities, is not provided for. */
function floatsOfHalves(halves: Uint16Array): Float32Array {
  const floats = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i++) {
    const bits = halves[i], exponent = bits >> FRACTION_BITS & EXPONENT_MASK;
    const fraction = (bits & FRACTION_MASK) + (exponent > 0 ? FRACTION_MASK + 1 : 0);
    floats[i] = (bits >> 15 ? -fraction : fraction) * UNITS[exponent];
  }
  return floats;
}
