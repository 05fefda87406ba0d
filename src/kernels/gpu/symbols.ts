import type { PyramidLayout } from "../../core/mod.ts";

/** Words of u8 symbols, four a word, each slice beginning on one. */
export function wordsOfSlices(slices: number, sliceCount: number): number {
  return slices * Math.ceil(sliceCount / 4);
}

/** The table of `shaders/band_table.wgsl`: where each band ends, and its step or one over it in single precision. */
export function bandTable(
  layout: PyramidLayout,
  steps: Float32Array,
  factor: "step" | "reciprocal",
): Uint8Array<ArrayBuffer> {
  const bytes = new ArrayBuffer(8 * layout.bands.length), view = new DataView(bytes);
  for (const [i, { offset, width, height }] of layout.bands.entries()) {
    view.setUint32(8 * i, offset + width * height, true);
    view.setFloat32(8 * i + 4, factor === "step" ? steps[i] : 1 / steps[i], true);
  }
  return new Uint8Array(bytes);
}

/** Multiples in the order of their indices; `pairs` are index and multiple, in any order. */
export function sortedEscapes(pairs: Int32Array): Int32Array {
  const order = Array.from({ length: pairs.length / 2 }, (_, i) => i).sort((a, b) =>
    pairs[2 * a] - pairs[2 * b]
  );
  return Int32Array.from(order, (i) => pairs[2 * i + 1]);
}

/** Symbol of the multiple 0; multiples within ±127 have the symbols around it. */
const ZERO_SYMBOL = 128;
const MAX_PLAIN_MULTIPLE = 127;

/** Multiples that u8 symbols stand for; symbol 0 takes the next escape. Slices begin on words. */
export function multiplesOf(
  bytes: Uint8Array,
  escapes: Int32Array,
  slices: number,
  sliceCount: number,
): Int32Array {
  const multiples = new Int32Array(slices * sliceCount), stride = 4 * Math.ceil(sliceCount / 4);
  let used = 0;
  for (let slice = 0, to = 0; slice < slices; slice++) {
    for (let i = 0, from = slice * stride; i < sliceCount; i++, from++, to++) {
      multiples[to] = bytes[from] === 0 ? escapes[used++] : bytes[from] - ZERO_SYMBOL;
    }
  }
  return multiples;
}

/** u8 symbols of multiples, slices beginning on words, and index and multiple of those that no byte holds. */
export function symbolsOf(
  multiples: Int32Array,
  sliceCount: number,
): { readonly bytes: Uint8Array<ArrayBuffer>; readonly pairs: Int32Array<ArrayBuffer> } {
  const slices = multiples.length / sliceCount, stride = 4 * Math.ceil(sliceCount / 4);
  const bytes = new Uint8Array(4 * wordsOfSlices(slices, sliceCount)), pairs: number[] = [];
  for (let i = 0; i < multiples.length; i++) {
    const multiple = multiples[i], at = Math.floor(i / sliceCount) * stride + i % sliceCount;
    if (Math.abs(multiple) <= MAX_PLAIN_MULTIPLE) bytes[at] = multiple + ZERO_SYMBOL;
    else pairs.push(i, multiple);
  }
  return { bytes, pairs: Int32Array.from(pairs) };
}
