/** Samples a pixel of interleaved RGBA. */
const STRIDE = 4;

/** How integers stand for samples. */
export interface ExactScale {
  /** Largest error of a sample; they are divided by 2 · bound + 1 with rounding. */
  readonly bound: number;
  /** Bits a sample: planes are centred by half their range. */
  readonly bitDepth: number;
}

/** What samples are divided by, half their range, and the largest of them. */
function rangeOf({ bound, bitDepth }: ExactScale): { divisor: number; half: number; most: number } {
  return { divisor: 2 * bound + 1, half: 2 ** (bitDepth - 1), most: 2 ** bitDepth - 1 };
}

/** A sample divided by `2 * bound + 1` with rounding. */
function divided(sample: number, bound: number): number {
  return bound === 0 ? sample : Math.trunc((sample + bound) / (2 * bound + 1));
}

function clipped(value: number, most: number): number {
  return value > 0 ? value < most ? value : most : 0;
}

/** One sample of each RGBA pixel → i32 plane, divided and centred. `channel` 0 is R, 3 is A. */
export function sampleToPlane(
  source: ArrayLike<number>,
  channel: number,
  target: Int32Array,
  scale: ExactScale,
): void {
  const { bound } = scale, { half } = rangeOf(scale);
  for (let i = 0, from = channel; i < target.length; i++, from += STRIDE) {
    target[i] = divided(source[from], bound) - half;
  }
}

/** Undoes {@linkcode sampleToPlane}, writing the same sample to each of `channels`. */
export function planeToSamples(
  source: Int32Array,
  channels: readonly number[],
  target: Uint8ClampedArray | Uint16Array,
  scale: ExactScale,
): void {
  const { divisor, half, most } = rangeOf(scale);
  for (let i = 0, to = 0; i < source.length; i++, to += STRIDE) {
    const value = (source[i] + half) * divisor;
    const sample = clipped(value, most);
    for (const channel of channels) target[to + channel] = sample;
  }
}

/** RGBA → planar i32 (3, count): G, centred, then R − G and B − G of the divided samples. */
export function rgbaToDifferences(
  source: ArrayLike<number>,
  target: Int32Array,
  scale: ExactScale,
): void {
  const { bound } = scale, { half } = rangeOf(scale), count = target.length / 3;
  for (let i = 0, from = 0; i < count; i++, from += STRIDE) {
    const green = divided(source[from + 1], bound);
    target[i] = green - half;
    target[count + i] = divided(source[from], bound) - green;
    target[2 * count + i] = divided(source[from + 2], bound) - green;
  }
}

/** Undoes {@linkcode rgbaToDifferences}; alpha is left as it is. */
export function differencesToRgba(
  source: Int32Array,
  target: Uint8ClampedArray | Uint16Array,
  scale: ExactScale,
): void {
  const { divisor, half, most } = rangeOf(scale);
  const count = source.length / 3;
  for (let i = 0, to = 0; i < count; i++, to += STRIDE) {
    const green = source[i] + half;
    target[to] = clipped((green + source[count + i]) * divisor, most);
    target[to + 1] = clipped(green * divisor, most);
    target[to + 2] = clipped((green + source[2 * count + i]) * divisor, most);
  }
}

/**
 * RGBA → planar i32 (3, count): Y, centred, then Co and Cg of the reversible YCoCg-R (Malvar & Sullivan 2003) of the
 * divided samples.
 */
export function rgbaToYcocg(
  source: ArrayLike<number>,
  target: Int32Array,
  scale: ExactScale,
): void {
  const { bound } = scale, { half } = rangeOf(scale), count = target.length / 3;
  for (let i = 0, from = 0; i < count; i++, from += STRIDE) {
    const red = divided(source[from], bound);
    const green = divided(source[from + 1], bound);
    const blue = divided(source[from + 2], bound);
    const orange = red - blue, middle = blue + (orange >> 1), chromaGreen = green - middle;
    target[i] = middle + (chromaGreen >> 1) - half;
    target[count + i] = orange;
    target[2 * count + i] = chromaGreen;
  }
}

/** Undoes {@linkcode rgbaToYcocg}; alpha is left as it is. */
export function ycocgToRgba(
  source: Int32Array,
  target: Uint8ClampedArray | Uint16Array,
  scale: ExactScale,
): void {
  const { divisor, half, most } = rangeOf(scale);
  const count = source.length / 3;
  for (let i = 0, to = 0; i < count; i++, to += STRIDE) {
    const orange = source[count + i], chromaGreen = source[2 * count + i];
    const middle = source[i] + half - (chromaGreen >> 1), blue = middle - (orange >> 1);
    target[to] = clipped((blue + orange) * divisor, most);
    target[to + 1] = clipped((chromaGreen + middle) * divisor, most);
    target[to + 2] = clipped(blue * divisor, most);
  }
}
