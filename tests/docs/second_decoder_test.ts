/**
 * A second decoder, written from docs/specification/ alone, decodes this package's files: the pages say all that a decoder
 * must know. Its files import nothing from `src/`.
 */
import { assert, assertEquals } from "@std/assert";
import { decompress } from "../../mod.ts";
import { encodeSamples, sampleLevel } from "../../src/entropy/lossless/samples.ts";
import { bandLayout, CODERS, decodeSections, encodeSections, parsePrior } from "../../src/entropy/mod.ts";
import { randomSource } from "../random.ts";
import { bandsOf, packetsOf } from "./second_decoder/bands.ts";
import { crc32c, decodeFile, decodeTile } from "./second_decoder/file.ts";
import { readInitialState } from "./second_decoder/initial_state.ts";
import { decodeSamples } from "./second_decoder/lossless_predictor.ts";
import { samplesOf } from "./second_decoder/reconstruction.ts";

const priorBytes: ReadonlyMap<number, Uint8Array> = new Map(
  await Promise.all(
    ([[1, "vaerans-8"], [2, "vaerans-4"]] as const).map(async ([id, name]) =>
      [id, await Deno.readFile(`models/${name}/prior.bin`)] as const
    ),
  ),
);
const models = new Map(
  ([[1, 8], [2, 4]] as const).map(([id, downsampling]) => [
    id,
    { downsampling, paddingMultiple: 8, initialState: () => readInitialState(priorBytes.get(id)!) },
  ]),
);

const goldenFiles = (await Array.fromAsync(Deno.readDir("tests/golden"), ({ name }) => name))
  .filter((name) => name.endsWith(".vaer")).sort();

for (const name of goldenFiles) {
  Deno.test(`the second decoder reads ${name} as the package does`, async () => {
    const bytes = await Deno.readFile(`tests/golden/${name}`);
    const file = decodeFile(bytes, models), { header, tiles, check } = file;
    for (const [index, tile] of tiles.entries()) {
      const mode = CODERS.find(({ id }) => id === tile.coder)!.name;
      const prior = tile.kind === 0x10 ? { prior: parsePrior(priorBytes.get(header.model)!) } : {};
      const layout = bandLayout({ ...tile, levels: tile.bands[0].level });
      const expected = decodeSections(tile.packets, layout, { mode, ...prior });
      assertEquals(tile.bands.flatMap(({ values }) => [...values]), [...expected], `tile ${index}`);
    }
    if (tiles[0].kind === 0x10) return;
    const decoded = await decompress(bytes, { keepDepth: true }), samples = samplesOf(file);
    if (tiles[0].kind === 0x20) {
      const errors = samples.map((sample, i) => Math.abs(sample - decoded.data[i]));
      assert(errors.every((error) => error <= 1));
      assert(errors.filter((error) => error > 0).length <= 0.001 * errors.length);
      return;
    }
    assertEquals(samples, [...decoded.data]);
    if (check === undefined) return;
    const kept = samples.filter((_, i) =>
      i % 4 === 3 ? header.alphaError === 0 : i % 4 === 0 || !header.isGrey
    );
    const keptBytes = kept.flatMap((sample) =>
      header.sampleBits === 16 ? [sample & 255, sample >> 8] : [sample]
    );
    assertEquals(crc32c(Uint8Array.from(keptBytes)), check);
  });
}

interface Picture {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly levels: number;
}

const PICTURES: readonly Picture[] = [
  { width: 1, height: 1, channels: 1, levels: 0 },
  { width: 2, height: 7, channels: 3, levels: 3 },
  { width: 19, height: 1, channels: 4, levels: 2 },
  { width: 33, height: 21, channels: 4, levels: 3 },
  { width: 17, height: 18, channels: 2, levels: 4 },
  { width: 23, height: 14, channels: 5, levels: 1 },
  { width: 24, height: 11, channels: 4, levels: 0 },
  { width: 51, height: 40, channels: 4, levels: 3 },
];

/** Largest coefficients, and whether the context coders have an initial state. */
const CASES = [[400, true], [3, false], [2 ** 29, true]] as const;

/** Coefficients of every size, most of them small, in clusters. */
function coefficients(count: number, seed: number, largest: number): Int32Array {
  const random = randomSource(seed);
  let scale = 1;
  return Int32Array.from({ length: count }, () => {
    if (random() < 0.1) scale = largest ** (random() ** 3);
    return random() < 0.4 ? 0 : Math.round((random() + random() + random() - 1.5) * scale);
  });
}

