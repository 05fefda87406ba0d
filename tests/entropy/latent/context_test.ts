import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  bandLayout,
  coefficientCount,
  type ContextPrior,
  decodeSections,
  encodeSections,
  EntropyError,
  parsePrior,
  sectionBands,
  sectionCount,
  serialisePrior,
} from "../../../src/entropy/mod.ts";
import { trainPrior } from "../../../scripts/prior/train_prior.ts";
import { areRefused, awkwardPictures, laplacianCoefficients, SeededRandom, totalBytes } from "../_data.ts";

const CONTEXT = { mode: "context" } as const;

/** A picture whose detail clusters in a disc, as edges do. */
function clusteredPicture(seed: number, width: number, height: number): {
  coefficients: Int32Array;
  bands: ReturnType<typeof bandLayout>;
} {
  const random = new SeededRandom(seed);
  const bands = bandLayout({ width, height, channels: 3, levels: 3 });
  const coefficients = new Int32Array(coefficientCount(bands));
  const centreX = random.below(100) / 100;
  const centreY = random.below(100) / 100;
  for (const band of bands) {
    for (let i = 0; i < band.width * band.height; i++) {
      const dx = (i % band.width) / band.width - centreX;
      const dy = Math.trunc(i / band.width) / band.height - centreY;
      const busy = dx * dx + dy * dy < 0.1;
      coefficients[band.offset + i] = random.laplacian(busy ? 60 : 3) + (band.orientation === 0 ? 20 : 0);
    }
  }
  return { coefficients, bands };
}

function smallPrior(): ContextPrior {
  return parsePrior(trainPrior([1, 2, 3, 4].map((seed) => clusteredPicture(seed, 64, 48))));
}

Deno.test("context sections round-trip at every size, level count and density", () => {
  for (const { bands, coefficients } of awkwardPictures([1, 5])) {
    const sections = encodeSections(coefficients, bands, CONTEXT);
    assertEquals(decodeSections(sections, bands, CONTEXT), coefficients);
  }
});

Deno.test("context sections round-trip with 16 channels and with a prior", () => {
  const prior = smallPrior();
  const bands = bandLayout({ width: 21, height: 18, channels: 16, levels: 2 });
  const coefficients = laplacianCoefficients(8, coefficientCount(bands), 50);
  const sections = encodeSections(coefficients, bands, { ...CONTEXT, prior });
  assertEquals(decodeSections(sections, bands, { ...CONTEXT, prior }), coefficients);
});

Deno.test("context sections round-trip the extreme values", () => {
  const most = 2 ** 30;
  for (const levels of [0, 1]) {
    const bands = bandLayout({ width: 3, height: 3, channels: 1, levels });
    const coefficients = Int32Array.of(most, -most, most, -most, most, -most, most - 1, 1 - most, 0);
    assertEquals(decodeSections(encodeSections(coefficients, bands, CONTEXT), bands, CONTEXT), coefficients);
  }
});

Deno.test("a context-coded picture of zeros costs at most a few bytes", () => {
  const bands = bandLayout({ width: 96, height: 64, channels: 4, levels: 3 });
  assert(totalBytes(encodeSections(new Int32Array(96 * 64 * 4), bands, CONTEXT)) <= 12);
});

Deno.test("context mode beats static mode by 15% where detail clusters", () => {
  const { coefficients, bands } = clusteredPicture(77, 96, 64);
  const context = totalBytes(encodeSections(coefficients, bands, CONTEXT));
  const fixed = totalBytes(encodeSections(coefficients, bands, { mode: "static" }));
  assert(context < fixed * 0.85, `${context} of ${fixed}`);
});

Deno.test("a prior learned on like pictures saves bytes on a small one", () => {
  const prior = smallPrior();
  const { coefficients, bands } = clusteredPicture(99, 16, 16);
  const cold = totalBytes(encodeSections(coefficients, bands, CONTEXT));
  const warm = totalBytes(encodeSections(coefficients, bands, { ...CONTEXT, prior }));
  assert(warm < cold * 0.9, `${warm} of ${cold}`);
});

