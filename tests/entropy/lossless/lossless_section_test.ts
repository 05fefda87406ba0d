import { assert, assertEquals, assertThrows } from "@std/assert";
import type { BandShape } from "../../../src/entropy/bands.ts";
import { EntropyError } from "../../../src/entropy/errors.ts";
import {
  encodeGraphicsSection,
  GRAPHICS_MARK,
  mayBeGraphics,
} from "../../../src/entropy/lossless/graphics_section.ts";
import {
  decodeLosslessSection,
  encodeLosslessSection,
} from "../../../src/entropy/lossless/lossless_section.ts";
import { bandLayout } from "../../../src/entropy/mod.ts";
import { randomSource } from "../../random.ts";

function planes(width: number, height: number, channels: number): readonly BandShape[] {
  return bandLayout({ width, height, channels, levels: 0 });
}

/** Planes of a picture: G, centred, and differences to it, or one centred plane. */
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
    if (channels === 1) {
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

Deno.test("sections of graphics come back, of one plane and of three, of 8 and of 16 bits", () => {
  for (const channels of [1, 3]) {
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

Deno.test("the smaller section is kept where both are tried", () => {
  const bands = planes(64, 64, 1);
  // So few pixels are always tried; a steady ramp of many values suits the predictor.
  const ramp = valuesOf(64, 64, 1, 16, (x, y) => 500 * x + 37 * y);
  assert(mayBeGraphics(ramp, bands));
  const section = roundTrip(ramp, bands);
  assert(section.length <= encodeGraphicsSection(ramp, bands).length);
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
  const section = encodeGraphicsSection(values, bands);
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
  const two = planes(96, 80, 2);
  assertThrows(() => decodeLosslessSection(section, new Int32Array(2 * 96 * 80), two), EntropyError);
});
