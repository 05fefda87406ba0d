import { type AnyPicture, cropSamples, toEightBits } from "../../samples.ts";
import type { Rect } from "../../tiles/tile_grid.ts";
import type { PictureLike } from "../../../world.ts";
import { PictureScore } from "../picture_score.ts";
import { GRAPHICS_BLOCK_PIXELS, type GraphicsBlocks } from "./graphics_blocks.ts";

/** Larger pictures are scored by patches: a score of the whole picture takes some 100 bytes per pixel. */
const MOST_WHOLE_PIXELS = 2 ** 22;
/** Side and number of the patches. */
const PATCH_PIXELS = 512, PATCHES = 6;

/** Scores decoded pictures: whole ones, and of large pictures patches that stand for them. */
export class ScoredPatches {
  readonly #patches: readonly { readonly rect: Rect; readonly score: PictureScore }[];

  /**
   * Chooses the patches: at even ranks of how much of a patch is graphics, so that text and photographs have their shares.
   *
   * @param picture 8 bits per sample.
   * @param whole Of the same picture.
   * @param blocks Where it is graphics.
   */
  constructor(picture: PictureLike, whole: PictureScore, blocks: GraphicsBlocks) {
    const { width, height } = picture;
    this.#patches = width * height <= MOST_WHOLE_PIXELS
      ? [{ rect: { x: 0, y: 0, width, height }, score: whole }]
      : patchesOf(picture, blocks).map((rect) => {
        const crop = cropped(picture, rect);
        return { rect, score: new PictureScore(crop, crop) };
      });
  }

  /**
   * The mean SSIMULACRA2 of the patches.
   *
   * @param decode Gives a part of the decoded picture.
   */
  async ssimulacra2(decode: (rect: Rect) => AnyPicture | Promise<AnyPicture>): Promise<number> {
    let sum = 0;
    for (const { rect, score } of this.#patches) sum += score.ssimulacra2(toEightBits(await decode(rect)));
    return sum / this.#patches.length;
  }
}

/** A part of a picture. */
export function cropped(picture: AnyPicture, rect: Rect): PictureLike {
  const { width, height } = rect, { data } = toEightBits(picture);
  const crop = cropSamples({ data, width: picture.width, height: picture.height } as AnyPicture, rect);
  return { data: crop as Uint8ClampedArray, width, height };
}

function patchesOf({ width, height }: PictureLike, { columns, isGraphics }: GraphicsBlocks): Rect[] {
  const patches: { readonly rect: Rect; readonly blocks: number }[] = [];
  for (let y = 0; y < height; y += PATCH_PIXELS) {
    for (let x = 0; x < width; x += PATCH_PIXELS) {
      const rect = {
        x: Math.max(0, Math.min(x, width - PATCH_PIXELS)),
        y: Math.max(0, Math.min(y, height - PATCH_PIXELS)),
        width: Math.min(PATCH_PIXELS, width),
        height: Math.min(PATCH_PIXELS, height),
      };
      patches.push({ rect, blocks: blocksIn(rect, columns, isGraphics) });
    }
  }
  patches.sort((a, b) => a.blocks - b.blocks);
  const count = Math.min(PATCHES, patches.length);
  return Array.from(
    { length: count },
    (_, i) => patches[Math.floor((i + 0.5) * patches.length / count)].rect,
  );
}

function blocksIn({ x, y, width, height }: Rect, columns: number, isGraphics: Uint8Array): number {
  const side = GRAPHICS_BLOCK_PIXELS, first = Math.floor(x / side), last = Math.ceil((x + width) / side);
  let count = 0;
  for (let row = Math.floor(y / side); row < Math.ceil((y + height) / side); row++) {
    for (let column = first; column < last; column++) count += isGraphics[row * columns + column];
  }
  return count;
}
