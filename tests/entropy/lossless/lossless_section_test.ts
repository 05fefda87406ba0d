import { assert, assertEquals, assertThrows } from "@std/assert";
import type { BandShape } from "../../../src/entropy/bands.ts";
import { EntropyError } from "../../../src/entropy/errors.ts";
import { SPLIT_MARK, splitPlanes } from "../../../src/entropy/lossless/alpha_split.ts";
import { joinSections, separateSections } from "../../../src/entropy/lossless/section_parts.ts";
import {
  encodeGraphicsSection,
  GRAPHICS_MARK,
  mayBeGraphics,
} from "../../../src/entropy/lossless/graphics_section.ts";
import {
  decodeLosslessSection,
  encodeLosslessSection,
  isPredicted,
} from "../../../src/entropy/lossless/lossless_section.ts";
import { bandLayout } from "../../../src/entropy/mod.ts";
import { randomSource } from "../../random.ts";

function planes(width: number, height: number, channels: number): readonly BandShape[] {
  return bandLayout({ width, height, channels, levels: 0 });
}

/** Planes of a picture: G, centred, and differences to it, or one centred plane; a second or fourth is alpha, centred. */
function valuesOf(
  width: number,
  height: number,
  channels: number,
  bitDepth: number,
  sample: (x: number, y: number, channel: number) => number,
): Int32Array {
  const half = 2 ** (bitDepth - 1), pixels = width * height, values = new Int32Array(channels * pixels);
  for (let i = 0; i < pixels; i++) {
    const [x, y] = [i % width, Math.floor(i / width)];
    if (channels % 2 === 0) values[(channels - 1) * pixels + i] = sample(x, y, 3) - half;
    if (channels < 3) {
      values[i] = sample(x, y, 0) - half;
      continue;
    }
    const green = sample(x, y, 1);
    values[i] = green - half;
    values[pixels + i] = sample(x, y, 0) - green;
    values[2 * pixels + i] = sample(x, y, 2) - green;
  }
  return values;
}

function isGraphics(section: Uint8Array): boolean {
  return (section[0] & GRAPHICS_MARK) === GRAPHICS_MARK;
}

function roundTrip(values: Int32Array, bands: readonly BandShape[]): Uint8Array {
  const section = encodeLosslessSection(values.slice(), bands, 5);
  const decoded = new Int32Array(values.length);
  decodeLosslessSection(section, decoded, bands);
  assertEquals(decoded, values);
  return section;
}

Deno.test("sections of graphics come back, of one to four planes, of 8 and of 16 bits", () => {
  for (const channels of [1, 2, 3, 4]) {
    for (const bitDepth of [8, 16]) {
      for (const [width, height] of [[1, 1], [7, 5], [96, 80]]) {
        const most = 2 ** bitDepth - 1, bands = planes(width, height, channels);
        const values = valuesOf(
          width,
          height,
          channels,
          bitDepth,
          (x, y, channel) => (x * y) % 5 === 0 ? most : (x >> 2) % 2 * 77 * (channel + 1),
        );
        const section = roundTrip(values, bands);
        if (width === 96) assert(isGraphics(section), `${channels} planes of ${bitDepth} bits`);
      }
    }
  }
});

Deno.test("smooth and noisy samples stay with the predictor", () => {
  const random = randomSource(3), bands = planes(96, 96, 3);
  const values = valuesOf(96, 96, 3, 8, (x, y, c) => Math.floor(40 * c + x + y / 2 + 12 * random()));
  assert(!mayBeGraphics(values, bands));
  assert(!isGraphics(roundTrip(values, bands)));
});

Deno.test("grey photographs stay with the predictor, drawings of few shades are tried", () => {
  const random = randomSource(5), bands = planes(128, 128, 1);
  const photograph = valuesOf(128, 128, 1, 8, (x, y) => Math.floor(x / 2 + y / 2 + 90 * random()));
  assert(!mayBeGraphics(photograph, bands));
  assert(mayBeGraphics(photograph.map((value) => value >> 3), bands));
});

Deno.test("pixels whose colour one neighbour has do not make a drawing of many pixels, flat ones do", () => {
  const random = randomSource(7), side = 264, pixels = side * side, bands = planes(side, side, 3);
  const pairs = valuesOf(side, side, 3, 8, () => Math.floor(200 * random()));
  for (let i = 1; i < pairs.length; i += 2) pairs[i] = pairs[i - 1];
  assert(!mayBeGraphics(pairs, bands));
  assert(mayBeGraphics(pairs, planes(96, 96, 3)));
  const flat = pairs.map((value, i) => i % pixels < pixels / 3 ? 7 : value);
  assert(mayBeGraphics(flat, bands));
});

