import { assert, assertEquals } from "@std/assert";
import { bandLayout, chooseCoefficients, decodeSections, encodeSections } from "../../../src/entropy/mod.ts";
import { randomSource } from "../../random.ts";
import { regionalValues } from "../_data.ts";

const bands = bandLayout({ width: 96, height: 64, channels: 3, levels: 3 });
const bitWeights = bands.map(({ level }) => 1 + level / 4);
const scaled = regionalValues(bands, 900, randomSource(1));

Deno.test("chooseCoefficients() gives the sections that encoding the values gives", () => {
  for (const coder of ["subband", "subband-trellis"] as const) {
    const { values, sections } = chooseCoefficients(scaled, bands, { effort: 5, coder, bitWeights });
    const mode = { mode: coder };
    assert(values.some((value) => value !== 0));
    const encoded = encodeSections(values, bands, mode);
    assertEquals(sections, encoded);
    assertEquals(decodeSections(encoded, bands, mode), values);
  }
});

Deno.test("chooseCoefficients() gives no sections where it does not walk the coder's model", () => {
  for (const effort of [1, 3]) {
    const { sections } = chooseCoefficients(scaled, bands, { effort, coder: "subband-trellis" });
    assertEquals(sections, undefined);
  }
  assertEquals(chooseCoefficients(scaled, bands, { effort: 5 }).sections, undefined);
});
