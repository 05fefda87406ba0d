import { assert, assertEquals } from "@std/assert";
import { sharesOf } from "../../../src/codec/tiles/shares.ts";
import type { Rect } from "../../../src/codec/tiles/tile_grid.ts";

const CHOICE = { threads: 2, marginPixels: 176, mostPixels: 2 ** 22, unit: 8 };

const area = (shares: readonly Rect[]) => shares.reduce((sum, { width, height }) => sum + width * height, 0);

Deno.test("shares cover a rectangle once, and begin at multiples of the unit from its origin", () => {
  for (const [width, height] of [[1, 1], [7, 9000], [4000, 3000], [12_001, 8399], [65_535, 16]]) {
    for (const threads of [1, 2, 3, 4]) {
      const region = { x: 13, y: 5, width, height };
      const shares = sharesOf(region, { ...CHOICE, threads }).flat();
      assertEquals(area(shares), width * height);
      const covered = new Set(shares.map(({ x, y }) => `${x}, ${y}`));
      assertEquals(covered.size, shares.length);
      for (const share of shares) {
        assertEquals([(share.x - 13) % 8, (share.y - 5) % 8], [0, 0]);
        assert(share.width > 0 && share.height > 0);
        assert(share.x + share.width <= 13 + width && share.y + share.height <= 5 + height);
      }
    }
  }
});

Deno.test("shares hold at most so many pixels, but for rounding to the unit, and so many columns", () => {
  for (const [width, height] of [[4000, 3000], [12_000, 8400], [30_000, 500], [500, 30_000]]) {
    for (const share of sharesOf({ x: 0, y: 0, width, height }, CHOICE).flat()) {
      assert(area([share]) <= 1.02 * CHOICE.mostPixels, `${share.width} × ${share.height}`);
      assert(share.width <= 2824);
    }
  }
});

Deno.test("one thread shows a small picture whole, two threads halves of one size", () => {
  const region = { x: 0, y: 0, width: 1600, height: 1200 };
  assertEquals(sharesOf(region, { ...CHOICE, threads: 1 }), [[region]]);
  const [halves, ...others] = sharesOf(region, CHOICE);
  assertEquals(others, []);
  assertEquals(halves.map((share) => area([share])), [960_000, 960_000]);
});

Deno.test("shares of 12 megapixels compute at most 1.3 times their pixels", () => {
  const width = 4000, height = 3000;
  const shares = sharesOf({ x: 0, y: 0, width, height }, CHOICE).flat();
  const clip = (start: number, end: number, limit: number) => Math.min(limit, end) - Math.max(0, start);
  const computed = shares.reduce(
    (sum, { x, y, width: columns, height: rows }) =>
      sum + clip(x - 176, x + columns + 176, width) * clip(y - 176, y + rows + 176, height),
    0,
  );
  assert(computed <= 1.3 * width * height, `${computed}`);
});
