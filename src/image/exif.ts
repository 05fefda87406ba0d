import { startsWith } from "./bytes.ts";
import type { Orientation } from "./picture.ts";
import { TiffBlock } from "./tiff.ts";

/** What JPEG, and some writers of WebP, put before an EXIF block. */
const EXIF_NAME = "Exif\0\0";
const ORIENTATION_TAG = 0x0112;
/** GPS directory, IPTC, Photoshop's resources (which hold IPTC), XMP: fields that tell where a picture was taken. */
const LOCATION_TAGS: ReadonlySet<number> = new Set([0x8825, 0x83bb, 0x8649, 0x02bc]);

/** An EXIF block from its TIFF header on. */
function withoutExifName(block: Uint8Array): Uint8Array {
  return startsWith(block, EXIF_NAME) ? block.subarray(EXIF_NAME.length) : block;
}

/**
 * The EXIF block that counts where a file has several: the first that is valid, for its orientation and for what is kept.
 *
 * @param blocks In the file's order, with or without the `Exif\0\0` that JPEG puts in front.
 * @returns The block from its TIFF header on; `undefined` if none has a TIFF header and a whole main directory.
 */
export function firstValidExif(blocks: Iterable<Uint8Array>): Uint8Array | undefined {
  for (const block of blocks) {
    const tiff = withoutExifName(block);
    if (TiffBlock.read(tiff)) return tiff;
  }
  return undefined;
}

/**
 * Reads the orientation out of an EXIF block.
 *
 * A broken block means "upright", never an error, because the pixels can still be shown.
 *
 * @param block The bytes, with or without the `Exif\0\0` that JPEG puts in front; `undefined` for none.
 * @returns The value of tag 0x0112; `undefined` if there is none from 1 to 8.
 */
export function readExifOrientation(block: Uint8Array | undefined): Orientation | undefined {
  const tiff = block && TiffBlock.read(withoutExifName(block));
  const field = tiff?.field("main", ORIENTATION_TAG);
  const value = field && tiff?.number(field);
  return value !== undefined && value >= 1 && value <= 8 ? value as Orientation : undefined;
}

/** A copy of an EXIF block for pixels that were turned: it says "upright" and holds no thumbnail. */
export function uprightExif(block: Uint8Array): Uint8Array {
  const copy = withoutExifName(block).slice(), tiff = TiffBlock.read(copy);
  if (!tiff) return copy;
  const field = tiff.field("main", ORIENTATION_TAG);
  if (field && tiff.number(field) !== undefined) tiff.setNumber(field, 1);
  return tiff.withoutThumbnail();
}

/**
 * A copy of an EXIF block without the fields that tell where the picture was taken: the GPS directory, IPTC and XMP.
 *
 * @returns The copy; `undefined` if the block is broken, so that nobody can say what it tells.
 */
export function exifWithoutLocation(block: Uint8Array): Uint8Array | undefined {
  return TiffBlock.read(withoutExifName(block))?.withoutFields(LOCATION_TAGS);
}
