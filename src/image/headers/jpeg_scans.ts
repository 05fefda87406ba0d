import { standsAlone } from "./jpeg.ts";

const START_OF_SCAN = 0xda;
const END_OF_IMAGE = 0xd9;

/**
 * Counts the scans of a JPEG file: a progressive decoder goes over all pixels once per scan.
 *
 * @param bytes The file.
 * @param enough Counting stops above this number, as a file of many megabytes takes a while to walk over.
 * @returns Scans up to the end of the image, or of the file, at most `enough` + 1.
 */
export function countJpegScans(bytes: Uint8Array, enough: number): number {
  let scans = 0;
  for (let offset = 2;;) {
    // Passes over stray bytes and, after a scan's header, over its entropy-coded data.
    offset = bytes.indexOf(0xff, offset);
    if (offset < 0 || offset + 1 >= bytes.length) return scans;
    const marker = bytes[offset + 1];
    if (marker === END_OF_IMAGE) return scans;
    if (marker === 0xff) offset++;
    else if (standsAlone(marker)) offset += 2;
    else {
      if (marker === START_OF_SCAN && ++scans > enough) return scans;
      offset += 2 + Math.max(2, bytes[offset + 2] << 8 | bytes[offset + 3]);
    }
  }
}
