/** Part 2 of the specification, for streams without a model: from coefficients to samples. */

import { bits, clamp, limit } from "./arithmetic.ts";
import { type Band, bandsOf } from "./bands.ts";
import type { DecodedFile, Header, Tile } from "./file.ts";

interface LiftingStep {
  readonly target: "high" | "low";
  readonly weight: number;
  /** Which neighbours count: Haar reads one. */
  readonly reads: "both" | "before" | "after";
  /** In integers: what is added to the sum, and by how much it is shifted. */
  readonly integer?: readonly [round: number, shift: number];
}

interface Wavelet {
  readonly steps: readonly LiftingStep[];
  readonly K: number;
  readonly low: readonly number[];
  readonly high: readonly number[];
}

// deno-fmt-ignore
const WAVELETS: readonly Wavelet[] = [
  {
    steps: [
      { target: "high", weight: -0.5, reads: "both", integer: [0, 1] },
      { target: "low", weight: 0.25, reads: "both", integer: [2, 2] },
    ],
    K: 1,
    low: [1 / 2, 1, 1 / 2],
    high: [-1 / 8, -1 / 4, 3 / 4, -1 / 4, -1 / 8],
  },
  {
    steps: [
      { target: "high", weight: -1, reads: "before", integer: [0, 0] },
      { target: "low", weight: 0.5, reads: "after", integer: [0, 1] },
    ],
    K: 1,
    low: [1, 1],
    high: [-1 / 2, 1 / 2],
  },
  {
    steps: [
      { target: "high", weight: -1.586134342059924, reads: "both" },
      { target: "low", weight: -0.052980118572961, reads: "both" },
      { target: "high", weight: 0.882911075530934, reads: "both" },
      { target: "low", weight: 0.443506852043971, reads: "both" },
    ],
    K: 1.230174104914001,
    low: [-0.091271763, -0.057543526, 0.591271763, 1.115087052, 0.591271763, -0.057543526, -0.091271763],
    high: [0.026748757, 0.016864118, -0.078223267, -0.266864118, 0.602949018, -0.266864118, -0.078223267, 0.016864118, 0.026748757],
  },
];
const LUMA_WEIGHTS = [1.7, 0.95, 0.63, 0.57, 0.52], CHROMA_WEIGHTS = [1.8, 1.16, 0.93, 0.88, 0.7];
const CHANNEL_GAINS = [1, 1 / 1.0423, 1 / 0.9084];

/** RGBA samples of a file without a model. */
export function samplesOf(file: DecodedFile): number[] {
  const samples = file.values ? listedSamples(file, file.values) : codedSamplesOf(file);
  return file.header.reduction > 0 ? enlarged(samples, file.header) : samples;
}

/** 2.8: places, and the values that they mean. */
function listedSamples(file: DecodedFile, values: readonly (readonly number[])[]): number[] {
  const { header } = file, longest = Math.max(...values.map((list) => list.length));
  const places = codedSamplesOf({
    ...file,
    header: { ...header, sampleBits: Math.max(1, bits(longest - 1)) },
  });
  return places.map((place, i) => {
    const channel = i % 4, colours = header.isGrey ? 1 : 3;
    const list = channel < 3 ? values[channel % colours] : values[colours];
    return list === undefined ? 2 ** header.sampleBits - 1 : list[Math.min(place, list.length - 1)];
  });
}

/** 2.12. */
function enlarged(samples: readonly number[], { width, height, shown, reduction }: Header): number[] {
  const weight = (distance: number) => {
    const d = Math.abs(distance);
    if (d >= 2) return 0;
    return d < 1 ? 1.5 * d ** 3 - 2.5 * d ** 2 + 1 : -0.5 * d ** 3 + 2.5 * d ** 2 - 4 * d + 2;
  };
  const alongLine = (at: number, last: number, sample: (i: number) => number) => {
    const position = (at + 0.5) / 2 ** reduction - 0.5;
    let sum = 0;
    for (let i = Math.floor(position) - 1; i <= Math.floor(position) + 2; i++) {
      sum += weight(position - i) * sample(clamp(i, 0, last));
    }
    return sum;
  };
  return Array.from({ length: 4 * shown.width * shown.height }, (_, i) => {
    const channel = i % 4, x = (i >> 2) % shown.width, y = Math.floor((i >> 2) / shown.width);
    const value = alongLine(
      x,
      width - 1,
      (column) => alongLine(y, height - 1, (row) => samples[4 * (row * width + column) + channel]),
    );
    return clamp(Math.floor(value + 0.5), 0, 255);
  });
}

