import type { Samples8 } from "../mod.ts";

/** Three planes of the same size, row-major. */
export interface Planes3 {
  /** Red, green, blue, or X, Y, B. */
  readonly planes: readonly [Float32Array, Float32Array, Float32Array];
  /** Samples in a row. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
}

/** Linear light of each 8-bit sRGB level (IEC 61966-2-1). */
const LINEAR: Float32Array = Float32Array.from({ length: 256 }, (_, level) => {
  const v = level / 255;
  return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
});

/** JPEG XL's opsin absorbance: what the long, middle and short cones take of red, green and blue. */
const LONG = [0.3, 1 - 0.078 - 0.3, 0.078];
const MIDDLE = [0.23, 1 - 0.078 - 0.23, 0.078];
const SHORT = [0.24342268924547819, 0.20476744424496821, 1 - 0.24342268924547819 - 0.20476744424496821];
const BIAS = 0.0037930732552754493;
const BIAS_ROOT = Math.cbrt(BIAS);

/**
 * Takes an sRGB picture to linear light.
 *
 * @param picture 8-bit samples.
 * @param stride Samples a pixel.
 * @returns Red, green and blue, 0 to 1.
 */
export function toLinear({ data, width, height }: Samples8, stride: number): Planes3 {
  const plane = (channel: number) => {
    const out = new Float32Array(width * height);
    for (let i = 0, from = channel; i < out.length; i++, from += stride) out[i] = LINEAR[data[from]];
    return out;
  };
  return { planes: [plane(0), plane(1), plane(2)], width, height };
}

/**
 * Takes linear light to SSIMULACRA2's variant of XYB, shifted and scaled so that all three are positive and of like
 * range: 14·X + 0.42, Y + 0.01, B − Y + 0.55.
 *
 * @param linear Red, green and blue, 0 to 1.
 * @returns X, Y and B.
 */
export function toPositiveXyb({ planes, width, height }: Planes3): Planes3 {
  const [red, green, blue] = planes;
  const xs = new Float32Array(red.length),
    ys = new Float32Array(red.length),
    bs = new Float32Array(red.length);
  for (let i = 0; i < red.length; i++) {
    const r = red[i], g = green[i], b = blue[i];
    if (i > 0 && r === red[i - 1] && g === green[i - 1] && b === blue[i - 1]) {
      xs[i] = xs[i - 1];
      ys[i] = ys[i - 1];
      bs[i] = bs[i - 1];
      continue;
    }
    const long = Math.cbrt(LONG[0] * r + LONG[1] * g + LONG[2] * b + BIAS) - BIAS_ROOT;
    const middle = Math.cbrt(MIDDLE[0] * r + MIDDLE[1] * g + MIDDLE[2] * b + BIAS) - BIAS_ROOT;
    const short = Math.cbrt(SHORT[0] * r + SHORT[1] * g + SHORT[2] * b + BIAS) - BIAS_ROOT;
    const y = (long + middle) / 2;
    xs[i] = 14 * (long - middle) / 2 + 0.42;
    ys[i] = y + 0.01;
    bs[i] = short - y + 0.55;
  }
  return { planes: [xs, ys, bs], width, height };
}

/**
 * Halves both sides, in linear light, by averaging 2×2 samples; an odd side repeats its last row or column.
 *
 * @param linear The picture.
 * @returns The picture at half the size, sides rounded up.
 */
export function halve({ planes, width, height }: Planes3): Planes3 {
  const halfWidth = Math.ceil(width / 2), halfHeight = Math.ceil(height / 2);
  const half = (plane: Float32Array) => {
    const out = new Float32Array(halfWidth * halfHeight);
    for (let y = 0, to = 0; y < halfHeight; y++) {
      const upper = 2 * y * width, lower = Math.min(2 * y + 1, height - 1) * width;
      for (let x = 0; x < halfWidth; x++, to++) {
        const left = 2 * x, right = Math.min(2 * x + 1, width - 1);
        out[to] = (plane[upper + left] + plane[upper + right] + plane[lower + left] + plane[lower + right]) /
          4;
      }
    }
    return out;
  };
  return {
    planes: [half(planes[0]), half(planes[1]), half(planes[2])],
    width: halfWidth,
    height: halfHeight,
  };
}
