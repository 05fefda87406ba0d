import { ImageError } from "./errors.ts";
import { foreignFormat } from "./foreign_formats.ts";
import { formatOfBytes, READABLE_FORMATS, type ReadableFormat } from "./formats/mod.ts";
import type { StoredHeader } from "./headers/types.ts";
import { swapsSides } from "./orientation.ts";
import type { PictureHeader } from "./picture.ts";

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
  const { id } = format;
  return swapsSides(orientation)
    ? { format: id, width: height, height: width, orientation }
    : { format: id, width, height, orientation };
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
): Promise<{ format: ReadableFormat; header: StoredHeader }> {
  const format = formatOfBytes(bytes);
  if (format === undefined) {
    const readable = listed(READABLE_FORMATS.map(({ label }) => label));
    const foreign = foreignFormat(bytes);
    if (foreign) {
      throw new ImageError(
        "image-unknown-format",
        `Cannot read the picture: its format must be ${readable} (got ${foreign.name}). ` +
          `${foreign.remedy ?? `Convert it to ${readable}`}.`,
      );
    }
    const start = [...bytes.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
    throw new ImageError(
      "image-unknown-format",
      `Cannot read the picture: its format must be ${readable} (got ` +
        `${start === "" ? "an empty file" : `first bytes ${start}`}). Give a file of one of these ` +
        "formats.",
    );
  }
  return { format, header: await format.read.header(bytes) };
}

/** Names as a sentence lists them. */
export function listed(names: readonly string[]): string {
  return `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
}
