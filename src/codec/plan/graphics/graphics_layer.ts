import type { PictureLike } from "../../../world.ts";
import { withoutHiddenColours } from "../../streams/hidden_samples.ts";
import { GRAPHICS_BLOCK_PIXELS, type GraphicsBlocks } from "./graphics_blocks.ts";

/** A picture in two: what the graphics layer holds, and what the stream below it codes. */
export interface LayeredPicture {
  /** Alpha 255 where the layer's pixels are shown, else all 0. */
  readonly layer: PictureLike;
  /** The picture, with a smooth continuation of it where the layer covers it. */
  readonly below: PictureLike;
}

/** A part of a block that belongs to the graphics around it has at least so many pixels. */
const LEAST_PART_PIXELS = 16;

/**
 * Takes the blocks of graphics out of a picture, and the parts of other blocks that continue their colours: the page up to the edge of
 * a photograph, which lies inside blocks.
 *
 * @param picture 8 bits per sample.
 * @param drawn The picture as the layer is to show it.
 * @param blocks Where the layer is.
 */
export function layeredPicture(
  picture: PictureLike,
  drawn: PictureLike,
  blocks: GraphicsBlocks,
): LayeredPicture {
  const { data, width, height } = picture, layer = new Uint8ClampedArray(data.length);
  const open = new Uint8ClampedArray(data), isCovered = coveredPixels(picture, blocks);
  for (let pixel = 0, i = 0; pixel < isCovered.length; pixel++, i += 4) {
    // Nobody sees the colours of fully transparent pixels.
    if (data[i + 3] === 0 || isCovered[pixel]) open[i + 3] = 0;
    if (data[i + 3] === 0 || !isCovered[pixel]) continue;
    layer.set(drawn.data.subarray(i, i + 3), i);
    layer[i + 3] = 255;
  }
  const below = new Uint8ClampedArray(withoutHiddenColours({ data: open, width, height }).data);
  for (let i = 3; i < data.length; i += 4) below[i] = data[i];
  return { layer: { data: layer, width, height }, below: { data: below, width, height } };
}

/** 1 where the layer is. */
function coveredPixels(
  { data, width, height }: PictureLike,
  { columns, rows, isGraphics }: GraphicsBlocks,
): Uint8Array {
  const side = GRAPHICS_BLOCK_PIXELS, covered = new Uint8Array(width * height);
  const pixels = new Uint32Array(width * height), blockOf = new Uint32Array(width * height);
  for (let y = 0, pixel = 0; y < height; y++) {
    const row = Math.floor(y / side) * columns;
    for (let x = 0; x < width; x++, pixel++) {
      const block = row + Math.floor(x / side), i = 4 * pixel;
      blockOf[pixel] = block;
      covered[pixel] = isGraphics[block];
      pixels[pixel] = data[i] << 24 | data[i + 1] << 16 | data[i + 2] << 8 | data[i + 3];
    }
  }
  const parts = new Map<number, number[]>();
  const join = (pixel: number, from: number): boolean => {
    if (covered[pixel] || pixels[pixel] !== pixels[from]) return false;
    covered[pixel] = 1;
    return true;
  };
  const joinFrom = (pixel: number, from: number): void => {
    if (!join(pixel, from)) return;
    const block = blockOf[pixel], part = parts.get(block);
    if (part) part.push(pixel);
    else parts.set(block, [pixel]);
  };
  for (let block = 0; block < columns * rows; block++) {
    if (!isGraphics[block]) continue;
    const left = block % columns * side, top = Math.floor(block / columns) * side;
    const right = Math.min(width, left + side), bottom = Math.min(height, top + side);
    for (let y = top; y < bottom; y++) {
      if (left > 0) joinFrom(y * width + left - 1, y * width + left);
      if (right < width) joinFrom(y * width + right, y * width + right - 1);
    }
    for (let x = left; x < right; x++) {
      if (top > 0) joinFrom((top - 1) * width + x, top * width + x);
      if (bottom < height) joinFrom(bottom * width + x, (bottom - 1) * width + x);
    }
  }
  for (const [block, part] of parts) {
    // Parts stay in blocks that touch graphics: a sky of the page's colour is none.
    for (let next = 0; next < part.length; next++) {
      const from = part[next];
      for (const pixel of [from - 1, from + 1, from - width, from + width]) {
        // Across the end of a row lies another block, or the row is in this one's column alone.
        const isInside = pixel >= 0 && pixel < covered.length && blockOf[pixel] === block &&
          Math.abs(pixel % width - from % width) <= 1;
        if (isInside && join(pixel, from)) part.push(pixel);
      }
    }
    if (part.length < LEAST_PART_PIXELS) { for (const pixel of part) covered[pixel] = 0; }
  }
  return covered;
}
