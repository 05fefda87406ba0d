import { assert, assertEquals, assertRejects } from "@std/assert";
import { BitstreamError, compress, type CompressOptions, decompress, inspect } from "../../../mod.ts";
import { readContainer, writeContainer } from "../../../src/format/mod.ts";

/** A logo of flat colours with soft edges, grey or in colour, of 8 or 16 bits. */
function logo(width: number, height: number, isGrey = false, isDeep = false) {
  const samples = new Float64Array(4 * width * height);
  for (let i = 0; i < width * height; i++) {
    const x = i % width, y = Math.floor(i / width), distance = Math.hypot(x - width / 2, y - height / 2);
    const alpha = Math.round(Math.max(0, Math.min(255, 40 * (0.4 * width - distance))));
    const band = Math.floor(distance / 9) % 3, colour = isGrey ? [90, 90, 90] : [200, 40, 90];
    samples.set([...colour.map((sample) => sample + 20 * band), alpha], 4 * i);
  }
  const data = isDeep ? Uint16Array.from(samples, (v) => 257 * v) : Uint8ClampedArray.from(samples);
  return { data, width, height };
}

const kindsOf = (file: Uint8Array) => inspect(file).sections.map(({ kind }) => kind);

for (
  const [name, isGrey, isDeep] of [["colour", false, false], ["grey", true, false], [
    "16 bits",
    false,
    true,
  ]] as const
) {
  Deno.test(`lossless alpha is coded beside ${name}, whole and in tiles`, async () => {
    const picture = logo(150, 130, isGrey, isDeep);
    for (const tileSide of [0, 64]) {
      const file = await compress(picture, { lossless: true, tileSide, workers: 0 });
      assert(!kindsOf(file).some((kind) => kind.startsWith("alpha")));
      assertEquals(inspect(file).alpha, true);
      const decoded = await decompress(file, { keepDepth: true });
      assertEquals([...decoded.data], [...picture.data]);
      const region = { x: 50, y: 60, width: 30, height: 20 },
        part = await decompress(file, { region, keepDepth: true });
      for (let y = 0; y < 20; y++) {
        const from = 4 * ((60 + y) * 150 + 50);
        assertEquals([...part.data.subarray(120 * y, 120 * (y + 1))], [
          ...picture.data.subarray(from, from + 120),
        ]);
      }
    }
  });
}

Deno.test("errors of colours and of alpha have bounds of their own in one stream", async () => {
  const picture = logo(90, 70), options: CompressOptions = { nearLossless: 3, alphaError: 9, workers: 0 };
  const file = await compress(picture, options), decoded = await decompress(file);
  assertEquals(kindsOf(file).length, 1);
  const errors = Array.from(decoded.data, (sample, i) => Math.abs(sample - picture.data[i]));
  assert(errors.every((error, i) => error <= (i % 4 === 3 ? 9 : 3)));
  assert(errors.some((error, i) => i % 4 === 3 && error > 3));
});

Deno.test("the static coder keeps alpha in a stream of its own", async () => {
  const picture = logo(60, 50), file = await compress(picture, { lossless: true, entropy: "static" });
  assert(kindsOf(file).some((kind) => kind.startsWith("alpha")));
  assertEquals([...(await decompress(file)).data], [...picture.data]);
});

Deno.test("headers that put alpha beside what cannot have it are refused", async () => {
  const picture = logo(60, 50),
    codeOf = async (file: Uint8Array) => (await assertRejects(() => decompress(file), BitstreamError)).code;
  for (
    const options of [{ quality: 30, content: "photo" }, { model: "pixels", quality: 60 }, {
      lossless: true,
      entropy: "static",
    }]
  ) {
    const { header, sections } = readContainer(await compress(picture, options as CompressOptions));
    assertEquals(await codeOf(writeContainer({ ...header, jointAlpha: true }, sections)), "file-header");
  }
  const { header, sections } = readContainer(await compress(picture, { lossless: true }));
  assertEquals(header.jointAlpha, true);
  assertEquals(await codeOf(writeContainer({ ...header, alphaBound: undefined }, sections)), "file-header");
  assertEquals(await codeOf(writeContainer({ ...header, jointAlpha: false }, sections)), "file-truncated");
});
