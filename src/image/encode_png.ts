import { checkNames } from "../core/option_rules.ts";
import { concat } from "../core/concat.ts";
import { type EncodePngOptions, type PngDeflate, pngFile } from "./png_file.ts";
import type { Picture } from "./picture.ts";
import { deflateBytes, withDeflateKernel } from "./deflate/deflate_with.ts";
import { deflateRows } from "./deflate/png_rows.ts";

export type { EncodePngOptions } from "./png_file.ts";

/** Data chunks are about this large: their length must stay below 2^31 bytes. */
const DATA_CHUNK_BYTES = 2 ** 20;

/**
 * Encodes a picture as PNG, 8 or 16 bits a sample, exactly, with its metadata.
 *
 * Channels that say nothing are left out: an opaque picture becomes RGB, a grey one grey. A profile that is damaged, or whose
 * colour space is not that of the samples, is left out. The same picture gives the same bytes on every runtime.
 *
 * @example A pixel survives the trip
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { decodePicture, encodePng } from "./mod.ts";
 *
 * const picture = { data: new Uint8ClampedArray([10, 20, 30, 255]), width: 1, height: 1 };
 * assertEquals(await decodePicture(await encodePng(picture)), picture);
 * ```
 *
 * @param picture The picture.
 * @param options Metadata.
 * @returns The file.
 * @throws ImageError `image-invalid` when the data do not match the size.
 */
export function encodePng(
  picture: Picture | Picture<Uint16Array>,
  options: EncodePngOptions = {},
): Promise<Uint8Array> {
  checkNames("encode the picture", options, ["metadata"]);
  return pngFile(picture, options, OWN_DEFLATE);
}

const OWN_DEFLATE: PngDeflate = {
  bytes(bytes) {
    const parts: Uint8Array[] = [];
    withDeflateKernel((kernel) => deflateBytes(kernel, bytes, (part) => parts.push(part)));
    return concat(parts);
  },

  /** Piece by piece, so that a large picture does not lie in memory twice. */
  rows(picture, channels) {
    const pieces: Uint8Array[] = [];
    let parts: Uint8Array[] = [], byteLength = 0;
    const close = () => {
      pieces.push(concat(parts));
      parts = [];
      byteLength = 0;
    };
    withDeflateKernel((kernel) =>
      deflateRows(kernel, picture, channels, (bytes) => {
        parts.push(bytes);
        byteLength += bytes.length;
        if (byteLength >= DATA_CHUNK_BYTES) close();
      })
    );
    if (byteLength > 0) close();
    return pieces;
  },
};
