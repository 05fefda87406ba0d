import type { Rect } from "../tiles/tile_grid.ts";

/** Samples of a pixel. */
const CHANNELS = 4;
/** Coded pixels that a shown one is made of, in each direction. */
const TAPS = 4;

/** A picture that is coded with reduced sides, and where the wanted pixels lie in it. */
export interface Enlargement {
  /** How often the sides are halved. */
  readonly reduction: number;
  /** The coded picture's size. */
  readonly coded: { readonly width: number; readonly height: number };
  /** What of the coded picture was decoded. */
  readonly inner: Rect;
  /** What of the shown picture is wanted. */
  readonly wanted: Rect;
}

/**
 * Enlarges a decoded picture by the cubic of Catmull and Rom, first down, then across. Pixels beyond the border repeat it.
 *
 * @param samples RGBA of `inner`, opaque.
 * @param place Where the samples lie.
 * @returns RGBA of `wanted`.
 */
export function enlarge(
  samples: Uint8ClampedArray,
  { reduction, coded, inner, wanted }: Enlargement,
): Uint8ClampedArray<ArrayBuffer> {
  const columns = tapsOf(wanted.x, wanted.width, reduction, coded.width, inner.x);
  const rows = tapsOf(wanted.y, wanted.height, reduction, coded.height, inner.y);
  const data = new Uint8ClampedArray(CHANNELS * wanted.width * wanted.height);
  const stride = CHANNELS * inner.width, row = new Float64Array(stride);
  for (let y = 0, out = 0; y < wanted.height; y++) {
    const [a, b, c, d] = rows.places.subarray(TAPS * y, TAPS * (y + 1)).map((place) => place * stride);
    const [p, q, r, s] = rows.weights.subarray(TAPS * y, TAPS * (y + 1));
    for (let i = 0; i < stride; i++) {
      row[i] = p * samples[a + i] + q * samples[b + i] + r * samples[c + i] + s * samples[d + i];
    }
    for (let x = 0; x < wanted.width; x++, out += CHANNELS) {
      const tap = TAPS * x;
      const e = CHANNELS * columns.places[tap], f = CHANNELS * columns.places[tap + 1];
      const g = CHANNELS * columns.places[tap + 2], h = CHANNELS * columns.places[tap + 3];
      const t = columns.weights[tap], u = columns.weights[tap + 1];
      const v = columns.weights[tap + 2], w = columns.weights[tap + 3];
      for (let channel = 0; channel < 3; channel++) {
        data[out + channel] = Math.floor(
          t * row[e + channel] + u * row[f + channel] + v * row[g + channel] + w * row[h + channel] + 0.5,
        );
      }
      data[out + 3] = 255;
    }
  }
  return data;
}

/** For each wanted place along one side: four places among the decoded ones and their weights. */
function tapsOf(
  from: number,
  length: number,
  reduction: number,
  codedLength: number,
  innerFrom: number,
): { readonly places: Int32Array; readonly weights: Float64Array } {
  const places = new Int32Array(TAPS * length), weights = new Float64Array(TAPS * length);
  for (let i = 0; i < length; i++) {
    const at = (from + i + 0.5) / 2 ** reduction - 0.5, first = Math.floor(at), t = at - first;
    for (let tap = 0; tap < TAPS; tap++) {
      places[TAPS * i + tap] = Math.max(0, Math.min(codedLength - 1, first - 1 + tap)) - innerFrom;
      weights[TAPS * i + tap] = cubic(Math.abs(t + 1 - tap));
    }
  }
  return { places, weights };
}

/** The cubic of Catmull and Rom at a distance of 0 to 2. */
function cubic(x: number): number {
  return x < 1 ? (1.5 * x - 2.5) * x * x + 1 : ((2.5 - 0.5 * x) * x - 4) * x + 2;
}
