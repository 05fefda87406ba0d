import type { Orientation } from "./picture.ts";

const ORIENTATION_TAG = 0x0112;
const TYPE_SHORT = 3;
const TYPE_LONG = 4;

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
  const prefixed = block.length >= 6 && String.fromCharCode(...block.subarray(0, 6)) === "Exif\0\0";
  const tiff = prefixed ? block.subarray(6) : block;
  if (tiff.length < 8) return 1;
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
  const byteOrder = view.getUint16(0);
  if (byteOrder !== 0x4949 && byteOrder !== 0x4d4d) return 1; // "II" little-endian, "MM" big-endian
  const littleEndian = byteOrder === 0x4949;
  if (view.getUint16(2, littleEndian) !== 42) return 1;
  const directory = view.getUint32(4, littleEndian);
  if (directory + 2 > tiff.length) return 1;
  const entryCount = view.getUint16(directory, littleEndian);
  for (let i = 0; i < entryCount; i++) {
    const entry = directory + 2 + i * 12;
    if (entry + 12 > tiff.length) return 1;
    if (view.getUint16(entry, littleEndian) !== ORIENTATION_TAG) continue;
    const type = view.getUint16(entry + 2, littleEndian);
    const value = type === TYPE_SHORT
      ? view.getUint16(entry + 8, littleEndian)
      : type === TYPE_LONG
      ? view.getUint32(entry + 8, littleEndian)
      : 1;
    return value >= 1 && value <= 8 ? value as Orientation : 1;
  }
  return 1;
}
