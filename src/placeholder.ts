/**
 * Shows what `placeholder()` makes: a blurred picture from at most 64 characters, without a model. Minified, the script has
 * less than 2 kB.
 *
 * @example A background for an image that is still loading
 * ```ts
 * import { placeholder } from "@vaerans/vaerans";
 * import { placeholderUrl } from "@vaerans/vaerans/placeholder";
 * import { assert } from "@std/assert";
 *
 * const data = new Uint8ClampedArray(4 * 60 * 40).fill(200);
 * const text = await placeholder({ data, width: 60, height: 40 }); // on the server
 * const url = placeholderUrl(text); // on the page: img.style.backgroundImage = `url(${url})`
 * assert(text.length <= 64 && url.startsWith("data:image/bmp;base64,"));
 * ```
 *
 * @module
 */
import { encodeBmp } from "./image/encode_bmp.ts";
import { sidesOf } from "./thumbnail/thumbnail_format.ts";
import { thumbnailSamples } from "./thumbnail/thumbnail_samples.ts";

/** A decoded placeholder: RGBA, rows top to bottom, the shape of `ImageData`. */
export interface PlaceholderPicture {
  /** 4 · width · height samples, 0 to 255. */
  readonly data: Uint8ClampedArray<ArrayBuffer>;
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
}

/**
 * Decodes the text that `placeholder()` made.
 *
 * @param text Base64, at most 64 characters.
 * @param longerSide Pixels of the longer side, 32 by default.
 * @returns The picture; the aspect ratio is that of the source within 3%.
 * @throws DOMException If the text is not base64.
 */
export function decodePlaceholder(text: string, longerSide = 32): PlaceholderPicture {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const [width, height] = sidesOf(bytes[0], longerSide);
  return { data: thumbnailSamples(bytes, { width, height }), width, height };
}

/**
 * The same as a `data:` URL of a BMP image, for `src` or a CSS background. A page's policy must allow `img-src data:`.
 *
 * @param text Base64, at most 64 characters.
 * @param longerSide Pixels of the longer side, 32 by default.
 * @returns A URL of about 4 kB.
 * @throws DOMException If the text is not base64.
 */
export function placeholderUrl(text: string, longerSide = 32): string {
  const bmp = encodeBmp(decodePlaceholder(text, longerSide));
  return `data:image/bmp;base64,${btoa(String.fromCharCode(...bmp))}`;
}
