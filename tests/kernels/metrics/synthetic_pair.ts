import type { Samples8 } from "../../../src/kernels/cpu/metrics/mod.ts";

/**
 * A textured picture and a distorted copy, RGB, by whole-number arithmetic only, so that another language makes the same
 * bytes (scripts/check_metrics.ts does).
 */
export function syntheticPair(
  width: number,
  height: number,
  strength = 24,
): [source: Samples8, distorted: Samples8] {
  const source = new Uint8Array(width * height * 3), distorted = new Uint8Array(width * height * 3);
  let state = 7;
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < 3; c++, i++) {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        const texture = ((x >> 3) ^ (y >> 2)) % 7 * 12 + (state >>> 28);
        const value = 10 + 2 * texture + (c === 1 ? x : y) % 56;
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        source[i] = value;
        distorted[i] = Math.max(
          0,
          Math.min(255, value - (value % 9) + ((state >>> 24) % (2 * strength + 1)) - strength),
        );
      }
    }
  }
  return [{ data: source, width, height }, { data: distorted, width, height }];
}
