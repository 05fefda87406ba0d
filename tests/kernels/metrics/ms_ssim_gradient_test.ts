import { assertAlmostEquals, assertEquals } from "@std/assert";
import { msSsim } from "../../../mod.ts";
import { MsSsimGradient } from "../../../src/kernels/cpu/metrics/ms_ssim_gradient.ts";
import { randomSource } from "../../random.ts";

/** A textured picture and a distorted one; sides that are odd at some scale. */
function pair(width: number, height: number) {
  const next = randomSource(width), count = 3 * width * height;
  const data = Uint8ClampedArray.from(
    { length: count },
    (_, i) => 128 + 50 * Math.sin(i / 40) + 60 * (next() - 0.5),
  );
  const distorted = data.map((value) => value + 40 * (next() - 0.5));
  return { source: { data, width, height }, shown: { data: distorted, width, height } };
}

const SIZES = [[175, 203], [96, 41], [9, 30]] as const;

Deno.test("the score is MS-SSIM", () => {
  for (const [width, height] of SIZES) {
    const { source, shown } = pair(width, height);
    const values = Float32Array.from(shown.data, (value) => value / 255);
    const score = new MsSsimGradient(source).score(values, new Float32Array(values.length));
    assertAlmostEquals(score, msSsim(source, shown), 2e-6, `${width}×${height}`);
  }
});

Deno.test("the derivatives are what small changes of the samples do to the score", () => {
  for (const [width, height] of SIZES) {
    const { source, shown } = pair(width, height), next = randomSource(5);
    const values = Float32Array.from(shown.data, (value) => value / 255);
    const measure = new MsSsimGradient(source), gradient = new Float32Array(values.length);
    measure.score(values, gradient);
    // Half uphill, half anywhere: along the gradient alone a wrong length would show, a wrong direction less.
    const norm = Math.sqrt(gradient.reduce((sum, value) => sum + value * value, 0) / gradient.length);
    const direction = gradient.map((value) => value / norm + 2 * next() - 1);
    const scoreAt = (by: number) =>
      measure.score(values.map((value, i) => value + by * direction[i]), new Float32Array(values.length));
    const slope = (scoreAt(2e-3) - scoreAt(-2e-3)) / 4e-3;
    const expected = gradient.reduce((sum, value, i) => sum + value * direction[i], 0);
    assertAlmostEquals(slope / expected, 1, 0.02, `${width}×${height}`);
  }
});

Deno.test("equal pictures are at the top", () => {
  const { source } = pair(64, 48), values = Float32Array.from(source.data, (value) => value / 255);
  const gradient = new Float32Array(values.length);
  assertAlmostEquals(new MsSsimGradient(source).score(values, gradient), 1, 1e-6);
  assertEquals(gradient.every((value) => Math.abs(value) < 1e-6), true);
});
