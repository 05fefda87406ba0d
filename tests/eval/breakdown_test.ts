import { assertEquals } from "@std/assert";
import { compress, inspect } from "../../mod.ts";
import { syntheticPicture } from "../../src/cli/synthetic_picture.ts";
import { breakdownOf, HISTOGRAM_REACH } from "../../src/eval/breakdown.ts";

const picture = syntheticPicture(120, 72);

for (
  const [name, options] of [["latent", { quality: 60 }], ["pixel", { model: "pixels", quality: 85 }]] as const
) {
  Deno.test(`breakdownOf() accounts for every byte and coefficient of a ${name} stream`, async () => {
    const file = await compress(picture, options);
    const { bytes, headerBytes, sections, bands, times, model } = await breakdownOf(file, picture);
    const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
    assertEquals([bytes, model], [file.length, inspect(file).model]);
    assertEquals(headerBytes + sum(sections.map((section) => section.bytes)), file.length);
    const resolutions = sections.filter(({ name }) => name.startsWith("resolution"));
    assertEquals(resolutions[0].name, "resolution 0");
    assertEquals(sum(bands.map((band) => band.bytes)), sum(resolutions.map((section) => section.bytes)));
    assertEquals(bands[0].name, "LL");
    for (const { count, histogram } of bands) {
      assertEquals(sum([...histogram.values()]), count);
      assertEquals([...histogram.keys()].every((value) => Math.abs(value) <= HISTOGRAM_REACH), true);
    }
    for (const side of ["encode", "decode"]) {
      assertEquals(times.filter((time) => time.side === side && time.ms >= 0).length >= 4, true);
    }
  });
}
