import { assert, assertEquals } from "@std/assert";
import { codeLengths, codeWords } from "../../../src/image/deflate/huffman.ts";
import { randomSource } from "../../random.ts";

function lengthsOf(counts: readonly number[], limit: number): Uint8Array {
  const lengths = new Uint8Array(counts.length);
  codeLengths(counts, limit, lengths);
  return lengths;
}

/** Bits of all symbols by the best code without a limit. */
function leastBits(counts: readonly number[]): number {
  const weights = counts.filter((count) => count > 0);
  let bits = 0;
  while (weights.length > 1) {
    weights.sort((a, b) => b - a);
    const sum = weights.pop()! + weights.pop()!;
    bits += sum;
    weights.push(sum);
  }
  return bits;
}

Deno.test("codeLengths() gives complete codes within the limit, as short as possible where it does not bind", () => {
  const random = randomSource(3);
  for (let round = 0; round < 300; round++) {
    const skew = 1 + random() * 12, limit = round % 2 ? 15 : 7;
    const counts = Array.from(
      { length: limit === 15 ? 286 : 19 },
      () => random() < 0.3 ? 0 : Math.floor(random() ** skew * 1e5),
    );
    const lengths = lengthsOf(counts, limit);
    assertEquals(lengths.reduce((sum, bits) => sum + (bits > 0 ? 2 ** -bits : 0), 0), 1);
    assert(lengths.every((bits) => bits <= limit));
    if (Math.max(...lengths) < limit) {
      assertEquals(lengths.reduce((sum, bits, i) => sum + bits * counts[i], 0), leastBits(counts));
    }
  }
});

Deno.test("codeLengths() gives two symbols where fewer occur", () => {
  assertEquals([...lengthsOf([0, 0, 0], 15)], [1, 1, 0]);
  assertEquals([...lengthsOf([0, 0, 5], 15)], [1, 0, 1]);
  assertEquals([...lengthsOf([5, 0, 0], 15)], [1, 1, 0]);
});

Deno.test("codeLengths() keeps Fibonacci counts within the limit", () => {
  const counts = [1, 1];
  while (counts.length < 30) counts.push(counts.at(-1)! + counts.at(-2)!);
  const lengths = lengthsOf(counts, 15);
  assertEquals(Math.max(...lengths), 15);
  assertEquals(lengths.reduce((sum, bits) => sum + 2 ** -bits, 0), 1);
});

Deno.test("codeWords() gives RFC 1951's example, first bit lowest", () => {
  // Section 3.2.2: lengths 3, 3, 3, 3, 3, 2, 4, 4 have the words 010, 011, 100, 101, 110, 00, 1110, 1111.
  assertEquals([...codeWords(Uint8Array.of(3, 3, 3, 3, 3, 2, 4, 4))], [
    0b010,
    0b110,
    0b001,
    0b101,
    0b011,
    0b00,
    0b0111,
    0b1111,
  ]);
});