for (const mode of ["static", "context", "subband", "trellis", "subband-trellis"] as const) {
  const { id } = CODERS.find(({ name }) => name === mode)!;
  Deno.test(`the second decoder reads random tiles of the ${mode} coder`, () => {
    for (const [seed, picture] of PICTURES.entries()) {
      const [largest, withPrior] = CASES[seed % CASES.length];
      const layout = bandLayout(picture),
        bands = bandsOf(picture.width, picture.height, picture.channels, picture.levels);
      const count = picture.width * picture.height * picture.channels;
      const values = coefficients(count, seed + 1, largest);
      if (mode.endsWith("trellis")) toTrellis(values, layout);
      const isUsed = withPrior && (mode === "context" || mode === "trellis");
      const prior = isUsed ? { prior: parsePrior(priorBytes.get(1)!) } : {};
      const packets = encodeSections(values, layout, { mode, ...prior, effort: seed + 2 });
      assert(packets.length === packetsOf(bands).length);
      decodeTile(id, bands, packetsOf(bands), packets, isUsed ? models.get(1) : undefined);
      assertEquals(
        bands.flatMap(({ values }) => [...values]),
        [...values],
        `${JSON.stringify(picture)}, up to ${largest}`,
      );
    }
  });
}

Deno.test("the second decoder reads samples of every level", () => {
  const shapes = [[19, 14, 3], [7, 5, 1], [12, 30, 5], [1, 9, 2], [23, 2, 3]];
  for (const effort of [1, 4, 7, 9]) {
    for (const [seed, [width, height, channels]] of shapes.entries()) {
      const largest = seed % 2 ? 2000 : 20, layout = bandLayout({ width, height, channels, levels: 0 });
      const values = coefficients(width * height * channels, seed + effort, largest);
      const bands = bandsOf(width, height, channels, 0);
      decodeSamples(encodeSamples(values.slice(), layout, sampleLevel(effort)), bands);
      assertEquals(
        bands.flatMap(({ values }) => [...values]),
        [...values],
        `effort ${effort}, shape ${seed}`,
      );
    }
  }
});

Deno.test("the second decoder reads samples whose parities are told apart", () => {
  // Chroma of every second place, and the means between.
  const width = 67, height = 65, count = width * height, random = randomSource(8);
  const layout = bandLayout({ width, height, channels: 3, levels: 0 });
  const coarse = Array.from({ length: 34 * 34 }, () => Math.floor(60 * random()));
  const chroma = (i: number, channel: number) => {
    const x = i % width, y = Math.floor(i / width), at = 34 * (y >> 1) + (x >> 1) + channel;
    return (coarse[at] + coarse[x & 1 ? at + 1 : at]) >> 1;
  };
  const values = Int32Array.from(
    { length: 3 * count },
    (_, i) => i < count ? (i % width) + Math.floor(9 * random()) : chroma(i % count, i >= 2 * count ? 0 : 1),
  );
  for (const effort of [5, 7, 9]) {
    const bytes = encodeSamples(values.slice(), layout, sampleLevel(effort)),
      bands = bandsOf(width, height, 3, 0);
    assert(bytes[0] >= 128);
    decodeSamples(bytes, bands);
    assertEquals(bands.flatMap(({ values }) => [...values]), [...values], `effort ${effort}`);
  }
});

/** Takes the coefficients of high-pass bands as levels of trellis-coded quantisation (4.8), and gives their values. */
function toTrellis(values: Int32Array, layout: ReturnType<typeof bandLayout>): void {
  const next = [0, 2, 5, 7, 1, 3, 6, 4, 2, 0, 4, 6, 3, 1, 7, 5];
  for (const { orientation, offset, width, height } of layout) {
    if (orientation === 0) continue;
    for (let i = offset, state = 0; i < offset + width * height; i++) {
      const level = values[i] >> 1;
      values[i] = 2 * level - (state & 1) * Math.sign(level);
      state = next[2 * state + (level & 1)];
    }
  }
}

Deno.test("the second decoder reads a band whose symbols have a stream with four states", () => {
  const random = randomSource(5),
    size = 160,
    layout = bandLayout({ width: size, height: size, channels: 1, levels: 0 });
  const values = Int32Array.from({ length: size * size }, () => Math.round((random() + random() - 1) * 90));
  const bands = bandsOf(size, size, 1, 0), packets = encodeSections(values, layout, { mode: "static" });
  decodeTile(0, bands, packetsOf(bands), packets);
  assertEquals([...bands[0].values], [...values]);
});

Deno.test("the second decoder imports nothing from the package", async () => {
  for await (const { name } of Deno.readDir("tests/docs/second_decoder")) {
    const text = await Deno.readTextFile(`tests/docs/second_decoder/${name}`);
    for (const [, target] of text.matchAll(/from "([^"]+)"/g)) {
      assert(/^\.\/\w+\.ts$/.test(target), `${name}: ${target}`);
    }
  }
});
