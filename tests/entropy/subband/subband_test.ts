import type { BandShape } from "../../../src/entropy/bands.ts";
import { assertEquals, assertThrows } from "@std/assert";
import {
  bandLayout,
  coefficientCount,
  decodeSections,
  encodeSections,
  EntropyError,
} from "../../../src/entropy/mod.ts";
import { extraBitsOf, firstMagnitudeOf, TOKEN_COUNT, tokenOf } from "../../../src/entropy/subband/tables.ts";
import { decodeSamples, encodeSamples, sampleLevel } from "../../../src/entropy/lossless/samples.ts";
import { DEFAULT_SAMPLES_WASM } from "../../../src/entropy/lossless/default_samples_wasm.ts";
import { SAMPLES_DECODING_WASM } from "../../../src/entropy/lossless/samples_decoding_wasm.ts";
import { SAMPLES_PLAIN_WASM, SAMPLES_SIMD_WASM } from "../../../src/entropy/lossless/samples_wasm.ts";
import { AWKWARD_SIZES, randomSource } from "../../random.ts";
import { areRefused } from "../_data.ts";

const wide = { mode: "subband" } as const;

/** Coefficients whose size falls with the band's fineness and depends on the place, as a picture's do. */
function pictureLike(bands: ReturnType<typeof bandLayout>, scale: number, seed: number): Int32Array {
  const next = randomSource(seed);
  const values = new Int32Array(coefficientCount(bands));
  for (const { offset, width, height, level } of bands) {
    for (let i = 0; i < width * height; i++) {
      const busy = Math.sin((i % width) / 5) + Math.sin(i / width / 7) > 0 ? 1 : 0.1;
      values[offset + i] = Math.round((next() + next() + next() - 1.5) * scale * busy * 2 ** level);
    }
  }
  return values;
}

Deno.test("tokens and their extra bits cover all magnitudes without gap or overlap", () => {
  let next = 0;
  for (let token = 0; token < TOKEN_COUNT - 1; token++) {
    assertEquals(firstMagnitudeOf(token), next);
    next += 2 ** extraBitsOf(token);
    assertEquals([tokenOf(firstMagnitudeOf(token)), tokenOf(next - 1)], [token, token]);
  }
  assertEquals(next > 2 ** 30, true);
});

Deno.test("wide sections round-trip at any size, depth and number of channels", () => {
  for (const [width, height] of AWKWARD_SIZES) {
    for (const levels of [0, 1, 2, 5, 10]) {
      for (const channels of [1, 3, 4]) {
        const bands = bandLayout({ width, height, channels, levels });
        const values = pictureLike(bands, 4, width * 100 + height);
        assertEquals(decodeSections(encodeSections(values, bands, wide), bands, wide), values);
      }
    }
  }
});

Deno.test("wide sections hold the largest values, all zeros, and noise", () => {
  const bands = bandLayout({ width: 40, height: 30, channels: 2, levels: 2 });
  const next = randomSource(3);
  const count = coefficientCount(bands);
  const extremes = Int32Array.from(
    { length: count },
    () => next() < 0.1 ? (next() < 0.5 ? 2 ** 30 : -(2 ** 30)) : 0,
  );
  for (
    const values of [
      extremes,
      new Int32Array(count),
      Int32Array.from({ length: count }, () => next() * 512 - 256),
    ]
  ) {
    assertEquals(decodeSections(encodeSections(values, bands, wide), bands, wide), values);
  }
  assertEquals(
    encodeSections(new Int32Array(count), bands, wide).reduce((sum, s) => sum + s.length, 0) < 8,
    true,
  );
});

Deno.test("a prefix of wide sections decodes to the coarser bands", () => {
  const bands = bandLayout({ width: 96, height: 64, channels: 3, levels: 3 });
  const values = pictureLike(bands, 3, 8);
  const sections = encodeSections(values, bands, wide);
  const some = decodeSections(sections.slice(0, 1), bands, wide);
  const end = bands.filter(({ level, orientation }) => orientation === 0 || level > 2).at(-1)!;
  const known = end.offset + end.width * end.height;
  assertEquals(some.subarray(0, known), values.subarray(0, known));
  assertEquals(some.subarray(known).every((value) => value === 0), true);
});

Deno.test("the subband coder spends less than the static one on what pictures look like", () => {
  const bands = bandLayout({ width: 128, height: 128, channels: 3, levels: 4 });
  const values = pictureLike(bands, 3, 21);
  const bytes = (mode: "static" | "subband") =>
    encodeSections(values, bands, { mode }).reduce((sum, s) => sum + s.length, 0);
  assertEquals(
    bytes("subband") < 0.95 * bytes("static"),
    true,
    `${bytes("subband")} against ${bytes("static")}`,
  );
});

Deno.test("wide golden vector: these coefficients give these bytes", () => {
  const bands = bandLayout({ width: 4, height: 3, channels: 1, levels: 1 });
  const values = Int32Array.of(40, 38, 41, 44, -3, 0, 7, 1, 0, -12, 2, 0);
  const [section] = encodeSections(values, bands, wide);
  assertEquals(
    Array.from(section, (byte) => byte.toString(16).padStart(2, "0")).join(" "),
    "e3 cf 65 01 37 0a 2c 1d 6c 91 9a",
  );
});

