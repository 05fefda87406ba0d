import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { compress, decompress } from "../../mod.ts";
import { readSampleValues } from "../../src/codec/streams/sample_values_section.ts";
import { sampleValuesSection } from "../../src/codec/streams/sample_values_writing.ts";
import { bandLayout, CODERS, decodeSections, encodeSections } from "../../src/entropy/mod.ts";
import type { EntropyMode } from "../../src/entropy/coder.ts";
import { CONTEXT_MODEL_SHAPE, COUNTERS, DIRECTS, MIXERS } from "../../src/entropy/latent/context_layout.ts";
import { TAP_PAIRS } from "../../src/entropy/latent/net_taps.ts";
import { frequencyTable } from "../../src/entropy/rans/frequency_table.ts";
import { DecisionReader } from "../../src/entropy/rans/rans_single_decode.ts";
import { encodeDecisions } from "../../src/entropy/rans/rans_single_encode.ts";
import { ransDecodeU8 } from "../../src/entropy/rans/rans_u8_decode.ts";
import { ransEncodeU8 } from "../../src/entropy/rans/rans_u8_encode.ts";
import { readVarint, varintBytes } from "../../src/entropy/varint.ts";
import {
  type ContainerHeader,
  type ContainerSection,
  crc32c,
  LATENT_SECTION,
  METADATA_NAMES,
  METADATA_SECTION,
  parseHead,
  parseSectionAt,
  present,
  readContainer,
  SAMPLE_VALUES_SECTION,
  writeContainer,
} from "../../src/format/mod.ts";
import { littleEndian } from "../../src/format/cursor.ts";
import { thumbnailBytes } from "../../src/thumbnail/thumbnail_bytes.ts";
import { thumbnailSamples } from "../../src/thumbnail/thumbnail_samples.ts";
import { synthesisNorm, WAVELETS } from "../../src/wavelets/mod.ts";
import { bytesOf, fencedBlocks, specificationPages, tableRows } from "./specification.ts";
import { HEADER } from "../format/_header.ts";

const pages = await specificationPages();
const hexBlocks = fencedBlocks(pages.values(), "hex");
const decisionBlocks = fencedBlocks(pages.values(), "decisions");

/** What an example of the pages shows. */
interface Example {
  /** The bytes that the code writes. */
  write(): Uint8Array | Promise<Uint8Array>;
  /** Reads the page's bytes; throws if they do not mean what was written. */
  read(bytes: Uint8Array): void | Promise<void>;
  /** Bytes before the stream of the decisions. */
  readonly streamStart?: number;
}

const LOSSLESS_HEADER: ContainerHeader = {
  ...HEADER,
  width: 3000,
  height: 2000,
  modelId: 3,
  modelFingerprint: 0,
  levels: 5,
  stepCode: 0,
  quality: 0,
  grey: true,
  bitDepth: 16,
  alphaBound: 0,
  tileSide: 1024,
};

const REDUCED_HEADER: ContainerHeader = {
  ...HEADER,
  width: 1024,
  height: 768,
  quality: 0,
  reduction: 2,
};
/** Grey, brighter from left to right. */
const SLOPE = Uint8ClampedArray.from({ length: 24 }, (_, i) => i % 4 === 3 ? 255 : 100 + 28 * ((i >> 2) % 3));

function headerExample(header: ContainerHeader): Example {
  return {
    write: () => writeContainer(header, []),
    read: (bytes) => assertEquals(present(parseHead(bytes)).header, header),
  };
}

function sectionExample(section: ContainerSection): Example {
  const head = writeContainer(HEADER, []);
  return {
    write: () => writeContainer(HEADER, [section]).subarray(head.length),
    read: (bytes) => {
      assertEquals(present(parseSectionAt(bytes, 0, 0)).section, section);
      const covered = bytes.length - 4;
      assertEquals(bytes.subarray(covered), littleEndian(crc32c(bytes.subarray(0, covered)), 4));
    },
  };
}

function packetExample(
  mode: EntropyMode,
  size: { width: number; height: number; channels?: number; levels: number },
  values: readonly number[],
): Example {
  const bands = bandLayout({ channels: 1, ...size });
  return {
    write: () => encodeSections(Int32Array.from(values), bands, { mode })[0],
    read: (bytes) => assertEquals([...decodeSections([bytes], bands, { mode })], [...values]),
    streamStart: mode === "subband" && size.levels === 0 ? 1 : 0,
  };
}

const ONE = { width: 1, height: 1, levels: 0 }, TWO = { width: 2, height: 2, levels: 1 };
const FOUR = { width: 4, height: 4, levels: 1 };
const FOUR_VALUES = [9, 8, 7, 300, 0, 1, -1, 0, 0, 0, 0, 0, 0, 2, 0, 0];
const TRELLIS_VALUES = [9, 8, 7, 300, 0, 2, -2, -3, 0, 0, 2, 0, 4, 2, 4, 1];

