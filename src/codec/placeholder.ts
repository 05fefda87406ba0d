import { InvalidValueError } from "../core/errors.ts";
import { typeOf } from "../core/picture.ts";
import { decompress } from "./decompress.ts";
import { codecPicture, type CompressInput, toEightBits } from "./samples.ts";
import { startsAsVaer } from "../format/starts_as_vaer.ts";
import { decodePicture } from "../image/mod.ts";
import { thumbnailBytes } from "../thumbnail/thumbnail_bytes.ts";

/** So many bytes have 64 characters in base64. */
const MOST_BYTES = 48;

/**
 * Describes a picture in at most 64 characters, to inline in HTML: shape, colours, large areas. `/placeholder` decodes the
 * text without a model.
 *
 * @param source A `.vaer` file, an image file (PNG, JPEG, WebP, AVIF or JPEG XL), or a picture.
 * @returns Base64 without padding, the same on every machine for the same picture.
 * @throws As `decompress`, `decodePicture`, and InvalidValueError ("picture-type", "picture-size", "picture-data").
 *
 * @example
 * ```ts
 * import { placeholder } from "@vaerans/vaerans";
 * import { assertEquals } from "@std/assert";
 *
 * const data = new Uint8ClampedArray(4 * 60 * 40).fill(255);
 * assertEquals(await placeholder({ data, width: 60, height: 40 }), "if+AgAAA");
 * ```
 */
export async function placeholder(source: Uint8Array | CompressInput): Promise<string> {
  const isFile = typeOf(source) === "Uint8Array";
  if (!isFile && (source as Partial<CompressInput> | null)?.data === undefined) {
    throw new InvalidValueError(
      "picture-type",
      "Cannot make a placeholder: it must be of a file's bytes, as a Uint8Array, or of { data, width, height } " +
        `(got ${typeOf(source)}). Read a Blob or a Response by arrayBuffer().`,
    );
  }
  const input = isFile ? await fileOf(source as Uint8Array) : source as CompressInput; // a picture's samples are read at once
  const picture = toEightBits(codecPicture(input).picture);
  return btoa(String.fromCharCode(...thumbnailBytes(picture, MOST_BYTES))).replaceAll("=", "");
}

async function fileOf(bytes: Uint8Array): Promise<CompressInput> {
  return startsAsVaer(bytes) ? await decompress(bytes) : await decodePicture(bytes);
}
