import { RandomNumbers } from "../../../scripts/random.ts";
/** Draws graphics by arithmetic: text, windows, charts, logos, pixel art, codes, dithering. The same seed gives the same picture. */

/** Interleaved samples of a picture. */
export interface DrawnPicture {
  /** What it shows, for reports. */
  readonly name: string;
  readonly width: number;
  readonly height: number;
  /** 1, 3 or 4. */
  readonly channels: number;
  readonly bitDepth: 8 | 16;
  readonly samples: Uint8Array | Uint16Array;
}

type Colour = readonly [number, number, number];

/** Letters of 5 × 7 pixels: seven rows of five bits each, the leftmost bit highest. */
const FONT: Readonly<Record<string, string>> = {
  a: "00,00,0e,01,0f,11,0f",
  b: "10,10,16,19,11,11,1e",
  c: "00,00,0e,10,10,11,0e",
  d: "01,01,0d,13,11,11,0f",
  e: "00,00,0e,11,1f,10,0e",
  f: "06,09,08,1c,08,08,08",
  g: "00,0f,11,11,0f,01,0e",
  h: "10,10,16,19,11,11,11",
  i: "04,00,0c,04,04,04,0e",
  k: "10,10,12,14,18,14,12",
  l: "0c,04,04,04,04,04,0e",
  m: "00,00,1a,15,15,11,11",
  n: "00,00,16,19,11,11,11",
  o: "00,00,0e,11,11,11,0e",
  p: "00,00,1e,11,1e,10,10",
  r: "00,00,16,19,10,10,10",
  s: "00,00,0e,10,0e,01,1e",
  t: "08,08,1c,08,08,09,06",
  u: "00,00,11,11,11,13,0d",
  w: "00,00,11,11,15,15,0a",
  x: "00,00,11,0a,04,0a,11",
  y: "00,00,11,11,0f,01,0e",
  "0": "0e,11,13,15,19,11,0e",
  "1": "04,0c,04,04,04,04,0e",
  "2": "0e,11,01,02,04,08,1f",
  "4": "02,06,0a,12,1f,02,02",
  "7": "1f,01,02,04,08,08,08",
  ".": "00,00,00,00,00,0c,0c",
  "/": "00,01,02,04,08,10,00",
  "=": "00,00,1f,00,1f,00,00",
  "(": "02,04,08,08,08,04,02",
  ")": "08,04,02,02,02,04,08",
  ";": "00,0c,0c,00,0c,04,08",
};
const WORDS = "return const read file total bytes the quick fox src/main.ts lines 107 ls = open() note;"
  .split(" ");

/** Whole numbers below a limit, the same for the same seed. */
export class Dice extends RandomNumbers {
  /** @param seed Any number. */
  constructor(seed: number) {
    super((seed * 2654435761 + 88172645) | 1);
  }

  /** A random colour. */
  colour(): Colour {
    return [this.below(256), this.below(256), this.below(256)];
  }
}

/** Three channels to draw on. */
class Canvas {
  readonly samples: Uint8Array;

  constructor(readonly width: number, readonly height: number, background: Colour) {
    this.samples = new Uint8Array(width * height * 3);
    this.rectangle(0, 0, width, height, background);
  }

  /** Covers a pixel with a colour, to `share` of 255. */
  blend(x: number, y: number, colour: Colour, share: number): void {
    if (x < 0 || y < 0 || x >= this.width || y >= this.height || share <= 0) return;
    for (let c = 0; c < 3; c++) {
      const at = (y * this.width + x) * 3 + c, old = this.samples[at];
      this.samples[at] = Math.round(old + ((colour[c] - old) * Math.min(255, share)) / 255);
    }
  }

  rectangle(left: number, top: number, width: number, height: number, colour: Colour): void {
    for (let y = top; y < top + height; y++) {
      for (let x = left; x < left + width; x++) this.blend(x, y, colour, 255);
    }
  }

  /** Draws where `inside` holds, with edges smoothed by 4 × 4 points per pixel. */
  shape(
    left: number,
    top: number,
    width: number,
    height: number,
    colour: Colour,
    inside: (x: number, y: number) => boolean,
  ): void {
    for (let y = top; y < top + height; y++) {
      for (let x = left; x < left + width; x++) {
        let hits = 0;
        for (let k = 0; k < 16; k++) {
          if (inside(x + ((k & 3) + 0.5) / 4, y + ((k >> 2) + 0.5) / 4)) hits++;
        }
        this.blend(x, y, colour, Math.round((hits * 255) / 16));
      }
    }
  }