const STARTS_AND_FREQUENCIES = [[0, 2048], [2048, 1024], [0, 2048], [3072, 1024]] as const;
const MESSAGE = Uint8Array.of(0, 1, 2, 3, 0, 0, 1, 0);
const MESSAGE_TABLE = frequencyTable(
  Uint16Array.from({ length: 256 }, (_, symbol) => [2048, 1024, 512, 512][symbol] ?? 0),
);

const PIXELS = Uint8ClampedArray.of(
  130,
  128,
  127,
  255,
  129,
  128,
  128,
  255,
  130,
  129,
  128,
  255,
  128,
  128,
  128,
  255,
);

const SAMPLE_VALUES = [Uint16Array.of(3, 5, 9), Uint16Array.of(0, 1), Uint16Array.of(0, 1)];

const EXAMPLES: { readonly [name: string]: Example } = {
  varint: {
    write: () => Uint8Array.from(varintBytes(300)),
    read: (bytes) => {
      let next = 0;
      assertEquals([readVarint(() => bytes[next++]), next], [300, bytes.length]);
    },
  },
  "header-latent": headerExample(HEADER),
  "header-lossless": headerExample(LOSSLESS_HEADER),
  "header-reduced": headerExample(REDUCED_HEADER),
  thumbnail: {
    write: () => thumbnailBytes({ data: SLOPE, width: 3, height: 2 }, 24),
    read: (bytes) => {
      const shown = thumbnailSamples(bytes, { width: 3, height: 2 });
      SLOPE.forEach((sample, i) => assertAlmostEquals(shown[i], sample, 4));
    },
  },
  section: sectionExample({ kind: LATENT_SECTION, payload: Uint8Array.of(1, 2, 3) }),
  cicp: sectionExample({
    kind: METADATA_SECTION + 2 * METADATA_NAMES.indexOf("cicp"),
    payload: Uint8Array.of(12, 13, 0, 1),
  }),
  "sample-values": {
    write: () => sampleValuesSection(SAMPLE_VALUES).payload,
    read: (bytes) => {
      const section = { kind: SAMPLE_VALUES_SECTION, payload: bytes };
      assertEquals(readSampleValues(3, 8, [section]), SAMPLE_VALUES);
    },
  },
  "file-lossless": {
    write: () => compress({ data: PIXELS, width: 2, height: 2 }, { lossless: true }),
    read: async (bytes) => {
      assertEquals((await decompress(bytes)).data, PIXELS);
      const { sections } = readContainer(bytes), rgb = PIXELS.filter((_, i) => i % 4 < 3);
      assertEquals(sections[1].payload, littleEndian(crc32c(Uint8Array.from(rgb)), 4));
      assertEquals(sections[0].payload, bytesOf(hexBlocks.get("lossless-rgb")!));
    },
  },
  "rans-single": {
    write: () =>
      encodeDecisions(
        Uint32Array.from(STARTS_AND_FREQUENCIES, ([start, frequency]) => frequency << 16 | start),
        12,
      ),
    read: (bytes) => {
      const reader = new DecisionReader(bytes, 12);
      for (const [start, frequency] of STARTS_AND_FREQUENCIES) {
        const slot = reader.peek();
        assert(slot >= start && slot < start + frequency);
        reader.advance(start, frequency);
      }
      reader.finish();
    },
  },
  "rans-interleaved": {
    write: () => ransEncodeU8(MESSAGE, MESSAGE_TABLE),
    read: (bytes) => assertEquals(ransDecodeU8(bytes, MESSAGE.length, MESSAGE_TABLE), MESSAGE),
  },
  "static-0": packetExample("static", ONE, [0]),
  "static-1": packetExample("static", ONE, [1]),
  "static-300": packetExample("static", ONE, [300]),
  "static-4x4": packetExample("static", FOUR, FOUR_VALUES),
  "context-0": packetExample("context", ONE, [0]),
  "context-1": packetExample("context", ONE, [1]),
  "context-minus-1": packetExample("context", ONE, [-1]),
  "context-2x2": packetExample("context", TWO, [1, 0, -1, 0]),
  "context-4x4": packetExample("context", FOUR, FOUR_VALUES),
  "trellis-4x4": packetExample("trellis", FOUR, TRELLIS_VALUES),
  "subband-2x2": packetExample("subband", TWO, [1, 0, -1, 0]),
  "subband-4x4": packetExample("subband", FOUR, FOUR_VALUES),
  "subband-trellis-4x4": packetExample("subband-trellis", FOUR, TRELLIS_VALUES),
  "lossless-2x2": packetExample("subband", { ...TWO, levels: 0 }, [3, 2, 3, 2]),
  "lossless-rgb": packetExample(
    "subband",
    { ...TWO, levels: 0, channels: 3 },
    [0, 0, 1, 0, 2, 1, 1, 0, -1, 0, -1, 0],
  ),
};

