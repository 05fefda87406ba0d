import {
  amplitudeOf,
  coefficientOrder,
  FREQUENCIES,
  HEAD_BYTES,
  TURNS,
  TURNS_WITH_ALPHA,
} from "./thumbnail_format.ts";

/** A size in pixels. */
interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * Draws a thumbnail at any size: a sum of cosines. Bytes that are missing at the end count as coefficients of 0.
 *
 * @param bytes As `thumbnailBytes` makes them.
 * @param whole Size to draw at.
 * @param part Which of these pixels to give; all by default.
 * @returns RGBA of the part.
 */
export function thumbnailSamples(
  bytes: Uint8Array,
  whole: Size,
  part: Size & { readonly x: number; readonly y: number } = { x: 0, y: 0, ...whole },
): Uint8ClampedArray<ArrayBuffer> {
  const { planes, count } = planesOf(bytes);
  const waves = (length: number, from: number, total: number) =>
    Array.from(
      { length: FREQUENCIES },
      (_, k) => Float64Array.from({ length }, (_, i) => Math.cos(Math.PI * k * (from + i + 0.5) / total)),
    );
  const across = waves(part.width, part.x, whole.width), down = waves(part.height, part.y, whole.height);
  const data = new Uint8ClampedArray(4 * part.width * part.height);
  for (let y = 0, to = 0; y < part.height; y++) {
    const rows = planes.map((plane) =>
      across.map((_, u) => down.reduce((sum, wave, v) => sum + plane[v * FREQUENCIES + u] * wave[y], 0))
    );
    for (let x = 0; x < part.width; x++, to += 4) {
      const [luma, blue, red, alpha] = rows.map((row) => {
        let sum = 0;
        for (let u = 0; u < count; u++) sum += row[u] * across[u][x];
        return sum;
      });
      data[to] = luma + 1.402 * red;
      data[to + 1] = luma - 0.344 * blue - 0.714 * red;
      data[to + 2] = luma + 1.772 * blue;
      data[to + 3] = alpha;
    }
  }
  return data;
}

/** Amplitudes of Y, Cb, Cr and alpha by waves down and across, and the most waves across plus one. */
function planesOf(bytes: Uint8Array): { readonly planes: readonly Float64Array[]; readonly count: number } {
  const [aspect, luma, blue, red, first, second, opacity] = bytes;
  const scales = [first >> 4, first & 15, second >> 4, second & 15], hasAlpha = scales[3] > 0;
  const means = [luma, blue - 128, red - 128, hasAlpha ? opacity : 255];
  const planes = means.map((mean) => new Float64Array(FREQUENCIES ** 2).fill(mean, 0, 1));
  const order = coefficientOrder(aspect), turns = hasAlpha ? TURNS_WITH_ALPHA : TURNS;
  const start = hasAlpha ? HEAD_BYTES + 1 : HEAD_BYTES, next = [0, 0, 0, 0];
  let count = 1;
  for (let i = 0; i < 2 * (bytes.length - start); i++) {
    const channel = turns[i % turns.length], place = order[next[channel]++];
    if (!place) break;
    const byte = bytes[start + (i >> 1)], digit = i & 1 ? byte & 15 : byte >> 4;
    planes[channel][place[1] * FREQUENCIES + place[0]] = amplitudeOf(digit, scales[channel]);
    count = Math.max(count, place[0] + 1);
  }
  return { planes, count };
}
