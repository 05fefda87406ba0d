/** The subband coder in WebAssembly against the one in TypeScript: bytes, values and errors must be the same. */

import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { bandLayout, type BandShape } from "../../../src/entropy/mod.ts";
import { sectionBands, sectionCount } from "../../../src/entropy/bands.ts";
import { PROBABILITY_BITS } from "../../../src/entropy/mixing/context_tables.ts";
import { encodeDecisions } from "../../../src/entropy/rans/rans_single_encode.ts";
import { SUBBAND_ADDRESSES } from "../../../src/entropy/subband/subband_block.ts";
import { type SubbandEngine, TypeScriptSubbandEngine } from "../../../src/entropy/subband/subband_engine.ts";
import { WasmSubbandEncoder } from "../../../src/entropy/subband/wasm_subband_encoder.ts";
import { SUBBAND_DECODING_WASM } from "../../../src/entropy/subband/subband_decoding_wasm.ts";
import { SubbandInstances } from "../../../src/entropy/subband/wasm_subband_engine.ts";
import { compiledIfCan } from "../../../src/host/wasm.ts";
import { AWKWARD_SIZES, randomSource } from "../../random.ts";
import { outcomeOf, regionalValues, unrelatedBands } from "../_data.ts";

const module = compiledIfCan(SUBBAND_DECODING_WASM)!; // the tests' runtime has SIMD
const instances = new SubbandInstances(module);

const ENGINES: readonly ((isTrellis: boolean) => SubbandEngine)[] = [
  (isTrellis) => new TypeScriptSubbandEngine(isTrellis),
  (isTrellis) => new WasmSubbandEncoder(instances, isTrellis),
];

/** Sizes of values: most are zero, they suit a picture, they have many bits, they are the largest. */
const SIZES = [1.2, 6, 3000, 2 ** 30];

/** Bands of one picture, and values for them. */
interface Subject {
  readonly bands: readonly BandShape[];
  readonly values: Int32Array;
}

/** Runs the same with both engines and gives both results. */
function withBoth<T>(run: (engine: SubbandEngine) => T, isTrellis = false): [T, T] {
  return ENGINES.map((make) => {
    const engine = make(isTrellis);
    try {
      return run(engine);
    } finally {
      engine.release();
    }
  }) as [T, T];
}

function encode(engine: SubbandEngine, values: Int32Array, bands: readonly BandShape[]): Uint8Array {
  return encodeDecisions(engine.record(values, bands), PROBABILITY_BITS);
}

function sectionsOf(bands: readonly BandShape[]): BandShape[][] {
  return Array.from({ length: sectionCount(bands) }, (_, i) => sectionBands(bands, i));
}

function subjects(): Subject[] {
  const next = randomSource(11), all: Subject[] = [];
  for (const [width, height] of [...AWKWARD_SIZES, [96, 64], [1100, 5], [2, 700]]) {
    for (const size of [SIZES[all.length % 4], SIZES[(all.length + 2) % 4]]) {
      const bands = bandLayout({
        width,
        height,
        channels: 1 + Math.floor(next() * 4),
        levels: 1 + Math.floor(next() * 5),
      });
      all.push({ bands, values: regionalValues(bands, size, next) });
    }
  }
  for (let i = 0; i < 20; i++) {
    const bands = unrelatedBands(next);
    all.push({ bands, values: regionalValues(bands, SIZES[i % 4], next) });
  }
  return all;
}

/** Values that an engine chooses, and their sections. */
function chosenBy(engine: SubbandEngine, scaled: Int32Array, bands: readonly BandShape[], lambda: number) {
  const chosen = new Int32Array(scaled.length);
  const sections = sectionsOf(bands).map((section, i) =>
    encodeDecisions(
      engine.choose(scaled, chosen, section, section.map(() => lambda >> i)),
      PROBABILITY_BITS,
    )
  );
  return { chosen, sections };
}

/** Decodes a section of damaged bytes, and says what came of it. */
function decodeOutcome(
  engine: SubbandEngine,
  bytes: Uint8Array,
  { bands, values }: Subject,
): Int32Array | string {
  return outcomeOf(() => {
    const decoded = new Int32Array(values.length);
    engine.decode(bytes, decoded, bands);
    return decoded;
  });
}

Deno.test("both subband engines give the same bytes, and each decodes them, for bands of any size and value", () => {
  for (const { bands, values } of subjects()) {
    const [expected, actual] = withBoth((engine) => {
      const coded = values.slice();
      const sections = sectionsOf(bands).map((section) => outcomeOf(() => encode(engine, coded, section)));
      return { sections, coded };
    });
    assertEquals(actual, expected);
    if (expected.sections.some((section) => typeof section === "string")) continue;
    const decoded = withBoth((engine) => {
      const decoded = new Int32Array(values.length);
      sectionsOf(bands).forEach((section, i) =>
        engine.decode(expected.sections[i] as Uint8Array, decoded, section)
      );
      return decoded;
    });
    assertEquals(decoded, [values, values]);
  }
});

Deno.test("both subband engines choose the same values by cost, at any lambda", () => {
  const next = randomSource(12);
  for (const { bands, values } of subjects()) {
    const scaled = values.map((value) => Math.round(value * 20 + 60 * (next() - 0.5)));
    if (next() < 0.2 && scaled.length > 0) scaled[0] = 2 ** 31 - 1;
    const lambda = [0, 410, 65_536][Math.floor(next() * 3)];
    const [expected, actual] = withBoth((engine) => chosenBy(engine, scaled, bands, lambda));
    assertEquals(actual, expected);
  }
});

