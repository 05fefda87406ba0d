import { concat } from "../../core/concat.ts";
import { ascii } from "../bytes.ts";
import type { MetadataWriter } from "./metadata_writer.ts";

const APP0 = 0xe0, APP1 = 0xe1, APP2 = 0xe2;
/** Most bytes of a segment's content. */
const MAX_SEGMENT_BYTES = 65533;
/** Most parts of a profile, whose number is a byte. */
const MAX_PARTS = 255;

/** Puts EXIF, XMP and the profile behind the first segments of a JPEG file. */
export const jpegWithMetadata: MetadataWriter = (file, { icc, exif, xmp }) => {
  const segments: Uint8Array[] = [], warnings: string[] = [];
  for (
    const [name, header, data] of [
      ["EXIF", "Exif\0\0", exif],
      ["XMP", "http://ns.adobe.com/xap/1.0/\0", xmp],
    ] as const
  ) {
    if (!data) continue;
    const content = concat([ascii(header), data]);
    if (content.length <= MAX_SEGMENT_BYTES) segments.push(segment(APP1, content));
    else warnings.push(`${name} of ${data.length} bytes is longer than a JPEG segment: left out`);
  }
  if (icc) {
    const head = ascii("ICC_PROFILE\0"), partBytes = MAX_SEGMENT_BYTES - head.length - 2;
    const count = Math.ceil(icc.length / partBytes);
    if (count > MAX_PARTS) {
      warnings.push(`the ICC profile of ${icc.length} bytes is too long for JPEG: left out`);
    } else {
      for (let i = 0; i < count; i++) {
        const part = icc.subarray(i * partBytes, (i + 1) * partBytes);
        segments.push(segment(APP2, concat([head, Uint8Array.of(i + 1, count), part])));
      }
    }
  }
  // JFIF asks for its own segment to be the first.
  const at = file[3] === APP0 ? 4 + (file[4] << 8 | file[5]) : 2;
  return { bytes: concat([file.subarray(0, at), ...segments, file.subarray(at)]), warnings };
};

function segment(marker: number, content: Uint8Array): Uint8Array {
  const length = content.length + 2;
  return concat([Uint8Array.of(0xff, marker, length >> 8, length), content]);
}
