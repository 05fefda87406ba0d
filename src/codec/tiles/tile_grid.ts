import { type PyramidLayout, pyramidLayout } from "../../core/mod.ts";
import { haloCoefficients, type WaveletName, waveletNamed } from "../../wavelets/mod.ts";

/** A rectangle of pixels or samples. */
export interface Rect {
  /** First column. */
  readonly x: number;
  /** First row. */
  readonly y: number;
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
}

/** How a stream's samples lie under a picture's pixels. */
export interface StreamGeometry {
  /** Pixels of a side that one sample stands for: a model's downsampling, or 1. */
  readonly downsampling: number;
  /** The picture's sides are padded to multiples of this, in pixels. */
  readonly paddingMultiple: number;
  /** Pixels around a tile that its synthesis looks at. */
  readonly haloPixels: number;
  /** Pixels around a tile that its analysis looks at. */
  readonly encoderHaloPixels: number;
  /** What a net sees begins at multiples of this: see `NET_TILE_PIXELS`. A multiple of the padding. */
  readonly netAlignmentPixels: number;
  /** Planes. */
  readonly channels: number;
  /** Lifting scheme. */
  readonly wavelet: WaveletName;
  /** Levels of decomposition. */
  readonly levels: number;
}

/** A window of samples that a wavelet can be run over as if it were the whole, with its band table. */
export interface Window {
  /** Where it lies among all samples; its origin is a multiple of 2^levels. */
  readonly rect: Rect;
  /** Bands of the window's own pyramid. */
  readonly layout: PyramidLayout;
}

/**
 * A picture's samples cut into tiles that are coded independently. The transforms know nothing of tiles: a tile's
 * coefficients are a part of the whole picture's pyramid, so that no seam can show. To show a tile, the coefficients
 * around it are needed too, see {@linkcode TileGrid.windowOf}.
 */
export class TileGrid {
  /** Tiles in a row. */
  readonly columns: number;
  /** Rows of tiles. */
  readonly rows: number;
  /** Samples in a row of the padded picture. */
  readonly sampleWidth: number;
  /** Rows of samples of the padded picture. */
  readonly sampleHeight: number;
  readonly #sampleSide: number;
  /** In tiles, by what they were asked for with. */
  readonly #blockSides = new Map<string, { readonly columns: number; readonly rows: number }>();

