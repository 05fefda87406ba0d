import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  bandLayout,
  coefficientCount,
  decodeSections,
  encodeSections,
  EntropyError,
  sectionBands,
} from "../../../src/entropy/mod.ts";
import { areRefused, awkwardPictures, laplacianCoefficients, SeededRandom, totalBytes } from "../_data.ts";

const STATIC = { mode: "static" } as const;

Deno.test("static sections round-trip at every size, level count and density", () => {
  for (const { bands, coefficients } of awkwardPictures([1, 4])) {
    const sections = encodeSections(coefficients, bands, STATIC);
    assertEquals(decodeSections(sections, bands, STATIC), coefficients);
  }
});

Deno.test("static sections round-trip the extreme values", () => {
  const bands = bandLayout({ width: 3, height: 3, channels: 1, levels: 1 });
  const most = 2 ** 30;
  const coefficients = Int32Array.of(most, -most, most, -most, 127, -127, 128, -128, 0);
  assertEquals(decodeSections(encodeSections(coefficients, bands, STATIC), bands, STATIC), coefficients);
  assertThrows(
    () => encodeSections(coefficients.map((v) => v === most ? most + 1 : v), bands, STATIC),
    EntropyError,
  );
});

Deno.test("static sections of large bands use the interleaved coder and round-trip", () => {
  const bands = bandLayout({ width: 300, height: 300, channels: 1, levels: 1 });
  for (const percent of [5, 70]) {
    const coefficients = laplacianCoefficients(9, 90_000, percent, 1);
    assertEquals(decodeSections(encodeSections(coefficients, bands, STATIC), bands, STATIC), coefficients);
  }
});

Deno.test("a static picture of zeros costs at most a byte or two", () => {
  const bands = bandLayout({ width: 96, height: 64, channels: 4, levels: 3 });
  assert(totalBytes(encodeSections(new Int32Array(96 * 64 * 4), bands, STATIC)) <= 8);
});

Deno.test("static sections come within 2% of the entropy of a Laplacian source", () => {
  const bands = bandLayout({ width: 256, height: 256, channels: 1, levels: 2 });
  for (const percent of [10, 30, 60, 90]) {
    const theta = percent / 100;
    let entropy = 0;
    for (let m = 0; m < 900; m++) {
      const p = (1 - theta) * theta ** m * (m === 0 ? 1 : 0.5);
      if (p > 0) entropy -= (m === 0 ? 1 : 2) * p * Math.log2(p);
    }
    const bytes = totalBytes(encodeSections(laplacianCoefficients(4, 65_536, percent), bands, STATIC));
    assert(bytes < ((entropy * 65_536) / 8) * 1.02, `${percent}: ${bytes} of ${(entropy * 65_536) / 8}`);
  }
});

Deno.test("a prefix of the static sections decodes to the coarser bands, the rest 0", () => {
  const bands = bandLayout({ width: 50, height: 45, channels: 2, levels: 3 });
  const coefficients = laplacianCoefficients(2, coefficientCount(bands), 50);
  const sections = encodeSections(coefficients, bands, STATIC);
  assertEquals(sections.length, 3);
  for (let count = 0; count <= 3; count++) {
    const expected = new Int32Array(coefficients.length);
    for (let k = 0; k < count; k++) {
      for (const { offset, width, height } of sectionBands(bands, k)) {
        expected.set(coefficients.subarray(offset, offset + width * height), offset);
      }
    }
    assertEquals(decodeSections(sections.slice(0, count), bands, STATIC), expected);
  }
});

Deno.test("decodeSections() names the damaged section", () => {
  const bands = bandLayout({ width: 50, height: 45, channels: 2, levels: 3 });
  const sections = encodeSections(laplacianCoefficients(2, coefficientCount(bands), 50), bands, STATIC);
  sections[2] = sections[2].subarray(0, sections[2].length - 1);
  const error = assertThrows(() => decodeSections(sections, bands, STATIC), EntropyError, "section 2");
  assertEquals(error.section, 2);
});

Deno.test("decodeSections() refuses more sections than the bands have", () => {
  const bands = bandLayout({ width: 2, height: 2, channels: 1, levels: 0 });
  assertThrows(() => decodeSections([new Uint8Array(0), new Uint8Array(0)], bands, STATIC), EntropyError);
});

Deno.test("damaged static sections throw EntropyError or give values in range", () => {
  const random = new SeededRandom(11);
  const bands = bandLayout({ width: 50, height: 31, channels: 3, levels: 2 });
  for (let round = 0; round < 120; round++) {
    const coefficients = laplacianCoefficients(round + 1, coefficientCount(bands), 10 + random.below(80), 2);
    const sections = encodeSections(coefficients, bands, STATIC).map((bytes) => {
      const changed = Uint8Array.from(bytes);
      for (let k = random.below(3); k > 0 && changed.length > 0; k--) {
        changed[random.below(changed.length)] ^= 1 << random.below(8);
      }
      return changed.subarray(0, changed.length - random.below(2) * random.below(changed.length + 1));
    });
    areRefused(sections, bands, STATIC);
  }
});

Deno.test("random bytes as static sections throw EntropyError or give values in range", () => {
  const random = new SeededRandom(12);
  const bands = bandLayout({ width: 16, height: 16, channels: 2, levels: 1 });
  for (let round = 0; round < 2000; round++) {
    const sections = [Uint8Array.from({ length: random.below(80) }, () => random.below(256))];
    areRefused(sections, bands, STATIC);
  }
});
