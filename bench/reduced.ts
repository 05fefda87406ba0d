import type { PictureLike } from "../src/world.ts";

/** Means of squares of pixels, the smallest squares with which at most so many pixels are left. */
export function reduced({ data, width, height }: PictureLike, mostPixels: number): PictureLike {
  let factor = 1;
  while (Math.floor(width / factor) * Math.floor(height / factor) > mostPixels) factor++;
  const columns = Math.floor(width / factor), rows = Math.floor(height / factor);
  const small = new Uint8ClampedArray(4 * columns * rows);
  for (let i = 0; i < small.length; i++) {
    const x = (i >> 2) % columns * factor, y = Math.floor((i >> 2) / columns) * factor;
    let sum = 0;
    for (let dy = 0; dy < factor; dy++) {
      for (let dx = 0; dx < factor; dx++) sum += data[4 * ((y + dy) * width + x + dx) + i % 4];
    }
    small[i] = sum / factor ** 2;
  }
  return { data: small, width: columns, height: rows };
}
