import type { DecodedPicture } from "../../decode.ts";
import { pagePng } from "./page_png.ts";

/** Whether a picture says how its colours are to be read; without that they are sRGB. */
export function hasColourMetadata({ metadata }: DecodedPicture): boolean {
  return metadata?.icc !== undefined || metadata?.cicp !== undefined;
}

/** Makes an image that a page can show. The browser converts colours that are not sRGB: it can do so for PNG files. */
export async function imageBitmapOf(picture: DecodedPicture): Promise<ImageBitmap> {
  const { data, width, height } = picture;
  if (!hasColourMetadata(picture)) {
    // Firefox does not multiply by alpha unless it is told to, and canvases take bitmaps as multiplied.
    return await createImageBitmap(new ImageData(data, width, height), { premultiplyAlpha: "premultiply" });
  }
  return await createImageBitmap(new Blob([await pagePng(picture) as BlobPart], { type: "image/png" }));
}
