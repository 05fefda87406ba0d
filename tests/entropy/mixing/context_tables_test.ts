import { assert, assertEquals } from "@std/assert";
import {
  BIT_COST,
  CONFIDENCE,
  COUNTER_RATE,
  ENERGY_CLASS,
  LOG_FEATURE,
  SQUASH,
  SQUASH_LIMIT,
  STRETCH,
} from "../../../src/entropy/mixing/context_tables.ts";
import { log2Fixed } from "../../../src/entropy/fixed_log2.ts";

Deno.test("log2Fixed() is the logarithm rounded down, within a unit or two", () => {
  for (const value of [1, 2, 3, 5, 7, 100, 4095, 65535, 1 << 20, 2 ** 31 - 1]) {
    const exact = Math.log2(value) * 1024;
    const fixed = log2Fixed(value, 10);
    assert(fixed <= exact + 1e-6 && fixed > exact - 2.01, `${value}: ${fixed} of ${exact}`);
  }
  assertEquals(log2Fixed(8, 4), 48);
});

Deno.test("SQUASH is the logistic function, and STRETCH its inverse", () => {
  for (let x = -SQUASH_LIMIT; x < SQUASH_LIMIT; x += 61) {
    const exact = 65536 / (1 + Math.exp(-x / 256));
    assert(Math.abs(SQUASH[x + SQUASH_LIMIT] - Math.max(32, Math.min(65504, exact))) <= 1, `${x}`);
  }
  for (let p = 64; p < 4032; p += 17) {
    const exact = Math.log((p + 0.5) / (4095.5 - p)) * 256;
    assert(Math.abs(STRETCH[p] - exact) < 4, `${p}: ${STRETCH[p]} of ${exact}`);
  }
});

Deno.test("the context tables keep their golden values", () => {
  const sum = (table: ArrayLike<number>) =>
    Array.from(table).reduce((a, b, i) => (a + b * (i + 1)) % 1_000_003, 0);
  assertEquals(
    [SQUASH, STRETCH, LOG_FEATURE, ENERGY_CLASS, COUNTER_RATE, CONFIDENCE, BIT_COST].map(sum),
    [504_385, 317_760, 882_670, 916_598, 940_106, 854_592, 38_180],
  );
  assertEquals(Array.from(ENERGY_CLASS.slice(0, 12)), [0, 1, 2, 3, 4, 5, 6, 6, 7, 7, 8, 8]);
});
