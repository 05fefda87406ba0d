import type { PictureLike } from "../../../world.ts";
import { GRAPHICS_BLOCK_PIXELS, type GraphicsBlocks } from "./graphics_blocks.ts";

/** Blocks with strokes that a picture has at least, of its blocks, so that a file may show any of them badly: flat areas it shows well. */
const LEAST_STROKE_SHARE = 0.002;
/** Mean squared errors from which on a block of graphics is blurred, and from which on letters in it cannot be read. */
const BLURRED = 30, ILLEGIBLE = 400;
/** Most blocks that are one of both, of all blocks: of 63 photographs with flat areas, the layers of those with fewer were never kept. */
const MOST_BLURRED = 0.02, MOST_ILLEGIBLE = 0.002;

/**
 * Whether a photographic file shows the graphics of a picture so well that a layer of them gains nothing: flat areas of photographs, such as
 * bright skies and black borders, count as graphics, too.
 *
 * @param picture 8 bits per sample, opaque.
 * @param found Where it is graphics.
 * @param decode Gives what the file shows; it is called only where that matters.
 */
export async function showsGraphicsWell(
  picture: PictureLike,
  found: GraphicsBlocks,
  decode: () => Promise<PictureLike>,
): Promise<boolean> {
  if (found.strokeShare < LEAST_STROKE_SHARE) return true;
  const errors = errorsOfBlocks(picture, await decode(), found), blocks = found.columns * found.rows;
  const shareAbove = (least: number) => errors.filter((error) => error > least).length / blocks;
  return shareAbove(BLURRED) < MOST_BLURRED && shareAbove(ILLEGIBLE) < MOST_ILLEGIBLE;
}

/** Mean squared error of the samples of each block of graphics. */
function errorsOfBlocks(
  { data, width, height }: PictureLike,
  { data: shown }: PictureLike,
  { columns, isGraphics }: GraphicsBlocks,
): number[] {
  const side = GRAPHICS_BLOCK_PIXELS, errors: number[] = [];
  for (let block = 0; block < isGraphics.length; block++) {
    if (!isGraphics[block]) continue;
    const left = block % columns * side, top = Math.floor(block / columns) * side;
    const right = Math.min(width, left + side), bottom = Math.min(height, top + side);
    let sum = 0;
    for (let y = top; y < bottom; y++) {
      for (let i = 4 * (y * width + left), end = i + 4 * (right - left); i < end; i += 4) {
        const red = data[i] - shown[i], green = data[i + 1] - shown[i + 1], blue = data[i + 2] - shown[i + 2];
        sum += red * red + green * green + blue * blue;
      }
    }
    errors.push(sum / (3 * (right - left) * (bottom - top)));
  }
  return errors;
}
