import { assert, assertEquals } from "@std/assert";
import { firstRowOfStrip } from "../../../src/entropy/lossless/strips.ts";

for (const [strips, height, rows] of [[8, 1024, 3], [16, 1100, 8], [8, 96, 12], [16, 16, 1]] as const) {
  Deno.test(`${strips} strips of ${rows} rows lie in their parts of ${height} rows`, () => {
    for (let strip = 0; strip < strips; strip++) {
      const first = firstRowOfStrip(strip, strips, height, rows), part = height / strips;
      assert(
        first >= Math.floor(strip * part) && first + rows <= Math.ceil((strip + 1) * part),
        `${strip}: ${first}`,
      );
    }
  });
}

Deno.test("strips do not stay at one place of a pattern that repeats as often as there are strips", () => {
  for (const period of [16, 32, 64]) {
    const places = new Set(Array.from({ length: 16 }, (_, i) => firstRowOfStrip(i, 16, 1024, 2) % period));
    assert(places.size >= 10, `${places.size} places of ${period}`);
  }
  assertEquals(firstRowOfStrip(0, 1, 40, 40), 0);
});
