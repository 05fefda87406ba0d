import { assert, assertEquals, assertThrows } from "@std/assert";
import { bandLayout } from "../../../src/entropy/mod.ts";
import { EntropyError } from "../../../src/entropy/errors.ts";
import {
  decodeLosslessSection,
  encodeLosslessSection,
} from "../../../src/entropy/lossless/lossless_section.ts";
import {
  decodePaletteSection,
  encodePaletteSection,
  PALETTE_MARK,
} from "../../../src/entropy/lossless/palette_section.ts";
import { encodeSamples } from "../../../src/entropy/lossless/samples.ts";
import { randomSource } from "../../random.ts";

const WIDTH = 150, HEIGHT = 110;

/** A wave with grain, in colours that `colourOf` gives its levels of 0 to 255; G, R − G and B − G, centred. */
function wave(colourOf: (level: number) => readonly [number, number, number], channels = 3) {
  const random = randomSource(3), bands = bandLayout({ width: WIDTH, height: HEIGHT, channels, levels: 0 });
  const values = new Int32Array(channels * WIDTH * HEIGHT), levels = new Int32Array(WIDTH * HEIGHT);
  for (let i = 0; i < levels.length; i++) {
    const x = i % WIDTH, y = Math.floor(i / WIDTH);
    levels[i] = Math.round(128 + 70 * Math.sin(x / 19) * Math.cos(y / 14) + 20 * random());
    const [red, green, blue] = colourOf(levels[i]);
    [green - 128, red - green, blue - green, x - 128].slice(0, channels).forEach((value, channel) =>
      values[bands[channel].offset + i] = value
    );
  }
  return { values, bands, levels };
}

const COLOURS: { readonly [name: string]: (level: number) => readonly [number, number, number] } = {
  sepia: (
    level,
  ) => [Math.min(255, Math.round(1.07 * level)), Math.round(0.89 * level), Math.round(0.69 * level)],
  heat: (
    level,
  ) => [Math.min(255, 3 * level), Math.max(0, Math.min(255, 3 * level - 255)), Math.max(0, 3 * level - 510)],
  rainbow: (level) => [Math.abs(2 * level - 255), level < 128 ? 2 * level : 510 - 2 * level, 255 - level],
};

for (const [name, colourOf] of Object.entries(COLOURS)) {
  Deno.test(`a wave in colours of ${name} costs little more than the grey wave`, () => {
    const { values, bands, levels } = wave(colourOf);
    const section = encodeLosslessSection(values, bands, 5), decoded = new Int32Array(values.length);
    assertEquals(section[0], PALETTE_MARK);
    decodeLosslessSection(section, decoded, bands);
    assertEquals(decoded, values);
    const grey = encodeSamples(
      levels,
      bandLayout({ width: WIDTH, height: HEIGHT, channels: 1, levels: 0 }),
      1,
    );
    assert(section.length < 1.05 * grey.length + 400, `${section.length}, ${grey.length}`);
  });
}

Deno.test("colours beside alpha have a palette, too", () => {
  const { values, bands } = wave(COLOURS.heat, 4), decoded = new Int32Array(values.length);
  const section = encodeLosslessSection(values, bands, 5), three = wave(COLOURS.heat);
  decodeLosslessSection(section, decoded, bands);
  assertEquals(decoded, values);
  assert(section.length < encodeSamples(three.values, three.bands, 1).length);
});

Deno.test("samples of 16 bits have a palette, too", () => {
  const { values, bands } = wave((level) => [200 * level, 190 * level, 256 * (255 - level)]);
  const section = encodePaletteSection(values, bands, 1)!, decoded = new Int32Array(values.length);
  decodePaletteSection(section, decoded, bands);
  assertEquals(decoded, values);
});

Deno.test("flat drawings, photographs and small pictures have no palette", () => {
  const drawing = wave((level) => level > 128 ? [255, 255, 255] : [0, 0, 0]);
  assertEquals(encodePaletteSection(drawing.values, drawing.bands, 1), undefined);
  const random = randomSource(9),
    photograph = wave((level) => [level, level + Math.round(40 * random()), level]);
  assertEquals(encodePaletteSection(photograph.values, photograph.bands, 1), undefined);
  const huge = wave((level) => [level, 2 ** 20 + level, level]);
  assertEquals(encodePaletteSection(huge.values, huge.bands, 1), undefined);
  const small = bandLayout({ width: 20, height: 20, channels: 3, levels: 0 });
  assertEquals(
    encodePaletteSection(Int32Array.from({ length: 1200 }, (_, i) => i % 200), small, 1),
    undefined,
  );
});

Deno.test("damaged palettes are errors or colours of the palette", () => {
  const { values, bands } = wave(COLOURS.sepia), section = encodePaletteSection(values, bands, 0)!;
  const random = randomSource(4), decoded = new Int32Array(values.length);
  for (let round = 0; round < 60; round++) {
    const damaged = section.slice(0, round % 5 === 0 ? Math.floor(random() * section.length) : undefined);
    if (damaged.length > 1) {
      damaged[1 + Math.floor(random() * Math.min(40, damaged.length - 1))] ^= 1 + 255 * random();
    }
    try {
      decodePaletteSection(damaged, decoded, bands);
    } catch (error) {
      if (!(error instanceof EntropyError)) throw error;
    }
  }
  const other = bandLayout({ width: WIDTH, height: HEIGHT, channels: 4, levels: 0 });
  assertThrows(() => decodePaletteSection(section, new Int32Array(4 * WIDTH * HEIGHT), other), EntropyError);
});
