import {
  amplitudeOf,
  coefficientOrder,
  GRID_SIDE,
  HEAD_BYTES,
  TURNS,
  TURNS_WITH_ALPHA,
  ZERO_DIGIT,
} from "./thumbnail_format.ts";

/** Largest scale of coefficients. */
const MOST_SCALE = 15;
/** Terms of the cosine's series: enough for arguments up to π. */
const COSINE_TERMS = 16;

/** RGBA of 8 bits. */
interface SourcePicture {
  readonly data: Uint8ClampedArray | Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** A plane of a small picture. */
interface Plane {
  readonly values: Float64Array;
  readonly width: number;
  readonly height: number;
}

/**
 * Describes a picture by a few coefficients of a cosine transform; `docs/specification/2-reconstruction.md` has the format.
 * The bytes are the same on every machine: only sums, products and quotients go into them.
 *
 * @param picture RGBA of 8 bits.
 * @param mostBytes Most bytes of the result, at least 7.
 * @returns The bytes, `HEAD_BYTES` for a picture of one colour.
 */
export function thumbnailBytes(picture: SourcePicture, mostBytes: number): Uint8Array<ArrayBuffer> {
  const planes = smallPlanes(picture), hasAlpha = planes.length === 4;
  const aspect = aspectByte(picture), order = coefficientOrder(aspect);
  const turns = hasAlpha ? TURNS_WITH_ALPHA : TURNS;
  const head = hasAlpha ? HEAD_BYTES + 1 : HEAD_BYTES, digitCount = 2 * Math.max(0, mostBytes - head);
  const counts = planes.map((_, channel) =>
    Array.from({ length: digitCount }, (_, i) => turns[i % turns.length]).filter((turn) => turn === channel)
      .length
  );
  const coded = planes.map((plane, channel) => {
    const wanted = order.slice(0, counts[channel]).map(([u, v]) => coefficient(plane, u, v));
    return { mean: coefficient(plane, 0, 0), ...quantised(wanted, order, channel === 3 ? 1 : 0) };
  });
  const [luma, blue, red, alpha] = coded;
  const bytes = new Uint8Array(head + digitCount / 2).fill(17 * ZERO_DIGIT, head);
  const level = (mean: number) => Math.max(0, Math.min(255, Math.round(mean)));
  bytes.set([
    aspect,
    level(luma.mean),
    level(blue.mean + 128),
    level(red.mean + 128),
    luma.scale << 4 | blue.scale,
    red.scale << 4 | (alpha?.scale ?? 0),
    ...alpha ? [level(alpha.mean)] : [],
  ]);
  const next = planes.map(() => 0);
  let end = head;
  for (let i = 0; i < digitCount; i++) {
    const channel = turns[i % turns.length], digit = coded[channel].digits[next[channel]++] ?? ZERO_DIGIT;
    const at = head + (i >> 1);
    bytes[at] = i & 1 ? bytes[at] & 0xf0 | digit : digit << 4 | bytes[at] & 15;
    if (digit !== ZERO_DIGIT) end = at + 1;
  }
  return bytes.slice(0, end);
}

/** The scale and the digits that come nearest to the coefficients. */
function quantised(
  wanted: readonly number[],
  order: readonly (readonly [number, number])[],
  leastScale: number,
): { readonly scale: number; readonly digits: readonly number[] } {
  let scale = leastScale, digits: readonly number[] = [], least = Infinity;
  for (let tried = leastScale; tried <= MOST_SCALE; tried++) {
    let error = 0;
    const nearest = wanted.map((value, i) => {
      let best = ZERO_DIGIT;
      for (let digit = 0; digit <= 2 * ZERO_DIGIT; digit++) {
        const isNearer =
          Math.abs(amplitudeOf(digit, tried) - value) < Math.abs(amplitudeOf(best, tried) - value);
        if (isNearer) best = digit;
      }
      const [u, v] = order[i], power = (u > 0 ? 0.5 : 1) * (v > 0 ? 0.5 : 1);
      error += power * (amplitudeOf(best, tried) - value) ** 2;
      return best;
    });
    if (error < least) [scale, digits, least] = [tried, nearest, error];
  }
  return { scale, digits };
}

/** 128 for a square, 16 more for each doubling of width over height. */
function aspectByte({ width, height }: SourcePicture): number {
  const target = width / height;
  let best = 0;
  // Without Math.log2, whose last bit differs between machines.
  for (let byte = 1; byte < 256; byte++) {
    const ratio = 2 ** ((byte - 128) / 16), nearest = 2 ** ((best - 128) / 16);
    if (Math.max(ratio / target, target / ratio) < Math.max(nearest / target, target / nearest)) best = byte;
  }
  return best;
}

/** Y, Cb − 128, Cr − 128, and alpha unless all of it is full, of a picture whose longer side has at most 64 pixels. */
function smallPlanes({ data, width, height }: SourcePicture): Plane[] {
  const factor = Math.max(1, Math.max(width, height) / GRID_SIDE);
  const columns = Math.max(1, Math.round(width / factor)), rows = Math.max(1, Math.round(height / factor));
  const values = Array.from({ length: 4 }, () => new Float64Array(columns * rows));
  const total = [0, 0, 0, 0];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const sums = [0, 0, 0, 0];
      const left = Math.floor(column * width / columns), right = Math.floor((column + 1) * width / columns);
      const top = Math.floor(row * height / rows), bottom = Math.floor((row + 1) * height / rows);
      for (let y = top; y < bottom; y++) {
        for (let i = 4 * (y * width + left); i < 4 * (y * width + right); i += 4) {
          const alpha = data[i + 3];
          for (let channel = 0; channel < 3; channel++) sums[channel] += data[i + channel] * alpha;
          sums[3] += alpha;
        }
      }
      const at = row * columns + column;
      for (let channel = 0; channel < 3; channel++) {
        values[channel][at] = sums[3] > 0 ? sums[channel] / sums[3] : -1;
        total[channel] += sums[channel];
      }
      values[3][at] = sums[3] / ((right - left) * (bottom - top));
      total[3] += sums[3];
    }
  }
  const isOpaque = values[3].every((alpha) => alpha === 255);
  for (let i = 0; i < columns * rows; i++) {
    // What is clear has the mean colour.
    const [r, g, b] = [0, 1, 2].map((channel) =>
      values[channel][i] >= 0 ? values[channel][i] : total[3] > 0 ? total[channel] / total[3] : 0
    );
    const luma = 0.299 * r + 0.587 * g + 0.114 * b;
    values[0][i] = luma;
    values[1][i] = (b - luma) / 1.772;
    values[2][i] = (r - luma) / 1.402;
  }
  return values.slice(0, isOpaque ? 3 : 4).map((plane) => ({ values: plane, width: columns, height: rows }));
}

