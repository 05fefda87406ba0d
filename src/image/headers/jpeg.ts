import { damaged } from "../errors.ts";
import { readExifOrientation } from "../exif.ts";
import type { Orientation } from "../picture.ts";
import type { StoredHeader } from "./types.ts";

const APP1 = 0xe1;
const START_OF_SCAN = 0xda;
const END_OF_IMAGE = 0xd9;

/**
 * Reads size and orientation from the marker segments before the first scan.
 *
 * @param bytes The file.
 * @returns The header.
 * @throws ImageError `image-damaged`.
 */
export function readJpeg(bytes: Uint8Array): StoredHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let orientation: Orientation = 1;
  for (let offset = 2;;) {
    // Any number of 0xFF may stand before a marker; as libjpeg does, stray bytes there are passed over.
    while (offset + 1 < bytes.length && (bytes[offset] !== 0xff || bytes[offset + 1] === 0xff)) offset++;
    if (offset + 4 > bytes.length) {
      throw damaged("JPEG", `it ends at byte ${bytes.length}, within its header`);
    }
    const marker = bytes[offset + 1];
    if (standsAlone(marker)) {
      offset += 2;
      continue;
    }
    if (marker === START_OF_SCAN || marker === END_OF_IMAGE) {
      throw damaged("JPEG", "it has no frame header before its first scan");
    }
    const length = view.getUint16(offset + 2); // counts itself, not the marker
    const end = offset + 2 + length;
    if (length < 2 || end > bytes.length) {
      throw damaged("JPEG", `the segment at byte ${offset} runs past the end of the file`);
    }
    if (isStartOfFrame(marker)) {
      if (length < 8) throw damaged("JPEG", `its frame header is ${length} bytes long`);
      const height = view.getUint16(offset + 5);
      const width = view.getUint16(offset + 7);
      const components = bytes[offset + 9];
      if (width === 0 || height === 0) throw damaged("JPEG", `its size is ${width}×${height}`);
      return components === 4
        ? { width, height, orientation, unsupportedFeature: "CMYK colour" }
        : { width, height, orientation };
    }
    if (marker === APP1 && length >= 8 && bytes[offset + 4] === 0x45 && bytes[offset + 5] === 0x78) {
      orientation = readExifOrientation(bytes.subarray(offset + 4, end)); // "Ex"if, not XMP's "ht"tp
    }
    offset = end;
  }
}

/** SOF0–SOF15 but for the three codes of that range that mean something else (DHT, JPG, DAC). */
function isStartOfFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

/** TEM, RST0–7, SOI and a stuffed 0xFF 0x00 carry no length. */
function standsAlone(marker: number): boolean {
  return marker <= 0x01 || (marker >= 0xd0 && marker <= 0xd8);
}
