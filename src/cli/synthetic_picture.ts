import type { PictureLike } from "../world.ts";

/**
 * A picture made by arithmetic, the same everywhere: a sky, hills, a striped wall, leaves. For the demo, tests and
 * benches, which may hold no photograph.
 */
export function syntheticPicture(
  width: number,
  height: number,
): PictureLike & { data: Uint8ClampedArray<ArrayBuffer> } {
  const data = new Uint8ClampedArray(4 * width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const u = x / Math.max(width, height), v = y / height;
      data.set(pixel(u, v, x, y), 4 * (y * width + x));
    }
  }
  return { data, width, height };
}

function pixel(u: number, v: number, x: number, y: number): number[] {
  const hill = 0.55 + 0.08 * Math.sin(7 * u) + 0.03 * Math.sin(23 * u + 1);
  if (v < hill) {
    const cloud = 40 * Math.max(0, smoothNoise(6 * u, 14 * v) - 0.45);
    return [120 + 60 * v + cloud * 3, 160 + 50 * v + cloud * 2.4, 225 - 25 * v + cloud, 255];
  }
  if (u > 0.55 && u < 0.8 && v < 0.85) {
    const stripe = Math.floor(u * 90) % 2 === 0 ? 0 : 38;
    const shade = 20 * smoothNoise(30 * u, 30 * v);
    return [205 - stripe + shade, 190 - stripe + shade, 165 - stripe + shade, 255];
  }
  const leaves = smoothNoise(x / 5, y / 5) * 70 + smoothNoise(x / 23, y / 17) * 50;
  return [40 + leaves * 0.7 + 60 * (v - hill), 60 + leaves, 30 + leaves * 0.35, 255];
}

/** Value noise in [0, 1], bilinear between hashed lattice points. */
function smoothNoise(x: number, y: number): number {
  const [x0, y0] = [Math.floor(x), Math.floor(y)];
  const [fx, fy] = [x - x0, y - y0];
  const top = lattice(x0, y0) * (1 - fx) + lattice(x0 + 1, y0) * fx;
  const bottom = lattice(x0, y0 + 1) * (1 - fx) + lattice(x0 + 1, y0 + 1) * fx;
  return top * (1 - fy) + bottom * fy;
}

function lattice(x: number, y: number): number {
  let hash = Math.imul(x, 0x27d4eb2d) ^ Math.imul(y, 0x165667b1);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return ((hash ^ (hash >>> 13)) & 0xffff) / 0xffff;
}
