import type { Picture } from "@vaerans/vaerans";

/** A picture for the examples, made by arithmetic: a sky, a sun, waves. */
export function drawn(width: number, height: number): Picture {
  const data = new Uint8ClampedArray(4 * width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const u = x / width, v = y / height;
      const wave = 20 * Math.sin(40 * u + 90 * v * v) * Math.max(0, v - 0.5);
      const sun = Math.hypot(u - 0.7, v - 0.3) < 0.12 ? 90 : 0;
      data.set(
        [150 + 90 * v + sun + wave, 130 + 60 * v + sun + wave, 220 - 120 * v + wave, 255],
        4 * (y * width + x),
      );
    }
  }
  return { data, width, height };
}
