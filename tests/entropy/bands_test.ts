import { assertEquals, assertThrows } from "@std/assert";
import {
  bandLayout,
  checkBands,
  coefficientCount,
  EntropyError,
  sectionBands,
  sectionCount,
} from "../../src/entropy/mod.ts";

Deno.test("bandLayout() packs LL first, then HL, LH, HH of each level from coarse to fine", () => {
  const bands = bandLayout({ width: 5, height: 3, channels: 2, levels: 2 });
  assertEquals(
    bands.map((b) => [b.level, b.orientation, b.channel, b.offset, b.width, b.height].join(" ")),
    [
      "2 0 0 0 2 1",
      "2 0 1 2 2 1",
      "2 1 0 4 1 1",
      "2 1 1 5 1 1",
      "2 2 0 6 2 1",
      "2 2 1 8 2 1",
      "2 3 0 10 1 1",
      "2 3 1 11 1 1",
      "1 1 0 12 2 2",
      "1 1 1 16 2 2",
      "1 2 0 20 3 1",
      "1 2 1 23 3 1",
      "1 3 0 26 2 1",
      "1 3 1 28 2 1",
    ],
  );
  assertEquals(coefficientCount(bands), 30);
});

Deno.test("bandLayout() covers every sample of every size, level and channel count", () => {
  for (const [width, height] of [[1, 1], [1, 9], [7, 13], [64, 1], [33, 32], [0, 4]]) {
    for (let levels = 0; levels <= 10; levels++) {
      for (const channels of [1, 4, 16]) {
        const bands = bandLayout({ width, height, channels, levels });
        assertEquals(coefficientCount(bands), width * height * channels);
        const small = width * height * channels < 4096;
        assertEquals(sectionCount(bands), small ? 1 : 1 + Math.min(2, levels));
        assertEquals(bands.length, channels * (1 + 3 * levels));
      }
    }
  }
});

Deno.test("sectionBands() gives the coarse bands, then the two finest levels, in coding order", () => {
  const bands = bandLayout({ width: 64, height: 64, channels: 1, levels: 4 });
  assertEquals(sectionCount(bands), 3);
  const sections = [0, 1, 2].map((k) => sectionBands(bands, k));
  assertEquals(sections.map((list) => list.map((b) => b.level).join("")), ["4444333", "222", "111"]);
  assertEquals(sections.flat(), bands);
});

Deno.test("checkBands() refuses gaps, wrong order, stray levels and oversize", () => {
  const bands = bandLayout({ width: 4, height: 4, channels: 1, levels: 1 });
  const refuse = (changed: typeof bands) =>
    assertThrows(() => checkBands(changed), EntropyError, "Cannot use the bands: ");
  refuse(bands.map((b, i) => i === 2 ? { ...b, offset: b.offset + 1 } : b));
  refuse([bands[1], bands[0]].map((b, i) => ({ ...b, offset: 4 * i })));
  refuse(bands.slice(1).map((b) => ({ ...b, offset: b.offset - 4 })));
  refuse([{ ...bands[0], level: 11 }]);
  refuse([{ ...bands[0], width: -1 }]);
  refuse([{ ...bands[0], width: 2 ** 20, height: 2 ** 20 }]);
  refuse([{ ...bands[0], width: NaN }]);
});

Deno.test("sectionCount() of no bands is 0", () => {
  assertEquals(sectionCount([]), 0);
});
