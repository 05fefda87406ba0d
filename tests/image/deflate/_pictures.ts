/** Pictures of the kinds that compress differently, made by arithmetic. */
import { syntheticPicture } from "../../../src/cli/synthetic_picture.ts";
import type { DeepPicture, Picture } from "../../../src/image/mod.ts";
import { randomSource } from "../../random.ts";
import { gradient, noise } from "../synthetic.ts";

/** A smooth picture with the noise of a camera. */
export function photograph(width: number, height: number, deviation = 3): Picture {
  const { data } = syntheticPicture(width, height), random = randomSource(5);
  for (let i = 0; i < data.length; i++) {
    if (i % 4 < 3) data[i] += deviation * (random() + random() + random() - 1.5) * 2;
  }
  return { data, width, height };
}

/** Windows with lines of small glyphs: few colours, many repeats. */
export function screenshot(width: number, height: number): Picture {
  const data = new Uint8ClampedArray(4 * width * height), random = randomSource(9);
  const fill = (x0: number, y0: number, w: number, h: number, colour: readonly number[]) => {
    for (let y = Math.max(0, y0); y < Math.min(height, y0 + h); y++) {
      for (let x = Math.max(0, x0); x < Math.min(width, x0 + w); x++) data.set(colour, 4 * (y * width + x));
    }
  };
  fill(0, 0, width, height, [236, 238, 241, 255]);
  const glyphs = Array.from({ length: 40 }, () => Array.from({ length: 8 }, () => Math.floor(random() * 64)));
  for (let window = 0; window < 5; window++) {
    const left = Math.floor(random() * width * 0.7), top = Math.floor(random() * height * 0.7);
    fill(left, top, width >> 1, height >> 1, [255, 255, 255, 255]);
    fill(left, top, width >> 1, 18, [48, 92 + 20 * window, 160, 255]);
    for (let y = top + 24; y < top + (height >> 1) - 10; y += 13) {
      for (let x = left + 6, end = left + (width >> 1) * random(); x < end; x += 8) {
        const glyph = glyphs[Math.floor(random() * glyphs.length)];
        for (let row = 0; row < 8; row++) {
          for (let column = 0; column < 6; column++) {
            if (glyph[row] >> column & 1) fill(x + column, y + row, 1, 1, [30, 30, 34, 255]);
          }
        }
      }
    }
  }
  return { data, width, height };
}

/** A photograph beside a screenshot above noise. */
export function mixed(width: number, height: number): Picture {
  const data = new Uint8ClampedArray(4 * width * height);
  const parts = [photograph(width, height).data, screenshot(width, height).data, noise(width, height).data];
  for (let i = 0; i < data.length; i += 4) {
    const x = (i >> 2) % width, y = Math.floor((i >> 2) / width);
    const part = parts[y > height * 0.8 ? 2 : x > width / 2 ? 1 : 0];
    for (let c = 0; c < 4; c++) data[i + c] = part[i + c];
  }
  return { data, width, height };
}

/** One colour. */
export function flat(width: number, height: number): Picture {
  const data = new Uint8ClampedArray(4 * width * height);
  for (let i = 0; i < data.length; i += 4) data.set([90, 140, 200, 255], i);
  return { data, width, height };
}

/** The same with other samples of alpha. */
export function withAlpha({ data, width, height }: Picture): Picture {
  return { data: data.map((v, i) => i % 4 < 3 ? v : 255 - (i >> 4) % 200), width, height };
}

/** The same in grey. */
export function inGrey({ data, width, height }: Picture): Picture {
  return { data: data.map((v, i) => i % 4 < 3 ? data[i - i % 4 + 1] : v), width, height };
}

/** The same in 16 bits, whose lowest bits are not those of 8. */
export function deep({ data, width, height }: Picture): DeepPicture {
  const samples = Uint16Array.from(data, (v, i) => i % 4 === 3 && v === 255 ? 65535 : v * 257 ^ i * 7 & 63);
  for (let i = 0; i < data.length; i += 4) {
    if (data[i] === data[i + 1] && data[i] === data[i + 2]) samples[i + 1] = samples[i + 2] = samples[i];
  }
  return { data: samples, width, height };
}

/** Each kind at a size. */
export function kindsOf(width: number, height: number): Record<string, Picture | DeepPicture> {
  const photo = photograph(width, height), screen = screenshot(width, height);
  return {
    photo,
    screen,
    mixed: mixed(width, height),
    flat: flat(width, height),
    gradient: gradient(width, height),
    noise: noise(width, height),
    alpha: withAlpha(photo),
    "screen with alpha": withAlpha(screen),
    grey: inGrey(photo),
    "grey with alpha": withAlpha(inGrey(photo)),
    deep: deep(photo),
    "deep screen": deep(screen),
    "deep with alpha": deep(withAlpha(photo)),
    "deep grey": deep(inGrey(photo)),
    "deep grey with alpha": deep(withAlpha(inGrey(photo))),
  };
}