/** Amplitude of u half waves across and v down; 0 where the plane has no such waves. */
function coefficient({ values, width, height }: Plane, u: number, v: number): number {
  if (u >= width || v >= height) return 0;
  const across = halfWaves(u, width), down = halfWaves(v, height);
  let sum = 0;
  for (let y = 0; y < height; y++) {
    let row = 0;
    for (let x = 0; x < width; x++) row += values[y * width + x] * across[x];
    sum += row * down[y];
  }
  return sum * (u > 0 ? 2 : 1) * (v > 0 ? 2 : 1) / (width * height);
}

function halfWaves(count: number, length: number): Float64Array {
  return Float64Array.from({ length }, (_, i) => {
    // cos(k·θ) by its recurrence.
    const cosine = cosineOf(Math.PI * (i + 0.5) / length);
    let [before, now] = [1, count === 0 ? 1 : cosine];
    for (let k = 1; k < count; k++) [before, now] = [now, 2 * cosine * now - before];
    return now;
  });
}

/** The cosine of 0 to π by its series: Math.cos differs in the last bit between machines. */
function cosineOf(angle: number): number {
  let term = 1, sum = 1;
  for (let k = 1; k <= COSINE_TERMS; k++) {
    term *= -angle * angle / ((2 * k - 1) * 2 * k);
    sum += term;
  }
  return sum;
}
