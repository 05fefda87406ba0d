import { assertEquals, assertThrows } from "@std/assert";
import { EntropyError } from "../../../src/entropy/errors.ts";
import { checkDecisions, DecisionRecorder } from "../../../src/entropy/rans/rans_single_encode.ts";
import { randomSource } from "../../random.ts";

const BITS = 16;

/** Decisions of two outcomes, and their stream. */
function coded(count: number): { bytes: Uint8Array; decisions: Uint32Array } {
  const next = randomSource(count), recorder = new DecisionRecorder(BITS);
  const decisions = Uint32Array.from({ length: count }, () => {
    const zeroSlots = 32 + Math.floor(next() * 65_000), isZero = next() < 0.5;
    const [start, frequency] = isZero ? [0, zeroSlots] : [zeroSlots, 65_536 - zeroSlots];
    recorder.push(start, frequency);
    return (frequency << 16) | start;
  });
  return { bytes: recorder.finish(), decisions };
}

Deno.test("checkDecisions() accepts the stream of the decisions", () => {
  for (const count of [0, 1, 2, 50, 5000]) {
    const { bytes, decisions } = coded(count);
    checkDecisions(bytes, decisions, BITS);
    assertEquals(decisions.length, count);
  }
});

Deno.test("checkDecisions() throws entropy-unverified if any bit of the stream or any decision differs", () => {
  const { bytes, decisions } = coded(400);
  const refuses = (stream: Uint8Array, wanted: Uint32Array) => {
    const error = assertThrows(() => checkDecisions(stream, wanted, BITS), EntropyError);
    assertEquals(error.code, "entropy-unverified");
  };
  for (let bit = 0; bit < 8 * bytes.length; bit++) {
    const damaged = bytes.slice();
    damaged[bit >> 3] ^= 1 << (bit & 7);
    refuses(damaged, decisions);
  }
  for (let i = 0; i < decisions.length; i += 7) {
    const other = decisions.slice(), start = other[i] & 0xffff, frequency = other[i] >>> 16;
    other[i] = start === 0 ? ((65_536 - frequency) << 16) | frequency : start << 16;
    refuses(bytes, other);
  }
  refuses(bytes.subarray(0, -1), decisions);
});
