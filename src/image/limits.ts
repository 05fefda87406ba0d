import { damaged, ImageError } from "./errors.ts";
import type { DecodeOptions } from "./decode.ts";
import { avifWork } from "./headers/avif_work.ts";
import { countJpegScans } from "./headers/jpeg_scans.ts";
import { FORMAT_LABELS, type PictureFormat } from "./picture.ts";

/** The default of {@linkcode DecodeOptions.maxPixels}: 2^28, a gibibyte of RGBA. */
export const DEFAULT_MAX_PIXELS = 268_435_456;
/** The default of {@linkcode DecodeOptions.maxPixelsPerByte}. */
export const DEFAULT_MAX_PIXELS_PER_BYTE = 4096;

/** Up to so many pixels (16.8 megapixels) a file may be as small as it likes: a blank page takes some dozens of bytes. */
const ANY_DENSITY_PIXELS = 2 ** 24;
/** JPEG spends at least a bit on each block of 64 pixels. */
const JPEG_PIXELS_PER_BYTE = 512;
/** Passes over all pixels that a picture of any size may take: encoders make up to about 12 scans. */
const MAX_PASSES = 32;
/** Pixels times passes that are always allowed; they take a JPEG decoder about 0.2 s. */
const FREE_PASS_PIXELS = 2 ** 28;
/** An AVIF picture with alpha, tiles that overlap its edge and all layers codes fewer times its pixels than this. */
const MAX_AVIF_CODED_RATIO = 16;
/** AVIF's tiles have at least 64 × 64 pixels, however small the picture is. */
const FREE_AVIF_PIXELS = 2 ** 20;

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
  format: PictureFormat,
  bytes: Uint8Array,
  { width, height }: { readonly width: number; readonly height: number },
  { maxPixels = DEFAULT_MAX_PIXELS, maxPixelsPerByte = DEFAULT_MAX_PIXELS_PER_BYTE }: DecodeLimits,
): void {
  const label = FORMAT_LABELS[format], pixels = width * height;
  if (pixels > maxPixels) {
    throw new ImageError(
      "image-too-large",
      `Cannot decode the ${label} picture as it may have at most ${maxPixels} pixels: size is ${width}×${height}, ` +
        `${pixels} pixels; use a smaller picture or raise maxPixels`,
    );
  }
  if (format === "jpeg" && pixels > JPEG_PIXELS_PER_BYTE * bytes.length) {
    throw damaged(label, `its ${bytes.length} bytes cannot hold the ${pixels} pixels that its header states`);
  }
  // PNG's decoder knows how many bytes its rows take.
  const dense = format === "png" || format === "jpeg";
  if (!dense && pixels > ANY_DENSITY_PIXELS && pixels > maxPixelsPerByte * bytes.length) {
    throw new ImageError(
      "image-too-large",
      `Cannot decode the ${label} picture as it may have at most ${maxPixelsPerByte} pixels per byte: size is ` +
        `${width}×${height} in ${bytes.length} bytes; use a smaller picture or raise maxPixelsPerByte`,
    );
  }
  if (format === "jpeg") {
    const mostScans = Math.max(MAX_PASSES, Math.floor(FREE_PASS_PIXELS / pixels));
    if (countJpegScans(bytes, mostScans) > mostScans) {
      throw tooMuchWork(label, `more than ${mostScans} scans of ${width}×${height} pixels`);
    }
  } else if (format === "avif") {
    const { codedPixels, largestFrame } = avifWork(bytes);
    if (Math.max(codedPixels, largestFrame) > MAX_AVIF_CODED_RATIO * pixels + FREE_AVIF_PIXELS) {
      throw tooMuchWork(
        label,
        `frames of ${Math.max(codedPixels, largestFrame)} pixels for ${width}×${height}`,
      );
    }
  }
}

function tooMuchWork(label: string, work: string): ImageError {
  return new ImageError(
    "image-too-large",
    `Cannot decode the ${label} picture as decoding would take too long: it has ${work}; save it again with usual settings`,
  );
}
