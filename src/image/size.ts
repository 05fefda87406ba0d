import { ImageError } from "./errors.ts";
import { foreignFormat } from "./foreign_formats.ts";
import { readAvif } from "./headers/avif.ts";
import { readJpeg } from "./headers/jpeg.ts";
import { readJxl } from "./headers/jxl.ts";
import { readPng } from "./headers/png.ts";
import type { StoredHeader } from "./headers/types.ts";
import { readWebp } from "./headers/webp.ts";
import { swapsSides } from "./orientation.ts";
import type { PictureFormat, PictureHeader } from "./picture.ts";
import { sniffFormat } from "./sniff.ts";

const READERS: Readonly<Record<PictureFormat, (bytes: Uint8Array) => StoredHeader | Promise<StoredHeader>>> =
  {
    png: readPng,
    jpeg: readJpeg,
    webp: readWebp,
    avif: readAvif,
    jxl: readJxl,
  };

/**
 * Reads a picture file's header: format, size and orientation, without decoding or allocating pixels.
 *
 * @param bytes The file.
 * @returns The header; its size is the upright picture's.
 * @throws ImageError `image-unknown-format` or `image-damaged`.
 */
export async function readPictureSize(bytes: Uint8Array): Promise<PictureHeader> {
  const { format, header } = await readStoredHeader(bytes);
  const { orientation } = header, { width, height } = header.crop ?? header;
  return swapsSides(orientation)
    ? { format, width: height, height: width, orientation }
    : { format, width, height, orientation };
}

/**
 * As {@linkcode readPictureSize}, but as the file stores the picture; for the decoder's own use.
 *
 * @param bytes The file.
 * @returns The format and its header.
 * @throws ImageError `image-unknown-format` or `image-damaged`.
 */
export async function readStoredHeader(
  bytes: Uint8Array,
): Promise<{ format: PictureFormat; header: StoredHeader }> {
  const format = sniffFormat(bytes);
  if (format === undefined) {
    const foreign = foreignFormat(bytes);
    if (foreign) {
      throw new ImageError(
        "image-unknown-format",
        `Cannot read the picture as its format is not supported: it is ${foreign.name}, which this package does not ` +
          `read; ${foreign.remedy}`,
      );
    }
    const start = [...bytes.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
    throw new ImageError(
      "image-unknown-format",
      `Cannot read the picture as its format is unknown: ${
        start === "" ? "the file is empty" : `first bytes are ${start}`
      }; give a PNG, JPEG, WebP, AVIF or JPEG XL file`,
    );
  }
  return { format, header: await READERS[format](bytes) };
}
