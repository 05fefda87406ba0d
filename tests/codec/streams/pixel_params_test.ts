import { assertAlmostEquals, assertEquals } from "@std/assert";
import { pixelOptimisation } from "../../../src/codec/streams/pixel_optimisation.ts";
import { pixelGains } from "../../../src/codec/streams/pixel_params.ts";
import { pyramidLayout } from "../../../src/core/mod.ts";

const layout = pyramidLayout("cdf97", 6, { channels: 3, width: 256, height: 128 });

Deno.test("equal steps have one gain per channel, whatever the level", () => {
  const gains = pixelGains(layout, {});
  for (const [i, { channel }] of layout.bands.entries()) {
    assertAlmostEquals(gains[i], [1, 1 / 1.0423, 1 / 0.9084][channel], 1e-12);
  }
});

Deno.test("weighted steps rise with frequency, and are coarser in chroma than in luma", () => {
  const gains = pixelGains(layout, { weighted: true });
  const gainOf = (ofChannel: number, ofLevel: number) =>
    gains[layout.bands.findIndex(({ channel, level }) => channel === ofChannel && level === ofLevel)];
  for (const channel of [0, 1, 2]) {
    for (let level = 1; level < 5; level++) {
      assertEquals(gainOf(channel, level) > gainOf(channel, level + 1), true);
    }
    assertEquals(gainOf(channel, 6), gainOf(channel, 5));
  }
  for (let level = 1; level <= 6; level++) {
    assertEquals(gainOf(1, level) > gainOf(0, level), true);
    assertEquals(gainOf(2, level) > gainOf(0, level), true);
  }
});

Deno.test("bands of one level and channel have one gain, LL that of the coarsest level", () => {
  const gains = pixelGains(layout, { weighted: true });
  for (const [i, { channel, level }] of layout.bands.entries()) {
    const first = layout.bands.findIndex((other) => other.channel === channel && other.level === level);
    assertEquals(gains[i], gains[first]);
  }
});

Deno.test("detail bands of a trellis have half steps, LL bands whole ones", () => {
  const whole = pixelGains(layout, { weighted: true }),
    half = pixelGains(layout, { weighted: true, trellis: true });
  for (const [i, { orientation }] of layout.bands.entries()) {
    assertAlmostEquals(half[i] / whole[i], orientation === 0 ? 1 : 0.65, 1e-12);
  }
});

Deno.test("a bit is worth as many squares of LL bands' whole steps as of detail bands' steps, beside the weights", () => {
  const { lambda, bitWeights } = pixelOptimisation(layout, false);
  for (const [i, { orientation }] of layout.bands.entries()) {
    const squares = lambda * bitWeights[i] * (orientation === 0 ? 1 : 0.65 ** 2) / 64 ** 2;
    assertAlmostEquals(squares, 0.09, 1e-4);
  }
});

Deno.test("bits are cheapest in the finest luma, where the texture is, and dearer in chroma", () => {
  const { bitWeights: weights } = pixelOptimisation(layout, true);
  assertEquals(weights.length, layout.bands.length);
  const finest = weights[layout.bands.findIndex(({ channel, level }) => channel === 0 && level === 1)];
  for (const [i, { channel, level, orientation }] of layout.bands.entries()) {
    const luma = layout.bands.findIndex((band) =>
      band.channel === 0 && band.level === level && band.orientation === orientation
    );
    assertEquals(weights[i] >= weights[luma], true);
    if (channel === 0 && level > 1 && orientation > 0) assertEquals(weights[i] > finest, true);
  }
});
