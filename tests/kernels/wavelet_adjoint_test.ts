import { assertAlmostEquals, assertThrows } from "@std/assert";
import { InvalidValueError } from "../../mod.ts";
import { pyramidLayout } from "../../src/core/mod.ts";
import { waveletInverse, waveletInverseAdjoint } from "../../src/kernels/cpu/wavelet.ts";
import { AWKWARD_SIZES, randomFloats } from "../random.ts";

Deno.test("the adjoint weighs samples against coefficients as the inverse weighs coefficients against samples", () => {
  for (const wavelet of ["cdf53", "haar"] as const) {
    for (const [width, height] of AWKWARD_SIZES) {
      for (const levels of [0, 1, 3]) {
        const layout = pyramidLayout(wavelet, levels, { channels: 2, width, height });
        const count = layout.coefficientCount;
        const coefficients = randomFloats(count, 1, 7), weights = randomFloats(count, 1, 8);
        const samples = new Float32Array(count), weighed = new Float32Array(count);
        waveletInverse(coefficients, samples, layout);
        waveletInverseAdjoint(weights, weighed, layout);
        const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, i) => sum + value * b[i], 0);
        const [forth, back] = [dot(samples, weights), dot(coefficients, weighed)];
        assertAlmostEquals(forth, back, 1e-5 * count, `${wavelet} ${width}×${height}, ${levels} levels`);
      }
    }
  }
});

Deno.test("the 9/7 has no adjoint here", () => {
  const layout = pyramidLayout("cdf97", 1, { channels: 1, width: 4, height: 4 });
  assertThrows(
    () => waveletInverseAdjoint(new Float32Array(16), new Float32Array(16), layout),
    InvalidValueError,
    "9/7",
  );
});
