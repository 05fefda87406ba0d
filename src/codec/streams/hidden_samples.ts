import type { PictureLike } from "../../world.ts";

/** Fractional bits of the means. */
const FRACTION_BITS = 7;
const HALF = 1 << (FRACTION_BITS - 1);

/** Means of visible pixels at one scale; each cell covers 2 × 2 of the next finer scale. */
interface Scale {
  readonly width: number;
  readonly height: number;
  /** R, G, B of each cell, times 2^7. */
  readonly means: Uint16Array;
  /** 1 where a cell has a value. */
  readonly known: Uint8Array;
}

/** Whether a pixel cannot be seen: its alpha is 0. Partial alpha counts as visible. */
function hasHiddenPixels({ data }: Pick<PictureLike, "data">): boolean {
  for (let i = 3; i < data.length; i += 4) if (data[i] === 0) return true;
  return false;
}

/**
 * The picture with the colours of its hidden pixels replaced by a smooth continuation of the visible ones, as cheap to code
 * as can be; itself if nothing is hidden. Visible pixels and alpha stay as they are.
 *
 * Push and pull (Gortler et al. 1996): means of visible pixels over cells of 2 × 2, 4 × 4, … pixels, then from the coarsest
 * scale to the finest each cell without a visible pixel takes an interpolation of the scale above. In integers: the same on all
 * machines. Time grows with the pixels, and so does memory: 9 bytes per pixel.
 */
export function withoutHiddenColours<P extends PictureLike>(picture: P): P {
  if (!hasHiddenPixels(picture)) return picture;
  const { width, height } = picture, data = new Uint8ClampedArray(picture.data);
  const scales = [
    halved(width, height, (i) => data[4 * i + 3] !== 0, (i, c) => data[4 * i + c] << FRACTION_BITS),
  ];
  for (let last = scales[0]; last.width > 1 || last.height > 1;) {
    const { known, means } = last;
    last = halved(last.width, last.height, (i) => known[i] === 1, (i, c) => means[3 * i + c]);
    scales.push(last);
  }
  for (let scale = scales.length - 2; scale >= 0; scale--) {
    const { width, height, known, means } = scales[scale];
    pull(scales[scale + 1], width, height, (i) => known[i] === 1, (i, c, mean) => means[3 * i + c] = mean);
  }
  pull(
    scales[0],
    width,
    height,
    (i) => data[4 * i + 3] !== 0,
    (i, c, mean) => data[4 * i + c] = (mean + HALF) >> FRACTION_BITS,
  );
  return { ...picture, data };
}

/** Means over the known ones of 2 × 2 cells. */
function halved(
  width: number,
  height: number,
  isKnown: (index: number) => boolean,
  meanAt: (index: number, channel: number) => number,
): Scale {
  const columns = (width + 1) >> 1, rows = (height + 1) >> 1;
  const means = new Uint16Array(3 * columns * rows), known = new Uint8Array(columns * rows);
  for (let y = 0, to = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++, to++) {
      let red = 0, green = 0, blue = 0, count = 0;
      for (let row = 2 * y; row < Math.min(height, 2 * y + 2); row++) {
        for (let column = 2 * x; column < Math.min(width, 2 * x + 2); column++) {
          const from = row * width + column;
          if (!isKnown(from)) continue;
          red += meanAt(from, 0);
          green += meanAt(from, 1);
          blue += meanAt(from, 2);
          count++;
        }
      }
      if (count === 0) continue;
      known[to] = 1;
      means[3 * to] = (red + (count >> 1)) / count;
      means[3 * to + 1] = (green + (count >> 1)) / count;
      means[3 * to + 2] = (blue + (count >> 1)) / count;
    }
  }
  return { width: columns, height: rows, means, known };
}

/** Gives each cell that is not known an interpolation of the four nearest of the scale above: 9, 3, 3, 1 sixteenths. */
function pull(
  { width: columns, height: rows, means }: Scale,
  width: number,
  height: number,
  isKnown: (index: number) => boolean,
  set: (index: number, channel: number, mean: number) => void,
): void {
  for (let y = 0, to = 0; y < height; y++) {
    const near = y >> 1, far = Math.min(rows - 1, Math.max(0, near + (y & 1 ? 1 : -1)));
    for (let x = 0; x < width; x++, to++) {
      if (isKnown(to)) continue;
      const column = x >> 1, beside = Math.min(columns - 1, Math.max(0, column + (x & 1 ? 1 : -1)));
      const a = 3 * (near * columns + column), b = 3 * (near * columns + beside);
      const c = 3 * (far * columns + column), d = 3 * (far * columns + beside);
      for (let channel = 0; channel < 3; channel++) {
        const sum = 9 * means[a + channel] + 3 * means[b + channel] + 3 * means[c + channel] +
          means[d + channel];
        set(to, channel, (sum + 8) >> 4);
      }
    }
  }
}