function codedSamplesOf({ header, tiles, map }: DecodedFile): number[] {
  const { width, height, sampleBits, isGrey } = header, most = 2 ** sampleBits - 1;
  const samples = new Array<number>(4 * width * height).fill(most);
  const colour = planesOf(header, tiles.filter(({ kind }) => kind < 0x40), map);
  const rgb = tiles[0].kind === 0x20 ? lossyRgb(colour, isGrey) : losslessRgb(colour, header);
  rgb.forEach((plane, channel) => plane.forEach((sample, i) => samples[4 * i + channel] = sample));
  if (header.hasLayer) cover(samples, header, tiles.filter(({ kind }) => kind === 0x70));
  if (header.alphaError === undefined) return samples;
  const alpha = header.isAlphaJoint
    ? colour[colour.length - 1]
    : planesOf({ ...header, levels: 0 }, tiles.filter(({ kind }) => kind === 0x40), undefined)[0];
  const d = 2 * header.alphaError + 1;
  alpha.forEach((value, i) => samples[4 * i + 3] = clamp((value + 2 ** (sampleBits - 1)) * d, 0, most));
  return samples;
}

/** 2.10: the layer of graphics over the colours. */
function cover(samples: number[], header: Header, tiles: readonly Tile[]): void {
  const planes = planesOf({ ...header, levels: 0 }, tiles, undefined);
  const rgb = losslessRgb(planes, { ...header, levels: 0, stepCode: 0, isGrey: false });
  planes[3].forEach((alpha, i) => {
    if (alpha + 128 === 255) rgb.forEach((plane, channel) => samples[4 * i + channel] = plane[i]);
  });
}

/** 2.2 to 2.5: the channels of a stream. */
function planesOf(header: Header, tiles: readonly Tile[], map: Band | undefined): number[][] {
  const { width, height, levels, tileSide } = header, { channels, kind, coder } = tiles[0];
  const isLossy = kind === 0x20,
    wavelet = WAVELETS[header.wavelet],
    whole = bandsOf(width, height, channels, levels);
  const columns = tileSide === 0 ? 1 : Math.ceil(width / tileSide);
  tiles.forEach(({ bands }, index) => {
    const x0 = index % columns * tileSide, y0 = Math.floor(index / columns) * tileSide;
    bands.forEach((band, b) => {
      const left = x0 / 2 ** band.level, top = y0 / 2 ** band.level;
      band.values.forEach((value, i) => {
        const x = left + i % band.width, y = top + Math.floor(i / band.width);
        whole[b].values[y * whole[b].width + x] = value;
      });
    });
  });
  const values = whole.map((band) =>
    isLossy ? dequantised(band, header, wavelet, coder === 4, map) : [...band.values]
  );
  return Array.from({ length: channels }, (_, channel) => {
    let plane: number[] = values[channel];
    let [w, h] = [whole[channel].width, whole[channel].height];
    for (let level = levels; level >= 1; level--) {
      const [hl, lh, hh] = [1, 2, 3].map((orientation) =>
        whole.findIndex((band) =>
          band.level === level && band.orientation === orientation && band.channel === channel
        )
      );
      const fullWidth = w + whole[hl].width, fullHeight = h + whole[lh].height;
      const rows = new Array<number[]>(fullHeight);
      for (let y = 0; y < fullHeight; y++) {
        rows[y] = y < h
          ? [...plane.slice(y * w, (y + 1) * w), ...rowOf(values[hl], whole[hl], y)]
          : [...rowOf(values[lh], whole[lh], y - h), ...rowOf(values[hh], whole[hh], y - h)];
      }
      for (let x = 0; x < fullWidth; x++) {
        const column = unlifted(rows.map((row) => row[x]), wavelet, isLossy);
        column.forEach((value, y) => rows[y][x] = value);
      }
      plane = rows.flatMap((row) => unlifted(row, wavelet, isLossy));
      [w, h] = [fullWidth, fullHeight];
    }
    return plane;
  });
}

function rowOf(values: readonly number[], { width }: Band, y: number): number[] {
  return values.slice(y * width, (y + 1) * width);
}

