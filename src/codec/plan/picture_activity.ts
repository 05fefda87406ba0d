import type { PictureLike } from "../../world.ts";

/** Added to mean differences, in levels, so that flat pictures have a logarithm. */
const FLOOR_LEVELS = 0.25;
/** Places along both sides of which one is looked at, at the picture's own size. */
const STRIDE = 2;

/** Samples, row by row. */
interface Plane {
  readonly values: Float32Array;
  readonly width: number;
  readonly height: number;
}

/**
 * How busy a picture is, in octaves: of green at its own size and of luma at halves and quarters of its sides the mean difference of
 * neighbours, and how far the root mean square lies above it, which says how rare large differences are; then the mean difference
 * of colours at halves. By these seven the bytes of a coded picture are foretold.
 *
 * @param picture RGBA, 8 bits; both sides have at least 8 pixels.
 */
export function activityOf({ data, width, height }: PictureLike): number[] {
  const green = new Float32Array(width * height);
  for (let i = 0, from = 1; i < green.length; i++, from += 4) green[i] = data[from];
  const { luma, blue, red } = halves(data, width, height);
  const levels = [
    differencesOf({ values: green, width, height }, STRIDE),
    differencesOf(luma, 1),
    differencesOf(halved(luma), 1),
  ];
  const colours = differencesOf(blue, 1).mean + differencesOf(red, 1).mean;
  return [
    ...levels.flatMap(({ mean, root }) => [octavesOf(mean), octavesOf(root) - octavesOf(mean)]),
    octavesOf(colours),
  ];
}

function octavesOf(levels: number): number {
  return Math.log2(levels + FLOOR_LEVELS);
}

/** Means over 2 × 2 pixels of luma, (R + 2 G + B) / 4, and of B − G and R − G. */
function halves(data: PictureLike["data"], width: number, height: number) {
  const columns = width >> 1, rows = height >> 1, down = 4 * width;
  const [luma, blue, red] = Array.from({ length: 3 }, () => new Float32Array(columns * rows));
  for (let y = 0, to = 0; y < rows; y++) {
    for (let x = 0, i = 8 * y * width; x < columns; x++, i += 8, to++) {
      const j = i + down;
      const r = data[i] + data[i + 4] + data[j] + data[j + 4];
      const g = data[i + 1] + data[i + 5] + data[j + 1] + data[j + 5];
      const b = data[i + 2] + data[i + 6] + data[j + 2] + data[j + 6];
      luma[to] = (r + 2 * g + b) / 16;
      blue[to] = (b - g) / 4;
      red[to] = (r - g) / 4;
    }
  }
  const size = { width: columns, height: rows };
  return { luma: { values: luma, ...size }, blue: { values: blue, ...size }, red: { values: red, ...size } };
}

function halved({ values, width, height }: Plane): Plane {
  const columns = width >> 1, rows = height >> 1, half = new Float32Array(columns * rows);
  for (let y = 0, to = 0; y < rows; y++) {
    for (let x = 0, i = 2 * y * width; x < columns; x++, i += 2, to++) {
      half[to] = (values[i] + values[i + 1] + values[i + width] + values[i + width + 1]) / 4;
    }
  }
  return { values: half, width: columns, height: rows };
}

/** Mean and root mean square of what a place differs from its neighbours on the right and below, added up. */
function differencesOf({ values, width, height }: Plane, stride: number): { mean: number; root: number } {
  let sum = 0, squares = 0, count = 0;
  for (let y = 0; y + 1 < height; y += stride) {
    for (let x = 0, i = y * width; x + 1 < width; x += stride, i += stride, count++) {
      const size = Math.abs(values[i + 1] - values[i]) + Math.abs(values[i + width] - values[i]);
      sum += size;
      squares += size * size;
    }
  }
  return { mean: sum / count, root: Math.sqrt(squares / count) };
}
