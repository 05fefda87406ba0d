import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { msSsim, msSsimDecibels, psnr, type Samples8, ssim } from "../../../src/kernels/cpu/metrics/mod.ts";
import { InvalidValueError } from "../../../mod.ts";
import { syntheticPair } from "./synthetic_pair.ts";

/** By the anchors' rd_eval.py (numpy and SciPy, double precision) on the same synthetic pairs. */
const REFERENCE = [
  { width: 176, height: 161, psnr: 24.41055087943851, ssim: 0.8358361368871848, msSsim: 0.9801866781502033 },
  { width: 161, height: 203, psnr: 24.396470947422216, ssim: 0.8359909952801682, msSsim: 0.9786422380725641 },
  { width: 256, height: 192, psnr: 24.401550670458047, ssim: 0.8393322792989147, msSsim: 0.983495109927757 },
];

/** A channel of a picture as rows of numbers. */
function channelOf({ data, width, height }: Samples8, channel: number): number[][] {
  const rows = Array.from({ length: height }, (_, y) => y * width * 3);
  return rows.map((row) => Array.from({ length: width }, (_, x) => data[row + x * 3 + channel]));
}

/** SSIM written down from its formula: the five moments, a two-dimensional window, no shortcuts. */
function plainMeans(x: number[][], y: number[][], taps: number): { ssim: number; cs: number } {
  const middle = (taps - 1) / 2;
  const weight = (i: number, j: number) => Math.exp(-((i - middle) ** 2 + (j - middle) ** 2) / 4.5);
  let norm = 0;
  for (let i = 0; i < taps; i++) for (let j = 0; j < taps; j++) norm += weight(i, j);
  const rows = x.length - taps + 1, columns = x[0].length - taps + 1;
  let ssimSum = 0, csSum = 0;
  for (let top = 0; top < rows; top++) {
    for (let left = 0; left < columns; left++) {
      let mx = 0, my = 0, xx = 0, yy = 0, xy = 0;
      for (let i = 0; i < taps; i++) {
        for (let j = 0; j < taps; j++) {
          const w = weight(i, j) / norm, a = x[top + i][left + j], b = y[top + i][left + j];
          mx += w * a, my += w * b, xx += w * a * a, yy += w * b * b, xy += w * a * b;
        }
      }
      const cs = (2 * (xy - mx * my) + 58.5225) / (xx - mx * mx + yy - my * my + 58.5225);
      csSum += cs;
      ssimSum += cs * (2 * mx * my + 6.5025) / (mx * mx + my * my + 6.5025);
    }
  }
  return { ssim: ssimSum / (rows * columns), cs: csSum / (rows * columns) };
}

Deno.test("psnr(), ssim() and msSsim() agree with the reference implementation", () => {
  for (const { width, height, ...expected } of REFERENCE) {
    const [source, distorted] = syntheticPair(width, height);
    assertAlmostEquals(psnr(source, distorted), expected.psnr, 1e-9);
    assertAlmostEquals(ssim(source, distorted), expected.ssim, 1e-9);
    assertAlmostEquals(msSsim(source, distorted), expected.msSsim, 1e-9);
  }
});

Deno.test("ssim() and a one-scale msSsim() agree with the plain formula at small sizes", () => {
  for (const [width, height] of [[11, 11], [12, 19], [20, 13]]) {
    const [source, distorted] = syntheticPair(width, height);
    let expected = 0;
    for (let c = 0; c < 3; c++) {
      expected += plainMeans(channelOf(source, c), channelOf(distorted, c), 11).ssim / 3;
    }
    assertAlmostEquals(ssim(source, distorted), expected, 1e-10);
  }
  const [source, distorted] = syntheticPair(9, 9); // the window is cut to 9 taps
  const expected = [0, 1, 2].map((c) => plainMeans(channelOf(source, c), channelOf(distorted, c), 9).ssim);
  assertAlmostEquals(ssim(source, distorted), (expected[0] + expected[1] + expected[2]) / 3, 1e-10);
});

Deno.test("msSsim() uses fewer scales with weights of the same sum on small pictures", () => {
  const [source, distorted] = syntheticPair(22, 24);
  let expected = 0;
  for (let c = 0; c < 3; c++) {
    const x = channelOf(source, c), y = channelOf(distorted, c);
    const halve = (rows: number[][]) =>
      Array.from(
        { length: 12 },
        (_, i) =>
          Array.from({ length: 11 }, (_, j) =>
            (rows[2 * i][2 * j] + rows[2 * i][2 * j + 1] + rows[2 * i + 1][2 * j] +
              rows[2 * i + 1][2 * j + 1]) / 4),
      );
    const scale = 1.0001 / (0.0448 + 0.2856);
    expected += plainMeans(x, y, 11).cs ** (0.0448 * scale) *
      plainMeans(halve(x), halve(y), 11).ssim ** (0.2856 * scale) / 3;
  }
  assertAlmostEquals(msSsim(source, distorted), expected, 1e-9);
});

Deno.test("metrics are perfect for equal pictures of every small size", () => {
  for (const [width, height] of [[1, 1], [1, 7], [2, 2], [10, 3], [21, 40], [41, 80], [170, 165]]) {
    const [source] = syntheticPair(width, height);
    assertEquals(psnr(source, source), Infinity);
    assertAlmostEquals(ssim(source, source), 1, 1e-12);
    assertAlmostEquals(msSsim(source, source), 1, 1e-12);
  }
});

Deno.test("metrics are finite for different pictures of every small size", () => {
  for (let side = 1; side < 45; side++) {
    const [source, distorted] = syntheticPair(side, 46 - side);
    for (const value of [psnr(source, distorted), ssim(source, distorted), msSsim(source, distorted)]) {
      assertEquals(Number.isFinite(value), true);
    }
  }
});

Deno.test("metrics take RGB and RGBA alike and ignore alpha", () => {
  const [source, distorted] = syntheticPair(30, 20);
  const withAlpha = ({ data, width, height }: Samples8, alpha: number): Samples8 => ({
    data: Uint8ClampedArray.from(
      { length: width * height * 4 },
      (_, i) => i % 4 === 3 ? alpha : data[(i >> 2) * 3 + i % 4],
    ),
    width,
    height,
  });
  for (const metric of [psnr, ssim, msSsim]) {
    assertEquals(metric(withAlpha(source, 0), withAlpha(distorted, 200)), metric(source, distorted));
    assertEquals(metric(source, withAlpha(distorted, 9)), metric(source, distorted));
  }
});

Deno.test("metrics refuse pictures of different or contradictory sizes", () => {
  const [small] = syntheticPair(4, 4), [large] = syntheticPair(5, 4);
  for (const metric of [psnr, ssim, msSsim]) {
    assertThrows(() => metric(small, large), InvalidValueError, "4×4 and 5×4");
    assertThrows(() => metric(small, { ...small, data: new Uint8Array(16) }), InvalidValueError, "got 16");
  }
});

Deno.test("msSsimDecibels() turns 0.9 into 10 dB", () => {
  assertAlmostEquals(msSsimDecibels(0.9), 10, 1e-12);
  assertEquals(msSsimDecibels(1), Infinity);
});