Deno.test("wide golden vector of samples, which are predicted", () => {
  const bands = bandLayout({ width: 5, height: 3, channels: 2, levels: 0 });
  const values = Int32Array.from({ length: 30 }, (_, i) => 40 + 3 * (i % 5) - 2 * Math.floor(i / 5) + i % 3);
  const section = encodeSamples(values, bands, sampleLevel(5), SAMPLES_SIMD_WASM);
  assertEquals(section.toHex(), "2046a01c0214cfd39360224f5ddf8079b3cc9b1ea10dd8");
});

/** Bits that the predictor takes for the first planes, per sample of one plane. */
function bitsPerSample(values: Int32Array, bands: readonly BandShape[]): number {
  const count = bands[0].width * bands[0].height;
  const section = encodeSamples(
    values.slice(0, bands.length * count),
    bands,
    sampleLevel(5),
    SAMPLES_SIMD_WASM,
  );
  return 8 * section.length / count;
}

Deno.test("samples that their neighbours and other channels foretell cost little", () => {
  const side = 64, bands = bandLayout({ width: side, height: side, channels: 2, levels: 0 });
  const next = randomSource(5), values = new Int32Array(2 * side * side);
  for (let i = 0; i < side * side; i++) {
    const texture = Math.floor(next() * 64);
    values[i] = 2 * (i % side) + texture;
    values[side * side + i] = 3 * Math.floor(i / side) - texture;
  }
  const bitsOf = (channels: number) => bitsPerSample(values, bands.slice(0, channels));
  const first = bitsOf(1), second = bitsOf(2) - first;
  assertEquals(first < 6.6, true, `${first} bits a sample of 6 random bits`);
  assertEquals(second < 5, true, `${second} bits a sample that the first channel tells`);
});

Deno.test("samples cost the same bytes by every module, at every effort, and come back", () => {
  const sizes = [[53, 31], [83, 61]];
  for (
    const [scale, [width, height], grid] of [[3, sizes[0], 0], [4000, sizes[0], 0], [3, sizes[1], 9]] as const
  ) {
    const bands = bandLayout({ width, height, channels: 3, levels: 0 });
    const values = pictureLike(bands, scale, 17);
    // Every second column of the channels after the first differs, so that windows tell parities apart.
    for (let i = width * height; i < values.length; i++) if (i % width & 1) values[i] += i % 7 * grid;
    for (const effort of [3, 5, 7, 9]) {
      const section = encodeSamples(values, bands, sampleLevel(effort), SAMPLES_SIMD_WASM);
      assertEquals(section[0] >= 128, grid > 0 && effort > 3);
      const ofBoth = [SAMPLES_PLAIN_WASM, ...effort === 5 ? [DEFAULT_SAMPLES_WASM] : []];
      for (const module of ofBoth) {
        assertEquals(encodeSamples(values, bands, sampleLevel(effort), module), section);
      }
      for (const module of [SAMPLES_SIMD_WASM, SAMPLES_DECODING_WASM, ...ofBoth]) {
        const decoded = new Int32Array(values.length);
        decodeSamples(section, decoded, bands, module);
        assertEquals(decoded, values);
      }
    }
  }
});

Deno.test("rows wider than the columns that are kept, and the largest samples, come back", () => {
  const next = randomSource(9);
  const bands = bandLayout({ width: 65_600, height: 1, channels: 1, levels: 0 });
  const wideRows = Int32Array.from({ length: 65_600 }, (_, i) => 90 * Math.sin(i / 40) + 8 * next());
  assertEquals(decodeSections(encodeSections(wideRows, bands, wide), bands, wide), wideRows);
  const small = bandLayout({ width: 20, height: 20, channels: 2, levels: 0 });
  const extremes = Int32Array.from({ length: 800 }, () => (next() < 0.5 ? 1 : -1) * 2 ** 30);
  assertEquals(decodeSections(encodeSections(extremes, small, wide), small, wide), extremes);
});

Deno.test("a channel that another tells by a slope which changes over the picture costs little", () => {
  const side = 96, bands = bandLayout({ width: side, height: side, channels: 2, levels: 0 });
  const next = randomSource(5), values = new Int32Array(2 * side * side);
  for (let i = 0; i < side * side; i++) {
    values[i] = Math.floor(next() * 64);
    values[side * side + i] = Math.round(values[i] * (i % side) / side);
  }
  const bitsOf = (channels: number) => bitsPerSample(values, bands.slice(0, channels));
  const second = bitsOf(2) - bitsOf(1);
  assertEquals(second < 3.2, true, `${second} bits a sample`);
});

Deno.test("damaged wide sections give an error or values in range, and end", () => {
  const wavelet = bandLayout({ width: 24, height: 17, channels: 3, levels: 2 });
  const samples = bandLayout({ width: 24, height: 17, channels: 3, levels: 0 });
  const whole = [wavelet, samples].map((bands) => encodeSections(pictureLike(bands, 5, 4), bands, wide)[0]);
  const next = randomSource(77);
  let refused = 0;
  for (let i = 0; i < 400; i++) {
    const bands = i % 4 < 2 ? wavelet : samples;
    let bytes = whole[i % 4 < 2 ? 0 : 1].slice();
    if (i % 2) bytes = bytes.subarray(0, Math.floor(next() * bytes.length));
    else {for (let k = 0; k <= i % 3; k++) {
        bytes[Math.floor(next() * bytes.length)] ^= 1 << Math.floor(next() * 8);
      }}
    if (areRefused([bytes], bands, wide)) refused++;
  }
  assertEquals(refused > 300, true, `${refused} of 400`);
  assertThrows(
    () => decodeSections([new Uint8Array(200).fill(255)], wavelet, wide),
    EntropyError,
    "section 0",
  );
});
