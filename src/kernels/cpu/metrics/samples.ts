/** Two of these, of the same size, are what every picture metric compares. An `ImageData` is one. */
export interface Samples8 {
  /** 8-bit samples, RGB or RGBA interleaved, row-major; a fourth channel is ignored. */
  readonly data: Uint8Array | Uint8ClampedArray;
  /** Pixels in a row, at least 1. */
  readonly width: number;
  /** Rows, at least 1. */
  readonly height: number;
}

/**
 * Checks that two pictures can be compared.
 *
 * @param a The source.
 * @param b The distorted picture.
 * @returns Samples from a pixel to the next in either: 3 or 4.
 * @throws RangeError When the sizes differ or the data do not fit them.
 */
export function comparableStrides(a: Samples8, b: Samples8): [strideA: number, strideB: number] {
  if (a.width !== b.width || a.height !== b.height) {
    throw new RangeError(
      `Cannot compare the pictures as their sizes must be equal: they are ${a.width}×${a.height} and ` +
        `${b.width}×${b.height}; crop or scale one of them`,
    );
  }
  return [pixelStride(a), pixelStride(b)];
}

function pixelStride({ data, width, height }: Samples8): number {
  const stride = data.length / (width * height);
  if (stride !== 3 && stride !== 4) {
    throw new RangeError(
      `Cannot compare the picture as it must hold 3 or 4 samples a pixel: ${width}×${height} pixels hold ` +
        `${data.length} samples; give RGB or RGBA`,
    );
  }
  return stride;
}
