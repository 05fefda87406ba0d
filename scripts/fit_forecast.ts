/**
 * Learns the weights of `src/codec/plan/step_forecast.ts` from photographs and prints them.
 *
 * `deno run -R scripts/fit_forecast.ts PICTURE…`. Each picture is reduced to at most one of five sizes and encoded by every stream at some
 * qualities, which takes seconds; hold out what the result is to be measured on.
 */
import { decodePicture } from "../mod.ts";
import { EncoderPool } from "../src/codec/plan/encoder_pool.ts";
import { activityOf } from "../src/codec/plan/picture_activity.ts";
import { reduced } from "../bench/reduced.ts";

const MOST_PIXELS = [100_000, 153_600, 250_000, 393_216, 600_000];
/** Qualities that each stream is encoded at. */
const QUALITIES: Readonly<Record<string, readonly number[]>> = {
  "vaerans-8": [26, 32, 40],
  "vaerans-4": [26, 32, 40, 70, 74, 77, 84],
  pixels: [70, 76, 81, 87],
};
/** How much weights are held near zero, in pictures. */
const RIDGE = 2;

/** Step code and the logarithm of the bytes, by quality. */
type Sizes = ReadonlyMap<number, { readonly code: number; readonly octaves: number }>;

/** Nodes of the table, and by how many codes a step is to move there. */
const NODES: readonly {
  readonly name: string;
  readonly moved: (sizes: Readonly<Record<string, Sizes>>) => number;
}[] = [
  ...[26, 32, 40].map((quality) => ({
    name: `vaerans-8, ${quality}`,
    moved: (sizes: Readonly<Record<string, Sizes>>) =>
      codeAt(sizes["vaerans-8"], ofModels(sizes, quality)) - sizes["vaerans-8"].get(quality)!.code,
  })),
  {
    name: "vaerans-4, 40",
    moved: (sizes) => codeAt(sizes["vaerans-4"], ofModels(sizes, 40)) - sizes["vaerans-4"].get(40)!.code,
  },
  ...[74, 77].map((quality) => ({
    name: `vaerans-4, ${quality}`,
    moved: (sizes: Readonly<Record<string, Sizes>>) =>
      codeAt(sizes["vaerans-4"], ofPixels(sizes, quality)) - sizes["vaerans-4"].get(70)!.code,
  })),
  ...[78, 83].map((quality) => ({
    name: `pixels, ${quality}`,
    moved: (sizes: Readonly<Record<string, Sizes>>) =>
      codeAt(sizes.pixels, ofPixels(sizes, quality)) - sizes.pixels.get(87)!.code,
  })),
];

/** Octaves of the bytes of a quality between the models, and between vaerans-4 and pixels; see `overlapOf`. */
function ofModels(sizes: Readonly<Record<string, Sizes>>, quality: number): number {
  const share = (quality - 20) / 24;
  return (1 - share) * sizes["vaerans-8"].get(quality)!.octaves +
    share * sizes["vaerans-4"].get(quality)!.octaves;
}

function ofPixels(sizes: Readonly<Record<string, Sizes>>, quality: number): number {
  const share = (quality - 70) / 17;
  return (1 - share) * sizes["vaerans-4"].get(70)!.octaves + share * sizes.pixels.get(87)!.octaves;
}

/** The step code at which a stream has so many octaves of bytes: on the line through the two nearest. */
function codeAt(sizes: Sizes, octaves: number): number {
  const [a, b] = [...sizes.values()].toSorted((a, b) =>
    Math.abs(a.octaves - octaves) - Math.abs(b.octaves - octaves)
  );
  return a.code + (octaves - a.octaves) * (b.code - a.code) / (b.octaves - a.octaves);
}

/** Solves the normal equations of a ridge regression with a constant, which is not held near zero. */
function regressed(rows: readonly (readonly number[])[], wanted: readonly number[]): number[] {
  const count = rows[0].length, means = rows[0].map((_, i) => mean(rows.map((row) => row[i])));
  const spreads = means.map((middle, i) => Math.sqrt(mean(rows.map((row) => (row[i] - middle) ** 2))));
  const inputs = rows.map((row) => row.map((value, i) => (value - means[i]) / spreads[i]));
  const centre = mean(wanted);
  const equations = Array.from({ length: count }, (_, i) => [
    ...Array.from(
      { length: count },
      (_, j) => inputs.reduce((sum, row) => sum + row[i] * row[j], i === j ? RIDGE : 0),
    ),
    inputs.reduce((sum, row, k) => sum + row[i] * (wanted[k] - centre), 0),
  ]);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < count; j++) {
      if (j === i) continue;
      const factor = equations[j][i] / equations[i][i];
      for (let k = i; k <= count; k++) equations[j][k] -= factor * equations[i][k];
    }
  }
  const weights = equations.map((row, i) => row[count] / row[i] / spreads[i]);
  return [centre - weights.reduce((sum, weight, i) => sum + weight * means[i], 0), ...weights];
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

const activities: number[][] = [], moves: number[][] = [];
for (const [i, path] of Deno.args.entries()) {
  const picture = reduced(
    await decodePicture(await Deno.readFile(path)),
    MOST_PIXELS[i % MOST_PIXELS.length],
  );
  const pool = new EncoderPool(picture, { workers: 0 }), sizes: Record<string, Sizes> = {};
  for (const [model, qualities] of Object.entries(QUALITIES)) {
    const encoder = await pool.get(model), own = new Map<number, { code: number; octaves: number }>();
    for (const quality of qualities) {
      const code = encoder.codeOfQuality(quality);
      own.set(quality, { code, octaves: Math.log2((await encoder.encode(code, quality)).length) });
    }
    sizes[model] = own;
  }
  pool.close();
  activities.push(activityOf(picture));
  moves.push(NODES.map(({ moved }) => moved(sizes)));
  console.error(`${i + 1} of ${Deno.args.length}`);
}
for (const [i, { name }] of NODES.entries()) {
  const weights = regressed(activities, moves.map((row) => row[i]));
  console.log(`${name}: [${weights.map((weight) => weight.toFixed(2)).join(", ")}]`);
}
