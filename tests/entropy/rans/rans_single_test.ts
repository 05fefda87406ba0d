import { assert, assertEquals, assertThrows } from "@std/assert";
import { EntropyError } from "../../../src/entropy/mod.ts";
import { DecisionReader } from "../../../src/entropy/rans/rans_single_decode.ts";
import { DecisionRecorder } from "../../../src/entropy/rans/rans_single_encode.ts";
import { bigRansEncode, type Interval } from "./_bigint_rans.ts";
import { SeededRandom } from "../_data.ts";

/** Random binary decisions: the interval taken of two, split at a random place. */
function decisions(seed: number, count: number, bits: number): { split: number; one: boolean }[] {
  const random = new SeededRandom(seed);
  const total = 1 << bits;
  return Array.from({ length: count }, () => {
    const split = 1 + random.below(total - 1);
    return { split, one: random.below(total) >= split };
  });
}

function intervalOf(decision: { split: number; one: boolean }, bits: number): Interval {
  return decision.one
    ? { start: decision.split, frequency: (1 << bits) - decision.split }
    : { start: 0, frequency: decision.split };
}

for (const bits of [1, 8, 12, 16]) {
  Deno.test(`DecisionRecorder and DecisionReader agree at ${bits} bits`, () => {
    for (const count of [0, 1, 2, 17, 5000]) {
      const sent = decisions(count + bits, count, bits);
      const recorder = new DecisionRecorder(bits);
      for (const decision of sent) {
        const { start, frequency } = intervalOf(decision, bits);
        recorder.push(start, frequency);
      }
      const bytes = recorder.finish();
      const reader = new DecisionReader(bytes, bits);
      for (const decision of sent) {
        assertEquals(reader.peek() >= decision.split, decision.one);
        const { start, frequency } = intervalOf(decision, bits);
        reader.advance(start, frequency);
      }
      reader.finish();
      if (count === 5000) {
        const cost = sent.reduce((sum, d) => sum + bits - Math.log2(intervalOf(d, bits).frequency), 0) / 8;
        assert(bytes.length <= cost * 1.001 + 4, `${bytes.length} for ${cost}`);
      }
    }
  });
}

Deno.test("DecisionRecorder writes the BigInt coder's state while nothing has been moved out", () => {
  const sent = decisions(5, 40, 2).filter((_, i) => i < 12);
  const recorder = new DecisionRecorder(2);
  for (const decision of sent) {
    const { start, frequency } = intervalOf(decision, 2);
    recorder.push(start, frequency);
  }
  const expected = bigRansEncode(sent.map((d) => intervalOf(d, 2)), 2, 0n);
  assert(expected < 1n << 31n);
  const bytes = recorder.finish();
  assertEquals(bytes.reduceRight((value, byte) => value * 256n + BigInt(byte), 0n), expected);
});

Deno.test("DecisionRecorder spends nothing on decisions that start at 0", () => {
  const recorder = new DecisionRecorder(16);
  for (let i = 0; i < 1000; i++) recorder.push(0, 40_000);
  assertEquals(recorder.finish(), new Uint8Array(0));
});

Deno.test("DecisionReader refuses first states that no encoder writes, and wrong ends", () => {
  assertThrows(() => new DecisionReader(Uint8Array.of(0, 0, 0, 0x80), 12), EntropyError);
  assertThrows(() => new DecisionReader(Uint8Array.of(1, 0), 12), EntropyError);
  assertThrows(() => new DecisionReader(Uint8Array.of(1, 1, 1, 0, 9), 12), EntropyError);
  assertThrows(() => new DecisionReader(Uint8Array.of(1), 12).finish(), EntropyError);
});
