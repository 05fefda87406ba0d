/**
 * Fuzzes the decoder of graphics, and that of the sections of planes that it shares with the predictor: random, truncated and
 * changed streams must give an `EntropyError` or samples in range, within their time, and must not change how a later valid
 * stream decodes.
 *
 *     deno task fuzz-graphics [INPUTS] [SEED] [whole]
 *
 * INPUTS defaults to 20000. Each picture is encoded as a stream or a section and damaged 32 times; most have a few pixels, so that
 * a core takes about two thousand inputs a second. `whole` decodes by the modules that encode, too. Prints a line of counts at the
 * end and after every 100,000 inputs; exits 1 at the first finding, which it prints with its input's number and seed.
 */

import { decodeGraphics, encodeGraphics, type GraphicsShape } from "../src/entropy/graphics/mod.ts";
import {
  decodeLosslessSection,
  encodeLosslessSection,
  encodeSplit,
} from "../src/entropy/lossless/lossless_section.ts";
import { bandLayout } from "../src/entropy/mod.ts";
import { checkCoefficients, damaged, decodedOrRefused, endAt } from "./fuzz.ts";
import { RandomNumbers } from "./random.ts";

/** More processor time than this for one small input counts as a hang. */
const MAX_MILLISECONDS = 5000;
const DAMAGES = 32;
const REPORT_EVERY = 100_000;

if (Deno.args[2] === "whole") await import("../src/entropy/lossless/whole_modules.ts");
const inputs = Number(Deno.args[0] ?? 20_000);
const numbers = new RandomNumbers(Number(Deno.args[1] ?? 1) | 1),
  random = (limit: number) => numbers.below(limit);

/** Small, since time is spent best on many inputs; now and then long or empty. */
function randomShape(): GraphicsShape {
  const long = random(400) === 0, most = random(16) === 0 ? 14 : 6;
  return {
    width: random(long ? 400 : most),
    height: random(long ? 4 : most),
    channels: [1, 3, 4][random(3)],
    bitDepth: random(4) > 0 ? 8 : 1 + random(16),
  };
}

/** Few colours in runs and copies, or noise. */
function randomSamples({ width, height, channels, bitDepth }: GraphicsShape): Uint8Array | Uint16Array {
  const count = width * height * channels, limit = 2 ** bitDepth, row = width * channels, sort = random(4);
  const samples = bitDepth <= 8 ? new Uint8Array(count) : new Uint16Array(count);
  for (let i = 0; i < count; i++) {
    const back = random(8) < sort ? 0 : random(2) === 0 ? channels : row;
    samples[i] = back === 0 || i < back ? random(1 + random(limit)) : samples[i - back];
  }
  return samples;
}

/** What is damaged, and what must come of it. */
interface Subject {
  readonly bytes: Uint8Array;
  readonly samples: ArrayLike<number>;
  decode(bytes: Uint8Array, isWrongShape: boolean): ArrayLike<number> | undefined;
}

function streamSubject(): Subject {
  const shape = randomShape(), samples = randomSamples(shape), bytes = encodeGraphics(samples, shape);
  const decode = (bytes: Uint8Array, isWrongShape: boolean) =>
    attempt(bytes, isWrongShape ? { ...shape, width: random(20) } : shape);
  return { bytes, samples, decode };
}

/** A section of one to five planes, in one part or two. */
function sectionSubject(): Subject {
  const { width, height, bitDepth } = randomShape(), channels = 1 + random(5), effort = 1 + random(9);
  const size = { width: width + 1, height: height + 1, channels, levels: 0 }, bands = bandLayout(size);
  const count = channels * size.width * size.height, half = 2 ** (bitDepth - 1);
  const source = randomSamples({ width: count, height: 1, channels: 1, bitDepth });
  // Differences are seldom larger than samples; small ones keep the colours in range.
  const values = Int32Array.from(source, (sample, i) => i < count / channels ? sample - half : sample >> 6);
  const isSplit = channels % 2 === 0 && random(2) === 0;
  const bytes = isSplit ? encodeSplit(values, bands, effort) : encodeLosslessSection(values, bands, effort);
  const decode = (bytes: Uint8Array, isWrongShape: boolean) => {
    const other = { ...size, channels: 1 + random(5) };
    return attemptSection(bytes, isWrongShape ? other : size);
  };
  return { bytes, samples: values, decode };
}

type Size = Parameters<typeof bandLayout>[0];

/** The values, or nothing if they are refused. Throws at a finding. */
function attemptSection(bytes: Uint8Array, size: Size): Int32Array | undefined {
  const values = new Int32Array(size.width * size.height * size.channels);
  const decoded = decodedOrRefused(() => {
    decodeLosslessSection(bytes, values, bandLayout(size));
    return values;
  }, MAX_MILLISECONDS);
  if (decoded) checkCoefficients(decoded);
  return decoded;
}

/** The samples, or nothing if they are refused. Throws at a finding. */
function attempt(bytes: Uint8Array, shape: GraphicsShape): Uint8Array | Uint16Array | undefined {
  const samples = decodedOrRefused(() => decodeGraphics(bytes, shape), MAX_MILLISECONDS);
  if (samples === undefined) return undefined;
  if (samples.length !== shape.width * shape.height * shape.channels) {
    throw new Error("wrong number of samples");
  }
  const limit = 2 ** shape.bitDepth;
  for (const sample of samples) if (sample >= limit) throw new Error(`sample ${sample} is out of range`);
  return samples;
}

function same(a: ArrayLike<number> | undefined, b: ArrayLike<number>): boolean {
  if (a === undefined || a.length !== b.length) return false;
  for (let i = 0; i < b.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

let decoded = 0, refused = 0, silent = 0;

function report(count: number): void {
  console.log(
    `${count} inputs: ${refused} refused, ${decoded} decoded, ${silent} of them to something else (left to a checksum)`,
  );
}

for (let input = 0; input < inputs;) {
  const seed = numbers.state;
  try {
    const { bytes, samples, decode } = random(2) === 0 ? streamSubject() : sectionSubject();
    for (let k = 0; k < DAMAGES && input < inputs; k++) {
      // At times the shape is wrong instead of the bytes.
      const result = decode(damaged(bytes, numbers, 60, 5), random(16) === 0);
      if (result === undefined) refused++;
      else decoded++;
      if (result !== undefined && !same(result, samples)) silent++;
      if (++input % REPORT_EVERY === 0) report(input);
    }
    if (!same(decode(bytes, false), samples)) throw new Error("the valid stream gave other samples");
  } catch (error) {
    endAt(input, seed, error);
  }
}
report(inputs);
