import { assertEquals } from "@std/assert";
import { SRGB } from "../../src/image/colour_space.ts";
import { lightToHlg, lightToPq } from "../../src/image/hdr_transfer.ts";

const near = (actual: number, expected: number) =>
  assertEquals(Math.abs(actual / 65535 - expected) < 2e-4, true, `${actual / 65535} for ${expected}`);

Deno.test("lightToPq() gives the samples that ST 2084 has for 0, 0.1, 1, 100, 1000 and 10,000 candela per square metre", () => {
  const luminances = [0, 0.1, 1, 100, 1000, 10_000], expected = [0, 0.0623, 0.1499, 0.5081, 0.7518, 1];
  for (const [i, luminance] of luminances.entries()) {
    const data = Uint16Array.of(1, 2, 3, 4);
    lightToPq(data, () => luminance / 10_000);
    for (let c = 0; c < 3; c++) near(data[c], expected[i]);
    assertEquals(data[3], 4); // alpha
  }
});

Deno.test("lightToHlg() gives 75% for 203 of 1000 candela per square metre, as BT.2408 has it, and keeps the hue", () => {
  for (
    const [luminance, peak, expected] of [[203, 1000, 0.75], [1000, 1000, 1], [0, 1000, 0], [2000, 2000, 1]]
  ) {
    const data = Uint16Array.of(1, 1, 1, 9);
    lightToHlg(data, () => luminance / peak, peak, SRGB.primaries);
    for (let c = 0; c < 3; c++) near(data[c], expected);
    assertEquals(data[3], 9);
  }
  // Red of half the light: its luminance is 0.2126 · 0.5, its scene light 0.5 · that to the power of 1/1.2 − 1.
  const red = Uint16Array.of(65535, 0, 0, 0), scene = 0.5 * (0.2126 * 0.5) ** (1 / 1.2 - 1);
  lightToHlg(red, (sample) => sample / 65535 / 2, 1000, SRGB.primaries);
  near(red[0], 0.17883277 * Math.log(12 * scene - 0.28466892) + 0.55991073);
  assertEquals([red[1], red[2]], [0, 0]);
});
