import { assert, assertEquals, assertThrows } from "@std/assert";
import { BitstreamError } from "../../mod.ts";
import {
  crc32c,
  isMissing,
  LATENT_SECTION,
  OPTIONAL_SECTION,
  parseContainer,
  parseHead,
  parseSectionAt,
  readContainer,
  writeContainer,
} from "../../src/format/mod.ts";
import { randomSource } from "../random.ts";
import { HEADER } from "./_header.ts";

const header = HEADER;
const sections = [
  { kind: LATENT_SECTION, payload: Uint8Array.of(1, 2, 3) },
  { kind: LATENT_SECTION, payload: new Uint8Array(300).fill(9) },
  { kind: OPTIONAL_SECTION | 5, payload: new Uint8Array(0) },
];

Deno.test("crc32c() gives the published check value", () => {
  assertEquals(crc32c(new TextEncoder().encode("123456789")), 0xe3069283);
});

Deno.test("a file reads back as it was written", () => {
  for (
    const variant of [
      header,
      {
        ...header,
        modelId: 0,
        modelName: "mine-é",
        wavelet: "haar" as const,
        width: 1,
      },
      { ...header, grey: true },
      {
        ...header,
        bitDepth: 16 as const,
        alphaBound: 3,
        tileSide: 1024,
      },
    ]
  ) {
    const { header: read, sections: readSections } = readContainer(writeContainer(variant, sections));
    assertEquals(read, variant);
    assertEquals(
      readSections.map(({ kind, payload }) => [kind, [...payload]]),
      sections.map(({ kind, payload }) => [kind, [...payload]]),
    );
  }
});

Deno.test("the fixed cost of a plain picture of three sections is at most 40 bytes", () => {
  const payloads = [100, 1000, 10000].map((n) => ({ kind: LATENT_SECTION, payload: new Uint8Array(n) }));
  assertEquals(writeContainer(header, payloads).length - 11100 <= 40, true);
});

Deno.test("every flipped bit and every truncation is an error, or changes nothing", () => {
  const bytes = writeContainer(header, sections);
  for (let end = 0; end < bytes.length; end++) {
    const whole = [19, 28, 335].includes(end); // between sections a prefix is a shorter, valid file
    if (!whole) assertThrows(() => readContainer(bytes.subarray(0, end)), BitstreamError);
  }
  for (let bit = 0; bit < 8 * bytes.length; bit++) {
    const damaged = bytes.slice();
    damaged[bit >> 3] ^= 1 << (bit & 7);
    assertThrows(() => readContainer(damaged), BitstreamError);
  }
});

Deno.test("parsers tell how many bytes are missing, and feeding those bytes leads to the whole file", () => {
  const named = { ...header, modelId: 0, modelName: "mine-é", alphaBound: 3, tileSide: 1024, width: 70000 };
  for (const whole of [header, named].map((variant) => writeContainer(variant, sections))) {
    const headerByteLength = readContainer(whole).headerByteLength;
    for (let end = 3; end < whole.length; end++) {
      const bytes = whole.subarray(0, end), head = parseHead(bytes), file = parseContainer(bytes);
      assertEquals(isMissing(head), end < headerByteLength, `${end} bytes`);
      assertEquals(isMissing(file), end < headerByteLength, `${end} bytes`);
      const missing = isMissing(file) ? file : file.missing;
      if (missing === undefined) continue;
      assert(missing.missingBytes > 0 && end + missing.missingBytes <= whole.length, `${end} bytes`);
      const error = assertThrows(() => readContainer(bytes), BitstreamError);
      assertEquals([error.code, error.message], ["file-truncated", missing.message]);
    }
    let end = 3, section = 0;
    for (let offset = 0; section < sections.length;) {
      const bytes = whole.subarray(0, end);
      const parsed = offset === 0 ? parseHead(bytes) : parseSectionAt(bytes, offset, section);
      if (isMissing(parsed)) {
        end += parsed.missingBytes;
      } else if ("header" in parsed) {
        offset = parsed.headerByteLength;
      } else {
        offset = parsed.end;
        section++;
      }
    }
    assertEquals(end, whole.length);
  }
});

Deno.test("random bytes are refused without harm", () => {
  const next = randomSource(11);
  for (let i = 0; i < 2000; i++) {
    const bytes = Uint8Array.from({ length: Math.floor(next() * 80) }, () => next() * 256);
    bytes.set([0x56, 0xc6, 0x52, 1].slice(0, bytes.length));
    assertThrows(() => readContainer(bytes), BitstreamError);
  }
});

Deno.test("errors carry codes that tell the cases apart", () => {
  const bytes = writeContainer(header, sections);
  const codeOf = (damaged: Uint8Array, options = {}) =>
    assertThrows(() => readContainer(damaged, options), BitstreamError).code;
  assertEquals(codeOf(new TextEncoder().encode("\x89PNG")), "file-magic");
  assertEquals(codeOf(new Uint8Array(0)), "file-magic");
  const newer = bytes.slice();
  newer[3] = 2;
  assertEquals(codeOf(newer), "file-version");
  assertEquals(codeOf(bytes.subarray(0, 10)), "file-truncated");
  assertEquals(codeOf(bytes.subarray(0, 24)), "file-truncated");
  const flipped = bytes.slice();
  flipped[40] ^= 1;
  assertEquals(codeOf(flipped), "section-damaged");
  assertEquals(codeOf(bytes, { maxPixels: 1000 }), "file-too-large");
  assertEquals(codeOf(writeContainer({ ...header, width: 2 ** 25, height: 1 }, sections)), "file-too-large");
  assertEquals(codeOf(writeContainer({ ...header, width: 0 }, sections)), "file-header");
  assertEquals(codeOf(writeContainer({ ...header, levels: 11 }, sections)), "file-header");
  assertEquals(codeOf(writeContainer({ ...header, alphaBound: 128 }, sections)), "file-header");
  assertEquals(codeOf(writeContainer(header, new Array(8193).fill(sections[2]))), "section-limit");
});
