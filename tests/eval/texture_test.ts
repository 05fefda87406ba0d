import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { fineEnergy, textureError } from "../../src/eval/texture/compare.ts";
import { octaves } from "../../src/eval/texture/pyramid.ts";
import { syntheticPair } from "../kernels/metrics/synthetic_pair.ts";

Deno.test("textureError() and fineEnergy() equal the values of an independent numpy program", () => {
  // The same comparison on Kodak, with that program, is scripts/check_metrics.ts.
  for (
    const [width, height, strength, texture, fine] of [
      [29, 29, 24, 0.03443723, 1.19725328],
      [30, 37, 24, 0.0157153, 1.14147512],
      [64, 48, 3, 0.00020758, 1.00992331],
      [176, 161, 24, 0.01713468, 1.1675959],
      [161, 203, 24, 0.01752915, 1.17126365],
      [256, 192, 60, 0.2367907, 1.70367678],
    ]
  ) {
    const pair = syntheticPair(width, height, strength);
    assertAlmostEquals(textureError(...pair), texture, 1e-6);
    assertAlmostEquals(fineEnergy(...pair), fine, 1e-6);
  }
});

Deno.test("textureError() is near 1 and fineEnergy() near 0 where all detail is gone", () => {
  const [source] = syntheticPair(128, 96);
  const flat = { ...source, data: new Uint8Array(source.data.length).fill(128) };
  assertAlmostEquals(textureError(source, flat), 1, 0.1);
  assertAlmostEquals(fineEnergy(source, flat), 0, 1e-9);
});

Deno.test("fineEnergy() is 1 for pictures that both have no detail, and tells noise on such a source", () => {
  const flat = { data: new Uint8Array(32 * 32 * 3).fill(200), width: 32, height: 32 };
  assertEquals([textureError(flat, { ...flat }), fineEnergy(flat, { ...flat })], [0, 1]);
  const noisy = { ...flat, data: flat.data.map((value, i) => value + (i % 7)) };
  assertEquals(fineEnergy(flat, noisy) > 1e6, true);
});

Deno.test("textureError() ignores alpha and refuses pictures whose coarsest octave holds no block", () => {
  const [a, b] = syntheticPair(40, 40);
  const rgba = new Uint8Array(40 * 40 * 4);
  for (let i = 0; i < 1600; i++) rgba.set([...a.data.subarray(3 * i, 3 * i + 3), i], 4 * i);
  assertEquals(textureError({ ...a, data: rgba }, b), textureError(a, b));
  assertThrows(() => textureError(...syntheticPair(28, 60)), RangeError, "got 28×60");
  assertThrows(() => fineEnergy(...syntheticPair(60, 28)), RangeError, "at least 29 pixels");
});

Deno.test("octaves() of a plane add up to its mean where the plane is constant, and keep odd sides", () => {
  const plane = { data: new Float64Array(13 * 9).fill(7), width: 13, height: 9 };
  const bands = octaves(plane, 2);
  assertEquals(bands.map(({ width, height }) => [width, height]), [[13, 9], [7, 5]]);
  for (const { data } of bands) for (const value of data) assertAlmostEquals(value, 0, 1e-12);
});
