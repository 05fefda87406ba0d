/**
 * Speed of the entropy stage. Run: `deno bench bench/entropy_bench.ts`.
 *
 * Every group's baseline is a typed-array copy of the same symbols; before the groups, one line a coder gives symbols
 * a second (best of several runs) and the ratio to that copy.
 */

import {
  bandLayout,
  coefficientCount,
  decodeSections,
  DEFAULT_LAMBDA,
  encodeSections,
  frequencyTableFromCounts,
  optimiseCoefficients,
  parsePrior,
  ransDecodeU8,
  ransEncodeU8,
} from "../src/entropy/mod.ts";

const SYMBOL_COUNT = 1 << 22;
const MEASURING_MILLISECONDS = 30_000;

/** xorshift32, so that every run measures the same data. */
function makeRandom(seed: number): () => number {
  let x = seed | 0;
  return () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return x >>> 0;
  };
}

function laplacian(random: () => number, percent: number): number {
  let magnitude = 0;
  while (magnitude < 100 && random() % 100 < percent) magnitude++;
  return (random() & 1) === 0 ? magnitude : -magnitude;
}

/** A line of the report. */
interface Subject {
  readonly name: string;
  readonly count: number;
  readonly run: () => unknown;
  readonly copy: () => unknown;
}

const subjects: Subject[] = [];

function report(name: string, count: number, run: () => unknown, copy: () => unknown): void {
  subjects.push({ name, count, run, copy });
}

/**
 * Best time of each subject and of its copy. They take turns, so that all meet a machine's better moments, which may be
 * seconds apart.
 */
function printReport(): void {
  const best = subjects.map(() => ({ run: Infinity, copy: Infinity }));
  const end = performance.now() + MEASURING_MILLISECONDS;
  for (let round = 0; round < 12 || performance.now() < end; round++) {
    subjects.forEach(({ run, copy }, i) => {
      best[i].run = Math.min(best[i].run, millisecondsOf(run));
      best[i].copy = Math.min(best[i].copy, millisecondsOf(copy));
    });
  }
  subjects.forEach(({ name, count }, i) => {
    const { run, copy } = best[i];
    console.log(
      `${name.padEnd(28)} ${(count / run / 1000).toFixed(1)} Msym/s, ${
        (run / copy).toFixed(1)
      } × the time of a copy`,
    );
  });
}

function millisecondsOf(run: () => unknown): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}

const random = makeRandom(1);
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
const staticSections = encodeSections(coefficients, bands, { mode: "static" });
const contextSections = encodeSections(coefficients, bands, { mode: "context" });
const prior = parsePrior(Deno.readFileSync(new URL("../models/vaerans-8/prior.bin", import.meta.url)));
const priorSections = encodeSections(coefficients, bands, { mode: "context", prior });
const scaled = coefficients.map((value) => value * 64 + (random() % 63) - 31);
// The same latent for a trellis, whose levels are two half steps apart; as seldom not zero.
const halfScaled = coefficients.map((value) => value * 128 + (random() % 49) - 24);
const trellis = { coder: "trellis", effort: 5, prior } as const;
const values = optimiseCoefficients(halfScaled, bands, trellis);
const trellisSections = encodeSections(values, bands, { mode: "trellis", prior });

// A pixel stream of 512 × 512: a quarter of the places are busy, values grow towards LL.
const pixelBands = bandLayout({ width: 512, height: 512, channels: 3, levels: 5 });
const pixelScaled = new Int32Array(coefficientCount(pixelBands));
for (const { offset, width, height, level, channel } of pixelBands) {
  for (let i = 0; i < width * height; i++) {
    const isBusy = ((i % width) * 16 / width + Math.floor(i / width) * 16 / height & 3) === 0;
    const percent = (isBusy ? 60 : 4) - 3 * channel + 8 * level;
    pixelScaled[offset + i] = laplacian(random, Math.min(96, percent)) * 64 + (random() % 63) - 31;
  }
}
const subband = { coder: "subband", effort: 5 } as const;
const pixels = optimiseCoefficients(pixelScaled, pixelBands, subband);
const pixelSections = encodeSections(pixels, pixelBands, { mode: "subband" });
const copyPixels = (): unknown => pixels.slice();

const copySymbols = (): unknown => symbols.slice();
const copyCoefficients = (): unknown => coefficients.slice();

report("static rANS encode, raw u8", SYMBOL_COUNT, () => ransEncodeU8(symbols, table), copySymbols);
report(
  "static rANS decode, raw u8",
  SYMBOL_COUNT,
  () => ransDecodeU8(stream, SYMBOL_COUNT, table),
  copySymbols,
);
report(
  "static sections encode",
  coefficients.length,
  () => encodeSections(coefficients, bands, { mode: "static" }),
  copyCoefficients,
);
report(
  "static sections decode",
  coefficients.length,
  () => decodeSections(staticSections, bands, { mode: "static" }),
  copyCoefficients,
);