/** 2.4 and 2.5. */
function dequantised(
  band: Band,
  header: Header,
  wavelet: Wavelet,
  isTrellis: boolean,
  map: Band | undefined,
): number[] {
  const { level, orientation, channel, width } = band, { stepCode, isWeighted } = header;
  const weight = isWeighted ? (channel === 0 ? LUMA_WEIGHTS : CHROMA_WEIGHTS)[clamp(level - 1, 0, 4)] : 1;
  const norm = lineNorm(wavelet, level, (orientation & 1) !== 0) *
    lineNorm(wavelet, level, (orientation & 2) !== 0);
  const share = isTrellis && orientation !== 0 ? 0.65 : 1;
  const step = Math.fround(2 ** ((stepCode - 1024) / 64) * CHANNEL_GAINS[channel] * weight * share / norm);
  return Array.from(band.values, (multiple, i) => {
    const value = Math.fround(multiple * step);
    if (!map || orientation === 0) return value;
    const across = between(i % width, level, map.width),
      down = between(Math.floor(i / width), level, map.height);
    const factor = (x: number, y: number) => 2 ** (map.values[y * map.width + x] / 4);
    const row = (y: number) =>
      factor(across.first, y) * (1 - across.share) + factor(across.second, y) * across.share;
    return Math.fround(value * (row(down.first) * (1 - down.share) + row(down.second) * down.share));
  });
}

function between(i: number, level: number, blocks: number): { first: number; second: number; share: number } {
  const place = clamp((i + 0.5) * 2 ** level / 32 - 0.5, 0, blocks - 1), first = Math.floor(place);
  return { first, second: Math.min(blocks - 1, first + 1), share: place - first };
}

function lineNorm({ low, high }: Wavelet, level: number, isHigh: boolean): number {
  if (level === 0) return 1;
  let filter = isHigh ? high : low;
  for (let k = 1; k < level; k++) {
    const next: number[] = [];
    filter.forEach((a, n) => low.forEach((b, j) => next[2 * n + j] = (next[2 * n + j] ?? 0) + a * b));
    filter = next;
  }
  return Math.sqrt(filter.reduce((sum, a) => sum + a * a, 0));
}

/** 2.3: the inverse of one level along a line, low samples first. */
function unlifted(line: readonly number[], { steps, K }: Wavelet, isFloat: boolean): number[] {
  if (line.length === 1) return [...line];
  const lowCount = Math.ceil(line.length / 2), round = isFloat ? Math.fround : (value: number) => value;
  const low = line.slice(0, lowCount), high = line.slice(lowCount);
  if (K !== 1) {
    low.forEach((value, i) => low[i] = round(value * Math.fround(K)));
    high.forEach((value, i) => high[i] = round(value * Math.fround(1 / K)));
  }
  for (const { target, weight, reads, integer } of steps.toReversed()) {
    const [changed, read] = target === "high" ? [high, low] : [low, high];
    changed.forEach((value, i) => {
      const [before, after] = target === "high" ? [i, i + 1] : [i - 1, i];
      if (reads === "after" && after >= read.length) return;
      const at = (k: number) => read[clamp(k, 0, read.length - 1)];
      const sum = reads === "both"
        ? round(at(before) + at(after))
        : reads === "before"
        ? at(before)
        : at(after);
      const term = isFloat
        ? round(Math.fround(weight) * sum)
        : Math.sign(weight) * ((sum + integer![0]) >> integer![1]);
      changed[i] = round(value - term);
    });
  }
  return line.map((_, i) => i % 2 === 0 ? low[i / 2] : high[(i - 1) / 2]);
}

/** 2.7. */
function lossyRgb(channels: readonly number[][], isGrey: boolean): number[][] {
  const sample = (value: number) => Math.floor(255 * clamp(value / 255, 0, 1) + 0.5);
  const lumas = channels[0].map((value) => value + 128);
  if (isGrey) return [0, 1, 2].map(() => lumas.map(sample));
  const reds = lumas.map((luma, i) => luma + 1.402 * channels[2][i]);
  const blues = lumas.map((luma, i) => luma + 1.772 * channels[1][i]);
  const greens = lumas.map((luma, i) => (luma - 0.299 * reds[i] - 0.114 * blues[i]) / 0.587);
  return [reds, greens, blues].map((plane) => plane.map(sample));
}

/** 2.8. */
function losslessRgb(
  channels: readonly number[][],
  { sampleBits, stepCode, isGrey, levels }: Header,
): number[][] {
  const half = 2 ** (sampleBits - 1), most = 2 ** sampleBits - 1, d = 2 * limit(stepCode, 127) + 1;
  const samples = (plane: readonly number[]) => plane.map((q) => clamp(q * d, 0, most));
  const first = channels[0].map((value) => value + half);
  if (isGrey) return [0, 1, 2].map(() => samples(first));
  if (levels === 0) {
    return [first.map((q, i) => q + channels[1][i]), first, first.map((q, i) => q + channels[2][i])].map(
      samples,
    );
  }
  const t = first.map((y, i) => y - (channels[2][i] >> 1)),
    blue = t.map((value, i) => value - (channels[1][i] >> 1));
  return [blue.map((q, i) => q + channels[1][i]), t.map((value, i) => value + channels[2][i]), blue].map(
    samples,
  );
}
