import { assertEquals } from "@std/assert";
import { enlargeSamples, type Taps } from "../../src/kernels/cpu/enlarge.ts";
import { enlargePlainly } from "../../src/kernels/cpu/enlarge_plainly.ts";
import { randomFloats } from "../random.ts";

function taps(count: number, places: number, seed: number): Taps {
  const weights = Float64Array.from(randomFloats(4 * count, 1, seed));
  return { places: Int32Array.from(weights, (weight) => Math.floor(Math.abs(weight) * places)), weights };
}

Deno.test("SIMD enlarges as the plain form does, to the bit, also beyond 0 and 255", () => {
  for (const [width, height, shownWidth, shownHeight] of [[1, 1, 1, 1], [3, 2, 7, 5], [20, 9, 33, 40]]) {
    const samples = Uint8ClampedArray.from(randomFloats(4 * width * height, 255, width), Math.abs);
    const rows = taps(shownHeight, height, 5), columns = taps(shownWidth, width, 6);
    assertEquals(
      enlargeSamples(samples, width, rows, columns),
      enlargePlainly(samples, width, rows, columns),
    );
  }
});
