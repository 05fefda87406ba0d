import { assertEquals, assertThrows } from "@std/assert";
import { EntropyError, parsePrior } from "../../../src/entropy/mod.ts";
import { readPriorPlainly } from "../../../src/entropy/latent/prior_walk.ts";

for (const name of ["vaerans-8", "vaerans-4"]) {
  const bytes = await Deno.readFile(new URL(`../../../models/${name}/prior.bin`, import.meta.url));

  Deno.test(`WebAssembly and TypeScript read the same prior of ${name}`, () => {
    assertEquals(parsePrior(bytes), readPriorPlainly(bytes.subarray(4)));
  });

  Deno.test(`both refuse the same damage of the prior of ${name}, with the same message`, () => {
    for (const place of [9, 5000, bytes.length - 40]) {
      const damaged = bytes.slice();
      damaged[place] ^= 0x55;
      const { message } = assertThrows(() => readPriorPlainly(damaged.subarray(4)), EntropyError);
      assertThrows(() => parsePrior(damaged), EntropyError, message);
    }
  });
}
