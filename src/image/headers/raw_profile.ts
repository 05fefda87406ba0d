import { latin1, startsWith } from "../bytes.ts";

/** How ImageMagick names a text chunk that holds metadata as hexadecimal digits. */
const KEYWORD = "Raw profile type ";
const XMP_NAME = "http://ns.adobe.com/xap/1.0/\0";

/** What a raw profile is, by a text chunk's keyword: a JPEG's APP1 may be either. */
export function rawProfileKind(keyword: string): "exif" | "xmp" | "app1" | undefined {
  if (!keyword.startsWith(KEYWORD)) return undefined;
  const kind = keyword.slice(KEYWORD.length).toLowerCase();
  return kind === "exif" || kind === "xmp" || kind === "app1" ? kind : undefined;
}

/**
 * Reads a raw profile: a line with its name, a line with its length in bytes, hexadecimal digits in lines.
 *
 * @param text The text chunk's text.
 * @returns The bytes; `undefined` if there are fewer than it says.
 */
export function rawProfileBytes(text: Uint8Array): Uint8Array | undefined {
  const [, length = "", ...lines] = latin1(text).trim().split("\n");
  const digits = lines.join("").replace(/\s/g, ""), count = Number(length);
  const isWhole = Number.isInteger(count) && count > 0 && digits.length >= 2 * count;
  if (!isWhole || !/^[0-9a-f]*$/i.test(digits)) return undefined;
  return Uint8Array.from({ length: count }, (_, i) => parseInt(digits.slice(2 * i, 2 * i + 2), 16));
}

/** The XMP packet of an APP1 segment; `undefined` if it holds something else. */
export function xmpOfApp1(segment: Uint8Array): Uint8Array | undefined {
  return startsWith(segment, XMP_NAME) ? segment.subarray(XMP_NAME.length) : undefined;
}
