import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { ssimulacra2, Ssimulacra2Source } from "../../../src/kernels/cpu/metrics/ssimulacra2.ts";
import { blurPlane } from "../../../src/kernels/cpu/metrics/ssimulacra2/truncated_cosine.ts";
import { halve, toLinear, toPositiveXyb } from "../../../src/kernels/cpu/metrics/ssimulacra2/xyb.ts";
import { syntheticPair } from "./synthetic_pair.ts";

Deno.test("ssimulacra2() gives 100 for equal pictures and less the more is changed", () => {
  const [source] = syntheticPair(256, 192);
  assertEquals(ssimulacra2(source, source), 100);
  let previous = 100;
  for (const strength of [2, 6, 12, 24, 48]) {
    const score = ssimulacra2(source, syntheticPair(256, 192, strength)[1]);
    assertEquals(score < previous, true);
    previous = score;
  }
});

Deno.test("ssimulacra2() keeps the scores it had when it was checked against the authors' program", () => {
  // That check, on Kodak, is scripts/check_metrics.ts; these hold the implementation where it was then.
  for (const [width, height, score] of [[176, 161, 63.5331], [161, 203, 62.0601], [256, 192, 64.6072]]) {
    assertAlmostEquals(ssimulacra2(...syntheticPair(width, height)), score, 0.005);
  }
});

Deno.test("Ssimulacra2Source gives the same scores to the bit, for picture after picture", () => {
  for (const [width, height] of [[8, 8], [9, 17], [161, 203]]) {
    const source = syntheticPair(width, height)[0], prepared = new Ssimulacra2Source(source);
    for (const strength of [3, 20, 3]) {
      const distorted = syntheticPair(width, height, strength)[1];
      assertEquals(prepared.score(distorted), ssimulacra2(source, distorted));
    }
  }
  assertThrows(
    () => new Ssimulacra2Source(syntheticPair(7, 40)[0]).score(syntheticPair(7, 40)[1]),
    RangeError,
  );
});

Deno.test("ssimulacra2() works on small pictures and refuses those below 8 pixels a side", () => {
  for (const [width, height] of [[8, 8], [9, 30], [113, 64]]) {
    assertEquals(Number.isFinite(ssimulacra2(...syntheticPair(width, height))), true);
  }
  assertThrows(() => ssimulacra2(...syntheticPair(7, 40)), RangeError, "7×40");
});

Deno.test("blurPlane() has the response of three truncated cosines: nine taps, unit sum, variance near σ²", () => {
  const side = 41, middle = 20;
  const impulse = new Float32Array(side * side), out = new Float32Array(side * side);
  impulse[middle * side + middle] = 1;
  blurPlane(impulse, side, side, out);
  const row = Array.from({ length: side }, (_, x) => {
    let sum = 0;
    for (let y = 0; y < side; y++) sum += out[y * side + x];
    return sum;
  });
  assertAlmostEquals(row.reduce((a, b) => a + b), 1, 1e-3);
  assertAlmostEquals(row.reduce((sum, value, x) => sum + value * (x - middle) ** 2, 0), 1.5 ** 2, 0.05);
  row.forEach((value, x) => {
    const mirrored = row[2 * middle - x];
    assertAlmostEquals(value, mirrored, 1e-5);
    if (Math.abs(x - middle) > 4) assertAlmostEquals(value, 0, 1e-5);
    else {assertAlmostEquals(
        value,
        Math.exp(-((x - middle) ** 2) / 4.5) / (1.5 * Math.sqrt(2 * Math.PI)),
        0.01,
      );}
  });
});

Deno.test("blurPlane() takes zeros for what is outside the picture", () => {
  const width = 12, height = 9;
  const ones = new Float32Array(width * height).fill(1), out = new Float32Array(width * height);
  blurPlane(ones, width, height, out);
  assertAlmostEquals(out[4 * width + 6], 1, 1e-4);
  assertAlmostEquals(out[0], 0.63 ** 2, 0.03); // a quarter and the middle taps of the window
});

Deno.test("toPositiveXyb() maps black, white and grey to their known places", () => {
  const of = (r: number, g: number, b: number) => {
    const { planes } = toPositiveXyb(toLinear({ data: Uint8Array.of(r, g, b), width: 1, height: 1 }, 3));
    return planes.map((plane) => plane[0]);
  };
  const [x0, y0, b0] = of(0, 0, 0);
  assertAlmostEquals(x0, 0.42, 1e-6);
  assertAlmostEquals(y0, 0.01, 1e-6);
  assertAlmostEquals(b0, 0.55, 1e-6);
  const [x1, y1, b1] = of(255, 255, 255); // all cones take the same of white: Y is its root less black's
  assertAlmostEquals(x1, 0.42, 1e-5);
  assertAlmostEquals(y1, Math.cbrt(1.0037930732552754) - Math.cbrt(0.0037930732552754) + 0.01, 1e-5);
  assertAlmostEquals(b1, 0.55, 1e-5);
});

Deno.test("halve() repeats the last row and column of odd sides", () => {
  const plane = Float32Array.of(1, 3, 10, 5, 7, 20, 100, 200, 40);
  const { planes, width, height } = halve({ planes: [plane, plane, plane], width: 3, height: 3 });
  assertEquals([width, height, ...planes[0]], [2, 2, 4, 15, 150, 40]);
});
