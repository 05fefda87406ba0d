import { assertEquals } from "@std/assert";
import {
  differencesToRgba,
  rgbaToDifferences,
  rgbaToYcocg,
  ycocgToRgba,
} from "../../src/kernels/cpu/exact_planes.ts";
import { randomSource } from "../random.ts";

for (
  const [name, forward, inverse] of [
    ["differences to green", rgbaToDifferences, differencesToRgba],
    ["YCoCg-R", rgbaToYcocg, ycocgToRgba],
  ] as const
) {
  Deno.test(`${name} give 8 and 16 bits back, with an error no larger than the bound`, () => {
    const next = randomSource(4);
    for (const bitDepth of [8, 16]) {
      const most = 2 ** bitDepth - 1;
      const samples = Uint16Array.from(
        { length: 4 * 60 },
        (_, i) => i < 16 ? (i & 1) * most : next() * (most + 1),
      );
      for (const bound of [0, 2, 127]) {
        const planes = new Int32Array(180), back = new Uint16Array(240);
        forward(samples, planes, { bound, bitDepth });
        inverse(planes, back, { bound, bitDepth });
        const worst = Math.max(...samples.map((sample, i) => i % 4 === 3 ? 0 : Math.abs(sample - back[i])));
        assertEquals(worst <= bound, true, `${worst} with a bound of ${bound}, ${bitDepth} bits`);
      }
    }
  });
}