  /** Writes text with letters of 5 × 7 points of `size` pixels each; edges are smooth unless the size is whole. */
  text(left: number, top: number, text: string, size: number, colour: Colour): void {
    let at = left;
    for (const letter of text) {
      const rows = FONT[letter]?.split(",").map((row) => parseInt(row, 16));
      if (rows !== undefined) {
        const from = at;
        this.shape(Math.floor(from), top, Math.ceil(5 * size) + 1, Math.ceil(7 * size), colour, (x, y) => {
          const column = Math.floor((x - from) / size), row = Math.floor((y - top) / size);
          return column >= 0 && column < 5 && row < 7 && ((rows[row] >> (4 - column)) & 1) === 1;
        });
      }
      at += Math.round(6 * size);
      if (at > this.width) return;
    }
  }
}

function drawn(name: string, canvas: Canvas): DrawnPicture {
  return {
    name,
    width: canvas.width,
    height: canvas.height,
    channels: 3,
    bitDepth: 8,
    samples: canvas.samples,
  };
}

function sentence(dice: Dice, words: number): string {
  return Array.from({ length: words }, () => WORDS[dice.below(WORDS.length)]).join(" ");
}

/** Lines of text in one or several colours. */
export function textPage(seed: number, width: number, height: number, size: number): DrawnPicture {
  const dice = new Dice(seed), dark = dice.below(2) === 1;
  const canvas = new Canvas(
    width,
    height,
    dark ? [dice.below(40), dice.below(40), dice.below(40)] : [255, 255, 255],
  );
  const inks: Colour[] = [dark ? [220, 220, 220] : [20, 20, 20], dice.colour(), dice.colour()];
  const step = Math.ceil(size * 10);
  for (let y = 4; y + step < height; y += step) {
    const ink = inks[dice.below(4) < 2 ? 0 : dice.below(3)];
    canvas.text(6 + dice.below(3) * Math.round(12 * size), y, sentence(dice, 3 + dice.below(8)), size, ink);
  }
  return drawn(`text ${size}`, canvas);
}

/** Windows with title bars, borders, buttons and labels. */
export function windows(seed: number, width: number, height: number): DrawnPicture {
  const dice = new Dice(seed), canvas = new Canvas(width, height, dice.colour());
  for (let k = 0; k < 4; k++) {
    const w = 60 + dice.below(width - 70), h = 50 + dice.below(height - 60);
    const x = dice.below(width - w), y = dice.below(height - h), title = dice.colour();
    canvas.rectangle(x, y, w, h, [120, 120, 124]);
    canvas.rectangle(x + 1, y + 1, w - 2, h - 2, [246, 247, 249]);
    for (let row = 0; row < 16; row++) {
      canvas.rectangle(x + 1, y + 1 + row, w - 2, 1, [
        title[0] >> 1,
        (title[1] >> 1) + row * 3,
        title[2] >> 1,
      ]);
    }
    canvas.text(x + 6, y + 5, sentence(dice, 2), 1, [255, 255, 255]);
    for (let line = 0; line < 5; line++) {
      canvas.text(x + 8, y + 24 + line * 12, sentence(dice, 4), 1.25, [30, 30, 30]);
    }
    const bx = x + 10, by = y + h - 22, ink = dice.colour();
    canvas.shape(bx, by, 44, 16, ink, (px, py) => {
      const dx = Math.max(0, Math.abs(px - bx - 22) - 17), dy = Math.max(0, Math.abs(py - by - 8) - 3);
      return dx * dx + dy * dy < 25;
    });
  }
  return drawn("windows", canvas);
}

/** A chart of smooth lines above a grid. */
export function chart(seed: number, width: number, height: number): DrawnPicture {
  const dice = new Dice(seed), canvas = new Canvas(width, height, [255, 255, 255]);
  for (let k = 1; k < 8; k++) canvas.rectangle(30, (k * height) >> 3, width - 40, 1, [225, 225, 225]);
  for (let k = 1; k < 8; k++) {
    canvas.text(4, ((k * height) >> 3) - 3, String(dice.below(99)), 1.25, [60, 60, 60]);
  }
  for (let line = 0; line < 4; line++) {
    const ink = dice.colour(),
      bend = 20 + dice.below(90),
      phase = dice.below(100),
      lift = dice.below(height >> 1);
    const curve = (x: number) => height / 4 + lift + (height / 6) * Math.sin((x + phase) / bend);
    canvas.shape(30, 0, width - 40, height, ink, (x, y) => Math.abs(y - curve(x)) < 1.1);
  }
  return drawn("chart", canvas);
}

