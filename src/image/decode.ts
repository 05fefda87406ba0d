import { decodePng } from "./decode_png.ts";
import { damaged, ImageError, unsupported } from "./errors.ts";
import { withEndOfImage } from "./headers/jpeg.ts";
import type { StoredHeader } from "./headers/types.ts";
import { dropDecoder, type LibraryFormat, loadDecoder } from "./libraries.ts";
import { readMetadata } from "./metadata.ts";
import { cropPicture, orientPicture } from "./orientation.ts";
import { type DeepPicture, FORMAT_LABELS, type Picture } from "./picture.ts";
import { readStoredHeader } from "./size.ts";

/** The default limit of {@linkcode DecodeOptions.maxPixels}: 2^28, a gibibyte of RGBA. */
export const DEFAULT_MAX_PIXELS = 268_435_456;

/** Above this many pixels a codec's memory, which never shrinks, is given back after the picture. */
const KEEP_INSTANCE_PIXELS = 16_777_216;

/** Options of {@linkcode decodePicture}. */
export interface DecodeOptions {
  /** The most pixels (width × height) that a picture may have; default {@linkcode DEFAULT_MAX_PIXELS}. */
  readonly maxPixels?: number;
  /** Give PNG files of 16 bits a sample as {@linkcode DeepPicture}; by default they are rounded to 8. */
  readonly keepDepth?: boolean;
}

/**
 * Decodes a PNG, JPEG, WebP, AVIF or JPEG XL file, told by its content, and turns it upright.
 *
 * The size is read from the header and checked before anything is decoded or allocated.
 *
 * ICC profile or colour description (CICP), EXIF and XMP come along, their orientation set to upright and EXIF's thumbnail
 * left out. Samples stay in the file's colour space, which the metadata tell; only JPEG XL is converted to sRGB. What is lost
 * is told in `warnings`.
 *
 * Limitations: 8 bits per sample except for PNG with `keepDepth` (deeper samples are rounded), no animation, no CMYK or
 * arithmetic-coded JPEG, no PQ or HLG in JPEG XL, no EXIF or XMP that JPEG XL compresses by Brotli.
 *
 * @param bytes The whole file.
 * @param options The size limit.
 * @returns The upright picture, RGBA.
 * @throws ImageError `image-unknown-format`, `image-too-large`, `image-damaged`, `image-unsupported` or
 *   `image-library-unavailable`.
 */
export async function decodePicture(
  bytes: Uint8Array,
  options: DecodeOptions & { readonly keepDepth: true },
): Promise<Picture | DeepPicture>;
/** As above, 8 bits a sample. */
export async function decodePicture(bytes: Uint8Array, options?: DecodeOptions): Promise<Picture>;
export async function decodePicture(
  bytes: Uint8Array,
  options?: DecodeOptions,
): Promise<Picture | DeepPicture> {
  const { format, header } = await readStoredHeader(bytes);
  const label = FORMAT_LABELS[format];
  const maxPixels = options?.maxPixels ?? DEFAULT_MAX_PIXELS;
  const { width, height } = header;
  if (width * height > maxPixels) {
    throw new ImageError(
      "image-too-large",
      `Cannot decode the ${label} picture as it may have at most ${maxPixels} pixels: size is ${width}×${height}, ` +
        `${width * height} pixels; use a smaller picture or raise maxPixels`,
    );
  }
  if (header.unsupportedFeature !== undefined) {
    throw unsupported(
      label,
      header.unsupportedFeature,
      header.remedy ?? "convert it to a still RGB picture first",
    );
  }
  const stored = format === "png"
    ? await decodePng(bytes, options?.keepDepth ?? false)
    : await decodeWithLibrary(format, bytes, header);
  const part = header.crop ? cropPicture(stored, header.crop) : stored;
  const upright = header.libraryOrients ? part : orientPicture(part, header.orientation);
  const { metadata, warnings } = await readMetadata(format, bytes, upright);
  return {
    ...upright,
    ...(Object.keys(metadata).length > 0 && { metadata }),
    ...(warnings.length > 0 && { warnings }),
  };
}

async function decodeWithLibrary(
  format: LibraryFormat,
  bytes: Uint8Array,
  header: StoredHeader,
): Promise<Picture> {
  const label = FORMAT_LABELS[format];
  const decoder = await loadDecoder(format);
  let pixels;
  try {
    pixels = decoder.decode(format === "jpeg" ? withEndOfImage(bytes) : bytes);
  } catch (cause) {
    dropDecoder(format);
    throw damaged(label, decoder.takeMessages()[0] ?? "its decoder stopped", cause);
  }
  const messages = decoder.takeMessages();
  if (!pixels) throw damaged(label, messages[0] ?? "its decoder found no picture");
  if (header.width * header.height > KEEP_INSTANCE_PIXELS) dropDecoder(format);
  const complaint = format === "jpeg" ? messages.find(tellsOfLostJpegData) : undefined;
  if (complaint !== undefined) throw damaged(label, complaint);
  const { width, height } = pixels;
  const sameSize = width === header.width && height === header.height;
  const turnedSize = width === header.height && height === header.width;
  if (!sameSize && !(turnedSize && header.libraryOrients)) {
    throw damaged(label, `its header says ${header.width}×${header.height}, its data ${width}×${height}`);
  }
  return { data: pixels.data, width, height };
}

/**
 * libjpeg paints what is missing grey, prints a line and carries on. Lost data are an error to us; stray bytes between
 * segments and odd but harmless header fields, which many cameras write, are not.
 */
function tellsOfLostJpegData(message: string): boolean {
  return /^(premature end|corrupt jpeg data)/i.test(message) && !/extraneous bytes/i.test(message);
}
