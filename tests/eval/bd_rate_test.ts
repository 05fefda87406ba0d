import { assertAlmostEquals, assertEquals } from "@std/assert";
import { bdRate, type RatePoint } from "../../src/eval/bd_rate.ts";
import { interpolate } from "../../src/eval/monotone_curve.ts";

const points = (...pairs: [number, number][]): RatePoint[] =>
  pairs.map(([bpp, quality]) => ({ bpp, quality }));
const A = points([0.06, 24.1], [0.13, 26.0], [0.22, 28.3], [0.41, 30.2], [0.80, 33.9], [1.5, 37.0]);
const B = points([0.05, 24.0], [0.10, 26.3], [0.21, 28.9], [0.35, 30.1], [0.9, 35.5]);

Deno.test("interpolate() gives SciPy's PCHIP values", () => {
  const rising = interpolate(A.map(({ quality }) => quality), A.map(({ bpp }) => Math.log(bpp)));
  const expected: [number, number][] = [
    [24.5, -2.623125914898636],
    [25, -2.402057159354114],
    [27, -1.8005275660208468],
    [29, -1.2863929660841928],
    [31, -0.7191904290545097],
    [33.3, -0.33120102822712116],
    [36.9, 0.384207787188905],
  ];
  for (const [x, y] of expected) assertAlmostEquals(rising(x), y, 1e-12);
  const humped = interpolate([1, 2, 3, 5, 8], [0, 0.1, 3, 2, 2]);
  const values = [0.00942, 0.08154, 1.5741666666666667, 2.93925, 2.00725, 2, 2];
  [1.3, 1.9, 2.5, 3.3, 4.9, 6, 7.5].forEach((x, i) => assertAlmostEquals(humped(x), values[i], 1e-12));
});

Deno.test("interpolate() meets its points and keeps the end values outside", () => {
  for (const kind of ["pchip", "linear"] as const) {
    const curve = interpolate([0, 1, 4], [2, 3, 9], kind);
    assertEquals([0, 1, 4, -5, 50].map(curve), [2, 3, 9, 2, 9]);
  }
  assertEquals(interpolate([0, 2], [0, 6])(1), 3); // two points make a line
});

Deno.test("bdRate() agrees with the anchors' rd_table.py when it joins points by lines", () => {
  const options = { minBpp: 0.1, maxBpp: 1, interpolation: "linear" } as const;
  assertAlmostEquals(bdRate(A, B, options)!, -18.606117676530943, 0.05);
  assertAlmostEquals(bdRate(B, A, options)!, 21.324014115988966, 0.05);
});

Deno.test("bdRate() agrees with SciPy's PCHIP over the whole overlap", () => {
  assertAlmostEquals(bdRate(A, B)!, -14.890791422397287, 1e-3);
});

Deno.test("bdRate() of a codec that takes half the bits everywhere is −50%, and +100% the other way", () => {
  const half = A.map(({ bpp, quality }) => ({ bpp: bpp / 2, quality }));
  assertAlmostEquals(bdRate(A, half)!, -50, 1e-9);
  assertAlmostEquals(bdRate(half, A)!, 100, 1e-9);
  assertAlmostEquals(bdRate(A, A)!, 0, 1e-12);
});

Deno.test("bdRate() is undefined without overlap", () => {
  assertEquals(bdRate(A, points([0.1, 50], [0.2, 60])), undefined);
  assertEquals(bdRate(A, []), undefined);
  assertEquals(bdRate(A, B, { minBpp: 2 }), undefined);
  assertEquals(bdRate(A, points([0.1, NaN], [0.2, Infinity])), undefined);
});

Deno.test("bdRate() leaves out points that cost more and look no better", () => {
  const [first, ...rest] = A;
  const withBadPoint = [first, { bpp: 0.1, quality: 23 }, ...rest].reverse();
  assertEquals(bdRate(withBadPoint, B), bdRate(A, B));
});
