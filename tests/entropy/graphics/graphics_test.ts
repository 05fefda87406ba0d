import { assertEquals, assertThrows } from "@std/assert";
import { syntheticPicture } from "../../../src/cli/synthetic_picture.ts";
import { EntropyError } from "../../../src/entropy/mod.ts";
import {
  decodeGraphics,
  encodeGraphics,
  graphicsMemoryBytes,
  type GraphicsShape,
  MAX_GRAPHICS_PIXELS,
} from "../../../src/entropy/graphics/mod.ts";
import { wasmBytes } from "../../../src/host/wasm.ts";
import { GRAPHICS_PLAIN_WASM, GRAPHICS_SIMD_WASM } from "../../../src/entropy/graphics/graphics_wasm.ts";
import { AWKWARD_SIZES } from "../../random.ts";
import { decodeByThePage } from "../../docs/second_decoder/graphics_coder.ts";
import {
  Dice,
  type DrawnPicture,
  drawnPictures,
  pixelArt,
  textPage,
  windows,
  with16Bits,
} from "./_pictures.ts";

const DEPTHS = [1, 2, 7, 8, 9, 12, 16];

function bytesOf(picture: DrawnPicture): number {
  return encodeGraphics(picture.samples, picture).length;
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function fromHex(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (byte) => parseInt(byte, 16));
}

/** Samples of a few values, of many, of all, or of one. */
function randomSamples({ width, height, channels, bitDepth }: GraphicsShape, dice: Dice, values: number) {
  const count = width * height * channels, limit = 2 ** bitDepth;
  const palette = Array.from({ length: values }, () => dice.below(limit));
  const samples = Array.from({ length: count }, () => palette[dice.below(values)]);
  return bitDepth <= 8 ? Uint8Array.from(samples) : Uint16Array.from(samples);
}

/** Ramps and waves of 8 bits, spread to the depth, less a little: nearly each colour is new. */
function deepRamps({ width, height, channels, bitDepth }: GraphicsShape, dice: Dice): Uint16Array {
  const factor = Math.floor((2 ** bitDepth - 1) / 255), samples = new Uint16Array(width * height * channels);
  const slopes = Array.from(
    { length: channels },
    () => [dice.below(9) - 4, dice.below(9) - 4, dice.below(256)],
  );
  for (let i = 0; i < samples.length; i++) {
    const pixel = Math.floor(i / channels), x = pixel % width, y = Math.floor(pixel / width);
    const [right, down, first] = slopes[i % channels];
    const value = first + right * x + down * y + ((x * y) >> 4) + dice.below(3);
    samples[i] = Math.max(0, (value & 255) * factor - i % 3);
  }
  return samples;
}

Deno.test("encodeGraphics() and decodeGraphics() round-trip drawn graphics of all kinds", () => {
  for (const picture of drawnPictures(3, 160)) {
    assertEquals(
      decodeGraphics(encodeGraphics(picture.samples, picture), picture),
      picture.samples,
      picture.name,
    );
  }
});

Deno.test("encodeGraphics() and decodeGraphics() round-trip any size, depth, number of channels and of values", () => {
  const dice = new Dice(5);
  for (const [width, height] of [...AWKWARD_SIZES, [0, 0], [0, 5], [5, 0], [300, 1], [1, 300]]) {
    for (const channels of [1, 3, 4]) {
      for (const bitDepth of DEPTHS) {
        const shape = { width, height, channels, bitDepth };
        const samples = randomSamples(shape, dice, [1, 2, 20, 100_000][dice.below(4)]);
        assertEquals(decodeGraphics(encodeGraphics(samples, shape), shape), samples);
      }
    }
  }
});

Deno.test("encodeGraphics() gives the bytes of docs/specification/7-graphics-coder.md for its worked examples", () => {
  const examples: [GraphicsShape, number[], string][] = [
    [{ width: 1, height: 1, channels: 1, bitDepth: 8 }, [0], ""],
    [
      { width: 4, height: 4, channels: 1, bitDepth: 8 },
      [255, 0, 255, 0, 0, 255, 0, 255, 255, 0, 255, 0, 9, 9, 9, 200],
      "883cea00f369c64230",
    ],
    [
      { width: 2, height: 2, channels: 3, bitDepth: 8 },
      [255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 0, 0],
      "a96900071575fada7045cd0950",
    ],
    [
      { width: 2, height: 2, channels: 4, bitDepth: 8 },
      [255, 0, 0, 255, 10, 20, 30, 0, 0, 0, 255, 128, 1, 2, 3, 0],
      "1f32870665cf60667bd8324376542ae0d6dc",
    ],
    [
      { width: 3, height: 2, channels: 1, bitDepth: 16 },
      [1000, 65535, 1000, 40000, 3, 3],
      "154d20046b0bb07332c0",
    ],
  ];
  for (const [shape, samples, hex] of examples) {
    assertEquals(toHex(encodeGraphics(Uint16Array.from(samples), shape)), hex);
    assertEquals([...decodeGraphics(fromHex(hex), shape)], samples);
  }
});

