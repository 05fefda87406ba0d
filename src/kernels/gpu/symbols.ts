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

/** Index and multiple of every symbol that is 0. */
export function escapePairs(symbols: Uint8Array, escapes: Int32Array): Int32Array<ArrayBuffer> {
  const pairs = new Int32Array(2 * escapes.length);
  for (let i = 0, used = 0; used < escapes.length; i++) {
    if (symbols[i] !== 0) continue;
    pairs[2 * used] = i;
    pairs[2 * used + 1] = escapes[used++];
  }
  return pairs;
}
