import { assert, assertEquals, assertRejects } from "@std/assert";
import { BitstreamError, compress, decompress, decompressStream, inspect } from "../../../mod.ts";
import { syntheticPicture } from "../../../src/cli/synthetic_picture.ts";
import type { AnyPicture } from "../../../src/codec/samples.ts";
import { sampleValuesSection } from "../../../src/codec/streams/sample_values_writing.ts";
import { readSampleValues } from "../../../src/codec/streams/sample_values_section.ts";
import { readContainer, SAMPLE_VALUES_SECTION, writeContainer } from "../../../src/format/mod.ts";

const LOSSLESS = { lossless: true, workers: 0 } as const;
const SECTION = "sample values";

/** A picture whose samples are mapped one by one; alpha falls from left to right. */
function mapped(
  map: (sample: number) => number,
  kind: "colour" | "grey" | "alpha",
  isDeep: boolean,
): AnyPicture {
  const { data: source, width, height } = syntheticPicture(110, 100), full = isDeep ? 65535 : 255;
  const samples = Array.from(source, (_, i) => {
    if (i % 4 === 3) return kind === "alpha" ? map(255 - (i >> 2) % width) : full;
    return map(source[kind === "grey" ? i - i % 4 : i]);
  });
  return { data: isDeep ? Uint16Array.from(samples) : Uint8ClampedArray.from(samples), width, height };
}

const MAPS: readonly (readonly [name: string, map: (sample: number) => number, isDeep: boolean])[] = [
  ["8 bits in 16 by 257", (sample) => 257 * sample, true],
  ["8 bits in 16 by 256", (sample) => 256 * sample, true],
  ["10 bits in 16", (sample) => Math.floor(4 * sample * 65535 / 1023), true],
  ["raised contrast", (sample) => Math.min(255, Math.max(0, Math.round(1.6 * sample - 60))), false],
];

for (const [name, map, isDeep] of MAPS) {
  for (const kind of ["colour", "grey", "alpha"] as const) {
    Deno.test(`lossless ${kind} of ${name}: exact, whole, in tiles, by the static coder and in regions`, async () => {
      const picture = mapped(map, kind, isDeep);
      for (const options of [{}, { tileSide: 64 }, { entropy: "static" }] as const) {
        const file = await compress(picture, { ...LOSSLESS, ...options });
        assert(inspect(file).sections.some((section) => section.kind === SECTION), JSON.stringify(options));
        const { data } = await decompress(file, { keepDepth: true });
        assertEquals(data, picture.data);
        const region = { x: 70, y: 60, width: 20, height: 10 };
        const part = await decompress(file, { region, keepDepth: true, workers: 0 });
        for (let y = 0; y < 10; y++) {
          const from = 4 * ((60 + y) * 110 + 70);
          assertEquals([...part.data.subarray(80 * y, 80 * y + 80)], [
            ...picture.data.subarray(from, from + 80),
          ]);
        }
      }
    });
  }
}

Deno.test("8 bits in a 16-bit picture take the bytes of the 8-bit picture and a fiftieth more at most", async () => {
  const shallow = await compress(mapped((sample) => sample, "colour", false), LOSSLESS);
  const deep = await compress(mapped((sample) => 257 * sample, "colour", true), LOSSLESS);
  assert(deep.length <= 1.02 * shallow.length, `${deep.length}, ${shallow.length}`);
});

Deno.test("workers decode listed values, and streams show them", async () => {
  const picture = mapped((sample) => 257 * sample, "colour", true);
  const file = await compress(picture, { ...LOSSLESS, tileSide: 64, workers: 2 });
  assertEquals((await decompress(file, { keepDepth: true, workers: 2 })).data, picture.data);
  const parts = [file.subarray(0, 700), file.subarray(700, 5000), file.subarray(5000)];
  let last: Uint8ClampedArray | undefined;
  for await (const { data } of decompressStream(ReadableStream.from(parts))) last = data;
  assertEquals(last, Uint8ClampedArray.from(picture.data, (sample) => sample / 257));
});

Deno.test("near-lossless files list no values", async () => {
  const file = await compress(mapped((sample) => 257 * sample, "colour", true), {
    nearLossless: 2,
    workers: 0,
  });
  assertEquals(inspect(file).sections.filter(({ kind }) => kind === SECTION).length, 0);
});

Deno.test("lists come back as written, also of one value, of all values and of unequal length", () => {
  const all = Uint16Array.from({ length: 65536 }, (_, i) => i);
  for (const values of [[Uint16Array.of(0)], [Uint16Array.of(65535), all, Uint16Array.of(0, 65535)]]) {
    assertEquals(readSampleValues(values.length, 16, [sampleValuesSection(values)]), values);
  }
});

Deno.test("lists that no encoder writes are refused", async () => {
  const file = await compress(mapped((sample) => Math.min(255, 2 * sample), "colour", false), LOSSLESS);
  const { header, sections } = readContainer(file);
  const withPayload = (payload: Uint8Array) =>
    writeContainer(
      header,
      sections.map((section) => section.kind === SAMPLE_VALUES_SECTION ? { ...section, payload } : section),
    );
  const tooLarge =
    sampleValuesSection([Uint16Array.of(3, 256), Uint16Array.of(0), Uint16Array.of(0)]).payload;
  const noValue = sampleValuesSection([Uint16Array.of(3), new Uint16Array(0), Uint16Array.of(0)]).payload;
  for (const payload of [tooLarge, noValue, new Uint8Array(0), new Uint8Array(9).fill(255)]) {
    const error = await assertRejects(() => decompress(withPayload(payload)), BitstreamError);
    assertEquals(error.code, "section-damaged");
  }
  const lossy = writeContainer({ ...header, stepCode: 1 }, sections);
  assertEquals((await assertRejects(() => decompress(lossy), BitstreamError)).code, "section-unknown");
});
