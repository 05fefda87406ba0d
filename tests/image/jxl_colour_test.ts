import { assertEquals } from "@std/assert";
import { SRGB } from "../../src/image/colour_space.ts";
import { colourOfJxl } from "../../src/image/jxl_colour.ts";
import { valuesOf } from "./profile_values.ts";

const ODD = { white: [0.3, 0.32], rgb: [[0.6, 0.3], [0.25, 0.6], [0.15, 0.1]] } as const;
const cicp = (primaries: number, transfer: number) => ({
  cicp: { primaries, transfer, matrix: 0, fullRange: true },
});

Deno.test("colourOfJxl() gives code points where there are some, sRGB none, else a profile, else undefined", () => {
  const { primaries } = SRGB;
  assertEquals(colourOfJxl({ primaries, isWideGamut: false, transfer: { code: 13 } }), {});
  assertEquals(colourOfJxl({ primaries, isWideGamut: false, transfer: { gamma: 2.2 } }), cicp(1, 4));
  assertEquals(colourOfJxl({ primaries, isWideGamut: false, transfer: { code: 18 } }), cicp(1, 18));
  const { icc, ...others } = colourOfJxl({ primaries: ODD, isWideGamut: true, transfer: { gamma: 1.8 } })!;
  assertEquals(others, {});
  assertEquals(Math.abs(valuesOf(icc!).curve[0] - 1.8) < 1e-3, true);
  assertEquals(
    valuesOf(colourOfJxl({ primaries: ODD, isWideGamut: true, transfer: { code: 1 } })!.icc!).curve.length,
    5,
  );
  assertEquals(colourOfJxl({ primaries: ODD, isWideGamut: true, transfer: { code: 16 } }), undefined);
});
