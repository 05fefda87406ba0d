/** BT.601 luma weights, as JPEG uses them. */
const RED = 0.299, GREEN = 0.587, BLUE = 0.114;

/** Interleaved u8 (count, 3) → planar f32 (3, count): Y − 128, Cb, Cr, each in [−128, 128], full range. */
export function rgbToYcbcr(source: Uint8Array, target: Float32Array, count: number): void {
  for (let i = 0, from = 0; i < count; i++, from += 3) {
    const red = source[from], green = source[from + 1], blue = source[from + 2];
    const luma = RED * red + GREEN * green + BLUE * blue;
    target[i] = luma - 128;
    target[count + i] = (blue - luma) / (2 - 2 * BLUE);
    target[2 * count + i] = (red - luma) / (2 - 2 * RED);
  }
}

/** Planar f32 (3, count) → interleaved f32 (count, 3) in [0, 1], clipped. */
export function ycbcrToRgb(source: Float32Array, target: Float32Array, count: number): void {
  for (let i = 0, to = 0; i < count; i++, to += 3) {
    const luma = source[i] + 128;
    const blue = luma + (2 - 2 * BLUE) * source[count + i],
      red = luma + (2 - 2 * RED) * source[2 * count + i];
    target[to] = unit(red / 255);
    target[to + 1] = unit((luma - RED * red - BLUE * blue) / (GREEN * 255));
    target[to + 2] = unit(blue / 255);
  }
}

/**
 * Interleaved u8 (count, 3) → planar i32 (3, count): Y − 128, Co, Cg of the reversible YCoCg-R (Malvar & Sullivan 2003).
 * Samples are first divided by 2 · bound + 1 with rounding, which bounds every sample's error by `bound`; 0 is lossless.
 */
export function rgbToYcocg(source: Uint8Array, target: Int32Array, count: number, bound: number): void {
  const divisor = 2 * bound + 1;
  for (let i = 0, from = 0; i < count; i++, from += 3) {
    const red = Math.trunc((source[from] + bound) / divisor);
    const green = Math.trunc((source[from + 1] + bound) / divisor);
    const blue = Math.trunc((source[from + 2] + bound) / divisor);
    const orange = red - blue, middle = blue + (orange >> 1);
    const chromaGreen = green - middle;
    target[i] = middle + (chromaGreen >> 1) - 128;
    target[count + i] = orange;
    target[2 * count + i] = chromaGreen;
  }
}

/** Undoes {@linkcode rgbToYcocg}: planar i32 (3, count) → interleaved f32 (count, 3), multiples of 1/255. */
export function ycocgToRgb(source: Int32Array, target: Float32Array, count: number, bound: number): void {
  const divisor = 2 * bound + 1;
  for (let i = 0, to = 0; i < count; i++, to += 3) {
    const orange = source[count + i], chromaGreen = source[2 * count + i];
    const middle = source[i] + 128 - (chromaGreen >> 1);
    const blue = middle - (orange >> 1);
    target[to] = unit((blue + orange) * divisor / 255);
    target[to + 1] = unit((chromaGreen + middle) * divisor / 255);
    target[to + 2] = unit(blue * divisor / 255);
  }
}

/** A value clipped to [0, 1]; NaN becomes 0. */
export function unit(value: number): number {
  return value > 0 ? value < 1 ? value : 1 : 0;
}