Deno.test("the coder of graphics gives the same bytes with SIMD, without, and after other pictures", () => {
  for (const picture of drawnPictures(11, 128)) {
    const bytes = encodeGraphics(picture.samples, picture);
    assertEquals(encodeGraphics(picture.samples, picture, GRAPHICS_SIMD_WASM), bytes, picture.name);
    assertEquals(encodeGraphics(picture.samples, picture, GRAPHICS_PLAIN_WASM), bytes, picture.name);
    assertEquals(decodeGraphics(bytes, picture, GRAPHICS_PLAIN_WASM), picture.samples, picture.name);
  }
});

Deno.test("encodeGraphics() keeps the colours of transparent pixels, and noise there costs its own bytes only", () => {
  const dice = new Dice(8), width = 128, height = 128;
  const samples = new Uint8Array(width * height * 4);
  let hidden = 0;
  for (let i = 0; i < width * height; i++) {
    const opaque = (i % width - 64) ** 2 + (Math.floor(i / width) - 64) ** 2 < 1600;
    for (let c = 0; c < 3; c++) samples[4 * i + c] = opaque ? 90 * c : dice.below(256);
    samples[4 * i + 3] = opaque ? 255 : 0;
    if (!opaque) hidden++;
  }
  const shape = { width, height, channels: 4, bitDepth: 8 }, bytes = encodeGraphics(samples, shape);
  assertEquals(decodeGraphics(bytes, shape), samples);
  assertEquals(bytes.length < 3 * hidden * 1.01 + 300, true, `${bytes.length} bytes for ${hidden} pixels`);
});

Deno.test("encodeGraphics() spends next to nothing on enlargement, copies of rows, gray as RGB, opaque alpha and spread bits", () => {
  const small = pixelArt(2, 4, 16, 1), large = pixelArt(2, 4, 16, 6);
  assertEquals(bytesOf(large) < bytesOf(small) + 40, true, `${bytesOf(large)} for ${bytesOf(small)} bytes`);

  const page = textPage(1, 128, 128, 1.3), pixels = page.width * page.height;
  const gray = Uint8Array.from({ length: pixels }, (_, i) => page.samples[3 * i]);
  const grayBytes = encodeGraphics(gray, { ...page, channels: 1 }).length;
  const spread = (channels: number) =>
    Uint8Array.from(
      { length: pixels * channels },
      (_, i) => i % channels === 3 ? 255 : gray[Math.floor(i / channels)],
    );
  for (const channels of [3, 4]) {
    const bytes = encodeGraphics(spread(channels), { ...page, channels }).length;
    assertEquals(Math.abs(bytes - grayBytes) <= 2, true, `${bytes} for ${grayBytes} bytes`);
  }
  assertEquals(Math.abs(bytesOf(with16Bits(page)) - bytesOf(page)) <= 2, true);
});

Deno.test("encodeGraphics() codes a repeated window for a tenth of its first cost", () => {
  const one = windows(4, 150, 150),
    twice = { ...one, height: 300, samples: new Uint8Array(2 * one.samples.length) };
  twice.samples.set(one.samples);
  twice.samples.set(one.samples, one.samples.length);
  assertEquals(bytesOf(twice) < 1.1 * bytesOf(one), true, `${bytesOf(twice)} for ${bytesOf(one)} bytes`);
});

Deno.test("encodeGraphics() needs few bytes for blank and tiny pictures", () => {
  const blank = (value: number) =>
    encodeGraphics(new Uint8Array(90_000).fill(value), { width: 300, height: 300, channels: 1, bitDepth: 8 });
  assertEquals([blank(255).length <= 8, blank(0).length <= 4, blank(77).length <= 12], [true, true, true]);
  const icon = drawnPictures(1, 128).find(({ width }) => width === 16)!;
  assertEquals(bytesOf(icon) < 130, true, `${bytesOf(icon)} bytes`);
});

Deno.test("decodeGraphics() refuses damaged streams by entropy-corrupt or returns samples in range", () => {
  const dice = new Dice(21), picture = windows(2, 60, 50), bytes = encodeGraphics(picture.samples, picture);
  let refused = 0;
  for (let k = 0; k < 300; k++) {
    const damaged = k % 3 === 0 ? bytes.slice(0, dice.below(bytes.length)) : bytes.slice();
    if (k % 3 === 1) damaged[dice.below(damaged.length)] ^= 1 << dice.below(8);
    if (k % 3 === 2) damaged.forEach((_, i) => damaged[i] = dice.below(256));
    try {
      assertEquals(decodeGraphics(damaged, picture).length, picture.samples.length);
    } catch (error) {
      if (!(error instanceof EntropyError) || error.code !== "entropy-corrupt") throw error;
      refused++;
    }
  }
  assertEquals(refused > 280, true, `${refused} of 300 refused`);
});

