import { formatOfBytes } from "./formats/mod.ts";
import type { PictureFormat } from "./encoded_format.ts";

/**
 * Tells a picture's format from its first bytes, never from a file name.
 *
 * A match only means that the file claims the format: the rest may still be damaged.
 *
 * @param bytes The file, or at least its first 64 bytes.
 * @returns The format, or `undefined` when it is none of those this library reads.
 */
export function sniffFormat(bytes: Uint8Array): PictureFormat | undefined {
  return formatOfBytes(bytes)?.id;
}
