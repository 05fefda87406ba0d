import type { Picture } from "../../image/mod.ts";
import { GLYPH, hasInk } from "./font.ts";

/** Red, green and blue, 0 to 255. */
export type Colour = readonly [red: number, green: number, blue: number];

/** A box in pixels; fractions give edges of partial coverage. */
export interface Box {
  /** Left edge. */
  readonly x: number;
  /** Upper edge. */
  readonly y: number;
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
}

/** Signed distance in pixels from a point to a shape's edge; negative inside. */
export type Distance = (x: number, y: number) => number;

/** A picture to draw on, with anti-aliased edges, the same bytes on every machine. */
export class Canvas {
  /** The picture: RGBA, straight alpha. */
  readonly picture: Picture;

  /**
   * Makes a canvas.
   *
   * @param width Columns.
   * @param height Rows.
   * @param background Its colour; transparent black when absent.
   */
  constructor(width: number, height: number, background?: Colour) {
    const data = new Uint8ClampedArray(width * height * 4);
    if (background) { for (let i = 0; i < data.length; i += 4) data.set([...background, 255], i); }
    this.picture = { data, width, height };
  }

  /** Fills a box. */
  fill(box: Box, colour: Colour): void {
    const { x, y, width, height } = box;
    const overlap = (pixel: number, from: number, length: number) =>
      Math.max(0, Math.min(pixel + 1, from + length) - Math.max(pixel, from));
    this.#cover(box, (px, py) => overlap(px, x, width) * overlap(py, y, height), colour);
  }

  /** Fills a shape that lies in a box; `opacity` below 1 lets what is under it through. */
  shape(box: Box, distance: Distance, colour: Colour, opacity = 1): void {
    const coverage = (px: number, py: number) => 0.5 - distance(px + 0.5, py + 0.5);
    this.#cover(box, (px, py) => opacity * Math.max(0, Math.min(1, coverage(px, py))), colour);
  }

  /** Sets every pixel of a box to a colour of its place. */
  paint({ x, y, width, height }: Box, colourAt: (x: number, y: number) => Colour): void {
    for (let py = y; py < y + height; py++) {
      for (let px = x; px < x + width; px++) this.#blend(px, py, 1, colourAt(px, py));
    }
  }

  /** Draws a straight line with round ends. */
  line(x0: number, y0: number, x1: number, y1: number, width: number, colour: Colour): void {
    const reach = width / 2 + 1, x = Math.min(x0, x1) - reach, y = Math.min(y0, y1) - reach;
    const box = { x, y, width: Math.abs(x1 - x0) + 2 * reach, height: Math.abs(y1 - y0) + 2 * reach };
    const length2 = (x1 - x0) ** 2 + (y1 - y0) ** 2 || 1;
    this.shape(box, (px, py) => {
      const along = ((px - x0) * (x1 - x0) + (py - y0) * (y1 - y0)) / length2,
        t = Math.max(0, Math.min(1, along));
      return Math.sqrt((px - x0 - t * (x1 - x0)) ** 2 + (py - y0 - t * (y1 - y0)) ** 2) - width / 2;
    }, colour);
  }

  /** Fills a disc. */
  disc(x: number, y: number, radius: number, colour: Colour): void {
    const box = { x: x - radius - 1, y: y - radius - 1, width: 2 * radius + 2, height: 2 * radius + 2 };
    this.shape(box, (px, py) => Math.sqrt((px - x) ** 2 + (py - y) ** 2) - radius, colour);
  }

  /**
   * Writes a line of text.
   *
   * @param text The text.
   * @param x Left edge of the first cell.
   * @param y Upper edge.
   * @param cell Pixels per cell of the font; a whole number gives sharp edges.
   * @param colour Of the ink.
   */
  text(text: string, x: number, y: number, cell: number, colour: Colour): void {
    [...text].forEach((character, i) => {
      const left = x + i * GLYPH.advance * cell;
      const box = { x: left, y, width: GLYPH.width * cell, height: GLYPH.height * cell };
      this.#cover(box, (px, py) => inkOf(character, (px - left) / cell, (py - y) / cell, 1 / cell), colour);
    });
  }

  #cover({ x, y, width, height }: Box, coverage: (px: number, py: number) => number, colour: Colour): void {
    for (let py = Math.floor(y); py < y + height; py++) {
      for (let px = Math.floor(x); px < x + width; px++) this.#blend(px, py, coverage(px, py), colour);
    }
  }

  /** Lays a colour over a pixel; pixels outside the picture do not exist. */
  #blend(px: number, py: number, alpha: number, colour: Colour): void {
    const { data, width, height } = this.picture;
    if (px < 0 || py < 0 || px >= width || py >= height || alpha <= 0) return;
    const i = 4 * (py * width + px), under = data[i + 3] / 255 * (1 - alpha), total = alpha + under;
    for (let c = 0; c < 3; c++) data[i + c] = Math.round((colour[c] * alpha + data[i + c] * under) / total);
    data[i + 3] = Math.round(255 * total);
  }
}

/** How much of a square of the font's plane is ink, 0 to 1. */
function inkOf(character: string, x: number, y: number, side: number): number {
  let area = 0;
  for (let row = Math.max(0, Math.floor(y)); row < Math.min(GLYPH.height, y + side); row++) {
    const down = Math.min(row + 1, y + side) - Math.max(row, y);
    for (let column = Math.max(0, Math.floor(x)); column < Math.min(GLYPH.width, x + side); column++) {
      if (hasInk(character, column, row)) {
        area += down * (Math.min(column + 1, x + side) - Math.max(column, x));
      }
    }
  }
  return area / side ** 2;
}
