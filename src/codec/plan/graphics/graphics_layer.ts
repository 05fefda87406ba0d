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
  { columns, isGraphics }: GraphicsBlocks,
): Uint8Array {
  const side = GRAPHICS_BLOCK_PIXELS, covered = new Uint8Array(width * height);
  const blockOf = (pixel: number) =>
    Math.floor(Math.floor(pixel / width) / side) * columns + Math.floor(pixel % width / side);
  for (let pixel = 0; pixel < covered.length; pixel++) covered[pixel] = isGraphics[blockOf(pixel)];
  const pixels = Uint32Array.from(
    covered,
    (_, i) => data[4 * i] << 24 | data[4 * i + 1] << 16 | data[4 * i + 2] << 8 | data[4 * i + 3],
  );
  const parts = new Map<number, number[]>();
  const join = (pixel: number, from: number) => {
    if (covered[pixel] || pixels[pixel] !== pixels[from]) return;
    const block = blockOf(pixel), part = parts.get(block);
    covered[pixel] = 1;
    if (part) part.push(pixel);
    else parts.set(block, [pixel]);
  };
  const spread = (pixel: number, visit: (neighbour: number, from: number) => void) => {
    if (pixel % width > 0) visit(pixel - 1, pixel);
    if ((pixel + 1) % width > 0) visit(pixel + 1, pixel);
    if (pixel >= width) visit(pixel - width, pixel);
    if (pixel + width < covered.length) visit(pixel + width, pixel);
  };
  const isAtBorder = (pixel: number) =>
    [pixel % width, Math.floor(pixel / width)].some((place) =>
      place % side === 0 || (place + 1) % side === 0
    );
  for (let pixel = 0; pixel < covered.length; pixel++) {
    if (isGraphics[blockOf(pixel)] && isAtBorder(pixel)) spread(pixel, join);
  }
  for (const [block, part] of parts) {
    // Parts stay in blocks that touch graphics: a sky of the page's colour is none.
    for (let next = 0; next < part.length; next++) {
      spread(part[next], (pixel, from) => blockOf(pixel) === block && join(pixel, from));
    }
    if (part.length < LEAST_PART_PIXELS) { for (const pixel of part) covered[pixel] = 0; }
  }
  return covered;
}