/** Circles and triangles with smooth edges. */
export function logo(seed: number, width: number, height: number): DrawnPicture {
  const dice = new Dice(seed), canvas = new Canvas(width, height, [255, 255, 255]);
  const cx = width / 2, cy = height / 2, r = Math.min(width, height) * 0.45;
  canvas.shape(0, 0, width, height, dice.colour(), (x, y) => (x - cx) ** 2 + (y - cy) ** 2 < r * r);
  canvas.shape(
    0,
    0,
    width,
    height,
    [255, 255, 255],
    (x, y) => y > cy - r * 0.8 && y < cy + r / 2 && Math.abs(x - cx) < (y - cy + r * 0.8) * 0.55,
  );
  canvas.shape(
    0,
    0,
    width,
    height,
    dice.colour(),
    (x, y) => Math.abs(x - cx) < r / 6 && Math.abs(y - cy) < r / 3,
  );
  return drawn("logo", canvas);
}

/** A transparent logo; `hidden` says what lies under its transparent pixels. */
export function transparentLogo(
  seed: number,
  width: number,
  height: number,
  hidden: "black" | "noise" | "continued",
): DrawnPicture {
  const dice = new Dice(seed), { samples: rgb } = logo(seed, width, height);
  const samples = new Uint8Array(width * height * 4), cover = new Canvas(width, height, [0, 0, 0]);
  const r = Math.min(width, height) * 0.4;
  cover.shape(
    0,
    0,
    width,
    height,
    [255, 255, 255],
    (x, y) => (x - width / 2) ** 2 + (y - height / 2) ** 2 < r * r,
  );
  for (let i = 0; i < width * height; i++) {
    const alpha = cover.samples[3 * i];
    for (let c = 0; c < 3; c++) {
      samples[4 * i + c] = alpha > 0 || hidden === "continued"
        ? rgb[3 * i + c]
        : hidden === "noise"
        ? dice.below(256)
        : 0;
    }
    samples[4 * i + 3] = alpha;
  }
  return { name: `transparent ${hidden}`, width, height, channels: 4, bitDepth: 8, samples };
}

/** Sprites of 16 colours, enlarged; every other seed mirrors them. */
export function pixelArt(seed: number, tiles: number, side: number, scale: number): DrawnPicture {
  const dice = new Dice(seed), palette = Array.from({ length: 16 }, () => dice.colour());
  const canvas = new Canvas(tiles * side * scale, tiles * side * scale, palette[0]);
  for (let tile = 0; tile < tiles * tiles; tile++) {
    const inks = Array.from({ length: 4 }, () => palette[dice.below(16)]);
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++) {
        const source = seed % 2 === 1 && x >= side >> 1 ? side - 1 - x : x;
        const ink = inks[new Dice(tile * 977 + y * 31 + source + seed * 7919).below(97) % 4];
        const left = ((tile % tiles) * side + x) * scale, top = (Math.floor(tile / tiles) * side + y) * scale;
        canvas.rectangle(left, top, scale, scale, ink);
      }
    }
  }
  return drawn(`pixel art x${scale}`, canvas);
}

/** Black and white modules with three finders and a white border of four, in one channel. */
export function code(seed: number, modules: number, scale: number): DrawnPicture {
  const dice = new Dice(seed), side = (modules + 8) * scale, samples = new Uint8Array(side * side).fill(255);
  const set = Array.from({ length: modules * modules }, () => dice.below(2) === 1);
  for (const [left, top] of [[0, 0], [modules - 7, 0], [0, modules - 7]]) {
    for (let y = -1; y < 8; y++) {
      for (let x = -1; x < 8; x++) {
        if (left + x < 0 || top + y < 0 || left + x >= modules || top + y >= modules) continue;
        const ring = Math.max(Math.abs(x - 3), Math.abs(y - 3));
        set[(top + y) * modules + left + x] = ring === 3 || ring < 2;
      }
    }
  }
  for (let y = 0; y < modules * scale; y++) {
    for (let x = 0; x < modules * scale; x++) {
      if (set[Math.floor(y / scale) * modules + Math.floor(x / scale)]) {
        samples[(y + 4 * scale) * side + x + 4 * scale] = 0;
      }
    }
  }
  return { name: `code x${scale}`, width: side, height: side, channels: 1, bitDepth: 8, samples };
}

