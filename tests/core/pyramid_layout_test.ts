import { assertEquals, assertThrows } from "@std/assert";
import { InvalidValueError } from "../../mod.ts";
import { pyramidLayout } from "../../src/core/mod.ts";
import { AWKWARD_SIZES } from "../random.ts";

Deno.test("bands cover the coefficients once, in coding order, at any size and depth", () => {
  for (const [width, height] of AWKWARD_SIZES) {
    for (const levels of [0, 1, 3, 10]) {
      const layout = pyramidLayout("cdf53", levels, { channels: 3, width, height });
      assertEquals(layout.coefficientCount, 3 * width * height);
      assertEquals(layout.bands.length, 3 * (1 + 3 * levels));
      let end = 0;
      for (const band of layout.bands) {
        assertEquals(band.offset, end);
        end += band.width * band.height;
      }
      assertEquals(end, layout.coefficientCount);
    }
  }
});

Deno.test("levels out of range are refused", () => {
  assertThrows(
    () => pyramidLayout("haar", 11, { channels: 1, width: 8, height: 8 }),
    InvalidValueError,
    "0 to 10",
  );
  assertThrows(() => pyramidLayout("haar", 1.5, { channels: 1, width: 8, height: 8 }), InvalidValueError);
});
