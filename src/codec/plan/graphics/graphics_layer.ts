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

/**
 * Takes the blocks of graphics out of a picture.
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
  const open = new Uint8ClampedArray(data);
  for (let y = 0, i = 0; y < height; y++) {
    const row = Math.floor(y / GRAPHICS_BLOCK_PIXELS) * blocks.columns;
    for (let x = 0; x < width; x++, i += 4) {
      const isCovered = blocks.isGraphics[row + Math.floor(x / GRAPHICS_BLOCK_PIXELS)] === 1;
      // Nobody sees the colours of fully transparent pixels.
      if (data[i + 3] === 0 || isCovered) open[i + 3] = 0;
      if (data[i + 3] === 0 || !isCovered) continue;
      layer.set(drawn.data.subarray(i, i + 3), i);
      layer[i + 3] = 255;
    }
  }
  const below = new Uint8ClampedArray(withoutHiddenColours({ data: open, width, height }).data);
  for (let i = 3; i < data.length; i += 4) below[i] = data[i];
  return { layer: { data: layer, width, height }, below: { data: below, width, height } };
}
