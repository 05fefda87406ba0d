import { assertEquals } from "@std/assert";
import { World } from "../../mod.ts";
import { ANSBitstream, QuantizedPyr, QuantParams, SymbolsU8, WaveletPyr } from "../../src/components/mod.ts";
import { ANSDecode, ANSEncode, QuantizeU8, ViewSymbolsU8 } from "../../src/systems/mod.ts";
import { type Entity, pyramidLayout } from "../../src/core/mod.ts";
import { randomFloats } from "../random.ts";

const LAYOUT = pyramidLayout("cdf53", 2, { channels: 2, width: 21, height: 13 });

function pyramidIn(world: World): Entity<WaveletPyr> {
  const ref = world.arena.allocate([LAYOUT.coefficientCount], "f32");
  world.arena.write(ref, randomFloats(LAYOUT.coefficientCount, 300, 5));
  return world.add(world.newEntity(), new WaveletPyr(ref, LAYOUT, { width: 21, height: 13 }));
}

Deno.test("ViewSymbolsU8 shows multiples as bytes around 128 and lists those that no byte holds", async () => {
  const world = new World({ arenaBytes: 2 ** 20 });
  const entity = pyramidIn(world);
  const { symbols, escapes } = await world.pipe(entity)
    .to(new QuantizeU8("forward", { step: 1 }))
    .to(new ViewSymbolsU8("forward"))
    .out(SymbolsU8);
  const multiples = world.host.view(world.get(entity as Entity, QuantizedPyr).coefficients);
  const bytes = world.host.view(symbols), large = [...multiples].filter((value) => Math.abs(value) > 127);
  assertEquals([...bytes], [...multiples].map((value) => Math.abs(value) > 127 ? 0 : value + 128));
  assertEquals([...world.host.view(escapes)], large);
  assertEquals(large.length > 0, true);
});

Deno.test("a stream of symbols that were viewed as bytes decodes to the same multiples", async () => {
  const world = new World({ arenaBytes: 2 ** 20 });
  const entity = pyramidIn(world);
  await world.pipe(entity).to(new QuantizeU8("forward", { step: 1 })).to(new ViewSymbolsU8("forward")).run();
  const expected = world.host.view(world.get(entity as Entity, QuantizedPyr).coefficients).slice();
  const viewed = world.add(world.newEntity(), world.get(entity as Entity, SymbolsU8));
  const whole = world.add(viewed, world.get(entity as Entity, QuantParams));
  const stream = await world.pipe(whole).to(new ViewSymbolsU8("inverse")).to(new ANSEncode()).out(
    ANSBitstream,
  );
  const { coefficients } = await world.pipe(world.add(world.newEntity(), stream)).to(new ANSDecode()).out(
    QuantizedPyr,
  );
  assertEquals(world.host.view(coefficients), expected);
});
