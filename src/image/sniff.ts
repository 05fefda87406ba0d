import type { PictureFormat } from "./picture.ts";

const PNG_SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** A JPEG XL file in the ISO box container; a bare codestream starts with FF 0A instead. */
const JXL_CONTAINER = [0, 0, 0, 0x0c, 0x4a, 0x58, 0x4c, 0x20, 0x0d, 0x0a, 0x87, 0x0a];

/**
 * Tells a picture's format from its first bytes, never from a file name.
 *
 * A match only means that the file claims the format: the rest may still be damaged.
 *
 * @param bytes The file, or at least its first 64 bytes.
 * @returns The format, or `undefined` when it is none of those this library reads.
 */
export function sniffFormat(bytes: Uint8Array): PictureFormat | undefined {
  if (startsWith(bytes, PNG_SIGNATURE)) return "png";
  if (startsWith(bytes, [0xff, 0xd8, 0xff])) return "jpeg";
  if (ascii(bytes, 0) === "RIFF" && ascii(bytes, 8) === "WEBP") return "webp";
  if (startsWith(bytes, [0xff, 0x0a]) || startsWith(bytes, JXL_CONTAINER)) return "jxl";
  if (ascii(bytes, 4) === "ftyp" && namesAvifBrand(bytes)) return "avif";
  return undefined;
}

/** Whether the `ftyp` box at the start names AVIF among its major (offset 8) and compatible (from 16) brands. */
function namesAvifBrand(bytes: Uint8Array): boolean {
  const boxLength = ((bytes[0] << 24) | (bytes[1] << 16) | (bytes[2] << 8) | bytes[3]) >>> 0;
  const end = Math.min(boxLength, bytes.length);
  for (let offset = 8; offset + 4 <= end; offset += 4) {
    if (offset === 12) continue; // the minor version, not a brand
    const brand = ascii(bytes, offset);
    if (brand === "avif" || brand === "avis") return true;
  }
  return false;
}

function startsWith(bytes: Uint8Array, prefix: readonly number[]): boolean {
  return bytes.length >= prefix.length && prefix.every((value, i) => bytes[i] === value);
}

/** Four bytes as ASCII; shorter at the end of the file, so that it equals no four-letter name. */
function ascii(bytes: Uint8Array, offset: number): string {
  return String.fromCharCode(...bytes.subarray(offset, offset + 4));
}
