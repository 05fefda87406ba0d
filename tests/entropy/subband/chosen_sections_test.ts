import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import {
  bandLayout,
  coefficientCount,
  decodeSections,
  encodeSections,
  optimiseCoefficients,
} from "../../../src/entropy/mod.ts";
import { keepSections, takeSections } from "../../../src/entropy/subband/chosen_sections.ts";
import { randomSource } from "../../random.ts";
import { regionalValues } from "../_data.ts";

const bands = bandLayout({ width: 96, height: 64, channels: 3, levels: 3 });
const trellis = { mode: "subband-trellis" } as const;

function chosen(seed: number): Int32Array {
  const scaled = regionalValues(bands, 900, randomSource(seed));
  const bitWeights = bands.map(({ level }) => 1 + level / 4);
  return optimiseCoefficients(scaled, bands, { effort: 5, coder: "subband-trellis", bitWeights });
}

Deno.test("sections that were made with the choice are those that encoding the values gives", () => {
  const values = chosen(1), made = encodeSections(values, bands, trellis);
  assert(values.some((value) => value !== 0));
  assertEquals(encodeSections(values, bands, trellis), made); // nothing is kept any more
  assertEquals(decodeSections(made, bands, trellis), values);
});

Deno.test("values that were changed after the choice are encoded as they are", () => {
  const values = chosen(2);
  values.fill(0, values.length >> 1);
  const sections = encodeSections(values, bands, trellis);
  assertEquals(decodeSections(sections, bands, trellis), values);
});

Deno.test("kept sections are given once, for the same values, bands and quantiser", () => {
  const values = new Int32Array(coefficientCount(bands)).fill(2), sections = [Uint8Array.of(1)];
  const others = bands.map((band) => ({ ...band, channel: band.channel + 1 }));
  const keep = () => keepSections(true, bands, values, sections);
  keep();
  assertStrictEquals(takeSections(true, [...bands], values.slice()), sections);
  assertEquals(takeSections(true, bands, values), undefined);
  keep();
  assertEquals(takeSections(false, bands, values), undefined);
  keep();
  assertEquals(takeSections(true, others, values), undefined);
  keep();
  assertEquals(takeSections(true, bands, values.with(7, 0)), undefined);
});
