import { startsWith } from "./bytes.ts";
import type { Orientation } from "./picture.ts";

/** What JPEG, and some writers of WebP, put before an EXIF block. */
const EXIF_NAME = "Exif\0\0";
const ORIENTATION_TAG = 0x0112;
const TYPE_SHORT = 3;
const TYPE_LONG = 4;

/** An EXIF block from its TIFF header on. */
export function withoutExifName<T extends Uint8Array | undefined>(block: T): T {
  return (block && startsWith(block, EXIF_NAME) ? block.subarray(EXIF_NAME.length) : block) as T;
}

/**
 * Reads the orientation out of an EXIF block (a TIFF header and its first directory).
 *
 * Metadata is advice: a block that is absent, foreign or broken means "upright", never an error, because the
 * pixels can still be shown.
 *
 * @param block The bytes, with or without the `Exif\0\0` that JPEG puts in front.
 * @returns The value of tag 0x0112, or 1.
 */
export function readExifOrientation(block: Uint8Array): Orientation {
  const field = orientationField(withoutExifName(block));
  const value = field?.read() ?? 1;
  return value >= 1 && value <= 8 ? value as Orientation : 1;
}

/** A copy of an EXIF block, from its TIFF header on, that says "upright": for pixels that were turned. */
export function uprightExif(block: Uint8Array): Uint8Array {
  const copy = withoutExifName(block).slice();
  orientationField(copy)?.write(1);
  return copy;
}

/** The orientation's value in the first directory of a TIFF block; `undefined` where there is none to be found. */
function orientationField(
  tiff: Uint8Array,
): { read(): number; write(value: number): void } | undefined {
  if (tiff.length < 8) return undefined;
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
  const byteOrder = view.getUint16(0);
  if (byteOrder !== 0x4949 && byteOrder !== 0x4d4d) return undefined; // "II" little-endian, "MM" big-endian
  const littleEndian = byteOrder === 0x4949;
  if (view.getUint16(2, littleEndian) !== 42) return undefined;
  const directory = view.getUint32(4, littleEndian);
  if (directory + 2 > tiff.length) return undefined;
  const entryCount = view.getUint16(directory, littleEndian);
  for (let i = 0; i < entryCount; i++) {
    const entry = directory + 2 + i * 12;
    if (entry + 12 > tiff.length) return undefined;
    if (view.getUint16(entry, littleEndian) !== ORIENTATION_TAG) continue;
    const type = view.getUint16(entry + 2, littleEndian), at = entry + 8;
    if (type === TYPE_SHORT) {
      return {
        read: () => view.getUint16(at, littleEndian),
        write: (value) => view.setUint16(at, value, littleEndian),
      };
    }
    if (type === TYPE_LONG) {
      return {
        read: () => view.getUint32(at, littleEndian),
        write: (value) => view.setUint32(at, value, littleEndian),
      };
    }
    return undefined;
  }
  return undefined;
}