Deno.test("the specification and this test have the same worked examples", () => {
  assertEquals([...hexBlocks.keys()].sort(), Object.keys(EXAMPLES).sort());
});

for (const [name, { write, read }] of Object.entries(EXAMPLES)) {
  Deno.test(`the code writes and reads the bytes of the specification's example ${name}`, async () => {
    const bytes = bytesOf(hexBlocks.get(name) ?? "missing");
    assertEquals(await write(), bytes);
    await read(bytes);
  });
}

Deno.test("the decisions that the specification lists give the bytes of their examples", () => {
  assert(decisionBlocks.size > 0);
  for (const [name, block] of decisionBlocks) {
    const decisions = block.split(" ").map((decision) => {
      const [outcome, probability] = decision.split(":").map(Number);
      return outcome === 1 ? probability << 16 | 65536 - probability : (65536 - probability) << 16;
    });
    const stream = bytesOf(hexBlocks.get(name) ?? "").subarray(EXAMPLES[name].streamStart);
    assertEquals(encodeDecisions(Uint32Array.from(decisions), 16), stream, name);
  }
});

Deno.test("the specification's tables of regions are those of the context model", () => {
  const page = pages.get("4-context-coder.md")!;
  const { counters, mixerSets, directSets } = CONTEXT_MODEL_SHAPE;
  for (
    const [heading, regions, end] of [
      ["Counters", COUNTERS, counters],
      ["Mixer sets", MIXERS, mixerSets],
      ["Direct sets", DIRECTS, directSets],
    ] as const
  ) {
    const listed = tableRows(page, heading).map(([name, first]) => [name, Number(first)]);
    assertEquals(listed, [...Object.entries(regions), ["end", end]]);
  }
});

Deno.test("the specification's taps of the context network are those of the code, in order", () => {
  const page = pages.get("4-context-coder.md")!;
  const lists = new Map(
    [...page.matchAll(/^(causal|square|centre|left|up|right|down) +(\(.*)$/gm)].map(([, name, taps]) => [
      name,
      [...taps.matchAll(/\(([−\d]+),([−\d]+)\)/g)].map(([, dx, dy]) => [numberOf(dx), numberOf(dy)]),
    ]),
  );
  const listed = tableRows(page, "Plane").flatMap(([planes, , taps]) => {
    const numbers = planes.match(/\d+/g)!.map(Number), first = numbers[0], last = numbers.at(-1)!;
    return Array.from({ length: last - first + 1 }, (_, i) => lists.get(taps)!.map((tap) => [first + i, tap]))
      .flat();
  });
  assertEquals(listed, TAP_PAIRS.flatMap(({ plane, taps }) => taps.map((tap) => [plane, [...tap]])));
});

Deno.test("the specification's table of coders has the numbers of the code", () => {
  const numbers = tableRows(pages.get("1-container.md")!, "Coder").map(([id]) => Number(id));
  assertEquals([...new Set(numbers)], CODERS.map(({ id }) => id));
});

Deno.test("the specification's wavelets have the steps, scales and filters of the code", () => {
  const page = pages.get("2-reconstruction.md")!;
  const [steps, filters] = page.split("## 2.4 Steps").map((part) => tableRows(part, "Wavelet"));
  const names = ["cdf53", "haar", "cdf97"];
  assertEquals(names, WAVELETS.map(({ name }) => name));
  for (const [i, wavelet] of WAVELETS.entries()) {
    const [, text, scale] = steps[i], [, low, high] = filters[i];
    assertEquals(
      [...text.matchAll(/(high|low) ([−\d.]+)/g)].map(([, kind, weight]) => [kind, numberOf(weight)]),
      wavelet.steps.map(({ weight }, k) => [k % 2 === 0 ? "high" : "low", weight]),
    );
    assertEquals(numberOf(scale), wavelet.highScale);
    assertEquals(low.split(", ").map(numberOf), [...wavelet.synthesis.low]);
    assertEquals(high.split(", ").map(numberOf), [...wavelet.synthesis.high]);
    assert(synthesisNorm(wavelet, 1, 3) > 0);
  }
});

Deno.test("no page of the specification has more than 900 lines, and each is linked from its first page", () => {
  for (const [name, page] of pages) {
    assert(page.split("\n").length <= 900, name);
    if (name !== "README.md") assert(pages.get("README.md")!.includes(`](${name})`), name);
  }
});

/** A number or a fraction, with a minus sign of typography. */
function numberOf(text: string): number {
  const [above, below = 1] = text.replace("−", "-").split("/").map(Number);
  return above / below;
}
