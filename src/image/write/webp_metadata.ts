import type { MetadataWriter } from "./metadata_writer.ts";
import { readWebp, webpChunks } from "../headers/webp.ts";
import { riffChunk, riffFile } from "../riff.ts";

/** Flags of the `VP8X` chunk. */
const ICC_FLAG = 0x20, ALPHA_FLAG = 0x10, EXIF_FLAG = 0x08, XMP_FLAG = 0x04;

/** Makes an extended WebP file of a file without metadata. */
export const webpWithMetadata: MetadataWriter = (file, { icc, exif, xmp }) => {
  if (!icc && !exif && !xmp) return { bytes: new Uint8Array(file), warnings: [] };
  const { width, height } = readWebp(file);
  const pixels = [...webpChunks(file)].filter(({ type }) => type !== "VP8X");
  const head = new Uint8Array(10), view = new DataView(head.buffer);
  head[0] = (icc ? ICC_FLAG : 0) | (pixels.some(hasAlpha) ? ALPHA_FLAG : 0) | (exif ? EXIF_FLAG : 0) |
    (xmp ? XMP_FLAG : 0);
  // Sides − 1 in three bytes each.
  view.setUint32(4, width - 1, true);
  view.setUint16(7, (height - 1) & 0xffff, true);
  view.setUint8(9, (height - 1) >> 16);
  const chunks = [
    riffChunk("VP8X", head),
    ...(icc ? [riffChunk("ICCP", icc)] : []),
    ...pixels.map(({ type, data }) => riffChunk(type, data)),
    ...(exif ? [riffChunk("EXIF", exif)] : []),
    ...(xmp ? [riffChunk("XMP ", xmp)] : []),
  ];
  return { bytes: riffFile("WEBP", chunks), warnings: [] };
};

/** An alpha chunk, or a lossless stream whose header says that alpha is used: the bit after two sides of 14 bits. */
function hasAlpha({ type, data }: { type: string; data: Uint8Array }): boolean {
  return type === "ALPH" || type === "VP8L" && (data[4] & 0x10) !== 0;
}
