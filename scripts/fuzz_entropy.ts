/**
 * Fuzzes the entropy decoders: random, truncated and bit-flipped sections must give an EntropyError or values in
 * range, never hang, crash or allocate by a number from the input.
 *
 *     deno task fuzz-entropy [INPUTS] [SEED]
 *
 * INPUTS defaults to 20000 (a few seconds). Each picture is encoded once and damaged eight times. Prints a line of counts
 * at the end and after every million; exits 1 at the first finding, which it prints with its input's number and seed.
 */

import {
  bandLayout,
  type BandShape,
  coefficientCount,
  decodeSections,
  encodeSections,
  type EntropyMode,
  frequencyTableFromCounts,
  optimiseCoefficients,
  parsePrior,
  ransDecodeU8,
  ransEncodeU8,
} from "../src/entropy/mod.ts";
import { trainPrior } from "./prior/train_prior.ts";
import { checkCoefficients, damaged, decodedOrRefused, endAt } from "./fuzz.ts";
import { RandomNumbers } from "./random.ts";

/** More processor time than this for one small input counts as a hang. */
const MAX_MILLISECONDS = 2000;
const DAMAGES = 8;
const REPORT_EVERY = 1_000_000;

const inputs = Number(Deno.args[0] ?? 20_000);
const numbers = new RandomNumbers(Number(Deno.args[1] ?? 1) | 1),
  random = (limit: number) => numbers.below(limit),
  damage = (bytes: Uint8Array) => damaged(bytes, numbers, 100, 4);

function laplacian(percent: number): number {
  let magnitude = 0;
  while (magnitude < 400 && random(100) < percent) magnitude++;
  return random(2) === 0 ? magnitude : -magnitude;
}

/** Runs one attempt; true when it decoded, false when it was refused. Throws at a finding. */
function attempt(run: () => ArrayLike<number>): boolean {
  const values = decodedOrRefused(run, MAX_MILLISECONDS);
  if (values) checkCoefficients(values);
  return values !== undefined;
}

/** The static coder has the most to go wrong. */
function randomMode(): EntropyMode {
  const draw = random(16);
  return draw < 6
    ? "static"
    : draw < 9
    ? "context"
    : draw < 12
    ? "trellis"
    : draw < 15
    ? "subband"
    : "subband-trellis";
}

function randomCoefficients(bands: readonly BandShape[], percent: number): Int32Array {
  return Int32Array.from({ length: coefficientCount(bands) }, () => laplacian(percent));
}

let decoded = 0;
let refused = 0;
let silent = 0;
const trainingBands = bandLayout({ width: 24, height: 24, channels: 3, levels: 3 });
const trainingPicture = { coefficients: randomCoefficients(trainingBands, 50), bands: trainingBands };
const priorBytes = trainPrior([trainingPicture], { netSamples: 500, netEpochs: 3 });
const prior = parsePrior(priorBytes);

function report(count: number): void {
  console.log(
    `${count} inputs: ${refused} refused, ${decoded} decoded, ${silent} of them to something else (left to the CRC)`,
  );
}

for (let input = 0; input < inputs;) {
  const seed = numbers.state;
  try {
    const bands = bandLayout({
      width: random(12),
      height: random(12),
      channels: 1 + random(3),
      levels: random(4),
    });
    const mode = randomMode(), drawn = randomCoefficients(bands, random(98));
    const coefficients = mode === "trellis" || mode === "subband-trellis"
      ? optimiseCoefficients(drawn.map((value) => 64 * value), bands, { coder: mode, effort: 1 })
      : drawn;
    const takesPrior = mode === "context" || mode === "trellis";
    const options = { mode, ...(takesPrior && random(2) === 0 && { prior }) };
    const sections = encodeSections(coefficients, bands, options);
    for (let k = 0; k < DAMAGES && input < inputs; k++) {
      const changed = sections.map(damage);
      let same = false;
      const ok = attempt(() => {
        const values = decodeSections(changed, bands, options);
        same = values.every((value, i) => value === coefficients[i]);
        return values;
      });
      if (ok) decoded++;
      else refused++;
      if (ok && !same) silent++;
      if (++input % REPORT_EVERY === 0) report(input);
    }

    if (input % 128 === 0) {
      const symbols = Uint8Array.from({ length: 1 + random(200) }, () => random(1 + random(255)));
      const counts = new Uint32Array(256).fill(random(2));
      for (const symbol of symbols) counts[symbol]++;
      const table = frequencyTableFromCounts(counts);
      const stream = ransEncodeU8(symbols, table);
      for (let k = 0; k < DAMAGES; k++) {
        const changed = damage(stream);
        attempt(() => ransDecodeU8(changed, symbols.length, table));
      }
    }
    if (input % 8192 === 0) attempt(() => parsePrior(damage(priorBytes)).mixerCounts);
  } catch (error) {
    endAt(input, seed, error);
  }
}
report(inputs);