Deno.test("a prefix of the context sections decodes to the coarser bands, the rest 0", () => {
  const { coefficients, bands } = clusteredPicture(5, 64, 48);
  const sections = encodeSections(coefficients, bands, CONTEXT);
  assertEquals(sections.length, sectionCount(bands));
  for (let count = 0; count <= sections.length; count++) {
    const expected = new Int32Array(coefficients.length);
    for (let k = 0; k < count; k++) {
      for (const { offset, width, height } of sectionBands(bands, k)) {
        expected.set(coefficients.subarray(offset, offset + width * height), offset);
      }
    }
    assertEquals(decodeSections(sections.slice(0, count), bands, CONTEXT), expected);
  }
});

Deno.test("decodeSections() in context mode names the damaged section", () => {
  const { coefficients, bands } = clusteredPicture(6, 64, 48);
  const sections = encodeSections(coefficients, bands, CONTEXT);
  const last = sections.length - 1;
  sections[last] = sections[last].subarray(0, sections[last].length - 1);
  const error = assertThrows(() => decodeSections(sections, bands, CONTEXT), EntropyError, `section ${last}`);
  assertEquals(error.section, last);
});

Deno.test("a flipped bit in a context section is nearly always noticed", () => {
  const { coefficients, bands } = clusteredPicture(7, 32, 32);
  const sections = encodeSections(coefficients, bands, CONTEXT);
  assertEquals(sections.length, 1);
  let silent = 0;
  const bits = sections[0].length * 8;
  for (let bit = 0; bit < bits; bit += 23) {
    const damaged = sections[0].slice();
    damaged[bit >> 3] ^= 1 << (bit & 7);
    if (!areRefused([damaged], bands, CONTEXT)) silent++;
  }
  assert(silent <= bits / 23 / 10, `${silent} of ${bits / 23}`);
});

Deno.test("random bytes as context sections throw EntropyError or give values in range", () => {
  const random = new SeededRandom(12);
  const bands = bandLayout({ width: 16, height: 16, channels: 2, levels: 1 });
  for (let round = 0; round < 300; round++) {
    areRefused([Uint8Array.from({ length: random.below(80) }, () => random.below(256))], bands, CONTEXT);
  }
});

Deno.test("the same coefficients give the same bytes: a checksum over a large picture", () => {
  const { coefficients, bands } = clusteredPicture(1234, 96, 64);
  let hash = 0x811c9dc5;
  for (const section of encodeSections(coefficients, bands, { ...CONTEXT, prior: smallPrior() })) {
    for (const byte of section) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  }
  assertEquals(hash.toString(16), "8bd08296");
});

Deno.test("serialisePrior() and parsePrior() keep what the coder needs, under 100 kB", () => {
  const bytes = trainPrior([clusteredPicture(1, 64, 48)]);
  assert(bytes.length < 100_000);
  const prior = parsePrior(bytes);
  const again = parsePrior(serialisePrior(prior));
  assertEquals(again.counters.length, prior.counters.length);
  assertEquals(again.directCounts, prior.directCounts);
  assertEquals(again.mixerWeights, prior.mixerWeights);
  assertEquals(again.directWeights, prior.directWeights);
});

Deno.test("serialisePrior() keeps counters that are all but certain on their side", () => {
  const prior = parsePrior(trainPrior([]));
  const counters = prior.counters.slice();
  counters[0] = (0x3fffff << 10) | 12;
  counters[1] = (1 << 10) | 12;
  const kept = parsePrior(serialisePrior({ ...prior, counters })).counters;
  assert(kept[0] >>> 10 > 0.99 * 2 ** 22);
  assert(kept[1] >>> 10 < 0.01 * 2 ** 22);
  assertEquals(kept[2], prior.counters[2]);
});

Deno.test("parsePrior() refuses strange, cut and changed bytes", () => {
  const bytes = trainPrior([clusteredPicture(1, 32, 32)]);
  const refuse = (changed: Uint8Array) => {
    const error = assertThrows(() => parsePrior(changed), EntropyError);
    assertEquals(error.code, "entropy-bad-prior");
  };
  refuse(new Uint8Array(0));
  refuse(Uint8Array.of(1, 2, 3, 4, 5));
  refuse(bytes.subarray(0, bytes.length - 1));
  refuse(bytes.map((byte, i) => i === 40 ? byte ^ 4 : byte));
});

Deno.test("encodeSections() refuses an unknown mode", () => {
  const bands = bandLayout({ width: 1, height: 1, channels: 1, levels: 0 });
  const mode = "arithmetic" as unknown as "static";
  assertThrows(() => encodeSections(new Int32Array(1), bands, { mode }), EntropyError, "mode");
});