/** A pattern that repeats every few pixels. */
export function pattern(seed: number, width: number, height: number, period: number): DrawnPicture {
  const dice = new Dice(seed), inks = Array.from({ length: period * period }, () => dice.colour());
  const canvas = new Canvas(width, height, [0, 0, 0]);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) canvas.blend(x, y, inks[(y % period) * period + (x % period)], 255);
  }
  return drawn(`pattern ${period}`, canvas);
}

/** A ramp of gray, of few levels by an ordered or random threshold, or of all levels. */
export function ramp(
  seed: number,
  width: number,
  height: number,
  kind: "smooth" | "ordered" | "random",
): DrawnPicture {
  const dice = new Dice(seed), samples = new Uint8Array(width * height), tilt = dice.below(100);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const level = (255 * (x * tilt + y * (100 - tilt))) / (100 * Math.max(width, height));
      const threshold = kind === "ordered"
        ? ((((x ^ y) & 1) << 3) | ((y & 1) << 2) | ((((x ^ y) >> 1) & 1) << 1) | ((y >> 1) & 1)) * 16 + 8
        : dice.below(256);
      samples[y * width + x] = kind === "smooth" ? Math.round(level) : level > threshold ? 255 : 0;
    }
  }
  return { name: `ramp ${kind}`, width, height, channels: 1, bitDepth: 8, samples };
}

/** Smooth colours on a part of a page with text: a scan, or a page with a photograph. */
export function mixedPage(seed: number, width: number, height: number): DrawnPicture {
  const dice = new Dice(seed), page = textPage(seed, width, height, 1.5);
  for (let y = height >> 2; y < height >> 1; y++) {
    for (let x = width >> 2; x < (3 * width) >> 2; x++) {
      for (let c = 0; c < 3; c++) {
        const wave = 128 + 60 * Math.sin(x / (9 + 4 * c)) + 50 * Math.cos(y / (13 - 3 * c));
        page.samples[(y * width + x) * 3 + c] = Math.round(wave) + dice.below(4);
      }
    }
  }
  return { ...page, name: "mixed page" };
}

/** The same picture with samples of 16 bits, spread over their range. */
export function with16Bits(picture: DrawnPicture): DrawnPicture {
  return {
    ...picture,
    name: `${picture.name}, 16 bits`,
    bitDepth: 16,
    samples: Uint16Array.from(picture.samples, (value) => value * 257),
  };
}

/**
 * Pictures of all kinds.
 *
 * @param seed Another seed gives other pictures of the same kinds.
 * @param side About their width and height, at least 128.
 */
export function drawnPictures(seed: number, side: number): DrawnPicture[] {
  return [
    textPage(seed, side, side, 1),
    textPage(seed + 1, side, side, 1.3),
    textPage(seed + 2, side, side, 1.7),
    windows(seed + 3, side, side),
    chart(seed + 4, side, side),
    logo(seed + 5, side, side),
    transparentLogo(seed + 6, side, side, "black"),
    transparentLogo(seed + 7, side, side, "noise"),
    transparentLogo(seed + 8, side, side, "continued"),
    pixelArt(2 * seed, side >> 5, 16, 2),
    pixelArt(2 * seed + 1, side >> 5, 16, 4),
    pixelArt(2 * seed + 2, side >> 4, 16, 1),
    code(seed + 9, 33, 5),
    code(seed + 10, 25, 1),
    pattern(seed + 11, side, side, 2),
    pattern(seed + 12, side, side, 7),
    ramp(seed + 13, side, side, "smooth"),
    ramp(seed + 14, side, side, "ordered"),
    ramp(seed + 15, side, side, "random"),
    mixedPage(seed + 16, side, side),
    logo(seed + 17, 32, 32),
    logo(seed + 18, 16, 16),
    with16Bits(windows(seed + 19, side >> 1, side >> 1)),
  ];
}
