import { ImageError } from "./errors.ts";
import { uprightExif } from "./exif.ts";
import { avifMetadata } from "./headers/avif.ts";
import { jpegMetadata } from "./headers/jpeg.ts";
import { jxlMetadata } from "./headers/jxl.ts";
import { pngMetadata } from "./headers/png.ts";
import { webpMetadata } from "./headers/webp.ts";
import { MAX_METADATA_PART_BYTES, type PictureMetadata, type RawMetadata } from "./metadata_parts.ts";
import type { PictureFormat } from "./picture.ts";

/** Drops what is empty or too large. */
function knownMetadata(raw: RawMetadata): PictureMetadata {
  return Object.fromEntries(
    Object.entries(raw).filter(([, part]) =>
      part !== undefined && part.length > 0 && part.length <= MAX_METADATA_PART_BYTES
    ),
  );
}

const READERS: Readonly<
  Record<PictureFormat, (bytes: Uint8Array) => RawMetadata | Promise<RawMetadata>>
> = {
  png: pngMetadata,
  jpeg: jpegMetadata,
  webp: webpMetadata,
  avif: avifMetadata,
  jxl: jxlMetadata,
};

/**
 * Reads the metadata of a picture file; EXIF is set to upright, as the picture is turned when it is decoded.
 *
 * @returns What there is; nothing where the file's structure is broken.
 */
export async function readMetadata(format: PictureFormat, bytes: Uint8Array): Promise<PictureMetadata> {
  try {
    const raw = await READERS[format](bytes);
    return knownMetadata({ ...raw, exif: raw.exif && uprightExif(raw.exif) });
  } catch (error) {
    if (error instanceof ImageError || error instanceof RangeError) return {};
    throw error;
  }
}
