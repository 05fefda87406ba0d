import type { PictureLike } from "../../world.ts";
import { reducedSide } from "./coded_size.ts";

/**
 * Halves the sides of an opaque picture: each pixel is the mean of a block, which the right and the lower border cut.
 *
 * @param picture RGBA.
 * @param reduction How often the sides are halved.
 * @returns A picture of ⌈width / 2^reduction⌉ × ⌈height / 2^reduction⌉ pixels.
 */
export function reducedPicture({ data, width, height }: PictureLike, reduction: number): PictureLike {
  const columns = reducedSide(width, reduction), rows = reducedSide(height, reduction), side = 2 ** reduction;
  const reduced = new Uint8ClampedArray(4 * columns * rows), sums = new Float64Array(4 * columns);
  for (let row = 0; row < rows; row++) {
    sums.fill(0);
    const bottom = Math.min(height, (row + 1) * side);
    for (let y = row * side; y < bottom; y++) {
      for (let x = 0, i = 4 * y * width; x < width; x++) {
        const at = 4 * (x >> reduction);
        for (let channel = 0; channel < 4; channel++, i++) sums[at + channel] += data[i];
      }
    }
    for (let i = 0; i < sums.length; i++) {
      const across = Math.min(width, ((i >> 2) + 1) * side) - (i >> 2) * side;
      reduced[4 * columns * row + i] = Math.floor(sums[i] / (across * (bottom - row * side)) + 0.5);
    }
  }
  return { data: reduced, width: columns, height: rows };
}
