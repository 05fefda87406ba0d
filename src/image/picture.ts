import { typeOf } from "../core/picture.ts";
import type { PictureFormat } from "./encoded_format.ts";
import type { PictureMetadata } from "./metadata_parts.ts";
import { ImageError } from "./errors.ts";

/**
 * A picture in memory, shaped like the web's `ImageData` (which is one).
 *
 * @typeParam D Samples of 8 bits (`Uint8ClampedArray`, the default) or 16 bits (`Uint16Array`).
 */
export interface Picture<D extends Uint8ClampedArray | Uint16Array = Uint8ClampedArray> {
  /** RGBA interleaved, row-major from the top left, sRGB unless the metadata say otherwise, alpha not premultiplied. */
  readonly data: D;
  /** Pixels in a row, at least 1. */
  readonly width: number;
  /** Rows, at least 1. */
  readonly height: number;
  /** What its file held besides; absent if nothing. */
  readonly metadata?: PictureMetadata;
  /** For people: what of the file was left out and why, without a full stop; absent if nothing. */
  readonly warnings?: readonly string[];
}

/** A {@linkcode Picture} of 16 bits per sample. */
export type DeepPicture = Picture<Uint16Array>;

/** The EXIF orientation: 1 is upright, 2–8 are the flips and quarter turns of TIFF 6.0's tag 0x0112. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

/** What a file's header says, before any pixel is decoded. */
export interface PictureHeader {
  /** The format, told from the content. */
  readonly format: PictureFormat;
  /** Pixels in a row of the upright picture, as {@linkcode decodePicture} returns it. */
  readonly width: number;
  /** Rows of the upright picture. */
  readonly height: number;
  /** How the stored picture is to be turned; {@linkcode decodePicture} has already done so. */
  readonly orientation: Orientation;
}

/** Whether R = G = B everywhere. */
export function isGreyPicture(data: Picture["data"] | DeepPicture["data"]): boolean {
  for (let i = 0; i < data.length; i += 4) {
    if (data[i] !== data[i + 1] || data[i] !== data[i + 2]) return false;
  }
  return true;
}

/**
 * Checks that a picture holds exactly the samples its size says.
 *
 * @param picture The picture.
 * @throws ImageError `image-invalid`.
 */
export function assertPicture(picture: Picture | DeepPicture): void {
  const { width, height, data } = picture ?? {}, type = typeOf(data);
  if (!["Uint8ClampedArray", "Uint8Array", "Uint16Array"].includes(type)) {
    throw new ImageError(
      "image-invalid",
      "Cannot use the picture: it must be { data, width, height } with samples as Uint8ClampedArray, Uint8Array or Uint16Array " +
        `(got ${
          data === undefined ? `${typeOf(picture)} without data` : `data of type ${type}`
        }). Give RGBA samples, ` +
        "as decodePicture makes them of an image file.",
    );
  }
  if (!Number.isInteger(width) || !Number.isInteger(height) || width < 1 || height < 1) {
    throw new ImageError(
      "image-invalid",
      `Cannot use the picture: its sides must be whole numbers from 1 (got ${width}×${height}). Give a ` +
        "picture with at least one pixel.",
    );
  }
  if (data.length !== width * height * 4) {
    throw new ImageError(
      "image-invalid",
      `Cannot use the picture: its data must hold ${width * height * 4} samples, 4 per pixel of ` +
        `${width}×${height} (got ${data.length}). Give RGBA samples.`,
    );
  }
}
