import type { PictureLike } from "../../world.ts";

/** Where the ground around a point is looked at: columns and rows from it, in pixels. */
const RING = [[-4, 0], [4, 0], [0, -4], [0, 4], [-3, -3], [3, -3], [-3, 3], [3, 3]] as const;
const RADIUS = 4;
/** Least difference of a point to its ground, and the largest within the ground, in levels. */
const LEAST_CONTRAST = 24, MOST_GROUND = 16;
/** Fewest points, and most and fewest pixels per point: fewer are not what is looked at, more are a texture. */
const LEAST_POINTS = 8, MOST_PIXELS_PER_POINT = 2 ** 12, LEAST_PIXELS_PER_POINT = 64;
/** Least share of pixels on calm ground. */
const LEAST_CALM_SHARE = 0.7;

/**
 * Whether a picture is calm but for points of few pixels: stars, lamps at night, grains on a smooth ground. Most of its seen content
 * is in the points, which a transform's coarse steps drop or smear, as they are hardly any of its energy.
 *
 * @param picture 8 bits per sample.
 */
export function hasSparsePoints({ data, width, height }: PictureLike): boolean {
  const luma = new Uint8Array(width * height);
  for (let i = 0, from = 0; i < luma.length; i++, from += 4) {
    luma[i] = (2 * data[from] + 5 * data[from + 1] + data[from + 2]) >> 3;
  }
  const ring = RING.map(([x, y]) => y * width + x);
  let points = 0, calm = 0, looked = 0;
  for (let y = RADIUS; y < height - RADIUS; y++) {
    for (let x = RADIUS; x < width - RADIUS; x++) {
      const at = y * width + x;
      let least = 255, most = 0;
      for (const place of ring) {
        const level = luma[at + place];
        if (level < least) least = level;
        if (level > most) most = level;
      }
      looked++;
      if (most - least > MOST_GROUND) continue;
      calm++;
      const own = luma[at], sign = own > most ? 1 : -1;
      if (sign * (own - (sign > 0 ? most : least)) < LEAST_CONTRAST) continue;
      if (isExtreme(luma, at, width, sign)) points++;
    }
  }
  return points >= Math.max(LEAST_POINTS, looked / MOST_PIXELS_PER_POINT) &&
    points * LEAST_PIXELS_PER_POINT <= looked &&
    calm >= LEAST_CALM_SHARE * looked;
}

/** Whether no neighbour before a pixel reaches beyond it, and each one after it stays below. */
function isExtreme(luma: Uint8Array, at: number, width: number, sign: number): boolean {
  const own = sign * luma[at];
  for (const before of [1, width - 1, width, width + 1]) {
    if (sign * luma[at - before] >= own || sign * luma[at + before] > own) return false;
  }
  return true;
}
