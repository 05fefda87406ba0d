import { randomSource } from "../../../random.ts";

/** Flat strokes on white in the left part, a photograph-like texture with grain in the right part. */
export function mixedPicture(width: number, height: number, border: number = width / 2) {
  const next = randomSource(4), data = new Uint8ClampedArray(4 * width * height).fill(255);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i += 4) {
      if (x < border) {
        const isStroke = y % 12 > 3 && (x * 7 + Math.floor(y / 12) * 5) % 11 < 3;
        if (isStroke) data.set([30, 30, 40], i);
        continue;
      }
      const light = 110 + 60 * Math.sin(x / 13) * Math.cos(y / 17) + 24 * (next() - 0.5);
      data.set([light, 0.8 * light + 20, 0.6 * light + 10], i);
    }
  }
  return { data, width, height };
}

/** Dark strokes on white paper with grain of a few levels, as scanned. */
export function scannedPage(width: number, height: number) {
  const next = randomSource(8), { data } = mixedPicture(width, height, width);
  for (let i = 0; i < data.length; i += 4) {
    const grain = data[i] === 255 ? Math.round(-14 * next() ** 2) : Math.round(8 * (next() - 0.5));
    data.set([data[i] + grain, data[i + 1] + grain, data[i + 2] + grain], i);
  }
  return { data, width, height };
}