  /**
   * Makes the grid.
   *
   * @param picture Size in pixels.
   * @param side Pixels of a tile's side, a multiple of `requiredSideMultiple(geometry)`; 0 for one tile.
   * @param geometry Of the stream.
   */
  constructor(
    readonly picture: { readonly width: number; readonly height: number },
    readonly side: number,
    readonly geometry: StreamGeometry,
  ) {
    const { paddingMultiple, downsampling } = geometry;
    const samples = (pixels: number) => Math.ceil(pixels / paddingMultiple) * paddingMultiple / downsampling;
    this.sampleWidth = samples(picture.width);
    this.sampleHeight = samples(picture.height);
    this.#sampleSide = side === 0 ? Math.max(this.sampleWidth, this.sampleHeight) : side / downsampling;
    this.columns = Math.ceil(this.sampleWidth / this.#sampleSide);
    this.rows = Math.ceil(this.sampleHeight / this.#sampleSide);
  }

  /** Number of tiles, in raster order. */
  get count(): number {
    return this.columns * this.rows;
  }

  /** Samples of a tile. */
  sampleRect(tile: number): Rect {
    const side = this.#sampleSide;
    const x = tile % this.columns * side, y = Math.floor(tile / this.columns) * side;
    return {
      x,
      y,
      width: Math.min(side, this.sampleWidth - x),
      height: Math.min(side, this.sampleHeight - y),
    };
  }

  /** Pixels of a tile, inside the picture. */
  pixelRect(tile: number): Rect {
    return this.pixelsOf(this.sampleRect(tile));
  }

  /** Pixels under samples, inside the picture. */
  pixelsOf({ x, y, width, height }: Rect): Rect {
    const f = this.geometry.downsampling;
    return intersection(
      { x: x * f, y: y * f, width: width * f, height: height * f },
      { x: 0, y: 0, ...this.picture },
    );
  }

  /** Samples over pixels, in fractions. */
  samplesOf({ x, y, width, height }: Rect): Rect {
    const f = this.geometry.downsampling;
    return { x: x / f, y: y / f, width: width / f, height: height / f };
  }

  /** Band table of a tile's own coefficients. */
  layoutOf(tile: number): PyramidLayout {
    return this.layoutFor(this.sampleRect(tile));
  }

  /** Band table of the coefficients of a rectangle of tiles. */
  layoutFor({ width, height }: Pick<Rect, "width" | "height">): PyramidLayout {
    const { channels, wavelet, levels } = this.geometry;
    return pyramidLayout(wavelet, levels, { channels, width, height });
  }

  /**
   * The block of whole tiles around a tile, in samples. A net analyses a block at a time, with a margin that it computes for that block
   * alone: the blocks have the sides for which it computes the fewest samples.
   *
   * @param mostPixels Pixels of a block at most, unless a tile has more.
   * @param leastBlocks Blocks of the picture at least, if it has as many tiles.
   */
  blockAround(tile: number, mostPixels: number, leastBlocks: number): Rect {
    const key = `${mostPixels}, ${leastBlocks}`;
    let sides = this.#blockSides.get(key);
    if (!sides) this.#blockSides.set(key, sides = this.#sidesOfBlocks(mostPixels, leastBlocks));
    const { columns, rows } = sides;
    const column = tile % this.columns, row = Math.floor(tile / this.columns);
    return this.#block(column - column % columns, row - row % rows, columns, rows);
  }

  /** Samples of a block of tiles, inside the picture. */
  #block(column: number, row: number, columns: number, rows: number): Rect {
    const side = this.#sampleSide;
    return intersection(
      { x: column * side, y: row * side, width: columns * side, height: rows * side },
      { x: 0, y: 0, width: this.sampleWidth, height: this.sampleHeight },
    );
  }

  /** Columns and rows of tiles in a block: see {@linkcode TileGrid.blockAround}. */
  #sidesOfBlocks(
    mostPixels: number,
    leastBlocks: number,
  ): { readonly columns: number; readonly rows: number } {
    const tilePixels = (this.#sampleSide * this.geometry.downsampling) ** 2;
    const least = Math.min(leastBlocks, this.count);
    const widths = this.#seenBy(this.columns, (first, count) => this.#block(first, 0, count, 1), "width");
    const heights = this.#seenBy(this.rows, (first, count) => this.#block(0, first, 1, count), "height");
    let best = { columns: 1, rows: 1, samples: widths[1] * heights[1] };
    for (let columns = 1; columns <= this.columns; columns++) {
      for (let rows = 1; rows <= this.rows && columns * rows * tilePixels <= mostPixels; rows++) {
        const blocks = Math.ceil(this.columns / columns) * Math.ceil(this.rows / rows);
        const samples = widths[columns] * heights[rows];
        if (blocks >= least && samples < best.samples) best = { columns, rows, samples };
      }
    }
    return best;
  }

  /** By the tiles along a side of a block: the sum of that side over the blocks of a row or column, what a net sees around them included. */
  #seenBy(
    tiles: number,
    blockOf: (first: number, count: number) => Rect,
    side: "width" | "height",
  ): number[] {
    return Array.from({ length: tiles + 1 }, (_, count) => {
      let sum = 0;
      for (let first = 0; first < tiles && count > 0; first += count) {
        sum += this.windowOf(this.netRect(this.pixelsOf(blockOf(first, count)), "encoder")).rect[side];
      }
      return sum;
    });
  }

  /** Samples that a net must see to make or show some pixels: those and its halo, in whole multiples of the padding. */
  netRect(pixels: Rect, net: "encoder" | "decoder"): Rect {
    const { downsampling, paddingMultiple, haloPixels, encoderHaloPixels, netAlignmentPixels } =
      this.geometry;
    const margin = (net === "encoder" ? encoderHaloPixels : haloPixels) / downsampling;
    const unit = paddingMultiple / downsampling;
    return this.#grown(this.samplesOf(pixels), margin, unit, netAlignmentPixels / downsampling);
  }

