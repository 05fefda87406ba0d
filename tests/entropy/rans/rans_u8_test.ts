import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  EntropyError,
  type FrequencyTable,
  frequencyTable,
  frequencyTableFromCounts,
  ransDecodeU8,
  ransEncodeU8,
} from "../../../src/entropy/mod.ts";
import { naiveInterleavedEncode } from "./_bigint_rans.ts";
import { SeededRandom } from "../_data.ts";

function tableOf(symbols: Uint8Array): FrequencyTable {
  const counts = new Uint32Array(256);
  for (const symbol of symbols) counts[symbol]++;
  return frequencyTableFromCounts(counts);
}

function modelBits(symbols: Uint8Array, table: FrequencyTable): number {
  return symbols.reduce((sum, symbol) => sum + 12 - Math.log2(table.frequencies[symbol]), 0);
}

const random = new SeededRandom(7);
const cases: [string, Uint8Array][] = [
  ["one symbol", Uint8Array.of(200)],
  ["two symbols", Uint8Array.of(3, 4)],
  ["all the same", new Uint8Array(1000).fill(9)],
  ["uniform bytes", Uint8Array.from({ length: 10_001 }, () => random.below(256))],
  ["a fair coin", Uint8Array.from({ length: 4096 }, () => random.below(2))],
  [
    "a skewed source",
    Uint8Array.from({ length: 50_003 }, () => random.below(500) === 0 ? random.below(256) : 128),
  ],
  [
    "a Laplacian",
    Uint8Array.from({ length: 30_002 }, () => 128 + Math.max(-127, Math.min(127, random.laplacian(60)))),
  ],
];

for (const [name, symbols] of cases) {
  Deno.test(`ransEncodeU8() writes the bytes of the BigInt coder, and ransDecodeU8() reads them: ${name}`, () => {
    const table = tableOf(symbols);
    const bytes = ransEncodeU8(symbols, table);
    if (symbols.length <= 10_001) {
      let start = 0;
      const intervals = Array.from(table.frequencies, (frequency) => {
        start += frequency;
        return { start: start - frequency, frequency };
      });
      assertEquals(bytes, naiveInterleavedEncode(symbols, intervals));
    }
    assertEquals(ransDecodeU8(bytes, symbols.length, table), symbols);
  });
}

Deno.test("ransEncodeU8() stays within 0.1% of its model's entropy, beside the 16 bytes of its states", () => {
  for (const [, symbols] of cases) {
    const table = tableOf(symbols);
    const bytes = ransEncodeU8(symbols, table).length;
    assert(bytes - 16 <= (modelBits(symbols, table) / 8) * 1.001 + 1, `${bytes}`);
  }
});

Deno.test("ransEncodeU8() of nothing is nothing", () => {
  const table = tableOf(Uint8Array.of(1, 2));
  assertEquals(ransEncodeU8(new Uint8Array(0), table).length, 0);
  assertEquals(ransDecodeU8(new Uint8Array(0), 0, table).length, 0);
  assertThrows(() => ransDecodeU8(Uint8Array.of(1), 0, table), EntropyError);
});

Deno.test("ransEncodeU8() keeps its golden vector", () => {
  const frequencies = new Uint16Array(256);
  frequencies.set([2048, 1024, 512, 512]);
  const table = frequencyTable(frequencies);
  const bytes = ransEncodeU8(Uint8Array.of(0, 1, 2, 3, 0, 0, 1, 0), table);
  // Lane 0 codes symbols 0 and 4: 2^15 · 2 = 2^16, again · 2 = 2^17, and so on.
  assertEquals(bytes, Uint8Array.of(0, 0, 2, 0, 0, 8, 4, 0, 0, 0x4c, 16, 0, 0, 14, 8, 0));
  assertEquals(ransDecodeU8(bytes, 8, table), Uint8Array.of(0, 1, 2, 3, 0, 0, 1, 0));
});

Deno.test("ransEncodeU8() refuses a symbol without frequency", () => {
  const error = assertThrows(
    () => ransEncodeU8(Uint8Array.of(5), tableOf(Uint8Array.of(1, 2))),
    EntropyError,
  );
  assertEquals(error.code, "entropy-bad-table");
});

Deno.test("frequencyTable() refuses frequencies that do not sum to 4096", () => {
  assertThrows(() => frequencyTable(new Uint16Array(256)), EntropyError);
  assertThrows(() => frequencyTable(new Uint16Array(255)), EntropyError);
  assertThrows(() => frequencyTable(Array.from({ length: 256 }, () => 16.5)), EntropyError);
  assertThrows(() => frequencyTableFromCounts(new Uint32Array(256)), EntropyError);
});

Deno.test("ransDecodeU8() throws when the stream is cut anywhere", () => {
  const symbols = cases[5][1].subarray(0, 3000);
  const table = tableOf(symbols);
  const bytes = ransEncodeU8(symbols, table);
  for (let length = 0; length < bytes.length; length++) {
    assertThrows(() => ransDecodeU8(bytes.subarray(0, length), symbols.length, table), EntropyError);
  }
});

Deno.test("ransDecodeU8() throws when a bit is flipped", () => {
  const symbols = cases[6][1].subarray(0, 2000);
  const table = tableOf(symbols);
  const bytes = ransEncodeU8(symbols, table);
  for (let bit = 0; bit < bytes.length * 8; bit += 3) {
    const damaged = bytes.slice();
    damaged[bit >> 3] ^= 1 << (bit & 7);
    assertThrows(() => ransDecodeU8(damaged, symbols.length, table), EntropyError);
  }
});

Deno.test("ransDecodeU8() throws when the count is wrong or absurd", () => {
  const symbols = cases[6][1].subarray(0, 2000);
  const table = tableOf(symbols);
  const bytes = ransEncodeU8(symbols, table);
  for (const count of [1999, 2001, -1, 0.5, NaN, 2 ** 40]) {
    assertThrows(() => ransDecodeU8(bytes, count, table), EntropyError);
  }
});

Deno.test("ransDecodeU8() reads nothing outside its bytes", () => {
  const symbols = cases[4][1];
  const table = tableOf(symbols);
  const bytes = ransEncodeU8(symbols, table);
  const framed = new Uint8Array(bytes.length + 32).fill(0xa5);
  framed.set(bytes, 15);
  assertEquals(ransDecodeU8(framed.subarray(15, 15 + bytes.length), symbols.length, table), symbols);
});