Deno.test("isPredicted() tells sections of the predictor from those with graphics", () => {
  const random = randomSource(8), bands = planes(96, 96, 4);
  const grain = () => Math.floor(250 * random());
  const opaqueEdge = (x: number, _y: number, c: number) => c === 3 ? (x < 40 ? 0 : 255) : grain();
  assert(isPredicted(roundTrip(valuesOf(96, 96, 3, 8, grain), planes(96, 96, 3))));
  assert(isPredicted(roundTrip(valuesOf(96, 96, 4, 8, grain), bands)));
  assert(!isPredicted(roundTrip(valuesOf(96, 96, 4, 8, opaqueEdge), bands)));
  assert(
    !isPredicted(roundTrip(
      valuesOf(96, 96, 3, 8, (x, y) => (x * y) % 5 ? (x >> 2) % 2 * 77 : 255),
      planes(96, 96, 3),
    )),
  );
});

Deno.test("the smaller section is kept where both are tried", () => {
  const bands = planes(64, 64, 1);
  // So few pixels are always tried; a steady ramp of many values suits the predictor.
  const ramp = valuesOf(64, 64, 1, 16, (x, y) => 500 * x + 37 * y);
  assert(mayBeGraphics(ramp, bands));
  const section = roundTrip(ramp, bands);
  assert(section.length <= encodeGraphicsSection(ramp, bands)!.length);
});

Deno.test("both coders are tried for any samples at effort 9", () => {
  const random = randomSource(9), bands = planes(80, 80, 3);
  // Each colour occurs in many pixels, but seldom beside itself.
  const values = valuesOf(
    80,
    80,
    3,
    8,
    (x, y, c) => 97 * (c + 1) * ((x * y) % 140) % 251 + Math.floor(2 * random()),
  );
  assert(!mayBeGraphics(values, bands));
  const [fast, small] = [5, 9].map((effort) => encodeLosslessSection(values.slice(), bands, effort));
  assert(!isGraphics(fast) && isGraphics(small) && small.length < fast.length);
  const decoded = new Int32Array(values.length);
  decodeLosslessSection(small, decoded, bands);
  assertEquals(decoded, values);
});

Deno.test("damaged sections of graphics are refused", () => {
  const bands = planes(96, 80, 3), values = valuesOf(96, 80, 3, 8, (x, y) => (x ^ y) & 8 ? 255 : 0);
  const section = encodeGraphicsSection(values, bands)!;
  const changes: [number, number][] = [[0, 63], [1, 9], [1, 0], [
    section.length - 1,
    section[section.length - 1] ^ 1,
  ]];
  for (const [place, byte] of changes) {
    const damaged = section.slice();
    damaged[place] = byte;
    assertThrows(() => decodeLosslessSection(damaged, new Int32Array(values.length), bands), EntropyError);
  }
  for (const length of [1, 3, section.length - 1]) {
    assertThrows(
      () => decodeLosslessSection(section.subarray(0, length), new Int32Array(values.length), bands),
      EntropyError,
    );
  }
  const five = planes(96, 80, 5);
  assertThrows(() => decodeLosslessSection(section, new Int32Array(5 * 96 * 80), five), EntropyError);
  const two = planes(96, 80, 2);
  assertThrows(() => decodeLosslessSection(section, new Int32Array(2 * 96 * 80), two), EntropyError);
});

Deno.test("graphics whose alpha has the edges of the colours are one section, smaller than colours and alpha apart", () => {
  const bands = planes(96, 80, 4), shape = (x: number, y: number) => (3 * x + y * y >> 6) % 3;
  const values = valuesOf(
    96,
    80,
    4,
    8,
    (x, y, c) => c === 3 ? 127 * shape(x, y) : shape(x, y) * (40 + 30 * c),
  );
  const joint = roundTrip(values, bands);
  assert(isGraphics(joint));
  const apart = splitPlanes(values, bands).map((part) => encodeLosslessSection(part.values, part.bands, 5));
  assert(joint.length < 0.9 * (apart[0].length + apart[1].length));
});

Deno.test("a photograph with a simple alpha is two sections: predicted colours, alpha as graphics", () => {
  const random = randomSource(5);
  for (const channels of [2, 4]) {
    const bands = planes(96, 80, channels);
    const values = valuesOf(
      96,
      80,
      channels,
      8,
      (x, y, c) => c === 3 ? (x > 40 ? 255 : 0) : Math.floor(30 * c + x + y / 2 + 12 * random()),
    );
    const section = roundTrip(values, bands);
    assertEquals(section[0], SPLIT_MARK);
    const [colours, alpha] = separateSections(section);
    assert(!isGraphics(colours) && isGraphics(alpha));
  }
});

