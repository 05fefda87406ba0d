import type { WaveletName } from "../../core/mod.ts";

/** As a `Lifting`'s directions, on floats. */
type LineTransform = (line: Float32Array, out: Float32Array, count: number) => void;

/**
 * The transposes of the float inverses in `lifting.ts`: derivatives by `count` interleaved samples → derivatives by low and
 * high ones, low first. Each lifting step turned around: what a sample was added to gives its derivative back.
 */
export const INVERSE_ADJOINTS: { readonly [W in Exclude<WaveletName, "cdf97">]: LineTransform } = {
  cdf53(line, out, count) {
    const low = (count + 1) >> 1, high = count >> 1;
    if (high === 0) {
      out[0] = line[0];
      return;
    }
    for (let i = 0; i < low; i++) out[i] = line[2 * i];
    // odd = high + (even + right) / 2
    for (let i = 0; i < high; i++) {
      const half = 0.5 * line[2 * i + 1];
      out[low + i] = line[2 * i + 1];
      out[i] += half;
      out[2 * i + 2 < count ? i + 1 : i] += half;
    }
    // even = low − (before + after) / 4
    for (let i = 0; i < low; i++) {
      const quarter = 0.25 * out[i];
      out[low + (i > 0 ? i - 1 : 0)] -= quarter;
      out[low + (i < high ? i : high - 1)] -= quarter;
    }
  },
  haar(line, out, count) {
    const low = (count + 1) >> 1, high = count >> 1;
    for (let i = 0; i < high; i++) {
      out[i] = line[2 * i] + line[2 * i + 1];
      out[low + i] = 0.5 * (line[2 * i + 1] - line[2 * i]);
    }
    if (low > high) out[high] = line[count - 1];
  },
};
