import { damaged } from "../errors.ts";
import { concat, startsWith } from "../bytes.ts";
import { readExifOrientation } from "../exif.ts";
import type { RawMetadata } from "../metadata_parts.ts";
import type { Orientation } from "../picture.ts";
import type { StoredHeader } from "./types.ts";

const APP1 = 0xe1;
const APP2 = 0xe2;
const EXIF_NAME = "Exif\0\0";
const XMP_NAME = "http://ns.adobe.com/xap/1.0/\0";
const ICC_NAME = "ICC_PROFILE\0";
const START_OF_SCAN = 0xda;
const END_OF_IMAGE = 0xd9;

/** A marker segment. */
interface Segment {
  readonly marker: number;
  /** What follows the length. */
  readonly data: Uint8Array;
}

/** The marker segments before the first scan. Throws ImageError `image-damaged`. */
function* segmentsOf(bytes: Uint8Array): Generator<Segment, void, void> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
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
    if (marker === START_OF_SCAN || marker === END_OF_IMAGE) return;
    const length = view.getUint16(offset + 2); // counts itself, not the marker
    const end = offset + 2 + length;
    if (length < 2 || end > bytes.length) {
      throw damaged("JPEG", `the segment at byte ${offset} runs past the end of the file`);
    }
    yield { marker, data: bytes.subarray(offset + 4, end) };
    offset = end;
  }
}

/**
 * Reads size and orientation from the marker segments before the first scan.
 *
 * @param bytes The file.
 * @returns The header.
 * @throws ImageError `image-damaged`.
 */
export function readJpeg(bytes: Uint8Array): StoredHeader {
  let orientation: Orientation = 1;
  for (const { marker, data } of segmentsOf(bytes)) {
    if (isStartOfFrame(marker)) {
      if (data.length < 6) throw damaged("JPEG", `its frame header is ${data.length + 2} bytes long`);
      const height = data[1] << 8 | data[2];
      const width = data[3] << 8 | data[4];
      if (width === 0 || height === 0) throw damaged("JPEG", `its size is ${width}×${height}`);
      return data[5] === 4
        ? { width, height, orientation, unsupportedFeature: "CMYK colour" }
        : { width, height, orientation };
    }
    if (marker === APP1 && startsWith(data, "Exif")) orientation = readExifOrientation(data);
  }
  throw damaged("JPEG", "it has no frame header before its first scan");
}

/** ICC profile, EXIF and XMP of the segments before the first scan. */
export function jpegMetadata(bytes: Uint8Array): RawMetadata {
  let exif: Uint8Array | undefined, xmp: Uint8Array | undefined;
  const profile: Uint8Array[] = [];
  for (const { marker, data } of segmentsOf(bytes)) {
    if (marker === APP1 && startsWith(data, EXIF_NAME)) exif ??= data.subarray(EXIF_NAME.length);
    else if (marker === APP1 && startsWith(data, XMP_NAME)) xmp ??= data.subarray(XMP_NAME.length);
    // A profile longer than a segment is cut up: number from 1, count, part.
    else if (marker === APP2 && startsWith(data, ICC_NAME)) {
      profile[data[ICC_NAME.length] - 1] = data.subarray(ICC_NAME.length + 2);
    }
  }
  const complete = !Array.from(profile).includes(undefined as never);
  return { icc: complete ? concat(profile) : undefined, exif, xmp };
}

/** SOF0–SOF15 but for the three codes of that range that mean something else (DHT, JPG, DAC). */
function isStartOfFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

/** TEM, RST0–7, SOI and a stuffed 0xFF 0x00 carry no length. */
export function standsAlone(marker: number): boolean {
  return marker <= 0x01 || (marker >= 0xd0 && marker <= 0xd8);
}