Deno.test("both subband engines choose the same way through the trellis, give the same bytes and decode them", () => {
  const next = randomSource(15);
  for (const { bands, values } of subjects()) {
    const scaled = values.map((value) => Math.round(value * 20 + 60 * (next() - 0.5)));
    if (next() < 0.2 && scaled.length > 0) scaled[scaled.length - 1] = 2 ** 31 - 1;
    const lambda = [0, 1625, 65_536][Math.floor(next() * 3)];
    const [expected, actual] = withBoth((engine) => chosenBy(engine, scaled, bands, lambda), true);
    assertEquals(actual, expected);
    const { chosen, sections } = expected;
    const coded = withBoth((engine) => {
      const coded = chosen.slice();
      return sectionsOf(bands).map((section) => encode(engine, coded, section));
    }, true);
    assertEquals(coded, [sections, sections]);
    const decoded = withBoth((engine) => {
      const decoded = new Int32Array(values.length);
      sectionsOf(bands).forEach((section, i) => engine.decode(sections[i], decoded, section));
      return decoded;
    }, true);
    assertEquals(decoded, [chosen, chosen]);
  }
});

Deno.test("the way through the trellis costs less than rounding does in error, if bits cost nothing", () => {
  const bands = bandLayout({ width: 160, height: 128, channels: 1, levels: 1 }), next = randomSource(16);
  const scaled = regionalValues(bands, 3000, next), chosen = new Int32Array(scaled.length);
  const engine = new TypeScriptSubbandEngine(true);
  engine.choose(scaled, chosen, bands, bands.map(() => 0));
  let error = 0, count = 0;
  for (let i = bands[1].offset; i < scaled.length; i++, count++) error += (scaled[i] / 64 - chosen[i]) ** 2;
  // A quantiser of single coefficients with as many levels has steps of two half steps: an error of 4 / 12.
  assert(error / count < 0.9 * 4 / 12, `${error / count}`);
});

Deno.test("both subband engines refuse a value that its quantiser of the trellis does not have", () => {
  const bands = bandLayout({ width: 8, height: 8, channels: 1, levels: 1 });
  const values = new Int32Array(64);
  values[20] = 1;
  const [expected, actual] = withBoth(
    (engine) => outcomeOf(() => encode(engine, values.slice(), bands)),
    true,
  );
  assertEquals(actual, expected);
  assert(typeof expected === "string" && expected.includes("must be one of them (got 1)"), `${expected}`);
});

Deno.test("both subband engines decode damaged and random bytes to the same values or the same error", () => {
  const next = randomSource(13);
  const layout = { width: 37, height: 26, channels: 3, levels: 2 };
  let refused = 0, decoded = 0;
  for (let round = 0; round < 24; round++) {
    const bands = round % 3 === 0 ? unrelatedBands(next) : bandLayout(layout);
    const values = regionalValues(bands, SIZES[round % 4], next), subject = { bands, values };
    const [whole] = withBoth((engine) => outcomeOf(() => encode(engine, values.slice(), bands)));
    for (let k = 0; k < 8; k++) {
      let bytes = typeof whole === "string" ? new Uint8Array(50) : whole.slice();
      if (k === 0) bytes = Uint8Array.from({ length: next() * 300 }, () => 256 * next());
      else if (k === 1) bytes = bytes.subarray(0, next() * bytes.length);
      else if (k === 2) bytes.fill(255, 4);
      else if (k === 3) bytes = bytes.subarray(0, 4);
      else if (bytes.length > 0) bytes[Math.floor(next() * bytes.length)] ^= 1 << Math.floor(next() * 8);
      const isTrellis = k % 2 === 1;
      const [expected, actual] = withBoth((engine) => decodeOutcome(engine, bytes, subject), isTrellis);
      assertEquals(actual, expected);
      if (typeof expected === "string") refused++;
      else decoded++;
    }
  }
  assert(refused > 80 && decoded > 4, `${refused} refused, ${decoded} decoded`);
});

Deno.test("pictures coded in turns on one thread do not disturb each other", () => {
  const next = randomSource(14);
  const bands = bandLayout({ width: 90, height: 70, channels: 3, levels: 3 });
  const [a, b] = [regionalValues(bands, 6, next), regionalValues(bands, 3000, next)];
  const alone = [a, b].map((values) =>
    withBoth((engine) => sectionsOf(bands).map((section) => encode(engine, values, section)))[0]
  );
  const engines = [a, b].map(() => new WasmSubbandEncoder(instances));
  const together: Uint8Array[][] = [[], []];
  for (const section of sectionsOf(bands)) {
    [a, b].forEach((values, i) => together[i].push(encode(engines[i], values, section)));
  }
  engines.forEach((engine) => engine.release());
  assertEquals(together, alone);
});

Deno.test("a released instance is used again unless its memory has become large", () => {
  const instances = new SubbandInstances(module);
  const first = instances.take();
  instances.giveBack(first);
  assertStrictEquals(instances.take(), first);
  first.memory.grow(1024);
  instances.giveBack(first);
  assert(instances.take() !== first);
});

Deno.test("the regions of the subband coder's memory begin cache lines and do not meet", () => {
  const addresses = Object.values(SUBBAND_ADDRESSES);
  assertEquals(addresses.every((address) => address % 64 === 0), true);
  assertEquals(addresses, addresses.toSorted((a, b) => a - b));
});