report(
  "context sections encode",
  coefficients.length,
  () => encodeSections(coefficients, bands, { mode: "context" }),
  copyCoefficients,
);
report(
  "context sections decode",
  coefficients.length,
  () => decodeSections(contextSections, bands, { mode: "context" }),
  copyCoefficients,
);
report(
  "context encode, prior",
  coefficients.length,
  () => encodeSections(coefficients, bands, { mode: "context", prior }),
  copyCoefficients,
);
report(
  "context decode, prior",
  coefficients.length,
  () => decodeSections(priorSections, bands, { mode: "context", prior }),
  copyCoefficients,
);
report(
  "optimise, effort 5",
  coefficients.length,
  () => optimiseCoefficients(scaled, bands, { lambda: DEFAULT_LAMBDA, effort: 5 }),
  copyCoefficients,
);

report(
  "trellis encode, prior",
  coefficients.length,
  () => encodeSections(values, bands, { mode: "trellis", prior }),
  copyCoefficients,
);
report(
  "trellis decode, prior",
  coefficients.length,
  () => decodeSections(trellisSections, bands, { mode: "trellis", prior }),
  copyCoefficients,
);
report(
  "trellis search, effort 5",
  coefficients.length,
  () => optimiseCoefficients(halfScaled, bands, trellis),
  copyCoefficients,
);

report(
  "subband encode",
  pixels.length,
  () => encodeSections(pixels, pixelBands, { mode: "subband" }),
  copyPixels,
);
report(
  "subband decode",
  pixels.length,
  () => decodeSections(pixelSections, pixelBands, { mode: "subband" }),
  copyPixels,
);
report(
  "subband choice, effort 5",
  pixels.length,
  () => optimiseCoefficients(pixelScaled, pixelBands, subband),
  copyPixels,
);

printReport();

Deno.bench({ name: "copy 4 Mi bytes", group: "raw u8", baseline: true, fn: () => void symbols.slice() });
Deno.bench({ name: "ransEncodeU8()", group: "raw u8", fn: () => void ransEncodeU8(symbols, table) });
Deno.bench({
  name: "ransDecodeU8()",
  group: "raw u8",
  fn: () => void ransDecodeU8(stream, SYMBOL_COUNT, table),
});

Deno.bench({
  name: "copy 66,560 i32",
  group: "sections",
  baseline: true,
  fn: () => void coefficients.slice(),
});
Deno.bench({
  name: "encodeSections() static",
  group: "sections",
  fn: () => void encodeSections(coefficients, bands, { mode: "static" }),
});
Deno.bench({
  name: "decodeSections() static",
  group: "sections",
  fn: () => void decodeSections(staticSections, bands, { mode: "static" }),
});
Deno.bench({
  name: "encodeSections() context",
  group: "sections",
  fn: () => void encodeSections(coefficients, bands, { mode: "context" }),
});
Deno.bench({
  name: "decodeSections() context",
  group: "sections",
  fn: () => void decodeSections(contextSections, bands, { mode: "context" }),
});
Deno.bench({
  name: "encodeSections() context, prior",
  group: "sections",
  fn: () => void encodeSections(coefficients, bands, { mode: "context", prior }),
});
Deno.bench({
  name: "decodeSections() context, prior",
  group: "sections",
  fn: () => void decodeSections(priorSections, bands, { mode: "context", prior }),
});
Deno.bench({
  name: "optimiseCoefficients() effort 5",
  group: "sections",
  fn: () => void optimiseCoefficients(scaled, bands, { lambda: DEFAULT_LAMBDA, effort: 5 }),
});
Deno.bench({
  name: "encodeSections() trellis, prior",
  group: "sections",
  fn: () => void encodeSections(values, bands, { mode: "trellis", prior }),
});
Deno.bench({
  name: "decodeSections() trellis, prior",
  group: "sections",
  fn: () => void decodeSections(trellisSections, bands, { mode: "trellis", prior }),
});
Deno.bench({
  name: "optimiseCoefficients() trellis, effort 5",
  group: "sections",
  fn: () => void optimiseCoefficients(halfScaled, bands, trellis),
});
Deno.bench({
  name: "copy 786,432 i32",
  group: "pixels",
  baseline: true,
  fn: () => void pixels.slice(),
});
Deno.bench({
  name: "encodeSections() subband",
  group: "pixels",
  fn: () => void encodeSections(pixels, pixelBands, { mode: "subband" }),
});
Deno.bench({
  name: "decodeSections() subband",
  group: "pixels",
  fn: () => void decodeSections(pixelSections, pixelBands, { mode: "subband" }),
});
Deno.bench({
  name: "optimiseCoefficients() subband, effort 5",
  group: "pixels",
  fn: () => void optimiseCoefficients(pixelScaled, pixelBands, subband),
});