  /** The window whose pyramid gives the samples of `rect` as the whole picture's would. */
  windowOf(rect: Rect): Window {
    const { wavelet, levels, paddingMultiple, downsampling } = this.geometry;
    const unit = 2 ** levels, multiple = paddingMultiple / downsampling;
    const aligned = this.#grown(
      rect,
      haloCoefficients(waveletNamed(wavelet)) * unit,
      leastCommonMultiple(unit, multiple),
    );
    return { rect: aligned, layout: this.layoutFor(aligned) };
  }

  /** Tiles that a rectangle of samples touches, in raster order. */
  tilesIn({ x, y, width, height }: Rect): number[] {
    const side = this.#sampleSide, tiles: number[] = [];
    const lastColumn = Math.min(this.columns - 1, Math.ceil((x + width) / side) - 1);
    const lastRow = Math.min(this.rows - 1, Math.ceil((y + height) / side) - 1);
    for (let row = Math.floor(y / side); row <= lastRow; row++) {
      for (let column = Math.floor(x / side); column <= lastColumn; column++) {
        tiles.push(row * this.columns + column);
      }
    }
    return tiles;
  }

  /** With a margin, from a multiple of `firstUnit` to one of `unit`. */
  #grown({ x, y, width, height }: Rect, margin: number, unit: number, firstUnit = unit): Rect {
    const down = (value: number) => Math.max(0, Math.floor((value - margin) / firstUnit) * firstUnit);
    const up = (value: number, limit: number) => Math.min(limit, Math.ceil((value + margin) / unit) * unit);
    const [left, top] = [down(x), down(y)];
    return {
      x: left,
      y: top,
      width: up(x + width, this.sampleWidth) - left,
      height: up(y + height, this.sampleHeight) - top,
    };
  }
}

/** Sides of tiles must be multiples of this, in pixels: whole coarsest coefficients, whole paddings. */
export function requiredSideMultiple({ downsampling, paddingMultiple, levels }: StreamGeometry): number {
  return leastCommonMultiple(paddingMultiple, downsampling * 2 ** levels);
}

/** What two rectangles share; sides may be 0 or less if nothing. */
export function intersection(a: Rect, b: Rect): Rect {
  const x = Math.max(a.x, b.x), y = Math.max(a.y, b.y);
  return {
    x,
    y,
    width: Math.min(a.x + a.width, b.x + b.width) - x,
    height: Math.min(a.y + a.height, b.y + b.height) - y,
  };
}

/** Coefficients; quantised ones with 16 or 32 bits. */
export type Coefficients = Float32Array | QuantisedCoefficients;

/** Quantised coefficients: those of a large tile have 16 bits where all of them fit. */
export type QuantisedCoefficients = Int16Array | Int32Array;

/** A packed pyramid and where its samples lie among all of a picture's. */
export interface PlacedPyramid<T extends Coefficients = Float32Array | Int32Array> extends Window {
  /** Packed as the layout says. */
  readonly coefficients: T;
}

/** Copies the coefficients that two pyramids of one picture share, band by band. */
export function copyCoefficients(
  source: PlacedPyramid<Coefficients>,
  target: PlacedPyramid<Coefficients>,
): void {
  for (const [index, from] of source.layout.bands.entries()) {
    const to = target.layout.bands[index];
    const placed = ({ rect }: Window, { width, height }: { width: number; height: number }): Rect => ({
      x: rect.x / 2 ** from.level,
      y: rect.y / 2 ** from.level,
      width,
      height,
    });
    const a = placed(source, from), b = placed(target, to), shared = intersection(a, b);
    for (let y = shared.y; y < shared.y + shared.height && shared.width > 0; y++) {
      const start = from.offset + (y - a.y) * from.width + shared.x - a.x;
      target.coefficients.set(
        source.coefficients.subarray(start, start + shared.width) as never,
        to.offset + (y - b.y) * to.width + shared.x - b.x,
      );
    }
  }
}

/** The least number that is a multiple of both. */
export function leastCommonMultiple(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y > 0) [x, y] = [y, x % y];
  return a / x * b;
}
