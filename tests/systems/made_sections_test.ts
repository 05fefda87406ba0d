import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { ANSBitstream, QuantizedPyr, WaveletPyr } from "../../src/components/mod.ts";
import { decodeSections } from "../../src/entropy/mod.ts";
import { ANSEncode, QuantizeU8 } from "../../src/systems/mod.ts";
import { World } from "../../mod.ts";
import { pyramidLayout } from "../../src/core/mod.ts";
import { randomSource } from "../random.ts";

const model = "subband-trellis" as const, size = { width: 64, height: 48 };

/** Sections of coefficients, and the values that a decoder gets; `change` may write to the values before they are coded. */
async function coded(change: (values: Int32Array) => void) {
  const world = new World({ arenaBytes: 2 ** 22 }), random = randomSource(5);
  const layout = pyramidLayout("cdf97", 2, { ...size, channels: 3 });
  const ref = world.arena.allocate([layout.coefficientCount], "f32");
  world.arena.view(ref).forEach((_, i, values) => values[i] = 9 * (random() - 0.5) ** 3);
  const entity = world.add(world.newEntity(), new WaveletPyr(ref, layout, size));
  await new QuantizeU8("forward", { step: 0.1, optimise: { effort: 5, coder: model } }).run(world, [entity]);
  const quantised = world.get(entity, QuantizedPyr), values = world.host.view(quantised.coefficients);
  change(values);
  await new ANSEncode({ model }).run(world, [entity]);
  const sections = world.get(entity, ANSBitstream).sections.map((ref) => world.host.view(ref).slice());
  const decoded = decodeSections(sections, layout.bands, { mode: model });
  return { made: quantised.made, values: values.slice(), sections, decoded };
}

Deno.test("ANSEncode takes the sections that the quantiser made", async () => {
  const { made, values, sections, decoded } = await coded(() => {});
  assert(values.some((value) => value !== 0));
  assertEquals(sections, made?.sections);
  assertEquals(decoded, values);
});

Deno.test("ANSEncode codes values that were changed after the choice as they are", async () => {
  const { made, values, sections, decoded } = await coded((values) => values.fill(0, values.length >> 1));
  assertNotEquals(sections, made?.sections);
  assertEquals(decoded, values);
});