Deno.test("invisible colours do not keep a drawing from the coder of graphics", () => {
  const random = randomSource(6), bands = planes(96, 80, 4);
  const isVisible = (x: number, y: number) => (x >> 4) % 3 === 0 && y > 9;
  const values = valuesOf(
    96,
    80,
    4,
    8,
    (x, y, c) =>
      c === 3 ? (isVisible(x, y) ? 255 : 0) : isVisible(x, y) ? 80 * (c + 1) : Math.floor(256 * random()),
  );
  assert(mayBeGraphics(values, bands));
  assert(isGraphics(roundTrip(values, bands)));
});

Deno.test("samples of more than 16 bits stay with the predictor", () => {
  const bands = planes(20, 20, 3), values = Int32Array.from({ length: 1200 }, (_, i) => (i % 7) * 2 ** 20);
  assertEquals(encodeGraphicsSection(values, bands), undefined);
  assert(!isGraphics(roundTrip(values, bands)));
});

Deno.test("damaged sections of colours and alpha are refused", () => {
  const random = randomSource(7), bands = planes(30, 20, 4), count = 4 * 30 * 20;
  const values = valuesOf(30, 20, 4, 8, () => Math.floor(256 * random())),
    [colours, alpha] = splitPlanes(values, bands);
  const section = joinSections(
    SPLIT_MARK,
    encodeLosslessSection(colours.values, colours.bands, 5),
    encodeLosslessSection(alpha.values, alpha.bands, 5),
  );
  const decoded = new Int32Array(count);
  decodeLosslessSection(section, decoded, bands);
  assertEquals(decoded, values);
  for (const length of [1, 2, 40, section.length - 1]) {
    assertThrows(
      () => decodeLosslessSection(section.subarray(0, length), new Int32Array(count), bands),
      EntropyError,
    );
  }
  const otherMark = section.slice();
  otherMark[0] = SPLIT_MARK + 32;
  assertThrows(() => decodeLosslessSection(otherMark, new Int32Array(count), bands), EntropyError);
  // Colours cannot be split once more, and three planes have no alpha.
  const nested = joinSections(SPLIT_MARK, section, section.subarray(section.length - 9));
  assertThrows(() => decodeLosslessSection(nested, new Int32Array(count), bands), EntropyError);
  const three = planes(30, 20, 3);
  assertThrows(() => decodeLosslessSection(section, new Int32Array(3 * 30 * 20), three), EntropyError);
});

const WIDTH = 512, HEIGHT = 384;

/** Whether a grey picture, whose rows up to `split` are grain and whose others are glyphs, is coded as graphics. */
function isMixtureGraphics(split: number): boolean {
  const random = randomSource(7), values = new Int32Array(WIDTH * HEIGHT);
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      // A ramp with grain of one to three levels: every third pixel or so has the colour of a neighbour.
      const grain = Math.floor(x / 9 + y / 7 + 3 * random()) - 60;
      const glyph = (x * 7 + (x >> 3) * (y >> 3)) % 11 < 4 && y % 16 < 9 ? -100 : 100;
      values[y * WIDTH + x] = y < split ? grain : glyph;
    }
  }
  const section = encodeLosslessSection(values, planes(WIDTH, HEIGHT, 1), 5),
    decoded = new Int32Array(values.length);
  decodeLosslessSection(section, decoded, planes(WIDTH, HEIGHT, 1));
  assertEquals(decoded, values);
  return isGraphics(section);
}

Deno.test("grain whose colours repeat is left to the predictor, glyphs and glyphs below grain are graphics", () => {
  assertEquals([HEIGHT, 0, HEIGHT / 4].map(isMixtureGraphics), [false, true, true]);
});

Deno.test("noise that cannot be seen does not keep a drawing from the coder of graphics", () => {
  const side = 512, random = randomSource(4), bands = planes(side, side, 4);
  const isDrawn = (x: number, y: number) => (x >> 5) + (y >> 5) & 1;
  const values = valuesOf(side, side, 4, 8, (x, y, channel) => {
    if (channel === 3) return isDrawn(x, y) ? 255 : 0;
    return isDrawn(x, y) ? 40 * (channel + 1) : Math.floor(256 * random());
  });
  assert(isGraphics(roundTrip(values, bands)));
});

for (const period of [8, 16, 30, 32, 45, 64, 128]) {
  Deno.test(`rows of strokes ${period} pixels apart are graphics wherever the sampled rows lie`, () => {
    const width = 720, height = 1024, bands = planes(width, height, 3);
    const isStroke = (x: number, y: number) =>
      y % period >= period / 2 && (7 * x + 5 * (y % period)) % 11 < 3;
    const values = valuesOf(width, height, 3, 8, (x, y) => isStroke(x, y) ? 30 : 255);

    const section = encodeLosslessSection(values, bands, 5), decoded = new Int32Array(values.length);
    assert(section.length < 2000, `${section.length} bytes`);
    decodeLosslessSection(section, decoded, bands);
    assertEquals(decoded, values);
  });
}