Deno.test("the coder of graphics refuses shapes, samples and streams that cannot be by coded errors", () => {
  const shape = { width: 4, height: 4, channels: 3, bitDepth: 8 };
  const samples = new Uint8Array(48);
  for (
    const wrong of [
      { width: -1 },
      { width: 1.5 },
      { width: 2 ** 20, height: 2 ** 20 },
      { width: MAX_GRAPHICS_PIXELS, height: 1 },
      { channels: 2 },
      { channels: 5 },
      { bitDepth: 0 },
      { bitDepth: 17 },
      { bitDepth: NaN },
    ]
  ) {
    const error = assertThrows(() => encodeGraphics(samples, { ...shape, ...wrong }), EntropyError);
    assertEquals(error.code, "entropy-range");
    assertThrows(
      () => decodeGraphics(new Uint8Array(9), { ...shape, ...wrong }),
      EntropyError,
      "Cannot code",
    );
  }
  assertThrows(() => encodeGraphics(samples.subarray(1), shape), EntropyError, "(got 47)");
  assertThrows(
    () => encodeGraphics(samples.fill(8), { ...shape, bitDepth: 3 }),
    EntropyError,
    "a sample of 8",
  );
  assertThrows(
    () => decodeGraphics(new Uint8Array([1]), { ...shape, width: 0 }),
    EntropyError,
    "end in state",
  );
});

Deno.test("decodeGraphics() allocates no more than graphicsMemoryBytes()", () => {
  for (const [width, height, channels] of [[1, 1, 1], [2048, 16, 4], [16, 2048, 3], [700, 700, 4]]) {
    const shape = { width, height, channels, bitDepth: 8 };
    const module = new WebAssembly.Module(
      wasmBytes(GRAPHICS_SIMD_WASM),
    );
    const { exports } = new WebAssembly.Instance(module, {});
    (exports.open as (...numbers: number[]) => number)(width, height, channels, 8);
    const bytes = (exports.memory as WebAssembly.Memory).buffer.byteLength;
    assertEquals(bytes <= graphicsMemoryBytes(shape), true, `${bytes} for ${width}×${height}`);
  }
});

Deno.test("a decoder written from docs/specification/7-graphics-coder.md decodes drawn graphics of all kinds", () => {
  for (const picture of drawnPictures(5, 64)) {
    const decoded = decodeByThePage(encodeGraphics(picture.samples, picture), picture);
    assertEquals(decoded, [...picture.samples], picture.name);
  }
  const dice = new Dice(9);
  for (const [width, height] of AWKWARD_SIZES.slice(0, 10)) {
    for (const channels of [1, 3, 4]) {
      for (const bitDepth of [5, 8, 12, 16]) {
        const shape = { width, height, channels, bitDepth };
        const samples = randomSamples(shape, dice, [2, 20, 100_000][dice.below(3)]);
        assertEquals(decodeByThePage(encodeGraphics(samples, shape), shape), [...samples]);
      }
    }
  }
});

Deno.test("a decoder written from docs/specification/7-graphics-coder.md decodes ramps of 12 and 16 bits", () => {
  for (const [width, height] of [[7, 5], [40, 15], [40, 30]]) {
    for (const channels of [1, 3]) {
      for (const bitDepth of [12, 16]) {
        for (const seed of [1, 2]) {
          const shape = { width, height, channels, bitDepth }, samples = deepRamps(shape, new Dice(seed));
          const decoded = decodeByThePage(encodeGraphics(samples, shape), shape);
          assertEquals(
            decoded,
            [...samples],
            `${width}×${height}×${channels}, ${bitDepth} bits, seed ${seed}`,
          );
        }
      }
    }
  }
});

Deno.test("a decoder written from docs/specification/7-graphics-coder.md takes slots that were never made new", () => {
  // In these a check of 0 fits an empty slot, whose probability of 0 then moves to 1.
  const cases = [33, 34, 40, 47, 62].map((seed) => {
    const shape = { width: 24, height: 16, channels: 1, bitDepth: 16 };
    return { shape, samples: deepRamps(shape, new Dice(seed)), name: `seed ${seed}` };
  });
  const { data, width, height } = syntheticPicture(40, 30);
  cases.push({
    shape: { width, height, channels: 1, bitDepth: 16 },
    samples: Uint16Array.from(
      { length: width * height },
      (_, i) => data[4 * i + 1] * 257 - ((4 * i + 1) % 3),
    ),
    name: "synthetic green",
  });
  for (const { shape, samples, name } of cases) {
    assertEquals(decodeByThePage(encodeGraphics(samples, shape), shape), [...samples], name);
  }
});

Deno.test("a decoder written from docs/specification/7-graphics-coder.md blends as the coder when quotients wrap", () => {
  // Neighbours whose first samples differ by 1, pixels far from both, and other samples at both ends.
  const shape = { width: 6, height: 6, channels: 3, bitDepth: 16 };
  for (const seed of [21, 57, 62]) {
    const dice = new Dice(seed), samples = new Uint16Array(108);
    for (let i = 0; i < samples.length; i += 3) {
      samples[i + 1] = dice.below(3) > 0 ? 30000 + dice.below(2) : dice.below(65536);
      samples[i] = dice.below(2) * 65000 + dice.below(500);
      samples[i + 2] = dice.below(2) * 65000 + dice.below(500);
    }
    assertEquals(decodeByThePage(encodeGraphics(samples, shape), shape), [...samples], `seed ${seed}`);
  }
});
