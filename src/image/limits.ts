import type { DecodeOptions } from "./decode.ts";
import { ImageError } from "./errors.ts";
import type { StoredSize } from "./formats/format.ts";
import type { ReadableFormat } from "./formats/mod.ts";

/** The default of {@linkcode DecodeOptions.maxPixels}: 2^28, a gibibyte of RGBA. */
export const DEFAULT_MAX_PIXELS = 268_435_456;
/** The default of {@linkcode DecodeOptions.maxPixelsPerByte}. */
export const DEFAULT_MAX_PIXELS_PER_BYTE = 4096;

/** Up to so many pixels (16.8 megapixels) a file may be as small as it likes: a blank page takes some dozens of bytes. */
const ANY_DENSITY_PIXELS = 2 ** 24;
/** Limits that are checked before anything is decoded. */
export type DecodeLimits = Pick<DecodeOptions, "maxPixels" | "maxPixelsPerByte">;

/**
 * Checks what a file would take to decode, from its headers and the structure of its data.
 *
 * @param format The file's format.
 * @param bytes The file.
 * @param size The stored picture's size.
 * @param limits The limits.
 * @throws ImageError `image-too-large`, or `image-damaged` where the data cannot hold so many pixels.
 */
export function assertWithinLimits(
  { label, read }: ReadableFormat,
  bytes: Uint8Array,
  { width, height }: StoredSize,
  { maxPixels = DEFAULT_MAX_PIXELS, maxPixelsPerByte = DEFAULT_MAX_PIXELS_PER_BYTE }: DecodeLimits,
): void {
  const pixels = width * height;
  if (pixels > maxPixels) {
    throw new ImageError(
      "image-too-large",
      `Cannot decode the ${label} picture: it must have at most ${maxPixels} pixels (got ` +
        `${width}×${height}, ${pixels} pixels). Use a smaller picture or raise maxPixels.`,
    );
  }
  read.checkWork(bytes, { width, height }, maxPixelsPerByte);
}

/** Refuses a large picture in a few bytes, of a format that has no least size per pixel. Errors: `ImageError` ("image-too-large"). */
export function checkDensity(
  label: string,
  bytes: Uint8Array,
  { width, height }: StoredSize,
  maxPixelsPerByte: number,
): void {
  const pixels = width * height;
  if (pixels <= ANY_DENSITY_PIXELS || pixels <= maxPixelsPerByte * bytes.length) return;
  throw new ImageError(
    "image-too-large",
    `Cannot decode the ${label} picture: it must have at most ${maxPixelsPerByte} pixels per byte ` +
      `(got ${width}×${height} in ${bytes.length} bytes). Use a smaller picture or raise ` +
      "maxPixelsPerByte.",
  );
}

/** The error of a file whose decoding takes more work than its size needs. */
export function tooMuchWork(label: string, work: string): ImageError {
  return new ImageError(
    "image-too-large",
    `Cannot decode the ${label} picture: the work must be in proportion to its size (got ${work}). ` +
      "Save it again with usual settings.",
  );
}
