/** One plane of numbers, row-major. */
export interface Plane {
  /** Samples, `width · height`. */
  readonly data: Float64Array;
  /** Samples in a row. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
}

/** Binomial low-pass filter of five taps. */
const TAPS: readonly number[] = [1 / 16, 4 / 16, 6 / 16, 4 / 16, 1 / 16];
const REACH = 2;

/**
 * Splits a plane into octaves of detail: a Laplacian pyramid that is not expanded again. Each octave is the plane
 * minus its low-pass; the next one starts from every second sample of the low-pass.
 *
 * @param plane Both sides at least 3 samples in every octave.
 * @param count Octaves.
 * @returns The octaves, finest first; each has half the sides of the one before, rounded up.
 */
export function octaves(plane: Plane, count: number): Plane[] {
  const bands: Plane[] = [];
  let rest = plane;
  for (let octave = 0; octave < count; octave++) {
    const low = lowPass(rest), { data, width, height } = rest;
    bands.push({ data: data.map((value, i) => value - low[i]), width, height });
    rest = everySecond({ data: low, width, height });
  }
  return bands;
}

/** Filters rows, then columns; the plane is mirrored at its edges, the edge sample not repeated. */
function lowPass({ data, width, height }: Plane): Float64Array {
  const across = new Float64Array(data.length), out = new Float64Array(data.length);
  for (let k = -REACH; k <= REACH; k++) {
    const weight = TAPS[k + REACH];
    for (let y = 0, row = 0; y < height; y++, row += width) {
      for (let x = 0; x < width; x++) across[row + x] += weight * data[row + mirrored(x + k, width)];
    }
  }
  for (let k = -REACH; k <= REACH; k++) {
    const weight = TAPS[k + REACH];
    for (let y = 0, row = 0; y < height; y++, row += width) {
      const from = mirrored(y + k, height) * width;
      for (let x = 0; x < width; x++) out[row + x] += weight * across[from + x];
    }
  }
  return out;
}

function mirrored(position: number, side: number): number {
  if (position < 0) return -position;
  return position < side ? position : 2 * (side - 1) - position;
}

function everySecond({ data, width, height }: Plane): Plane {
  const halfWidth = Math.ceil(width / 2), halfHeight = Math.ceil(height / 2);
  const half = new Float64Array(halfWidth * halfHeight);
  for (let y = 0, to = 0; y < halfHeight; y++) {
    for (let x = 0; x < halfWidth; x++, to++) half[to] = data[2 * y * width + 2 * x];
  }
  return { data: half, width: halfWidth, height: halfHeight };
}
