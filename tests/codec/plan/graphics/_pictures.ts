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

/** Rows of letters, five pixels each: A, E, H, N, O, R, S and T. */
const LETTERS = [
  [14, 17, 17, 31, 17, 17, 17],
  [31, 16, 16, 30, 16, 16, 31],
  [17, 17, 17, 31, 17, 17, 17],
  [17, 25, 21, 19, 17, 17, 17],
  [14, 17, 17, 17, 17, 17, 14],
  [30, 17, 17, 30, 20, 18, 17],
  [15, 16, 16, 14, 1, 1, 30],
  [31, 4, 4, 4, 4, 4, 4],
] as const;

/** How the text of a page is printed and lit. */
export interface Print {
  /** R, G, B of the ink and of the paper. */
  readonly ink?: readonly number[];
  readonly paper?: readonly number[];
  /** Largest change of a pixel by grain, in levels. */
  readonly grain?: number;
}

/** A page of text as scanned: lines of letters with soft edges, on grainy paper that is darker at the right. Also its ink, 0 to 1. */
export function textPage(
  width: number,
  height: number,
  { ink = [30, 30, 40], paper = [240, 236, 224], grain = 10 }: Print = {},
) {
  const next = randomSource(12),
    sharp = new Float32Array(width * height),
    inked = new Float32Array(width * height);
  for (let top = 12; top + 14 < height - 12; top += 22) {
    for (let left = 14; left + 10 < width - 14; left += 12) {
      if (next() < 0.15) continue;
      const letter = LETTERS[Math.floor(next() * LETTERS.length)];
      for (let y = 0; y < 14; y++) {
        for (let x = 0; x < 10; x++) {
          sharp[(top + y) * width + left + x] = letter[y >> 1] >> 4 - (x >> 1) & 1;
        }
      }
    }
  }
  const data = new Uint8ClampedArray(4 * width * height).fill(255);
  for (let i = 0; i < sharp.length; i++) {
    for (const [row, weight] of [[-width, 1], [0, 2], [width, 1]]) {
      for (const [step, share] of [[-1, 1], [0, 2], [1, 1]]) {
        inked[i] += (sharp[i + row + step] ?? 0) * weight * share / 16;
      }
    }
    const lit = 1 - 0.15 * (i % width) / width, noise = grain * (next() + next() - 1);
    for (let c = 0; c < 3; c++) data[4 * i + c] = lit * (paper[c] + (ink[c] - paper[c]) * inked[i]) + noise;
  }
  return { data, width, height, inked };
}

/** Puts a picture on another one, in place. */
export function paste(
  { data, width }: { readonly data: Uint8ClampedArray; readonly width: number },
  picture: { readonly data: Uint8ClampedArray; readonly width: number; readonly height: number },
  left: number,
  top: number,
): void {
  for (let y = 0; y < picture.height; y++) {
    const row = picture.data.subarray(4 * y * picture.width, 4 * (y + 1) * picture.width);
    data.set(row, 4 * ((top + y) * width + left));
  }
}
