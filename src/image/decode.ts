import { checkDecodeOptions, fileBytes } from "./decode_input.ts";
import { decodeHere } from "./decode_here.ts";
import { PictureDecoder } from "./picture_decoder.ts";
import type { Picture } from "./picture.ts";

/** Options of {@linkcode decodePicture}. */
export interface DecodeOptions {
  /** The most pixels (width × height) that a picture may have; default 2^28. */
  readonly maxPixels?: number;
  /**
   * The most pixels per byte of a WebP, AVIF or JPEG XL file, for pictures above 2^24 pixels; default 4096.
   * It refuses files of a few kilobytes that state a size near `maxPixels`. Raise it for large blank pictures.
   */
  readonly maxPixelsPerByte?: number;
  /** Give PNG, AVIF and JPEG XL files of more than 8 bits per sample as `Picture<Uint16Array>`; by default they are rounded to 8. */
  readonly keepDepth?: boolean;
  /**
   * The most bytes of memory that the library of a JPEG, WebP, AVIF or JPEG XL file may take (in Deno). Default: 64 MiB, four
   * times the file, and per pixel 32 (JPEG), 24 (WebP), 160 (AVIF) or 256 bytes (JPEG XL); 2^31 is the most that exists. The
   * picture itself takes 4 bytes per pixel (8 with `keepDepth`), while it is read twice as many.
   *
   * The library of JPEG XL files that are not of 8 bits in sRGB needs 25 bytes per pixel of grey, 50 of RGB, and 20 for each
   * channel more: files of a size that needs more than the limit are refused. Beyond that, it is kept to the limit in Node,
   * Bun, and Deno with permission to read the package; elsewhere damaged files may take up to 2^32 bytes.
   */
  readonly maxMemoryBytes?: number;
  /**
   * Decode in a worker, which is terminated after so many milliseconds of decoding. It is the only bound on the time of a
   * JPEG XL file, and needs permission to read the package's sources in Deno. A bundle that lacks the worker's file gets
   * `image-worker`. Default: decode in this thread, without a deadline.
   */
  readonly deadlineMilliseconds?: number;
  /** Ends decoding: at once with `deadlineMilliseconds`, otherwise between steps. A library's own work is one step. */
  readonly signal?: AbortSignal;
}

/**
 * Decodes a PNG, JPEG, WebP, AVIF or JPEG XL file, told by its content, and turns it upright.
 *
 * Size, density and number of passes are checked before anything is decoded or allocated: a JPEG file may have 32 scans, or
 * as many as take 2^28 pixels in sum; an AVIF file may code 16 times its pixels. What is deflated is inflated in slices, up
 * to what the size needs, or 16 MiB for each part of the metadata.
 *
 * ICC profile or colour description (CICP), EXIF and XMP come along, their orientation set to upright and EXIF's thumbnail
 * left out. Samples stay in the file's colour space, which the metadata tell; only lossy JPEG XL with a profile is converted to
 * sRGB. What is lost is told in `warnings`.
 *
 * Limitations: 8 bits per sample unless `keepDepth` is set (deeper samples are rounded; floats are clipped to 0 to 1 and
 * rounded to 16 bits), no CMYK or arithmetic-coded JPEG. In JPEG XL: no EXIF or XMP compressed by Brotli in browsers, and samples of 8 bits
 * in sRGB may be off by 1, as their library computes with floats. Of an animation the first frame is read.
 *
 * The file is copied before the promise is returned: what is written to it later is not in the picture.
 *
 * @param bytes The whole file.
 * @param options Limits, deadline and signal.
 * @returns The upright picture, RGBA.
 * @throws ImageError `image-unknown-format`, `image-too-large`, `image-damaged`, `image-unsupported`, `image-deadline`,
 *   `image-worker` or `image-library-unavailable`; InvalidValueError ("option-unknown", "option-value"); the signal's reason.
 */
export async function decodePicture(
  bytes: Uint8Array,
  options: DecodeOptions & { readonly keepDepth: true },
): Promise<Picture | Picture<Uint16Array>>;
/** As above, 8 bits a sample. */
export async function decodePicture(bytes: Uint8Array, options?: DecodeOptions): Promise<Picture>;
export async function decodePicture(
  bytes: Uint8Array,
  options: DecodeOptions = {},
): Promise<Picture | Picture<Uint16Array>> {
  const file = fileBytes(bytes);
  checkDecodeOptions(options);
  if (options.deadlineMilliseconds === undefined) {
    return await decodeHere(new Uint8Array(file), { ...options });
  }
  const decoder = new PictureDecoder();
  try {
    return await decoder.decode(file, options);
  } finally {
    decoder.close();
  }
}
