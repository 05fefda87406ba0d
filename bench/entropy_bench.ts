/**
 * The entropy stage beside a copy of the same bytes: raw symbols are u8, coefficients i32. Run:
 * `deno bench -R bench/entropy_bench.ts`.
 */

import {
  bandLayout,
  coefficientCount,
  decodeSections,
  DEFAULT_LAMBDA,
  encodeSections,
  type EntropyOptions,
  frequencyTableFromCounts,
  optimiseCoefficients,
  parsePrior,
  ransDecodeU8,
  ransEncodeU8,
} from "../src/entropy/mod.ts";
import { RandomNumbers } from "../scripts/random.ts";
import { benchGroup, mayRead, type Subject } from "./throughput.ts";

const SYMBOL_COUNT = 1 << 22;

function laplacian(random: RandomNumbers, percent: number): number {
  let magnitude = 0;
  while (magnitude < 100 && random.below(100) < percent) magnitude++;
  return random.below(2) === 0 ? magnitude : -magnitude;
}

const random = new RandomNumbers(1);
const symbols = Uint8Array.from({ length: SYMBOL_COUNT }, () => 128 + laplacian(random, 55));
const counts = new Uint32Array(256);
for (let i = 0; i < symbols.length; i++) counts[symbols[i]]++;
const table = frequencyTableFromCounts(counts);
const stream = ransEncodeU8(symbols, table);

// Sections: the latent of a megapixel picture at f = 8, about 5% of it not zero, denser towards LL.
const bands = bandLayout({ width: 160, height: 104, channels: 4, levels: 3 });
const coefficients = new Int32Array(coefficientCount(bands));
for (const band of bands) {
  const percent = band.orientation === 0 ? 90 : 4 + 8 * band.level;
  for (let i = 0; i < band.width * band.height; i++) {
    coefficients[band.offset + i] = laplacian(random, percent);
  }
}
const scaled = coefficients.map((value) => value * 64 + random.below(63) - 31);
// The same latent for a trellis, whose levels are two half steps apart; as seldom not zero.
const halfScaled = coefficients.map((value) => value * 128 + random.below(49) - 24);
// Planes of pixels, 256×256: a wave with noise.
const planes = bandLayout({ width: 256, height: 256, channels: 3, levels: 0 });
const samples = Int32Array.from(
  { length: coefficientCount(planes) },
  (_, i) => Math.round(60 * Math.sin(i / 40)) + laplacian(random, 60),
);

benchGroup({ name: "rANS, 4 Mi symbols", bytes: symbols.byteLength }, [
  ["ransEncodeU8()", () => ransEncodeU8(symbols, table)],
  ["ransDecodeU8()", () => ransDecodeU8(stream, SYMBOL_COUNT, table)],
]);

const priorPath = new URL("../models/vaerans-8/prior.bin", import.meta.url);
const prior = await mayRead(priorPath) ? parsePrior(await Deno.readFile(priorPath)) : undefined;
if (!prior) console.log("coders with a prior: skipped, the prior needs read access (-R)");
const optimiseTrellis = { coder: "trellis", effort: 5, ...(prior && { prior }) } as const;
const trellisValues = optimiseCoefficients(halfScaled, bands, optimiseTrellis);

benchGroup({ name: "latent, 66,560 coefficients", bytes: coefficients.byteLength }, [
  ...coders("static", coefficients, { mode: "static" }),
  ...coders("context", coefficients, { mode: "context" }),
  ...prior ? coders("context, prior", coefficients, { mode: "context", prior }) : [],
  ...coders("trellis", trellisValues, { mode: "trellis" }),
  ...prior ? coders("trellis, prior", trellisValues, { mode: "trellis", prior }) : [],
  [
    "optimise context, effort 5",
    () => optimiseCoefficients(scaled, bands, { lambda: DEFAULT_LAMBDA, effort: 5 }),
  ],
  ["optimise trellis, effort 5", () => optimiseCoefficients(halfScaled, bands, optimiseTrellis)],
]);

benchGroup({ name: "samples, 3×256×256", bytes: samples.byteLength, pixels: 256 ** 2 }, [
  ["encode samples, effort 5", () => encodeSections(samples, planes, { mode: "subband", effort: 5 })],
  ["encode samples, effort 9", () => encodeSections(samples, planes, { mode: "subband", effort: 9 })],
  decoder("samples, effort 5", samples, planes, { mode: "subband", effort: 5 }),
  decoder("samples, effort 9", samples, planes, { mode: "subband", effort: 9 }),
]);

// A pixel stream of 512 × 512: a quarter of the places are busy, values grow towards LL.
const pixelBands = bandLayout({ width: 512, height: 512, channels: 3, levels: 5 });
const pixelScaled = new Int32Array(coefficientCount(pixelBands));
for (const { offset, width, height, level, channel } of pixelBands) {
  for (let i = 0; i < width * height; i++) {
    const isBusy = ((i % width) * 16 / width + Math.floor(i / width) * 16 / height & 3) === 0;
    const percent = (isBusy ? 60 : 4) - 3 * channel + 8 * level;
    pixelScaled[offset + i] = laplacian(random, Math.min(96, percent)) * 64 + random.below(63) - 31;
  }
}
const optimiseSubband = { coder: "subband", effort: 5 } as const;
const pixelValues = optimiseCoefficients(pixelScaled, pixelBands, optimiseSubband);
benchGroup({ name: "pixels, 3×512×512", bytes: pixelValues.byteLength, pixels: 512 ** 2 }, [
  ["encode subband", () => encodeSections(pixelValues, pixelBands, { mode: "subband" })],
  decoder("subband", pixelValues, pixelBands, { mode: "subband" }),
  ["optimise subband, effort 5", () => optimiseCoefficients(pixelScaled, pixelBands, optimiseSubband)],
]);

function coders(name: string, values: Int32Array, options: EntropyOptions): Subject[] {
  return [
    [`encode ${name}`, () => encodeSections(values, bands, options)],
    decoder(name, values, bands, options),
  ];
}

function decoder(
  name: string,
  values: Int32Array,
  layout: ReturnType<typeof bandLayout>,
  options: EntropyOptions,
): Subject {
  const sections = encodeSections(values, layout, options);
  return [`decode ${name}`, () => decodeSections(sections, layout, options)];
}
